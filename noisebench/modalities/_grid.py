"""The cells of a run side by side, over the same samples, by what each input is in them.

Why: every number of an account is a contrast of cells. One set of resamples for all cells makes all of them paired,
and lets claims about many of them hold at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._answers import Answers, answers
from noisebench.curve._records import Estimate
from noisebench.curve._sample import Sample, joined_levels
from noisebench.modalities._state import ABSENT, CLEAN, MOVED, NOISY, State

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One sweep: what the inputs are at each severity, and the scores."""

    name: str
    severities: tuple[float, ...]
    states: tuple[State | None, ...]
    """One a severity; None for a cell that an account cannot read."""
    sample: Sample
    """The clean pass first, then one level a severity."""
    title: str = ""
    """The noises as one reads them."""
    doses: tuple[str, ...] = ()
    """One a severity in words, with the unit; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sweep of noise: cells that differ in one severity only."""

    name: str
    """The sweep."""
    title: str
    """The noises as one reads them."""
    noisy: frozenset[str]
    """The inputs with noise in them, or moved in time."""
    others: State
    """What the inputs without noise are."""
    severities: tuple[float, ...]
    levels: tuple[int, ...]
    """Places of the cells."""
    states: tuple[State, ...]
    doses: tuple[str, ...] = ()

    def dose(self, severity: float) -> str:
        """Return the dose at a severity in words; empty where there is none."""
        return self.doses[self.severities.index(severity)] if self.doses else ""


@dataclass(frozen=True, eq=False)
class Grid:
    """All readable cells of a run, over the samples that all of them have."""

    inputs: tuple[str, ...]
    answers: Answers
    """Of one sample that has a level for every cell, the clean one first."""
    places: Mapping[State, int]
    """The level of each state; the first one where several cells are the same."""
    sweeps: Mapping[State, str]
    """The sweep that each state was first measured in."""
    lines: tuple[Line, ...]

    @property
    def n(self) -> int:
        """Samples behind every cell."""
        return self.answers.sample.n

    @property
    def levels(self) -> int:
        """Number of cells."""
        return len(self.answers.moments.mean)

    @property
    def metric(self) -> str:
        """Name of the metric."""
        return self.answers.sample.metric.name

    @property
    def sign(self) -> int:
        """1 where a higher value is better, else -1."""
        return self.answers.sign

    @cached_property
    def clean(self) -> Estimate:
        """The metric on untouched data."""
        return self.answers.value(0)

    def value(self, place: int) -> Estimate:
        """Return the metric in a cell with a pointwise interval."""
        return self.answers.value(place)

    def one(self, weights: Mapping[int, float]) -> Floats:
        """Return a contrast as a column of weights over all cells; it counts what is better as more."""
        column = np.zeros(self.levels)
        for place, weight in weights.items():
            column[place] += self.sign * weight
        return column

    def absence(self, gone: frozenset[str]) -> tuple[int, str] | None:
        """Return the cell in which just these inputs are absent and the others clean, and what the model got instead."""
        found = [
            (place, fills.pop())
            for state, place in self.places.items()
            if state.being(ABSENT) == gone
            and len(state.inputs) == len(gone)
            and len(fills := {what.fill for _, what in state.inputs}) == 1
        ]
        return min(found, key=lambda each: (each[1] != "absent", each[0]), default=None)

    def alone(self, name: str) -> tuple[int, str] | None:
        """Return the cell in which one input is all that there is."""
        return self.absence(frozenset(self.inputs) - {name})


def grid(
    measured: Sequence[Measured],
    inputs: Sequence[str],
    *,
    chance: float | None,
    confidence: float = 0.95,
    bootstrap: int = 2000,
    seed: int = 0,
) -> Grid:
    """Put sweeps side by side over the samples that all of them have, and resample once.

    Args:
        measured: at least one sweep.
        inputs: of the data set, in its order.
        chance: value of the best constant predictor; None where unknown.
        confidence: of intervals.
        bootstrap: number of resamples.
        seed: of the resampling.
    """
    # By name, so that the order of sweeps changes no resample.
    measured = sorted(measured, key=lambda each: each.name)
    joined = joined_levels(paired([each.sample for each in measured]))
    made = answers(joined, chance=chance, confidence=confidence, bootstrap=bootstrap, seed=seed)
    places: dict[State, int] = {CLEAN: 0}
    sweeps: dict[State, str] = {}
    lines, start = [], 1
    for each in measured:
        for place, state in enumerate(each.states):
            if state is not None and state not in places:
                places[state], sweeps[state] = start + place, each.name
        line = _line(each, start)
        if line is not None:
            lines.append(line)
        start += len(each.severities)
    return Grid(tuple(inputs), made, places, sweeps, tuple(_whole(lines)))


def _whole(lines: Sequence[Line]) -> list[Line]:
    """Return lines without those whose cells are all among another one's, such as one severity of a sweep."""
    cells = [set(line.states) for line in lines]
    return [
        line
        for i, line in enumerate(lines)
        if not any(
            cells[i] < other or (cells[i] == other and j < i) for j, other in enumerate(cells)
        )
    ]


def paired(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples on the ids that all of them have, in one order."""
    common = set(samples[0].ids).intersection(*(each.ids for each in samples[1:]))
    order = [name for name in samples[0].ids if name in common]
    found = []
    for each in samples:
        place = {name: i for i, name in enumerate(each.ids)}
        found.append(each.take(np.array([place[name] for name in order], dtype=np.int64)))
    return found


def _line(each: Measured, start: int) -> Line | None:
    """Return a sweep as a line of noise; None where nothing is noisy or moved, or a cell cannot be read."""
    states = tuple(state for state in each.states if state is not None)
    if len(states) < len(each.states):
        return None
    noisy = states[0].being(NOISY) or states[0].being(MOVED)
    if not noisy:
        return None
    levels = tuple(range(start, start + len(states)))
    title = each.title or each.name
    others = states[0].without(noisy)
    return Line(each.name, title, noisy, others, each.severities, levels, states, each.doses)
