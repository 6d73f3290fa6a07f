"""How far two inputs may be apart in time: the tolerated window, its asymmetry, and a peak that is not at zero.

Offsets are signed: above zero the input is later than the others, below it is earlier. The window is where the model keeps
95 % of its clean performance above chance, around zero.

Why: a model that does better when an input is moved was trained on, or is tested on, data whose inputs are not
synchronous. That is a fault of the data, and its sign says which way to mend it.

References: ITU-R BT.1359-1 (1998), relative timing of sound and vision.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._records import number, span
from noisebench.modalities._contrast import band
from noisebench.modalities._grid import Grid
from noisebench.modalities._state import MOVED
from noisebench.modalities._words import ground, interval, listed

Floats = NDArray[np.float64]

KEPT = 0.95
"""Share of the clean performance above chance that is kept inside the window."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One end of the window, as a distance from zero in ms."""

    ms: float | None
    """None where the model keeps 95 % at every offset measured on this side, or none was."""
    low: float
    high: float | None
    """None where the interval is open above."""

    def __str__(self) -> str:
        if self.ms is None:
            return f"at least {self.low:.0f} ms"
        top = "beyond" if self.high is None else f"{self.high:.0f}"
        return f"{self.ms:.0f} ms [{self.low:.0f}, {top}]"


@dataclass(frozen=True, slots=True)
class Offsets:
    """The metric against the time by which one input is late."""

    input: str
    """The input that is late above zero."""
    offsets: tuple[float, ...]
    """In ms, ascending, with zero."""
    value: tuple[float, ...]
    low: tuple[float, ...]
    """Pointwise bounds of the values."""
    high: tuple[float, ...]
    level: float | None
    """The metric at the edge of the window; None where 95 % of the performance above chance is undefined."""
    early: Edge | None
    """How much earlier the input may be; None where no such offset was measured."""
    late: Edge | None
    asymmetry: tuple[float, float, float] | None
    """Late edge minus early edge in ms, with its interval; None where one of them is not known."""
    best: float
    """The offset at which the model does best, of those measured."""
    plateau: tuple[float, float]
    """First and last of the offsets around it, without a gap, at which it may do as well."""
    peak: float
    """The middle of the plateau, which need not have been measured."""
    peak_low: float
    """The offset measured next below the plateau: nothing is known in between. The lowest one where there is none."""
    peak_high: float
    gain: float
    """How much better the model does at `best` than at zero, in units of the metric."""
    gain_low: float
    gain_high: float
    n: int
    text: str

    def __repr__(self) -> str:
        return self.text

    @property
    def shifted(self) -> bool:
        """The model surely does better at an offset than at zero: the data's inputs are not synchronous."""
        return self.best != 0 and self.gain_low > 0

    @property
    def lag(self) -> str:
        """How far the input is from the others in the data, in words; only where it is shifted."""
        return f"about {abs(self.peak):.0f} ms {'early' if self.peak > 0 else 'late'}"

    @property
    def width(self) -> float | None:
        """Width of the window in ms; None where an edge is not known."""
        edges = (self.early, self.late)
        known = [each.ms for each in edges if each is not None and each.ms is not None]
        return sum(known) if len(known) == 2 else None

    def rows(self) -> list[dict[str, Any]]:
        """Return a row per offset, with the place of the peak in all of them."""
        peak = {"peak_ms": self.peak, "peak_low_ms": self.peak_low, "peak_high_ms": self.peak_high}
        return [
            {"input": self.input, "offset_ms": ms, "value": value, "low": low, "high": high,
             "n": self.n, **peak}
            for ms, value, low, high in zip(
                self.offsets, self.value, self.low, self.high, strict=True
            )
        ]  # fmt: skip


def offsets(grid: Grid) -> tuple[Offsets, ...]:
    """Return a curve for every input that was moved in time; of two inputs, one, as either is late when the other is early."""
    axes: dict[str, dict[float, int]] = {}
    for state, place in grid.places.items():
        if len(state.inputs) == 1 and (moved := state.being(MOVED)):
            (name,) = moved
            what = state.get(name)
            axes.setdefault(name, {})[what.offset if what else 0.0] = place
    if len(grid.inputs) == 2 and len(axes) == 2:
        first, second = grid.inputs
        mirrored = {-ms: place for ms, place in axes[first].items()}
        axes = {second: mirrored | axes[second]}
    return tuple(_offsets(grid, name, axes[name]) for name in grid.inputs if name in axes)


def _offsets(grid: Grid, name: str, cells: Mapping[float, int]) -> Offsets:
    at = sorted({0.0, *cells})
    places = [0 if ms == 0 else cells[ms] for ms in at]
    means = grid.answers.moments.mean
    edges = grid.answers.moments.interval(grid.answers.moments.critical(grid.answers.confidence))
    best = max(range(len(at)), key=lambda i: (grid.sign * means[places[i]], -abs(at[i])))
    gain = band(grid, _against(grid, places, 0))
    rival = band(grid, _against(grid, places, places[best]))
    first, last = _run(rival.high >= 0, best)
    middle = (at[first] + at[last]) / 2
    if at[best] != 0:  # of several that do best, the one in the middle
        best = max(
            range(first, last + 1),
            key=lambda i: (grid.sign * means[places[i]], -abs(at[i] - middle)),
        )
    level, early, late, asymmetry = _window(grid, at, places)
    found = Offsets(
        input=name,
        offsets=tuple(at),
        value=tuple(means[places].tolist()),
        low=tuple(edges[0][places].tolist()),
        high=tuple(edges[1][places].tolist()),
        level=level,
        early=early,
        late=late,
        asymmetry=asymmetry,
        best=at[best],
        plateau=(at[first], at[last]),
        peak=middle,
        peak_low=at[max(first - 1, 0)],
        peak_high=at[min(last + 1, len(at) - 1)],
        gain=float(gain.estimate[best]),
        gain_low=float(gain.low[best]),
        gain_high=float(gain.high[best]),
        n=grid.n,
        text="",
    )
    return replace(found, text=_text(found, grid))


def _run(good: NDArray[np.bool_], place: int) -> tuple[int, int]:
    """Return the first and the last of the places around one without a gap that are good; that one is."""
    first = last = place
    while first > 0 and good[first - 1]:
        first -= 1
    while last < len(good) - 1 and good[last + 1]:
        last += 1
    return first, last


def _against(grid: Grid, places: Sequence[int], place: int) -> Floats:
    """Return every offset's cell minus one cell."""
    columns = [grid.one({} if each == place else {each: 1.0, place: -1.0}) for each in places]
    return np.stack(columns, axis=1)


def _window(
    grid: Grid, at: Sequence[float], places: Sequence[int]
) -> tuple[float | None, Edge | None, Edge | None, tuple[float, float, float] | None]:
    """Return the level and both edges of the window, resampled together."""
    retention = grid.answers.retention
    if retention.undefined(grid.answers.confidence):
        return None, None, None, None
    chance = retention.reference or 0.0
    means, draws = grid.answers.moments.mean, grid.answers.resamples.draws
    zero = at.index(0.0)
    sides = {"early": list(range(zero, -1, -1)), "late": list(range(zero, len(at)))}
    kept = (means[places] - chance) / (means[0] - chance)
    drawn = (draws[:, places] - chance) / (draws[:, [0]] - chance)
    ends: dict[str, _End] = {}
    for side, order in sides.items():
        if len(order) > 1:
            steps = np.abs(np.array(at)[order])
            ends[side] = _End(steps, kept[None, order], drawn[:, order])
    early, late = (ends[side].edge(grid) if side in ends else None for side in sides)
    level = chance + KEPT * (float(means[0]) - chance)
    return level, early, late, _asymmetry(grid, ends)


class _End:
    """Where one side of the window ends: by straight lines, and between which two offsets that is, drawn again."""

    def __init__(self, steps: Floats, kept: Floats, drawn: Floats) -> None:
        place, never = _first_below(kept)
        self.value = math.inf if never[0] else _crossed(steps, kept[0], int(place[0]))
        places, nowhere = _first_below(drawn)
        self.inside = steps[np.where(nowhere, len(steps) - 1, np.maximum(places - 1, 0))]
        self.outside = np.where(nowhere, math.inf, steps[places])

    def edge(self, grid: Grid) -> Edge:
        """Return the end with an interval that allows for what was not measured between two offsets."""
        low, high = _bounds(grid, self.value, self.inside, self.outside)
        return Edge(
            ms=None if math.isinf(self.value) else self.value,
            low=low,
            high=None if math.isinf(high) else high,
        )


def _first_below(kept: Floats) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the first place at which less than 95 % is kept, and whether there is none; a row a curve."""
    under = kept < KEPT
    return under.argmax(axis=1), np.logical_not(under.any(axis=1))


def _crossed(steps: Floats, kept: Floats, place: int) -> float:
    if place == 0:
        return float(steps[0])
    top, bottom = kept[place - 1], kept[place]
    share = (top - KEPT) / (top - bottom)
    return float(steps[place - 1] + share * (steps[place] - steps[place - 1]))


def _bounds(grid: Grid, value: float, low: Floats, high: Floats) -> tuple[float, float]:
    tail = (1 - grid.answers.confidence) / 2
    first = float(np.quantile(low, tail, method="inverted_cdf"))
    last = float(np.quantile(high, 1 - tail, method="inverted_cdf"))
    return min(first, value), max(last, value)


def _asymmetry(grid: Grid, ends: Mapping[str, _End]) -> tuple[float, float, float] | None:
    """Return late edge minus early edge; nothing where one of them may be beyond what was measured."""
    if len(ends) < 2:
        return None
    early, late = ends["early"], ends["late"]
    if any(math.isinf(end.value) or np.isinf(end.outside).any() for end in ends.values()):
        return None
    gap = late.value - early.value
    low, high = _bounds(grid, gap, late.inside - early.outside, late.outside - early.inside)
    return gap, low, high


def _text(found: Offsets, grid: Grid) -> str:
    said = []
    if found.shifted:
        way = "later" if found.peak > 0 else "earlier"
        gain = interval(found.gain, found.gain_low, found.gain_high)
        said.append(
            f"in the data {found.input} seems to be {found.lag}, a fault of synchronisation: the model "
            f"does best with it {_plateau(found)} {way}, {grid.metric} better by {gain}; "
            f"by the steps that were measured, the offset is somewhere from {_ms(found)}"
        )
    elif min(found.offsets) < 0 < max(found.offsets):
        said.append(f"no offset of {found.input} is surely better than none")
    window = [
        f"{edge} {way}" for edge, way in ((found.early, "early"), (found.late, "late")) if edge
    ]
    if window:
        said.append(
            f"{found.input} may be {listed(window)} before 5 % of the performance above chance is lost"
        )
    if found.asymmetry is not None:
        value, low, high = found.asymmetry
        said.append(f"late minus early {value:.0f} ms [{low:.0f}, {high:.0f}]")
    if not said:
        worst = int(np.argmin(grid.sign * np.array(found.value)))
        said.append(
            f"{grid.metric} {number(found.value[worst])} {span(found.low[worst], found.high[worst])} "
            f"with {found.input} {found.offsets[worst]:+.0f} ms"
        )
    return f"{'; '.join(said)} ({ground(grid)})"


def _plateau(found: Offsets) -> str:
    """Say which of the measured offsets are the best."""
    low, high = sorted(map(abs, found.plateau))
    if low == high:
        return f"{low:.0f} ms"
    return f"by any of the measured {low:.0f} to {high:.0f} ms"


def _ms(found: Offsets) -> str:
    """Write the ends of what the peak may be; the last offset measured is no end."""
    low, high = sorted((abs(found.peak_low), abs(found.peak_high)))
    ends = {abs(found.offsets[0]), abs(found.offsets[-1])} & set(map(abs, found.plateau))
    return f"{low:.0f} to {high:.0f} ms{' or more' if high in ends else ''}"
