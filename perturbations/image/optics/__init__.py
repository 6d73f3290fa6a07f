"""Noise of the optics: the picture of a point is no longer a point, or no longer at its place."""
