"""Noise for point clouds: the scene between sensor and surface, the sensor, the sampling, the pose, the file."""
