"""Chances as whole numbers, which the upper 53 bits of a random word are below or not: exact, and the same everywhere."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

BINS = 256
"""Bins of values that a column may have, each with a chance of its own; a power of two."""
ALWAYS = np.uint64(1 << 53)
"""The threshold below which every number is."""
NEVER = np.uint64(0)


def threshold(share: float) -> np.uint64:
    """Return the whole number below which the upper 53 bits of a word are with a probability of `share`."""
    return np.uint64(math.ceil(min(max(share, 0.0), 1.0) * 2**53))


@lru_cache(maxsize=8)
def always(count: int) -> Words:
    """Return a threshold for each of some rows, of which every number is below."""
    words = np.full(count, ALWAYS)
    words.flags.writeable = False
    return words


def thresholds(shares: NDArray[np.float64]) -> Words:
    """Return the same for many shares."""
    return np.ceil(np.clip(shares, 0.0, 1.0) * 2.0**53).astype(np.uint64)
