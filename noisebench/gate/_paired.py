"""How much worse a model is than a baseline on the same samples, with one-sided bounds.

For 0/1 scores the bounds are score bounds: those of Wald let through a model that is exactly at the margin 6 to 8 times in 100
where 5 are claimed (n = 518 and 200, margin 0.05); these 4 to 5 times.

References: Tango 1998.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from noisebench.curve import Curve
from noisebench.curve._bands import Resamples, resample
from noisebench.curve._bounds import normal, widen
from noisebench.curve._curve import need
from noisebench.curve._difference import side_by_side
from noisebench.curve._sample import Sample
from noisebench.curve._verdict import Bounds
from noisebench.errors import DataError, PlanError
from perturbations.errors import explain

Floats = NDArray[np.float64]

BOOTSTRAP = 2000
"""Resamples behind the bounds of what is no pair of single 0/1 scores."""


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A curve and its baseline's on the samples that both have."""

    ours: Sample
    theirs: Sample
    sign: int
    unmatched: int
    memo: dict[str, Resamples] = field(default_factory=dict)
    """The resamples, once they are needed."""

    def bounds(self, severity: float, confidence: float) -> Bounds:
        """Return by how much ours is worse at a severity, in units of the metric."""
        one, two = (sample.severities.index(severity) for sample in (self.ours, self.theirs))
        critical = normal(2 * confidence - 1)
        if self._plain(one, two):
            worse = self.sign * (self._scores(self.theirs, two) - self._scores(self.ours, one))
            counts = int((worse > 0).sum()), int((worse < 0).sum()), len(worse)
            low, high = score_bounds(*counts, critical)
            return Bounds((counts[0] - counts[1]) / counts[2], low, high, critical, "")
        return self._resampled(one, two, critical)

    def before(self, severity: float) -> float:
        """Return the baseline's value at a severity on these samples."""
        return _value(self.theirs, severity)

    def measured(self, severity: float) -> float:
        """Return by how much ours is worse at a severity on these samples."""
        return self.sign * (self.before(severity) - _value(self.ours, severity))

    def _plain(self, one: int, two: int) -> bool:
        single = len(self.ours.scores[one]) == len(self.theirs.scores[two]) == 1
        binary = self.ours.binary and self.theirs.binary
        return single and binary and self.ours.groups is None

    def _scores(self, sample: Sample, place: int) -> Floats:
        return sample.scores[place][0, :, 0]

    def _resampled(self, one: int, two: int, critical: float) -> Bounds:
        if "drawn" not in self.memo:
            self.memo["drawn"] = resample((self.ours, self.theirs), bootstrap=BOOTSTRAP, seed=0)
        drawn = self.memo["drawn"]
        known, first = side_by_side(self.ours, self.theirs, drawn), len(self.ours.severities)
        half = widen(critical, known.degrees)
        value, low, high = (
            bound if self.sign > 0 else -bound for bound in known.contrast(first + two, one, half)
        )
        if drawn.units < 2:
            reason = "undefined: an interval needs at least 2 samples"
            return Bounds(value, math.nan, math.nan, critical, reason)
        return Bounds(value, min(low, high), max(low, high), critical, "")


def pair(ours: Curve, theirs: Curve) -> Pair:
    """Put two curves side by side.

    Raises:
        DataError: they have another metric, no sample in common, or no scores.
        PlanError: the baseline lacks a severity.
    """
    if ours.metric != theirs.metric:
        hint = "compare in one metric"
        raise DataError(explain(f"a baseline in {ours.metric}", "metric", theirs.metric, hint))
    missing = [s for s in ours.severities if s not in theirs.severities]
    if missing:
        hint = "measure the baseline on the same grid of severities"
        lacking = ", ".join(f"{s:g}" for s in missing)
        raise PlanError(
            explain(f"a baseline at severity {lacking}", "baseline", list(theirs.severities), hint)
        )
    one, two = need(ours, "a baseline").sample, need(theirs, "a baseline").sample
    place = {name: i for i, name in enumerate(two.ids)}
    left = [i for i, name in enumerate(one.ids) if name in place]
    if not left:
        hint = "use the same data set"
        raise DataError(explain("samples in common with the baseline", "ids", two.ids[:3], hint))
    right = [place[one.ids[i]] for i in left]
    return Pair(
        one.take(np.array(left)),
        two.take(np.array(right)),
        1 if ours.higher_is_better else -1,
        one.n + two.n - 2 * len(left),
    )


def _value(sample: Sample, severity: float) -> float:
    rows = sample.statistics(sample.severities.index(severity))
    return float(sample.metric.value(rows.mean(axis=0)))


def score_bounds(lost: int, won: int, n: int, critical: float) -> tuple[float, float]:
    """Return Tango's bounds of (lost - won) / n, by bisection of his score statistic.

    Args:
        lost: pairs of which only the first is right.
        won: pairs of which only the second is right.
        n: pairs.
        critical: one-sided normal quantile.
    """
    found = (lost - won) / n
    high = _root(lambda d: _score(lost, won, n, d) + critical, found, 1.0)
    low = _root(lambda d: critical - _score(lost, won, n, d), found, -1.0)
    return low, high


def _score(lost: int, won: int, n: int, gap: float) -> float:
    """Return the score statistic of the hypothesis that the true difference is `gap`."""
    linear = (2 * n - lost + won) * gap - lost - won
    rest = -won * gap * (1 - gap)
    recovers = (math.sqrt(max(linear**2 - 8 * n * rest, 0.0)) - linear) / (4 * n)
    variance = n * (2 * recovers + gap * (1 - gap))
    return (lost - won - n * gap) / math.sqrt(variance) if variance > 0 else 0.0


def _root(excess: Callable[[float], float], inner: float, outer: float) -> float:
    """Return where a function that is positive inside becomes negative on the way out."""
    for _ in range(60):
        middle = (inner + outer) / 2
        inner, outer = (middle, outer) if excess(middle) > 0 else (inner, middle)
    return outer
