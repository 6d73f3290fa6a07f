"""Distances between features: how far noise moves a sample, in units of how far samples are apart.

D = E |phi(x~) - phi(x)| / E |phi(x) - phi(x')|, where x~ is x with noise in it and x' is another sample: 0 is untouched, and at 1 a
sample is as far from itself as another one is.

Why: the mean is over pairs of the same sample. Distances between the two sets of features as a whole may match a noisy
sample with another clean one, and predict losses worse.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noisebench.calibration._threads import one_thread
from noisebench.errors import CalibrationError
from perturbations.errors import explain

Floats = NDArray[np.float64]

TINY = 1e-12
"""A distance of this share of the features' size is rounding."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over samples with its standard error."""

    value: float
    error: float
    """NaN where there is one sample."""


def mean(numbers: Floats) -> Mean:
    """Return the mean of finite numbers with its standard error; NaN where there is none."""
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        return Mean(math.nan, math.nan)
    spread = float(finite.std(ddof=1)) if len(finite) > 1 else math.nan
    return Mean(float(finite.mean()), spread / math.sqrt(len(finite)))


def squares(one: Floats, other: Floats) -> Floats:
    """Return the squared distance of every row of one to every row of the other."""
    lengths = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None]
    with one_thread():
        products = one @ other.T
    return np.asarray(np.clip(lengths - 2 * products, 0, None))


def spread(features: Floats, name: str) -> float:
    """Return the mean distance of two different samples.

    Raises:
        CalibrationError: there are fewer than two samples, or all are the same.
    """
    n = len(features)
    if n < 2:
        hint = "the distance between samples is the unit of the dose; 64 or more make a good one"
        raise CalibrationError(explain("2 samples or more to calibrate on", "samples", n, hint))
    centred = features - features.mean(axis=0)
    apart = float(np.sqrt(squares(centred, centred))[np.triu_indices(n, 1)].mean())
    if apart <= TINY * (1 + float(np.abs(features).max())):
        hint = "give an encoder that tells samples apart, or encoder='input'"
        expected = f"features of {name} that differ between samples"
        raise CalibrationError(explain(expected, "spread", apart, hint))
    return apart


def displacement(clean: Floats, noisy: Floats, unit: float) -> Mean:
    """Return how far rows have moved, in units of the distance between samples."""
    return mean(np.sqrt(((noisy - clean) ** 2).sum(axis=1)) / unit)
