"""A clip read at other moments than those it was sampled at.

Why: shifts by fractions of a sample, drifting clocks, wow and jitter are all one thing, the value of the band-limited signal
between its samples. It is a sum over 64 neighbours weighed by a windowed sinc, from a table of 512 phases with lines
between them: exact at whole samples, and within -80 dB up to 0.9 of the Nyquist frequency.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit

Floats = NDArray[np.float64]
Clips = NDArray[np.floating[Any]]

_HALF = 32
"""Neighbours on each side."""
_PHASES = 512
_KAISER = 8.5


def _table() -> Floats:
    """Return the weights of the neighbours by phase, (phases + 1, 64); each row sums to one."""
    phase = np.arange(_PHASES + 1)[:, np.newaxis] / _PHASES
    apart = np.arange(1 - _HALF, _HALF + 1) - phase
    window = np.i0(_KAISER * np.sqrt(np.maximum(0.0, 1.0 - (apart / _HALF) ** 2)))
    weights = np.sinc(apart) * window
    weights[0], weights[-1] = np.eye(2 * _HALF)[_HALF - 1], np.eye(2 * _HALF)[_HALF]
    return np.ascontiguousarray(weights / weights.sum(axis=1, keepdims=True))


_WEIGHTS = _table()


@jit
def _weighed(x: Floats, low: Floats, high: Floats, part: float) -> float:
    """Return the sum of neighbours times weights between two rows, in four interleaved parts and a fixed order."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    for j in range(0, 2 * _HALF, 4):
        a += x[j] * (low[j] + part * (high[j] - low[j]))
        b += x[j + 1] * (low[j + 1] + part * (high[j + 1] - low[j + 1]))
        c += x[j + 2] * (low[j + 2] + part * (high[j + 2] - low[j + 2]))
        d += x[j + 3] * (low[j + 3] + part * (high[j + 3] - low[j + 3]))
    return (a + c) + (b + d)


@jit
def _surround(clip: Floats, out: Floats) -> None:
    """Write the clip into `out` with an odd reflection at both ends, so that what begins at a level does not ring."""
    last = clip.size - 1
    first, end = 2.0 * np.float64(clip[0]), 2.0 * np.float64(clip[last])
    for i in range(_HALF):
        mirrored = min(_HALF - i, last)
        out[i] = first - clip[mirrored]
        out[_HALF + clip.size + i] = end - clip[last - min(i + 1, last)]
    for i in range(clip.size):
        out[_HALF + i] = clip[i]


@jit
def _read(clip: Floats, at: Floats, weights: Floats, around: Floats, out: Floats) -> None:
    _surround(clip, around)
    for i in range(at.size):
        place = at[i]
        whole = np.int64(np.floor(place))
        if place < -0.5 or place > clip.size - 0.5:
            out[i] = 0.0
            continue
        phase = (place - whole) * _PHASES
        row = np.int64(phase)
        near = around[whole + 1 : whole + 1 + 2 * _HALF]
        out[i] = _weighed(near, weights[row], weights[row + 1], phase - row)


def read_at(clips: Clips, places: Floats) -> Clips:
    """Return clips (n, C, T) read at places (n, S) in samples, (n, C, S); what is outside of a clip is silent."""
    source = np.ascontiguousarray(clips)
    count, channels, samples = source.shape
    out = np.zeros((count, channels, places.shape[-1]), dtype=source.dtype)
    around = np.empty(samples + 2 * _HALF)
    for i in range(count if samples else 0):
        for channel in range(channels):
            _read(source[i, channel], places[i], _WEIGHTS, around, out[i, channel])
    return out
