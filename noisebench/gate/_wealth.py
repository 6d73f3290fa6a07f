"""Wealth of a bettor who doubts that a mean is below zero: an e-process, valid whenever one stops.

Every value x in [low, high], low < 0 < high, multiplies the wealth of a bet by 1 + b (x - m), where m is the mean that
the doubted hypothesis would still allow. If the mean is below zero, the wealth reaches 1/a with a probability of at most a
(Ville), however often one looks. Several bets share the start capital; their sum is the wealth.

Of a population, m stays 0 and the order of the values does not matter. Of a finite set visited in random order without
replacement, m is what is left for the rest, -total / (size - seen); and when the rest cannot change the sign any more, the
question is settled. The state is a count, a sum and one number a bet.

References: Ville 1939; Waudby-Smith and Ramdas 2024 (betting, also without replacement); Grünwald, de Heide and Koolen 2024.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GRID = 0.99 * 2.0 ** (-np.arange(12) / 2)
"""Bets as shares of the largest one that cannot lose everything, a factor of the square root of 2 apart."""

LEAST = 1e-12
"""Room or wealth below which a number is rounding."""

ROUNDING = 1e-9
"""A total within so much a sample of zero is zero: sums of tenths are not exact."""


@dataclass(frozen=True, slots=True, eq=False)
class Bets:
    """Shares of the largest bet, and how much of the start capital stands on each."""

    shares: Floats
    weights: Floats


def spread() -> Bets:
    """Return bets of every size with the same capital, for when nothing is known of the values."""
    return Bets(GRID, np.full(len(GRID), 1 / len(GRID)))


def designed(values: Floats, chances: Floats, low: float) -> Bets:
    """Return bets with half of the capital on the one that grows fastest where values come with these chances."""
    shares = np.linspace(0.005, 0.995, 199)
    growth = np.log1p(shares[:, None] * values / -low) @ chances
    best = shares[int(np.argmax(growth))]
    known = spread()
    return Bets(np.append(known.shares, best), np.append(known.weights / 2, 0.5))


@dataclass(frozen=True, slots=True, eq=False)
class Wealth:
    """What a bettor has after some values; leading axes are streams of their own."""

    low: float
    """The smallest value that can come."""
    bets: Bets
    size: int | None = None
    """Number of values in the finite set; None for a population."""
    seen: int = 0
    total: Floats | float = 0.0
    logs: Floats | float = 0.0
    """Logarithm of what each bet has made of 1; the last axis is the bets."""
    settled: Floats | bool = False
    """Whether the rest of a finite set cannot bring the total below zero."""

    def grown(self, values: Floats) -> "tuple[Wealth, Floats]":
        """Return the state after some values, and the logarithm of the wealth after each of them."""
        place = self.seen + np.arange(values.shape[-1])
        totals = np.asarray(self.total)[..., None] + np.cumsum(values, axis=-1)
        mean = 0.0 if self.size is None else -(totals - values) / (self.size - place)
        gains = (values - mean) / np.maximum(mean - self.low, LEAST)
        steps = np.log1p(np.maximum(self.bets.shares[:, None] * gains[..., None, :], LEAST - 1))
        logs = np.asarray(self.logs)[..., None] + np.cumsum(steps, axis=-1)
        settled = np.broadcast_to(np.asarray(self.settled)[..., None], values.shape)
        if self.size is not None:
            settled = settled | (totals + (self.size - place - 1) * self.low >= -self._rounding())
            settled = np.logical_or.accumulate(settled, axis=-1)
        path = np.where(settled, math.inf, _summed(logs, self.bets.weights))
        if not values.shape[-1]:
            return self, path
        after = replace(
            self,
            seen=self.seen + values.shape[-1],
            total=totals[..., -1],
            logs=logs[..., -1],
            settled=settled[..., -1],
        )
        return after, path

    def _rounding(self) -> float:
        return ROUNDING * (self.size or 0)


def log_wealth(values: Floats, counts: Floats, low: float, bets: Bets) -> float:
    """Return the logarithm of the wealth for a population, from how often each value came: order does not matter."""
    logs = np.log1p(bets.shares[:, None] * values / -low) @ counts
    return float(_summed(logs[:, None], bets.weights)[0])


def _summed(logs: Floats, weights: Floats) -> Floats:
    """Return log of the weighted sum over bets, on the axis before the last."""
    parts = logs + np.log(weights)[:, None]
    top = parts.max(axis=-2)
    return np.asarray(top + np.log(np.exp(parts - top[..., None, :]).sum(axis=-2)))
