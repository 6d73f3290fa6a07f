"""Where moments went in a clip that was read at other places than its samples."""

import numpy as np
from numpy.typing import NDArray

from perturbations._time_map import TimeMap

Floats = NDArray[np.float64]

_KNOT = 0.005
"""Seconds between the knots of a map: what wavers faster than 100 Hz moves nothing that is labelled."""


def time_map(places: Floats, rate: float) -> TimeMap | None:
    """Return the map of the only clip, whose sample i holds what stood at places[i] (in samples); None for several."""
    if len(places) != 1:
        return None
    samples = places.shape[-1]
    step = max(1, round(_KNOT * rate))
    knots = np.unique(np.append(np.arange(0, samples, step), max(samples - 1, 0)))
    knots = knots[knots < samples]
    clean = np.maximum.accumulate(places[0, knots]) / rate
    return TimeMap(clean, knots / rate, samples / rate, samples / rate)
