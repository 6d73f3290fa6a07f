"""Clouds to examine noise on: made scans and made objects by turns, values at the edge of the contract, and refused ones."""

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._draw import Draw, sample_keys
from perturbations.pointcloud._scenes import scan
from perturbations.pointcloud._shapes import SHAPES

Cloud = NDArray[Any]

_EACH = 96
"""Scans, and as many objects."""


def corpus(n: int) -> list[Cloud]:
    """Return up to 192 clouds, scans and objects by turns: all of them are made, none is recorded.

    Scans have intensity and ring; objects are coordinates alone, in metres, some way off the sensor at the origin.
    """
    return list(_made(min(n, 2 * _EACH)))


@cache
def _made(n: int) -> tuple[Cloud, ...]:
    draw = _draw([f"cloud-{i}" for i in range(n)])
    return tuple(_object(draw.row(i), i // 2) if i % 2 else scan(draw.row(i)) for i in range(n))


def _draw(names: list[str]) -> Draw:
    return Draw.of(
        sample_keys(names), seed=0, perturbation="corpus", input="cloud", position=0, replicate=0
    )


def _object(draw: Draw, number: int) -> Cloud:
    kind = list(SHAPES)[number % len(SHAPES)]
    shape = SHAPES[kind](int(draw.integers(320, 641, stream="points")), draw)
    turn, distance, size = draw.uniform(3, stream="pose")
    heading = 2 * math.pi * turn
    reach = 6 + 14 * distance
    centre = np.array([reach * math.cos(heading), reach * math.sin(heading), -1.0])
    points: Cloud = (0.7 + size) * shape + centre
    return points.astype(np.float32 if number % 2 else np.float64)


def edges() -> dict[str, Cloud]:
    """Return clouds at the edge of the contract."""
    rows = _draw(["edges"]).row(0).normal((24, 6))
    scanned = np.concatenate([rows[:, :3] * 8, np.abs(rows[:, 3:4]) % 1, rows[:, 4:5] > 0], axis=1)
    read_only = rows[:, :3].copy()
    read_only.flags.writeable = False
    return {
        "empty": np.zeros((0, 3)),
        "empty with columns": np.zeros((0, 5), dtype=np.float32),
        "one point": np.array([[1.0, -2.0, 0.5]]),
        "one point at the sensor": np.zeros((1, 3), dtype=np.float32),
        "two points": np.array([[1.0, 0.0, 0.0], [3.0, 4.0, 0.0]]),
        "one place": np.full((9, 3), 0.1),
        "every point twice": np.repeat(rows[:8, :3], 2, axis=0),
        "a line": rows[:, :1] * [1.0, 2.0, 3.0],
        "a plane": rows[:, :3] * [1.0, 1.0, 0.0],
        "a point at the sensor": np.concatenate([np.zeros((1, 3)), rows[:, :3]]),
        "unit sphere": rows[:, :3] / np.linalg.norm(rows[:, :3], axis=1).max(),
        "far from the origin": (rows[:, :3] + [4e5, 5e6, 300.0]),
        "float32": rows[:, :3].astype(np.float32),
        "intensity": scanned[:, :4].astype(np.float32),
        "intensity of 255": np.concatenate([rows[:, :3], np.arange(24.0)[:, None] * 11], axis=1),
        "intensity and ring": scanned,
        "three more columns": rows,
        "read-only": read_only,
        "not contiguous": rows[::2, 1:4],
        "columns first in memory": np.asfortranarray(rows[:, :3]),
        "the other byte order": rows[:, :3].astype(rows.dtype.newbyteorder("S")),
    }


def refused() -> dict[str, Any]:
    """Return values that are no cloud."""
    cloud = np.ones((9, 3))
    broken, endless = cloud.copy(), cloud.copy()
    broken[4, 1], endless[4, 1] = np.nan, np.inf
    return {
        "integers": np.ones((9, 3), dtype=np.int64),
        "float16": cloud.astype(np.float16),
        "NaN": broken,
        "Inf": endless,
        "far beyond": cloud * 1e20,
        "two columns": cloud[:, :2],
        "one axis": cloud[0],
        "three axes": cloud[None],
        "transposed": np.ones((3, 500)),
        "a list": cloud.tolist(),
        "text": "1 2 3",
        "None": None,
    }
