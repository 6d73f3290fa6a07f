"""A metric against severity, with a simultaneous band, descriptors and verdicts."""

import importlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._answers import Answers
from noisebench.curve._answers import answers as make
from noisebench.curve._level import Level
from noisebench.curve._records import (
    Cliff,
    Estimate,
    Json,
    Knee,
    Missing,
    Monotone,
    Psychometric,
    Slope,
    Tolerance,
    Uncertainty,
    number,
    percent,
    span,
)
from noisebench.curve._sample import gather
from noisebench.curve._saved import check, frozen, match_doses, restored, saved
from noisebench.curve._shape import PROJECT, monotone
from noisebench.curve._shared import said as told
from noisebench.curve._verdict import Bounds, Verdict, decide
from noisebench.errors import DataError, PlanError
from noisebench.metrics import Metric, get_metric
from perturbations.errors import explain

Floats = NDArray[np.float64]
T = TypeVar("T")


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
    answers: Answers | None = None
    """What the answers are computed from; None in a curve read from JSON."""
    memo: dict[str, Any] = field(default_factory=dict)
    """Answers already computed."""
    counts: tuple[int, ...] | None = None
    """Samples behind each severity, where a run stopped early; `n` is then the fewest."""
    band: str = "simultaneous band"
    """What the bounds are."""
    shared: str = ""
    """What bounds know of other draws, where all samples have the same one; else empty."""
    level: Level | None = None
    """The doses over which it is compared with other noises, where they are equal; else None."""

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
        shared: bool = False,
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
            shared: whether all samples have the same draw in a replicate, as of columns that are missing in every row.

        Raises:
            DataError: scores, severities, ids or groups do not fit together.
        """
        found = get_metric(metric)
        check(confidence, bootstrap)
        known = None if chance is None or math.isnan(chance) else float(chance)
        sample = gather(
            metric=found,
            severities=severities,
            clean=clean,
            outcomes=outcomes,
            ids=ids,
            groups=groups,
        )
        sample = replace(sample, shared=shared)
        made = make(sample, chance=known, confidence=confidence, bootstrap=bootstrap, seed=seed)
        shape = monotone(made.resamples, sample.severities, made.sign, sample.n)
        low, high = made.band(project=shape.p >= PROJECT)
        return cls(
            name=name,
            metric=found.name,
            severities=sample.severities,
            estimate=frozen(made.moments.mean),
            low=frozen(low),
            high=frozen(high),
            n=sample.n,
            higher_is_better=found.higher_is_better,
            chance=known,
            confidence=confidence,
            missing=sample.missing,
            doses=match_doses(doses, len(sample.severities)),
            unit=unit,
            metric_unit=found.unit,
            reproduce=reproduce,
            ids=sample.ids,
            seed=seed,
            answers=made,
            memo={"monotone": shape},
            shared=told(sample.replicates) if shared else "",
        )

    def __repr__(self) -> str:
        first, last = number(self.estimate[0]), number(self.estimate[-1])
        title = f"{self.metric} under {self.name}" if self.name else self.metric
        return (
            f"{title}: {first} {span(self.low[0], self.high[0])} at severity 0, "
            f"{last} {span(self.low[-1], self.high[-1])} at {self.severities[-1]:g} "
            f"({percent(self.confidence)} {self.band}, n = {self._numbers()}{'; ' * bool(self.shared)}{self.shared})"
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
        return need(self, "scores").sample.per_sample()

    @property
    def area(self) -> Estimate:
        """Mean of the retained performance over the severities measured, from 0; of a calibrated audit, over equal doses."""
        if (level := self.level) is not None:
            return self._once("area", lambda known: known.retention.over(level, known.confidence))
        return self._once("area", lambda known: known.retention.area(known.confidence))

    @property
    def slope(self) -> Slope:
        """How fast the metric changes at the start, and where it changes fastest."""
        return self._once("slope", lambda known: known.slope())

    @property
    def knee(self) -> Knee:
        """Where the curve bends, if it does."""
        return self._once("knee", lambda known: known.knee())

    @property
    def cliff(self) -> Cliff:
        """The largest loss between neighbouring severities."""
        return self._once("cliff", lambda known: known.cliff())

    @property
    def psychometric(self) -> Psychometric:
        """Where half of the performance is lost, by a sigmoid through all severities, or why no sigmoid says so."""
        return self._once("psychometric", lambda known: known.psychometric())

    @property
    def uncertainty(self) -> Uncertainty:
        """How much of the band is samples, how much draws of the noise, and whether more of either would narrow it."""
        return self._once("uncertainty", lambda known: known.uncertainty(self.low, self.high))

    @property
    def monotone(self) -> Monotone:
        """Whether more noise never helps."""
        found: Monotone = self.memo["monotone"]
        return found

    def value(self, *, at: float) -> Estimate:
        """Return the metric at one severity with a pointwise interval."""
        place = self._place(at)
        return self._once(f"value|{place}", lambda known: known.value(place))

    def retained(self, *, at: float) -> Estimate:
        """Return the share of the clean performance above chance that is left at a severity."""
        place = self._place(at)
        return self._once(
            f"retained|{place}", lambda known: known.retention.at(place, known.confidence)
        )

    def drop(self, *, at: float) -> Estimate:
        """Return how much worse the metric is than on untouched data, in its own units."""
        place = self._place(at)
        return self._once(f"drop|{place}", lambda known: known.drop(place))

    def tolerance(self, *, drop: float = 0.1) -> Tolerance:
        """Return the severity at which a share of the performance above chance is lost."""
        if not 0 < drop < 1:
            hint = "0.1 asks where a tenth is lost"
            raise DataError(explain("a share between 0 and 1", "drop", drop, hint))
        return self._once(
            f"tolerance|{drop:g}", lambda known: known.retention.tolerance(drop, known.confidence)
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
            n=self.n if self.counts is None else self.counts[place],
            confidence=level,
            facts=(self._facts(place), self.missing.text, self.shared),
            worst=self.worst(at=at),
            reproduce=reproduce or self.reproduce,
        )

    def no_worse_than(
        self,
        baseline: Any,
        margin: float,
        *,
        at: float | Sequence[float] | None = None,
        confidence: float | None = None,
    ) -> Verdict:
        """Judge whether at most a margin is lost against a baseline, paired over the samples that both have.

        Args:
            baseline: the curve of the model before, or its audit, or the run directory of that.
            margin: in units of the metric.
            at: severity or severities; all by default, the clean data too.
            confidence: of the one-sided bounds; the curve's by default.
        """
        asked = {"no_worse_than": "baseline", "margin": margin, "at": at}
        return self._judged(asked, confidence, baseline)

    def no_cliff(self, *, drop: float, confidence: float | None = None) -> Verdict:
        """Judge whether no step of severity costs more than a share of the clean performance above chance."""
        return self._judged({"no_cliff": drop}, confidence)

    def tolerance_at_least(
        self,
        severity: float | None = None,
        *,
        dose: float | None = None,
        drop: float = 0.1,
        confidence: float | None = None,
    ) -> Verdict:
        """Judge whether less than a share of the performance above chance is lost up to a severity, or up to a dose."""
        wanted = severity if dose is None else {"dose": dose}
        if (severity is None) == (dose is None):
            hint = "curve.tolerance_at_least(0.4) or curve.tolerance_at_least(dose=0.18)"
            raise DataError(explain("a severity or a dose", "severity", severity, hint))
        return self._judged({"tolerance_at_least": wanted, "drop": drop}, confidence)

    def worst(self, *, at: float) -> tuple[str, ...]:
        """Return ids of samples that broke up to a severity, those that broke earliest first.

        For scores that are not 0 or 1: those whose score fell most at this severity.
        """
        place = self._place(at)
        return self._once(f"worst|{place}", lambda known: known.worst(place))

    def to_json(self) -> Json:
        """Return points, band and descriptors; not the scores of the samples."""
        return saved(self)

    @classmethod
    def from_json(cls, record: Json) -> "Curve":
        """Read what `to_json` wrote. Answers that need the scores then raise DataError."""
        return cls(**restored(record))

    def _once(self, key: str, make: Callable[[Answers], T]) -> T:
        if key not in self.memo:
            self.memo[key] = make(need(self, key.partition("|")[0]))
        found: T = self.memo[key]
        return found

    def _judged(
        self, asked: dict[str, Any], confidence: float | None, baseline: Any = None
    ) -> Verdict:
        # By name: gates know curves, not the other way round.
        gate = importlib.import_module("noisebench.gate")
        found: Verdict = gate.judge_curve(
            self, gate.Gate(**asked), baseline=baseline, confidence=confidence
        )
        return found

    def _numbers(self) -> str:
        most = self.n if self.counts is None else max(self.counts)
        return f"{self.n}" if most == self.n else f"{self.n} to {most}"

    def _place(self, at: float) -> int:
        for place, severity in enumerate(self.severities):
            if abs(severity - at) < 1e-9:
                return place
        grid = ", ".join(f"{s:g}" for s in self.severities)
        hint = "measure at that severity too, or ask for one of these"
        raise PlanError(explain(f"a severity of this curve: {grid}", "at", at, hint))

    def _bounds(self, place: int, confidence: float) -> Bounds:
        key = f"bounds|{place}|{confidence:g}"
        return Bounds(*self._once(key, lambda known: known.one_sided(place, confidence)))

    def _facts(self, place: int) -> str:
        chance = "" if self.chance is None else f", chance {number(self.chance)}"
        return (
            f"{self.metric} {number(self.estimate[0])} at severity 0, "
            f"{number(self.estimate[place])} at {self.severities[place]:g}{chance}"
        )


def need(curve: Curve, what: str) -> Answers:
    """Return what answers are computed from.

    Raises:
        DataError: the curve was read from JSON, which keeps no scores.
    """
    if curve.answers is None:
        hint = "load the audit, which keeps the scores of every sample"
        raise DataError(explain(f"per-sample scores for {what}", "curve", curve.name, hint))
    return curve.answers
