"""How far a noisy cloud is from the clean one: by nearest neighbours, and point by point where none came or went."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._modality import Measure

Cloud = NDArray[Any]
Floats = NDArray[np.float64]

MEASURES = {
    "chamfer": Measure("share of the radius", +1),
    "displacement": Measure("share of the radius (RMS)", +1),
    "changed": Measure("share of points", +1),
    "added": Measure("share of points", +1),
    "other-columns": Measure("σ (RMS)", +1),
}
"""The radius is the largest distance of a clean point from the centroid."""

MOST = 4096
"""Points of each cloud whose nearest neighbour is looked for; of a larger one, so many evenly spread over its rows."""


def measure(clean: Cloud, noisy: Cloud) -> dict[str, float]:
    """Return every measure of one pair.

    chamfer: mean distance to the nearest point of the other cloud, averaged over both directions; changed: clean points where
    no noisy one stands any more; added: noisy points where no clean one stood. Displacement (of points that keep their row) and
    the change of other columns are NaN where the number of points changed. Without a clean point or a noisy one there is
    no nearest: chamfer is NaN.
    """
    before, after = (cloud[:, :3].astype(np.float64) for cloud in (clean, noisy))
    unit = radius(before) or 1.0
    there, back = _nearest(before, after), _nearest(after, before)
    paired = len(before) == len(after)
    return {
        "chamfer": (_mean(there) + _mean(back)) / 2 / unit if len(before) or len(after) else 0.0,
        "displacement": _displacement(before, after) / unit if paired else math.nan,
        "changed": _share(there, len(after)),
        "added": _share(back, len(before)) * len(after) / max(len(before), 1),
        "other-columns": _columns(clean[:, 3:], noisy[:, 3:]) if paired else math.nan,
    }


def radius(xyz: Floats) -> float:
    """Return the largest distance of a point from the centroid; 0 without a point."""
    if not len(xyz):
        return 0.0
    apart = xyz - xyz.mean(axis=0)
    return math.sqrt(float((apart * apart).sum(axis=1).max()))


def _nearest(points: Floats, among: Floats) -> Floats:
    """Return the distance of each point, or of `MOST` of them, to the nearest of others; NaN where there are none."""
    if not len(points):
        return np.zeros(0)
    asked = points[np.linspace(0, len(points) - 1, min(MOST, len(points))).astype(np.int64)]
    if not len(among):
        return np.full(len(asked), np.nan)
    from scipy.spatial import cKDTree

    tree = cKDTree(among, balanced_tree=False, compact_nodes=False)
    return np.asarray(tree.query(asked)[0])


def _mean(distances: Floats) -> float:
    return float(distances.mean()) if distances.size else math.nan


def _share(distances: Floats, others: int) -> float:
    """Return the share of points that do not stand where another one stands."""
    if not distances.size:
        return 0.0
    return float(np.count_nonzero(distances) / distances.size) if others else 1.0


def _displacement(before: Floats, after: Floats) -> float:
    apart = after - before
    return math.sqrt(float((apart * apart).sum(axis=1).mean())) if len(before) else 0.0


def _columns(before: Cloud, after: Cloud) -> float:
    """Return the change of the other columns, each in its clean standard deviation; raw where it has none."""
    if not before.size:
        return 0.0
    clean = before.astype(np.float64)
    spread = clean.std(axis=0)
    change = (after.astype(np.float64) - clean) / np.where(spread > 0, spread, 1.0)
    return math.sqrt(float((change * change).mean()))
