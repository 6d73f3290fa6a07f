"""Compiled loops of the blurs, and the swaps of frosted glass.

Why: a blur of an 8-bit image is a sum of shifted rows in whole numbers: no error but the rounding of the weights, and
many values in one vector register. Sums keep a fixed order, so a batch equals one by one.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import bits64, jit

Values = NDArray[Any]
Bytes = NDArray[np.uint8]
Halves = NDArray[np.uint16]
Words = NDArray[np.uint32]
Shifts = NDArray[np.int64]

SPAN_BITS = 23
"""The weights of 8-bit images are whole numbers that sum to 2**23, or a little more: sums of levels fit in 32 bits."""
_SPAN, _HALF_SPAN = np.uint32(SPAN_BITS), np.uint32(1 << (SPAN_BITS - 1))
_WHITE = np.uint32(255)
_AT_ONCE, _FEW = 6144, 1500
"""So many values of several rows fit in the fastest memory, together with their sums."""
_ROUND = np.float32(0.5)
_GROUP = 256
"""So many levels of 255 fit in 16 bits."""
_HALF_WORD = np.uint32(16)
_LEVEL, _ONE, _HALF_LEVEL = np.uint16(8), np.uint16(1), np.uint16(128)
_LANE = np.uint64(0xFFFF)
_SIXTEEN = np.uint64(16)


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


@jit
def bell_of_levels(
    values: Halves, rows: Shifts, weights: Halves, channels: int, out: Bytes
) -> None:
    """Convolve 8-bit rows, given as 2**7 times the levels, down and across by a symmetric kernel; edge pixels repeated.

    The rows of `weights` repeat one number each, from the middle outwards, in units of 2**-17, since only numbers
    read from memory become a 16-bit multiplication; the middle counts twice, and zeros fill up passes of four.
    Products are cut to 16 bits, at most one unit of 1/256 level a tap, half of which is given back.
    """
    height, width = out.shape
    reach = (rows.size - height) // 2
    longer = np.empty(width + 2 * reach * channels, dtype=np.uint16)
    near = reach * channels
    inner, total = longer[near : near + width], np.empty(width, dtype=np.uint16)
    w0, given_back = weights[0], np.uint16((reach + 1) // 2)
    for y in range(height):
        a0 = values[rows[y + reach]]
        for x in range(width):
            p0 = (np.uint32(np.uint16(a0[x] + a0[x])) * np.uint32(w0[x])) >> _HALF_WORD
            inner[x] = np.uint16(np.uint16(p0) + given_back)
        for k in range(1, reach + 1, 4):
            k2, k3, k4 = min(k + 1, reach), min(k + 2, reach), min(k + 3, reach)
            a1, b1, w1 = values[rows[y + reach - k]], values[rows[y + reach + k]], weights[k]
            a2, b2, w2 = values[rows[y + reach - k2]], values[rows[y + reach + k2]], weights[k + 1]
            a3, b3, w3 = values[rows[y + reach - k3]], values[rows[y + reach + k3]], weights[k + 2]
            a4, b4, w4 = values[rows[y + reach - k4]], values[rows[y + reach + k4]], weights[k + 3]
            for x in range(width):
                p1 = (np.uint32(np.uint16(a1[x] + b1[x])) * np.uint32(w1[x])) >> _HALF_WORD
                p2 = (np.uint32(np.uint16(a2[x] + b2[x])) * np.uint32(w2[x])) >> _HALF_WORD
                p3 = (np.uint32(np.uint16(a3[x] + b3[x])) * np.uint32(w3[x])) >> _HALF_WORD
                p4 = (np.uint32(np.uint16(a4[x] + b4[x])) * np.uint32(w4[x])) >> _HALF_WORD
                left, right = (
                    np.uint16(np.uint16(p1) + np.uint16(p2)),
                    np.uint16(np.uint16(p3) + np.uint16(p4)),
                )
                inner[x] += np.uint16(left + right)
        for x in range(width):
            inner[x] = np.uint16(inner[x] + _ONE) >> _ONE
        for i in range(reach):
            for c in range(channels):
                longer[i * channels + c] = inner[c]
                longer[longer.size - 1 - i * channels - c] = inner[width - 1 - c]
        for x in range(width):
            p0 = (np.uint32(np.uint16(inner[x] + inner[x])) * np.uint32(w0[x])) >> _HALF_WORD
            total[x] = np.uint16(np.uint16(p0) + given_back)
        for k in range(1, reach + 1, 4):
            s1, s2 = k * channels, min(k + 1, reach) * channels
            s3, s4 = min(k + 2, reach) * channels, min(k + 3, reach) * channels
            w1, w2, w3, w4 = weights[k], weights[k + 1], weights[k + 2], weights[k + 3]
            a1, b1 = longer[near - s1 : near - s1 + width], longer[near + s1 : near + s1 + width]
            a2, b2 = longer[near - s2 : near - s2 + width], longer[near + s2 : near + s2 + width]
            a3, b3 = longer[near - s3 : near - s3 + width], longer[near + s3 : near + s3 + width]
            a4, b4 = longer[near - s4 : near - s4 + width], longer[near + s4 : near + s4 + width]
            for x in range(width):
                p1 = (np.uint32(np.uint16(a1[x] + b1[x])) * np.uint32(w1[x])) >> _HALF_WORD
                p2 = (np.uint32(np.uint16(a2[x] + b2[x])) * np.uint32(w2[x])) >> _HALF_WORD
                p3 = (np.uint32(np.uint16(a3[x] + b3[x])) * np.uint32(w3[x])) >> _HALF_WORD
                p4 = (np.uint32(np.uint16(a4[x] + b4[x])) * np.uint32(w4[x])) >> _HALF_WORD
                left, right = (
                    np.uint16(np.uint16(p1) + np.uint16(p2)),
                    np.uint16(np.uint16(p3) + np.uint16(p4)),
                )
                total[x] += np.uint16(left + right)
        for x in range(width):
            out[y, x] = np.uint16(total[x] + _HALF_LEVEL) >> _LEVEL


@jit
def bell_of_values(
    values: Values, rows: Shifts, weights: Values, channels: int, out: Values
) -> None:
    """Do the same in floating point; `weights` from the middle outwards."""
    height, width = out.shape
    reach = weights.size - 1
    longer = np.empty(width + 2 * reach * channels, dtype=values.dtype)
    near = reach * channels
    inner = longer[near : near + width]
    for y in range(height):
        start, total = values[rows[y + reach]], out[y]
        for x in range(width):
            inner[x] = start[x] * weights[0]
        for k in range(1, reach + 1):
            a, b, w = values[rows[y + reach - k]], values[rows[y + reach + k]], weights[k]
            for x in range(width):
                inner[x] += (a[x] + b[x]) * w
        for i in range(reach):
            for c in range(channels):
                longer[i * channels + c] = inner[c]
                longer[longer.size - 1 - i * channels - c] = inner[width - 1 - c]
        for x in range(width):
            total[x] = inner[x] * weights[0]
        for k in range(1, reach + 1):
            s, w = k * channels, weights[k]
            a, b = longer[near - s : near - s + width], longer[near + s : near + s + width]
            for x in range(width):
                total[x] += (a[x] + b[x]) * w


@jit
def add_stretched(
    values: Values,
    top: Shifts,
    bottom: Shifts,
    down: Values,
    left: Shifts,
    right: Shifts,
    across: Values,
    out: Values,
) -> None:
    """Add an image to `out` whose rows and columns lie between rows and columns of `values`: linear interpolation."""
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
def swap(
    image: Values, key: np.uint64, step: int, start: int, before: int, after: int, times: int
) -> None:
    """Swap each pixel of (H, W, C), from the last to the first, with one nearby; in place, `times` times.

    A coordinate moves by floor((16 random bits * step + start) / 2**32) pixels; the first `before` rows and
    columns and the last `after` are passed over, and a neighbour outside is the nearest inside. Two pixels share a word.
    """
    height, width, channels = image.shape
    for turn in range(times):
        for y in range(height - 1 - after, before - 1, -1):
            row = (turn * height + y) * width
            for x in range(width - 1 - after, before - 1, -1):
                lane = row + x
                word = bits64(key, lane >> 1) >> np.uint64(32 * (lane & 1))
                dy = (np.int64(word & _LANE) * step + start) >> 32
                dx = (np.int64((word >> _SIXTEEN) & _LANE) * step + start) >> 32
                there_y, there_x = (
                    min(max(y + dy, 0), height - 1),
                    min(max(x + dx, 0), width - 1),
                )
                for c in range(channels):
                    here = image[y, x, c]
                    image[y, x, c] = image[there_y, there_x, c]
                    image[there_y, there_x, c] = here
