"""Moves of the plane as 3x3 matrices from clean to noisy points; the centre of a pixel is a whole number."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from perturbations.image.geometry._steps import Frame

Matrix = NDArray[np.float64]


def translation(right: float, down: float) -> Matrix:
    """Return the move by so many pixels."""
    return np.array([[1.0, 0.0, right], [0.0, 1.0, down], [0.0, 0.0, 1.0]])


def turn(degrees: float) -> Matrix:
    """Turn anticlockwise as seen, with y downwards."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def about_centre(matrix: Matrix, frame: Frame) -> Matrix:
    """Let a linear map leave the middle of the frame where it is."""
    x, y = (frame[1] - 1) / 2, (frame[0] - 1) / 2
    return np.asarray(translation(x, y) @ matrix @ translation(-x, -y))


def mirror(axis: str, frame: Frame) -> Matrix:
    """Return the map that mirrors the frame along an axis."""
    if axis == "horizontal":
        return np.array([[-1.0, 0.0, frame[1] - 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    return np.array([[1.0, 0.0, 0.0], [0.0, -1.0, frame[0] - 1.0], [0.0, 0.0, 1.0]])


def to_corners(corners: Sequence[tuple[float, float]], frame: Frame) -> Matrix:
    """Return the projective map that takes the corners of the frame to these; its last entry is not scaled to 1."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    right, down = (x1 - x2, y1 - y2), (x3 - x2, y3 - y2)
    skew = (x0 - x1 + x2 - x3, y0 - y1 + y2 - y3)
    turn = right[0] * down[1] - down[0] * right[1]
    g = (skew[0] * down[1] - down[0] * skew[1]) / turn
    h = (right[0] * skew[1] - skew[0] * right[1]) / turn
    from_square = np.array(
        [
            [x1 - x0 + g * x1, x3 - x0 + h * x3, x0],
            [y1 - y0 + g * y1, y3 - y0 + h * y3, y0],
            [g, h, 1.0],
        ]
    )
    height, width = frame
    to_square = np.array(
        [[1 / width, 0.0, 0.5 / width], [0.0, 1 / height, 0.5 / height], [0.0, 0.0, 1.0]]
    )
    return np.asarray(from_square @ to_square)
