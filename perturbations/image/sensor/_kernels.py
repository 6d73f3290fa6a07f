"""Compiled loops over pixels.

Why: independent noise on 8-bit pixels, whatever its physics, is a table of 256 clean levels by 256 noisy levels.
Reading it by inverse distribution (a guide table, then a short walk) is exact, and coupled across severities,
since the same uniform number serves every table. Sums keep a fixed order, so a batch equals one by one.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import bits64, jit

Values = NDArray[Any]
Bytes = NDArray[np.uint8]
Keys = NDArray[np.uint64]
Shifts = NDArray[np.int64]
Thresholds = NDArray[np.uint32]

LEVELS = 256
GUIDE_BITS = 10
DRAW_BITS = 31
"""Uniform numbers are 31-bit integers here, so that a threshold of 1 still fits in 32 bits."""
_GUIDE_SHIFT = np.uint32(DRAW_BITS - GUIDE_BITS)
_DRAW_SHIFT = np.uint64(64 - DRAW_BITS)
_LOW_63 = np.uint64(0x7FFFFFFFFFFFFFFF)
_TOP = np.uint64(63)
_BLOCK = 1024


@jit
def guide(thresholds: Thresholds, out: Bytes) -> None:
    """Fill, for each clean level and each of 2**GUIDE_BITS cells of the uniform, the first noisy level."""
    for level in range(LEVELS):
        noisy = 0
        for cell in range(out.shape[1]):
            edge = np.uint32(cell << (DRAW_BITS - GUIDE_BITS))
            while thresholds[level, noisy] <= edge:
                noisy += 1
            out[level, cell] = noisy


@jit
def _uniforms(key: np.uint64, start: int, mirrored: bool, out: Thresholds) -> None:
    if mirrored:
        for j in range(out.size):
            word = bits64(key, start + j)
            rising = word & _LOW_63 if word >> _TOP else ~word
            out[j] = np.uint32(rising >> _DRAW_SHIFT)
    else:
        for j in range(out.size):
            out[j] = np.uint32(bits64(key, start + j) >> _DRAW_SHIFT)


@jit
def resample(
    values: Bytes, keys: Keys, thresholds: Thresholds, guides: Bytes, mirrored: bool, out: Bytes
) -> None:
    """Draw a noisy level for each clean level; rows are samples.

    `thresholds[x, y]` is P(noisy level <= y | clean level x) in units of 2**-31. `mirrored` reads a word as
    `Draw.normal` does (top bit = sign), so that 8-bit and floating-point images get the same noise.
    """
    buffer = np.empty(_BLOCK, dtype=np.uint32)
    count = values.shape[1]
    for i in range(values.shape[0]):
        for start in range(0, count, _BLOCK):
            size = min(_BLOCK, count - start)
            _uniforms(keys[i], start, mirrored, buffer[:size])
            clean, noise = values[i, start : start + size], out[i, start : start + size]
            for j in range(size):
                u = buffer[j]
                level = clean[j]
                # Unsigned, so that no index is checked for being negative.
                noisy = np.uint64(guides[level, u >> _GUIDE_SHIFT])
                noisy += np.uint64(thresholds[level, noisy] <= u)
                while thresholds[level, noisy] <= u:
                    noisy += np.uint64(1)
                noise[j] = noisy


@jit
def salt_and_pepper(
    values: Values, keys: Keys, pepper: np.uint32, salt: np.uint32, white: np.generic, out: Values
) -> None:
    """Set a value to 0 where its 31-bit uniform is below `pepper`, to `white` where it reaches `salt`."""
    buffer = np.empty(_BLOCK, dtype=np.uint32)
    black = out.dtype.type(0)
    count = values.shape[1]
    for i in range(values.shape[0]):
        for start in range(0, count, _BLOCK):
            size = min(_BLOCK, count - start)
            _uniforms(keys[i], start, False, buffer[:size])
            clean, noisy = values[i, start : start + size], out[i, start : start + size]
            for j in range(size):
                hit = white if buffer[j] >= salt else clean[j]
                noisy[j] = black if buffer[j] < pepper else hit
