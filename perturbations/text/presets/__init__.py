"""Published sets of text noises, as they were defined: one module a preset."""
