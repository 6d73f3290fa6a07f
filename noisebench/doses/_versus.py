"""Whether a model takes noise in one input better than in another: on two axes of dose, and only where both say so.

Equal severities of two modalities are not equal noise, and no one axis is right. So the question is asked at equal displacement of
features, and at equal shares of the bits lost (by re-identification). On each axis the noises of an input are averaged over
equal doses, each twice the one before, up to the largest that half of the noises of both inputs reach, or three; a noise
that does not reach it is left out and counted, never continued. An answer is given where both differences have the same sign and neither
interval has 0 in it; or where both are surely too small to matter.

The intervals are from resampled samples: they are about these noises, on other samples. So it is also said if the answer
hangs on a single noise.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noisebench.curve import Curve
from noisebench.curve._bands import resample
from noisebench.curve._curve import need
from noisebench.doses._measured import Measured

Floats = NDArray[np.float64]

DISPLACEMENT, BITS = "displacement", "bits"

LADDER = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Doses at which noises are compared, on either axis."""

ENOUGH = 3
"""Noises of an input that must reach a dose; half, where that is fewer."""

FEWEST = 20
"""Samples from which a difference is told."""

SAME = 0.01
"""Share of the performance above chance by which two inputs may differ and count as alike. Ours."""

BOOTSTRAP = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """One noise on one axis: how much is retained at which dose."""

    sweep: str
    doses: tuple[float, ...]
    """Ascending from 0."""
    places: tuple[int, ...]
    """Levels of the curve that they were measured at."""


@dataclass(frozen=True, slots=True)
class Side:
    """The difference of two inputs on one axis."""

    axis: str
    doses: tuple[float, ...]
    """At which noises are averaged; empty where the inputs have none in common."""
    means: tuple[tuple[float, ...], tuple[float, ...]]
    """Retained performance of the two inputs at these doses."""
    value: float
    """How much more of the performance the first input's noise leaves, on average over the doses."""
    low: float
    high: float
    noises: tuple[tuple[str, ...], tuple[str, ...]]
    """That were averaged."""
    short: tuple[str, ...]
    """That do not reach the doses."""
    pivot: str
    """A noise without which the difference would have another sign; empty where there is none."""

    @property
    def sign(self) -> int:
        """1 where the first input surely takes noise better, -1 where the second does, 0 where that is open."""
        return (self.low > 0) - (self.high < 0)


@dataclass(frozen=True, slots=True)
class Versus:
    """Whether noise in one input costs less than in another."""

    first: str
    second: str
    modalities: tuple[str, str]
    sides: tuple[Side, ...]
    """One for each axis."""
    n: int
    confidence: float
    reason: str = ""
    """Why nothing can be said."""

    @property
    def alike(self) -> bool:
        """Whether the two surely differ by hardly anything, on both axes."""
        return bool(self.sides) and all(max(-s.low, s.high) < SAME for s in self.sides)

    @property
    def better(self) -> str:
        """The input that surely takes noise better, on both axes; empty where they do not agree."""
        signs = {side.sign for side in self.sides}
        if self.reason or self.alike or len(signs) != 1 or 0 in signs:
            return ""
        return self.first if signs == {1} else self.second


def versus(
    curves: Mapping[str, Curve],
    measured: Sequence[Measured],
    first: str,
    second: str,
    confidence: float,
) -> Versus:
    """Compare the noises of two inputs."""
    of = {each.input: each.modality for each in measured}
    kinds = (of[first], of[second])
    names = [
        tuple(dict.fromkeys(m.sweep for m in measured if m.input == i)) for i in (first, second)
    ]
    shared, left = _same_samples(curves, [*names[0], *names[1]])
    names = [tuple(name for name in each if name in shared) for each in names]
    n = curves[shared[0]].n if shared else 0
    why = _refused(curves, names, n, left, confidence)
    if why:
        return Versus(first, second, kinds, (), n, confidence, why)
    lines = {
        axis: {s: line_of(s, measured, curves[s], axis) for s in shared}
        for axis in (DISPLACEMENT, BITS)
    }
    drawn = _Draws(curves, shared)
    sides = tuple(
        _side(axis, found, (names[0], names[1]), drawn, confidence) for axis, found in lines.items()
    )
    return Versus(first, second, kinds, sides, n, confidence)


def line_of(sweep: str, measured: Sequence[Measured], curve: Curve, axis: str) -> Line:
    """Return the doses of one noise along an axis, from 0; where a dose does not rise, the later severity counts."""
    doses, places = [0.0], [0]
    for each in measured:
        if each.sweep != sweep or each.severity is None:
            continue
        dose = each.displacement if axis == DISPLACEMENT else each.lost
        place = curve.severities.index(each.severity)
        if math.isnan(dose):
            continue
        if dose <= doses[-1] and len(doses) > 1:
            places[-1] = place
        elif dose > doses[-1]:
            doses.append(dose)
            places.append(place)
    return Line(sweep, tuple(doses), tuple(places))


def weights(line: Line, dose: float, levels: int) -> Floats | None:
    """Return the weights of a curve's levels at a dose, by straight lines; None beyond the last dose.

    A dose that was measured within a tenth of the one asked for counts as that.
    """
    found = np.zeros(levels)
    if dose > line.doses[-1]:
        if line.doses[-1] < 0.9 * dose:
            return None
        found[line.places[-1]] = 1.0
        return found
    right = max(int(np.searchsorted(line.doses, dose)), 1)
    share = (dose - line.doses[right - 1]) / (line.doses[right] - line.doses[right - 1])
    found[line.places[right - 1]] += 1 - share
    found[line.places[right]] += share
    return found


class _Draws:
    """Values of all curves and what they become when samples are drawn again, over the clean performance above chance."""

    def __init__(self, curves: Mapping[str, Curve], names: Sequence[str]) -> None:
        samples = tuple(need(curves[name], "doses").sample for name in names)
        found = resample(samples, bootstrap=BOOTSTRAP, seed=curves[names[0]].seed)
        ends = np.cumsum([0, *(len(sample.severities) for sample in samples)])
        self.of = {n: slice(int(a), int(b)) for n, a, b in zip(names, ends, ends[1:], strict=False)}
        known = need(curves[names[0]], "doses").retention.reference or 0.0
        self.values = found.estimate - known
        self.draws = found.draws - known

    def retained(self, line: Floats) -> tuple[float, Floats]:
        """Return a weighted mean of levels as a share of the clean performance above chance, and its draws."""
        return float(line @ self.values / self.values[0]), self.draws @ line / self.draws[:, 0]

    def row(self, name: str, weights_: Floats) -> Floats:
        """Return the weights of one curve's levels among those of all curves."""
        found = np.zeros(len(self.values))
        found[self.of[name]] = weights_
        return found


def _side(
    axis: str,
    lines: Mapping[str, Line],
    names: tuple[tuple[str, ...], tuple[str, ...]],
    drawn: _Draws,
    confidence: float,
) -> Side:
    doses, inside = _common(lines, names)
    short = tuple(
        name for side, kept in zip(names, inside, strict=True) for name in side if name not in kept
    )
    if not doses:
        nan = math.nan
        return Side(axis, (), ((), ()), nan, nan, nan, inside, short, "")
    rows = {
        name: np.stack([drawn.row(name, _at(lines[name], dose, drawn)) for dose in doses])
        for side in inside
        for name in side
    }
    means = [np.mean([rows[name] for name in side], axis=0) for side in inside]
    shown = tuple(tuple(drawn.retained(row)[0] for row in side) for side in means)
    value, draws = drawn.retained((means[0] - means[1]).mean(axis=0))
    low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Side(
        axis, doses, (shown[0], shown[1]), value, float(min(low, value)), float(max(high, value)), inside, short,
        _pivot(rows, inside, value, drawn),
    )  # fmt: skip


def _at(line: Line, dose: float, drawn: _Draws) -> Floats:
    part = drawn.of[line.sweep]
    found = weights(line, dose, part.stop - part.start)
    return np.zeros(part.stop - part.start) if found is None else found


def _common(
    lines: Mapping[str, Line], names: tuple[tuple[str, ...], tuple[str, ...]]
) -> tuple[tuple[float, ...], tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the doses that enough noises of both inputs reach, and these noises."""
    for last in range(len(LADDER), 0, -1):
        least = 0.9 * LADDER[last - 1]
        reach = [tuple(n for n in side if lines[n].doses[-1] >= least) for side in names]
        if all(len(r) >= min(ENOUGH, -(-len(s) // 2)) for r, s in zip(reach, names, strict=True)):
            return LADDER[:last], (reach[0], reach[1])
    return (), ((), ())


def _pivot(
    rows: Mapping[str, Floats],
    inside: tuple[tuple[str, ...], tuple[str, ...]],
    value: float,
    drawn: _Draws,
) -> str:
    """Return a noise without which the difference would turn; empty where there is none."""
    for side in inside:
        for name in side if len(side) > 1 else ():
            left = [tuple(n for n in s if n != name) for s in inside]
            means = [np.mean([rows[n] for n in s], axis=0) for s in left]
            without, _ = drawn.retained((means[0] - means[1]).mean(axis=0))
            if without * value <= 0:
                return name
    return ""


def _same_samples(curves: Mapping[str, Curve], names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the noises whose curves are of the same samples, and those of other ones: there is no pairing with them."""
    counts: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        counts.setdefault(curves[name].ids, []).append(name)
    most = max(counts.values(), key=len, default=[])
    return most, [name for name in names if name not in most]


def _refused(
    curves: Mapping[str, Curve],
    names: Sequence[tuple[str, ...]],
    n: int,
    left: Sequence[str],
    confidence: float,
) -> str:
    """Say why two inputs cannot be compared; empty where they can."""
    if not all(names):
        return f"the curves of {', '.join(left)} are of other samples"
    if n < FEWEST:
        return f"there are {n} samples, fewer than {FEWEST}"
    retention = need(curves[names[0][0]], "doses").retention
    return retention.undefined(confidence)
