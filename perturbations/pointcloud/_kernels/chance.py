"""Random directions, places and orders; and the points that are left of a draw."""

import math

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit, uniform64

Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]


@jit
def _waits(weights: Floats, keys: Keys, out: Floats) -> None:
    for i in range(weights.shape[0]):
        for j in range(weights.shape[1]):
            wait = -math.log1p(-uniform64(keys[i], j))
            out[i, j] = wait / weights[i, j] if weights[i, j] > 0.0 else math.inf


def waits(weights: Floats, keys: Keys) -> Floats:
    """Return exponential waiting times of these rates (n, N): the smallest are a draw without replacement in proportion."""
    out = np.empty(weights.shape)
    _waits(weights, keys, out)
    return out


@jit
def _direction(up: float, turn: float, length: float, out: Floats) -> None:
    height = 2.0 * up - 1.0
    level = length * math.sqrt(max(1.0 - height * height, 0.0))
    out[0] = level * math.cos(2.0 * math.pi * turn)
    out[1] = level * math.sin(2.0 * math.pi * turn)
    out[2] = length * height


@jit
def _directions(keys: Keys, out: Floats) -> None:
    for i in range(keys.size):
        _direction(uniform64(keys[i], 0), uniform64(keys[i], 1), 1.0, out[i])


def directions(keys: Keys) -> Floats:
    """Return one direction a key, uniform on the unit sphere."""
    out = np.empty((keys.size, 3))
    _directions(keys, out)
    return out


@jit
def _balls(keys: Keys, out: Floats) -> None:
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            depth = uniform64(keys[i], 3 * j + 2) ** (1.0 / 3.0)
            up, turn = uniform64(keys[i], 3 * j), uniform64(keys[i], 3 * j + 1)
            _direction(up, turn, depth, out[i, j])


def balls(keys: Keys, count: int) -> Floats:
    """Return `count` points a key, uniform in the unit ball."""
    out = np.empty((keys.size, count, 3))
    _balls(keys, out)
    return out


@jit
def _taken_in_turn(
    order: NDArray[np.int64], member: NDArray[np.int64], out: NDArray[np.bool_]
) -> None:
    for i in range(out.shape[0]):
        reached = np.zeros(order.shape[1], dtype=np.int64)
        for turn in range(member.shape[1]):
            hole = member[i, turn]
            while out[i, order[i, hole, reached[hole]]]:
                reached[hole] += 1
            out[i, order[i, hole, reached[hole]]] = True


def taken_in_turn(order: NDArray[np.int64], member: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark the points that holes take, each in its turn (n, k) the first in its order (n, c, N) that is left."""
    out = np.zeros((order.shape[0], order.shape[2]), dtype=np.bool_)
    _taken_in_turn(order, member, out)
    return out


@jit
def _gathered(points: Floats, kept: NDArray[np.bool_], out: Floats) -> None:
    row = 0
    for i in range(points.shape[0]):
        for j in range(points.shape[1]):
            if kept[i, j]:
                for k in range(points.shape[2]):
                    out[row, k] = points[i, j, k]
                row += 1


def gathered(points: Floats, kept: NDArray[np.bool_], count: int) -> Floats:
    """Return the `count` points that are kept, cloud after cloud."""
    out = np.empty((count, points.shape[2]))
    _gathered(points, kept, out)
    return out


@jit
def _strewn(
    points: Floats,
    wrong: NDArray[np.bool_],
    keys: Keys,
    centres: Floats,
    radii: Floats,
    out: Floats,
) -> None:
    place = np.empty(3)
    for i in range(points.shape[0]):
        for j in range(points.shape[1]):
            for k in range(points.shape[2]):
                out[i, j, k] = points[i, j, k]
            if wrong[i, j]:
                depth = uniform64(keys[i], 3 * j + 2) ** (1.0 / 3.0)
                up, turn = uniform64(keys[i], 3 * j), uniform64(keys[i], 3 * j + 1)
                _direction(up, turn, depth, place)
                for k in range(3):
                    out[i, j, k] = centres[i, k] + radii[i] * place[k]


def strewn(
    points: Floats, wrong: NDArray[np.bool_], keys: Keys, centres: Floats, radii: Floats
) -> Floats:
    """Return the clouds with some of their points anywhere in a ball."""
    out = np.empty_like(points)
    _strewn(points, wrong, keys, centres, radii, out)
    return out


@jit
def _mistimed(
    points: Floats, sensor: Floats, share: float, where: Keys, when: Keys, out: Floats, hits: Floats
) -> None:
    for i in range(points.shape[0]):
        low, high = math.inf, 0.0
        for j in range(points.shape[1]):
            dx = points[i, j, 0] - sensor[0]
            dy = points[i, j, 1] - sensor[1]
            dz = points[i, j, 2] - sensor[2]
            square = dx * dx + dy * dy + dz * dz
            low, high = min(low, square), max(high, square)
        low, high = math.sqrt(low), math.sqrt(high)
        for j in range(points.shape[1]):
            for k in range(points.shape[2]):
                out[i, j, k] = points[i, j, k]
            if uniform64(where[i], j) < share:
                hits[i] += 1.0
                dx = points[i, j, 0] - sensor[0]
                dy = points[i, j, 1] - sensor[1]
                dz = points[i, j, 2] - sensor[2]
                reach = math.sqrt(dx * dx + dy * dy + dz * dz)
                if reach > 0.0:
                    grow = (low + (high - low) * uniform64(when[i], j)) / reach
                    out[i, j, 0] = sensor[0] + grow * dx
                    out[i, j, 1] = sensor[1] + grow * dy
                    out[i, j, 2] = sensor[2] + grow * dz


def mistimed(
    points: Floats, sensor: Floats, share: float, where: Keys, when: Keys
) -> tuple[Floats, Floats]:
    """Return the clouds with a share of their points at any distance on their beam, and how many were hit."""
    out, hits = np.empty_like(points), np.zeros(len(points))
    _mistimed(points, sensor, share, where, when, out, hits)
    return out, hits
