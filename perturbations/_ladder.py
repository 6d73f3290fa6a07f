"""Severity in [0, 1] on one side, a physical dose with a unit on the other."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Literal, Self

import numpy as np

from perturbations.errors import BadDeclaration, BadDose, MissingFact, explain

Scale = Literal["linear", "log", "reciprocal", "dB", "integer"]
Dose = float
"""What a severity means physically; the unit is the ladder's."""

STEP = 0.2
"""The distance of two rungs in severity."""


class Ladder(float):
    """Five published rungs of a dose, at severity 0.2, 0.4, 0.6, 0.8 and 1.0.

    Between rungs the dose is interpolated on `scale`; below the first it tends to `none` as severity tends to 0.
    A ladder is a float only so that it can stand as the default of a `Dose` parameter.
    """

    rungs: tuple[float, ...]
    unit: str
    none: float | str
    scale: Scale
    low: float
    high: float

    def __new__(
        cls,
        *rungs: float,
        unit: str,
        none: float | Literal["nyquist"] = 0.0,
        scale: Scale = "linear",
        low: float | None = None,
        high: float | None = None,
    ) -> Self:
        """Make a ladder.

        Args:
            rungs: five doses, strictly monotone.
            unit: what the number counts.
            none: the dose that is no noise at all; may be infinite, or "nyquist" (half the input's rate).
            scale: how to interpolate; "dB" is linear in dB between rungs and in amplitude below the first.
            low: smallest native dose allowed; by default 0, or unbounded for dB.
            high: largest native dose allowed; unbounded by default.

        Raises:
            BadDeclaration: the rungs are not five strictly monotone numbers.
        """
        self = super().__new__(cls, rungs[0] if rungs else math.nan)
        steps = [after - before for before, after in pairwise(rungs)]
        if len(rungs) != 5 or not (all(s > 0 for s in steps) or all(s < 0 for s in steps)):
            raise BadDeclaration(explain("five strictly monotone rungs", "rungs", rungs))
        self.rungs = tuple(map(float, rungs))
        self.unit, self.none, self.scale = unit, none, scale
        self.low = low if low is not None else (-math.inf if scale == "dB" else 0.0)
        self.high = math.inf if high is None else high
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[float, ...], dict[str, object]]:
        keys = ("unit", "none", "scale", "low", "high")
        return self.rungs, {key: getattr(self, key) for key in keys}

    def __repr__(self) -> str:
        return f"Ladder({', '.join(f'{r:g}' for r in self.rungs)}, unit={self.unit!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ladder) and self.__getnewargs_ex__() == other.__getnewargs_ex__()

    def __hash__(self) -> int:
        return hash((self.rungs, self.unit))

    def no_dose(self, facts: Mapping[str, object]) -> float:
        """Return the dose that is no noise, for an input with these facts."""
        if self.none != "nyquist":
            return float(self.none)
        rate = facts.get("rate")
        if not isinstance(rate, int | float | np.number) or isinstance(rate, bool):
            raise MissingFact(explain("the input's sampling rate in Hz", "rate", rate))
        return float(rate) / 2

    def dose(self, severity: float, facts: Mapping[str, object]) -> float:
        """Return the dose at a severity in (0, 1]."""
        value = self._unrounded(severity, facts)
        return float(round(value)) if self.scale == "integer" else value

    def severity(self, dose: float, facts: Mapping[str, object]) -> float:
        """Return the severity at which the ladder gives `dose`.

        Raises:
            BadDose: the dose lies beyond the last rung, where no severity gives it.
        """
        none = self.no_dose(facts)
        if dose == none:
            return 0.0
        ends = sorted((none, self.rungs[-1]))
        slack = 1e-9 * abs(dose)  # a dose computed on a log scale may miss its rung by a rounding
        if not ends[0] - slack <= dose <= ends[1] + slack:
            raise BadDose(
                explain(f"a dose within {ends[0]:g} and {ends[1]:g} {self.unit}", "dose", dose)
            )
        falling = self.rungs[-1] < none
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            value = self._unrounded(middle, facts)
            short = value > dose if falling else value < dose
            low, high = (middle, high) if short else (low, middle)
        return high

    def check(self, dose: object, name: str) -> float:
        """Return a native dose as a float.

        Raises:
            BadDose: it is not a number within [low, high].
        """
        number = isinstance(dose, int | float) and not isinstance(dose, bool)
        if not number or math.isnan(float(dose)) or not self.low <= float(dose) <= self.high:  # type: ignore[arg-type]
            raise BadDose(
                explain(f"a dose in [{self.low:g}, {self.high:g}] {self.unit}", name, dose)
            )
        return float(dose)  # type: ignore[arg-type]

    def _unrounded(self, severity: float, facts: Mapping[str, object]) -> float:
        position = severity / STEP
        if abs(position - round(position)) < 1e-9:  # 0.6 / 0.2 misses the rung by a rounding
            position = round(position)
        below = min(int(position), 4)
        if below >= 1:
            return self._between(self.rungs[below - 1], self.rungs[below], position - below)
        return self._from_none(self.no_dose(facts), self.rungs[0], position - below)

    def _between(self, a: float, b: float, part: float) -> float:
        if self.scale == "log":
            return math.exp((1 - part) * math.log(a) + part * math.log(b))
        if self.scale == "reciprocal":
            return 1 / ((1 - part) / a + part / b)
        return (1 - part) * a + part * b

    def _from_none(self, none: float, first: float, part: float) -> float:
        if part <= 0:
            return none
        if self.scale == "dB" and math.isinf(none):
            return first - 20 * math.log10(part)
        if math.isinf(none) or self.scale == "reciprocal":
            return 1 / ((1 - part) * (0.0 if math.isinf(none) else 1 / none) + part / first)
        if self.scale == "log" and none > 0:
            return math.exp((1 - part) * math.log(none) + part * math.log(first))
        return (1 - part) * none + part * first
