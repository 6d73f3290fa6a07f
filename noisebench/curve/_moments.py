"""Means of all severities with their joint covariance, and what follows for paired contrasts.

Why: clean and noisy scores of a sample belong together, so a drop or a ratio is far better known than
its two parts. Where the range is known, a few pseudo-samples stand for what n samples cannot have shown,
without which an interval has no width where no sample changed.

References: Bonett and Price 2012 (paired proportions).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._bands import Resamples
from noisebench.curve._bounds import (
    TINY,
    clopper_pearson,
    equivalent,
    hall,
    newcombe,
    normal,
    widen,
)
from noisebench.curve._sample import Sample

Floats = NDArray[np.float64]

CHANGE = 0.5
"""Weight of pseudo-samples of changes, of scores that are not 0 or 1."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Estimates at every severity and how they vary together."""

    mean: Floats
    cov: Floats
    n_effective: Floats
    """Bounded scores only: independent 0/1 samples that would know as much."""
    degrees: int | None
    """Of freedom for t; None where the normal serves."""
    low: float
    high: float
    units: int
    rows: float
    """Scores behind a value: samples times replicates."""
    exact: bool
    """Scores are 0 or 1, and so are pseudo-samples."""
    pseudo: float
    """Weight of a pseudo-sample that changes for the worse and of one for the better: 1 for 0/1 scores. For scores between
    it is half the square of the largest change of a unit at any severity, as a share of the range: what may happen unseen
    is as bad as the worst that was seen, or as bad as can be where nothing was."""
    resamples: Resamples
    reach: float
    """How far a score may be from the value where the range is open; 0 where nothing is known."""
    fewer: float = 1.0
    """Share of the units that would know as much, had every one a draw of its own; 1 where it has."""

    @property
    def bounded(self) -> bool:
        """Whether both ends of the range are known, so that bounds of shares fit."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def width(self) -> float:
        """Distance of the ends of the range."""
        return self.high - self.low

    @property
    def weight(self) -> float:
        """Samples that pseudo-samples are weighed against."""
        return min(float(self.n_effective.min()) / self.fewer, self.rows)

    def interval(self, critical: float) -> tuple[Floats, Floats]:
        """Return bounds at every severity for a normal critical value; of one unit alone the ends of the range."""
        if self.units < 2:
            shape = np.ones(len(self.mean))
            return self.low * shape, self.high * shape
        t = widen(critical, self.degrees)
        if self.bounded:
            n = self.n_effective * (critical / t) ** 2
            low, high = clopper_pearson(self.shares, n, critical)
            return self.low + self.width * low, self.low + self.width * high
        lines = np.eye(len(self.mean))
        low, high = np.transpose([self._open_bounds(line, t) for line in lines])
        return np.maximum(low, self.low), np.minimum(high, self.high)

    def _open_bounds(self, line: Floats, critical: float) -> tuple[float, float]:
        """Return bounds of a contrast where the range is open."""
        value, error = float(line @ self.mean), self.error(line)
        down, up = self.sides(line, critical)
        return value - down * error, value + up * error

    def error(self, line: Floats) -> float:
        """Return the standard error of a contrast; where no unit differs, what n units may have missed."""
        variance = float(line @ self.cov @ line)
        return math.sqrt(variance if variance > TINY**2 else self.unseen)

    def sides(self, line: Floats, critical: float) -> tuple[float, float]:
        """Return how many standard errors a bound is below a contrast, and how many above, where the range is open.

        A few large losses make a mean skewed, so a side is as long as Hall's transformation makes it, but at least what t
        makes it and at most twice that. Measured for exponential, lognormal and log-loss at n = 20 to 100: intervals cover
        .90 to .97, those of t .82 to .95 and of BCa .84 to .95.
        """
        skewness = 0.0 if self.bounded else self.resamples.skewness(line)
        if abs(skewness) < TINY:
            return critical, critical
        down, up = hall(critical, skewness), -hall(-critical, skewness)
        return min(max(down, critical), 2 * critical), min(max(up, critical), 2 * critical)

    @property
    def shares(self) -> Floats:
        """Values as shares of a bounded range."""
        return np.asarray((self.mean - self.low) / self.width)

    @property
    def unseen(self) -> float:
        """Variance of a value where no unit differs and the range is open.

        Up to a share 1 - 0.05^(1/n) of units may still differ (95 %), by `reach` at worst.
        """
        share = 1 - 0.05 ** (1 / self.units)
        return float((self.reach * share / normal(0.95)) ** 2)

    def pair(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return mean and covariance of (clean value, weighted mean of severities).

        In a bounded range with pseudo-samples: some that are right only when clean, and as many that are right only
        when noisy.
        """
        rows = np.stack([np.eye(len(self.mean))[0], weights])
        mean, cov = rows @ self.mean, rows @ self.cov @ rows.T
        if not self.bounded:
            return mean, cov
        n, more, share = self.weight, self.weight + 2 * self.pseudo, (mean - self.low) / self.width
        second = n * (n * cov / self.width**2 + np.outer(share, share)) + self.pseudo * np.eye(2)
        share = (n * share + self.pseudo) / more
        spread = (second / more - np.outer(share, share)) / more
        return self.low + self.width * share, spread * self.width**2

    def contrast(self, start: int, end: int, critical: float) -> tuple[float, float, float]:
        """Return value[start] - value[end] with bounds for a critical value that is widened already.

        Of 0/1 scores by Newcombe's square-and-add of the bounds of both values, which follow their skewness and take
        the correlation off; of other bounded scores with pseudo-samples; else by the standard error.
        """
        gap = float(self.mean[start] - self.mean[end])
        if start == end:
            return gap, gap, gap
        line = np.eye(len(self.mean))[start] - np.eye(len(self.mean))[end]
        if self.exact:
            both = np.ix_([start, end], [start, end])
            n = self.n_effective[[start, end]]
            low, high = newcombe(self.mean[[start, end]], self.cov[both], n, critical)
        elif self.bounded:
            low, high = self._with_pseudo(line, gap, critical)
        else:
            low, high = self._open_bounds(line, critical)
        return gap, min(low, gap), max(high, gap)

    def combined(self, line: Floats, critical: float) -> tuple[float, float, float]:
        """Return a loss in any contrast of the values, with bounds for a critical value that is widened already."""
        gap = float(line @ self.mean)
        made = (
            self._with_pseudo(line, gap, critical)
            if self.bounded
            else self._open_bounds(line, critical)
        )
        return gap, min(made[0], gap), max(made[1], gap)

    def _with_pseudo(self, line: Floats, gap: float, critical: float) -> tuple[float, float]:
        """Return bounds that leave room for a few samples that no sample is like."""
        centre, error = self.centred(line)
        low, high = centre - critical * error, centre + critical * error
        if gap <= 0:
            low = min(low, -self.most_lost(line, -1, critical))
        return low, max(high, self.most_lost(line, 1, critical)) if gap >= 0 else high

    def centred(self, line: Floats) -> tuple[float, float]:
        """Return centre and standard error of a contrast, with room for what n samples cannot have shown."""
        gap = float(line @ self.mean)
        if not self.bounded:
            return gap, self.error(line)
        variance, most = float(line @ self.cov @ line), self.width * float(np.abs(line).sum()) / 2
        centre, error = self.drawn_in(np.array([gap]), np.array([variance]), np.array([most]))
        return float(centre[0]), float(error[0])

    def drawn_in(self, gap: Floats, variance: Floats, most: Floats) -> tuple[Floats, Floats]:
        """Return centre and standard error of contrasts in a bounded range, with pseudo-samples each way.

        Args:
            gap: their values.
            variance: of the values.
            most: how large each can be in one sample.
        """
        n, more = self.weight, self.weight + 2 * self.pseudo
        centre = n * gap / more
        second = (n * (n * variance + gap**2) + 2 * self.pseudo * most**2) / more
        return centre, np.sqrt(np.maximum(second - centre**2, 0.0) / more)

    def most_lost(self, line: Floats, sign: int, critical: float) -> float:
        """Return the upper bound of a loss in a bounded range, NaN elsewhere.

        Few samples that break are skewed: 2 of 800 leave room for 6.3, where a normal bound ends at 5.3. The bound is
        exact where every sample either breaks or stays.

        Args:
            line: contrast of severities.
            sign: of the contrast, where it is a loss.
            critical: widened already.
        """
        if not self.bounded:
            return math.nan
        lost = np.array([max(sign * float(line @ self.mean) / self.width, 0.0)])
        spread = np.array([float(line @ self.cov @ line) / self.width**2])
        units, rows = self.units * self.fewer, self.rows * self.fewer
        n = equivalent(lost, spread, units, rows, self.pseudo)
        return self.width * float(clopper_pearson(lost, n, critical)[1][0])

    def critical(self, confidence: float) -> float:
        """Return the two-sided pointwise critical value, t where there are few units."""
        return widen(normal(confidence), self.degrees)


def moments(sample: Sample, resamples: Resamples, *, chance: float | None) -> Moments:
    """Return the moments of a sample's curve."""
    units = resamples.units
    rows = float(sample.n * sample.replicates)
    if sample.binary:
        return _binary(sample, resamples, rows)
    low = -math.inf if sample.metric.low is None else sample.metric.low
    high = math.inf if sample.metric.high is None else sample.metric.high
    cov = np.atleast_2d(np.cov(resamples.draws.T, ddof=1))
    mean, bounded = resamples.estimate, math.isfinite(low) and math.isfinite(high)
    found, pseudo = rows + 0 * mean, 1.0
    if bounded:
        share, variance = (mean - low) / (high - low), np.diag(cov) / (high - low) ** 2
        away, change = _seen(resamples, high - low)
        found, pseudo = equivalent(share, variance, units, rows, away), change
    return Moments(
        mean=mean,
        cov=cov,
        n_effective=found,
        degrees=units - 1,
        low=low,
        high=high,
        units=units,
        rows=rows,
        exact=False,
        pseudo=pseudo,
        resamples=resamples,
        reach=_reach(mean, low, high, chance),
    )


def _seen(resamples: Resamples, width: float) -> tuple[float, float]:
    """Return the weights of a pseudo-sample for values and for changes: see `Moments.pseudo`.

    Measured for scores like IoU and frame accuracy at n = 50 to 200, with and without a twentieth of samples that fail
    altogether: simultaneous bands cover .93 to .98, intervals of changes .94 to 1.
    """
    values = resamples.estimate + resamples.moved
    away, change = (
        min(float(np.abs(each).max()) / width, 1.0) ** 2 or 1.0
        for each in (resamples.moved, values - values[:, :1])
    )
    return away, change * CHANGE


def _reach(mean: Floats, low: float, high: float, chance: float | None) -> float:
    """Return how far a score may be from the value: to an end of the range, or to chance where the range is open."""
    ends = [end for end in (low, high, chance) if end is not None and math.isfinite(end)]
    return max((float(np.abs(mean - end).max()) for end in ends), default=0.0)


def _binary(sample: Sample, resamples: Resamples, most: float) -> Moments:
    units = resamples.units
    rows = np.stack([sample.statistics(level)[:, 0] for level in range(len(sample.severities))], 1)
    mean = rows.mean(axis=0)
    unit = sample.units()
    sums = rows if sample.groups is None else _sums(rows, unit, units)
    sizes = np.bincount(unit, minlength=units).astype(np.float64)
    away = sums - sizes[:, None] * mean
    cov = away.T @ away / len(rows) ** 2 * (units / max(units - 1, 1))
    plain = sample.groups is None and sample.replicates == 1
    n = len(rows) + 0 * mean
    found = n if plain else equivalent(mean, np.diag(cov), units, most, 1.0)
    degrees = None if sample.groups is None else units - 1
    return Moments(
        mean=mean,
        cov=cov,
        n_effective=np.minimum(found, most),
        degrees=degrees,
        low=0.0,
        high=1.0,
        units=units,
        rows=most,
        exact=True,
        pseudo=1.0,
        resamples=resamples,
        reach=1.0,
    )


def _sums(rows: Floats, unit: NDArray[np.int64], units: int) -> Floats:
    return np.stack([np.bincount(unit, weights=c, minlength=units) for c in rows.T], axis=1)
