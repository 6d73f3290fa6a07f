"""Bits that noise leaves of a sample: how well it can be found among clean candidates, whatever the noise.

b = log2 K + E log2 q_i, where q is the softmax over -|phi(x~) - phi(x_j)|^2 / (2 t^2) of K clean candidates x_j and i is the
sample's own, but for a little doubt: a lower bound of the information that x~ has of x, at most log2 K.

Why: closed forms exist for few noises, and what they count (bits of the raw signal) differs between modalities. Here every noise
is asked the same question of as many candidates. The width t is chosen on one half of the samples for the other, so that the
bound holds.

References: van den Oord et al. 2018 (InfoNCE); Poole et al. 2019 (the bound).
"""

import math

import numpy as np
from numpy.typing import NDArray

from noisebench.calibration._space import squares

Floats = NDArray[np.float64]
Index = NDArray[np.intp]

CANDIDATES = 256
"""Clean samples among which a noisy one is looked for, where the data has so many."""

WIDTHS = np.logspace(-3, 1, 17)
"""Widths that are tried, in units of the distance between samples."""

DOUBT = 1e-3
"""Share of belief that is spread over all candidates, so that one sample that is taken for another costs some bits and not all."""


def bits(noisy: Floats, candidates: Floats, own: Index, unit: float) -> float:
    """Return the bits kept, between 0 and log2 of the number of candidates.

    Args:
        noisy: features (n, d).
        candidates: features (K, d) of clean samples.
        own: for each noisy row, which candidate it was made of.
        unit: the distance between samples.
    """
    gaps = squares(noisy, candidates) / unit**2
    # The nearest is taken off first, so that no candidate counts as nothing for want of digits.
    gaps -= gaps.min(axis=1, keepdims=True)
    mine = gaps[np.arange(len(own)), own]
    # (widths, n): log2 of the share that the own candidate has.
    logs = np.stack([_share(gaps, mine, width) for width in WIDTHS])
    even = np.arange(len(own)) % 2 == 0
    halves = (even, ~even) if len(own) > 1 else (even, even)
    found = np.empty(len(own))
    for chosen, other in (halves, halves[::-1]):
        found[chosen] = logs[int(np.argmax(logs[:, other].mean(axis=1))), chosen]
    return float(
        np.clip(math.log2(len(candidates)) + found.mean(), 0.0, math.log2(len(candidates)))
    )


def _share(gaps: Floats, mine: Floats, width: float) -> Floats:
    scale = 1 / (2 * width**2)
    whole = np.exp(-gaps * scale).sum(axis=1)
    believed = (1 - DOUBT) * np.exp(-mine * scale) / whole + DOUBT / gaps.shape[1]
    return np.asarray(np.log2(believed))
