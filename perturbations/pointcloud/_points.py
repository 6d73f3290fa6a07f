"""Clouds from which points were taken, or to which points were added.

Why: every noise that takes points away or adds some does it in one of two ways. The cloud becomes smaller or larger, as it
would in the world, and points keep their order; or, with `keep_size`, it keeps its size for models that demand one: a lost
point becomes a copy of one that is left, and an added one takes the place of one of the cloud's.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw, Noisy
from perturbations.pointcloud._mapping import PointMap
from perturbations.pointcloud._modality import Clouds

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def counted(share: float, count: int) -> int:
    """Return the share of `count` points as a whole number."""
    return int(share * count + 0.5)


def most_of(share: float, count: int) -> int:
    """Return the share of `count` points as a whole number that leaves one of them."""
    return max(min(counted(share, count), count - 1), 0)


def smallest(scores: Floats, count: int) -> Mask:
    """Mark the `count` smallest scores of every row; of equal ones the first, so that a larger count marks more."""
    if count <= 0 or not scores.size:
        return np.zeros(scores.shape, dtype=bool)
    bound = np.partition(scores, count - 1, axis=1)[:, count - 1 : count]
    marked = scores <= bound
    if np.count_nonzero(marked) > count * len(scores):
        below, level = scores < bound, scores == bound
        room = count - below.sum(axis=1, keepdims=True)
        marked = below | (level & (np.cumsum(level, axis=1) <= room))
    return np.asarray(marked)


def without(
    clouds: Clouds,
    lost: Mask,
    draw: Draw,
    *,
    keep_size: bool,
    empty: Any = 0.0,
    report: dict[str, Any] | None = None,
) -> Noisy:
    """Return the clouds without their lost points (n, N); one that has none left has all of them at `empty`, if it keeps its size."""
    kept = ~lost
    if keep_size:
        source = _repeated(kept, draw)
        value = _taken(clouds, source, empty)
    else:
        source, value = None, _left(clouds, kept)
    if len(clouds) > 1:
        return Noisy(value)
    rows = np.flatnonzero(kept[0]) if source is None else source[0]
    mapping = PointMap(rows, lost.shape[1], clouds[0, :0])
    return Noisy(value, mapping, {"lost": int(lost.sum()), **(report or {})})


def _left(clouds: Clouds, kept: Mask) -> Any:
    """Return the points that are left: one array where every cloud has as many of them, else a list."""
    from perturbations.pointcloud._kernels.chance import gathered

    counts = kept.sum(axis=1)
    rows = gathered(clouds, kept, int(counts.sum()))
    if (counts == counts[:1]).all():
        return rows.reshape(len(clouds), -1 if len(rows) else 0, clouds.shape[2])
    return np.split(rows, np.cumsum(counts)[:-1])


def _repeated(kept: Mask, draw: Draw) -> NDArray[np.int64]:
    """Return for every place the row that stands there: its own, or a drawn one of those that are left; -1 without any."""
    choice = draw.uniform(kept.shape, stream="repeat")
    source = np.broadcast_to(np.arange(kept.shape[1]), kept.shape).copy()
    for row, left, chance in zip(source, kept, choice, strict=True):
        rows = np.flatnonzero(left)
        if rows.size:
            row[~left] = rows[(chance[~left] * rows.size).astype(np.int64)]
        else:
            row[:] = -1
    return source


def _taken(clouds: Clouds, source: NDArray[np.int64], empty: Any) -> Clouds:
    value: Clouds = np.take_along_axis(clouds, np.maximum(source, 0)[..., None], axis=1)
    gone = source < 0
    if gone.any():
        value[gone] = 0
        value[gone, :3] = empty
    return value


def joined(
    clouds: Clouds, xyz: Floats, like: NDArray[np.int64], draw: Draw, *, keep_size: bool
) -> Noisy:
    """Return the clouds with points (n, k, 3) added; their other columns are those of the rows `like` (n, k)."""
    added: Clouds = np.take_along_axis(clouds, like[..., None], axis=1)
    added[..., :3] = xyz
    count, more = clouds.shape[1], xyz.shape[1]
    if not keep_size:
        value = np.concatenate([clouds, added], axis=1)
        source = np.concatenate([np.arange(count), np.full(more, -1)])
    else:
        more = min(more, count)
        order = np.argsort(draw.bits((len(clouds), count), stream="replace"), axis=1, kind="stable")
        places = order[:, :more]
        value = clouds.copy()
        np.put_along_axis(value, places[..., None], added[:, :more], axis=1)
        source = np.arange(count)
        source[places[0]] = -1
    if len(clouds) > 1:
        return Noisy(value)
    return Noisy(value, PointMap(source, count, added[0, :more]), {"added": more})


def clumps(
    clouds: Clouds,
    draw: Draw,
    member: NDArray[np.int64],
    centre: NDArray[np.int64],
    spread: Floats,
    sphere: tuple[Floats, Floats],
) -> tuple[Floats, NDArray[np.int64]]:
    """Return points normal about points of the cloud, and about which row each is (n, k).

    Args:
        clouds: with the points.
        draw: of the clouds.
        member: (n, k): the clump of each.
        centre: (n, c): the row that each clump is about.
        spread: (n, c): its standard deviation, in radii.
        sphere: centre and radius for each cloud; what lies outside is brought to its surface.
    """
    centres, radii = sphere
    like = np.take_along_axis(centre, member, axis=1)
    spot = np.take_along_axis(clouds[..., :3], like[..., None], axis=1) - centres[:, None]
    sigma = np.take_along_axis(spread, member, axis=1) * radii[:, None]
    apart = spot + sigma[..., None] * draw.normal((*member.shape, 3), stream="apart")
    far = np.sqrt(apart[..., 0] ** 2 + apart[..., 1] ** 2 + apart[..., 2] ** 2)
    limit = radii[:, None]
    shrink = np.divide(limit, far, out=np.ones_like(far), where=far > limit)
    return centres[:, None] + apart * shrink[..., None], like
