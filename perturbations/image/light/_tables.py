"""Noise that maps every level to another, whatever its neighbours: a table on 8 bits, a formula on floating point.

Why: albumentations' own table look-up (stringzilla's) runs at the speed of memory, and a table is rounded once, exactly.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._extras import require

Images = NDArray[Any]
Bytes = NDArray[np.uint8]
Curve = Callable[..., NDArray[Any]]

_LEVELS = np.arange(256) / 255
_MOST_PLANES = 512
"""OpenCV takes no more channels than this apart."""


def mapped(images: Images, curve: Curve, *parameters: float) -> Images:
    """Apply a curve on [0, 1], curve(x, *parameters), to every value; clip, and round 8-bit images to nearest."""
    if images.dtype != np.uint8:
        return np.asarray(np.clip(curve(images, *parameters), 0, 1), dtype=images.dtype)
    return look_up(np.ascontiguousarray(images), table(curve, *parameters))


@lru_cache(maxsize=64)
def table(curve: Curve, *parameters: float) -> Bytes:
    """Return the 8-bit level of each 8-bit level."""
    levels = np.clip(curve(_LEVELS, *parameters), 0, 1)
    return np.asarray(np.rint(levels * 255), dtype=np.uint8)


def look_up(levels: Bytes, entries: Bytes) -> Bytes:
    """Return the table's entry for each level of a C-contiguous array."""
    found: Bytes = require("albucore", extra="image").sz_lut(levels, entries, False)
    return found


def look_up_by_channel(images: Bytes, entries: Bytes) -> Bytes:
    """Map channel c of image i (n, H, W, C) by the table entries[i, c]."""
    count, channels = entries.shape[:2]
    if channels == 1:
        planes = [look_up(np.ascontiguousarray(images[i]), entries[i, 0]) for i in range(count)]
        return np.stack(planes)
    out = np.empty(images.shape, dtype=np.uint8)
    spare = spare_planes(channels, images.shape[1] * images.shape[2])
    for i in range(count):
        _map_planes(np.ascontiguousarray(images[i]), entries[i], spare, out[i])
    return out


def spare_planes(channels: int, pixels: int) -> Bytes:
    """Return room for planes, a row each and a little longer.

    OpenCV writes planes of the same alignment around the cache, and reading them back then costs more than all the rest; so
    rows are of an odd length.
    """
    return np.empty((channels, pixels + 64 - pixels % 64 + 21), dtype=np.uint8)


def take_apart(image: Bytes, spare: Bytes) -> list[Bytes]:
    """Copy the channels of an image (H, W, C) into `spare`; return views of them, (H, W) each."""
    height, width = image.shape[:2]
    views = [row[: height * width].reshape(height, width) for row in spare]
    require("cv2", extra="image").split(image, views)
    return views


def _map_planes(image: Bytes, entries: Bytes, spare: Bytes, out: Bytes) -> None:
    if len(entries) > _MOST_PLANES:
        for c, each in enumerate(entries):
            out[..., c] = each[image[..., c]]
        return
    core = require("albucore", extra="image")
    planes = take_apart(image, spare)
    for plane, each in zip(planes, entries, strict=True):
        core.sz_lut(plane, each, True)
    require("cv2", extra="image").merge(planes, out)
