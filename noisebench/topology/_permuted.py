"""What two maps of the same noises would be apart by chance: models swapped sample by sample, samples dealt out anew.

Under one map, who made which outcome is chance. The influence of every pooled sample on the distances is the same however they
are dealt, so differences of its means over the two sides are, in first order, differences of distances, and their permutations
an exact null.
"""

import numpy as np
from numpy.typing import NDArray

from noisebench.topology._kendall import influences
from noisebench.topology._profile import Profile
from noisebench.topology._pull import Floats

PERMUTATIONS = 1999
"""Swaps of the samples, and permutations of the noises."""

MOST = 2000
"""Samples that are dealt out one by one; of more, random bundles."""


def swapped(one: Profile, other: Profile) -> tuple[Floats, Floats]:
    """Return differences of distances, and what they become when models are swapped in units of samples."""
    pooled = np.concatenate([one.severities, other.severities])
    gaps = (each[: one.n] - each[one.n :] for each in influences(pooled)[1])
    part = np.stack([one.units.sums(gap) for gap in gaps], axis=1)
    rng = np.random.default_rng(one.units.seed + 2)
    signs = rng.choice([-1.0, 1.0], size=(PERMUTATIONS, len(part)))
    return part.sum(axis=0) / one.n, signs @ part / one.n


def dealt(one: Profile, other: Profile) -> tuple[Floats, Floats]:
    """Return differences of distances, and what they become when samples are dealt out anew."""
    label = np.repeat([1.0, 0.0], [one.n, other.n])
    units = _bundles(one, other)
    count = int(units.max()) + 1
    sizes = np.bincount(units, minlength=count).astype(np.float64)
    sums = np.stack(
        [
            np.bincount(units, weights=each, minlength=count)
            for each in influences(np.concatenate([one.severities, other.severities]))[1]
        ],
        axis=1,
    )
    own = np.bincount(units, weights=label, minlength=count) / sizes
    rng = np.random.default_rng(one.units.seed + 2)
    again = rng.permuted(np.tile(own, (PERMUTATIONS, 1)), axis=1)

    def means(share: Floats) -> Floats:
        inside, outside = share @ sizes, (1 - share) @ sizes
        return np.asarray(
            (share @ sums) / np.maximum(inside, 1)[..., None]
            - ((1 - share) @ sums) / np.maximum(outside, 1)[..., None]
        )

    return means(own[None])[0], means(again)


def _bundles(one: Profile, other: Profile) -> NDArray[np.int64]:
    """Return the unit of every pooled sample: its group, itself, or of many a random bundle of one side."""
    rng = np.random.default_rng(one.units.seed + 3)
    if one.units.grouped:
        return np.concatenate([one.units.of, other.units.of + one.units.count])
    room = MOST // 2
    codes = [rng.permutation(each.n) % min(each.n, room) for each in (one, other)]
    return np.concatenate([codes[0], codes[1] + min(one.n, room)]).astype(np.int64)


def share_of(observed: float, null: Floats) -> float:
    """Return the share of permutations that show as much, the observed one among them."""
    return float((1 + (null >= observed - 1e-12).sum()) / (1 + len(null)))
