"""Published sets of noises of point clouds, at their published constants: one module a preset."""
