"""Colours by hue, saturation and value (the hexcone model), without ever computing the hue."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._extras import require
from perturbations.image.light._tables import spare_planes, take_apart

Images = NDArray[Any]

_PIXELS = 32768
"""Pixels taken apart at a time, so that the planes stay in the cache."""


def brightened(images: Images, added: float) -> Images:
    """Add to the value of red, green, blue images (..., 3), at fixed hue and saturation."""
    if images.dtype == np.uint8:
        from perturbations.image.light._kernels import brighten

        return _by_planes(images, lambda planes: brighten(planes, np.float32(255 * added)))
    value = images.max(axis=-1, keepdims=True)
    scale = np.minimum(value + added, 1) / np.where(value > 0, value, 1)
    # Black has no hue: it becomes grey.
    bright = np.where(value > 0, images * scale, min(added, 1.0))
    return np.asarray(bright.clip(0, 1), dtype=images.dtype)


def resaturated(images: Images, factor: float, offset: float) -> Images:
    """Replace saturation s of images (..., 3) by s factor + offset, clipped, at fixed hue and value; grey counts as red."""
    if images.dtype == np.uint8:
        from perturbations.image.light._kernels import resaturate

        return _by_planes(
            images, lambda planes: resaturate(planes, np.float32(factor), np.float32(offset))
        )
    value, low = images.max(axis=-1, keepdims=True), images.min(axis=-1, keepdims=True)
    spread = value - low
    most = value / np.where(spread > 0, spread, 1)
    kept = value - (value - images) * np.minimum(factor + offset * most, most)
    red = value * (1 - min(offset, 1.0) * np.array([0, 1, 1]))
    return np.asarray(np.where(spread > 0, kept, red).clip(0, 1), dtype=images.dtype)


def _by_planes(images: Images, change: Callable[[Images], None]) -> Images:
    rows = np.ascontiguousarray(images).reshape(-1, images.shape[-2], 3)
    out = np.empty_like(rows)
    step = min(max(1, _PIXELS // rows.shape[1]), len(rows))
    planes = spare_planes(3, step * rows.shape[1])
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        views = take_apart(part, planes)
        change(planes)
        require("cv2", extra="image").merge(views, out[start : start + step])
    return out.reshape(images.shape)
