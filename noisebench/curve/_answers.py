"""Computes what a curve answers, from the scores of its samples."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noisebench.curve import _shape
from noisebench.curve._bands import Resamples, falling, quantile, resample
from noisebench.curve._bounds import normal
from noisebench.curve._moments import Moments, moments
from noisebench.curve._paired import unchanged
from noisebench.curve._psychometric import psychometric
from noisebench.curve._records import (
    Cliff,
    Estimate,
    Knee,
    Psychometric,
    Slope,
    Uncertainty,
    number,
    p_words,
    percent,
    span,
)
from noisebench.curve._retention import Retention
from noisebench.curve._sample import Sample
from noisebench.curve._shared import with_draws
from noisebench.curve._split import uncertainty
from noisebench.metrics import Metric

Floats = NDArray[np.float64]

WORST = 10
"""Samples named in a verdict."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """A sample with its resamples and moments, at one confidence."""

    sample: Sample
    resamples: Resamples
    moments: Moments
    confidence: float
    reference: float | None
    """What retention is measured from: chance, or the bottom of the range."""
    bootstrap: int

    @property
    def sign(self) -> int:
        """1 where a higher score is better, else -1."""
        return 1 if self.sample.metric.higher_is_better else -1

    @property
    def retention(self) -> Retention:
        """What is left of the clean performance above chance."""
        return Retention(
            self.moments, self.sample.severities, self.reference, self.sign, self.sample.n
        )

    def band(self, *, project: bool) -> tuple[Floats, Floats]:
        """Return the simultaneous band, its edges made falling where the curve looks monotone.

        An edge never moves past the estimate.
        """
        low, high = self.moments.interval(quantile(self.resamples, self.confidence))
        if project and not np.isnan([*low, *high]).any():
            low, high = (self.sign * falling(self.sign * edge) for edge in (low, high))
        return np.fmin(low, self.moments.mean), np.fmax(high, self.moments.mean)

    def value(self, place: int) -> Estimate:
        """Return the metric at one severity with a pointwise interval."""
        low, high = (edge[place] for edge in self.moments.interval(normal(self.confidence)))
        found = float(self.moments.mean[place])
        what = f"{self.sample.metric.name} {number(found)} {span(low, high)}"
        return Estimate(found, float(low), float(high), self.sample.n, self._said(what, place))

    def drop(self, place: int) -> Estimate:
        """Return how much worse the metric is than on untouched data."""
        found, low, high = self._lost(0, place, self.moments.critical(self.confidence))
        if self.moments.units < 2:
            low, high = -self.moments.width, self.moments.width
        test = unchanged(self.moments, self.sample, 0, place)
        what = f"{self.sample.metric.name} worse by {number(found)} {span(low, high)}"
        said = f"; no change: {p_words(test.p)}, {test.test}" if test.test else ""
        text = self._said(what, place, said)
        return Estimate(found, low, high, self.sample.n, text, test.p, test.test)

    def _lost(self, start: int, end: int, critical: float) -> tuple[float, float, float]:
        """Return the loss between two severities with its bounds; a gain is negative."""
        known = self.moments.contrast(start, end, critical)
        return known if self.sign > 0 else (-known[0], -known[2], -known[1])

    def slope(self) -> Slope:
        """Return how fast the metric changes."""
        p = unchanged(self.moments, self.sample, 0, 1).p
        return _shape.slope(self.moments, self.sample.severities, self.confidence, p)

    def knee(self) -> Knee:
        """Return where the curve bends."""
        return _shape.knee(self.moments, self.sample.severities, self.sign)

    def cliff(self) -> Cliff:
        """Return the largest loss between neighbours."""
        return _shape.cliff(
            self.resamples, self.moments, self.sample.severities, self.sign, self.confidence
        )

    def psychometric(self) -> Psychometric:
        """Return where half is lost by a fitted sigmoid, or why none serves."""
        return psychometric(self.sample, self.retention, self.confidence)

    def uncertainty(self, low: Floats, high: Floats) -> Uncertainty:
        """Return what the band is made of where it is widest, and what would narrow it."""
        return uncertainty(self.sample, self.moments, self.retention, low, high, self.confidence)

    def one_sided(self, place: int, confidence: float) -> tuple[float, float, float, float, str]:
        """Return value, lower and upper bound, critical value, and why they are undefined."""
        critical = self.moments.critical(2 * confidence - 1)
        reason = self.retention.undefined(self.confidence)
        if reason:
            return math.nan, math.nan, math.nan, critical, reason
        weights = np.eye(len(self.moments.mean))[place]
        return (*self.retention.bounds(weights, critical), critical, "")

    def worst(self, place: int) -> tuple[str, ...]:
        """Return ids of samples that broke up to a severity, earliest first."""
        scores = self.sign * self.sample.per_sample()
        fell = scores[0] - scores[: place + 1]
        if self.sample.binary:
            broke = fell > 0.5
            order = np.argsort(np.argmax(broke, axis=0), kind="stable")
            order = order[broke[:, order].any(axis=0)]
        else:
            order = np.argsort(-fell[place], kind="stable")
            order = order[fell[place, order] > 0]
        return tuple(self.sample.ids[i] for i in order[:WORST])

    def _said(self, what: str, place: int, more: str = "") -> str:
        where = f"at severity {self.sample.severities[place]:g}"
        return f"{what} {where} ({percent(self.confidence)} interval, n = {self.sample.n}{more})"


def answers(
    sample: Sample, *, chance: float | None, confidence: float, bootstrap: int, seed: int
) -> Answers:
    """Resample once, and keep what every answer needs."""
    drawn = resample((sample,), bootstrap=bootstrap, seed=seed)
    known = moments(sample, drawn, chance=chance)
    if sample.shared and sample.replicates > 1:
        drawn, known = with_draws(sample, drawn, known, confidence=confidence, seed=seed)
    start = reference(chance, sample.metric, binary=sample.binary)
    return Answers(sample, drawn, known, confidence, start, bootstrap)


def reference(chance: float | None, metric: Metric, *, binary: bool = True) -> float | None:
    """Return what retention is measured from: chance, else the bottom of the range; None where neither is known."""
    if chance is not None:
        return chance
    if not metric.higher_is_better:
        return None
    return 0.0 if metric.low is None and binary else metric.low
