"""Compiled loops that show pixels at other places."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import bits64, jit

Values = NDArray[Any]
Bytes = NDArray[np.uint8]
Places = NDArray[np.uint32]

_BLACK, _WHITE = np.float32(0), np.float32(255)
_LANE = np.uint64(0xFFFF)
_SIXTEEN = np.uint64(16)


@jit
def add_stretched(
    values: Values,
    top: Places,
    bottom: Places,
    down: Values,
    left: Places,
    right: Places,
    across: Values,
    out: Values,
) -> None:
    """Add an image to `out` whose rows and columns lie between rows and columns of `values`: linear interpolation.

    Places are unsigned, so that no index is checked for being negative.
    """
    row = np.empty(values.shape[1], dtype=values.dtype)
    for y in range(out.shape[0]):
        a, b, part = values[top[y]], values[bottom[y]], down[y]
        for x in range(row.size):
            row[x] = a[x] + (b[x] - a[x]) * part
        total = out[y]
        for x in range(total.size):
            near = row[left[x]]
            total[x] += near + (row[right[x]] - near) * across[x]


@jit
def round_levels(values: Values, out: Bytes) -> None:
    """Clip levels to 0 to 255 and round them to nearest, halves to even."""
    for i in range(values.size):
        out[i] = np.uint8(np.int32(np.rint(min(max(values[i], _BLACK), _WHITE))))


@jit
def swap(
    image: Values, key: np.uint64, step: int, start: int, before: int, after: int, times: int
) -> None:
    """Swap each pixel of (H, W, C), from the last to the first, with one nearby; in place, `times` times.

    A coordinate moves by floor((16 random bits * step + start) / 2**32) pixels; the first `before` rows and
    columns and the last `after` are passed over, and a neighbour outside is the nearest inside. Two pixels share a word.
    """
    height, width, channels = image.shape
    down, right = np.empty(width, np.uint32), np.empty(width, np.uint32)
    for turn in range(times):
        for y in range(height - 1 - after, before - 1, -1):
            row, here = (turn * height + y) * width, image[y]
            for x in range(width):
                lane = row + x
                word = bits64(key, lane >> 1) >> np.uint64(32 * (lane & 1))
                dy = (np.int64(word & _LANE) * step + start) >> 32
                dx = (np.int64((word >> _SIXTEEN) & _LANE) * step + start) >> 32
                down[x] = np.uint32(min(max(int(y + dy), 0), height - 1))
                right[x] = np.uint32(min(max(int(x + dx), 0), width - 1))
            for x in range(width - 1 - after, before - 1, -1):
                a, b = here[x], image[down[x], right[x]]
                if channels == 3:
                    red, green, blue = a[0], a[1], a[2]
                    a[0], a[1], a[2] = b[0], b[1], b[2]
                    b[0], b[1], b[2] = red, green, blue
                    continue
                for c in range(channels):
                    kept = a[c]
                    a[c] = b[c]
                    b[c] = kept
