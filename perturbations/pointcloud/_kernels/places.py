"""Where points are: balls, distances, directions, shadows."""

import math

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit

Floats = NDArray[np.float64]


@jit
def _spheres(points: Floats, centres: Floats, radii: Floats) -> None:
    count = points.shape[1]
    for i in range(points.shape[0]):
        x, y, z = 0.0, 0.0, 0.0
        for j in range(count):
            x += points[i, j, 0]
            y += points[i, j, 1]
            z += points[i, j, 2]
        x, y, z = x / count, y / count, z / count
        farthest = 0.0
        for j in range(count):
            dx, dy, dz = points[i, j, 0] - x, points[i, j, 1] - y, points[i, j, 2] - z
            farthest = max(farthest, dx * dx + dy * dy + dz * dz)
        centres[i, 0], centres[i, 1], centres[i, 2] = x, y, z
        radii[i] = math.sqrt(farthest)


def spheres(points: Floats) -> tuple[Floats, Floats]:
    """Return the centroid of every cloud and the largest distance of a point from it; zeros without a point."""
    centres, radii = np.zeros((len(points), 3)), np.zeros(len(points))
    if points.size:
        _spheres(points, centres, radii)
    return centres, radii


@jit
def _reach(points: Floats, sensor: Floats, out: Floats) -> None:
    for i in range(points.shape[0]):
        for j in range(points.shape[1]):
            dx = points[i, j, 0] - sensor[0]
            dy = points[i, j, 1] - sensor[1]
            dz = points[i, j, 2] - sensor[2]
            out[i, j] = math.sqrt(dx * dx + dy * dy + dz * dz)


def reach(points: Floats, sensor: Floats) -> Floats:
    """Return the distance of every point from a place (n, N)."""
    out = np.empty(points.shape[:2])
    _reach(points, sensor, out)
    return out


@jit
def _azimuths(points: Floats, sensor: Floats, out: Floats) -> None:
    for i in range(points.shape[0]):
        for j in range(points.shape[1]):
            out[i, j] = math.atan2(points[i, j, 1] - sensor[1], points[i, j, 0] - sensor[0])


def azimuths(points: Floats, sensor: Floats) -> Floats:
    """Return the direction of every point in the plane, anticlockwise from x, in (-pi, pi]."""
    out = np.empty(points.shape[:2])
    _azimuths(points, sensor, out)
    return out


@jit
def _elevations(points: Floats, sensor: Floats, out: Floats) -> None:
    for i in range(points.shape[0]):
        for j in range(points.shape[1]):
            dx, dy = points[i, j, 0] - sensor[0], points[i, j, 1] - sensor[1]
            out[i, j] = math.atan2(points[i, j, 2] - sensor[2], math.sqrt(dx * dx + dy * dy))


def elevations(points: Floats, sensor: Floats) -> Floats:
    """Return the angle of every point above the sensor's horizon."""
    out = np.empty(points.shape[:2])
    _elevations(points, sensor, out)
    return out


@jit
def _nearness(points: Floats, centres: NDArray[np.int64], sizes: Floats, out: Floats) -> None:
    for i in range(points.shape[0]):
        for j in range(points.shape[1]):
            out[i, j] = math.inf
        for hole in range(centres.shape[1]):
            size = sizes[i, hole]
            if size <= 0.0:
                continue
            c = centres[i, hole]
            x, y, z = (
                points[i, c, 0],
                points[i, c, 1],
                points[i, c, 2],
            )
            scale = 1.0 / (size * size)
            for j in range(points.shape[1]):
                dx, dy, dz = points[i, j, 0] - x, points[i, j, 1] - y, points[i, j, 2] - z
                out[i, j] = min(out[i, j], (dx * dx + dy * dy + dz * dz) * scale)


def nearness(points: Floats, centres: NDArray[np.int64], sizes: Floats) -> Floats:
    """Return for every point the least of its squared distances to points (n, k), each in units of its size; size 0 is none."""
    out = np.empty(points.shape[:2])
    _nearness(points, centres, sizes, out)
    return out


@jit
def _shaded(
    points: Floats,
    sensor: Floats,
    behind: NDArray[np.int64],
    near: Floats,
    least: float,
    out: NDArray[np.bool_],
) -> None:
    for i in range(points.shape[0]):
        for obstacle in range(behind.shape[1]):
            c = behind[i, obstacle]
            x, y, z = (
                points[i, c, 0] - sensor[0],
                points[i, c, 1] - sensor[1],
                points[i, c, 2] - sensor[2],
            )
            whole = math.sqrt(x * x + y * y + z * z)
            distance = near[i, obstacle] * whole
            if whole == 0.0:
                continue
            for j in range(points.shape[1]):
                dx = points[i, j, 0] - sensor[0]
                dy = points[i, j, 1] - sensor[1]
                dz = points[i, j, 2] - sensor[2]
                reach = math.sqrt(dx * dx + dy * dy + dz * dz)
                if reach > distance and dx * x + dy * y + dz * z > least * reach * whole:
                    out[i, j] = True


def shaded(
    points: Floats, sensor: Floats, behind: NDArray[np.int64], near: Floats, least: float
) -> NDArray[np.bool_]:
    """Mark the points beyond obstacles on the way to some points (n, k), within a cone of this cosine about the way."""
    out = np.zeros(points.shape[:2], dtype=np.bool_)
    if points.shape[1]:
        _shaded(points, sensor, behind, near, least, out)
    return out


@jit
def _squares(points: Floats, centres: NDArray[np.int64], out: Floats) -> None:
    for i in range(points.shape[0]):
        for hole in range(centres.shape[1]):
            c = centres[i, hole]
            x, y, z = points[i, c, 0], points[i, c, 1], points[i, c, 2]
            for j in range(points.shape[1]):
                dx, dy, dz = points[i, j, 0] - x, points[i, j, 1] - y, points[i, j, 2] - z
                out[i, hole, j] = dx * dx + dy * dy + dz * dz


def squares(points: Floats, centres: NDArray[np.int64]) -> Floats:
    """Return the squared distances of every point from some of them (n, c): (n, c, N)."""
    out = np.empty((*centres.shape, points.shape[1]))
    if out.size:
        _squares(points, centres, out)
    return out


@jit
def _in_sectors(
    points: Floats, sensor: Floats, ways: Floats, least: float, out: NDArray[np.bool_]
) -> None:
    for i in range(points.shape[0]):
        for j in range(points.shape[1]):
            dx, dy = points[i, j, 0] - sensor[0], points[i, j, 1] - sensor[1]
            ahead = dx * ways[i, 0] + dy * ways[i, 1]
            out[i, j] = ahead > least * math.sqrt(dx * dx + dy * dy)


def in_sectors(points: Floats, sensor: Floats, ways: Floats, angle: float) -> NDArray[np.bool_]:
    """Mark the points whose azimuth is within half an angle of the way (n, 2) of their cloud; none straight above or below."""
    out = np.empty(points.shape[:2], dtype=np.bool_)
    least = math.cos(angle / 2.0) if angle < 2.0 * math.pi else -2.0
    _in_sectors(points, sensor, ways, least, out)
    return out
