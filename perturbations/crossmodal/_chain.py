"""Runs of hits of geometric length, along samples or frames that follow each other."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def in_runs(
    numbers: Sequence[float], before: Sequence[int], share: float, burst: float
) -> NDArray[np.bool_]:
    """Return which are hit: a two-state chain that is nested in the share, with the share in expectation.

    A number below `enter` is hit whatever came before, one between that and `stay` if the one before it is; one that has none
    before it, below the share. Runs are of mean length `burst`, or 1 / (1 - share) where that is longer; with 1 every one is
    hit on its own.

    Args:
        numbers: one for each, uniform in [0, 1).
        before: the place of the one before it, which comes earlier; below 0 for none.
        share: of hits.
        burst: mean length of a run.
    """
    stay = max(1.0 - 1.0 / burst, share)
    enter = share * (1.0 - stay) / (1.0 - share) if share < 1 else 1.0
    hit = [False] * len(numbers)
    for place, (number, last) in enumerate(zip(numbers, before, strict=True)):
        first = last < 0
        hit[place] = number < (share if first else enter) or (
            not first and number < stay and hit[last]
        )
    return np.array(hit, dtype=np.bool_)
