"""Compiled loops of the blurs and warps.

Why: a blur of an 8-bit image is a sum of shifted rows in whole numbers, which is exact and fills vector registers;
sums keep a fixed order, so a batch equals one by one.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit

Values = NDArray[Any]
Shifts = NDArray[np.int64]


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
