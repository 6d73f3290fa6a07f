"""Noise of things in the way: part of the scene is not seen.

Why: every noise here grows, so what a mild severity hides stays hidden, by the same values, at a harsher one. The dose is
the hidden share of the area, at any size of the frame; the report states the realised one (whole pixels).
"""
