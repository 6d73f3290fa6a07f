"""Published sets of noises in series, as they were defined: one module a preset."""
