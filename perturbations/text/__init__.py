"""Noise in text: typing, memory, scanning. Text that a noise does not choose keeps every byte."""
