"""Noise of the sensor: what happens between the light that arrives at a pixel and the number read from it."""
