"""Outlines of boxes: made, clipped to the frame, measured."""

import numpy as np
from numpy.typing import NDArray

from perturbations.image.geometry._steps import Frame, Points

_BENT_EDGE = 8
"""Points along each edge of a box that is bent."""


def outlines(boxes: NDArray[np.float64], *, bent: bool) -> NDArray[np.float64]:
    """Return the outlines (n, k, 2) of boxes xyxy; straight edges need no more than the corners."""
    along = np.arange(_BENT_EDGE if bent else 1) / (_BENT_EDGE if bent else 1)
    zero, one = np.zeros_like(along), np.ones_like(along)
    across = np.concatenate([along, one, 1 - along, zero])
    down = np.concatenate([zero, along, one, 1 - along])
    x = boxes[:, :1] + (boxes[:, 2:3] - boxes[:, :1]) * across
    y = boxes[:, 1:2] + (boxes[:, 3:] - boxes[:, 1:2]) * down
    return np.stack([x, y], axis=2)


def area(polygon: Points) -> float:
    """Return the area of a polygon (shoelace formula), whichever way it turns."""
    x, y = polygon.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def clip(polygon: Points, frame: Frame) -> Points:
    """Return the part of a polygon that lies in the frame (Sutherland-Hodgman); (0, 2) when there is none."""
    for axis, side in ((0, frame[1]), (1, frame[0])):
        for sign, limit in ((1.0, -0.5), (-1.0, side - 0.5)):
            polygon = _cut(polygon, sign * (polygon[:, axis] - limit))
            if not len(polygon):
                return polygon
    return polygon


def _cut(polygon: Points, depth: NDArray[np.float64]) -> Points:
    """Keep the side of a line on which `depth`, the signed distance of each corner, is not negative."""
    kept = []
    for here, there, a, b in zip(
        polygon, np.roll(polygon, -1, axis=0), depth, np.roll(depth, -1), strict=True
    ):
        if a >= 0:
            kept.append(here)
        if (a >= 0) != (b >= 0):
            kept.append(here + (there - here) * (a / (a - b)))
    return np.array(kept).reshape(-1, 2)
