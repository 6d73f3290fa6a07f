"""A map of noises in two dimensions: distances as faithfully as a plane can show them, and how sure each place is.

Classical scaling of the squared distances, improved by SMACOF until the stress falls no more. Every resample of the distances
is mapped from there, and turned, mirrored and moved onto the map (Procrustes, without scaling); a noise's ellipse holds its
places in 95 % of resamples, as far as they are normal.

References: Torgerson 1952; de Leeuw 1977 (SMACOF); Kruskal 1964 (stress-1); Gower 1975 (Procrustes).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noisebench.topology._linkage import square
from noisebench.topology._pull import Floats, Pulled

DRAWS = 200
"""Resamples that are mapped."""

STEPS = 300
"""Most steps of SMACOF."""

FEW = 30
"""Steps for a resample, which begins near its end."""

SLOW = 1e-7
"""Change of the stress at which SMACOF ends."""

CHI2 = 5.991464547107979
"""95 % quantile of chi-squared with two degrees of freedom."""

STRESSED = 0.2
"""Stress-1 from which a map is poor (Kruskal 1964)."""


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Where a noise may be."""

    first: tuple[float, float]
    """Half of the longer axis, as a vector."""
    second: tuple[float, float]


@dataclass(frozen=True, slots=True)
class NoiseMap:
    """Places of noises in a plane."""

    names: tuple[str, ...]
    places: tuple[tuple[float, float], ...]
    ellipses: tuple[Ellipse, ...]
    """95 % of resamples."""
    stress: float
    """Kruskal's stress-1: root of the squared error of distances over their squares; 0 is exact."""

    @property
    def poor(self) -> bool:
        """Whether the plane shows the distances badly, so that the table is to be trusted instead."""
        return self.stress > STRESSED


def map_of(names: Sequence[str], distances: Pulled) -> NoiseMap:
    """Return the map of at least three noises."""
    m = len(names)
    target = np.maximum(square(distances.value, m), 0.0)
    places = places_of(target)
    drawn = np.stack([np.maximum(square(draw, m), 0.0) for draw in distances.draws(DRAWS)])
    again = smacof(drawn, np.broadcast_to(places, (len(drawn), m, 2)), FEW)
    turned = np.stack([procrustes(each, places) for each in again])
    ellipses = tuple(_ellipse(turned[:, i]) for i in range(m))
    pairs = tuple((float(x), float(y)) for x, y in places)
    return NoiseMap(tuple(names), pairs, ellipses, stress(target, places))


def places_of(target: Floats) -> Floats:
    """Return places (m, 2) of distances (m, m), the widest way across."""
    return _upright(smacof(target[None], classical(target)[None], STEPS)[0])


def classical(distances: Floats, dimensions: int = 2) -> Floats:
    """Return places whose squared distances are nearest to those given in the sense of Torgerson."""
    squares = distances**2
    centred = squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean()
    values, vectors = np.linalg.eigh(-centred / 2)
    kept = slice(-1, -dimensions - 1, -1)
    return np.asarray(vectors[:, kept] * np.sqrt(np.maximum(values[kept], 0.0)))


def smacof(targets: Floats, start: Floats, steps: int) -> Floats:
    """Return places (k, m, 2) with less stress than those to begin with, for several matrices (k, m, m) at once."""
    places, m = np.array(start, dtype=np.float64), targets.shape[1]
    before = np.inf
    for _ in range(steps):
        apart = _apart(places)
        left = float(((apart - targets) ** 2).sum())
        if before - left <= SLOW * max(left, 1e-12):
            break
        before = left
        ratio = np.divide(targets, apart, out=np.zeros_like(apart), where=apart > 1e-12)
        turn = -ratio
        turn[:, np.arange(m), np.arange(m)] = ratio.sum(axis=2)
        places = turn @ places / m
    return places


def stress(targets: Floats, places: Floats) -> float:
    """Return Kruskal's stress-1 of places (m, 2)."""
    apart = _apart(places[None])[0]
    total = float((apart**2).sum())
    return float(np.sqrt(((apart - targets) ** 2).sum() / total)) if total > 0 else 0.0


def procrustes(places: Floats, onto: Floats) -> Floats:
    """Return places turned, mirrored and moved to lie nearest to others, point by point."""
    centre, goal = places.mean(axis=0), onto.mean(axis=0)
    left, _, right = np.linalg.svd((places - centre).T @ (onto - goal))
    return np.asarray((places - centre) @ (left @ right) + goal)


def _apart(places: Floats) -> Floats:
    gaps = places[:, :, None] - places[:, None]
    return np.asarray(np.sqrt((gaps**2).sum(axis=3)))


def _upright(places: Floats) -> Floats:
    """Return places about their centre, the widest way across, each axis towards its farthest noise."""
    centred = places - places.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    turned = centred @ axes.T
    ends = turned[np.abs(turned).argmax(axis=0), np.arange(turned.shape[1])]
    return np.asarray(turned * np.where(ends < 0, -1.0, 1.0))


def _ellipse(places: Floats) -> Ellipse:
    """Return the ellipse that holds 95 % of normal places with this spread."""
    values, vectors = np.linalg.eigh(np.cov(places.T))
    axes = vectors * np.sqrt(CHI2 * np.maximum(values, 0.0))
    (x1, x2), (y1, y2) = axes.tolist()
    return Ellipse((x2, y2), (x1, y1))
