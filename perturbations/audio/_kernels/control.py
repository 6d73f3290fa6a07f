"""A control of the level that follows the clip."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit

Clips = NDArray[np.floating[Any]]


@jit
def _automatic(
    clip: NDArray[np.float64],
    target: float,
    most: float,
    rising: float,
    falling: float,
    out: NDArray[np.float64],
) -> None:
    wanted = target * target
    power, largest, least = wanted, most * most, 1.0 / (most * most)
    channels = clip.shape[0]
    for i in range(clip.shape[1]):
        now = 0.0
        for c in range(channels):
            now += np.float64(clip[c, i]) * clip[c, i]
        now /= channels
        power += (rising if now > power else falling) * (now - power)
        square = wanted / power if power * largest > wanted else largest
        square = square if square > least else least
        gain = math.sqrt(square)
        for c in range(channels):
            out[c, i] = clip[c, i] * gain


def automatic(clips: Clips, target: float, most: float, rise: float, fall: float) -> Clips:
    """Return clips (n, C, T) brought to a level, by a gain of at most `most` times up or down.

    Args:
        clips: the clips.
        target: amplitude that is aimed at.
        most: largest gain.
        rise: a sample's share of the time constant when the power rises.
        fall: the same when it falls.
    """
    source = np.ascontiguousarray(clips)
    out = np.empty_like(source)
    for i in range(len(source)):
        _automatic(source[i], target, most, -math.expm1(-rise), -math.expm1(-fall), out[i])
    return out
