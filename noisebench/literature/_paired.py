"""Reads sweeps of one or several audits on the samples that all of them have, and resamples them together.

Why: a summary number compares conditions, and often models, on the same samples; a resample is therefore the same for all.
"""

import fnmatch
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._bands import Resamples, resample
from noisebench.curve._bounds import normal
from noisebench.curve._curve import need
from noisebench.curve._moments import Moments, moments
from noisebench.curve._retention import Retention
from noisebench.curve._sample import Sample
from noisebench.errors import MetricError
from noisebench.metrics import Metric
from perturbations.errors import did_you_mean, explain

if TYPE_CHECKING:
    from noisebench._audit import Audit

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One curve with what it becomes when samples are drawn again."""

    estimate: Floats
    """(levels,), the clean one first."""
    draws: Floats
    """(resamples, levels)"""
    sample: Sample | None = None
    """The scores; None for a curve that was given as numbers."""


@dataclass(frozen=True, slots=True)
class Paired:
    """Curves on the same samples."""

    curves: tuple[Drawn, ...]
    units: int
    confidence: float

    @property
    def sample(self) -> Sample:
        """The first curve's scores."""
        found = self.curves[0].sample
        assert found is not None
        return found

    @property
    def metric(self) -> Metric:
        """What was scored."""
        return self.sample.metric

    def interval(
        self, value: float, draws: Floats, *, low: float | None, high: float | None
    ) -> tuple[float, float, float]:
        """Return a number that was made of the curves, with its interval within a range."""
        metric = replace(self.metric, low=low, high=high)
        one = replace(self.sample, metric=metric, binary=False)
        made = moments(one, Resamples(np.array([value]), draws[:, None], self.units), chance=None)
        least, most = (float(edge[0]) for edge in made.interval(normal(self.confidence)))
        return value, float(np.fmin(least, value)), float(np.fmax(most, value))

    def moments(self, drawn: Resamples) -> Moments:
        """Return what is known of means of the curves' points, in the metric's own range."""
        return moments(replace(self.sample, binary=False), drawn, chance=None)

    def floor(self, chance: float | None) -> float | None:
        """Return what a share of the performance is measured from: chance, else the bottom of a score's range."""
        if chance is not None or not self.metric.higher_is_better:
            return chance
        return self.metric.low

    def retention(self, chance: float | None) -> Retention:
        """Return what the first curve keeps of its clean performance."""
        return self._retention(self.curves[0], self.sample, chance)

    def at_chance(self, chance: float | None, curve: Drawn | None = None) -> str:
        """Say why a share of a curve's clean performance means nothing, by default of the first; empty where it does."""
        shown = self.curves[0] if curve is None else curve
        if shown.sample is not None:
            return self._retention(shown, shown.sample, chance).undefined(self.confidence)
        floor, clean = self.floor(chance), float(shown.estimate[0])
        if floor is None:
            return "undefined: no chance level is known for this metric"
        above = clean - floor if self.metric.higher_is_better else floor - clean
        return "" if above > 0 else "undefined: the model is at chance"

    def _retention(self, curve: Drawn, sample: Sample, chance: float | None) -> Retention:
        drawn = Resamples(curve.estimate, curve.draws, self.units)
        known = moments(sample, drawn, chance=chance)
        sign = 1 if self.metric.higher_is_better else -1
        return Retention(known, sample.severities, self.floor(chance), sign, sample.n)


def paired(samples: Sequence[Sample], audit: "Audit") -> Paired:
    """Resample curves together, on the ids that all of them have.

    Raises:
        MetricError: they have none in common.
    """
    together = aligned(samples)
    config = audit.header["config"]
    drawn = resample(
        together, bootstrap=config["bootstrap"], seed=int(audit.header["plan"]["seed"])
    )
    ends = np.cumsum([len(each.severities) for each in together])[:-1]
    parts = zip(np.split(drawn.estimate, ends), np.split(drawn.draws, ends, axis=1), strict=True)
    curves = tuple(Drawn(*part, each) for part, each in zip(parts, together, strict=True))
    return Paired(curves, drawn.units, config["confidence"])


def aligned(samples: Sequence[Sample]) -> tuple[Sample, ...]:
    """Return the samples on the ids that all have, in the order of the first.

    Raises:
        MetricError: there are none.
    """
    common = set(samples[0].ids).intersection(*(each.ids for each in samples[1:]))
    if not common:
        hint = "audit both models on the same data set"
        raise MetricError(explain("samples in common", "ids", list(samples[0].ids[:3]), hint))
    order = [name for name in samples[0].ids if name in common]
    return tuple(_ordered(each, order) for each in samples)


def _ordered(sample: Sample, order: Sequence[str]) -> Sample:
    if list(sample.ids) == list(order):
        return sample
    place = {name: i for i, name in enumerate(sample.ids)}
    return sample.take(np.array([place[name] for name in order]))


def scores_of(audit: "Audit", sweep: str, metric: str) -> Sample:
    """Return the scores behind a sweep's curve."""
    return need(audit.curve(sweep, metric=metric), "a summary").sample


def plain_sweeps(audit: "Audit") -> dict[str, tuple[float, ...]]:
    """Return the sweeps of one noise whose severity varies and that have a curve, with their severities."""
    return {
        known["sweep"]: tuple(known["severities"])
        for known in audit.header["sweeps"]
        if len(known["parts"]) == 1
        and not known.get("reference")
        and known["parts"][0]["at"] is None
        and known["sweep"] in audit.curves
    }


def matching(known: Mapping[str, Any], patterns: Iterable[str]) -> list[str]:
    """Return the sweeps that names or patterns mean, each once.

    Raises:
        MetricError: one of them means none.
    """
    found: dict[str, None] = {}
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        fitting = fnmatch.filter(known, pattern)
        if not fitting:
            hint = did_you_mean(pattern, known)
            raise MetricError(explain("a noise of this audit", "sweeps", pattern, hint))
        found |= dict.fromkeys(fitting)
    return list(found)


def metric_of(audit: "Audit", name: str | None) -> Metric:
    """Return one of the audit's metrics; the first by default.

    Raises:
        MetricError: it was not scored.
    """
    known = {metric.name: metric for metric in audit.metrics}
    wanted = next(iter(known)) if name is None else name
    if wanted not in known:
        hint = did_you_mean(wanted, known)
        raise MetricError(explain("a metric of this audit", "metric", wanted, hint))
    return known[wanted]


def called(audit: "Audit | None", otherwise: str) -> str:
    """Return what an audit is called in a sentence."""
    return str((audit and audit.header.get("name")) or otherwise)


def width(metric: Metric) -> float:
    """Return how far apart the ends of a metric's range are; infinite where one is open."""
    if metric.low is None or metric.high is None:
        return math.inf
    return metric.high - metric.low
