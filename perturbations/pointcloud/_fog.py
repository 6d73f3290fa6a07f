"""What fog answers to a pulse of light: the lidar equation of hard and soft targets.

Why tables: where the strongest answer of the fog comes from, and how strong it is, depends on the fog and on where the beam
ends, not on what is there; so both are a table over the range of the target, made once for each fog.

References: Hahner et al. 2021, "Fog simulation on real lidar point clouds for 3D object detection in adverse weather",
    equations 6 to 16; Rasshofer et al. 2011, "Influences of weather phenomena on automotive laser radar systems".
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LIGHT = 299_792_458.0
"""Metres a second."""
PULSE = 2e-8
"""Seconds: half-power width of the pulse."""
OVERLAP = (0.9, 1.0)
"""Metres at which the receiver begins to see the beam, and sees all of it."""
BACKSCATTER = 0.046
"""Backscattering coefficient of fog times its visibility, in 1/sr."""
REFLECTIVITY = 1e-6 / math.pi
"""Differential reflectivity of a hard target, as published."""
STEP = 0.1
"""Metres between the entries of a table."""
FARTHEST = 200.0
_TIMES = 201
"""Moments of the pulse that are added up."""


class Answer(NamedTuple):
    """What the fog before a target answers, by the target's range in steps of `STEP`."""

    strength: Floats
    """Of the strongest answer, in units of what the same target at 1 m gives in clear air."""
    range: Floats
    """Metres at which the strongest answer seems to be."""


def extinction(visibility: float) -> float:
    """Return the extinction coefficient in 1/m: contrast falls to 5 % over the visibility (Koschmieder)."""
    return math.log(20) / visibility


@lru_cache(maxsize=32)
def answer(visibility: float) -> Answer:
    """Return the answer of fog of a meteorological optical range in metres."""
    power = _answers(extinction(visibility))
    ranges: Floats = STEP * np.arange(len(power), dtype=np.float64)
    # A target at r leaves only the fog before it, so the strongest answer is a running maximum.
    best = np.maximum.accumulate(power)
    where = np.maximum.accumulate(np.where(power == best, np.arange(len(power)), 0))
    ratio = BACKSCATTER / visibility / REFLECTIVITY
    return Answer(ratio * best, ranges[where])


def _answers(alpha: float) -> Floats:
    """Return the integral over the pulse of what fog along the beam sends back, by range.

    I(R) = int_0^{2 tau} sin^2(pi t / 2 tau) exp(-2 alpha r) / r^2 xi(r) dt with r = R - c t / 2.
    """
    times = np.linspace(0, 2 * PULSE, _TIMES)
    pulse = np.sin(math.pi * times / (2 * PULSE)) ** 2
    ranges = STEP * np.arange(round(FARTHEST / STEP) + 1)
    total = np.zeros(len(ranges))
    weights = np.full(_TIMES, times[1])
    weights[[0, -1]] /= 2
    for weight, delay in zip((weights * pulse).tolist(), (LIGHT * times / 2).tolist(), strict=True):
        depth = np.maximum(ranges - delay, 1e-3)
        seen = np.clip((depth - OVERLAP[0]) / (OVERLAP[1] - OVERLAP[0]), 0, 1)
        total += weight * seen * np.exp(-2 * alpha * depth) / depth**2
    return total
