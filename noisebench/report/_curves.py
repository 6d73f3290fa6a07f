"""Turns curves into what a report shows of them: points, ticks and descriptors in words."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from noisebench._rank import harm
from noisebench.curve._records import told
from noisebench.report import _descriptors, _numbers
from noisebench.report._glossary import distortion_words, ladder_dose, ladder_unit, whole_doses
from noisebench.report._sweeps import Inputs, Reading
from noisebench.report._text import line
from noisebench.report._view import CurveView, Point

DROP = 0.1
"""Share of the performance above chance whose loss the report looks for."""

NEVER = 2.0
"""Sorts a tolerance that was not reached after every one that was."""

CLOSE = 1e-9
"""Severities that differ by less are one."""


def _float(value: object) -> float:
    """Return a float; NaN for what is no number."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan


def _record(curve: Any, name: str, **arguments: object) -> Any:
    """Return a descriptor of the curve, or None where it is undefined there."""
    try:
        found = getattr(curve, name)
        return found(**arguments) if callable(found) else found
    except (ArithmeticError, ValueError):
        return None


def _bounds(record: Any) -> tuple[float, float, float]:
    """Return value, low and high of an estimate."""
    return _float(record.value), _float(record.low), _float(record.high)


def _dose(doses: Sequence[Any] | None, index: int) -> float:
    """Return the first ladder's dose at a severity, NaN where there is none."""
    if doses is None or index >= len(doses) or doses[index] is None:
        return math.nan
    dose = doses[index]
    if isinstance(dose, Mapping):
        dose = next(iter(dose.values()), None)
    elif isinstance(dose, tuple | list):
        dose = dose[0] if dose else None
    return _float(dose)


def dose_at(severities: Sequence[float], doses: Sequence[float], severity: float) -> float:
    """Return the dose between two grid severities by straight line, NaN where that is unknown."""
    for left, right in pairwise(range(len(severities))):
        s0, s1 = severities[left], severities[right]
        if s0 <= severity <= s1:
            share = (severity - s0) / (s1 - s0)
            between = doses[left] + (doses[right] - doses[left]) * share
            exact = doses[right] if share == 1 else between
            return exact if math.isfinite(exact) else math.nan
    return math.nan


def _distortion(
    distortion: Any, index: int, severity: float, count: int, reading: Reading, inputs: Inputs
) -> str:
    """Find the distortion of one severity, kept by severity or in order."""
    if distortion is None:
        return ""
    if isinstance(distortion, Mapping):
        found = distortion.get(severity)
    else:
        offset = count - len(distortion)
        found = distortion[index - offset] if index >= offset else None
    return distortion_words(found, reading.modality(), inputs, declared=reading.measure())


class _Reader:
    """Reads one curve once; holds what several fields of its view share."""

    def __init__(self, curve: Any, reading: Reading, inputs: Inputs) -> None:
        self.curve = curve
        self.reading = reading
        self.inputs = inputs
        self.facts = inputs.facts.get(reading.inputs[0], {}) if reading.inputs else {}
        self.severities = [_float(value) for value in curve.severities]
        self.doses = [_dose(curve.doses, index) for index in range(len(self.severities))]
        self.counts: tuple[int, ...] = getattr(curve, "counts", None) or ()
        self.unit = line(curve.unit or "", 80)
        self.clean = _float(curve.estimate[0])
        self.fixed = reading.fixed and len(self.severities) == 2
        self.chance = None if curve.chance is None else _float(curve.chance)
        self.tolerance = _record(curve, "tolerance", drop=DROP)
        level = getattr(curve, "level", None)
        self.rising = level if level is not None and level.line else None

    def points(self, distortion: Any) -> tuple[Point, ...]:
        """Return every severity of the curve, the clean one first; a loss that is marked looks like one."""
        places = range(len(self.severities))
        found = [self._point(index, distortion) for index in places]
        if any(point.below and point.text == found[0].text for point in found):
            found = [self._point(index, distortion, more=1) for index in places]
        return tuple(found)

    def _point(self, index: int, distortion: Any, *, more: int = 0) -> Point:
        value, low, high = (
            _float(side[index]) for side in (self.curve.estimate, self.curve.low, self.curve.high)
        )
        severity, dose = self.severities[index], self.doses[index]
        text, interval = _numbers.parts(value, low, high, more=more)
        return Point(
            severity=severity,
            dose="" if math.isnan(dose) else _numbers.quantity(dose, self.unit),
            value=value,
            low=low,
            high=high,
            text=text,
            interval=interval,
            below=self._lost(value),
            distortion=_distortion(
                distortion,
                index,
                severity,
                len(self.severities),
                self.reading,
                self.inputs,
            ),
            n=self.counts[index] if self.counts else 0,
        )

    def _lost(self, value: float) -> bool:
        """Tell whether more than a tenth of the performance above chance is gone."""
        sign = 1 if self.curve.higher_is_better else -1
        return sign * (self.clean - value) > DROP * self.span()

    def span(self) -> float:
        """Return what there is to lose: down to chance where it is known; else to 0, or of a loss as much again."""
        if self.chance is None:
            return self.clean
        return self.clean - self.chance if self.curve.higher_is_better else self.chance - self.clean

    def tolerance_value(self) -> float:
        """Return the severity at which a tenth is lost, `NEVER` where it is not reached."""
        if self.tolerance is None:
            return math.nan
        if getattr(self.tolerance, "censored", False):
            return NEVER
        return _float(self.tolerance.severity)

    def tolerance_dose(self) -> str:
        """Return the dose at which a tenth is lost, with its unit."""
        severity = self._onset_at()
        return self._dose_at(severity) if severity <= 1 else ""

    def _onset_at(self) -> float:
        """Return the severity from which a tenth is said to be lost, at least the mildest measured.

        Between whole doses there is none to read off: then it is the first measured one that costs it.
        """
        severity = max(self.tolerance_value(), self.severities[1])
        if severity <= 1 and len(self.reading.noises) == 1 and whole_doses(self.reading.noises[0]):
            return next((s for s in self.severities[1:] if s >= severity - CLOSE), severity)
        return severity

    def _dose_at(self, severity: float) -> str:
        """Return the dose at a severity, with its unit; empty where it is unknown."""
        dose = math.nan
        if len(self.reading.noises) > 1:
            return "" if self.reading.fixed else self._doses(severity)
        if not self.reading.fixed:
            dose = ladder_dose(self.reading.noises[0], severity, self.facts)
        if math.isnan(dose):
            dose = dose_at(self.severities, self.doses, severity)
        return "" if math.isnan(dose) else _numbers.quantity(dose, self.unit, 2)

    def _doses(self, severity: float) -> str:
        """Return the doses of several noises at one severity; empty where one is unknown."""
        doses = [ladder_dose(noise, severity, self.facts) for noise in self.reading.noises]
        if any(math.isnan(dose) for dose in doses):
            return ""
        units = map(ladder_unit, self.reading.noises)
        shown = [_numbers.quantity(dose, unit, 2) for dose, unit in zip(doses, units, strict=True)]
        return " and ".join(shown)

    def tolerance_parts(self) -> tuple[str, str]:
        """Return the tolerated severity, or equal dose, and its interval; an end beyond the ladder is open."""
        severity = self.tolerance_value()
        if math.isnan(severity):
            return _numbers.MISSING, ""
        if self.rising is None:
            return told(self.tolerance, self.severities, _numbers.parts)
        doses = [self.rising.dose(each) for each in self.severities]
        return told(self.rising.told(self.tolerance), doses, _numbers.parts)

    def tolerance_order(self) -> float:
        """Return what sorts tolerances: the severity, or the equal dose; `NEVER` where it is not reached."""
        severity = self.tolerance_value()
        return severity if self.rising is None or not severity <= 1 else self.rising.dose(severity)

    def tolerance_place(self) -> str:
        """Return what stands beside the tolerance: the dose at it, and its severity where it is an equal dose."""
        dose = self.tolerance_dose()
        if self.rising is None or math.isnan(self.tolerance_value()):
            return dose
        place = told(self.tolerance, self.severities, _numbers.parts)[0]
        return f"severity {place}{f' = {dose}' if dose else ''}"

    def fixed_at(self) -> float | None:
        """Return the dose, or the severity, of a condition that has one alone; else None."""
        if not self.fixed:
            return None
        return self.severities[1] if math.isnan(self.doses[1]) else self.doses[1]

    def at(self) -> str:
        """Write the dose, or the severity, of a condition that has one alone."""
        if math.isnan(self.doses[1]):
            return f"severity {_numbers.number(self.severities[1])}"
        return _numbers.quantity(self.doses[1], self.unit)

    def outcome(self) -> str:
        """Say in one line where the curve loses a tenth."""
        severity = self.tolerance_value()
        if math.isnan(severity):
            return "retention undefined"
        if self.fixed:
            return "keeps 90 %" if severity >= NEVER else "loses 10 %"
        if severity >= NEVER:
            last = f"severity {_numbers.number(self.severities[-1])}"
            most = self._equal_dose(self.severities[-1])
            return f"keeps 90 % up to {f'{most} ({last})' if most else last}"
        return f"loses 10 % {self.onset()}"

    def onset(self) -> str:
        """Say from where a tenth is lost; nothing is claimed below the mildest severity tried."""
        severity = self.tolerance_value()
        if not severity <= 1:
            return ""
        if self.fixed:
            return f"at {self.at()}"
        dose = self.tolerance_dose()
        early = severity < self.severities[1]
        place = f"severity {_numbers.number(self._onset_at(), 2)}"
        place += ", the mildest tried" if early else ""
        if equal := self._equal_dose(self._onset_at()):
            dose, place = equal, f"{place}{f', {dose}' if dose else ''}"
        return f"{'already at' if early else 'from'} {f'{dose} ({place})' if dose else place}"

    def _equal_dose(self, severity: float) -> str:
        """Write the dose, of those that are equal for several noises, at a severity; empty where there is none."""
        if self.rising is None:
            return ""
        return f"dose {_numbers.number(self.rising.dose(severity), 2)}"


def curve_view(
    name: str,
    reading: Reading,
    curve: Any,
    distortion: Any,
    anchor: str,
    inputs: Inputs,
) -> CurveView:
    """Return what the report shows of one curve."""
    reader = _Reader(curve, reading, inputs)
    points = reader.points(distortion)
    area = _record(curve, "area")
    fitted = _record(curve, "psychometric")
    area_bounds = (math.nan,) * 3 if area is None else _bounds(area)
    ticks = [
        (point.severity, _numbers.number(dose))
        for point, dose in zip(points, reader.doses, strict=True)
        if not math.isnan(dose)
    ]
    return CurveView(
        anchor=anchor,
        name=line(name),
        title=line(reading.title + (f" at {reader.at()}" if reader.fixed else "")),
        inputs=line(", ".join(reading.inputs)),
        kind=reading.kind,
        unit=reader.unit,
        dose_ticks=tuple(ticks),
        dose_title=_dose_title(reader.unit or "dose", reading),
        points=points,
        clean=reader.clean,
        chance=reader.chance,
        fixed=reader.fixed_at(),
        n=int(curve.n),
        area=area_bounds[0],
        area_parts=_numbers.parts(*area_bounds),
        tolerance=reader.tolerance_value(),
        tolerance_parts=reader.tolerance_parts(),
        tolerance_dose=reader.tolerance_place(),
        tolerance_order=reader.tolerance_order(),
        onset=reader.onset(),
        outcome=reader.outcome(),
        half=math.nan if fitted is None else _float(fitted.threshold),
        half_parts=_descriptors.half(fitted),
        fit=_descriptors.sentence(fitted),
        uncertainty=_descriptors.sentence(_record(curve, "uncertainty")),
        cliff=_descriptors.cliff(_record(curve, "cliff"), least=DROP * reader.span()),
        monotone=_descriptors.monotone(_record(curve, "monotone")),
        missing=_descriptors.missing(getattr(curve, "missing", None)),
        stand_in=line(reading.stand_in()),
        shared=line(getattr(curve, "shared", "")),
        equal=getattr(curve, "level", None) is not None,
    )


def _dose_title(unit: str, reading: Reading) -> str:
    """Name the noise whose dose is on the axis where several act."""
    if len(reading.noises) < 2:
        return unit
    name = line(reading.noises[0].partition("(")[0].rpartition("/")[2])
    return f"{name}: {unit}"


def rank(curves: Iterable[CurveView], *, higher_is_better: bool) -> tuple[CurveView, ...]:
    """Order curves worst first, those without equal doses last where others have them: by area, then by the value at the highest severity, then by name."""

    def order(curve: CurveView) -> tuple[bool, float, float, str]:
        last = curve.points[-1].value
        return not curve.equal, *harm(curve.area, last, curve.name, higher=higher_is_better)

    return tuple(sorted(curves, key=order))
