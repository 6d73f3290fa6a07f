"""Frames that stand at another place than their own: which frame of the clean clip is shown when."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Noisy
from perturbations.errors import MissingFact, explain
from perturbations.video._modality import Clip

Sources = NDArray[np.int64]
"""For each frame shown, the number of the clean frame that stands there; -1 where none does."""


def shown(clip: Clip, sources: Sources, **report: Any) -> Noisy:
    """Return the clip in which these frames are shown; where there is none, the screen is black.

    The mapping is the sources themselves, so that timestamps and spans of time can follow. The report says how many
    frames are displaced, and by how much at most.
    """
    value = clip[np.maximum(sources, 0)]
    value[sources < 0] = 0
    away = np.abs(sources - np.arange(len(clip)))[sources >= 0]
    moved = {
        "displaced": int(np.count_nonzero(away)),
        "farthest": int(away.max(initial=0)),
    }
    return Noisy(value, mapping=sources, report=report | moved)


def per_second(rate: float | None) -> float | None:
    """Return the input's rate in frames per second; None where it is not known.

    Raises:
        MissingFact: what is given is no rate.
    """
    number = isinstance(rate, int | float) and not isinstance(rate, bool)
    if rate is None or (number and 0 < rate < math.inf):
        return rate
    hint = 'declare it on the input: facts={"rate": 25}, or leave it out'
    raise MissingFact(explain("the input's rate in frames per second", "rate", rate, hint))
