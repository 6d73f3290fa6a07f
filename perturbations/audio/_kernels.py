"""White noise at an exact signal-to-noise ratio, in three passes over a clip.

Why: drawing the normal numbers is the cost of every peer. Here each 64-bit word of the counter hash gives two numbers:
the float32 image of 31 bits is the row of a table of chords of the normal quantile (256 an octave of the tail
probability; error below 1e-6 of a standard deviation, tails to 6.2), and the top bit is the sign.
"""

import math

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import bits64, jit
from perturbations._kernels import normal_quantile

_STEPS = 256
_OCTAVES = 32
_BLOCK = 512
"""Words of one block: word j of a block gives its numbers j and _BLOCK + j."""
_SUMS = 1024
"""Partial sums of a power: independent, so that they can be added side by side."""


def _chords() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the left end and the rise of the normal quantile's chords, ordered by tail probability."""
    octave, step = np.divmod(np.arange(_OCTAVES * _STEPS, dtype=np.int64), _STEPS)
    tails = (1.0 + step / _STEPS) * 2.0 ** (octave - 32)
    words = np.minimum(tails, 0.5) * 2.0**54
    values = np.where(tails < 0.5, normal_quantile(words.astype(np.uint64) << np.uint64(10)), 0.0)
    rises = np.append(np.diff(values), 0.0)
    return values.astype(np.float32), rises.astype(np.float32)


_ENDS, _RISES = _chords()


@jit
def _fill_normal(
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


@jit
def _mean_square(x: NDArray[np.float64]) -> float:
    """Average x * x in a fixed order of additions: partial sums, then their sum."""
    sums = np.zeros(_SUMS)
    for start in range(0, x.size, _SUMS):
        part = x[start : start + _SUMS]
        for j in range(part.size):
            value = np.float64(part[j])
            sums[j] += value * value
    total = 0.0
    for j in range(_SUMS):
        total += sums[j]
    return total / max(x.size, 1)


@jit
def _add_noise(
    clip: NDArray[np.float64],
    key: np.uint64,
    ratio: float,
    ends: NDArray[np.float32],
    rises: NDArray[np.float32],
    noise: NDArray[np.float32],
    out: NDArray[np.float64],
) -> float:
    """Write clip + noise of `ratio` times the clip's RMS into `out`; return the noise's RMS."""
    signal = math.sqrt(_mean_square(clip))
    if signal == 0.0:
        out[:] = clip
        return 0.0
    _fill_normal(key, ends, rises, noise)
    gain = ratio * signal / math.sqrt(_mean_square(noise))
    for i in range(clip.size):
        out[i] = clip[i] + gain * noise[i]
    return ratio * signal


def white_noise(
    clips: NDArray[np.floating], keys: NDArray[np.uint64], ratio: float
) -> tuple[NDArray[np.floating], NDArray[np.float64]]:
    """Return the clips (n, C, T) with white noise of `ratio` times their RMS, and the RMS of the noise, shape (n,)."""
    flat = np.ascontiguousarray(clips).reshape(len(clips), -1)
    out, levels = np.empty_like(flat), np.zeros(len(flat))
    noise = np.empty(flat.shape[1], dtype=np.float32)
    for i in range(len(flat) if flat.shape[1] else 0):
        levels[i] = _add_noise(flat[i], keys[i], ratio, _ENDS, _RISES, noise, out[i])
    return out.reshape(clips.shape), levels


def normals(key: np.uint64, count: int) -> NDArray[np.float32]:
    """Return the first `count` normal numbers of the stream `key`, in units of the standard deviation."""
    out = np.empty(count, dtype=np.float32)
    _fill_normal(key, _ENDS, _RISES, out)
    return out
