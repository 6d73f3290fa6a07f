"""Draws a point cloud for the gallery: two views side by side, with what is new in another colour and what is gone in grey.

Why: a cloud has no front. A scan is seen from above, as its maps are, and at a slant; an object from two sides at a slant,
so that one of them shows it whichever axis points up.
"""

import base64
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from noisebench.report import _numbers
from noisebench.report._picture import png
from noisebench.report._pixels import Facts
from noisebench.report._view import Figure

Points = NDArray[np.float64]

SIDE, GAP = 96, 2
"""Pixels of a view, and between the two."""
MOST = 20_000
"""Points that are drawn; of larger clouds so many, evenly spread over their rows."""
_MARGIN = 0.94
"""Share of a view that the clean cloud takes up."""
_MOST_OF_A_SCAN = 0.95
"""Share of a scan's points that its frame holds: the farthest would make all others small."""
_SLANT = 25.0
"""Degrees that a slanted view looks down."""

Layer = tuple[Points, tuple[int, int, int, int]]
"""Points and their colour."""

_STAYED, _NEW, _GONE = (58, 134, 186, 255), (217, 95, 2, 255), (138, 146, 156, 110)
"""Red, green, blue and opacity: they tell apart on a light and on a dark page, and to the colour-blind."""


class _Frame(NamedTuple):
    """What a view shows: the cube about the clean cloud."""

    centre: Points
    half: float


def cloud(clean: object, noisy: object, alt: str, facts: Facts) -> Figure:
    """Draw a cloud, and where there is a clean one, what the noise did to it."""
    after = _xyz(noisy)
    before = after if clean is None else _xyz(clean)
    if after is None or before is None:
        return Figure("words", alt, note="not a point cloud")
    if not len(before) and not len(after):
        return Figure("words", alt, note="no points")
    turns = _turns(scan="sensor" in facts)
    frame = _frame(before if len(before) else after, turns, scan="sensor" in facts)
    stayed, gone = _known(after, before), ~_known(before, after)
    layers = [(before[gone], _GONE), (after[stayed], _STAYED), (after[~stayed], _NEW)]
    views = [_view(layers, frame, turn, _dot(len(before))) for turn in turns]
    space = np.zeros((SIDE, GAP, 4), np.uint8)
    pixels = np.concatenate([views[0], space, views[1]], axis=1)
    note = _note(len(after), int((~stayed).sum()), int(gone.sum()))
    code = base64.b64encode(png(pixels)).decode("ascii")
    height, width = pixels.shape[:2]
    return Figure("strip", f"{alt}, {note}", png=code, width=width, height=height, note=note)


def _xyz(value: object) -> Points | None:
    """Return the coordinates of some points; None for what is no cloud."""
    points = np.asarray(value)
    if points.ndim != 2 or points.shape[1] < 3 or points.dtype.kind != "f":
        return None
    rows = np.linspace(0, len(points) - 1, min(MOST, len(points))).astype(np.int64)
    return np.asarray(points[rows, :3], dtype=np.float64)


def _frame(points: Points, turns: list[Points], *, scan: bool) -> _Frame:
    """Return the frame of a whole object, or of the part of a scan in which most of its points are."""
    low, high = points.min(axis=0), points.max(axis=0)
    centre = np.median(points, axis=0) if scan else (low + high) / 2
    flat = np.stack([np.abs((points - centre) @ turn.T).max(axis=1) for turn in turns])
    half = float(np.quantile(flat.max(axis=0), _MOST_OF_A_SCAN if scan else 1.0))
    return _Frame(centre, half / _MARGIN or 1.0)


def _dot(count: int) -> int:
    """Return how many pixels across a point is: the fewer there are, the larger."""
    return 3 if count <= 300 else 2 if count <= 2000 else 1


def _known(points: Points, among: Points) -> NDArray[np.bool_]:
    """Mark the points that stand exactly where one of the others does."""
    rows, others = (
        np.ascontiguousarray(each).view([("", each.dtype)] * 3) for each in (points, among)
    )
    return np.isin(rows.ravel(), others.ravel())


def _turns(*, scan: bool) -> list[Points]:
    """Return the two views as matrices (2, 3) from space to right and up."""
    if scan:
        return [np.eye(3)[:2], _slanted(-60.0)]
    return [_slanted(-60.0), _slanted(30.0)]


def _slanted(azimuth: float) -> Points:
    turn, down = math.radians(azimuth), math.radians(_SLANT)
    right = [-math.sin(turn), math.cos(turn), 0.0]
    up = [-math.sin(down) * math.cos(turn), -math.sin(down) * math.sin(turn), math.cos(down)]
    return np.array([right, up])


def _view(layers: list[Layer], frame: _Frame, turn: Points, dot: int) -> NDArray[np.uint8]:
    """Draw layers of points, the later ones on top; what is outside of the frame is not drawn."""
    room = dot - 1
    pixels = np.zeros((SIDE + room, SIDE + room, 4), np.uint8)
    for points, colour in layers:
        flat = (points - frame.centre) @ turn.T / frame.half
        inside = (np.abs(flat) < 1).all(axis=1)
        across, down = ((1 + flat[inside] * [1, -1]) * (SIDE / 2)).astype(np.int64).T
        for step in range(dot * dot):
            pixels[down + step // dot, across + step % dot] = colour
    return pixels[room // 2 :, room // 2 :][:SIDE, :SIDE]


def _note(count: int, new: int, gone: int) -> str:
    """Say how many points there are, and how many of them are new."""
    told = [f"{_numbers.count(count)} points"]
    if count == new == gone:
        return f"{told[0]}, all of them moved (orange)"
    if new:
        told.append(f"{_numbers.count(new)} new or moved (orange)")
    if gone:
        told.append(f"{_numbers.count(gone)} gone from their place (grey)")
    return ", ".join(told)
