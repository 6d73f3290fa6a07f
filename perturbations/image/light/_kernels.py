"""Compiled loops over pixels: means, and colour by hue, saturation and value.

Why: colours are taken apart into planes first, so that the loops run on vectors. The hexcone model needs no hue here: at
a fixed hue every channel is value - (value - channel) x (new saturation / saturation).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit

Bytes = NDArray[np.uint8]
Values = NDArray[Any]

_BLOCK = 256
_FULL = np.float32(255)
_HALF = np.float32(0.5)
_ONE = np.float32(1)


@jit
def shrink(images: Bytes, factor: np.float32, channels: int, out: Bytes) -> None:
    """Set each value x to (x - m) factor + m, m the mean of its channel; rows are images, channels interleaved.

    Column sums of at most 256 rows of bytes fit in 16 bits.
    """
    step = channels * _BLOCK
    columns, sums = np.empty(step, np.uint16), np.empty(step, np.uint64)
    offset = np.empty(step, np.float32)
    count = images.shape[1]
    for i in range(images.shape[0]):
        sums[:] = 0
        for begin in range(0, count, step * _BLOCK):
            columns[:] = 0
            end = min(count, begin + step * _BLOCK)
            for start in range(begin, end, step):
                part = images[i, start : min(start + step, end)]
                for j in range(part.size):
                    columns[j] += np.uint16(part[j])
            for j in range(step):
                sums[j] += columns[j]
        for c in range(channels):
            total = np.uint64(0)
            for j in range(c, step, channels):
                total += sums[j]
            mean = np.float64(total) / (count // channels)
            for j in range(c, step, channels):
                offset[j] = mean * (1 - factor) + 0.5
        for start in range(0, count, step):
            part = images[i, start : min(start + step, count)]
            noisy = out[i, start : start + part.size]
            for j in range(part.size):
                noisy[j] = np.uint8(np.int32(np.float32(part[j]) * factor + offset[j]))


@jit
def brighten(planes: Bytes, add: np.float32) -> None:
    """Add to the value (largest channel) of red, green and blue planes, at fixed hue and saturation; in place."""
    red, green, blue = planes[0], planes[1], planes[2]
    for i in range(planes.shape[1]):
        top = np.float32(max(red[i], green[i], blue[i]))
        scale = min(top + add, _FULL) / max(top, _ONE)
        # Black has no hue: it becomes grey.
        rest = add * np.float32(top == 0) + _HALF
        red[i] = np.uint8(np.int32(np.float32(red[i]) * scale + rest))
        green[i] = np.uint8(np.int32(np.float32(green[i]) * scale + rest))
        blue[i] = np.uint8(np.int32(np.float32(blue[i]) * scale + rest))


@jit
def resaturate(planes: Bytes, factor: np.float32, offset: np.float32) -> None:
    """Replace saturation s by min(factor s + offset, 1) in red, green and blue planes; in place.

    Grey has the hue of red, as the hexcone model says.
    """
    grey = min(offset, _ONE)
    for i in range(planes.shape[1]):
        red, green, blue = (
            np.float32(planes[0, i]),
            np.float32(planes[1, i]),
            np.float32(planes[2, i]),
        )
        top, low = max(red, green, blue), min(red, green, blue)
        most = top / max(top - low, _ONE)
        gain = min(factor + offset * most, most)
        fallen = grey * top * np.float32(top == low)
        start = top + _HALF
        planes[0, i] = np.uint8(np.int32(start - (top - red) * gain))
        planes[1, i] = np.uint8(np.int32(start - (top - green) * gain - fallen))
        planes[2, i] = np.uint8(np.int32(start - (top - blue) * gain - fallen))


@jit
def shade(
    images: Bytes, lines: Values, softness: float, kept: float, channels: int, out: Bytes
) -> None:
    """Scale each value by 1 - (1 - kept) m, where m is 1 inside the triangle of each image and 0 outside.

    `images` is (n, H, W * C); `lines` is (n, 3, 3): a pixel is inside where a x + b y + c > 0 for all three rows (a, b, c);
    m rises smoothly over `softness` pixels around the edge.
    """
    width = images.shape[2] // channels
    gain = np.empty(width, np.float32)
    half, slope = np.float32(0.5), np.float32(1 / softness)
    drop = np.float32(1 - kept)
    for i in range(images.shape[0]):
        a, b, c = lines[i, :, 0], lines[i, :, 1], lines[i, :, 2]
        a0, a1, a2 = np.float32(a[0]), np.float32(a[1]), np.float32(a[2])
        for y in range(images.shape[1]):
            c0 = np.float32(b[0] * y + c[0])
            c1 = np.float32(b[1] * y + c[1])
            c2 = np.float32(b[2] * y + c[2])
            for x in range(width):
                at = np.float32(x)
                inside = min(a0 * at + c0, a1 * at + c1, a2 * at + c2)
                t = min(max(inside * slope + half, np.float32(0)), _ONE)
                gain[x] = _ONE - drop * (t * t * (np.float32(3) - np.float32(2) * t))
            row, shaded = images[i, y], out[i, y]
            if channels == 3:
                for x in range(width):
                    for k in range(3):
                        level = np.float32(row[3 * x + k]) * gain[x] + half
                        shaded[3 * x + k] = np.uint8(np.int32(level))
                continue
            for x in range(width):
                for k in range(x * channels, (x + 1) * channels):
                    shaded[k] = np.uint8(np.int32(np.float32(row[k]) * gain[x] + half))
