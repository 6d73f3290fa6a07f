"""Compiled loops of the blurs, and the swaps of frosted glass.

Why: a blur of an 8-bit image is a sum of shifted rows in whole numbers: no error but the rounding of the weights to 24
bits, and many values in one vector register. Sums keep a fixed order, so a batch equals one by one.
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

WEIGHT_BITS = 24
"""The weights of 8-bit images are whole numbers that sum to 2**24, so that a sum of levels fits in 32 bits."""
_WEIGHT = np.uint32(WEIGHT_BITS)
_HALF = np.uint32(1 << (WEIGHT_BITS - 1))
SPAN_BITS = 23
"""One bit less for kernels that may sum to a little more than 1."""
_SPAN, _HALF_SPAN = np.uint32(SPAN_BITS), np.uint32(1 << (SPAN_BITS - 1))
_WHITE = np.uint32(255)
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
def extend(image: Bytes, columns: Shifts, channels: int, out: Bytes) -> None:
    """Copy rows of pixels, with the pixels `columns` of the same row on either side."""
    width = image.shape[1]
    reach = (columns.size - width // channels) // 2
    before, after = columns[:reach] * channels, columns[columns.size - reach :] * channels
    for y in range(image.shape[0]):
        row = image[y]
        left, middle = out[y, : reach * channels], out[y, reach * channels : reach * channels + width]
        right = out[y, reach * channels + width :]
        for x in range(width):
            middle[x] = row[x]
        for i in range(reach):
            for c in range(channels):
                left[i * channels + c] = row[before[i] + c]
                right[i * channels + c] = row[after[i] + c]


@jit
def streak(
    extended: Bytes, rows: Shifts, down: Shifts, right: Shifts, inner: int, outer: int, out: Bytes
) -> None:
    """Average 8-bit rows along a streak: all taps weigh `inner`, the first two `outer`, in units of 2**-24."""
    height, width = out.shape
    near = np.empty(width, dtype=np.uint16)
    total = np.empty(width, dtype=np.uint32)
    inside, ends = np.uint32(inner), np.uint32(outer)
    for y in range(height):
        a = extended[rows[y + down[0]]][right[0] : right[0] + width]
        b = extended[rows[y + down[1]]][right[1] : right[1] + width]
        total[:] = _HALF
        for start in range(2, down.size, _GROUP):
            _sum_levels(extended, rows, y, down, right, start, near)
            for x in range(width):
                total[x] += np.uint32(near[x]) * inside
        for x in range(width):
            total[x] += np.uint32(np.uint16(a[x]) + np.uint16(b[x])) * ends
            out[y, x] = total[x] >> _WEIGHT


@jit
def _sum_levels(
    extended: Bytes,
    rows: Shifts,
    y: int,
    down: Shifts,
    right: Shifts,
    start: int,
    total: NDArray[np.uint16],
) -> None:
    width = total.size
    stop = min(start + _GROUP, down.size)
    total[:] = 0
    t = start
    while t + 8 <= stop:
        a = extended[rows[y + down[t]]][right[t] : right[t] + width]
        b = extended[rows[y + down[t + 1]]][right[t + 1] : right[t + 1] + width]
        c = extended[rows[y + down[t + 2]]][right[t + 2] : right[t + 2] + width]
        d = extended[rows[y + down[t + 3]]][right[t + 3] : right[t + 3] + width]
        e = extended[rows[y + down[t + 4]]][right[t + 4] : right[t + 4] + width]
        f = extended[rows[y + down[t + 5]]][right[t + 5] : right[t + 5] + width]
        g = extended[rows[y + down[t + 6]]][right[t + 6] : right[t + 6] + width]
        h = extended[rows[y + down[t + 7]]][right[t + 7] : right[t + 7] + width]
        for x in range(width):
            total[x] += (
                (np.uint16(a[x]) + np.uint16(b[x])) + (np.uint16(c[x]) + np.uint16(d[x]))
            ) + ((np.uint16(e[x]) + np.uint16(f[x])) + (np.uint16(g[x]) + np.uint16(h[x])))
        t += 8
    while t + 4 <= stop:
        a = extended[rows[y + down[t]]][right[t] : right[t] + width]
        b = extended[rows[y + down[t + 1]]][right[t + 1] : right[t + 1] + width]
        c = extended[rows[y + down[t + 2]]][right[t + 2] : right[t + 2] + width]
        d = extended[rows[y + down[t + 3]]][right[t + 3] : right[t + 3] + width]
        for x in range(width):
            total[x] += (np.uint16(a[x]) + np.uint16(b[x])) + (np.uint16(c[x]) + np.uint16(d[x]))
        t += 4
    while t < stop:
        a = extended[rows[y + down[t]]][right[t] : right[t] + width]
        for x in range(width):
            total[x] += a[x]
        t += 1


@jit
def running_sums(image: Values, columns: Shifts, channels: int, out: Values) -> None:
    """Sum each row from its (extended) start to each pixel; whole numbers may wrap around."""
    total = np.zeros(channels, dtype=out.dtype)
    for y in range(image.shape[0]):
        total[:] = 0
        out[y, :channels] = 0
        for i in range(columns.size):
            pixel, at = columns[i] * channels, (i + 1) * channels
            for c in range(channels):
                total[c] += image[y, pixel + c]
                out[y, at + c] = total[c]


@jit
def _sum_spans(
    sums: Values,
    rows: Shifts,
    y: int,
    first: Shifts,
    reach: Shifts,
    weights: Values,
    channels: int,
    both: Values,
    total: Values,
) -> None:
    """Add up the spans of a kernel that is symmetric up and down: two rows at once."""
    width, far = total.size, first.size - 2
    for dy in range(far + 1):
        a, b = sums[rows[y + far - dy]], sums[rows[y + far + dy]]
        if dy > 0:
            for x in range(both.size):
                both[x] = a[x] + b[x]
        for t in range(first[dy], first[dy + 1], 2):
            span = both if dy > 0 else a
            left, right = (far - reach[t]) * channels, (far + reach[t] + 1) * channels
            low, high, w = span[left : left + width], span[right : right + width], weights[t]
            left, right = (far - reach[t + 1]) * channels, (far + reach[t + 1] + 1) * channels
            low2, high2, w2 = (
                span[left : left + width],
                span[right : right + width],
                weights[t + 1],
            )
            for x in range(width):
                total[x] += (high[x] - low[x]) * w + (high2[x] - low2[x]) * w2


@jit
def spans_of_levels(
    sums: Words,
    rows: Shifts,
    first: Shifts,
    reach: Shifts,
    weights: Words,
    channels: int,
    out: Bytes,
) -> None:
    """Convolve 8-bit rows, given as running sums, by a symmetric kernel, given as nested spans; exact modulo 2**32."""
    total, both = (
        np.empty(out.shape[1], dtype=np.uint32),
        np.empty(sums.shape[1], dtype=np.uint32),
    )
    for y in range(out.shape[0]):
        total[:] = _HALF_SPAN
        _sum_spans(sums, rows, y, first, reach, weights, channels, both, total)
        for x in range(total.size):
            out[y, x] = min(np.uint32(total[x] >> _SPAN), _WHITE)


@jit
def spans_of_values(
    sums: Values,
    rows: Shifts,
    first: Shifts,
    reach: Shifts,
    weights: Values,
    channels: int,
    out: Values,
) -> None:
    """Do the same in floating point."""
    both = np.empty(sums.shape[1], dtype=np.float64)
    out[:] = 0.0
    for y in range(out.shape[0]):
        _sum_spans(sums, rows, y, first, reach, weights, channels, both, out[y])


@jit
def bell_of_levels(
    values: Halves, rows: Shifts, weights: Halves, channels: int, out: Bytes
) -> None:
    """Convolve 8-bit rows, given as 2**7 times the levels, down and then across by a symmetric kernel; edge pixels repeated.

    The rows of `weights` repeat one number each, from the middle outwards, in units of 2**-17, since only numbers read from
    memory become a 16-bit multiplication; the middle counts twice, and zeros fill up passes of four. Products are cut to 16
    bits, at most one unit of 1/256 level a tap, half of which is given back.
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
def swap(image: Values, key: np.uint64, step: int, start: int, border: int, times: int) -> None:
    """Swap each pixel of (H, W, C), from the last to the first, with one nearby; in place, `times` times.

    A coordinate moves by floor((16 random bits * step + start) / 2**32) pixels; what is closer to an edge than
    `border` is passed over, and a neighbour outside is the nearest inside. Two pixels share a word.
    """
    height, width, channels = image.shape
    for turn in range(times):
        for y in range(height - 1 - border, border - 1, -1):
            row = (turn * height + y) * width
            for x in range(width - 1 - border, border - 1, -1):
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
