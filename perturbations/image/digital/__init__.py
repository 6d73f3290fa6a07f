"""Noise of storage and transmission."""
