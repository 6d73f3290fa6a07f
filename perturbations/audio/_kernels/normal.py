"""Normal numbers in single precision, as fast as noise can be added.

Why: drawing the normal numbers is the cost of every peer. Here each 64-bit word of the counter hash gives two numbers:
the float32 image of 31 bits is the row of a table of chords of the normal quantile (256 an octave of the tail
probability; error below 1e-6 of a standard deviation, tails to 6.2), and the top bit is the sign.
"""

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import bits64, jit
from perturbations._kernels import normal_quantile

_STEPS = 256
_OCTAVES = 32
_BLOCK = 512
"""Words of one block: word j of a block gives its numbers j and _BLOCK + j."""


def _chords() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the left end and the rise of the normal quantile's chords, ordered by tail probability."""
    octave, step = np.divmod(np.arange(_OCTAVES * _STEPS, dtype=np.int64), _STEPS)
    tails = (1.0 + step / _STEPS) * 2.0 ** (octave - 32)
    words = np.minimum(tails, 0.5) * 2.0**54
    values = np.where(tails < 0.5, normal_quantile(words.astype(np.uint64) << np.uint64(10)), 0.0)
    rises = np.append(np.diff(values), 0.0)
    return values.astype(np.float32), rises.astype(np.float32)


ENDS, RISES = _chords()


@jit
def fill_normal(
    key: np.uint64,
    ends: NDArray[np.float32],
    rises: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Fill `out` with normal numbers; number k depends on the key and k alone.

    One loop a step over a block in cache, so that each can be vectorised.
    """
    halves, rows = np.empty(2 * _BLOCK, dtype=np.int32), np.empty(2 * _BLOCK, dtype=np.int32)
    magnitudes, parts = np.empty(2 * _BLOCK, dtype=np.float32), np.empty(2 * _BLOCK, np.float32)
    images = magnitudes.view(np.int32)
    for start in range(0, out.size, 2 * _BLOCK):
        for j in range(_BLOCK):
            word = bits64(key, start // 2 + j)
            halves[j] = np.int32(word & np.uint64(0xFFFFFFFF))
            halves[_BLOCK + j] = np.int32(word >> np.uint64(32))
        for j in range(2 * _BLOCK):
            magnitudes[j] = np.float32((halves[j] & np.int32(0x7FFFFFFF)) | np.int32(1))
        for j in range(2 * _BLOCK):
            rows[j] = (images[j] >> 15) - 127 * _STEPS
            parts[j] = np.float32(images[j] & 0x7FFF) * np.float32(2.0**-15)
        target = out[start : start + 2 * _BLOCK]
        for j in range(target.size):
            row = np.uint32(rows[j])
            sign = np.float32(1.0) if halves[j] >= 0 else np.float32(-1.0)
            target[j] = sign * (ends[row] + rises[row] * parts[j])


def normals(key: np.uint64, count: int) -> NDArray[np.float32]:
    """Return the first `count` normal numbers of the stream `key`, in units of the standard deviation."""
    out = np.empty(count, dtype=np.float32)
    fill_normal(key, ENDS, RISES, out)
    return out
