"""Published sets of noises in tables, as they were defined: one module a preset."""
