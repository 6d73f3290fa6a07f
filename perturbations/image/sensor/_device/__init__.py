"""One simulated camera: what its photosites are, the same for every image of a run.

Why: a photosite's number is a function of (device, row, column, channel) and not of its place in a flat array, so images of
different sizes share the pattern where they overlap. Fields without a dose are kept, since a run asks for the same ones.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw
from perturbations._draw import combine

Image = NDArray[Any]
Shape = tuple[int, int, int]
"""Rows, columns and channels of one image."""

_KEPT = 2**22
"""Fields of more values than this are made anew each time, so that memory stays bounded."""
_BLOCK = 2**20
_PART = 2**17
_CHANNEL_BITS = np.uint64(16)
_LOW_32 = np.uint64(0xFFFFFFFF)
_HALF_WORD = np.uint64(32)


class Defects(NamedTuple):
    """Photosites that are defective, in the order of a flat image."""

    site: NDArray[np.int64]
    level: NDArray[np.float64]
    """A number in [0, 1) that belongs to the site for good."""


def device_key(draw: Draw, stream: str) -> int:
    """Return the key of a stream of the device; a batch has one device."""
    return int(draw.row(0).key(stream))


def unit_normals(key: int, shape: Shape) -> NDArray[np.float32]:
    """Return a standard normal number for each photosite; read-only."""
    return _kept_normals(key, shape) if math.prod(shape) <= _KEPT else _normals(key, shape)


def defects(key: int, shape: Shape, share: float) -> Defects:
    """Return the photosites that are defective at a share; those of a smaller share are among them."""
    if math.prod(shape) <= _KEPT:
        return _kept_defects(key, shape, share)
    return _defects(key, shape, share)


def replace_defects(image: Image, found: Defects, values: Image) -> Image:
    """Return a copy of a batch with these values, (n, sites) or (sites,), at the defective photosites."""
    out = np.array(image, order="C")
    out.reshape(len(out), -1)[:, found.site] = values
    return out


def full_scale(dtype: np.dtype[Any]) -> float:
    """Return the value of full light."""
    return 255.0 if dtype == np.uint8 else 1.0


def mapped(image: Image, change: Callable[[Image, slice], object]) -> Image:
    """Return a batch after `change(values, part)` in place, clipped, and rounded to the nearest level.

    The values are single precision unless the image is double, and so few at a time that they stay in cache.
    """
    out = np.empty(image.shape, dtype=image.dtype)
    step = min(max(1, _PART // math.prod(image.shape[1:])), len(image))
    kind = np.float64 if image.dtype == np.float64 else np.float32
    buffer = np.empty((step, *image.shape[1:]), dtype=kind)
    for first in range(0, len(image), step):
        part = slice(first, first + step)
        values = buffer[: len(image[part])]
        values[:] = image[part]
        change(values, part)
        out[part] = clipped(values, image.dtype)
    return out


def clipped(noisy: Image, dtype: np.dtype[Any]) -> Image:
    """Round to the nearest level where there are levels, and clip to full scale; in place, before it is cast."""
    if dtype == np.uint8:
        np.rint(noisy, out=noisy)
    return np.clip(noisy, 0, full_scale(dtype), out=noisy).astype(dtype, copy=False)


def _words(key: int, first: int, last: int, shape: Shape) -> NDArray[np.uint64]:
    """Return 64 bits for each photosite of rows first to last."""
    rows = combine(np.array(key, dtype=np.uint64), np.arange(first, last, dtype=np.uint64))
    column, channel = np.ogrid[: np.uint64(shape[1]), : np.uint64(shape[2])]
    place = (column.astype(np.uint64) << _CHANNEL_BITS) | channel.astype(np.uint64)
    return combine(rows[:, None, None], place)


def _blocks(shape: Shape) -> list[tuple[int, int]]:
    step = max(1, _BLOCK // (shape[1] * shape[2]))
    return [(first, min(first + step, shape[0])) for first in range(0, shape[0], step)]


def _normals(key: int, shape: Shape) -> NDArray[np.float32]:
    from perturbations._kernels import normal_quantile

    out = np.empty(shape, dtype=np.float32)
    for first, last in _blocks(shape):
        words = _words(key, first, last, shape)
        out[first:last] = normal_quantile(words.reshape(-1)).reshape(words.shape)
    out.flags.writeable = False
    return out


def _defects(key: int, shape: Shape, share: float) -> Defects:
    limit = np.uint64(round(share * 2**32))
    sites, levels = [], []
    for first, last in _blocks(shape):
        words = _words(key, first, last, shape).reshape(-1)
        hit = np.flatnonzero((words >> _HALF_WORD) < limit)
        sites.append(hit + first * shape[1] * shape[2])
        levels.append((words[hit] & _LOW_32) * 2.0**-32)
    return Defects(np.concatenate(sites), np.concatenate(levels))


_kept_normals = lru_cache(maxsize=8)(_normals)
_kept_defects = lru_cache(maxsize=8)(_defects)
