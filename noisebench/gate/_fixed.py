"""Demands on the curves of a full run: judged by the bounds of a number of samples that was fixed in advance."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from noisebench.curve import Curve, Verdict
from noisebench.curve._answers import Answers
from noisebench.curve._bounds import ratio
from noisebench.curve._curve import need
from noisebench.curve._records import number
from noisebench.curve._verdict import POPULATION, Bounds, needed
from noisebench.gate._demand import Demand, Part
from noisebench.gate._found import FAIL, OPEN, PASS, Found, Setting, between, rejected, verdict
from noisebench.gate._paired import Pair
from noisebench.gate._wealth import ROUNDING

SET = "set"
"""The claim of a verdict about these samples under this noise, and no others."""


def judged(
    demands: Sequence[Demand],
    curves: Mapping[str, Curve],
    baselines: Mapping[int, Pair],
    *,
    confidence: float,
    claim: str = POPULATION,
) -> list[Verdict]:
    """Judge demands together, in their order.

    Args:
        demands: what is asked.
        curves: by sweep.
        baselines: place of a demand to the pair of curves, where it asks for one.
        confidence: of every bound.
        claim: `population`, or `set` for the exact values of these samples.
    """
    asked = [(k, part) for k, demand in enumerate(demands) for part in demand.parts]

    def bounds(k: int, part: Part, sure: float) -> Bounds:
        curve, pair = curves[demands[k].sweep], baselines.get(k)
        return exact(curve, part, pair) if claim == SET else one_sided(curve, part, pair, sure)

    def fails(number: int, level: float) -> bool:
        k, part = asked[number]
        return _beyond(bounds(k, part, 1 - level), part)

    failed = {asked[i] for i in rejected(fails, len(asked), 1 - confidence)}
    setting = Setting(
        claim=claim,
        about=about_set(curves) if claim == SET else "",
        parts=len(asked) if claim == POPULATION else 1,
    )
    found = []
    for k, demand in enumerate(demands):
        curve = curves[demand.sweep]
        parts = [
            _found(
                curve, part, bounds(k, part, confidence), confidence,
                failed=(k, part) in failed, pair=baselines.get(k),
            )
            for part in demand.parts
        ]  # fmt: skip
        found.append(verdict(demand, parts, setting, reproduce=curve.reproduce))
    return found


def about_set(curves: Mapping[str, Curve]) -> str:
    """Say what a claim about the test set is about."""
    n = max(curve.n for curve in curves.values())
    return f"about these {n:,} samples under this noise, all of which were evaluated"


def one_sided(curve: Curve, part: Part, pair: Pair | None, confidence: float) -> Bounds:
    """Return the value of a part with its one-sided bounds."""
    if pair is not None:
        return pair.bounds(part.severity, confidence)
    known = need(curve, "a gate")
    end = curve.severities.index(part.severity)
    if part.kind == "retained":
        return Bounds(*known.one_sided(end, confidence))
    return _step(known, curve.severities.index(part.start), end, confidence)


def exact(curve: Curve, part: Part, pair: Pair | None) -> Bounds:
    """Return the value of a part on these samples as its own bounds."""
    if pair is not None:
        value = pair.measured(part.severity)
        return Bounds(value, value, value, math.nan, "")
    known = need(curve, "a gate")
    means, reference = known.moments.mean, known.retention.reference
    over = known.sign * float(means[0] - (reference or 0.0))
    reason = "" if reference is not None else "undefined: no chance level is known for this metric"
    if reference is not None and over <= 0:
        word = "at chance" if over == 0 else "worse than chance"
        reason = f"undefined: the model is {word}"
    if reason:
        return Bounds(math.nan, math.nan, math.nan, math.nan, reason)
    end = float(means[curve.severities.index(part.severity)])
    start = float(means[curve.severities.index(part.start)]) if part.kind == "step" else end
    lost = start - end if part.kind == "step" else end - float(reference or 0.0)
    value = known.sign * lost / over
    return Bounds(value, value, value, math.nan, "")


def _step(known: Answers, start: int, end: int, confidence: float) -> Bounds:
    """Return the share of the clean performance above chance that a step costs, by Fieller's theorem."""
    critical = known.moments.critical(2 * confidence - 1)
    reason = known.retention.undefined(known.confidence)
    if reason:
        return Bounds(math.nan, math.nan, math.nan, critical, reason)
    moments, reference = known.moments, known.retention.reference or 0.0
    over = float(moments.mean[0]) - reference
    value = float(moments.mean[start] - moments.mean[end]) / over
    line = np.eye(len(moments.mean))[start] - np.eye(len(moments.mean))[end]
    centre, error = moments.centred(line)
    shared = float(moments.cov[0, start] - moments.cov[0, end])
    cov = np.array([[moments.cov[0, 0], shared], [shared, error**2]])
    low, high = ratio(np.array([over, centre]), cov, critical)
    lost = moments.most_lost(line, known.sign, critical)
    if not math.isnan(lost):
        high = max(high, lost / abs(over))
    return Bounds(value, min(low, value), max(high, value), critical, "")


def _found(
    curve: Curve, part: Part, bounds: Bounds, confidence: float, *, failed: bool, pair: Pair | None
) -> Found:
    state = FAIL if failed else PASS if _within(bounds, part) else OPEN
    place = curve.severities.index(part.severity)
    n = curve.n if pair is None else pair.ours.n
    exactly = math.isnan(bounds.critical)
    return Found(
        part=part,
        state=state,
        bounds=bounds,
        n=n,
        interval=f"n = {n}" if exactly else between(bounds, n, confidence),
        facts=(
            _facts(curve, part, place, pair),
            _unmatched(pair),
            curve.missing.text,
            curve.shared,
        ),
        needed=(None, "") if exactly else needed(bounds, part.level, n),
        worst=curve.worst(at=part.severity),
    )


def _facts(curve: Curve, part: Part, place: int, pair: Pair | None) -> str:
    """Say what the metric is at the severities that a part is about."""
    places = dict.fromkeys((0, curve.severities.index(part.start), place))
    told = ", ".join(
        f"{number(curve.estimate[i])} at {'severity ' if not i else ''}{curve.severities[i]:g}"
        for i in places
    )
    chance = "" if curve.chance is None else f", chance {number(curve.chance)}"
    before = "" if pair is None else f", baseline {number(pair.before(part.severity))}"
    return f"{curve.metric} {told}{before}{chance}"


def _unmatched(pair: Pair | None) -> str:
    if pair is None or not pair.unmatched:
        return ""
    return f"{pair.unmatched} samples are not in both, and left out"


def _within(bounds: Bounds, part: Part) -> bool:
    if bounds.reason:
        return False
    edge = bounds.high if part.at_most else bounds.low
    return part.better(edge) >= -ROUNDING


def _beyond(bounds: Bounds, part: Part) -> bool:
    if bounds.reason:
        return False
    edge = bounds.low if part.at_most else bounds.high
    return part.better(edge) < -ROUNDING
