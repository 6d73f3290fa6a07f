"""A control of the level that follows the clip."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit

Clips = NDArray[np.floating[Any]]

_QUIETEST = 1e-30
"""Power below which a follower does not fall, so that it has a logarithm."""


class Control(NamedTuple):
    """How a level is controlled."""

    target: float
    """Amplitude that is aimed at."""
    strength: float
    """Share of what lacks to it, in dB, that is made up for."""
    most: float
    """Largest gain, up or down, in dB."""
    average: float
    """Share of a change that the mean power takes up in a sample."""
    rise: float
    """Share of a rise of that mean in power that the follower takes up in a sample."""
    fall: float
    block: int
    """Samples for which the gain goes on a line."""


@jit
def _gain(power: float, target: float, strength: float, most: float) -> float:
    wanted = strength * 10.0 * math.log10(target * target / max(power, _QUIETEST))
    return math.pow(10.0, min(max(wanted, -most), most) / 20.0)


@jit
def _automatic(
    clip: NDArray[np.float64],
    target: float,
    strength: float,
    most: float,
    average: float,
    rise: float,
    fall: float,
    block: int,
    out: NDArray[np.float64],
) -> None:
    mean, power, gain = target * target, target * target, 1.0
    channels, samples = clip.shape
    for start in range(0, samples, block):
        stop = min(start + block, samples)
        for i in range(start, stop):
            now = 0.0
            for c in range(channels):
                now += np.float64(clip[c, i]) * clip[c, i]
            mean += average * (now / channels - mean)
            power += (rise if mean > power else fall) * (mean - power)
        after = _gain(power, target, strength, most)
        step = (after - gain) / block
        for c in range(channels):
            for i in range(start, stop):
                out[c, i] = clip[c, i] * (gain + step * (i - start + 1))
        gain = after


def automatic(clips: Clips, control: Control) -> Clips:
    """Return clips (n, C, T) brought towards a level."""
    source = np.ascontiguousarray(clips)
    out = np.empty_like(source)
    for i in range(len(source)):
        _automatic(source[i], *control, out[i])
    return out
