"""Where the model with a noisy input falls below the model without it: worse than absent, and negative fusion.

Worse than absent: A(noisy m, others clean) < A(m absent, others clean). The model should have ignored the input.
Negative fusion: A(noisy m, others clean) < max over u of A(u clean and alone), u not noisy. With two inputs both are the same.

Why: the bounds hold for all severities of all noises at once, because one looks for the worst among them.

References: Ma et al. 2022 (a multimodal model with a bad input may be worse than a unimodal one).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._bands import falling
from noisebench.curve._records import number, span
from noisebench.modalities._contrast import Band, band
from noisebench.modalities._grid import Grid, Line
from noisebench.modalities._words import fill_words, ground, listed, ordered, place

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Crossing:
    """The severity at which one curve crosses another."""

    severity: float | None
    """None where it never does on the measured severities."""
    low: float
    high: float | None
    """None where the interval is open above."""

    def __str__(self) -> str:
        top = "never" if self.high is None else f"{self.high:.2f}"
        value = "never" if self.severity is None else f"{self.severity:.2f}"
        return f"{value} [{self.low:.2f}, {top}]"


@dataclass(frozen=True, slots=True)
class Below:
    """A noisy input against a model that does not have it."""

    inputs: tuple[str, ...]
    """The noisy ones."""
    noise: str
    sweep: str
    against: str
    """What it is compared with, in words: `without digit`, `speech alone`."""
    fill: str
    """What the model got in the place of absent inputs."""
    severities: tuple[float, ...]
    """The clean pass first."""
    value: tuple[float, ...]
    """The metric with the noise."""
    reference: float
    """The metric that it is compared with; of several references the best."""
    difference: tuple[float, ...]
    """How much better the noisy model is; negative where it is worse."""
    low: tuple[float, ...]
    high: tuple[float, ...]
    crossing: Crossing
    n: int
    text: str

    def __repr__(self) -> str:
        return self.text

    @property
    def worse(self) -> tuple[float, ...]:
        """Severities at which it surely is worse."""
        pairs = zip(self.severities, self.high, strict=True)
        return tuple(severity for severity, high in pairs if high < 0)

    @property
    def onset(self) -> float | None:
        """The first severity at which it surely is worse; None where there is none."""
        return self.worse[0] if self.worse else None

    @property
    def further(self) -> str:
        """Say how far the noise takes the model at the severity at which it is worst."""
        worst = int(np.argmin(self.difference))
        return (
            f"{self.noise} on {listed(self.inputs)} takes it to {number(self.value[worst])} "
            f"at severity {self.severities[worst]:g}"
        )

    @property
    def most(self) -> float:
        """The largest amount by which it is worse; negative where it never is."""
        return -min(self.difference)

    def rows(self) -> list[dict[str, Any]]:
        """Return a row per severity."""
        return [
            {
                "inputs": list(self.inputs),
                "noise": self.noise,
                "sweep": self.sweep,
                "against": self.against,
                "severity": severity,
                "value": self.value[i],
                "reference": self.reference,
                "difference": self.difference[i],
                "low": self.low[i],
                "high": self.high[i],
                "worse": self.high[i] < 0,
                "n": self.n,
            }
            for i, severity in enumerate(self.severities)
        ]


def worse_than_absent(grid: Grid) -> tuple[Below, ...]:
    """Return every noise on one input against the absence of that input, the worst first."""
    pairs = []
    for line in grid.lines:
        gone = grid.absence(line.noisy) if len(line.noisy) == 1 else None
        if gone is not None and not line.others.inputs:
            pairs.append(_Pair(line, {f"without {listed(line.noisy)}": gone}))
    return _compared(grid, pairs, "costs more than losing {inputs} altogether")


def negative_fusion(grid: Grid) -> tuple[Below, ...]:
    """Return every noise that spares an input against the best of the spared inputs alone, the worst first."""
    pairs = []
    for line in grid.lines:
        spared = ordered(set(grid.inputs) - line.noisy, grid.inputs)
        alone = {f"with {name} alone": found for name in spared if (found := grid.alone(name))}
        if alone and len(alone) == len(spared) and not line.others.inputs:
            pairs.append(_Pair(line, alone))
    return _compared(grid, pairs, "leaves the fused model below {best}")


class _Pair(NamedTuple):
    """A line with what it is compared with: cell and fill by what the model has there."""

    line: Line
    references: Mapping[str, tuple[int, str]]


def _compared(grid: Grid, pairs: Sequence[_Pair], verb: str) -> tuple[Below, ...]:
    """Compare lines with their references, with bounds that hold for all of it at once."""
    columns = [
        grid.one({level: 1.0, place: -1.0} if level != place else {})
        for line, references in pairs
        for place, _ in references.values()
        for level in (0, *line.levels)
    ]
    if not columns:
        return ()
    made = band(grid, np.stack(columns, axis=1))
    found, start = [], 0
    for pair in pairs:
        shape = (len(pair.references), 1 + len(pair.line.levels))
        stop = start + shape[0] * shape[1]
        part = Band(*(edge[start:stop].reshape(shape) for edge in made))
        found.append(_below(grid, pair, part, verb))
        start = stop
    return tuple(sorted(found, key=lambda each: (min(each.high), each.difference[-1])))


def _below(grid: Grid, pair: _Pair, made: Band, verb: str) -> Below:
    """Compare a line with the best of its references: it is no better than the least of the differences."""
    line, means = pair.line, grid.answers.moments.mean
    values = {name: grid.sign * means[place] for name, (place, _) in pair.references.items()}
    best = max(values, key=lambda name: values[name])
    level, fill = pair.references[best]
    estimate, low, high = (edge.min(axis=0) for edge in made)
    severities = (0.0, *line.severities)
    found = Below(
        inputs=ordered(line.noisy, grid.inputs),
        noise=line.title,
        sweep=line.name,
        against=best,
        fill=fill,
        severities=severities,
        value=tuple(float(means[each]) for each in (0, *line.levels)),
        reference=float(means[level]),
        difference=tuple(estimate.tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        crossing=crossed(severities, estimate, low, high),
        n=grid.n,
        text="",
    )
    return replace(found, text=_text(found, grid, line, verb))


def crossed(severities: Sequence[float], estimate: Floats, low: Floats, high: Floats) -> Crossing:
    """Return where a falling difference reaches zero, by lines through its isotonic fit."""
    at = [_root(severities, edge) for edge in (estimate, low, high)]
    found, first, last = at
    first = min(first, found)
    last = max(last, found)
    return Crossing(
        severity=None if math.isinf(found) else found,
        low=min(first, severities[-1]),
        high=None if math.isinf(last) else last,
    )


def _root(severities: Sequence[float], values: Floats) -> float:
    fit = falling(values)
    under = np.flatnonzero(fit < 0)
    if not len(under):
        return math.inf
    place = int(under[0])
    if place == 0:
        return float(severities[0])
    share = fit[place - 1] / (fit[place - 1] - fit[place])
    step = severities[place] - severities[place - 1]
    return float(severities[place - 1] + share * step)


def _text(found: Below, grid: Grid, line: Line, verb: str) -> str:
    # What holds even clean is said of clean data, and where the noise takes it then comes after.
    worst = 0 if found.onset == 0 else int(np.argmin(found.difference))
    names = listed(found.inputs)
    low, high = sorted((grid.sign * found.low[worst], grid.sign * found.high[worst]))
    where = f"severity {found.severities[worst]:g}"
    if found.onset is None:
        where = place(line, found.severities[worst])
    at = "" if found.onset == 0 else f" at {where}"
    values = (
        f"{grid.metric} {number(found.value[worst])} against {number(found.reference)} {found.against}"
        f"{fill_words(found.fill)}{at}, "
        f"{number(grid.sign * found.difference[worst])} {span(low, high)}; "
        f"{ground(grid, together=True)}"
    )
    done = verb.format(inputs=names, best=found.against.removeprefix("with "))
    if found.onset is None:
        return f"{found.noise} on {names} nowhere surely {done} ({values})"
    if found.onset == 0:
        return f"even clean, the model does worse than {found.against} ({values}); {found.further}"
    return f"{_from(found, line)}, {found.noise} on {names} {done} ({values})"


def _from(found: Below, line: Line) -> str:
    """Say at which severities it surely is worse."""
    first, *more = found.worse
    if not more:
        return f"at {place(line, first)}"
    if found.worse == found.severities[found.severities.index(first) :]:
        return f"from {place(line, first)} on"
    return f"at severity {listed(f'{severity:g}' for severity in found.worse)}"
