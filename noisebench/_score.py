"""From a model's outputs to the ledger's columns: scores, reasons of what is missing, compact predictions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench._noise import reason
from noisebench._values import Index, take
from noisebench.errors import MetricError
from noisebench.metrics import Metric

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A model's outputs on the rows of a batch that it was shown."""

    outputs: Any
    rows: Index | None
    """Rows of the batch that `outputs` is for; None means all."""
    failures: Mapping[int, str]
    """Row of the batch to why it has no output."""

    def at(self, rows: Index) -> Any:
        """Return the outputs of some rows of the batch, all of which were shown."""
        if self.rows is None and len(rows) == len(self.outputs):
            return self.outputs
        places = rows if self.rows is None else np.searchsorted(self.rows, rows)
        return take(self.outputs, places)


@dataclass(frozen=True, slots=True)
class Scored:
    """What the ledger keeps of one cell on one batch."""

    scores: Floats
    """(n, k); NaN rows are missing."""
    failures: Mapping[int, str]
    predictions: list[Any]


class Scorer:
    """Scores outputs with one or more metrics, side by side."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        self.metrics = tuple(metrics)
        self.widths: list[int] | None = None
        """Columns of each metric, known once something was scored."""

    @property
    def needs_clean(self) -> bool:
        """Whether noisy outputs are compared with clean ones."""
        return any(metric.needs_clean for metric in self.metrics)

    def score(self, n: int, found: Evaluated, targets: Any, clean: Evaluated) -> Scored:
        """Score the n samples of a batch; what cannot be scored is missing with a reason.

        Raises:
            MetricError: the metric fits none of the samples, although the model answered.
        """
        failures = dict(found.failures)
        if self.needs_clean:
            for row in clean.failures:
                failures.setdefault(row, "the clean value has no prediction to agree with")
        good = np.array([row for row in range(n) if row not in failures], dtype=np.intp)
        width = sum(self.widths) if self.widths else len(self.metrics)
        if not len(good):
            return Scored(np.full((n, width), np.nan), failures, [None] * n)
        part = self._isolated(good, found, targets, clean, failures)
        predictions = self._predictions(found.at(good))
        if len(good) == n:
            return Scored(part, failures, predictions)
        scores = np.full((n, part.shape[1]), np.nan)
        scores[good] = part
        shown: list[Any] = [None] * n
        for row, prediction in zip(good, predictions, strict=True):
            shown[row] = prediction
        return Scored(scores, failures, shown)

    def _isolated(
        self,
        good: Index,
        found: Evaluated,
        targets: Any,
        clean: Evaluated,
        failures: dict[int, str],
    ) -> Floats:
        try:
            part = self._columns(good, found, targets, clean)
        except Exception as error:  # noqa: BLE001 - a user's metric may raise anything, on one sample or on all
            part = self._one_by_one(good, found, targets, clean, failures, error)
        for place in np.flatnonzero(np.isnan(part).any(axis=1)):
            failures.setdefault(int(good[place]), "the score is not a finite number")
        return part

    def _columns(self, rows: Index, found: Evaluated, targets: Any, clean: Evaluated) -> Floats:
        outputs = found.at(rows)
        wanted = None if targets is None else take(targets, rows)
        parts = [
            metric.scores(outputs, wanted, clean.at(rows) if metric.needs_clean else None)
            for metric in self.metrics
        ]
        self.widths = [part.shape[1] for part in parts]
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def _one_by_one(
        self,
        good: Index,
        found: Evaluated,
        targets: Any,
        clean: Evaluated,
        failures: dict[int, str],
        error: Exception,
    ) -> Floats:
        scored: dict[int, Floats] = {}
        for place, row in enumerate(good):
            try:
                scored[place] = self._columns(good[place : place + 1], found, targets, clean)[0]
            except Exception as fault:  # noqa: BLE001 - as above; its sample is missing with the reason
                failures[int(row)] = f"metric: {reason(fault)}"
        if not scored:
            if isinstance(error, MetricError):
                raise error
            names = ", ".join(metric.name for metric in self.metrics)
            hint = "a metric is a function (outputs, targets) -> one score per sample, shape (n,)"
            raise MetricError(
                f"the metric {names} failed on every sample: {reason(error)}\n  {hint}"
            ) from error
        rows = np.full((len(good), len(next(iter(scored.values())))), np.nan)
        for place, values in scored.items():
            rows[place] = values
        return rows

    def _predictions(self, outputs: Any) -> list[Any]:
        try:
            return list(self.metrics[0].prediction(outputs))
        except Exception:  # noqa: BLE001 - a prediction that cannot be shown is no reason to lose its score
            return [None] * len(outputs)


def same_prediction(before: Any, after: Any) -> bool:
    """Tell whether two compact predictions say the same: equal labels or texts, numbers within 0.1 %."""
    if isinstance(before, list | tuple) and isinstance(after, list | tuple) and before and after:
        return bool(before[0] == after[0])
    if isinstance(before, float) and isinstance(after, int | float):
        return bool(np.isclose(before, after, rtol=1e-3))
    return bool(before == after)
