"""Weather laid over a picture: every value is scaled and something is added, alike in all channels or in a colour."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw

Image = NDArray[Any]
Plane = NDArray[np.float32]


def one_by_one(images: Image, draw: Draw, make: Callable[[Image, Draw], Image]) -> Image:
    """Apply `make` to every image of a batch."""
    out = np.empty(images.shape, dtype=images.dtype)
    for i in range(len(images)):
        out[i] = make(np.ascontiguousarray(images[i]), draw.row(i))
    return out


def overlay(image: Image, kept: Plane, added: Plane) -> Image:
    """Return image (H, W, C) x kept + added (H, W), both on the scale [0, 1]; clipped, 8-bit images rounded to nearest."""
    if image.dtype != np.uint8:
        return full_scale(image * kept[..., None] + added[..., None], image.dtype)
    from perturbations.image.weather._kernels.overlays import veil

    rows = np.ascontiguousarray(image).reshape(image.shape[0], -1)
    out = np.empty_like(rows)
    veil(rows, kept, added * np.float32(255), out)
    return out.reshape(image.shape)


def full_scale(image: Image, dtype: np.dtype[Any]) -> Image:
    """Clip a floating-point image to [0, 1]."""
    return np.asarray(np.clip(image, 0, 1), dtype=dtype)


def as_given(image: Image, dtype: np.dtype[Any]) -> Image:
    """Return a floating-point image in the dtype it came in: clipped, 8-bit images rounded to nearest."""
    if dtype != np.uint8:
        return full_scale(image, dtype)
    return np.asarray(np.rint(np.clip(image, 0, 1) * 255), dtype=np.uint8)
