"""Noise of the light in the scene, and of how the camera answers to it."""
