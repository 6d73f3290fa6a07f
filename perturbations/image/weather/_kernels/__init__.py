"""Compiled loops of the weather; numba is loaded with the first of the modules here."""
