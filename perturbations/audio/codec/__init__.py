"""Lossy coding and lossy transport."""
