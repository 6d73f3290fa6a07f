"""The distribution of a scaled Poisson number plus a normal one: photons counted by a reader that errs."""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw
from perturbations.image._tone import to_light
from perturbations.image.sensor import _tables
from perturbations.image.sensor._tables import Table

Floats = NDArray[np.float64]

_FINE = 1 / 4096
"""Below this gain a photon is far below a level; the normal distribution with its skewness then stands for the sum."""


def compound(signal: Floats, edge: Floats, gain: float, read: float) -> Floats:
    """Return P(gain * Poisson(signal / gain) + sqrt(read) * normal <= edge), signal down and edge across."""
    if gain < _FINE:
        return _skewed_normal(signal[:, None], edge[None, :], gain, read)
    from scipy.special import gammaln, ndtr, xlogy

    rate = signal[:, None] / gain
    most = float(rate.max())
    counts = np.arange(np.ceil(most + 12 * np.sqrt(most) + 30))
    mass = np.exp(xlogy(counts, rate) - rate - gammaln(counts + 1))
    miss = edge[:, None] - gain * counts
    below = ndtr(miss / np.sqrt(read)) if read > 0 else (miss >= 0).astype(np.float64)
    return np.asarray(mass @ below.T)


def _skewed_normal(signal: Floats, edge: Floats, gain: float, read: float) -> Floats:
    """Return the first Edgeworth approximation; its error is of the order gain / signal."""
    from scipy.special import ndtr

    spread = np.sqrt(np.maximum(gain * signal + read, 1e-24))
    z = np.clip((edge - signal) / spread, -40.0, 40.0)
    skewness = gain * gain * signal / spread**3
    density = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return np.asarray(ndtr(z) - density * skewness * (z * z - 1) / 6)


@lru_cache(maxsize=16)
def light_table(gain: float, read: float, exposure: float = 1.0) -> Table:
    """Make the table of Poisson and normal noise on linear light; what comes out is multiplied by `exposure`."""

    def below(clean: Floats, edge: Floats) -> Floats:
        light, limit = to_light(clean[:, 0] / 255), to_light(edge[0] / 255)
        return compound(light, limit / exposure, gain, read)

    return _tables.make_table(below)


def photons_and_read(signal: NDArray[Any], draw: Draw, gain: float, read: float) -> Floats:
    """Return gain * Poisson(signal / gain) + sqrt(read) * normal, not clipped."""
    noisy = signal.astype(np.float64)
    if gain > 0:
        noisy = gain * _tables.poisson(draw, noisy / gain, stream="photons")
    return noisy + math.sqrt(read) * _tables.normal(draw, noisy.shape, stream="read")
