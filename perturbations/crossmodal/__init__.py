"""Noise between inputs: what pairing, transport and clocks do to samples with several streams."""
