"""From a dose back to the severity that gives it: the rising line proposes, a measurement confirms.

Why: between grid points the line is only straight. So a severity counts when the dose measured there is within 1 % of the
range or one standard error of the dose asked for; otherwise the bracket is narrowed. Noise whose dose jumps (a whole number
of bits) has no such severity, and the nearest step is taken and called that.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from noisebench.calibration._isotonic import Fit
from noisebench.calibration._measure import Reading
from noisebench.calibration._table import MET, STEPPED, UNREACHABLE

TRIES = 8
"""Measurements at most for one dose."""

SHARE = 0.01
"""Of the range, that a dose may be missed by."""

QUARTER = 0.25
"""Of the dose, that it may be missed by at most however uncertain it is, so that doses stay in order."""

NEAR = 0.5
"""Of the dose, within which a step still stands for it."""

CLOSE = 2e-4
"""Severities nearer than this are the same."""

Measure = Callable[[float], Reading]


@dataclass(frozen=True, slots=True)
class Solved:
    """A severity for a dose."""

    dose: float
    state: str
    reading: Reading


@dataclass
class Solver:
    """Finds severities of one noise, dose by dose from the smallest."""

    fit: Fit
    known: dict[float, Reading]
    """What was measured, by severity; that of severity 0 too."""
    measure: Measure

    def solve(self, doses: Sequence[float]) -> list[Solved]:
        """Return a severity for every dose; ascending, each used once."""
        found, last = [], self.known[min(self.known)]
        for dose in doses:
            solved = self._solve(dose, last)
            found.append(solved)
            if solved.state != UNREACHABLE:
                last = solved.reading
        return found

    def missed(self, reading: Reading, dose: float) -> float:
        """Return by how much of what is allowed a measured dose misses another."""
        error = reading.point.error
        allowed = max(SHARE * self.fit.range, 0.0 if math.isnan(error) else error)
        allowed = min(allowed, QUARTER * abs(dose)) or QUARTER * abs(dose)
        return abs(reading.point.dose - dose) / allowed if allowed > 0 else math.inf

    def _solve(self, dose: float, last: Reading) -> Solved:
        end = self.known[max(self.known)]
        place = self.fit.bracket(dose)
        if place is None:
            close = self.missed(end, dose) <= 1 and _above(end, last)
            return Solved(dose, MET if close else UNREACHABLE, end)
        left, right = self._narrowed(dose, *(float(self.fit.severities[i]) for i in place))
        left = max(left, last.point.severity)
        low, high = self.known[left].point.dose, self.known[right].point.dose
        for turn in range(TRIES):
            best = self._best(dose, last)
            if best is not None and self.missed(best, dose) <= 1:
                return Solved(dose, MET, best)
            if right - left < CLOSE:
                break
            severity = short(_between(left, right, low, high, dose, halve=turn % 2 == 1))
            if severity not in self.known:
                self.known[severity] = self.measure(severity)
            reached = self.known[severity].point.dose
            if reached < dose:
                left, low = severity, reached
            else:
                right, high = severity, reached
        return self._nearest(dose, last, end)

    def _best(self, dose: float, last: Reading) -> Reading | None:
        """Return the measurement nearest to a dose, of those beyond the dose before."""
        beyond = [each for each in self.known.values() if _above(each, last)]
        return min(beyond, key=lambda each: abs(each.point.dose - dose), default=None)

    def _nearest(self, dose: float, last: Reading, end: Reading) -> Solved:
        """Return the step that is nearest to a dose, where that is nearer than half of it."""
        best = self._best(dose, last)
        if best is None:
            return Solved(dose, UNREACHABLE, end)
        if self.missed(best, dose) <= 1:
            return Solved(dose, MET, best)
        near = abs(best.point.dose - dose) <= NEAR * abs(dose)
        return Solved(dose, STEPPED if near else UNREACHABLE, best)

    def _narrowed(self, dose: float, left: float, right: float) -> tuple[float, float]:
        """Return the part of a bracket that measurements within it leave."""
        inside = sorted(s for s in self.known if left < s < right)
        for severity in inside:
            if self.known[severity].point.dose >= dose:
                return left, severity
            left = severity
        return left, right


def _above(one: Reading, other: Reading) -> bool:
    """Tell whether a measurement is further along and has a larger dose."""
    return one.point.severity > other.point.severity and one.point.dose > other.point.dose


def _between(
    left: float, right: float, low: float, high: float, dose: float, *, halve: bool
) -> float:
    """Return a severity within a bracket: on the straight line, or in the middle by turns."""
    share = 0.5
    if not halve and math.isfinite(low) and high > low:
        share = min(max((dose - low) / (high - low), 0.05), 0.95)
    return left + share * (right - left)


def short(severity: float) -> float:
    """Return a severity of 4 significant digits, as it stands in keys and files."""
    return float(f"{severity:.4g}")
