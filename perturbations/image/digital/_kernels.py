"""Compiled loops over pixels and over coded bits.

Why: sums are integers, so that they are exact in any order; means are rounded once, to nearest, halves up.
"""

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]
Indices = NDArray[np.uint32]
Floats = NDArray[np.float64]

_HALF = 0.5 + 1e-9
"""Rounds halves up: the hair is more than the rounding of a product, less than half a step between means."""


@jit
def pool(
    images: Bytes, rows: Integers, home: Indices, share: Floats, shown: Indices, out: Bytes
) -> None:
    """Fill `out` (n, cells, W C) with the means of the cells of images (n, H, W C), widened to pixels.

    Row i of cells holds the rows of pixels from rows[i] to rows[i + 1]. A value of a row belongs to cell `home` and
    shows cell `shown`; `share` is one over the number of columns in a cell.
    """
    line = images.shape[2]
    sums = np.empty(line, dtype=np.int32)
    totals = np.empty(share.size, dtype=np.int64)
    means = np.empty(share.size, dtype=np.uint8)
    for each in range(out.shape[0] * out.shape[1]):
        image, i = each // out.shape[1], each % out.shape[1]
        sums[:] = 0
        for y in range(rows[i], rows[i + 1]):
            row = images[image, y]
            for k in range(line):
                sums[k] += np.int32(row[k])
        totals[:] = 0
        for k in range(line):
            totals[home[k]] += sums[k]
        part = 1.0 / (rows[i + 1] - rows[i])
        for k in range(share.size):
            means[k] = np.uint8(np.int32(totals[k] * (part * share[k]) + _HALF))
        target = out[image, i]
        for k in range(line):
            target[k] = means[shown[k]]
