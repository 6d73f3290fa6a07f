"""Compiled loops of the optics; numba is loaded with the first of the modules here."""
