"""A demand as a straight line in per-sample scores, so that keeping it means a mean above zero.

Scores are turned into goodness in [0, 1] first (0 is the worst value of the metric's range). What is asked for, the level t,
enters linearly: with the goodness c of the clean value, y and z of noisy ones, b of a baseline and g of chance,

    at least t retained       y - g - t (c - g)
    at most t lost in a step  t (c - g) - (y - z)
    at most t worse           t - (b - y)
    value at least t          y - t
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CLEAN = 0.0
"""Column of the clean values; other columns are severities, or negative ones for those of a baseline."""


@dataclass(frozen=True, slots=True)
class Line:
    """Weights of columns, those that do not depend on the level and those that it multiplies."""

    columns: tuple[float, ...]
    plain: tuple[float, ...]
    scaled: tuple[float, ...]
    offset: float = 0.0
    slope: float = 0.0
    at_most: bool = False
    """A higher level asks for less."""
    above_chance: bool = False
    """It means nothing unless the clean value is above chance."""

    def values(self, rows: Floats, level: float) -> Floats:
        """Return one number per row (n, columns): not below zero in the mean where the demand is kept."""
        weights = np.array(self.plain) + level * np.array(self.scaled)
        return np.asarray(rows @ weights + self.offset + level * self.slope)

    def lowest(self, level: float) -> float:
        """Return the smallest value that can come."""
        return self._end(level, np.minimum)

    def highest(self, level: float) -> float:
        """Return the largest value that can come."""
        return self._end(level, np.maximum)

    def level(self, rows: Floats) -> float:
        """Return the level at which the mean is zero: what was measured; NaN where it is undefined."""
        means = rows.mean(axis=0)
        over = float(means @ np.array(self.scaled) + self.slope)
        return -float(means @ np.array(self.plain) + self.offset) / over if over else float("nan")

    def _end(self, level: float, end: np.ufunc) -> float:
        weights = np.array(self.plain) + level * np.array(self.scaled)
        return float(end(weights, 0.0).sum() + self.offset + level * self.slope)


def retained(severity: float, chance: float) -> Line:
    """At least a share of the clean performance above chance is kept."""
    return Line((CLEAN, severity), (0.0, 1.0), (-1.0, 0.0), -chance, chance, above_chance=True)


def step(mild: float, strong: float, chance: float) -> Line:
    """At most a share of the clean performance above chance is lost between two severities."""
    if mild == CLEAN:
        return Line(
            (CLEAN, strong), (-1.0, 1.0), (1.0, 0.0), 0.0, -chance, at_most=True, above_chance=True
        )
    columns, plain = (CLEAN, mild, strong), (0.0, -1.0, 1.0)
    return Line(columns, plain, (1.0, 0.0, 0.0), 0.0, -chance, at_most=True, above_chance=True)


def worse(severity: float) -> Line:
    """At most so much worse than a baseline at the same severity."""
    return Line((severity, baseline(severity)), (1.0, -1.0), (0.0, 0.0), 0.0, 1.0, at_most=True)


def value(severity: float) -> Line:
    """At least this goodness."""
    return Line((severity,), (1.0,), (0.0,), 0.0, -1.0)


def clean_above(chance: float) -> Line:
    """The clean value is above chance."""
    return Line((CLEAN,), (1.0,), (0.0,), -chance, 0.0)


def baseline(severity: float) -> float:
    """Return the column of a baseline's value at a severity, 0 included."""
    return -1.0 - severity
