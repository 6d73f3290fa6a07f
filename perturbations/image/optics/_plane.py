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
    """Clip floating-point values, in the units of `dtype`, and round them if those are levels; overwrites them."""
    if dtype == np.uint8:
        return np.rint(np.clip(values, 0, 255, out=values), out=values).astype(np.uint8)
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
    weights = _gaussian_weights(sigma)
    if len(weights) == 1:
        return np.array(image, order="C")
    cv2 = require("cv2", extra="image")
    out = cv2.sepFilter2D(
        np.ascontiguousarray(image), -1, weights, weights, borderType=cv2.BORDER_REPLICATE
    )
    blurred = np.asarray(out).reshape(image.shape)
    # White may come out brighter by a rounding.
    return blurred if image.dtype == np.uint8 else np.minimum(blurred, 1, out=blurred)


@lru_cache(maxsize=64)
def _gaussian_weights(sigma: float) -> Floats:
    reach = int(TRUNCATE * sigma + 0.5)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma, 1e-9)) ** 2)
    return np.asarray(weights / weights.sum())


def resample(image: Image, places: Places) -> Image:
    """Show what lies at `places`, linear between pixels, the scene mirrored beyond the border."""
    cv2 = require("cv2", extra="image")
    # OpenCV places double precision by 1/32 pixel only, single precision exactly; and four channels at most.
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
