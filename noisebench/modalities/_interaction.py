"""Whether the losses by noise in two inputs add up: on three scales, and only called where these agree.

On the metric itself: A(0) - A(a) - A(b) + A(ab). On log-retention, r = (A - chance) / (A(0) - chance): log r(ab) - log r(a) -
log r(b). On the logit: the first with logit A. Above zero the losses overlap (together they cost less than their sum), below
they compound (together they cost more).

Why: two losses that are independent on one scale are not on another, and near a floor all losses seem to overlap. A word
that depends on the scale would say more about the scale than about the model.

References: Bliss 1939 (independent action); Loewe and Muischnek 1926.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._records import Estimate
from noisebench.modalities._contrast import band, curved, drawn_in
from noisebench.modalities._grid import Grid
from noisebench.modalities._words import ground, interval, listed

Floats = NDArray[np.float64]

SCALES = ("metric", "log-retention", "logit")

FLOOR = "a noisy cell may be at chance"
"""A floor makes losses seem to overlap, so nothing is called there."""

DIGITS = 3
"""Decimals of a bound that are shown: one that they show as zero is not above or below it."""

OVERLAP, COMPOUND, NONE, DEPENDS, UNKNOWN = (
    "overlap", "compound", "no interaction", "depends on the scale", "cannot be told",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Interaction:
    """How the losses by noise in two inputs combine, at one severity."""

    inputs: tuple[str, str]
    severity: float
    scales: dict[str, Estimate]
    """On every scale that is defined here; bounds hold for all pairs at once."""
    undefined: dict[str, str]
    """Scale to why it is not."""
    verdict: str
    """`overlap`, `compound`, `no interaction`, `depends on the scale` or `cannot be told`."""
    text: str

    def __repr__(self) -> str:
        return self.text

    @property
    def short(self) -> str:
        """Say the verdict in few words, with the interaction on the metric itself."""
        found = self.scales.get("metric")
        value = "" if found is None else f" ({interval(found.value, found.low, found.high)})"
        return f"at severity {self.severity:g} {_SHORT[self.verdict]}{value}"

    def row(self) -> dict[str, Any]:
        """Return plain data."""
        found: dict[str, Any] = {"inputs": list(self.inputs), "severity": self.severity}
        for scale in SCALES:
            each = self.scales.get(scale)
            values = (None,) * 3 if each is None else (each.value, each.low, each.high)
            found |= dict(zip((scale, f"{scale}_low", f"{scale}_high"), values, strict=True))
        n = next((each.n for each in self.scales.values()), None)
        return found | {"verdict": self.verdict, "undefined": dict(self.undefined), "n": n}


@dataclass(frozen=True, slots=True)
class Square:
    """The four cells of a pair of inputs: both clean, either noisy, both noisy."""

    inputs: tuple[str, str]
    clean: int
    first: int
    second: int
    both: int

    @property
    def weights(self) -> dict[int, float]:
        """Cell to its sign."""
        return {self.clean: 1.0, self.first: -1.0, self.second: -1.0, self.both: 1.0}


def interactions(
    grid: Grid, places: dict[frozenset[str], int], names: Sequence[str], severity: float
) -> tuple[Interaction, ...]:
    """Return the interaction of every pair of noisy inputs at one severity.

    Args:
        grid: the cells.
        places: of the cell of every subset of noisy inputs.
        names: of the noisy inputs.
        severity: that the cells are at.
    """
    squares = [
        Square(
            (a, b), places[frozenset()], places[frozenset({a})], places[frozenset({b})],
            places[frozenset({a, b})],
        )
        for a, b in combinations(names, 2)
    ]  # fmt: skip
    found: dict[str, list[Estimate | str]] = {
        "metric": _linear(grid, squares),
        "log-retention": _curved(grid, squares, _log_retention),
        "logit": _curved(grid, squares, _logit),
    }
    return tuple(
        _interaction(grid, square, severity, {scale: found[scale][i] for scale in SCALES})
        for i, square in enumerate(squares)
    )


def _linear(grid: Grid, squares: Sequence[Square]) -> list[Estimate | str]:
    made = band(grid, np.stack([grid.one(square.weights) for square in squares], axis=1))
    return [_estimate(grid, *(float(edge[i]) for edge in made)) for i in range(len(squares))]


Scale = Callable[[Grid, Square, Floats], tuple[float, Floats] | str]
"""Value and slopes of an interaction at the means of the cells, or why there is none."""


def _curved(grid: Grid, squares: Sequence[Square], scale: Scale) -> list[Estimate | str]:
    mean = drawn_in(grid)[0]
    made = [scale(grid, square, mean) for square in squares]
    good = [each for each in made if not isinstance(each, str)]
    if not good:
        return [each for each in made if isinstance(each, str)]
    bounds = curved(
        grid, np.array([value for value, _ in good]), np.stack([s for _, s in good], axis=1)
    )
    estimates = iter(
        _estimate(grid, *(float(edge[i]) for edge in bounds)) for i in range(len(good))
    )
    return [each if isinstance(each, str) else next(estimates) for each in made]


def _log_retention(grid: Grid, square: Square, mean: Floats) -> tuple[float, Floats] | str:
    retention = grid.answers.retention
    why = retention.undefined(grid.answers.confidence)
    if why:
        return why
    chance = retention.reference or 0.0
    low, high = grid.answers.moments.interval(
        grid.answers.moments.critical(grid.answers.confidence)
    )
    worst = low if grid.sign > 0 else high
    for place in (square.first, square.second, square.both):
        if grid.sign * (worst[place] - chance) <= 0:
            return FLOOR
    above = grid.sign * (mean - chance)
    value, slopes = 0.0, np.zeros(len(mean))
    for place, weight in square.weights.items():
        value += weight * math.log(above[place])
        slopes[place] = weight * grid.sign / above[place]
    return value, slopes


def _logit(grid: Grid, square: Square, mean: Floats) -> tuple[float, Floats] | str:
    if not grid.answers.moments.bounded:
        return f"{grid.metric} is no share"
    value, slopes = 0.0, np.zeros(len(mean))
    for place, weight in square.weights.items():
        share = float(mean[place])
        value += grid.sign * weight * math.log(share / (1 - share))
        slopes[place] = grid.sign * weight / (share * (1 - share))
    return value, slopes


def _estimate(grid: Grid, value: float, low: float, high: float) -> Estimate:
    text = f"{interval(value, low, high)} ({ground(grid, together=True)})"
    return Estimate(value, low, high, grid.n, text)


def _interaction(
    grid: Grid, square: Square, severity: float, found: dict[str, Estimate | str]
) -> Interaction:
    scales = {name: each for name, each in found.items() if isinstance(each, Estimate)}
    undefined = {name: each for name, each in found.items() if isinstance(each, str)}
    verdict = UNKNOWN if FLOOR in undefined.values() else _verdict(scales)
    shown = ", ".join(
        f"{interval(each.value, each.low, each.high)} on {_scale(name, grid)}"
        for name, each in scales.items()
    )
    left = "".join(f"; {name}: {why}" for name, why in undefined.items())
    names = f"noise in {square.inputs[0]} and in {square.inputs[1]} at severity {severity:g}"
    said = f" ({_scales(scales, grid)})" if verdict == DEPENDS else ""
    text = f"{names}: {_WORDS[verdict]}{said}: {shown}{left} ({ground(grid, together=True)})"
    return Interaction(square.inputs, severity, scales, undefined, verdict, text)


_WORDS = {
    OVERLAP: "the losses overlap, together they cost less than their sum",
    COMPOUND: "the losses compound, together they cost more than their sum",
    NONE: "no interaction on any scale",
    DEPENDS: "whether the losses add up depends on the scale",
    UNKNOWN: "whether the losses add up cannot be told",
}

_SHORT = {
    OVERLAP: "they overlap", COMPOUND: "they compound", NONE: "no interaction on any scale",
    DEPENDS: "it depends on the scale", UNKNOWN: "that cannot be told",
}  # fmt: skip


def _verdict(scales: dict[str, Estimate]) -> str:
    """Call an interaction only where all scales that are defined agree, and at least two are."""
    if len(scales) < 2:
        return UNKNOWN
    signs = set(map(_sign, scales.values()))
    if len(signs) > 1:
        return DEPENDS
    return {1: OVERLAP, -1: COMPOUND, 0: NONE}[signs.pop()]


def _sign(found: Estimate) -> int:
    """Return the side of zero that an interval surely is on; one that touches zero in the digits that are shown is on none."""
    low, high = (round(bound, DIGITS) for bound in (found.low, found.high))
    return 1 if low > 0 else -1 if high < 0 else 0


def _scales(scales: Mapping[str, Estimate], grid: Grid) -> str:
    """Say on which scales the losses surely overlap or compound, where the scales do not agree."""
    words = {1: "they overlap", -1: "they compound", 0: "no interaction is shown"}
    by_sign: dict[int, list[str]] = {}
    for name, each in scales.items():
        by_sign.setdefault(_sign(each), []).append(_scale(name, grid))
    return ", ".join(f"{words[sign]} on {listed(names)}" for sign, names in by_sign.items())


def _scale(name: str, grid: Grid) -> str:
    return {"metric": grid.metric, "log-retention": "log-retention"}.get(name, f"its {name}")
