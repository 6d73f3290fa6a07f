"""Noise in tables: what sensors, forms, joins and unit conversions do to rows."""
