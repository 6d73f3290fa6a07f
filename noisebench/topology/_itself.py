"""A noise after itself: the sham that any talk of noises acting together has to pass.

Two draws of one noise are no interaction of two, yet they leave less than independent losses would. In doses that add up they
do what one draw of the joint dose does (Loewe): with D(r) the dose that leaves the share r, read off the noise's own curve, the
index u(d) + u(d) over u(D(r_dd)) is 1. Above 1: two draws do less than their sum, below: more. What adds up depends on the noise:

    standard deviation   its square, as variances of independent draws do
    dB SNR               the power of the noise
    share lost           the logarithm of the share that is left, as a second draw takes from what the first has left
    anything else        nothing is known to: there is no index, as it would mean nothing

Why: the excess of a noise with itself is how much an excess between two noises means.

References: Loewe and Muischnek 1926, Über Kombinationswirkungen; Greco, Bravo and Parsons 1995 (the sham combination).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench._grammar import split
from noisebench.curve._bands import falling
from noisebench.curve._records import Estimate, number, percent, span
from noisebench.topology._breaking import Breaking
from noisebench.topology._pull import Pulled, Units
from perturbations import Ladder, Perturbation
from perturbations.errors import PerturbationError

Floats = NDArray[np.float64]

DRAWS = 400
"""Resamples of the index."""

VARIANCE, POWER, LEFT, NOTHING = (
    "variances add up", "the power of the noise adds up", "what is left is multiplied", "no index: doses of this noise are not known to add up",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Itself:
    """One noise after itself."""

    name: str
    """The sweep of the noise alone, at its severity."""
    alone: float
    """Share of the samples that one draw leaves."""
    both: float
    """Share that two draws leave."""
    index: Estimate | None
    """1 where doses add up; None where they are not known to, or the curve does not show the joint dose."""
    adds: str
    """How doses of this noise add up."""
    text: str

    @property
    def additive(self) -> bool | None:
        """Whether the interval of the index holds 1; None where there is none."""
        return None if self.index is None else self.index.low <= 1 <= self.index.high

    def __repr__(self) -> str:
        return self.text

    def row(self) -> dict[str, Any]:
        """Return plain data."""
        found = self.index
        return {
            "noise": self.name,
            "alone": self.alone,
            "twice": self.both,
            "if_independent": self.alone**2,
            "index": None if found is None else found.value,
            "low": None if found is None else found.low,
            "high": None if found is None else found.high,
            "adds": self.adds,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Twice:
    """What is measured of a noise after itself."""

    name: str
    text: str
    at: Any
    """Severity, or doses by name."""
    facts: Mapping[str, Any]
    once: Floats
    """(n,): share of draws in which each sample is not broken."""
    both: Floats
    units: Units
    confidence: float
    curve: Breaking | None
    """The noise at several severities, over the same samples; None where that was not measured."""


def curve_name(sweep: str) -> str:
    """Return the sweep of a noise whose severity varies, of one at a fixed severity."""
    return "@".join(split(sweep, "@")[:-1])


def itself_of(found: Twice) -> Itself:
    """Return what two draws of a noise do, in doses that add up."""
    once, both = float(found.once.mean()), float(found.both.mean())
    adds, unit = _adding(found)
    index: Estimate | str = (
        adds.removeprefix("no index: ")
        if unit is None
        else "these samples were not measured at several severities"
        if found.curve is None
        else _index(found, unit)
    )
    head = (
        f"{found.name} after itself leaves {number(both)} of the samples, alone {number(once)}, "
        f"so {number(once**2)} if the two were independent"
    )
    if isinstance(index, str):
        return Itself(
            found.name,
            once,
            both,
            None,
            adds,
            f"{head}; whether doses add up cannot be told: {index}",
        )
    said = f"{number(index.value)} {span(index.low, index.high)}"
    way = (
        "as one draw of the joint dose does"
        if index.low <= 1 <= index.high
        else "unlike one draw of the joint dose"
    )
    text = f"{head}; {way}: index {said}, expected 1 ({adds}; {index.text})"
    return Itself(found.name, once, both, index, adds, text)


def _index(found: Twice, unit: Callable[[float], float]) -> Estimate | str:
    """Return the index with its interval, or why there is none."""
    assert found.curve is not None
    if not isinstance(found.at, float):
        return "its dose is given by name, and severities are what its curve is over"
    grid = np.array([0.0, *found.curve.severities])
    columns = np.column_stack([1.0 - found.curve.broken.mean(axis=1).T, found.both])
    mean = columns.mean(axis=0)
    pulled = Pulled.of(mean, ((c - m) for c, m in zip(columns.T, mean, strict=True)), found.units)
    rows = np.concatenate([mean[None], pulled.draws(DRAWS)])
    values = np.array([_ratio(row, grid, found.at, unit) for row in rows])
    if math.isnan(values[0]):
        return (
            f"its curve never gets as low as {number(float(mean[-1]))}, up to severity {grid[-1]:g}"
        )
    known = values[1:][np.isfinite(values[1:])]
    tail = (1 - found.confidence) / 2
    low, high = np.quantile(known, [tail, 1 - tail]) if len(known) > DRAWS / 2 else (0.0, math.inf)
    value = float(values[0])
    low, high = min(float(low), value), max(float(high), value)
    n = len(found.both)
    return Estimate(value, low, high, n, f"{percent(found.confidence)} interval, n = {n}")


def _ratio(row: Floats, grid: Floats, at: float, unit: Callable[[float], float]) -> float:
    """Return the index for shares at all severities and after two draws; NaN where the curve does not get there."""
    fit = falling(np.array([1.0, *row[:-1]]))
    kept = float(row[-1])
    if fit[-1] > kept:
        return math.nan
    place = max(int(np.argmax(fit <= kept)), 1)
    part = (fit[place - 1] - kept) / max(fit[place - 1] - fit[place], 1e-12)
    severity = grid[place - 1] + float(np.clip(part, 0, 1)) * (grid[place] - grid[place - 1])
    joint = unit(float(severity))
    return 2 * unit(at) / joint if joint > 0 else math.nan


def _adding(found: Twice) -> tuple[str, Callable[[float], float] | None]:
    """Return how doses of a noise add up, and what of a severity does; None where nothing is known to."""
    from perturbations import get

    try:
        noise = get(found.text)
    except PerturbationError:
        return NOTHING, None
    words, add = _rule(noise, next(iter(noise.ladders.values())))
    if add is None:
        return words, None

    def unit(severity: float) -> float:
        if severity <= 0:
            return 0.0
        return add(next(iter(noise.doses(severity, facts=found.facts).values())))

    return words, unit


def _rule(noise: Perturbation, ladder: Ladder) -> tuple[str, Callable[[float], float] | None]:
    unit = ladder.unit
    if "SNR" in unit:
        return POWER, lambda dose: 10.0 ** (-dose / 10)
    if noise.coupling == "mask" and unit.startswith("share"):
        return LEFT, lambda dose: -math.log1p(-min(dose, 1 - 1e-9))
    if noise.coupling == "additive" and ("standard deviation" in unit or "σ" in unit):
        return VARIANCE, lambda dose: dose**2
    return NOTHING, None
