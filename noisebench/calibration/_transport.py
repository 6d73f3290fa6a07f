"""Sliced Wasserstein distance: how far two sets of samples are from each other, without knowing which belongs to which.

SW(X, Y)^2 = mean over directions u of W2(u.X, u.Y)^2. Along one direction the optimal plan pairs by order; of sets of unequal size it
splits every sample among the partners that its rank falls on. A distance of 1 is a shift of all samples by a standard deviation.

Why not all directions alike: in many dimensions a random direction sums over all of them, so that noise of every kind looks like a
little more spread. So half of the directions are single features, and features less what the nearest other one says of
them: noise shows in what is predictable.

References: Rabin et al. 2011; Bonneel et al. 2015.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noisebench.calibration._threads import one_thread

Floats = NDArray[np.float64]

FLOOR = 0.25
"""Least spread along a direction, in that of the mean feature: a feature that never varies must not be all that counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Directions:
    """Directions in the space of features, in standard deviations of the clean samples along each."""

    along: Floats
    """(d, k)."""

    @property
    def size(self) -> int:
        """Number of features."""
        return len(self.along)

    def __call__(self, features: Floats) -> Floats:
        """Return projections (k, n) of features (n, d)."""
        with one_thread():
            return np.ascontiguousarray((features @ self.along).T)


def directions(clean: Floats, count: int, seed: int) -> Directions:
    """Return directions: half of them random, a quarter along single features, a quarter along what these do not share.

    Args:
        clean: features (n, d).
        count: how many.
        seed: of the choice.
    """
    rng = np.random.default_rng(seed)
    d = clean.shape[1]
    away = clean - clean.mean(axis=0)
    spread = away.std(axis=0)
    usual = float(np.sqrt((spread**2).mean())) or 1.0
    dense = rng.normal(size=(d, count - 2 * (count // 4)))
    weights = 0.5 / d + 0.5 * spread / (spread.sum() or 1.0)
    chosen = rng.choice(d, size=2 * (count // 4), p=weights / weights.sum())
    single = np.zeros((d, len(chosen)))
    single[chosen, np.arange(len(chosen))] = 1.0
    for column, feature in enumerate(chosen[: count // 4]):
        partner, slope = _partner(away, spread, int(feature), FLOOR * usual)
        single[partner, column] -= slope
    along = np.concatenate([dense, single], axis=1)
    widths = np.sqrt(((away @ along) ** 2).mean(axis=0))
    floor = FLOOR * usual * np.sqrt((along**2).sum(axis=0))
    return Directions(along / np.maximum(widths, floor))


def _partner(away: Floats, spread: Floats, feature: int, floor: float) -> tuple[int, float]:
    """Return the feature that says most of another one, and the slope; slope 0 where none says anything."""
    shared = away.T @ away[:, feature] / len(away)
    like = np.abs(shared) / np.maximum(spread, floor)
    like[feature] = 0.0
    partner = int(np.argmax(like))
    return partner, float(shared[partner] / max(spread[partner], floor) ** 2)


def ranked(projections: Floats) -> Floats:
    """Return projections (..., n) ordered along each direction."""
    return np.sort(projections, axis=-1)


def paired(ordered: Floats, n: int) -> Floats:
    """Return for each of n ranks the mean of the values (..., m) that the optimal plan gives it."""
    m = ordered.shape[-1]
    if m == n:
        return ordered
    whole = np.concatenate(
        [np.zeros((*ordered.shape[:-1], 1)), np.cumsum(ordered, axis=-1)], axis=-1
    )
    # The area under the ordered values up to each rank's end, in whole numbers but for one division.
    full, part = np.divmod(np.arange(n + 1) * m, n)
    padded = np.concatenate([ordered, ordered[..., -1:]], axis=-1)
    area = whole[..., full] + padded[..., full] * (part / n)
    return np.asarray(np.diff(area, axis=-1) * (n / m))


def squared(sets: Floats, targets: Floats) -> Floats:
    """Return the squared distances (s, t) of sets (s, k, n) to targets (t, k, m), all ordered along each direction."""
    k, n = sets.shape[1:]
    rows = sets.reshape(len(sets), -1)
    columns = paired(targets, n).reshape(len(targets), -1)
    ours = (rows**2).sum(axis=1) / (n * k)
    theirs = (targets**2).mean(axis=(1, 2))
    with one_thread():
        cross = rows @ columns.T / (n * k)
    return np.asarray(np.clip(ours[:, None] + theirs[None] - 2 * cross, 0.0, None))


def beside(sets: Floats, targets: Floats) -> Floats:
    """Return the squared distance (t,) of each of t sets to the target of its own."""
    cross = (sets * paired(targets, sets.shape[-1])).mean(axis=(1, 2))
    ours, theirs = (sets**2).mean(axis=(1, 2)), (targets**2).mean(axis=(1, 2))
    return np.asarray(np.clip(ours + theirs - 2 * cross, 0.0, None))
