"""Noise added to a clip at an exact ratio of powers."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit
from perturbations.audio._kernels.normal import ENDS, RISES, fill_normal

Clips = NDArray[np.floating[Any]]

_SUMS = 1024
"""Partial sums of a power: independent, so that they can be added side by side."""


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
def _mix(
    clip: NDArray[np.float64], noise: NDArray[np.float32], level: float, out: NDArray[np.float64]
) -> float:
    """Write clip + noise into `out`, the noise scaled to an RMS of `level`; return the RMS that it has then."""
    own = math.sqrt(_mean_square(noise))
    if level == 0.0 or own == 0.0:
        out[:] = clip
        return 0.0
    gain = level / own
    for i in range(clip.size):
        out[i] = clip[i] + gain * noise[i]
    return level


@jit
def _add_white(
    clip: NDArray[np.float64],
    key: np.uint64,
    ratio: float,
    floor: float,
    ends: NDArray[np.float32],
    rises: NDArray[np.float32],
    noise: NDArray[np.float32],
    out: NDArray[np.float64],
) -> tuple[float, float]:
    own = math.sqrt(_mean_square(clip))
    level = ratio * max(own, floor)
    if level == 0.0:
        out[:] = clip
        return own, 0.0
    fill_normal(key, ends, rises, noise)
    return own, _mix(clip, noise, level, out)


class Mixed(NamedTuple):
    """Clips with noise."""

    clips: Clips
    rms: NDArray[np.float64]
    """(n,): of each clip before; NaN or infinite where a sample is."""
    noise: NDArray[np.float64]
    """(n,): RMS of the noise."""


def add_white(clips: Clips, keys: NDArray[np.uint64], ratio: float, floor: float) -> Mixed:
    """Return the clips (n, C, T) with white noise of `ratio` times their RMS.

    A clip whose RMS is below `floor` counts as if it had that.
    """
    flat = np.ascontiguousarray(clips).reshape(len(clips), -1)
    out, levels = np.empty_like(flat), np.zeros((len(flat), 2))
    noise = np.empty(flat.shape[1], dtype=np.float32)
    for i in range(len(flat) if flat.shape[1] else 0):
        levels[i] = _add_white(flat[i], keys[i], ratio, floor, ENDS, RISES, noise, out[i])
    return Mixed(out.reshape(clips.shape), levels[:, 0], levels[:, 1])


def add(
    clips: Clips, make: Callable[[int], NDArray[np.float32]], ratio: float, floor: float
) -> Mixed:
    """Return the clips (n, C, T) with a noise of their shape each, made by its row."""
    flat = np.ascontiguousarray(clips).reshape(len(clips), -1)
    out, rms, levels = np.empty_like(flat), np.zeros(len(flat)), np.zeros(len(flat))
    for i in range(len(flat) if flat.shape[1] else 0):
        rms[i] = math.sqrt(_mean_square(flat[i]))
        levels[i] = _mix(flat[i], make(i).reshape(-1), ratio * max(rms[i], floor), out[i])
    return Mixed(out.reshape(clips.shape), rms, levels)
