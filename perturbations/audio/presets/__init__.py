"""Published sets of audio noises, as they were defined: one module a preset."""
