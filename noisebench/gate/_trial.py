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
"""Loss, in units of the allowed one, that bets against keeping a demand are designed for where no zone is declared."""

GOOD = 0.4
"""The same for bets on keeping it."""


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
    """Of the bettor who doubts that it is kept."""
    state: str = ""
    """`pass` or `fail` once decided."""
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
    aim = part.level if size is not None else part.aim
    good, bad = _designs(line, part.level, aim, zone=size is None)
    low = line.lowest(part.level)
    keeps = Wealth(low, good, size)
    breaks = Wealth(-line.highest(aim), bad, size)
    return Trial(demand, part, line, keeps, breaks)


def gains(found: Trial, rows: Floats, *, against: bool, aim: float) -> Floats:
    """Return what each sample brings a bettor: zero where it is in no number of this part."""
    level = aim if against else found.part.level
    values = found.line.values(rows, level)
    return np.nan_to_num(-values if against else values, nan=0.0)


def _designs(line: Line, level: float, aim: float, *, zone: bool) -> tuple[Bets, Bets]:
    """Return the bets of both sides: half of the capital on what grows fastest at the design.

    The design is a sample that is right and stays right, breaks, or (rarely) recovers, in the shares that make the loss
    what the other side is made for. Another truth costs speed, never validity.
    """
    allowed = _kept(line, level)
    if zone:
        return (
            _bets(line, level, _kept(line, aim), against=False),
            _bets(line, aim, allowed, against=True),
        )
    return (
        _bets(line, level, GOOD * allowed, against=False),
        _bets(line, level, CLEARLY * allowed, against=True),
    )


def _kept(line: Line, level: float) -> float:
    """Return what a sample brings that stays right: the loss that the level allows."""
    return float(line.values(_steady(line), level)[0])


def _steady(line: Line) -> NDArray[np.float64]:
    return np.ones((1, len(line.columns)))


def _bets(line: Line, level: float, loss: float, *, against: bool) -> Bets:
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
