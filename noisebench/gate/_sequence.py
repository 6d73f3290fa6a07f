"""Bounds that hold whenever one stops: the levels that a bettor against them has not made a fortune of.

References: Waudby-Smith and Ramdas 2024.
"""

import math

import numpy as np

from noisebench.gate._line import Line
from noisebench.gate._wealth import Bets, Floats, Wealth, spread

STEPS = 30
"""Halvings of an interval on the way to a bound."""

FAR = 4.0
"""Levels this many times the range of the metric from the measured one are not looked at."""


Both = tuple[Bets, Bets]
"""Bets of the bettor who doubts that a demand is broken, and of the one who doubts that it is kept."""


def bounds(
    line: Line,
    rows: Floats,
    *,
    size: int | None,
    below: float,
    above: float,
    bets: Both | None = None,
) -> tuple[float, float]:
    """Return one-sided bounds of the level at which a line's mean is zero.

    Args:
        line: what the level is of.
        rows: (n, columns), in the order in which samples were visited; NaN rows count for nothing.
        size: samples of the finite set; None for a population.
        below: chance that the level lies below the lower bound.
        above: chance that it lies above the upper one.
        bets: those of a trial, so that its decision and its bounds agree; bets of every size by default.
    """
    if not len(rows):
        return -math.inf, math.inf
    known = rows[~np.isnan(rows).any(axis=1)]
    if not len(known):
        return -math.inf, math.inf
    found = line.level(known)
    if size == len(rows):
        return found, found
    if math.isnan(found):
        return -math.inf, math.inf
    # Where more of the level asks for less, the bettors change sides.
    both = bets or (spread(), spread())
    low = _edge(line, rows, size, found, -1.0, below, both[line.at_most], against=line.at_most)
    high = _edge(
        line, rows, size, found, 1.0, above, both[not line.at_most], against=not line.at_most
    )
    return low, high


def _edge(
    line: Line,
    rows: Floats,
    size: int | None,
    found: float,
    way: float,
    chance: float,
    bets: Bets,
    *,
    against: bool,
) -> float:
    """Return the level that is rejected, next to one that is not."""
    needed = math.log(1 / chance)
    scale = max(abs(line.slope), *map(abs, line.scaled))
    inner, outer = found, found + way * FAR / scale
    if _log_wealth(line, rows, size, outer, bets, against=against) < needed:
        return way * math.inf
    for _ in range(STEPS):
        middle = (inner + outer) / 2
        rich = _log_wealth(line, rows, size, middle, bets, against=against) >= needed
        inner, outer = (inner, middle) if rich else (middle, outer)
    return outer


def _log_wealth(
    line: Line, rows: Floats, size: int | None, level: float, bets: Bets, *, against: bool
) -> float:
    values = np.nan_to_num(line.values(rows, level), nan=0.0)
    low = -line.highest(level) if against else line.lowest(level)
    values = -values if against else values
    if low >= 0:  # no value could lower the mean below zero: the level is impossible
        return math.inf
    _, path = Wealth(low, bets, size).grown(values)
    return float(path[-1])
