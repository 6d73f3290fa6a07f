"""Points that move. Number k of point j is number 3 j + k of the cloud's stream."""

import math

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import bits64, jit
from perturbations._kernels import CUBICS, normal_of

Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]


@jit
def _scattered(points: Floats, keys: Keys, sigmas: Floats, cubics: Floats, out: Floats) -> None:
    for i in range(points.shape[0]):
        key, sigma = keys[i], sigmas[i]
        for j in range(points.shape[1]):
            for k in range(3):
                out[i, j, k] = points[i, j, k] + sigma * normal_of(bits64(key, 3 * j + k), cubics)
            for k in range(3, points.shape[2]):
                out[i, j, k] = points[i, j, k]


def scattered(points: Floats, keys: Keys, sigmas: Floats) -> Floats:
    """Return points moved by normal numbers, each coordinate on its own."""
    out = np.empty_like(points)
    _scattered(points, keys, sigmas, CUBICS, out)
    return out


@jit
def _moved(points: Floats, matrices: Floats, about: Floats, shifts: Floats, out: Floats) -> None:
    for i in range(points.shape[0]):
        m = matrices[i]
        for j in range(points.shape[1]):
            x = points[i, j, 0] - about[i, 0]
            y = points[i, j, 1] - about[i, 1]
            z = points[i, j, 2] - about[i, 2]
            for k in range(3):
                turned = m[k, 0] * x + m[k, 1] * y + m[k, 2] * z
                out[i, j, k] = turned + about[i, k] + shifts[i, k]
            for k in range(3, points.shape[2]):
                out[i, j, k] = points[i, j, k]


def moved(points: Floats, matrices: Floats, about: Floats, shifts: Floats) -> Floats:
    """Return points p at M (p - c) + c + t."""
    out = np.empty_like(points)
    # Copies, so that one compiled form serves views and broadcasts too.
    _moved(points, np.array(matrices), np.array(about), np.array(shifts), out)
    return out


@jit
def _along(points: Floats, sensor: Floats, added: Floats, out: Floats) -> None:
    for i in range(points.shape[0]):
        for j in range(points.shape[1]):
            dx = points[i, j, 0] - sensor[0]
            dy = points[i, j, 1] - sensor[1]
            dz = points[i, j, 2] - sensor[2]
            reach = math.sqrt(dx * dx + dy * dy + dz * dz)
            grow = max(added[i, j] / reach, -1.0) if reach > 0.0 else 0.0
            out[i, j, 0] = points[i, j, 0] + grow * dx
            out[i, j, 1] = points[i, j, 1] + grow * dy
            out[i, j, 2] = points[i, j, 2] + grow * dz
            for k in range(3, points.shape[2]):
                out[i, j, k] = points[i, j, k]


def along(points: Floats, sensor: Floats, added: Floats) -> Floats:
    """Return points moved along their beams by lengths (n, N), never behind the sensor; one at the sensor stays."""
    out = np.empty_like(points)
    _along(points, sensor, added, out)
    return out


@jit
def _swayed(points: Floats, sensor: Floats, noise: Floats, out: Floats) -> None:
    for i in range(points.shape[0]):
        for j in range(points.shape[1]):
            x = points[i, j, 0] - sensor[0]
            y = points[i, j, 1] - sensor[1]
            z = points[i, j, 2] - sensor[2]
            level = math.sqrt(x * x + y * y)
            reach = math.sqrt(x * x + y * y + z * z)
            # Unit vectors to the left and upwards; straight above the sensor, along y and x.
            left_x, left_y = (-y / level, x / level) if level > 0.0 else (0.0, 1.0)
            up_x, up_y, up_z = -1.0, 0.0, 0.0
            if level > 0.0:
                up_x, up_y, up_z = -x * z / (level * reach), -y * z / (level * reach), level / reach
            a, b = reach * noise[i, j, 0], reach * noise[i, j, 1]
            out[i, j, 0] = points[i, j, 0] + a * left_x + b * up_x
            out[i, j, 1] = points[i, j, 1] + a * left_y + b * up_y
            out[i, j, 2] = points[i, j, 2] + b * up_z
            for k in range(3, points.shape[2]):
                out[i, j, k] = points[i, j, k]


def swayed(points: Floats, sensor: Floats, noise: Floats) -> Floats:
    """Return points moved across their beams by angles (n, N, 2) to the left and upwards, in radians."""
    out = np.empty_like(points)
    _swayed(points, sensor, noise, out)
    return out


@jit
def _bent(
    points: Floats,
    places: Floats,
    pushes: Floats,
    widths: Floats,
    lengths: Floats,
    field: Floats,
    out: Floats,
) -> None:
    for i in range(points.shape[0]):
        count = points.shape[1]
        total = 0.0
        scale = -0.5 / (widths[i] * widths[i]) if widths[i] > 0.0 else 0.0
        for j in range(count):
            field[j, 0], field[j, 1], field[j, 2] = 0.0, 0.0, 0.0
            for bump in range(places.shape[1]):
                dx = points[i, j, 0] - places[i, bump, 0]
                dy = points[i, j, 1] - places[i, bump, 1]
                dz = points[i, j, 2] - places[i, bump, 2]
                weight = math.exp(scale * (dx * dx + dy * dy + dz * dz))
                for k in range(3):
                    field[j, k] += weight * pushes[i, bump, k]
            for k in range(3):
                total += field[j, k] * field[j, k]
        gain = lengths[i] / math.sqrt(total / count) if total > 0.0 else 0.0
        for j in range(count):
            for k in range(3):
                out[i, j, k] = points[i, j, k] + gain * field[j, k]
            for k in range(3, points.shape[2]):
                out[i, j, k] = points[i, j, k]


def bent(points: Floats, places: Floats, pushes: Floats, widths: Floats, lengths: Floats) -> Floats:
    """Return points moved by a sum of Gaussian bumps (n, b, 3) of a width, scaled to a length in the root mean square."""
    out = np.empty_like(points)
    field = np.empty((points.shape[1], 3))
    _bent(points, places, pushes, widths, lengths, field, out)
    return out


@jit
def _gridded(points: Floats, low: Floats, steps: Floats, out: Floats) -> None:
    for i in range(points.shape[0]):
        step = steps[i]
        for j in range(points.shape[1]):
            for k in range(3):
                cell = np.rint((points[i, j, k] - low[i, k]) / step) if step > 0.0 else 0.0
                out[i, j, k] = low[i, k] + step * cell
            for k in range(3, points.shape[2]):
                out[i, j, k] = points[i, j, k]


def gridded(points: Floats, low: Floats, steps: Floats) -> Floats:
    """Return points on a grid of steps (n,) from a corner (n, 3)."""
    out = np.empty_like(points)
    _gridded(points, low, steps, out)
    return out
