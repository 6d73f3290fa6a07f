"""How much information additive Gaussian noise leaves of signals: by their spectrum, so that redundancy counts.

I = 1/2 sum_k log2(1 + l_k / s^2), with l_k the signals' variances along the waves of a grid (and the axes that its channels vary
along). The whole, H, is the same at the variance of rounding, step^2 / 12.

References: Cover and Thomas 2006, section 9.4 (parallel Gaussian channels); Widrow and Kollar 2008 (rounding).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def spectrum(signals: Sequence[Floats]) -> Floats:
    """Return the variances of signals (..., channels) of one grid along all its waves; larger ones are cut to the smallest."""
    smallest = tuple(np.min([each.shape for each in signals], axis=0))
    cut = np.stack([each[tuple(slice(n) for n in smallest)] for each in signals])
    away = cut - cut.mean(axis=0)
    axes = tuple(range(1, away.ndim - 1))
    places = int(np.prod(smallest[:-1], dtype=np.int64))
    waves = np.fft.fftn(away, axes=axes) if axes else away
    waves = waves.reshape(len(cut), places, smallest[-1])
    # Of n signals whose mean was taken off, n - 1 are left.
    together = np.einsum("nkc,nkd->kcd", waves, waves.conj()) / (places * max(len(cut) - 1, 1))
    return np.asarray(np.clip(np.linalg.eigvalsh(together).real.ravel(), 0, None))


def information(variances: Floats, noise: float) -> float:
    """Return the bits that are left at a variance of the noise."""
    return float(0.5 * np.log2(1 + variances / noise).sum())


def kept(variances: Floats, sigma: float, step: float) -> float:
    """Return the share of the information at rounding to a step that noise of a standard deviation leaves."""
    rounding = step**2 / 12
    whole = information(variances, rounding)
    return information(variances, sigma**2 + rounding) / whole if whole > 0 else 1.0
