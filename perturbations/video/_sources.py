"""Frames that stand at another place than their own: which frame of the clean clip is shown when."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Noisy
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


def seconds(frames: int, rate: float | None) -> dict[str, float]:
    """Return how long so many frames last, where the rate is known."""
    return {"seconds": frames / rate} if rate else {}
