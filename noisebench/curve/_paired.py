"""Tests that two values on the same samples are the same: McNemar's for 0/1 scores, sign flips for few units, t beyond.

References: McNemar 1947; Fagerland, Lydersen and Laake 2013 (mid-p); Edgington and Onghena 2007 (sign flips).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._moments import Moments
from noisebench.curve._sample import Sample

Floats = NDArray[np.float64]

FEW = 30
"""Units below which signs are flipped; beyond, t serves."""

ALL = 13
"""Units up to which every one of the 2^n flips is tried."""

FLIPS = 9999
"""Random flips where there are more."""

ALIKE = 1e-9
"""Relative difference below which two sums are the same."""


class Chance(NamedTuple):
    """How likely a difference as large is where nothing differs, and by which test."""

    p: float
    test: str


def unchanged(
    known: Moments, sample: Sample, start: int, end: int, *, other: Sample | None = None
) -> Chance:
    """Test that the values at two places are the same.

    Args:
        known: moments in which both values are.
        sample: the scores, with a level for each place.
        start: place of the first value.
        end: place of the second; of `other`, where that is given, counted on from the last of `sample`.
        other: scores of another model on the same samples.
    """
    if start == end or known.units < 2:
        return Chance(1.0 if start == end else math.nan, "")
    second = sample.scores[end] if other is None else other.scores[end - len(sample.scores)]
    if known.exact and sample.groups is None and len(sample.scores[start]) == len(second) == 1:
        gap = sample.scores[start][0, :, 0] - second[0, :, 0]
        return Chance(mcnemar(int((gap > 0).sum()), int((gap < 0).sum())), "McNemar, mid-p")
    line = np.eye(len(known.mean))[start] - np.eye(len(known.mean))[end]
    if known.units < FEW and known.resamples.influence is not None:
        moved = known.resamples.influence @ line + float(line @ known.mean)
        return Chance(sign_flip(moved), "sign flips")
    return Chance(_t(known, line), f"t of {known.units} units")


def mcnemar(broke: int, mended: int) -> float:
    """Return the two-sided mid-p-value of McNemar's exact test.

    Args:
        broke: pairs of which only the first is right.
        mended: pairs of which only the second is right.
    """
    from scipy.special import bdtr

    fewer, both = min(broke, mended), broke + mended
    if broke == mended:
        return 1.0
    below = float(bdtr(fewer - 1, both, 0.5)) if fewer else 0.0
    return min(below + float(bdtr(fewer, both, 0.5)), 1.0)


def sign_flip(moved: Floats) -> float:
    """Return the two-sided p-value of a mean of 0, where each unit may as well have moved the other way.

    Flipping leaves the sum of squares as it is, so the studentised mean orders the flips as the mean does.
    """
    n = len(moved)
    size = float(np.abs(moved).sum())
    if size == 0:
        return 1.0
    came = abs(float(moved.sum())) - ALIKE * size
    if n <= ALL:
        signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
        return float((np.abs(signs @ moved) >= came).mean())
    signs = np.random.default_rng(0).choice(np.array([-1.0, 1.0]), size=(FLIPS, n))
    return float((1 + (np.abs(signs @ moved) >= came).sum()) / (1 + FLIPS))


def _t(known: Moments, line: Floats) -> float:
    from scipy.special import ndtr, stdtr

    gap, variance = float(line @ known.mean), float(line @ known.cov @ line)
    if variance <= 0:
        return 1.0 if gap == 0 else float(0.5 ** (known.units - 1))
    t = -abs(gap) / math.sqrt(variance)
    return 2 * float(ndtr(t) if known.degrees is None else stdtr(known.degrees, t))
