"""Compiled sums over the spans of a kernel: differences of running sums.

Why: a blur of an 8-bit image is a sum of shifted rows in whole numbers: no error but the rounding of the weights, and
many values in one vector register. Sums keep a fixed order, so a batch equals one by one.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit

Values = NDArray[Any]
Bytes = NDArray[np.uint8]
Words = NDArray[np.uint32]
Shifts = NDArray[np.int64]

SPAN_BITS = 23
"""The weights of 8-bit images are whole numbers that sum to 2**23, or a little more: sums of levels fit in 32 bits."""
_SPAN, _HALF_SPAN = np.uint32(SPAN_BITS), np.uint32(1 << (SPAN_BITS - 1))
_WHITE = np.uint32(255)
_FEW = 1500
"""So many values of several rows fit in the fastest memory, together with their sums."""


@jit
def running_sums(image: Values, rows: Shifts, columns: Shifts, channels: int, out: Values) -> None:
    """Sum the pixels `columns` of each of `rows` from the start to each pixel; whole numbers may wrap around."""
    for y in range(rows.size):
        line, sums = image[rows[y]], out[y]
        sums[:channels] = 0
        for i in range(columns.size):
            pixel, at = columns[i] * channels, i * channels
            for c in range(channels):
                sums[at + channels + c] = sums[at + c] + line[pixel + c]


@jit
def _sum_spans(
    flat: Values,
    start: int,
    stride: int,
    size: int,
    first: Shifts,
    reach: Shifts,
    weights: Values,
    channels: int,
    both: Values,
    total: Values,
) -> None:
    """Add up the spans of a kernel that is symmetric up and down: two rows at once."""
    far = first.size - 2
    longer = size + (2 * far + 1) * channels
    for dy in range(far + 1):
        if first[dy] == first[dy + 1]:
            continue
        up, down = start + (far - dy) * stride, start + (far + dy) * stride
        a, b = flat[up : up + longer], flat[down : down + longer]
        if dy > 0:
            for x in range(longer):
                both[x] = a[x] + b[x]
        span = both if dy > 0 else a
        for t in range(first[dy], first[dy + 1], 2):
            left, right = (far - reach[t]) * channels, (far + reach[t] + 1) * channels
            low, high, w = span[left : left + size], span[right : right + size], weights[t]
            left, right = (far - reach[t + 1]) * channels, (far + reach[t + 1] + 1) * channels
            low2, high2, w2 = span[left : left + size], span[right : right + size], weights[t + 1]
            for x in range(size):
                total[x] += (high[x] - low[x]) * w + (high2[x] - low2[x]) * w2


@jit
def spans_of_levels(
    sums: Words, first: Shifts, reach: Shifts, weights: Words, channels: int, out: Bytes
) -> None:
    """Convolve an 8-bit image, given as running sums, by a symmetric kernel, given as spans; exact modulo 2**32."""
    height, width = out.shape
    flat, stride = sums.reshape(-1), sums.shape[1]
    block = max(_FEW // stride, 1)
    total, both = (
        np.empty(block * stride, dtype=np.uint32),
        np.empty(block * stride, dtype=np.uint32),
    )
    for top in range(0, height, block):
        count = min(block, height - top)
        size = (count - 1) * stride + width
        total[:] = _HALF_SPAN
        _sum_spans(flat, top * stride, stride, size, first, reach, weights, channels, both, total)
        for y in range(count):
            row, line = out[top + y], total[y * stride : y * stride + width]
            for x in range(width):
                row[x] = min(np.uint32(line[x] >> _SPAN), _WHITE)


@jit
def spans_of_values(
    sums: Values, first: Shifts, reach: Shifts, weights: Values, channels: int, out: Values
) -> None:
    """Do the same in floating point, row by row."""
    height, width = out.shape
    flat, stride = sums.reshape(-1), sums.shape[1]
    both = np.empty(stride, dtype=np.float64)
    out[:] = 0.0
    for y in range(height):
        _sum_spans(flat, y * stride, stride, width, first, reach, weights, channels, both, out[y])
