"""Published sets of noise between inputs, at their published constants: one module a preset."""
