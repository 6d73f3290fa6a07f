"""The command line. Heavy packages are imported inside the commands, so that `--help` answers at once."""

from noisebench.cli._app import app, main

__all__ = ["app", "main"]
