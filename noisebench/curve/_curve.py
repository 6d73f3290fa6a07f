"""A metric against severity, with a simultaneous band, descriptors and verdicts."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from noisebench.curve import _shape
from noisebench.curve._bands import Resamples, falling, normal, quantile, resample
from noisebench.curve._moments import Moments, moments
from noisebench.curve._records import (
    Cliff,
    Estimate,
    Json,
    Knee,
    Missing,
    Monotone,
    Slope,
    Tolerance,
    number,
    pack,
    percent,
    span,
    unpack,
)
from noisebench.curve._retention import Retention
from noisebench.curve._sample import Sample, gather
from noisebench.curve._verdict import Bounds, Verdict, decide
from noisebench.errors import DataError, PlanError
from noisebench.metrics import Metric, get_metric
from perturbations.errors import explain

Floats = NDArray[np.float64]
T = TypeVar("T")

WORST = 10
"""Samples named in a verdict."""

DROPS = (0.05, 0.1, 0.2, 0.5)
"""Shares of loss whose tolerance is saved with a curve."""


@dataclass(frozen=True, slots=True, eq=False)
class _Paired:
    """What the answers are computed from; absent in a curve read from JSON."""

    sample: Sample
    resamples: Resamples
    moments: Moments
    bootstrap: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Curve:
    """A metric at severity 0 and above, with bounds that hold for all severities at once."""

    name: str
    metric: str
    severities: tuple[float, ...]
    """Ascending; the first is 0, the clean pass."""
    estimate: Floats
    low: Floats
    high: Floats
    n: int
    """Samples behind every point."""
    higher_is_better: bool
    chance: float | None
    """Value of the best constant predictor; None where unknown or meaningless."""
    confidence: float
    missing: Missing
    doses: tuple[Any, ...] | None = None
    """One per severity, None at 0; None where a condition has no dose."""
    unit: str = ""
    """Of the dose."""
    metric_unit: str = ""
    reproduce: str = ""
    """The line that makes this curve again."""
    ids: tuple[str, ...] = ()
    seed: int = 0
    reference: float | None = None
    """What retention is measured from: chance, or the bottom of the range."""
    _paired: _Paired | None = None
    _memo: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_outcomes(
        cls,
        *,
        severities: Sequence[float],
        clean: Any,
        outcomes: Any,
        metric: str | Metric | Callable[..., Any] = "accuracy",
        name: str = "",
        groups: Sequence[Any] | None = None,
        ids: Sequence[Any] | None = None,
        chance: float | None = None,
        confidence: float = 0.95,
        bootstrap: int = 2000,
        seed: int = 0,
        doses: Sequence[Any] | None = None,
        unit: str = "",
        reproduce: str = "",
    ) -> "Curve":
        """Make a curve of per-sample scores.

        Args:
            severities: ascending, in (0, 1]; the clean pass is added as severity 0.
            clean: scores (n,) or (n, k) on the untouched data.
            outcomes: (levels, n[, k]) or (levels, replicates, n[, k]); NaN is a missing output.
            metric: what the scores are scores of.
            name: of the condition.
            groups: samples that belong together (speaker, patient, scene) and are resampled together.
            ids: of the samples.
            chance: the metric of the best constant predictor; see `Metric.chance`.
            confidence: of the band and of every interval.
            bootstrap: number of resamples.
            seed: of the resampling.
            doses: one per severity, with or without one for severity 0.
            unit: of the dose.
            reproduce: the line that makes these scores again.

        Raises:
            DataError: scores, severities, ids or groups do not fit together.
        """
        found = get_metric(metric)
        _check(confidence, bootstrap)
        sample = gather(
            metric=found, severities=severities, clean=clean, outcomes=outcomes,
            ids=ids, groups=groups,
        )  # fmt: skip
        drawn = resample((sample,), bootstrap=bootstrap, seed=seed)
        paired = _Paired(sample, drawn, moments(sample, drawn, chance=chance), bootstrap)
        sign = 1 if found.higher_is_better else -1
        shape = _shape.monotone(drawn, sample.severities, sign, sample.n)
        low, high = _band(paired, confidence, sign, project=shape.p >= _shape.PROJECT)
        return cls(
            name=name,
            metric=found.name,
            severities=sample.severities,
            estimate=_frozen(paired.moments.mean),
            low=_frozen(low),
            high=_frozen(high),
            n=sample.n,
            higher_is_better=found.higher_is_better,
            chance=None if chance is None or math.isnan(chance) else float(chance),
            confidence=confidence,
            missing=sample.missing,
            doses=_doses(doses, len(sample.severities)),
            unit=unit,
            metric_unit=found.unit,
            reproduce=reproduce,
            ids=sample.ids,
            seed=seed,
            reference=_reference(chance, sample),
            _paired=paired,
            _memo={"monotone": shape},
        )

    def __repr__(self) -> str:
        first, last = number(self.estimate[0]), number(self.estimate[-1])
        title = f"{self.metric} under {self.name}" if self.name else self.metric
        return (
            f"{title}: {first} {span(self.low[0], self.high[0])} at severity 0, "
            f"{last} {span(self.low[-1], self.high[-1])} at {self.severities[-1]:g} "
            f"({percent(self.confidence)} simultaneous band, n = {self.n})"
        )

    def __len__(self) -> int:
        return len(self.severities)

    @property
    def clean(self) -> Estimate:
        """The value on untouched data with a pointwise interval."""
        return self.value(at=0.0)

    @property
    def scores(self) -> Floats:
        """(levels, n): one number per sample and severity, averaged over replicates."""
        return self._need("scores").sample.per_sample()

    @property
    def area(self) -> Estimate:
        """Mean of the retained performance over the severities measured, from 0."""
        return self._once("area", lambda: self._retention().area(self.confidence))

    @property
    def slope(self) -> Slope:
        """How fast the metric changes at the start, and where it changes fastest."""
        return self._once(
            "slope",
            lambda: _shape.slope(self._need("slope").moments, self.severities, self.confidence),
        )

    @property
    def knee(self) -> Knee:
        """Where the curve bends, if it does."""
        return self._once(
            "knee", lambda: _shape.knee(self._need("knee").moments, self.severities, self._sign)
        )

    @property
    def cliff(self) -> Cliff:
        """The largest loss between neighbouring severities."""
        return self._once("cliff", self._cliff)

    @property
    def monotone(self) -> Monotone:
        """Whether more noise never helps."""
        found: Monotone = self._memo["monotone"]
        return found

    def value(self, *, at: float) -> Estimate:
        """Return the metric at one severity with a pointwise interval."""
        place = self._place(at)
        return self._once(f"value|{place}", lambda: self._value(place))

    def retained(self, *, at: float) -> Estimate:
        """Return the share of the clean performance above chance that is left at a severity."""
        place = self._place(at)
        return self._once(f"retained|{place}", lambda: self._retention().at(place, self.confidence))

    def drop(self, *, at: float) -> Estimate:
        """Return how much worse the metric is than on untouched data, in its own units."""
        place = self._place(at)
        return self._once(f"drop|{place}", lambda: self._drop(place))

    def tolerance(self, *, drop: float = 0.1) -> Tolerance:
        """Return the severity at which a share of the performance above chance is lost."""
        if not 0 < drop < 1:
            hint = "0.1 asks where a tenth is lost"
            raise DataError(explain("a share between 0 and 1", "drop", drop, hint))
        return self._once(
            f"tolerance|{drop:g}", lambda: self._retention().tolerance(drop, self.confidence)
        )

    def retains(
        self,
        share: float,
        *,
        at: float,
        confidence: float | None = None,
        reproduce: str = "",
    ) -> Verdict:
        """Judge whether at least a share of the performance above chance is left at a severity.

        Passes when the one-sided lower bound reaches the share, fails when the upper bound is below
        it, and is inconclusive, hence false, in between.
        """
        if not 0 < share <= 1:
            hint = "0.9 asks for nine tenths of the clean performance above chance"
            raise DataError(explain("a share between 0 and 1", "share", share, hint))
        place = self._place(at)
        level = self.confidence if confidence is None else confidence
        return decide(
            self._bounds(place, level),
            name=self.name,
            threshold=share,
            at=self.severities[place],
            n=self.n,
            confidence=level,
            facts=(self._facts(place), self.missing.text),
            worst=self.worst(at=at),
            reproduce=reproduce or self.reproduce,
        )

    def worst(self, *, at: float) -> tuple[str, ...]:
        """Return ids of samples that broke up to a severity, those that broke earliest first.

        For scores that are not 0 or 1: those whose score fell most at this severity.
        """
        place = self._place(at)
        return self._once(f"worst|{place}", lambda: self._worst(place))

    def to_json(self) -> Json:
        """Return points, band and descriptors; not the scores of the samples."""
        if self._paired is not None:
            self._fill()
        names = ("name", "metric", "severities", "n", "higher_is_better", "chance", "confidence",
                 "missing", "doses", "unit", "metric_unit", "reproduce", "ids", "seed",
                 "reference")  # fmt: skip
        plain = {key: pack(getattr(self, key)) for key in names}
        arrays = {key: pack(getattr(self, key).tolist()) for key in ("estimate", "low", "high")}
        return {**plain, **arrays, "answers": pack(self._memo)}

    @classmethod
    def from_json(cls, record: Json) -> "Curve":
        """Read what `to_json` wrote. Answers that need the scores then raise DataError."""
        values = dict(record)
        memo = {key: unpack(value) for key, value in values.pop("answers").items()}
        for key in ("estimate", "low", "high"):
            values[key] = _frozen(np.array([unpack(v) for v in values[key]], dtype=np.float64))
        for key in ("severities", "ids"):
            values[key] = tuple(values[key])
        values["missing"] = unpack(values["missing"])
        values["doses"] = None if values["doses"] is None else tuple(values["doses"])
        return cls(**values, _memo=memo)

    @property
    def _sign(self) -> int:
        return 1 if self.higher_is_better else -1

    def _once(self, key: str, make: Callable[[], T]) -> T:
        if key not in self._memo:
            self._memo[key] = make()
        found: T = self._memo[key]
        return found

    def _need(self, what: str) -> _Paired:
        if self._paired is None:
            hint = "load the audit, which keeps the scores of every sample"
            raise DataError(explain(f"per-sample scores for {what}", "curve", self.name, hint))
        return self._paired

    def _place(self, at: float) -> int:
        for place, severity in enumerate(self.severities):
            if abs(severity - at) < 1e-9:
                return place
        grid = ", ".join(f"{s:g}" for s in self.severities)
        hint = "measure at that severity too, or ask for one of these"
        raise PlanError(explain(f"a severity of this curve: {grid}", "at", at, hint))

    def _retention(self) -> Retention:
        paired = self._need("retention")
        return Retention(paired.moments, self.severities, self.reference, self._sign, self.n)

    def _value(self, place: int) -> Estimate:
        low, high = self._need("value").moments.interval(normal(self.confidence))
        value = float(self.estimate[place])
        text = (
            f"{self.metric} {number(value)} {span(low[place], high[place])} at severity "
            f"{self.severities[place]:g} ({percent(self.confidence)} interval, n = {self.n})"
        )
        return Estimate(value, float(low[place]), float(high[place]), self.n, text)

    def _drop(self, place: int) -> Estimate:
        found = self._need("drop").moments
        value = float(self._sign * (self.estimate[0] - self.estimate[place]))
        centre, error = found.contrast(0, place)
        half = found.critical(self.confidence) * (error if place else 0.0)
        if found.units < 2:
            half = math.nan
        low = min(self._sign * centre - half, value) if place else value
        high = max(self._sign * centre + half, value) if place else value
        text = (
            f"{self.metric} worse by {number(value)} {span(low, high)} at severity "
            f"{self.severities[place]:g} ({percent(self.confidence)} interval, n = {self.n})"
        )
        return Estimate(value, low, high, self.n, text)

    def _cliff(self) -> Cliff:
        paired = self._need("cliff")
        return _shape.cliff(
            paired.resamples, paired.moments, self.severities, self._sign, self.confidence
        )

    def _bounds(self, place: int, confidence: float) -> Bounds:
        key = f"bounds|{place}|{confidence:g}"
        return Bounds(*self._once(key, lambda: self._one_sided(place, confidence)))

    def _one_sided(self, place: int, confidence: float) -> tuple[float, float, float, float, str]:
        retention = self._retention()
        reason = retention.undefined(self.confidence)
        critical = retention.moments.critical(2 * confidence - 1)
        if reason:
            return math.nan, math.nan, math.nan, critical, reason
        return (*retention.bounds(np.eye(len(self))[place], critical), critical, "")

    def _facts(self, place: int) -> str:
        chance = "" if self.chance is None else f", chance {number(self.chance)}"
        return (
            f"{self.metric} {number(self.estimate[0])} at severity 0, "
            f"{number(self.estimate[place])} at {self.severities[place]:g}{chance}"
        )

    def _worst(self, place: int) -> tuple[str, ...]:
        paired = self._need("worst samples")
        scores = self._sign * self.scores
        fell = scores[0] - scores[: place + 1]
        if paired.sample.binary:
            broke = fell > 0.5
            order = np.lexsort([np.arange(self.n), np.argmax(broke, axis=0)])
            return tuple(self.ids[i] for i in order if broke[:, i].any())[:WORST]
        order = np.argsort(-fell[place], kind="stable")[:WORST]
        return tuple(self.ids[i] for i in order if fell[place, i] > 0)

    def _fill(self) -> None:
        """Compute every answer that is saved with the curve."""
        for severity in self.severities:
            self.value(at=severity), self.retained(at=severity), self.drop(at=severity)
            self.retains(0.9, at=severity)
        for drop in DROPS:
            self.tolerance(drop=drop)
        _ = self.area, self.slope, self.knee, self.cliff


def _check(confidence: float, bootstrap: int) -> None:
    if not 0.5 < confidence < 1:
        raise DataError(explain("a number between 0.5 and 1", "confidence", confidence, "use 0.95"))
    if bootstrap < 100:
        raise DataError(explain("at least 100 resamples", "bootstrap", bootstrap, "use 2000"))


def _frozen(values: Floats) -> Floats:
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


def _doses(doses: Sequence[Any] | None, levels: int) -> tuple[Any, ...] | None:
    if doses is None:
        return None
    if len(doses) not in (levels, levels - 1):
        hint = "one per severity"
        raise DataError(explain(f"{levels - 1} doses", "doses", list(doses), hint))
    return tuple(doses) if len(doses) == levels else (None, *doses)


def _reference(chance: float | None, sample: Sample) -> float | None:
    """Return what retention is measured from."""
    if chance is not None and not math.isnan(chance):
        return float(chance)
    if not sample.metric.higher_is_better:
        return None
    if sample.metric.low is None and sample.binary:
        return 0.0
    return sample.metric.low


def _band(paired: _Paired, confidence: float, sign: int, *, project: bool) -> tuple[Floats, Floats]:
    """Return the simultaneous band, projected to falling edges where the curve looks monotone."""
    low, high = paired.moments.interval(quantile(paired.resamples, confidence))
    if project and not np.isnan([*low, *high]).any():
        low, high = (sign * falling(sign * edge) for edge in (low, high))
    return np.minimum(low, paired.moments.mean), np.maximum(high, paired.moments.mean)
