"""A clip sampled more coarsely without a filter, and drawn again with lines."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit

Clips = NDArray[np.floating[Any]]


@jit
def _value(x: NDArray[np.float64], place: float) -> float:
    """Return what stands at a place between samples, on the line between its neighbours."""
    left = int(place)
    right = left + 1 if left + 1 < x.size else left
    return x[left] + (place - left) * (np.float64(x[right]) - x[left])


@jit
def _coarse(x: NDArray[np.float64], step: float, out: NDArray[np.float64]) -> None:
    samples, k = x.size, 0
    start, low, high = 0.0, np.float64(x[0]), _value(x, min(step, samples - 1.0))
    for i in range(samples):
        while i >= start + step:
            k += 1
            start = k * step
            low, high = high, _value(x, min(start + step, samples - 1.0))
        out[i] = low + (i - start) / step * (high - low)


def coarse(clips: Clips, share: float) -> Clips:
    """Return clips read every 1 / share samples, with lines between what was read."""
    count, channels, samples = clips.shape
    flat = np.ascontiguousarray(clips).reshape(count * channels, samples)
    out = np.empty_like(flat)
    for i in range(len(flat) if samples else 0):
        _coarse(flat[i], 1.0 / share, out[i])
    return out.reshape(clips.shape)
