"""How far clean inputs make good what noise in another one costs.

K_m(s) = [A(noisy m, others clean) - A(noisy m, others absent)] / [A(clean) - A(noisy m, others absent)]: 1 where the clean inputs
carry the model, 0 where they add nothing.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

from noisebench.curve._records import Estimate, number
from noisebench.modalities._contrast import quotient
from noisebench.modalities._grid import Grid, Line
from noisebench.modalities._state import ABSENT
from noisebench.modalities._words import ground, interval


@dataclass(frozen=True, slots=True)
class Compensation:
    """How far the other inputs make up for noise in one, by severity."""

    input: str
    noise: str
    sweep: str
    severities: tuple[float, ...]
    shares: tuple[Estimate | None, ...]
    """K at each severity; None where the loss that could be made good may be zero."""
    lost: tuple[float, ...]
    """The metric with the others absent, at each severity."""
    clean: float | None
    """The same with the input clean; None where that was not measured."""
    n: int
    text: str

    def __repr__(self) -> str:
        return self.text

    def rows(self) -> list[dict[str, Any]]:
        """Return a row per severity."""
        return [
            {
                "input": self.input,
                "noise": self.noise,
                "severity": severity,
                "compensation": None if share is None else share.value,
                "low": None if share is None else share.low,
                "high": None if share is None else share.high,
                "alone": alone,
                "n": self.n,
            }
            for severity, share, alone in zip(self.severities, self.shares, self.lost, strict=True)
        ]


def compensations(grid: Grid) -> tuple[Compensation, ...]:
    """Return K of every noise on one input that was also measured with all other inputs absent."""
    found = (_compensation(grid, line) for line in grid.lines if len(line.noisy) == 1)
    return tuple(each for each in found if each is not None)


def _compensation(grid: Grid, line: Line) -> Compensation | None:
    (name,) = line.noisy
    others = frozenset(grid.inputs) - line.noisy
    if line.others.inputs:
        return None
    alone = {
        state.only({name}): place
        for state, place in grid.places.items()
        if state.being(ABSENT) == others and len(state.inputs) == len(grid.inputs)
    }
    cells = [
        (severity, level, alone[state])
        for severity, level, state in zip(line.severities, line.levels, line.states, strict=True)
        if state in alone
    ]
    if not cells:
        return None
    shares = tuple(_share(grid, level, place) for _, level, place in cells)
    means = grid.answers.moments.mean
    found = Compensation(
        input=name,
        noise=line.title,
        sweep=line.name,
        severities=tuple(severity for severity, _, _ in cells),
        shares=shares,
        lost=tuple(float(means[place]) for _, _, place in cells),
        clean=None if (lone := grid.alone(name)) is None else float(means[lone[0]]),
        n=grid.n,
        text="",
    )
    return _with_text(found, grid)


def _share(grid: Grid, with_others: int, alone: int) -> Estimate | None:
    above = grid.one({with_others: 1.0, alone: -1.0})
    below = grid.one({0: 1.0, alone: -1.0})
    value, low, high = quotient(grid, above, below)
    if math.isnan(value):
        return None
    return Estimate(value, low, high, grid.n, f"{interval(value, low, high)} ({ground(grid)})")


def _with_text(found: Compensation, grid: Grid) -> Compensation:
    known = [(i, share) for i, share in enumerate(found.shares) if share is not None]
    if not known:
        text = (
            f"what clean inputs make good of {found.noise} on {found.input} is undefined: "
            f"without them it may do as well as all inputs clean ({ground(grid)})"
        )
        return replace(found, text=text)
    last, share = known[-1]
    text = (
        f"the clean inputs make good {interval(share.value, share.low, share.high)} of what "
        f"{found.noise} on {found.input} would cost without them, at severity "
        f"{found.severities[last]:g} ({grid.metric} {number(found.lost[last])} with the noisy "
        f"{found.input} alone; {ground(grid)})"
    )
    return replace(found, text=text)
