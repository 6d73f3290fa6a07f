"""Compiled loops of the fillings."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import bits64, jit


@jit
def grain(
    keys: NDArray[np.uint64], edges: NDArray[np.int64], lanes: NDArray[Any], out: NDArray[Any]
) -> None:
    """Fill rectangles of images (n, H, values) by the lanes of 64-bit numbers: value k is lane k of the image's stream.

    `edges` (n, pieces, 4) are top, bottom, left, right; `lanes` is room for a row, and its type says how wide a lane is.
    """
    words = lanes.view(np.uint64)
    share, width = lanes.size // words.size, out.shape[2]
    for i in range(out.shape[0]):
        for p in range(edges.shape[1]):
            top, bottom, left, right = edges[i, p]
            for y in range(top, bottom):
                first = (y * width + left) // share
                skipped = y * width + left - first * share
                row = out[i, y, left:right]
                for j in range((skipped + row.size + share - 1) // share):
                    words[j] = bits64(keys[i], first + j)
                read = lanes[skipped : skipped + row.size]
                for x in range(row.size):
                    row[x] = read[x]
