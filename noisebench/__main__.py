"""`python -m noisebench` is the command line."""

from noisebench.cli import main

if __name__ == "__main__":
    main()
