"""The shape of a curve: monotone or not, its slope, knee and cliff."""

import math

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._bands import Resamples, falling, quantile
from noisebench.curve._bounds import TINY, widen
from noisebench.curve._moments import Moments
from noisebench.curve._records import Cliff, Knee, Monotone, Slope, number, percent, span

Floats = NDArray[np.float64]

SURE = 0.05
"""Below this p-value a curve is called not monotone."""

PROJECT = 0.2
"""Bands are projected only above this p-value: real curves often rise, and a projected band that is
wrong costs more than a slightly wider one."""

BEND = 6.0
"""Smallest difference of BIC for which a bend is believed."""


def monotone(resamples: Resamples, severities: tuple[float, ...], sign: int, n: int) -> Monotone:
    """Test whether the curve only gets worse: sup distance to its isotonic fit, bootstrapped."""
    value, draws = sign * resamples.estimate, sign * resamples.draws
    fit = falling(value)
    distance = float(np.abs(value - fit).max())
    null = draws - value + fit
    far = np.abs(null - falling(null)).max(axis=1)
    p = 1.0 if distance < TINY else float((1 + (far >= distance - TINY).sum()) / (1 + len(far)))
    helps = _helps(resamples, severities, sign)
    holds = p >= SURE and not helps
    if holds:
        text = f"more noise never helps, as far as {n} samples can tell (p = {p:.2g})"
    else:
        where = ", ".join(f"{s:g}" for s in helps)
        better = f"; better at severity {where} than at a milder one" if helps else ""
        text = f"not monotone (p = {p:.2g}, largest rise {number(_rise(value))}){better}"
    return Monotone(holds, distance, p, helps, text)


def _rise(value: Floats) -> float:
    return float((value - np.minimum.accumulate(value)).max())


def _helps(resamples: Resamples, severities: tuple[float, ...], sign: int) -> tuple[float, ...]:
    """Return severities that are significantly better than a milder one, over all pairs at once."""
    count = len(severities)
    mild, strong = np.triu_indices(count, 1)
    contrasts = np.zeros((count, len(mild)))
    contrasts[strong, np.arange(len(mild))] = sign
    contrasts[mild, np.arange(len(mild))] = -sign
    gain = resamples.estimate @ contrasts
    error = (resamples.draws @ contrasts).std(axis=0)
    critical = quantile(resamples, 1 - SURE, linear=contrasts)
    better = (error > TINY) & (gain > critical * error)
    return tuple(severities[place] for place in sorted(set(strong[better].tolist())))


def slope(moments: Moments, severities: tuple[float, ...], confidence: float, p: float) -> Slope:
    """Return the change of the metric per unit of severity, at the start and where steepest.

    The interval and the p-value are of the first step; for the largest step with its interval ask
    for the cliff.
    """
    widths = np.diff(severities)
    steps = np.diff(moments.mean) / widths
    place = int(np.argmax(np.abs(steps)))
    first, low, high = (
        bound / float(widths[0]) for bound in moments.contrast(1, 0, moments.critical(confidence))
    )
    text = (
        f"changes by {number(first)} {span(low, high)} per unit of severity at the start "
        f"({percent(confidence)} interval); steepest {number(steps[place])} from severity "
        f"{severities[place]:g} to {severities[place + 1]:g}"
    )
    return Slope(
        first, low, high, float(steps[place]), severities[place], severities[place + 1], p, text
    )


def cliff(
    resamples: Resamples,
    moments: Moments,
    severities: tuple[float, ...],
    sign: int,
    confidence: float,
) -> Cliff:
    """Return the largest loss between neighbours; its interval holds for all steps at once."""
    count = len(severities)
    steps = sign * (np.eye(count)[:, :-1] - np.eye(count)[:, 1:])
    loss = resamples.estimate @ steps
    place = int(np.argmax(loss))
    critical = widen(quantile(resamples, confidence, linear=steps), moments.degrees)
    _, low, high = moments.contrast(place, place + 1, critical)
    low, high = (low, high) if sign > 0 else (-high, -low)
    p = _largest(resamples, moments, steps, place)
    start, end = severities[place], severities[place + 1]
    text = (
        f"largest loss {number(loss[place])} {span(low, high)} from severity {start:g} to {end:g} "
        f"({percent(confidence)}, allowing for the choice; p = {p:.2g})"
    )
    if loss[place] <= 0:
        text = "no step down"
    return Cliff(start, end, float(loss[place]), low, high, p, text)


def _largest(resamples: Resamples, moments: Moments, steps: Floats, place: int) -> float:
    """Return how often no real step at all would show one as large as this, in standard errors."""
    centre, least = moments.centred(steps[:, place])
    came = centre / least if least > 0 else math.inf * centre
    draws = resamples.draws @ steps
    error = draws.std(axis=0)
    moving = error > TINY
    t = np.zeros((len(draws), 1))
    if moving.any():
        t = (draws - resamples.estimate @ steps)[:, moving] / error[moving]
    found = (1 + (t.max(axis=1) >= came).sum()) / (1 + len(t))
    return float(max(found, 0.5 ** (resamples.units - 1)))


def knee(moments: Moments, severities: tuple[float, ...], sign: int) -> Knee:
    """Return where the isotonic fit is farthest from its chord, if the bend is significant.

    Significant: a line with one corner beats a straight line by more than 6 in BIC, in generalised
    least squares with the covariance of the severities.
    """
    at = np.asarray(severities)
    if len(at) < 4:
        return Knee(math.nan, math.nan, math.nan, "no knee: fewer than four severities")
    fall = _misfit(moments, at[:, None] ** [0, 1])
    corners = [_misfit(moments, _corner(at, c)) for c in at[1:-1]]
    gain = max(fall - min(corners), 0.0)
    gap, p = gain - 2 * math.log(len(at)), math.exp(-gain / 2)
    if gap <= BEND:
        return Knee(math.nan, gap, p, f"no knee: a straight line serves (BIC gap {gap:.1f})")
    fit = falling(sign * moments.mean)
    chord = fit[0] + (fit[-1] - fit[0]) * (at - at[0]) / (at[-1] - at[0])
    place = float(at[int(np.argmax(np.abs(fit - chord)))])
    return Knee(place, gap, p, f"bends at severity {place:g} (BIC gap {gap:.1f}, p = {p:.2g})")


def _corner(at: Floats, corner: float) -> Floats:
    return np.stack([np.ones_like(at), at, np.maximum(at - corner, 0.0)], axis=1)


def _misfit(moments: Moments, design: Floats) -> float:
    """Return chi-squared of a generalised least-squares fit."""
    cov = moments.cov.copy()
    least = np.diag(cov).max() * 1e-6
    if moments.bounded:
        least = moments.pseudo * (moments.width / (moments.n_effective + 4)) ** 2
    cov[np.diag_indices(len(cov))] += least + 1e-15
    weight = np.linalg.inv(cov)
    normal = design.T @ weight
    away = moments.mean - design @ np.linalg.solve(normal @ design, normal @ moments.mean)
    return float(away @ weight @ away)
