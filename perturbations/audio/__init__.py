"""Noise for sound."""
