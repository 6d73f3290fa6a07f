"""What a group action costs, taken apart: what it takes out of the input, and what the model only does not see.

total = A(x) - A(g x) = [A(x) - A(g' g x)] + [A(g' g x) - A(g x)], where g' undoes g. The value that was moved and put back has
lost what rounding, interpolation and the edge of the frame take, and looks as it should: the first bracket is information
lost, the second is what a model would spare that is invariant, or is shown its input put right. Where an action takes nothing
out, g' g x is x, and all of the loss is missing invariance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._answers import Answers, answers
from noisebench.curve._bands import quantile
from noisebench.curve._bounds import widen
from noisebench.curve._records import Estimate, number, percent, span
from noisebench.curve._sample import Sample, joined_levels
from noisebench.modalities._grid import paired

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Split:
    """The loss at one size of an action; lost and missing add up to the total."""

    total: Estimate
    lost: Estimate
    """What is gone from the input."""
    missing: Estimate
    """What invariance would spare."""

    def row(self) -> dict[str, Any]:
        """Return plain data."""
        found: dict[str, Any] = {}
        for name, each in (
            ("loss", self.total), ("information_lost", self.lost), ("invariance_missing", self.missing),
        ):  # fmt: skip
            found |= {name: each.value, f"{name}_low": each.low, f"{name}_high": each.high}
        return found | {"n": self.total.n}


def splits(
    acted: Sample,
    undone: Sample | None,
    *,
    chance: float | None,
    confidence: float,
    bootstrap: int,
    seed: int,
) -> tuple[Split, ...] | str:
    """Return the split at every size, with intervals that hold at once; or why there is none.

    Args:
        acted: scores under the action.
        undone: scores of what was put back, at the same sizes; None where nothing is lost by it.
        chance: value of the best constant predictor.
        confidence: of the intervals.
        bootstrap: number of resamples.
        seed: of the resampling.
    """
    pair = paired([acted] if undone is None else [acted, undone])
    joined = joined_levels(pair)
    known = answers(joined, chance=chance, confidence=confidence, bootstrap=bootstrap, seed=seed)
    why = known.retention.undefined(confidence)
    if known.moments.units < 2:
        return "an interval needs at least 2 samples or groups"
    if why.endswith("chance"):
        return f"{why.removeprefix('undefined: ')} on clean data, so there is no loss to take apart"
    count = len(acted.severities) - 1
    contrasts = [(start, end) for k in range(count) for start, end in _ends(k, count, undone)]
    critical = _critical(known, contrasts, confidence)
    found = [_estimate(known, start, end, critical) for start, end in contrasts]
    return tuple(Split(*found[3 * k : 3 * k + 3]) for k in range(count))


def _ends(k: int, count: int, undone: Sample | None) -> tuple[tuple[int, int], ...]:
    """Return the places of total, lost and missing at one size."""
    acted, back = 1 + k, 0 if undone is None else 1 + count + k
    return (0, acted), (0, back), (back, acted)


def _critical(known: Answers, contrasts: Sequence[tuple[int, int]], confidence: float) -> float:
    lines = np.eye(len(known.moments.mean))
    moving = [lines[start] - lines[end] for start, end in contrasts if start != end]
    critical = quantile(known.resamples, confidence, linear=np.stack(moving, axis=1))
    return widen(critical, known.moments.degrees)


def _estimate(known: Answers, start: int, end: int, critical: float) -> Estimate:
    value, low, high = known.moments.contrast(start, end, critical)
    if known.sign < 0:
        value, low, high = -value, -high, -low
    value, low, high = (each + 0.0 for each in (value, low, high))
    said = f"{percent(known.confidence)} simultaneous interval, n = {known.sample.n}"
    return Estimate(value, low, high, known.sample.n, f"{number(value)} {span(low, high)} ({said})")
