"""Retained performance, its area, and the severity at which a share of it is lost.

r(s) = (A(s) - chance) / (A(0) - chance). Numerator and denominator turn sign together, so the same
formula serves losses.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._bands import falling
from noisebench.curve._bounds import normal, ratio
from noisebench.curve._level import Level
from noisebench.curve._moments import Moments
from noisebench.curve._records import Estimate, Tolerance, number, percent, span

Floats = NDArray[np.float64]

OPEN = 1e9
"""What stands for a bound that there is none of, where a line is drawn through bounds."""


@dataclass(frozen=True, slots=True, eq=False)
class Retention:
    """What a curve keeps of its clean performance above chance."""

    moments: Moments
    severities: tuple[float, ...]
    reference: float | None
    """Chance, or the bottom of the range where chance means nothing; None where neither is known."""
    sign: int
    n: int

    def undefined(self, confidence: float) -> str:
        """Say why retention means nothing here; empty where it does."""
        if self.reference is None:
            return "undefined: no chance level is known for this metric"
        if self.moments.units < 2:
            return "undefined: an interval needs at least 2 samples"
        low, high = self.moments.interval(normal(confidence))
        if low[0] <= self.reference <= high[0]:
            return "undefined: the model is at chance"
        if self.sign * (self.moments.mean[0] - self.reference) < 0:
            return "undefined: the model is worse than chance"
        return ""

    def bounds(self, weights: Floats, critical: float) -> tuple[float, float, float]:
        """Return value, low and high of a weighted mean of severities over the clean value."""
        chance = 0.0 if self.reference is None else self.reference
        plain = self.moments.mean
        value = float((weights @ plain - chance) / (plain[0] - chance))
        if weights[0] == 1:
            return 1.0, 1.0, 1.0
        mean, cov = self.moments.pair(weights)
        line = weights - value * np.eye(len(plain))[0]
        low, high = ratio(mean - chance, cov, self._sides(line, float(plain[0] - chance), critical))
        lost = self.moments.most_lost(np.eye(len(plain))[0] - weights, self.sign, critical)
        low = float(np.fmin(low, 1 - lost / abs(float(plain[0]) - chance)))
        # A denominator that may be zero leaves a side open.
        low, high = (
            (-math.inf if math.isnan(low) else low),
            (math.inf if math.isnan(high) else high),
        )
        return value, min(low, value), max(high, value)

    def _sides(self, line: Floats, clean: float, critical: float) -> tuple[float, float]:
        """Return critical values of the lower and the upper bound; division by a negative number swaps them."""
        down, up = self.moments.sides(line, critical)
        return (down, up) if clean > 0 else (up, down)

    def at(self, place: int, confidence: float) -> Estimate:
        """Return r at one severity with a pointwise interval."""
        where = f"at severity {self.severities[place]:g}"
        return self._estimate(np.eye(len(self.severities))[place], confidence, where)

    def over(self, level: Level, confidence: float) -> Estimate:
        """Return the mean of r over equal doses."""
        weights = level.weights(self.severities)
        return self._estimate(weights, confidence, f"on average {level.words}")

    def area(self, confidence: float) -> Estimate:
        """Return the mean of r over the severities measured, by trapezoids from 0."""
        at = np.asarray(self.severities)
        half = np.diff(at) / 2
        weights = np.append(half, 0.0) + np.insert(half, 0, 0.0)
        where = f"on average over severity 0 to {at[-1]:g}"
        return self._estimate(weights / at[-1], confidence, where)

    def _estimate(self, weights: Floats, confidence: float, where: str) -> Estimate:
        reason = self.undefined(confidence)
        if reason:
            return Estimate(math.nan, math.nan, math.nan, self.n, reason)
        value, low, high = self.bounds(weights, self.moments.critical(confidence))
        text = (
            f"keeps {number(value)} {span(low, high)} of the performance above chance {where} "
            f"({percent(confidence)} interval, n = {self.n})"
        )
        return Estimate(value, low, high, self.n, text)

    def tolerance(self, drop: float, confidence: float) -> Tolerance:
        """Return the severity at which a share of r is lost, by lines through the isotonic fit.

        The interval is where the pointwise bounds of r cross the same level.
        """
        reason = self.undefined(confidence)
        if reason:
            nan = math.nan
            return Tolerance(nan, nan, nan, False, drop, self.n, reason)
        critical = self.moments.critical(confidence)
        rows = np.array([self.bounds(row, critical) for row in np.eye(len(self.severities))])
        found, low, high = (self._crossing(column, 1 - drop) for column in rows.T)
        low, high = min(low, found), max(high, found)
        last = self.severities[-1]
        if math.isinf(found):
            text = f"loses {percent(drop)} nowhere up to severity {last:g}, {self._floor(low)}"
            text += f" ({percent(confidence)} interval, n = {self.n})"
            return Tolerance(last, min(low, last), math.inf, True, drop, self.n, text)
        first = self.severities[1]
        top = number(high) if math.isfinite(high) else f"> {last:g}"
        where = f"at severity {number(found)} [{number(low)}, {top}]"
        if found <= first:
            where = f"before severity {first:g}, the mildest measured: by a straight line from the clean value {where}"
        text = f"loses {percent(drop)} {where} ({percent(confidence)} interval, n = {self.n})"
        return Tolerance(found, low, high, False, drop, self.n, text)

    def _floor(self, low: float) -> str:
        if math.isinf(low):
            return "and the interval agrees"
        return f"but perhaps from {number(low)}"

    def _crossing(self, values: Floats, level: float) -> float:
        """Return where the falling fit reaches a level; infinite where it never does."""
        at = self.severities
        fit = falling(np.clip(values, -OPEN, OPEN))
        below = np.flatnonzero(fit <= level)
        if not len(below):
            return math.inf
        place = int(below[0])
        if place == 0:
            return 0.0
        share = (fit[place - 1] - level) / (fit[place - 1] - fit[place])
        return float(at[place - 1] + share * (at[place] - at[place - 1]))
