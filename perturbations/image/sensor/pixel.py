"""Noise of the sensor: independent from pixel to pixel and channel to channel.

Why: on 8-bit images these noises are exact tables (see `_kernels`); on floating-point images they are quantiles of
the same uniform numbers, so the two agree up to rounding. Constants are ImageNet-C's, at 224 x 224 pixels.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation

Images = NDArray[Any]
Table = tuple[NDArray[np.uint32], NDArray[np.uint8]]

_UNITS = 2.0**31


@perturbation(batched=True, native=True, coupling="additive")
def gaussian_noise(
    image: Images,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.08, 0.12, 0.18, 0.26, 0.38, unit="standard deviation (full scale = 1)"),
) -> Images:
    """Thermal and readout noise: the same spread everywhere in the frame.

    Adds an independent normal number to every value of every channel, then clips to full scale.

    Severity: sigma = 0.08, 0.12, 0.18, 0.26, 0.38 of full scale (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `gaussian_noise`.
    """
    if image.dtype == np.uint8:
        return _resample(image, draw, _gaussian_table(sigma), mirrored=True)
    return _clip(image + sigma * draw.normal(image.shape), image.dtype)


@perturbation(batched=True, native=True, coupling="count")
def shot_noise(
    image: Images,
    draw: Draw,
    *,
    photons: Dose = Ladder(
        60, 25, 12, 5, 3, unit="photons at full scale", none=math.inf, scale="reciprocal", low=1e-3
    ),
) -> Images:
    """Photon noise of a dim scene or a short exposure: bright areas vary more than dark ones.

    A value x becomes Poisson(c x) / c with c photons at full scale, so its variance is x / c; clipped to full scale.
    Fewer photons are more noise.

    Severity: c = 60, 25, 12, 5, 3 photons at full scale (severity 0.2 to 1); 1 / c is interpolated.

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `shot_noise`.
    """
    if image.dtype == np.uint8:
        return _resample(image, draw, _poisson_table(photons), mirrored=False)
    counts = draw.poisson(image.astype(np.float64) * photons)
    return _clip(counts / photons, image.dtype)


@perturbation(batched=True, native=True, coupling="mask")
def impulse_noise(
    image: Images,
    draw: Draw,
    *,
    share: Dose = Ladder(0.03, 0.06, 0.09, 0.17, 0.27, unit="share of values", high=1.0),
) -> Images:
    """Dead, hot and stuck values, bit errors: some values turn black or white (salt and pepper).

    Each value of each channel is hit independently with probability `share`, and half of the hits are white. One uniform
    number per value decides where and which, so the hits of a mild severity stay at a harsher one.

    Severity: 3, 6, 9, 17, 27 % of the values (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `impulse_noise`.
    """
    from perturbations.image.sensor._kernels import salt_and_pepper

    out = np.empty(image.shape, dtype=image.dtype)
    pepper, salt = (np.uint32(round(edge * _UNITS)) for edge in (share / 2, 1 - share / 2))
    white = image.dtype.type(255 if image.dtype == np.uint8 else 1)
    salt_and_pepper(_rows(image), draw.key(), pepper, salt, white, _rows(out))
    return out


def _rows(image: Images) -> Images:
    return np.ascontiguousarray(image).reshape(len(image), -1)


def _clip(noisy: NDArray[np.float64], dtype: np.dtype[Any]) -> Images:
    return np.clip(noisy, 0.0, 1.0, out=noisy).astype(dtype, copy=False)


def _resample(image: Images, draw: Draw, table: Table, *, mirrored: bool) -> Images:
    from perturbations.image.sensor._kernels import resample

    out = np.empty(image.shape, dtype=np.uint8)
    resample(_rows(image), draw.key(), *table, mirrored, _rows(out))
    return out


@lru_cache(maxsize=32)
def _gaussian_table(sigma: float) -> Table:
    from scipy.special import ndtr

    return _table(lambda clean, edge: ndtr((edge - clean) / (255 * sigma)))


@lru_cache(maxsize=32)
def _poisson_table(photons: float) -> Table:
    from scipy.special import pdtr

    def below(clean: NDArray[np.float64], edge: NDArray[np.float64]) -> NDArray[np.float64]:
        count = edge * photons / 255
        # A count that falls on the edge itself is rounded to the even level, as np.rint does.
        count -= (count == np.floor(count)) & (edge % 2 == 1.5)
        return np.asarray(pdtr(np.floor(count), clean * photons / 255))

    return _table(below)


def _table(
    below: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]],
) -> Table:
    """Make thresholds and guide from P(value < edge | clean level), both in levels."""
    from perturbations.image.sensor._kernels import GUIDE_BITS, guide

    levels = np.arange(256, dtype=np.float64)
    distribution = below(levels[:, None], levels[None, :] + 0.5)
    thresholds = np.rint(distribution * _UNITS).astype(np.uint32)
    thresholds[:, -1] = np.uint32(_UNITS)
    guides = np.empty((256, 2**GUIDE_BITS), dtype=np.uint8)
    guide(thresholds, guides)
    return thresholds, guides
