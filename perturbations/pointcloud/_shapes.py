"""Surfaces of made objects, sampled at random: furniture of boards, turned ware, rings and rounded blocks."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from perturbations._draw import Draw

Floats = NDArray[np.float64]
Board = tuple[tuple[float, float, float], tuple[float, float, float]]
"""Centre and size."""


def boards(parts: Sequence[Board], count: int, draw: Draw) -> Floats:
    """Sample the surface of boxes evenly by area."""
    centres, sizes = (np.array(each, dtype=np.float64) for each in zip(*parts, strict=True))
    faces = sizes[:, [1, 2, 0]] * sizes[:, [2, 0, 1]]  # across x, y and z
    areas = np.repeat(faces, 2, axis=1).ravel()
    edges = np.cumsum(areas) / areas.sum()
    face = np.minimum(np.searchsorted(edges, draw.uniform(count, stream="face")), len(edges) - 1)
    box, side = face // 6, face % 6
    place = draw.uniform((count, 3), stream="place") - 0.5
    place[np.arange(count), side // 2] = side % 2 - 0.5
    return np.asarray(centres[box] + place * sizes[box])


def turned(count: int, draw: Draw) -> Floats:
    """Sample a turned vessel: a smooth profile around an upright axis."""
    height, angle = draw.uniform(count, stream="height"), draw.uniform(count, stream="angle")
    waist, phase, lip = draw.uniform(3, stream="profile")
    bulge = 0.25 + 0.25 * waist + 0.15 * np.sin(2 * math.pi * (height * (1 + lip) + phase))
    turn = 2 * math.pi * angle
    return np.stack([bulge * np.cos(turn), bulge * np.sin(turn), 1.4 * height], axis=1)


def ring(count: int, draw: Draw) -> Floats:
    """Sample a torus."""
    round_, across = 2 * math.pi * draw.uniform((2, count), stream="angle")
    thick = 0.15 + 0.25 * float(draw.uniform(stream="thick"))
    reach = 1 + thick * np.cos(across)
    return np.stack(
        [reach * np.cos(round_), reach * np.sin(round_), thick * np.sin(across)], axis=1
    )


def block(count: int, draw: Draw) -> Floats:
    """Sample a superellipsoid: anything from an egg to a pillow."""
    up = np.arcsin(2 * draw.uniform(count, stream="up") - 1)
    turn = 2 * math.pi * draw.uniform(count, stream="turn")
    sharp = 0.3 + 0.9 * draw.uniform(2, stream="sharp")
    size = 0.5 + draw.uniform(3, stream="size")
    level = _power(np.cos(up), sharp[0])
    return np.asarray(
        size
        * np.stack(
            [
                level * _power(np.cos(turn), sharp[1]),
                level * _power(np.sin(turn), sharp[1]),
                _power(np.sin(up), sharp[0]),
            ],
            axis=1,
        )
    )


def table(count: int, draw: Draw) -> Floats:
    """Sample a table with four legs."""
    wide, deep, high = 0.8 + 0.8 * draw.uniform(3, stream="size")
    return boards([((0, 0, high), (wide, deep, 0.06)), *_legs(wide, deep, high)], count, draw)


def chair(count: int, draw: Draw) -> Floats:
    """Sample a chair."""
    wide, deep, high = 0.5 + 0.3 * draw.uniform(3, stream="size")
    seat: Board = ((0, 0, high), (wide, deep, 0.06))
    back: Board = ((0, deep / 2, high * 1.8), (wide, 0.05, high * 1.5))
    return boards([seat, back, *_legs(wide, deep, high)], count, draw)


def shelf(count: int, draw: Draw) -> Floats:
    """Sample shelves between two sides."""
    wide, high = 0.8 + draw.uniform(2, stream="size")
    levels = 3 + int(draw.integers(0, 3, stream="levels"))
    sides: list[Board] = [((s * wide / 2, 0, high / 2), (0.04, 0.3, high)) for s in (-1, 1)]
    rows: list[Board] = [((0, 0, high * i / levels), (wide, 0.3, 0.04)) for i in range(levels + 1)]
    return boards([*sides, *rows], count, draw)


SHAPES: dict[str, Callable[[int, Draw], Floats]] = {
    "table": table,
    "vessel": turned,
    "chair": chair,
    "ring": ring,
    "shelf": shelf,
    "block": block,
}
"""Kinds of made object, by name."""


def _legs(wide: float, deep: float, high: float) -> list[Board]:
    return [
        ((x * (wide - 0.06) / 2, y * (deep - 0.06) / 2, high / 2), (0.06, 0.06, high))
        for x in (-1, 1)
        for y in (-1, 1)
    ]


def _power(values: Floats, exponent: float) -> Floats:
    return np.sign(values) * np.abs(values) ** exponent
