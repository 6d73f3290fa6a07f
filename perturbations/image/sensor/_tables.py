"""Independent noise, the same for 8-bit images (by table) and for floating-point ones (by quantile).

Why: independent noise on 8-bit pixels, whatever its physics, is a table of 256 clean levels by 256 noisy levels. Reading it
by inverse distribution is exact, and coupled across severities, since the same uniform number serves every table. Value k
of a sample has one 64-bit uniform number (`words`): its top 16 bits, which decide nearly always, come four to a word, and
the rest from a second stream. 8-bit images read the same numbers without making the rest unless it decides.
"""

import math
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw
from perturbations._extras import require

Images = NDArray[Any]
Floats = NDArray[np.float64]
Words = NDArray[np.uint64]
Distribution = Callable[[Floats, Floats], Floats]
"""P(noisy <= edge | clean), in levels 0 to 255, for a column of clean levels and a row of edges."""

LOW = "low bits"
"""Stream of the 48 bits that rarely decide."""


class Table(NamedTuple):
    """A distribution over 256 noisy levels for each of 256 clean levels."""

    below: Floats
    """P(noisy level <= y | clean level x), shape (256, 256)."""
    thresholds: NDArray[np.uint16]
    """Its top 16 bits."""
    guides: NDArray[np.uint8]
    """Where to begin the search, by clean level and cell of the uniform number."""


def make_table(distribution: Distribution) -> Table:
    """Make a table from the distribution of unrounded levels; what is beyond the ends is clipped."""
    from perturbations.image.sensor._kernels import CELL_BITS, guide

    levels = np.arange(256, dtype=np.float64)
    below = np.maximum.accumulate(distribution(levels[:, None], levels[None, :] + 0.5), axis=1)
    # The last bits of a sum may depend on the machine; noise must not.
    below = np.rint(np.clip(below, 0.0, 1.0) * 2.0**44) * 2.0**-44
    below[:, -1] = 1.0
    thresholds = np.minimum(np.floor(below * 2.0**16), 2**16 - 1).astype(np.uint16)
    guides = np.empty((256, 2**CELL_BITS), dtype=np.uint8)
    guide(thresholds, guides)
    return Table(below, thresholds, guides)


def resample(image: Images, draw: Draw, table: Table, *, stream: str = "") -> Images:
    """Draw a noisy level for every level of 8-bit images (n, ...)."""
    from perturbations.image.sensor import _kernels

    out = np.empty(image.shape, dtype=np.uint8)
    keys, low_keys = draw.key(stream), draw.key(stream + LOW)
    _kernels.resample(rows(image), keys, low_keys, *table, rows(out))
    return out


def add_normal(image: Images, draw: Draw, sigma: float) -> Images:
    """Add normal noise of `sigma` levels to 8-bit images; 16 bits a value."""
    from perturbations.image.sensor import _kernels

    out = np.empty(image.shape, dtype=np.uint8)
    _kernels.add_normal(rows(image), draw.key(), _magnitudes(sigma), rows(out))
    return out


def add_proportional(image: Images, draw: Draw, share: float) -> Images:
    """Add normal noise of `share` of each value to 8-bit images; 16 bits a value."""
    from perturbations.image.sensor import _kernels

    out = np.empty(image.shape, dtype=np.uint8)
    factors, top = _whole_cells()
    unit = np.float32(share * top / 65535)
    _kernels.add_proportional(rows(image), draw.key(), factors, unit, rows(out))
    return out


def scaled_normal(image: Images, draw: Draw, *, mean: float, gain: float, spread: float) -> Images:
    """Replace each level x of 8-bit images by normal(mean + gain x, spread); 16 bits a value."""
    from perturbations.image.sensor import _kernels

    out = np.empty(image.shape, dtype=np.uint8)
    line = np.array([mean, gain, spread], dtype=np.float32)
    _kernels.scaled_normal(rows(image), draw.key(), _single_cells(), line, rows(out))
    return out


def map_levels(image: Images, curve: NDArray[np.uint8]) -> Images:
    """Replace each level of 8-bit images by another; at the speed of memory where albucore is installed."""
    from perturbations.image.sensor import _kernels

    if _has_albucore():
        core = require("albucore", extra="image")
        return np.asarray(core.sz_lut(np.ascontiguousarray(image), curve, inplace=False))
    out = np.empty(image.shape, dtype=np.uint8)
    _kernels.look_up(np.ascontiguousarray(image).reshape(-1), curve, out.reshape(-1))
    return out


@cache
def _has_albucore() -> bool:
    return find_spec("albucore") is not None


def quantise(image: Images, bits: int) -> Images:
    """Replace each level of 8-bit images by the nearest of 2**bits even ones."""
    from perturbations.image.sensor import _kernels

    out = np.empty(image.shape, dtype=np.uint8)
    steps = 2**bits - 1
    width, rest = divmod(255 * 256, steps)
    # Half a level, and half of what the highest level loses since `width` is cut off.
    numbers = (np.uint16(each) for each in (steps, width, 128 + rest // 2))
    _kernels.quantise(np.ascontiguousarray(image).reshape(-1), *numbers, out.reshape(-1))
    return out


def words(draw: Draw, shape: tuple[int, ...], *, stream: str = "") -> Words:
    """Return the 64-bit uniform numbers of the values of images (n, ...): those that 8-bit images read."""
    from perturbations.image.sensor._kernels import wide

    numbers = np.empty((shape[0], math.prod(shape[1:])), dtype=np.uint64)
    wide(draw.key(stream), draw.key(stream + LOW), numbers)
    return numbers.reshape(shape)


def normal(draw: Draw, shape: tuple[int, ...], *, stream: str = "") -> Floats:
    """Return standard normal numbers for floating-point images."""
    from perturbations._kernels import normal_quantile

    numbers = words(draw, shape, stream=stream)
    return np.asarray(normal_quantile(numbers.reshape(-1))).reshape(shape)


def poisson(draw: Draw, rates: Floats, *, stream: str = "") -> Floats:
    """Return Poisson counts for floating-point images."""
    from perturbations._kernels import poisson_quantile

    numbers = words(draw, rates.shape, stream=stream)
    return np.asarray(poisson_quantile(rates.reshape(-1), numbers.reshape(-1))).reshape(rates.shape)


def rows(image: Images) -> Images:
    """Return images (n, ...) as contiguous rows (n, values)."""
    return np.ascontiguousarray(image).reshape(len(image), -1)


def clip(noisy: Floats, dtype: np.dtype[Any]) -> Images:
    """Clip floating-point images to full scale, in place."""
    return np.clip(noisy, 0.0, 1.0, out=noisy).astype(dtype, copy=False)


@lru_cache(maxsize=1)
def _cells() -> Floats:
    """Return |normal| in the middle of each of its 2**15 equally likely cells; the first is the far tail."""
    from perturbations._kernels import normal_quantile
    from perturbations.image.sensor._kernels import MAGNITUDES

    middle = np.arange(MAGNITUDES, dtype=np.uint64) << np.uint64(48) | np.uint64(1 << 47)
    return np.asarray(normal_quantile(middle))


@lru_cache(maxsize=1)
def _single_cells() -> NDArray[np.float32]:
    return _cells().astype(np.float32)


@lru_cache(maxsize=1)
def _whole_cells() -> tuple[NDArray[np.uint16], float]:
    """Return |normal| of the cells as 16-bit integers, and what the largest, 65535, stands for."""
    top = float(_cells().max())
    return np.rint(_cells() * (65535 / top)).astype(np.uint16), top


@lru_cache(maxsize=16)
def _magnitudes(sigma: float) -> NDArray[np.uint8]:
    return np.minimum(np.rint(sigma * _cells()), 255).astype(np.uint8)
