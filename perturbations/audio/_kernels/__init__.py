"""Compiled loops over samples, one module a kind; imported by the function that needs them."""
