"""What the noises of the optics share: borders, grids, gaussian blur, resampling, rounding."""

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations._extras import require

Image = NDArray[Any]
Floats = NDArray[np.float64]
Map = NDArray[np.float32]

TRUNCATE = 4.0
"""A gaussian is cut at so many sigma, as scipy and scikit-image cut it."""


class Places(NamedTuple):
    """For each pixel, the place in the clean image that is seen there, in pixels."""

    x: Map
    y: Map


def mirror(size: int, reach: int) -> NDArray[np.int64]:
    """Return the pixel seen at each position from -reach to size + reach, the edge pixel repeated."""
    position = np.arange(-reach, size + reach) % (2 * size)
    return np.minimum(position, 2 * size - 1 - position)


def restore(values: Image, dtype: np.dtype[Any]) -> Image:
    """Clip contiguous floating-point values, in the units of `dtype`, and round them if those are levels; overwrites them."""
    if dtype == np.uint8:
        from perturbations.image.optics._kernels.places import round_levels

        out = np.empty(values.shape, dtype=np.uint8)
        round_levels(values.reshape(-1), out.reshape(-1))
        return out
    return np.clip(values, 0, 1, out=values).astype(dtype, copy=False)


def full_scale(image: Image) -> float:
    """Return the value of white."""
    return 255.0 if image.dtype == np.uint8 else 1.0


def floats(image: Image) -> Image:
    """Return the values in floating point, in their own units; float64 stays."""
    return np.array(image, dtype=np.float64 if image.dtype == np.float64 else np.float32, order="C")


def offsets(height: int, width: int) -> tuple[Map, Map]:
    """Return the distance from the centre in pixels, down as a column and right as a row."""
    y = np.arange(height, dtype=np.float32) - np.float32((height - 1) / 2)
    x = np.arange(width, dtype=np.float32) - np.float32((width - 1) / 2)
    return y[:, None], x[None, :]


def half_diagonal(height: int, width: int) -> float:
    """Return the distance from the centre to the middle of a corner pixel, at least half a pixel."""
    return max(math.hypot(height - 1, width - 1) / 2, 0.5)


def gaussian(image: Image, sigma: float) -> Image:
    """Blur by a gaussian cut at 4 sigma, edge pixels repeated outwards; 8-bit images are rounded once."""
    from perturbations.image.optics._kernels.bell import bell_of_levels, bell_of_values

    reach = int(TRUNCATE * sigma + 0.5)
    if reach == 0:
        return np.array(image, order="C")
    height, width, channels = image.shape
    rows = np.clip(np.arange(-reach, height + reach), 0, height - 1)
    out = np.empty((height, width * channels), dtype=image.dtype)
    if image.dtype == np.uint8 and reach <= _FARTHEST_IN_LEVELS:
        weights = _level_weights(reach, sigma, width * channels)
        raised = np.empty(out.shape, dtype=np.uint16)
        np.multiply(image, np.uint16(128), out=raised.reshape(image.shape))
        bell_of_levels(raised, rows, weights, channels, out)
        return out.reshape(image.shape)
    values = floats(image).reshape(height, -1)
    blurred = np.empty_like(values)
    bell = _half_bell(reach, sigma).astype(values.dtype)
    bell_of_values(values, rows, bell, channels, blurred)
    return restore(blurred.reshape(image.shape), image.dtype)


_FARTHEST_IN_LEVELS = 48


@lru_cache(maxsize=64)
def _half_bell(reach: int, sigma: float) -> Floats:
    """Return the weights from the middle outwards."""
    weights = np.exp(-0.5 * (np.arange(reach + 1) / sigma) ** 2)
    return np.asarray(weights / (weights[0] + 2 * weights[1:].sum()))


@lru_cache(maxsize=16)
def _level_weights(reach: int, sigma: float, width: int) -> NDArray[np.uint16]:
    """Return a row for each weight, in units of 2**-17 with an exact sum; the middle, which counts twice, first."""
    units = np.rint(_half_bell(reach, sigma) * 2**17).astype(np.int64)
    units[0] = min(2**16 - int(units[1:].sum()), 2**16 - 1)
    return np.repeat(np.pad(units, (0, -reach % 4)).astype(np.uint16)[:, None], width, axis=1)


class Between(NamedTuple):
    """For each new row (or value of a row), those of the image on both sides, and how far it is from the first."""

    low: NDArray[np.uint32]
    high: NDArray[np.uint32]
    part: Image


def between(place: Image, size: int, dtype: np.dtype[Any], channels: int = 1) -> Between:
    """Find places on a side of `size` pixels, and of as many values a pixel as there are channels."""
    place = np.clip(place, 0, size - 1)
    low = np.minimum(place.astype(np.int64), max(size - 2, 0))
    pixels, channel = (low, np.minimum(low + 1, size - 1)), np.arange(channels)
    first, second = ((each[:, None] * channels + channel).ravel() for each in pixels)
    part = np.repeat((place - low).astype(dtype), channels)
    return Between(first.astype(np.uint32), second.astype(np.uint32), part)


def stretched(image: Image, rows: Between, columns: Between, onto: Image) -> None:
    """Add to floating-point `onto` what floating-point `image` of the same shape shows between rows and columns."""
    from perturbations.image.optics._kernels.places import add_stretched

    height = len(image)
    add_stretched(image.reshape(height, -1), *rows, *columns, onto.reshape(height, -1))


def resample(image: Image, places: Places) -> Image:
    """Show what lies at `places`, linear between pixels, the scene mirrored beyond the border."""
    cv2 = require("cv2", extra="image")
    # OpenCV takes four channels at most, and places double precision (in some versions all) to 1/32 pixel only.
    source = np.ascontiguousarray(image if image.dtype == np.uint8 else image.astype(np.float32))
    parts = [
        cv2.remap(
            np.ascontiguousarray(source[..., i : i + 4]),
            places.x,
            places.y,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        ).reshape(*places.x.shape, -1)
        for i in range(0, image.shape[2], 4)
    ]
    whole = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)
    return np.asarray(whole).astype(image.dtype, copy=False)


def scale(image: Image, factor: float) -> Image:
    """Magnify about the centre, linear between pixels; a factor below 1 mirrors the scene beyond the border."""
    cv2 = require("cv2", extra="image")
    height, width, channels = image.shape
    shift = [(side - 1) / 2 * (1 - 1 / factor) for side in (width, height)]
    matrix = np.array([[1 / factor, 0, shift[0]], [0, 1 / factor, shift[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    source = np.ascontiguousarray(image if image.dtype == np.uint8 else image.astype(np.float32))
    parts = [
        cv2.warpAffine(
            np.ascontiguousarray(source[..., i : i + 4]),
            matrix,
            (width, height),
            flags=flags,
            borderMode=cv2.BORDER_REFLECT,
        ).reshape(height, width, -1)
        for i in range(0, channels, 4)
    ]
    whole = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)
    return np.asarray(whole).astype(image.dtype, copy=False)
