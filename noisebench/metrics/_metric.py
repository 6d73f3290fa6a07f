"""What a metric is: per-sample rows, the statistics whose mean decides it, and its direction.

Why: a curve resamples samples, so every metric must be a function of a mean over samples. Corpus
metrics (F1, WER, calibration error) are kept as counts per sample and never as a mean of ratios.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench.errors import MetricError
from noisebench.metrics._outputs import array, size
from perturbations.errors import explain

Floats = NDArray[np.float64]
"""Float64 array; NaN means missing."""

Scorer = Callable[[Any, Any], Floats]
"""Outputs and what they are compared with (targets, or clean outputs) to (n, k) rows."""


def identity(scores: Floats) -> Floats:
    """Return the rows themselves: their mean is the value."""
    return scores


def first(means: Floats) -> Floats:
    """Return the mean of the first column."""
    return np.asarray(means, dtype=np.float64)[..., 0]


def first_column(scores: Floats) -> Floats:
    """Return the first column as the sample's own score."""
    return scores[:, 0]


@dataclass(frozen=True, slots=True)
class Metric:
    """A named measure of how well outputs fit, with direction, range and chance level."""

    name: str
    score: Scorer
    unit: str = ""
    higher_is_better: bool = True
    low: float | None = None
    """Smallest possible value; None where there is none."""
    high: float | None = None
    """Largest possible value; None where there is none."""
    binary: bool | None = False
    """Every sample scores 0 or 1; None lets a curve decide from the scores."""
    needs_targets: bool = True
    needs_clean: bool = False
    expand: Callable[[Floats], Floats] = identity
    """(n, k) rows to (n, K) statistics."""
    combine: Callable[[Floats], Floats] = first
    """(..., K) means of the statistics to (...) values."""
    constant: Callable[[Any], float] | None = None
    """Targets to the value of the best constant predictor."""
    failure: Callable[[Floats], Floats] | None = None
    """A row of each sample that did work, to the row that a failure of the sample counts as."""
    single: Callable[[Floats], Floats] = first_column
    """(n, k) rows to one number per sample, in the metric's direction."""
    show: Callable[[Any], list[Any]] | None = None
    """Outputs to a compact list for the ledger."""
    assumed: bool = False
    """Whether nobody said that a higher score is better: the metric is a bare function."""

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        better = "higher" if self.higher_is_better else "lower"
        low = "-inf" if self.low is None else f"{self.low:g}"
        high = "inf" if self.high is None else f"{self.high:g}"
        unit = f" {self.unit}" if self.unit else ""
        return f"Metric({self.name}: {low} to {high}{unit}, {better} is better)"

    def scores(self, outputs: Any, targets: Any = None, clean_outputs: Any = None) -> Floats:
        """Score every sample: (n, k) rows, a row with NaN where the output is missing.

        Raises:
            MetricError: outputs do not fit the metric, or targets are missing or of another length.
        """
        against = self._against(targets, clean_outputs)
        if against is not None and size(outputs) != size(against):
            raise MetricError(
                explain(
                    f"as many outputs as samples for {self.name}: {size(against)}",
                    "outputs",
                    size(outputs),
                    "predict must return one row per sample, in order",
                )
            )
        rows = np.asarray(self.score(outputs, against), dtype=np.float64)
        return self._rows(rows, size(outputs))

    def _against(self, targets: Any, clean_outputs: Any) -> Any:
        if self.needs_clean and clean_outputs is None:
            raise MetricError(
                explain(
                    f"the clean outputs for {self.name}",
                    "clean_outputs",
                    None,
                    "give scores(outputs, clean_outputs=predictions on the untouched data)",
                )
            )
        if self.needs_targets and targets is None:
            raise MetricError(
                explain(
                    f"targets for {self.name}",
                    "targets",
                    None,
                    'without targets use the metric "agreement", which compares with the '
                    "clean prediction",
                )
            )
        return clean_outputs if self.needs_clean else targets

    def _rows(self, rows: Floats, n: int) -> Floats:
        if rows.ndim == 1:
            rows = rows[:, None]
        if rows.ndim != 2 or len(rows) != n:
            raise MetricError(
                explain(
                    f"one score per sample from the metric {self.name}: shape ({n},)",
                    "scores",
                    rows,
                    "a metric returns a score for each sample, not their mean",
                )
            )
        return np.where(np.isinf(rows), np.nan, rows)

    def statistics(self, scores: Floats) -> Floats:
        """Return (n, K) statistics whose mean over samples determines the value."""
        return self.expand(scores)

    def value(self, mean_statistics: Floats) -> Floats:
        """Return the metric for means (..., K) of the statistics."""
        return self.combine(mean_statistics)

    def of(self, scores: Floats) -> float:
        """Return the metric over all rows that are not missing; NaN when none are left."""
        kept = scores[~np.isnan(scores).any(axis=1)]
        if not len(kept):
            return float("nan")
        return float(self.value(self.statistics(kept).mean(axis=0)))

    def chance(self, targets: Any) -> float | None:
        """Return the value of the best constant predictor; None where that means nothing.

        For a metric that needs clean outputs, give those instead of targets.
        """
        if self.constant is None or targets is None or size(targets) == 0:
            return None
        return float(self.constant(targets))

    def prediction(self, outputs: Any) -> list[Any]:
        """Return a compact form of each output: (label, top probability), a text or a number."""
        return self.show(outputs) if self.show is not None else array(outputs, "outputs").tolist()

    def per_sample(self, scores: Floats) -> Floats:
        """Return one number per sample, in the metric's direction."""
        return self.single(scores)

    def worst(self, like: Floats) -> Floats:
        """Return the rows that failures count as; NaN where the metric has no worst value.

        Args:
            like: for each failed sample, one of its rows that is not missing, or NaN.
        """
        if self.failure is not None:
            return self.failure(like)
        bound = self.low if self.higher_is_better else self.high
        return np.full_like(like, np.nan if bound is None else bound)
