"""Brings any image to 8-bit pixels as a screen shows them: rows first, then columns, then red, green and blue."""

from collections.abc import Mapping
from typing import Any

import numpy as np

Facts = Mapping[str, Any]
"""Facts of an input: `layout` and `channels` say how to read an image."""

_COLOURS = 3


def pixels(value: Any, facts: Facts) -> np.ndarray:
    """Return uint8 pixels (H, W) or (H, W, 1, 3 or 4); of bands the first three, or the mean of two."""
    array = np.asarray(value)
    if array.ndim == 3:
        array = _screen(array, facts)
    if array.dtype == np.uint16:
        return np.asarray(np.rint(array / 257), np.uint8)
    if array.dtype != np.uint8:
        full = np.nan_to_num(array.astype(np.float64), nan=0.0, posinf=1.0, neginf=0.0)
        return np.asarray(np.rint(np.clip(full, 0, 1) * 255), np.uint8)
    return array


def _screen(array: np.ndarray, facts: Facts) -> np.ndarray:
    """Return channels last, in the order of the screen."""
    if facts.get("layout") == "CHW":
        array = np.moveaxis(array, 0, -1)
    said, count = facts.get("channels"), array.shape[2]
    if said in ("BGR", "BGRA"):
        return array[..., [2, 1, 0, *range(_COLOURS, count)]]
    if said == "grey-alpha":
        return array[..., :1]
    if said != "bands" and count in (1, 3, 4):
        return array
    return array[..., :_COLOURS] if count >= _COLOURS else _mean(array)


def _mean(array: np.ndarray) -> np.ndarray:
    mean = array.mean(axis=-1, keepdims=True)
    rounded = np.rint(mean) if array.dtype.kind in "iu" else mean
    return np.asarray(rounded, dtype=array.dtype)
