"""The survival view of a sweep: at which severity every sample breaks, known up to a step of the grid.

A sample breaks where it is wrong for the first time, or, where scores are no 0 and 1, where it has lost half of what it
had above the worst score. Broken between two severities it is interval-censored; never broken, right-censored at the end.
Samples that are wrong without noise have nothing to break, and are left out.

Why: the mean of the breaking severity is the area under the curve of samples that are left, and its ranks need no dose that
two noises share. Where samples recover under more noise, the view does not hold; the share of that is told.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._sample import Sample
from noisebench.metrics import Metric
from noisebench.metrics._metric import first, first_column

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LOST = 0.5
"""Share of its score above the worst that a sample must lose to count as broken (our choice)."""

RECOVERED = 0.02
"""Mean share of samples that have recovered, above which the first break says too little."""

_TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Breaking:
    """When each of some samples breaks under one noise."""

    name: str
    severities: tuple[float, ...]
    broken: Bools
    """(severities, draws, n)"""
    deterministic: bool
    """Whether another draw would be the same."""
    inputs: tuple[str, ...] = ()

    @property
    def draws(self) -> int:
        """How often the noise was drawn."""
        return int(self.broken.shape[1])

    @cached_property
    def each(self) -> Floats:
        """(draws, n): breaking severity, the middle of the step in which it lies; the last severity where it is never reached."""
        grid = np.array([0.0, *self.severities])
        middles = np.append((grid[1:] + grid[:-1]) / 2, grid[-1])
        first_step = np.argmax(self.broken, axis=0)
        return np.asarray(middles[np.where(self.broken.any(axis=0), first_step, len(grid) - 1)])

    @cached_property
    def severity(self) -> Floats:
        """(n,): breaking severity, the mean over draws."""
        return np.asarray(self.each.mean(axis=0))

    @cached_property
    def kept(self) -> Floats:
        """(severities,): share of samples that are not broken at a severity."""
        return np.asarray(1.0 - self.broken.mean(axis=(1, 2)))

    @property
    def never(self) -> float:
        """Share of samples that never break on the grid."""
        return float(1.0 - self.broken.any(axis=0).mean())

    @property
    def recovered(self) -> float:
        """Share of samples that are not broken though they were at a milder severity, the mean over severities."""
        before = np.logical_or.accumulate(self.broken, axis=0)
        return float((before & ~self.broken).mean())

    def take(self, rows: NDArray[np.intp]) -> "Breaking":
        """Return some of the samples."""
        part = self.broken[:, :, rows]
        return Breaking(self.name, self.severities, part, self.deterministic, self.inputs)


def unfit(metric: Metric) -> str:
    """Say why a metric has no score of a single sample; empty where it has."""
    own = metric.single is not first_column or metric.combine is first
    if metric.name == "ece" or not own:
        return f"{metric.name} is of many samples together, so no single sample can break"
    return ""


def unbounded(metric: Metric) -> str:
    """Say that a metric has no worst score."""
    way = "lower" if metric.higher_is_better else "upper"
    return (
        f"{metric.name} has no {way} bound, so half of a score means nothing; score it with a declared bound: "
        f"Metric(..., {'low' if metric.higher_is_better else 'high'}=...)"
    )


def broken_in(sample: Sample) -> tuple[Bools, Bools] | None:
    """Return which samples are broken, (severities, draws, n), and which have something to break, (n,).

    None where the worst score is not known.
    """
    metric = sample.metric
    sign = 1.0 if metric.higher_is_better else -1.0
    clean = sign * _single(sample, 0)[0]
    worst = sign * _worst(sample)
    if not np.isfinite(worst).all():
        return None
    limit = worst + (1 - LOST) * (clean - worst)
    levels = range(1, len(sample.severities))
    scores = [sign * _single(sample, level) for level in levels]
    draws = max(len(each) for each in scores)
    broken = np.stack([np.broadcast_to(s <= limit + _TINY, (draws, sample.n)) for s in scores])
    return broken, clean > worst + _TINY


def _single(sample: Sample, level: int) -> Floats:
    rows = sample.scores[level]
    flat = sample.metric.per_sample(rows.reshape(-1, rows.shape[2]))
    return np.asarray(flat.reshape(rows.shape[:2]), dtype=np.float64)


def _worst(sample: Sample) -> Floats:
    """Return what each sample would score at worst; NaN where that is not known."""
    metric = sample.metric
    rows = metric.worst(sample.scores[0][0])
    if sample.binary and np.isnan(rows).any():
        return np.full(sample.n, 0.0 if metric.higher_is_better else 1.0)
    return np.asarray(metric.per_sample(rows), dtype=np.float64)
