"""The curve of a sweep whose sampling stopped early: fewer samples where the answer was clear, bounds that allow for it.

Why: cells stop at moments that the data chose, so bands for a fixed number of samples would be too narrow. Those drawn here
are confidence sequences: they hold at all moments at once. What needs the same samples at every severity is not answered.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Never

import numpy as np

from noisebench.curve import Cliff, Curve, Estimate, Knee, Missing, Monotone, Slope, Tolerance
from noisebench.curve._bands import falling
from noisebench.curve._bounds import normal
from noisebench.curve._psychometric import refused
from noisebench.curve._records import Psychometric, Uncertainty, number, percent, span
from noisebench.curve._split import refused as unsplit
from noisebench.errors import DataError
from noisebench.gate._line import CLEAN, Line, retained, value
from noisebench.gate._sequence import bounds
from noisebench.gate._stopping import Stopper
from noisebench.gate._wealth import Floats

WHY = "sampling stopped early, after other numbers of samples at each severity"
"""Why some answers are not given."""

BAND = "simultaneous band that holds whenever one stops"


@dataclass(frozen=True, slots=True, eq=False)
class Stopped:
    """What a curve answers with, in the place of the answers of a full run."""

    stopper: Stopper
    sweep: str
    severities: tuple[float, ...]
    counts: tuple[int, ...]
    ids: tuple[str, ...]
    confidence: float
    among: int = 1
    """Severities of which those that were run were chosen by the data; 1 where they were not."""
    memo: dict[Any, Any] = field(default_factory=dict)

    @property
    def sample(self) -> Never:
        """Refuse what needs the same samples everywhere."""
        raise _refused("this")

    moments = resamples = sample

    @property
    def retention(self) -> "Stopped":
        """What is left of the clean performance above chance."""
        return self

    def band(self) -> tuple[Floats, Floats, Floats]:
        """Return the value at every severity with its simultaneous band."""
        chance = (1 - self.confidence) / (2 * max(len(self.severities), self.among))
        rows = [self._value(place, chance) for place in range(len(self.severities))]
        found, low, high = np.array(rows).T
        return found, low, high

    def value(self, place: int) -> Estimate:
        """Return the metric at one severity."""
        found, low, high = self._value(place, (1 - self.confidence) / 2)
        what = f"{self.stopper.terms.scale.metric} {number(found)} {span(low, high)}"
        return self._estimate(found, low, high, place, what)

    def drop(self, place: int) -> Estimate:
        """Return how much worse the metric is than on untouched data."""
        unit = self.stopper.terms.scale.unit
        if place == 0:
            return self._estimate(0.0, 0.0, 0.0, place, "worse by 0.000")
        columns = (CLEAN, self.severities[place])
        line = Line(columns, (-1.0, 1.0), (0.0, 0.0), 0.0, unit, at_most=True)
        found, low, high = self._bounds(line, place, (1 - self.confidence) / 2)
        what = f"{self.stopper.terms.scale.metric} worse by {number(found)} {span(low, high)}"
        return self._estimate(found, low, high, place, what)

    def at(self, place: int, confidence: float) -> Estimate:
        """Return the share that is left at one severity."""
        reason = self.undefined()
        if reason:
            return Estimate(math.nan, math.nan, math.nan, self.counts[place], reason)
        if place == 0:
            return self._estimate(1.0, 1.0, 1.0, place, "keeps all")
        found, low, high = self._retained(place, (1 - confidence) / 2)
        what = f"keeps {number(found)} {span(low, high)} of the performance above chance"
        return self._estimate(found, low, high, place, what)

    def area(self, confidence: float) -> Estimate:
        """Return nothing: severities between those that gates name were not run."""
        return Estimate(
            math.nan,
            math.nan,
            math.nan,
            min(self.counts),
            f"undefined: {WHY} ({percent(confidence)})",
        )

    def tolerance(self, drop: float, confidence: float) -> Tolerance:
        """Return where a share is lost, between the severities that were run."""
        n, nan = min(self.counts), math.nan
        reason = self.undefined()
        if reason:
            return Tolerance(nan, nan, nan, False, drop, n, reason)
        rows = [(1.0, 1.0, 1.0)] + [
            self._retained(place, (1 - confidence) / (2 * self.among))
            for place in range(1, len(self.severities))
        ]
        found, low, high = (
            self._crossing(np.array(column), 1 - drop) for column in zip(*rows, strict=True)
        )
        last = self.severities[-1]
        low, high = min(low, found), max(high, found)
        if math.isinf(found):
            text = f"loses {percent(drop)} nowhere up to severity {last:g}"
            return Tolerance(last, min(low, last), math.inf, True, drop, n, text)
        top = number(high) if math.isfinite(high) else f"> {last:g}"
        text = f"loses {percent(drop)} at severity {number(found)} [{number(low)}, {top}]"
        return Tolerance(found, low, high, False, drop, n, text)

    def slope(self) -> Slope:
        """Return nothing."""
        nan = math.nan
        return Slope(nan, nan, nan, nan, nan, nan, nan, f"no slope: {WHY}")

    def knee(self) -> Knee:
        """Return nothing."""
        return Knee(math.nan, math.nan, math.nan, f"no knee: {WHY}")

    def cliff(self) -> Cliff:
        """Return nothing."""
        nan = math.nan
        return Cliff(nan, nan, nan, nan, nan, nan, f"no cliff: {WHY}")

    def psychometric(self) -> Psychometric:
        """Return nothing."""
        return refused(WHY, math.nan, min(self.counts))

    def uncertainty(self, low: Floats, high: Floats) -> Uncertainty:
        """Return nothing."""
        widest = int(np.argmax(high - low))
        return unsplit(WHY, self.severities[widest], 1)

    def one_sided(self, place: int, confidence: float) -> tuple[float, float, float, float, str]:
        """Return value, lower and upper bound of the share that is left, and why they are undefined."""
        critical, reason = normal(2 * confidence - 1), self.undefined()
        if reason:
            return math.nan, math.nan, math.nan, critical, reason
        if place == 0:
            return 1.0, 1.0, 1.0, critical, ""
        return (*self._retained(place, 1 - confidence), critical, "")

    def undefined(self, _: float = 0.0) -> str:
        """Say why retention means nothing here; empty where it does."""
        if math.isnan(self.stopper.chance):
            return "undefined: no chance level is known for this metric"
        if self.stopper.above is None:
            return "undefined: it is not shown that the model is above chance"
        return ""

    def worst(self, place: int) -> tuple[str, ...]:
        """Return ids of samples that lost most at a severity."""
        rows = self._rows((CLEAN, self.severities[place]), self.counts[place])
        fell = np.nan_to_num(rows[:, 0] - rows[:, 1], nan=0.0)
        order = np.argsort(-fell, kind="stable")
        return tuple(self.ids[i] for i in order[:10] if fell[i] > 0)

    def _value(self, place: int, chance: float) -> tuple[float, float, float]:
        line = value(self.severities[place])
        found, low, high = self._bounds(line, place, chance)
        scale = self.stopper.terms.scale
        ends = sorted((scale.score(max(low, 0.0)), scale.score(min(high, 1.0))))
        return scale.score(found), ends[0], ends[1]

    def _retained(self, place: int, chance: float) -> tuple[float, float, float]:
        return self._bounds(retained(self.severities[place], self.stopper.chance), place, chance)

    def _bounds(self, line: Line, place: int, chance: float) -> tuple[float, float, float]:
        key = (line, chance)
        if key not in self.memo:
            terms = self.stopper.terms
            rows = self._rows(line.columns, self.counts[place])
            known = rows[~np.isnan(rows).any(axis=1)]
            found = line.level(known) if len(known) else math.nan
            size = terms.size if terms.finite else None
            low, high = bounds(line, rows, size=size, below=chance, above=chance)
            self.memo[key] = found, min(low, found), max(high, found)
        kept: tuple[float, float, float] = self.memo[key]
        return kept

    def _rows(self, columns: tuple[float, ...], n: int) -> Floats:
        return self.stopper.rows(self.sweep, columns, n)

    def _crossing(self, values: Floats, level: float) -> float:
        """Return where the falling fit reaches a level; infinite where it never does."""
        fit = falling(np.where(np.isfinite(values), values, np.where(values > 0, 1e9, -1e9)))
        below = np.flatnonzero(fit <= level)
        if not len(below):
            return math.inf
        place = int(below[0])
        if place == 0:
            return 0.0
        share = (fit[place - 1] - level) / (fit[place - 1] - fit[place])
        first, last = self.severities[place - 1 : place + 1]
        return first + float(share) * (last - first)

    def _estimate(self, found: float, low: float, high: float, place: int, what: str) -> Estimate:
        n, where = self.counts[place], f"at severity {self.severities[place]:g}"
        sure = f"{percent(self.confidence)} interval that holds whenever one stops, n = {n}"
        return Estimate(found, low, high, n, f"{what} {where} ({sure})")


def stopped_curve(
    stopper: Stopper, sweep: str, known: Mapping[str, Any], *, ids: tuple[str, ...], confidence: float,
    seed: int, reproduce: str, chance: float | None, unit: str, doses: Mapping[float, Any] | None,
    chosen: bool = False,
) -> Curve:  # fmt: skip
    """Make the curve of a sweep from what was evaluated.

    Args:
        stopper: after everything that there is was seen.
        sweep: which one.
        known: what the header says of the metric.
        ids: in the order of the visit.
        confidence: of the band.
        seed: of the noise.
        reproduce: the line that makes the curve again.
        chance: value of the best constant answer, where it is known.
        unit: of the dose.
        doses: by severity.
        chosen: whether the data chose which severities of the grid were run.

    Raises:
        DataError: no severity of it was run.
    """
    counts = {s: n for s in stopper.severities(sweep) if (n := stopper.count(sweep, s))}
    if not counts:
        raise DataError(f"{sweep} was not run: no gate asks about it")
    severities = (CLEAN, *counts)
    numbers = (stopper.count(sweep, CLEAN), *counts.values())
    among = 1 + len(stopper.severities(sweep)) if chosen else 1
    answers = Stopped(stopper, sweep, severities, numbers, ids, confidence, among)
    estimate, low, high = answers.band()
    return Curve(
        name=sweep,
        metric=str(known["name"]),
        severities=severities,
        estimate=estimate,
        low=low,
        high=high,
        n=min(numbers),
        higher_is_better=bool(known["higher_is_better"]),
        chance=chance,
        confidence=confidence,
        missing=Missing(0, (0,) * len(severities), 0, ""),
        doses=None if doses is None else (None, *(doses[s] for s in counts)),
        unit=unit,
        metric_unit=str(known["unit"]),
        reproduce=reproduce,
        ids=ids[: min(numbers)],
        seed=seed,
        answers=answers,  # type: ignore[arg-type]  # answers the same questions, or says why not
        memo={"monotone": Monotone(True, math.nan, math.nan, (), f"not judged: {WHY}")},
        counts=numbers,
        band=BAND,
    )


def _refused(what: str) -> DataError:
    hint = "run it in full (budget=None); a run directory goes on from where it stopped"
    return DataError(f"{what} needs the same samples at every severity, but {WHY}\n  {hint}")
