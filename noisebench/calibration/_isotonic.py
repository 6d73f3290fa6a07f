"""A dose as it was measured along severities, made a rising line that can be read backwards.

Why: a mean over a few samples need not rise at every step although the noise does. Where it rises but for such steps the
least-squares rising fit is taken; where it does not, the largest dose so far, and the noise is said not to be dose-monotone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MONOTONE = 0.9
"""Kendall's tau from which a dose counts as one that rises with severity."""

RESOLUTION = 0.005
"""Differences below this share of the range count as none: half of what the inverse is allowed to miss."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A rising line through measured doses."""

    severities: Floats
    """Ascending from 0."""
    values: Floats
    """Never falling."""
    tau: float
    """Kendall's tau of the measured doses along severities; NaN where they are all the same."""

    @property
    def monotone(self) -> bool:
        """Whether the measured doses rise with severity."""
        return self.tau >= MONOTONE

    @property
    def range(self) -> float:
        """Difference of the largest and the smallest finite dose."""
        finite = self.values[np.isfinite(self.values)]
        return float(finite.max() - finite.min()) if len(finite) else 0.0

    def bracket(self, dose: float) -> tuple[int, int] | None:
        """Return the neighbours on the grid between which the line first reaches a dose; None where it never does."""
        reached = np.flatnonzero(self.values >= dose)
        if not len(reached):
            return None
        right = max(int(reached[0]), 1)
        return right - 1, right


def fit(severities: Sequence[float], doses: Sequence[float]) -> Fit:
    """Fit a rising line to doses measured along ascending severities; the first may be minus infinite."""
    values = np.asarray(doses, dtype=np.float64)
    tau = kendall(values)
    line = rising(values) if tau >= MONOTONE else np.maximum.accumulate(values)
    return Fit(np.asarray(severities, dtype=np.float64), line, tau)


def kendall(values: Floats) -> float:
    """Return the share of pairs that rise minus those that fall, of the pairs that differ; NaN where none does.

    A dose that has reached its end stays there: pairs that hardly differ are left out rather than counted as
    falls.
    """
    finite = values[np.isfinite(values)]
    width = float(np.ptp(finite)) if len(finite) else 0.0
    first, second = np.triu_indices(len(values), 1)
    with np.errstate(invalid="ignore"):
        steps = values[second] - values[first]
    steps = steps[~np.isnan(steps)]
    signs = np.sign(steps[np.abs(steps) > RESOLUTION * width]) if width > 0 else steps[:0]
    return float(signs.mean()) if len(signs) else math.nan


def rising(values: Floats) -> Floats:
    """Return the nearest never-falling values in least squares; an infinite first one stays."""
    from scipy.optimize import isotonic_regression

    found = values.copy()
    there = np.isfinite(values)
    found[there] = isotonic_regression(values[there]).x
    return found
