"""Compiled loops of the gaussian blur, down and across.

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

_HALF_WORD = np.uint32(16)
_LEVEL, _ONE, _HALF_LEVEL = np.uint16(8), np.uint16(1), np.uint16(128)


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
