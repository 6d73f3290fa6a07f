"""Scores as goodness in [0, 1], which bets need: what they risk is bounded by the range of the metric."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noisebench.errors import MetricError
from noisebench.metrics import Metric, direction
from noisebench.metrics._metric import first, identity
from perturbations.errors import explain

Floats = NDArray[np.float64]

SLACK = 1e-9
"""How far outside its range a score may lie by rounding."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The range of a metric, and which end is good."""

    metric: str
    low: float
    high: float
    higher_is_better: bool
    shares: bool = False
    """Whether every score must be 0 or 1: what is kept is then measured from 0, as a full run does."""

    @property
    def unit(self) -> float:
        """Goodness per unit of the metric."""
        return 1 / (self.high - self.low)

    def goodness(self, scores: Floats) -> Floats:
        """Return goodness in [0, 1]; NaN stays.

        Raises:
            MetricError: a score lies outside the range.
        """
        if (
            self.shares
            and (uneven := scores[~np.isnan(scores) & (scores != 0) & (scores != 1)]).size
        ):
            hint = (
                "other scores of a function have no known chance level: gate on no_worse_than, or give "
                "nb.Metric(name, function, low=0, high=1); what was measured is kept"
            )
            known = f"scores of 0 or 1 from {self.metric}, to stop early"
            raise MetricError(explain(known, "score", float(uneven[0]), hint))
        share = (scores - self.low) * self.unit
        outside = (share < -SLACK) | (share > 1 + SLACK)
        if outside.any():
            hint = "declare bounds that hold for every sample; what was measured is kept"
            worst = float(scores[outside][0])
            raise MetricError(
                explain(
                    f"scores between the bounds {self.low:g} and {self.high:g} of {self.metric}",
                    "score",
                    worst,
                    hint,
                )
            )
        share = np.clip(share, 0.0, 1.0)
        return share if self.higher_is_better else 1 - share

    def score(self, goodness: float) -> float:
        """Return the score of a goodness."""
        share = goodness if self.higher_is_better else 1 - goodness
        return self.low + share * (self.high - self.low)


def scale_of(metric: Metric, bounds: Sequence[float] | None) -> Scale:
    """Return the scale of a metric.

    Raises:
        MetricError: its value is no mean over samples, or nothing bounds it.
    """
    if metric.expand is not identity or metric.combine is not first:
        hint = "run it in full (budget=None), or gate on a metric whose value is a mean over samples, such as accuracy"
        raise MetricError(
            explain("a mean of scores per sample, to stop early", "metric", metric.name, hint)
        )
    if bounds is None:
        low, high = metric.low, metric.high
    else:
        low, high = _pair(bounds)
    if low is None or high is None:
        hint = (
            "declare the range that holds for every sample, such as bounds=(0, 10), or run it in full (budget=None)"
            f"{direction(metric)}"
        )
        known = f"{metric.name} from {'-inf' if low is None else low} to {'inf' if high is None else high}"
        raise MetricError(explain("bounded scores, to stop early", "metric", known, hint))
    ends = float(low), float(high)
    shares = metric.binary is None and metric.low is None and ends == (0.0, 1.0)
    return Scale(metric.name, *ends, metric.higher_is_better, shares=shares)


def _pair(bounds: Sequence[float]) -> tuple[float, float]:
    try:
        low, high = (float(end) for end in bounds)
    except (TypeError, ValueError):
        low = high = np.nan
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        hint = "the least and the largest score that a sample can have"
        raise MetricError(explain("two numbers, the first smaller", "bounds", bounds, hint))
    return low, high
