"""Which input's noise causes how much of the loss: Shapley values over all subsets of noisy inputs.

phi_m = sum over S without m of |S|! (M - |S| - 1)! / M! [L(S + m) - L(S)], L(S) = A(clean) - A(inputs in S noisy). They
add up to the loss of all noise together. Exact: every subset is measured, so up to six inputs (64 cells).

References: Shapley 1953.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._records import Estimate
from noisebench.modalities._contrast import band
from noisebench.modalities._grid import Grid, Line
from noisebench.modalities._state import ABSENT, State
from noisebench.modalities._words import ground, interval, ordered

Floats = NDArray[np.float64]

MOST_INPUTS = 6
"""Inputs whose subsets are all measured, at most: 64 cells."""


@dataclass(frozen=True, slots=True)
class Part:
    """One input's part of the loss."""

    input: str
    noise: str
    loss: Estimate
    """Its Shapley value, in units of the metric."""
    single: Estimate
    """The loss by its noise alone."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """The loss by noise in all inputs, taken apart; at one severity."""

    severity: float
    sweep: str
    total: Estimate
    """The loss by noise in all inputs at once."""
    parts: tuple[Part, ...]
    """The largest first."""
    lead: Estimate
    """How much more the first one's noise costs than the second's, over all pairs at once."""
    text: str

    def __repr__(self) -> str:
        return self.text

    @property
    def short(self) -> str:
        """Say the loss in few words."""
        return f"{interval(self.total.value, self.total.low, self.total.high)} at severity {self.severity:g}"

    def rows(self) -> list[dict[str, Any]]:
        """Return a row per input."""
        return [
            {
                "severity": self.severity,
                "input": part.input,
                "noise": part.noise,
                "loss": part.loss.value,
                "low": part.loss.low,
                "high": part.loss.high,
                "single": part.single.value,
                "total": self.total.value,
                "n": part.loss.n,
            }
            for part in self.parts
        ]


def attributions(grid: Grid) -> tuple[Attribution, ...]:
    """Return one attribution per severity at which every subset of the noisy inputs was measured.

    Where several sweeps are complete, it is of the one with noise in most inputs, and of those the one whose noises were
    also measured with the other inputs absent.
    """
    lines = [
        (line, state)
        for line in grid.lines
        for state in line.states
        if _complete(grid, line, state)
    ]
    if not lines:
        return ()
    first = max(lines, key=lambda each: (len(each[0].noisy), _alone(grid, each[1])))[0]
    return tuple(_attribution(grid, first, state) for line, state in lines if line is first)


def _complete(grid: Grid, line: Line, state: State) -> bool:
    if not 1 < len(line.noisy) <= MOST_INPUTS or line.others.inputs:
        return False
    return all(subset in grid.places for subset in subsets(state, sorted(line.noisy)).values())


def _alone(grid: Grid, state: State) -> int:
    """Count the inputs whose noise was also measured with another input absent."""
    found = {
        name
        for each in grid.places
        if each.being(ABSENT)
        for name, what in each.inputs
        if what == state.get(name)
    }
    return len(found)


def subsets(state: State, names: Sequence[str]) -> dict[frozenset[str], State]:
    """Return for every subset of the inputs the state in which just those are noisy."""
    return {
        frozenset(chosen): state.only(chosen)
        for size in range(len(names) + 1)
        for chosen in combinations(names, size)
    }


def shapley(grid: Grid, places: dict[frozenset[str], int], names: Sequence[str]) -> Floats:
    """Return the weights of every input's Shapley value over the cells, (cells, inputs)."""
    count = len(names)
    columns = []
    for name in names:
        weights: dict[int, float] = {}
        for before, place in places.items():
            if name in before:
                continue
            size = len(before)
            share = factorial(size) * factorial(count - size - 1) / factorial(count)
            after = places[before | {name}]
            weights[place] = weights.get(place, 0.0) + share
            weights[after] = weights.get(after, 0.0) - share
        columns.append(grid.one(weights))
    return np.stack(columns, axis=1)


def _attribution(grid: Grid, line: Line, state: State) -> Attribution:
    names = ordered(line.noisy, grid.inputs)
    cells = subsets(state, names)
    places = {chosen: grid.places[each] for chosen, each in cells.items()}
    weights = shapley(grid, places, names)
    made = band(grid, weights, together=False)
    parts = [
        Part(
            input=name,
            noise=" > ".join(text for text, _ in what.noises) if (what := state.get(name)) else "",
            loss=_estimate(grid, *(float(edge[i]) for edge in made)),
            single=grid.answers.drop(places[frozenset({name})]),
        )
        for i, name in enumerate(names)
    ]
    parts.sort(key=lambda part: -part.loss.value)
    severity = line.severities[line.states.index(state)]
    total = grid.answers.drop(places[frozenset(names)])
    order = [names.index(part.input) for part in parts]
    found = Attribution(severity, line.name, total, tuple(parts), _lead(grid, weights, order), "")
    return _with_text(found, grid)


def _lead(grid: Grid, weights: Floats, order: Sequence[int]) -> Estimate:
    """Return how much more the first costs than the second, with bounds that hold for all pairs."""
    pairs = list(combinations(order, 2))
    gaps = np.stack([weights[:, a] - weights[:, b] for a, b in pairs], axis=1)
    made = band(grid, gaps)
    return _estimate(grid, *(float(edge[0]) for edge in made))


def _estimate(grid: Grid, value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high, grid.n, f"{interval(value, low, high)} ({ground(grid)})")


def _with_text(found: Attribution, grid: Grid) -> Attribution:
    shares = "; ".join(
        f"{part.input} ({part.noise}) {interval(part.loss.value, part.loss.low, part.loss.high)}"
        for part in found.parts
    )
    total = interval(found.total.value, found.total.low, found.total.high)
    first = found.parts[0].input
    if found.total.low <= 0:
        lead = "it is not sure that there is a loss to attribute"
    elif found.lead.low > 0:
        lead = (
            f"{first} costs more, by {interval(found.lead.value, found.lead.low, found.lead.high)}"
        )
    else:
        lead = "which of them costs more cannot be told"
    text = (
        f"noise in all inputs at severity {found.severity:g} costs {total} {grid.metric}; "
        f"of that {shares}: {lead} ({ground(grid)})"
    )
    return replace(found, text=text)
