"""Compiled sums over the taps of a kernel, of any kind or along a streak.

Why: a blur of an 8-bit image is a sum of shifted rows in whole numbers: no error but the rounding of the weights, and
many values in one vector register. Sums keep a fixed order, so a batch equals one by one.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit

Values = NDArray[Any]
Bytes = NDArray[np.uint8]
Halves = NDArray[np.uint16]
Shifts = NDArray[np.int64]

_AT_ONCE = 6144
"""So many values of several rows fit in the fastest memory, together with their sums."""
_ROUND = np.float32(0.5)
_GROUP = 256
"""So many levels of 255 fit in 16 bits."""


@jit
def spread(padded: Values, rows: Shifts, columns: Shifts, weights: Values, out: Values) -> None:
    """Sum shifted copies of an edge-extended image: (rows, columns * channels), taps in fixed order.

    Four taps a pass, so that the running sum is read and written a quarter as often.
    """
    width = out.shape[1]
    taps = weights.size
    for y in range(out.shape[0]):
        total = out[y]
        total[:] = 0
        for t in range(0, taps, 4):
            a = padded[y + rows[t]][columns[t] : columns[t] + width]
            b = padded[y + rows[t + 1]][columns[t + 1] : columns[t + 1] + width]
            c = padded[y + rows[t + 2]][columns[t + 2] : columns[t + 2] + width]
            d = padded[y + rows[t + 3]][columns[t + 3] : columns[t + 3] + width]
            wa, wb, wc, wd = weights[t], weights[t + 1], weights[t + 2], weights[t + 3]
            for x in range(width):
                total[x] += (wa * a[x] + wb * b[x]) + (wc * c[x] + wd * d[x])


@jit
def extend(image: Bytes, rows: Shifts, columns: Shifts, channels: int, out: Halves) -> None:
    """Copy the pixels `rows` and `columns`; between the margins of equal size, `columns` are all in order."""
    width = image.shape[1]
    reach = (columns.size - width // channels) // 2
    before, after = columns[:reach] * channels, columns[columns.size - reach :] * channels
    for y in range(rows.size):
        row, longer = image[rows[y]], out[y]
        left, middle = (
            longer[: reach * channels],
            longer[reach * channels : reach * channels + width],
        )
        right = longer[reach * channels + width :]
        for x in range(width):
            middle[x] = row[x]
        for i in range(reach):
            for c in range(channels):
                left[i * channels + c] = row[before[i] + c]
                right[i * channels + c] = row[after[i] + c]


@jit
def streak(
    extended: Halves, taps: Shifts, inner: np.float32, outer: np.float32, out: Bytes
) -> None:
    """Average an 8-bit image along a streak: taps weigh `inner`, the first two `outer`.

    A tap is the distance, in the extended image as one row, of what it adds. Several rows at once, so that little
    time goes into finding where they are.
    """
    height, width = out.shape
    flat, stride = extended.reshape(-1), extended.shape[1]
    block = max(_AT_ONCE // stride, 1)
    near = np.empty(block * stride, dtype=np.uint16)
    total = np.empty(block * stride, dtype=np.float32)
    for top in range(0, height, block):
        count = min(block, height - top)
        size, start = (count - 1) * stride + width, top * stride
        a = flat[start + taps[0] : start + taps[0] + size]
        b = flat[start + taps[1] : start + taps[1] + size]
        _sum_levels(flat, start, size, taps[2 : 2 + _GROUP], near)
        for x in range(size):
            outside = np.float32(np.uint16(a[x] + b[x])) * outer
            total[x] = (np.float32(near[x]) * inner + outside) + _ROUND
        for first in range(2 + _GROUP, taps.size, _GROUP):
            _sum_levels(flat, start, size, taps[first : first + _GROUP], near)
            for x in range(size):
                total[x] += np.float32(near[x]) * inner
        for y in range(count):
            row, line = out[top + y], total[y * stride : y * stride + width]
            for x in range(width):
                row[x] = np.uint8(np.int32(line[x]))


@jit
def _sum_levels(flat: Halves, start: int, size: int, taps: Shifts, total: Halves) -> None:
    rest = taps.size % 4
    if rest == 0:
        total[:] = 0
    p, q, r = start + taps[0], start + taps[rest // 2], start + taps[max(rest - 1, 0)]
    a, b, c = flat[p : p + size], flat[q : q + size], flat[r : r + size]
    if rest == 1:
        for x in range(size):
            total[x] = a[x]
    elif rest == 2:
        for x in range(size):
            total[x] = a[x] + b[x]
    elif rest == 3:
        for x in range(size):
            total[x] = a[x] + b[x] + c[x]
    for t in range(rest, taps.size, 4):
        p, q, r, s = start + taps[t], start + taps[t + 1], start + taps[t + 2], start + taps[t + 3]
        a, b, c, d = flat[p : p + size], flat[q : q + size], flat[r : r + size], flat[s : s + size]
        for x in range(size):
            total[x] += (a[x] + b[x]) + (c[x] + d[x])
