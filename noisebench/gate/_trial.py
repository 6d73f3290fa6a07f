"""One number of a demand on trial: two bettors, of whom one doubts that it is kept and one that it is broken."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from noisebench.gate._demand import Part
from noisebench.gate._line import Line
from noisebench.gate._wealth import Bets, Floats, Wealth, designed

BROKEN = 0.01
"""Share of samples that only noise gets right, in the design that half of the capital is bet on."""

CLEARLY = 2.0
"""Loss, in units of the allowed one, that bets against keeping a demand are designed for."""

GOOD = 0.4
"""The same for bets on keeping it, where no zone is declared."""


@dataclass(slots=True)
class Trial:
    """The state of one part of a demand."""

    demand: int
    """Place of its demand."""
    part: Part
    line: Line
    keeps: Wealth
    """Of the bettor who doubts that it is broken: enough of it, and the part passes."""
    breaks: Wealth
    """Of the bettor who doubts that it is kept: enough of it, and the part fails."""
    misses: Wealth | None = None
    """Of the bettor who doubts that a better aim is reached; None where nothing better is aimed at."""
    state: str = ""
    """`pass` or `fail` once decided, `missed` once it is given up."""
    missed: int | None = None
    """Samples after which it was sure that the aim is missed."""
    furthest: float = -math.inf
    """Largest logarithm of the third bettor's wealth so far."""
    passed: int | None = None
    """Samples after which the first bettor had enough."""
    most: float = -math.inf
    """Largest logarithm of the second bettor's wealth so far."""
    decided: int | None = None
    """Samples after which it was decided."""
    rows: list[Floats] = field(default_factory=list)
    """Columns of the line, sample by sample; NaN where the sample is in no number of this part."""

    def data(self, n: int) -> Floats:
        """Return the first n samples (n, columns)."""
        return np.concatenate(self.rows)[:n] if self.rows else np.empty((0, len(self.line.columns)))


def trial(demand: int, part: Part, line: Line, size: int | None) -> Trial:
    """Begin a trial.

    Args:
        demand: place of its demand.
        part: what is asked.
        line: it as a mean above zero.
        size: number of samples of the finite set; None for a population.
    """
    level, aim = part.level, part.aim
    zone = size is None
    allowed = _kept(line, level)
    good = _kept(line, aim) if zone else GOOD * allowed
    keeps = Wealth(line.lowest(level), _bets(line, level, good, against=False), size)
    bad = _bets(line, level, CLEARLY * allowed, against=True)
    breaks = Wealth(-line.highest(level), bad, size)
    misses = None
    if zone and aim != level:
        misses = Wealth(-line.highest(aim), _bets(line, aim, allowed, against=True), size)
    return Trial(demand, part, line, keeps, breaks, misses)


def gains(found: Trial, rows: Floats, *, against: bool, level: float | None = None) -> Floats:
    """Return what each sample brings a bettor, for the level that is asked or another: zero where it is in no number."""
    level = found.part.level if level is None else level
    values = found.line.values(rows, level)
    return np.nan_to_num(-values if against else values, nan=0.0)


def _kept(line: Line, level: float) -> float:
    """Return what a sample brings that stays right: the loss that the level allows."""
    return float(line.values(_steady(line), level)[0])


def _steady(line: Line) -> NDArray[np.float64]:
    return np.ones((1, len(line.columns)))


def _bets(line: Line, level: float, loss: float, *, against: bool) -> Bets:
    """Return the bets of one side: half of the capital on what grows fastest at the design.

    The design is a sample that is right and stays right, breaks, or (rarely) recovers, in the shares that make the loss
    what the other side is made for. Another truth costs speed, never validity.
    """
    steady = _kept(line, level)
    values = np.array([steady - 1, steady, steady + 1])
    low = -line.highest(level) if against else line.lowest(level)
    if against:
        values = -values[::-1]
    values = np.maximum(values, low)
    broken = float(np.clip(loss + BROKEN, BROKEN, 1 - BROKEN))
    shares = np.array([broken, max(1 - broken - BROKEN, 0.0), BROKEN])
    shares /= shares.sum()
    return designed(values, shares[::-1] if against else shares, low)
