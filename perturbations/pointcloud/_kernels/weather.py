"""Echoes in fog, rain and snow."""

import math

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import bits64, jit, uniform64
from perturbations._kernels import CUBICS, normal_of

Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]


@jit
def _fogged(
    points: Floats,
    sensor: Floats,
    keys: Keys,
    alpha: float,
    strength: Floats,
    ranges: Floats,
    step: float,
    spread: float,
    column: int,
    full: Floats,
    out: Floats,
    scattered: NDArray[np.bool_],
) -> None:
    last = strength.size - 1
    for i in range(points.shape[0]):
        for j in range(points.shape[1]):
            for k in range(points.shape[2]):
                out[i, j, k] = points[i, j, k]
            dx = points[i, j, 0] - sensor[0]
            dy = points[i, j, 1] - sensor[1]
            dz = points[i, j, 2] - sensor[2]
            reach = math.sqrt(dx * dx + dy * dy + dz * dz)
            entry = np.int64(min(reach / step + 0.5, np.float64(last)))
            soft, hard = strength[entry] * reach * reach, math.exp(-2.0 * alpha * reach)
            scattered[i, j] = soft > hard
            if column > 0:
                clean = points[i, j, column]
                out[i, j, column] = clean * hard
                if soft > hard:
                    out[i, j, column] = min(clean * soft, full[i])
            if soft > hard:
                wide = min(spread, 0.5 * reach)
                apart = reach + wide * (2.0 * uniform64(keys[i], j) - 1.0)
                shrink = ranges[entry] / apart
                out[i, j, 0] = sensor[0] + shrink * dx
                out[i, j, 1] = sensor[1] + shrink * dy
                out[i, j, 2] = sensor[2] + shrink * dz


def fogged(
    points: Floats,
    sensor: Floats,
    keys: Keys,
    *,
    alpha: float,
    strength: Floats,
    ranges: Floats,
    step: float,
    spread: float,
    column: int,
    full: Floats,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return points in fog, and which of them (n, N) are its echoes; intensities are in a column, 0 for none."""
    out, echoes = np.empty_like(points), np.zeros(points.shape[:2], dtype=np.bool_)
    _fogged(points, sensor, keys, alpha, strength, ranges, step, spread, column, full, out, echoes)
    return out, echoes


@jit
def _strongest(
    key: np.uint64, reach: float, weakest: float, drops: Floats, lidar: Floats, found: Floats
) -> None:
    """Find the strongest echo of drops before a target, as far as it is stronger than `weakest`: its power and range.

    Drops are a Poisson process in the volume of the beam, visited from the sensor outwards until no drop of `largest` mm could
    matter any more.
    """
    number, slope, smallest, mirror, alpha = drops[0], drops[1], drops[2], drops[3], drops[4]
    spread, nearest, largest = lidar[0], lidar[1], lidar[2]
    found[0], found[1] = 0.0, 0.0
    cone = math.pi / 3.0 * (0.5 * spread) ** 2 * number
    volume = 0.0
    for step in range(100_000):
        volume -= math.log1p(-uniform64(key, 2 * step))
        place = (volume / cone) ** (1.0 / 3.0)
        if place >= reach:
            return
        width = 1e3 * spread * place
        light = mirror * math.exp(-2.0 * alpha * place) / (place * place)
        if light * min((largest / width) ** 2, 1.0) < max(weakest, found[0]):
            return
        size = smallest - math.log1p(-uniform64(key, 2 * step + 1)) / slope
        power = light * min((size / width) ** 2, 1.0)
        if place > nearest and power > max(weakest, found[0]):
            found[0], found[1] = power, place


@jit
def _rained(
    points: Floats,
    sensor: Floats,
    keys: Keys,
    bright: Floats,
    drops: Floats,
    lidar: Floats,
    column: int,
    full: Floats,
    cubics: Floats,
    out: Floats,
    fate: NDArray[np.int8],
) -> None:
    alpha, precision, limit = drops[4], lidar[3], lidar[4]
    found = np.zeros(2)
    for i in range(points.shape[0]):
        least = limit
        for j in range(points.shape[1]):
            dx, dy, dz = (
                points[i, j, 0] - sensor[0],
                points[i, j, 1] - sensor[1],
                points[i, j, 2] - sensor[2],
            )
            square = dx * dx + dy * dy + dz * dz
            if square > 0.0:
                least = min(least, bright[i, j] / square)
        for j in range(points.shape[1]):
            for k in range(points.shape[2]):
                out[i, j, k] = points[i, j, k]
            dx, dy, dz = (
                points[i, j, 0] - sensor[0],
                points[i, j, 1] - sensor[1],
                points[i, j, 2] - sensor[2],
            )
            square = dx * dx + dy * dy + dz * dz
            if square == 0.0:
                continue
            reach = math.sqrt(square)
            clear = bright[i, j] / square
            wet = clear * math.exp(-2.0 * alpha * reach)
            key = bits64(keys[i], j)
            _strongest(key, reach, max(wet, least), drops, lidar, found)
            if found[0] > 0.0:
                fate[i, j] = 1
                grow = found[1] / reach - 1.0
                echo = found[0] * found[1] * found[1]
            elif wet < least:
                fate[i, j] = 2
                continue
            else:
                sigma = precision * math.sqrt(0.5 * least * (1.0 / wet - 1.0 / clear))
                grow = max(sigma * normal_of(bits64(~key, 0), cubics) / reach, -1.0)
                echo = 0.0
            out[i, j, 0] = points[i, j, 0] + grow * dx
            out[i, j, 1] = points[i, j, 1] + grow * dy
            out[i, j, 2] = points[i, j, 2] + grow * dz
            if column > 0:
                clean = points[i, j, column]
                dimmed = clean * math.exp(-2.0 * alpha * reach)
                out[i, j, column] = full[i] * echo if fate[i, j] == 1 else dimmed


def rained(
    points: Floats,
    sensor: Floats,
    keys: Keys,
    bright: Floats,
    *,
    drops: Floats,
    lidar: Floats,
    column: int,
    full: Floats,
) -> tuple[Floats, NDArray[np.int8]]:
    """Return points in rain or snow, and the fate of each (n, N): 0 is measured, 1 an echo of a drop, 2 lost.

    Args:
        points: of the clouds.
        sensor: where the lidar stands.
        keys: one a cloud.
        bright: reflectivities (n, N) in (0, 1].
        drops: number in a cubic metre, slope of the sizes (1/mm), smallest size (mm), reflectivity, extinction (1/m).
        lidar: divergence (rad), nearest range (m), largest drop that is looked for (mm), precision (m), weakest power.
        column: of the intensities, 0 for none.
        full: full scale of the intensities (n,).
    """
    out, fate = np.empty_like(points), np.zeros(points.shape[:2], dtype=np.int8)
    _rained(points, sensor, keys, bright, drops, lidar, column, full, CUBICS, out, fate)
    return out, fate
