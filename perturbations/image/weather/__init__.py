"""Noise of the weather: what is in the air, or on the glass, between the scene and the camera."""
