"""How ModelNet-C's corruptions are drawn: its frame, its numbers of points, its groups and its turns."""

import math

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw
from perturbations.errors import BadSetting, did_you_mean, explain
from perturbations.pointcloud._modality import Clouds
from perturbations.pointcloud._points import Floats
from perturbations.pointcloud._random import many_of

POINTS = 1024
"""Points of the published clouds: counts are shares of it."""
GROUPS = (1, 7)
"""Least and greatest number of holes or clumps."""
_FRAMES = ("cloud", "given")


def frame_of(clouds: Clouds, frame: str) -> tuple[Floats, Floats]:
    """Return the centre and the radius of the sphere that the constants are meant for."""
    from perturbations.pointcloud._kernels.places import spheres

    if frame not in _FRAMES:
        hint = did_you_mean(str(frame), _FRAMES)
        raise BadSetting(explain(f"one of {', '.join(_FRAMES)}", "frame", frame, hint))
    if frame == "cloud":
        return spheres(clouds)
    return np.zeros((len(clouds), 3)), np.ones(len(clouds))


def counted(points: int, count: int) -> int:
    """Return a published number of points as that share of a cloud."""
    return int(points / POINTS * count + 0.5)


def members(draw: Draw, n: int, many: int) -> NDArray[np.int64]:
    """Return which of the 1 to 7 groups of its cloud each of `many` points belongs to (n, many)."""
    groups = many_of(draw, "groups", *GROUPS)
    member = draw.uniform((n, many), stream="member") * groups[:, None]
    return np.asarray(member, dtype=np.int64)


def orders_of(clouds: Clouds, draw: Draw, member: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the points of each cloud by their distance from the centre of each hole (n, holes, N)."""
    from perturbations.pointcloud._kernels.places import squares

    n, count = clouds.shape[:2]
    chance = draw.uniform((n, GROUPS[1]), stream="centre")
    left = np.ones((n, count), dtype=bool)
    found = np.empty((n, GROUPS[1], count), dtype=np.int64)
    for hole in range(GROUPS[1] if count else 0):
        rank = (chance[:, hole] * left.sum(axis=1)).astype(np.int64)
        centre = (np.cumsum(left, axis=1) > rank[:, None]).argmax(axis=1)
        found[:, hole] = np.argsort(squares(clouds, centre[:, None])[:, 0], axis=1, kind="stable")
        there = np.take_along_axis(left, found[:, hole], axis=1)
        size = (member == hole).sum(axis=1)
        taken = there & (np.cumsum(there, axis=1) <= size[:, None])
        np.put_along_axis(left, found[:, hole], there & ~taken, axis=1)
    return found


def turns(angles: Floats) -> Floats:
    """Return the matrices that take a column p to (p^T Rz Ry Rx)^T, element by element."""
    each = [[(math.cos(a), math.sin(a)) for a in row] for row in angles.tolist()]
    out = np.empty((len(angles), 3, 3))
    for matrix, ((ca, sa), (cb, sb), (cc, sc)) in zip(out, each, strict=True):
        product = (
            (cc * cb, cc * sb * sa - sc * ca, cc * sb * ca + sc * sa),
            (sc * cb, sc * sb * sa + cc * ca, sc * sb * ca - cc * sa),
            (-sb, cb * sa, cb * ca),
        )
        matrix[:] = np.array(product).T
    return out
