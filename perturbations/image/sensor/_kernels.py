"""Compiled loops over 8-bit pixels.

Why: 8-bit noise needs few random bits, so four values share one 64-bit word (`_fill`): value k of a sample reads 16 bits,
lane k % 4 of word k // 4. Where 16 bits cannot decide, because they fall on a threshold, 48 more come from a second
stream. Loops are split so that each is either a look-up of bytes or arithmetic on one width of integers, which compilers
turn into vector code; every number is an integer or a correctly rounded float, so a batch equals one by one.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import bits64, jit

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Lanes = NDArray[np.uint16]
Floats = NDArray[Any]

LEVELS = 256
CELL_BITS = 10
"""The guide of a table has 2**CELL_BITS cells of the uniform number for each clean level."""
MAGNITUDES = 2**15
"""Cells of |normal|: 15 of the 16 bits; the top one is the sign."""
_IN_CELL = np.uint16(16 - CELL_BITS)
_BLOCK = 1024
_LOW_15 = np.uint64(MAGNITUDES - 1)
_ONE, _S11, _S16, _S32, _S48 = (np.uint64(n) for n in (1, 11, 16, 32, 48))
_BYTE, _HALF = np.uint16(8), np.uint16(128)
_HIGH_BYTE, _SIGN = np.uint16(8), np.uint16(15)
_TO_UNIT = 2.0**-53


@jit
def _fill(key: np.uint64, start: int, words: Words) -> None:
    """Fill `words` with those that hold the lanes of values from `start` on; `start` is a multiple of 4."""
    first = start >> 2
    for j in range(words.size):
        words[j] = bits64(key, first + j)


@jit
def _widen(lane: np.uint16, low_key: np.uint64, k: int) -> np.uint64:
    """Return the whole 64-bit number of value k, of which `lane` is the top."""
    return (np.uint64(lane) << _S48) | (bits64(low_key, k) >> _S16)


@jit
def wide(keys: Words, low_keys: Words, out: Words) -> None:
    """Fill rows with the whole 64-bit numbers of their values."""
    for i in range(keys.size):
        key, low_key, row = keys[i], low_keys[i], out[i]
        for first in range(0, row.size, 4):
            word = bits64(key, first >> 2)
            for k in range(first, min(first + 4, row.size)):
                row[k] = _widen(np.uint16(word), low_key, k)
                word >>= _S16


@jit
def _look_up(words: Words, table: Floats, out: Floats) -> None:
    """Read table[lane without its top bit] for all lanes; two shifts a value are cheaper than loading lanes."""
    for q in range(words.size):
        word = words[q]
        out[4 * q] = table[word & _LOW_15]
        out[4 * q + 1] = table[(word >> _S16) & _LOW_15]
        out[4 * q + 2] = table[(word >> _S32) & _LOW_15]
        out[4 * q + 3] = table[(word >> _S48) & _LOW_15]


@jit
def _high_bytes(lanes: Lanes, out: Bytes) -> None:
    for j in range(lanes.size):
        out[j] = np.uint8(lanes[j] >> _HIGH_BYTE)


@jit
def _add_saturating(clean: Bytes, shifts: Bytes, signs: Bytes, noisy: Bytes) -> None:
    """Add or subtract (where the top bit of the sign is set) in bytes; past the ends it stays at the end."""
    for j in range(noisy.size):
        x, shift = clean[j], shifts[j]
        up = np.uint8(x + shift)
        up = np.uint8(255) if up < x else up
        down = np.uint8(x - shift)
        down = np.uint8(0) if x < shift else down
        noisy[j] = down if signs[j] >= np.uint8(128) else up


@jit
def add_normal(values: Bytes, keys: Words, magnitudes: Bytes, out: Bytes) -> None:
    """Add to each value plus or minus `magnitudes[cell of |normal|]` levels; rows are samples."""
    words = np.empty(_BLOCK >> 2, dtype=np.uint64)
    lanes = words.view(np.uint16)
    shifts, signs = np.empty(_BLOCK, dtype=np.uint8), np.empty(_BLOCK, dtype=np.uint8)
    count = values.shape[1]
    for i in range(values.shape[0]):
        for start in range(0, count, _BLOCK):
            size = min(_BLOCK, count - start)
            used = words[: (size + 3) >> 2]
            _fill(keys[i], start, used)
            _look_up(used, magnitudes, shifts)
            _high_bytes(lanes[:size], signs)
            clean, noisy = values[i, start : start + size], out[i, start : start + size]
            _add_saturating(clean, shifts, signs, noisy)


@jit
def _multiply(clean: Bytes, factors: Lanes, unit: np.float32, shifts: Bytes) -> None:
    half, most = np.float32(0.5), np.float32(255)
    for j in range(clean.size):
        factor = unit * np.float32(factors[j])
        shifts[j] = np.uint8(np.int32(min(np.float32(clean[j]) * factor + half, most)))


@jit
def add_proportional(
    values: Bytes, keys: Words, factors: Lanes, unit: np.float32, out: Bytes
) -> None:
    """Add to each value x plus or minus x * unit * `factors[cell of |normal|]`; rows are samples.

    The factors are 16-bit integers, since a table of them nearly fits the fastest cache.
    """
    words = np.empty(_BLOCK >> 2, dtype=np.uint64)
    lanes = words.view(np.uint16)
    chosen = np.empty(_BLOCK, dtype=np.uint16)
    shifts, signs = np.empty(_BLOCK, dtype=np.uint8), np.empty(_BLOCK, dtype=np.uint8)
    count = values.shape[1]
    for i in range(values.shape[0]):
        for start in range(0, count, _BLOCK):
            size = min(_BLOCK, count - start)
            used = words[: (size + 3) >> 2]
            _fill(keys[i], start, used)
            _look_up(used, factors, chosen)
            _high_bytes(lanes[:size], signs)
            clean, noisy = values[i, start : start + size], out[i, start : start + size]
            _multiply(clean, chosen, unit, shifts)
            _add_saturating(clean, shifts, signs, noisy)


@jit
def _scale(clean: Bytes, lanes: Lanes, normals: Floats, line: Floats, noisy: Bytes) -> None:
    mean, gain, spread = line[0], line[1], line[2]
    half, white, black = np.float32(0.5), np.float32(255), np.float32(0)
    for j in range(noisy.size):
        shift = spread * normals[j]
        shift = -shift if lanes[j] >> _SIGN else shift
        level = max(min(mean + gain * np.float32(clean[j]) + shift, white), black)
        noisy[j] = np.uint8(np.int32(level + half))


@jit
def scaled_normal(values: Bytes, keys: Words, cells: Floats, line: Floats, out: Bytes) -> None:
    """Replace each value x by normal(mean + gain x, spread), rounded and clipped; rows are samples.

    `cells` are the quantiles of |normal|; `line` is (mean, gain, spread) in levels.
    """
    words = np.empty(_BLOCK >> 2, dtype=np.uint64)
    lanes = words.view(np.uint16)
    normals = np.empty(_BLOCK, dtype=np.float32)
    count = values.shape[1]
    for i in range(values.shape[0]):
        for start in range(0, count, _BLOCK):
            size = min(_BLOCK, count - start)
            used = words[: (size + 3) >> 2]
            _fill(keys[i], start, used)
            _look_up(used, cells, normals)
            clean, noisy = values[i, start : start + size], out[i, start : start + size]
            _scale(clean, lanes[:size], normals, line, noisy)


@jit
def _mark(lanes: Lanes, edge: np.uint16, marks: Bytes) -> None:
    """Mark pepper (1), salt (2) and what 16 bits cannot tell (3)."""
    for j in range(lanes.size):
        u = lanes[j]
        v = np.uint16(~u)
        mark = np.uint8(0)
        mark = np.uint8(1) if u < edge else mark
        mark = np.uint8(2) if v < edge else mark
        mark = np.uint8(3) if u == edge else mark
        mark = np.uint8(3) if v == edge else mark
        marks[j] = mark


@jit
def _largest(marks: Bytes) -> np.uint8:
    largest = np.uint8(0)
    for j in range(marks.size):
        largest = max(largest, marks[j])
    return largest


@jit
def _set_marked(clean: Bytes, marks: Bytes, noisy: Bytes) -> None:
    for j in range(noisy.size):
        x = np.uint8(255) if marks[j] == np.uint8(2) else clean[j]
        noisy[j] = np.uint8(0) if marks[j] == np.uint8(1) else x


@jit
def salt_and_pepper(
    values: Bytes, keys: Words, low_keys: Words, share: np.uint64, out: Bytes
) -> None:
    """Set a value to 0 where its uniform is below `share` / 2**64, to 255 where it is as close to the top."""
    words = np.empty(_BLOCK >> 2, dtype=np.uint64)
    lanes = words.view(np.uint16)
    marks = np.empty(_BLOCK, dtype=np.uint8)
    edge = np.uint16(share >> _S48)
    count = values.shape[1]
    for i in range(values.shape[0]):
        for start in range(0, count, _BLOCK):
            size = min(_BLOCK, count - start)
            _fill(keys[i], start, words[: (size + 3) >> 2])
            _mark(lanes[:size], edge, marks)
            if _largest(marks[:size]) == np.uint8(3):
                for j in range(size):
                    u = _widen(lanes[j], low_keys[i], start + j)
                    marks[j] = np.uint8(u < share) | (np.uint8(~u < share) << np.uint8(1))
            clean, noisy = values[i, start : start + size], out[i, start : start + size]
            _set_marked(clean, marks, noisy)


@jit
def guide(thresholds: NDArray[np.uint16], out: Bytes) -> None:
    """Fill, for each clean level and each cell of the uniform, the first noisy level that it can be."""
    for level in range(LEVELS):
        noisy = 0
        for cell in range(out.shape[1]):
            while thresholds[level, noisy] < np.uint16(cell << int(_IN_CELL)):
                noisy += 1
            out[level, cell] = noisy


@jit
def resample(
    values: Bytes,
    keys: Words,
    low_keys: Words,
    below: Floats,
    thresholds: NDArray[np.uint16],
    guides: Bytes,
    out: Bytes,
) -> None:
    """Draw a noisy level for each clean level; rows are samples.

    `below[x, y]` is P(noisy level <= y | clean level x), `thresholds` its top 16 bits.
    """
    words = np.empty(_BLOCK >> 2, dtype=np.uint64)
    lanes = words.view(np.uint16)
    count = values.shape[1]
    for i in range(values.shape[0]):
        for start in range(0, count, _BLOCK):
            size = min(_BLOCK, count - start)
            _fill(keys[i], start, words[: (size + 3) >> 2])
            clean, noise = values[i, start : start + size], out[i, start : start + size]
            for j in range(size):
                u, level = lanes[j], np.uint64(clean[j])
                # Unsigned, so that no index is checked for being negative.
                noisy = np.uint64(guides[level, np.uint64(u >> _IN_CELL)])
                noisy += np.uint64(thresholds[level, noisy] < u)
                edge = thresholds[level, noisy]
                while edge < u:
                    noisy += _ONE
                    edge = thresholds[level, noisy]
                if edge == u:
                    unit = np.float64(_widen(u, low_keys[i], start + j) >> _S11) * _TO_UNIT
                    while below[level, noisy] <= unit:
                        noisy += _ONE
                noise[j] = noisy


@jit
def look_up(values: Bytes, table: Bytes, out: Bytes) -> None:
    """Replace each level by another."""
    for j in range(values.size):
        out[j] = table[values[j]]


@jit
def quantise(
    values: Bytes, steps: np.uint16, width: np.uint16, rest: np.uint16, out: Bytes
) -> None:
    """Replace each level by the nearest of steps + 1 even ones, `width` / 256 levels apart and `rest` / 256 to round.

    Products stay below 2**16; t + t / 256, without the last 8 bits, is t / 255.
    """
    for j in range(values.size):
        t = np.uint16(np.uint16(np.uint16(values[j]) * steps) + _HALF)
        step = np.uint16(np.uint16(t + np.uint16(t >> _BYTE)) >> _BYTE)
        out[j] = np.uint16(np.uint16(step * width) + rest) >> _BYTE
