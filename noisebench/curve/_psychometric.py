"""Where half of the performance is lost, by a sigmoid through the curve, or why no sigmoid says so.

Why refuse: a fit through points that it does not fit, or to a place that was not measured, is a number that nobody saw.
"""

import math

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._paired import unchanged
from noisebench.curve._records import Psychometric, number, p_words, percent, span
from noisebench.curve._retention import Retention
from noisebench.curve._sample import Sample
from noisebench.curve._sigmoid import Problem, Sigmoid, fit, variance_of

Floats = NDArray[np.float64]

SURE = 0.05
"""Below this p-value of its misfit a sigmoid does not fit, and below it, over all severities, something is lost."""

FEWEST = 20
"""Samples or groups below which the errors of a fit mean little."""

LEVELS = 4
"""Severities that a fit needs."""

ON_THE_WAY = (0.05, 0.95)
"""Shares left between which a severity tells how steeply the curve falls; two such are needed."""


def psychometric(sample: Sample, retention: Retention, confidence: float) -> Psychometric:
    """Fit a sigmoid, with its floor at chance if that serves and free if not, or say why none serves."""
    reason = _beforehand(sample, retention, confidence)
    if reason:
        return refused(reason, math.nan, sample.n)
    every = _fitted(retention, guessed=True)
    guessed = every[0].p >= SURE
    if not guessed and len(retention.severities) > LEVELS + 1:
        every = _fitted(retention, guessed=False)
    reason = _afterwards(every[0], retention)
    if reason:
        return refused(reason, every[0].p, sample.n)
    serving = [each for each in every if each.p >= SURE]
    return _answer(serving, retention, confidence, guessed=guessed)


def _beforehand(sample: Sample, retention: Retention, confidence: float) -> str:
    """Say why a fit would mean nothing, before one is made; empty where it may."""
    known, severities = retention.moments, retention.severities
    if reason := retention.undefined(confidence):
        return reason.removeprefix("undefined: ")
    if len(severities) <= LEVELS:
        return f"fewer than {LEVELS} severities"
    if known.units < FEWEST:
        units = "samples" if sample.groups is None else "groups"
        return f"fewer than {FEWEST} {units}"
    lost = retention.sign * (known.mean[0] - known.mean)
    chances = [unchanged(known, sample, 0, i).p for i in range(1, len(lost)) if lost[i] > 0]
    if min(chances, default=1.0) * (len(lost) - 1) >= SURE:
        return f"flat: nothing is surely lost up to severity {severities[-1]:g}"
    return ""


def _fitted(retention: Retention, *, guessed: bool) -> list[Sigmoid]:
    known, sign = retention.moments, retention.sign
    with np.errstate(divide="ignore"):
        at = np.log(np.asarray(retention.severities))
    worst, best = sorted((sign * known.low, sign * known.high))
    floor = None if not guessed or retention.reference is None else sign * retention.reference
    problem = Problem(at, sign * known.mean, known.cov, worst, best, floor, known.units - 1)
    return fit(problem, variance_of(known, sign))


def _afterwards(found: Sigmoid, retention: Retention) -> str:
    """Say why a fit does not serve; empty where it does."""
    severities = np.asarray(retention.severities)
    first, last = float(severities[1]), float(severities[-1])
    threshold = math.exp(found.a)
    if not found.p >= SURE:
        return f"no sigmoid fits (misfit {p_words(found.p)}): the points say more"
    if threshold > last:
        return f"less than half is lost up to severity {last:g}, beyond which nothing was measured"
    if threshold < first:
        return f"half is lost before severity {first:g}, the mildest measured"
    left = (found.at(severities) - found.floor) / (found.top - found.floor)
    on = (left > ON_THE_WAY[0]) & (left < ON_THE_WAY[1])
    if on.sum() < 2:
        start, end = severities[severities <= threshold][-1], severities[severities > threshold]
        until = float(end[0]) if len(end) else last
        return f"it falls within one step, near severity {start:g} to {until:g}: measure between"
    return ""


def refused(reason: str, p: float, n: int) -> Psychometric:
    """Return that there is no fit, and why."""
    nan = math.nan
    return Psychometric(
        "", nan, nan, nan, nan, nan, nan, nan, nan, False, p, n, f"no fit: {reason}"
    )


def _answer(
    serving: list[Sigmoid], retention: Retention, confidence: float, *, guessed: bool
) -> Psychometric:
    """Return what the best shape says, with intervals that hold for every shape that serves."""
    critical, last, best = (
        retention.moments.critical(confidence),
        retention.severities[-1],
        serving[0],
    )
    places = [_ends(each.a, critical * each.a_error) for each in serving]
    slopes = [_ends(math.log(each.slope), critical * each.b_error) for each in serving]
    low, high = min(each[0] for each in places), max(each[1] for each in places)
    steep = min(each[0] for each in slopes), max(each[1] for each in slopes)
    floor, top = retention.sign * best.floor, retention.sign * best.top
    levels = "" if guessed else ", where it levels off,"
    ends = f"[{number(low)}, {number(high) if high <= last else f'> {last:g}'}]"
    text = (
        f"half of the way from {number(top)} to {number(floor)}{levels} is lost at severity "
        f"{number(math.exp(best.a))} {ends}, and there {number(best.slope)} {span(*steep)} of it per e-fold of severity "
        f"({best.shape.name} fit, misfit {p_words(best.p)}, {percent(confidence)} interval, n = {retention.n})"
    )
    return Psychometric(
        best.shape.name, math.exp(best.a), low, high if high <= last else math.inf, best.slope, *steep,
        top, floor, guessed, best.p, retention.n, text,
    )  # fmt: skip


def _ends(centre: float, half: float) -> tuple[float, float]:
    return math.exp(centre - half), math.exp(min(centre + half, 50.0))
