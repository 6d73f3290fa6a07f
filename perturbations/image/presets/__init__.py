"""Published sets of image noises, at their published constants: one module a preset."""
