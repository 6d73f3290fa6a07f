"""Noise in images: one file per family."""
