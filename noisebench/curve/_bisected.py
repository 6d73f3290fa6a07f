"""The curve of samples that were followed to where they break, corrected by a few that were measured at every severity.

Why: a sample that breaks once and stays broken needs a few severities, not all of them. Where some come back, what following
them claims is too good. The samples of the check were drawn at random and measured everywhere: the mean of what is wrong about
them corrects the curve, and how much it varies widens the band (two-phase sampling, a difference estimator). What a check of
m samples cannot have shown is allowed for by one sample that it missed each way.

References: Cochran 1977 (double sampling); Särndal, Swensson and Wretman 1992 (difference estimator); Agresti and Min 2005
(pseudo-samples of paired proportions).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._answers import Answers, reference
from noisebench.curve._bands import quantile
from noisebench.curve._curve import Curve, need
from noisebench.curve._moments import moments
from noisebench.curve._records import Estimate, number, percent, span
from noisebench.curve._saved import frozen
from noisebench.curve._shape import PROJECT
from noisebench.metrics import Metric

Floats = NDArray[np.float64]
Index = NDArray[np.intp]

BAND = "simultaneous band that allows for what bisection left out"

MISSED = 2.0
"""Samples that the check may have missed: one that is worse than following it said, and one that is better."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """What is known of the samples of a sweep."""

    clean: Floats
    """(n,): 0 or 1."""
    outcomes: Floats
    """(levels, replicates, n): 0 or 1, as they follow from where each sample broke."""
    checked: Index
    """Places of the samples that were measured at every severity."""
    measured: Floats
    """(levels, replicates, checked)."""

    @property
    def scores(self) -> Floats:
        """Return (levels, replicates, n): the outcomes, those of the check corrected in the name of all.

        Their mean is that of the outcomes and the mean correction; their variance is that of both together.
        """
        found = self.outcomes.copy()
        weight = len(self.clean) / max(len(self.checked), 1)
        found[:, :, self.checked] += weight * (self.measured - found[:, :, self.checked])
        return found


def bisected_curve(
    followed: Followed,
    metric: Metric,
    *,
    severities: Sequence[float],
    groups: Sequence[Any] | None = None,
    chance: float | None = None,
    seed: int = 0,
    **options: Any,
) -> Curve:
    """Make a curve of samples that were followed.

    Args:
        followed: what is known of them.
        metric: whose scores are 0 or 1.
        severities: ascending, in (0, 1].
        groups: samples that belong together.
        chance: value of the best constant answer.
        seed: of the resampling.
        options: others of `Curve.from_outcomes`.
    """
    # Corrections are larger than 1, so that no bound of the range holds for a single sample.
    open_ = replace(metric, low=None, high=None, binary=False)
    plain = Curve.from_outcomes(
        severities=severities, clean=followed.clean, outcomes=followed.scores, metric=open_,
        groups=groups, chance=chance, seed=seed, **options,
    )  # fmt: skip
    made = _allowing(need(plain, "a band"), followed, groups, metric, chance, seed)
    low, high = _band(made, project=plain.monotone.p >= PROJECT)
    exact = _clean(followed, metric, groups, seed, options)
    low[0], high[0] = (ends[0] for ends in exact.moments.interval(_critical(made)))
    curve = replace(
        plain,
        estimate=frozen(np.clip(plain.estimate, 0.0, 1.0)),
        low=frozen(np.clip(low, 0.0, 1.0)),
        high=frozen(np.clip(high, 0.0, 1.0)),
        answers=made,
        band=BAND,
    )
    values = {f"value|{place}": _value(made, place) for place in range(1, len(low))}
    curve.memo.update(values | {"value|0": exact.value(0)})
    return curve


def _critical(made: Answers) -> float:
    return quantile(made.resamples, made.confidence)


def _clean(
    followed: Followed,
    metric: Metric,
    groups: Sequence[Any] | None,
    seed: int,
    options: dict[str, Any],
) -> Answers:
    """Return the answers about clean values, which all samples have."""
    kept = {name: options[name] for name in ("confidence", "bootstrap") if name in options}
    only = Curve.from_outcomes(
        severities=[1.0], clean=followed.clean, outcomes=followed.clean[None], metric=metric,
        groups=groups, seed=seed, **kept,
    )  # fmt: skip
    return need(only, "a value")


def _value(made: Answers, place: int) -> Estimate:
    """Return the value at a severity with its interval, as far as it lies in the range."""
    plain = made.value(place)
    found, low, high = (min(max(end, 0.0), 1.0) for end in (plain.value, plain.low, plain.high))
    name, where = made.sample.metric.name, f"at severity {made.sample.severities[place]:g}"
    sure = f"({percent(made.confidence)} interval, n = {plain.n})"
    text = f"{name} {number(found)} {span(low, high)} {where} {sure}"
    return replace(plain, value=found, low=low, high=high, text=text)


def _band(made: Answers, *, project: bool) -> tuple[Floats, Floats]:
    """Return the band, no edge of which is moved out by making it fall: the clean value is known better than the others."""
    low, high = made.band(project=False)
    if project:
        falls = made.band(project=True)
        low, high = np.maximum(low, falls[0]), np.minimum(high, falls[1])
    return low, high


def _allowing(
    known: Answers,
    followed: Followed,
    groups: Sequence[Any] | None,
    metric: Metric,
    chance: float | None,
    seed: int,
) -> Answers:
    """Return the answers with room for what the check may have missed, the same at every severity."""
    if len(followed.checked) == len(followed.clean):
        units = math.inf
    elif groups is None:
        units = len(followed.checked)
    else:
        units = len({str(groups[i]) for i in followed.checked})
    draws = known.resamples.draws.copy()
    missed = np.random.default_rng(seed).normal(size=(len(draws), 1))
    draws[:, 1:] += math.sqrt(MISSED) / max(units, 1) * missed
    drawn = replace(known.resamples, draws=draws)
    return replace(
        known,
        resamples=drawn,
        moments=moments(known.sample, drawn, chance=chance),
        reference=reference(chance, metric),
    )
