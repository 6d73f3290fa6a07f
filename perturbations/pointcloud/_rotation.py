"""Linear maps of space: rotations of rotation vectors, and shears."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def about(axes: Floats, angle: float) -> Floats:
    """Return the matrices (n, 3, 3) of a turn by `angle` about unit axes (n, 3), by Rodrigues' formula.

    R = cos a I + sin a [k]x + (1 - cos a) k k^T, element by element, so that R^T R = I to rounding.
    """
    x, y, z = axes[:, 0], axes[:, 1], axes[:, 2]
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=1).reshape(-1, 3, 3)
    outer = axes[:, :, None] * axes[:, None, :]
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.asarray(cosine * np.eye(3) + sine * cross + (1 - cosine) * outer)


def across(axes: Floats, turns: Floats) -> Floats:
    """Return unit vectors at a right angle to unit axes (n, 3), at a turn in [0, 1) around each."""
    # The coordinate that an axis has least of is never along it.
    least = np.eye(3)[np.argmin(np.abs(axes), axis=1)]
    first = least - axes * (axes * least).sum(axis=1, keepdims=True)
    first /= np.sqrt((first * first).sum(axis=1, keepdims=True))
    second = np.cross(axes, first)
    angle = (2 * math.pi * turns).tolist()
    pairs = np.array([(math.cos(each), math.sin(each)) for each in angle]).reshape(-1, 2)
    return np.asarray(pairs[:, :1] * first + pairs[:, 1:] * second)


def slanted(along: Floats, over: Floats, angle: float) -> Floats:
    """Return the matrices of shears: p moves along one direction by tan(angle) times its height in another (degrees)."""
    slope = math.tan(math.radians(angle))
    return np.asarray(np.eye(3) + slope * along[:, :, None] * over[:, None, :])
