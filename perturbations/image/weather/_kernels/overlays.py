"""Compiled loops that lay a pattern over an 8-bit picture, of any number of channels, in one pass."""

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit

Plane = NDArray[np.float32]
Bytes = NDArray[np.uint8]

_HALF = np.float32(0.5)
_ZERO = np.float32(0)


@jit
def veil(image: Bytes, kept: Plane, added: Plane, out: Bytes) -> None:
    """Set each value x to kept x + added (in levels), rounded and clipped; planes are (H, W), images (H, W * C)."""
    width = kept.shape[1]
    channels = image.shape[1] // width
    top = np.float32(255)
    for y in range(image.shape[0]):
        row, noisy = image[y], out[y]
        if channels == 3:
            for x in range(width):
                for k in range(3):
                    level = np.float32(row[3 * x + k]) * kept[y, x] + added[y, x] + _HALF
                    noisy[3 * x + k] = np.uint8(np.int32(min(max(level, _ZERO), top)))
            continue
        for k in range(row.size):
            level = np.float32(row[k]) * kept[y, k // channels] + added[y, k // channels] + _HALF
            noisy[k] = np.uint8(np.int32(min(max(level, _ZERO), top)))


@jit
def snowfall(image: Bytes, flakes: Plane, mix: float, out: Bytes) -> None:
    """Whiten colours and lay flakes over: mix x + (1 - mix) max(x, 1.5 grey + half of full scale) + flakes.

    Images are (H, W * C); `flakes` (H, W) are in levels. Grey is the weighted sum of red, green, blue, else the mean.
    """
    width = flakes.shape[1]
    channels = image.shape[1] // width
    keep, rest = np.float32(mix), np.float32(1 - mix)
    top, middle, more = np.float32(255), np.float32(127.5), np.float32(1.5)
    red, green, blue = np.float32(0.299), np.float32(0.587), np.float32(0.114)
    white = np.empty(width, np.float32)
    for y in range(image.shape[0]):
        row, noisy, fallen = image[y], out[y], flakes[y]
        if channels == 3:
            for x in range(width):
                grey = red * row[3 * x] + green * row[3 * x + 1] + blue * row[3 * x + 2]
                white[x] = grey * more + middle
            for x in range(width):
                for k in range(3):
                    value = np.float32(row[3 * x + k])
                    level = keep * value + rest * max(value, white[x]) + fallen[x] + _HALF
                    noisy[3 * x + k] = np.uint8(np.int32(min(level, top)))
        else:
            for x in range(width):
                start, grey = x * channels, _ZERO
                for k in range(start, start + channels):
                    grey += row[k] / np.float32(channels)
                for k in range(start, start + channels):
                    value = np.float32(row[k])
                    level = keep * value + rest * max(value, grey * more + middle) + fallen[x]
                    noisy[k] = np.uint8(np.int32(min(level + _HALF, top)))


@jit
def tinted(image: Bytes, kept: Plane, amount: Plane, colour: Plane, out: Bytes) -> None:
    """Set each value x to kept x + amount x colour of its channel (in levels), rounded and clipped."""
    channels, top = colour.size, np.float32(255)
    for y in range(image.shape[0]):
        row, noisy = image[y], out[y]
        for x in range(kept.shape[1]):
            scale, much = kept[y, x], amount[y, x]
            for k in range(channels):
                level = np.float32(row[x * channels + k]) * scale + much * colour[k] + _HALF
                noisy[x * channels + k] = np.uint8(np.int32(min(max(level, _ZERO), top)))
