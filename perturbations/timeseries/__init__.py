"""Noise for readings of sensors over time."""
