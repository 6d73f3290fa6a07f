"""Noise for clips."""
