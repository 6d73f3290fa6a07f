"""Noises at equal dose, for a report: findings in words, curves on axes of dose, harm beside detection, a table."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from noisebench.curve import Curve
from noisebench.curve._curve import need
from noisebench.doses import EqualDoses, Measured
from noisebench.doses._measured import SILENT_HARMFUL
from noisebench.report import _numbers
from noisebench.report._doses_view import DoseAxis, DoseLine, DosesView, Dot, Spot
from noisebench.report._modalities_table import prose
from noisebench.report._text import line
from noisebench.report._topology import short_of, title_of
from noisebench.report._view import CurveView

COLOURED = 8
"""Most noises that have a colour each; with more, or where means of inputs are drawn, colours are of inputs."""

NAME = (0.028, 0.06)
"""Room of a letter and of a line, as shares of the plane's width and height: names do not overprint each other."""

AXES = {
    "displacement": ("Equal displacement", "displacement of features (1 = as far as another sample)"),
    "bits": ("Equal bits", "share of the bits lost that tell samples apart"),
}  # fmt: skip
"""Axis of dose to the title of its chart and of its axis."""


def doses_of(audit: Any, curves: Mapping[str, CurveView]) -> DosesView | None:
    """Return the view of a calibrated audit; None of one at equal severities."""
    if audit.calibration is None or audit.partial or not curves:
        return None
    found: EqualDoses = audit.doses()
    shown = [each for each in found.measured if each.sweep in curves]
    if not shown:
        return None
    sides = tuple(dict.fromkeys(each.input for each in shown))
    axes = tuple(_axis(axis, found, shown, sides, curves, audit.curves) for axis in AXES)
    return DosesView(
        findings=tuple(prose(each) for each in found.findings),
        unit=line(found.unit),
        doses=tuple(f"{dose:g}" for dose in found.doses),
        features=line(found.features),
        note=line(found.note, 500),
        sides=tuple(map(line, sides)),
        axes=axes,
        apart=len(axes[0].lines) <= COLOURED and not any(axis.means for axis in axes),
        domain=_domain(shown, curves),
        plane=_plane(shown, sides, curves),
        rows=_rows(found, shown, curves),
    )


def _domain(shown: Sequence[Measured], curves: Mapping[str, CurveView]) -> tuple[float, float]:
    """Return the range of the metric from the worst value of any noise to the best, clean ones too."""
    values = [each.value for each in shown if math.isfinite(each.value)]
    values += [curves[each.sweep].clean for each in shown]
    low, high = min(values), max(values)
    margin = 0.04 * (high - low or 1.0)
    return low - margin, high + margin


def _axis(
    axis: str,
    found: EqualDoses,
    shown: Sequence[Measured],
    sides: Sequence[str],
    curves: Mapping[str, CurveView],
    made: Mapping[str, Curve],
) -> DoseAxis:
    sweeps = tuple(dict.fromkeys(each.sweep for each in shown))
    title, label = AXES[axis]
    first = curves[sweeps[0]]
    return DoseAxis(
        anchor=f"doses-{axis}",
        title=title,
        label=label,
        lines=tuple(_line(axis, sweep, shown, sides, curves) for sweep in sweeps),
        means=_means(axis, found, sides, made[sweeps[0]]),
        clean=first.clean,
    )


def _line(
    axis: str,
    sweep: str,
    shown: Sequence[Measured],
    sides: Sequence[str],
    curves: Mapping[str, CurveView],
) -> DoseLine:
    mine = [each for each in shown if each.sweep == sweep]
    reached = [each for each in mine if each.severity is not None]
    gone = [each for each in mine if each.severity is None]
    spots = [Spot(0.0, curves[sweep].clean, ())]
    for each in reached:
        dose = each.displacement if axis == "displacement" else each.lost
        if math.isfinite(dose) and math.isfinite(each.value):
            spots.append(Spot(max(dose, 0.0), each.value, _tip(each, curves)))
    names = ", ".join(f"{each.dose:g}" for each in gone)
    end = f"{names} unreachable, {_numbers.number(gone[-1].reached)} at most" if gone else ""
    return DoseLine(title_of(sweep, curves), sides.index(mine[0].input), tuple(spots), end)


def _tip(each: Measured, curves: Mapping[str, CurveView]) -> tuple[tuple[str, str], ...]:
    pairs = (
        ("noise", title_of(each.sweep, curves)),
        ("severity", _numbers.number(each.severity)),
        ("native dose", _native(each)),
        ("value", _numbers.estimate(each.value, each.low, each.high)),
        ("displacement", _numbers.number(each.displacement)),
        ("bits lost", _numbers.percent(each.lost)),
        ("AUC", _numbers.estimate(each.auc, each.auc_low, each.auc_high)),
    )
    return tuple((name, text) for name, text in pairs if text and text != _numbers.MISSING)


def _native(each: Measured) -> str:
    if isinstance(each.native, float | int):
        return _numbers.quantity(float(each.native), line(each.unit, 80), 2)
    return "" if each.native is None else line(each.native, 80)


def _means(
    axis: str, found: EqualDoses, sides: Sequence[str], curve: Curve
) -> tuple[tuple[int, tuple[tuple[float, float], ...]], ...]:
    """Return the means of two inputs in units of the metric; of more inputs, none: each pair has doses of its own."""
    if len(found.versus) != 1:
        return ()
    chance = need(curve, "means").retention.reference or 0.0
    clean = float(curve.estimate[0])
    (versus,) = found.versus
    return tuple(
        (
            sides.index(name),
            tuple((dose, chance + kept * (clean - chance)) for dose, kept in zip(side.doses, means, strict=True)),
        )
        for side in versus.sides
        if side.axis == axis
        for name, means in zip((versus.first, versus.second), side.means, strict=True)
        if name in sides
    )  # fmt: skip


def _plane(
    shown: Sequence[Measured],
    sides: Sequence[str],
    curves: Mapping[str, CurveView],
) -> tuple[Dot, ...]:
    sweeps = tuple(dict.fromkeys(each.sweep for each in shown))
    dots = [each for each in shown if math.isfinite(each.auc) and math.isfinite(each.kept)]
    named = _named(dots, curves)
    return tuple(
        Dot(
            short_of(title_of(each.sweep, curves)),
            sides.index(each.input),
            sweeps.index(each.sweep),
            each.auc,
            each.kept,
            each.kind,
            id(each) in named,
            (("dose", f"{each.dose:g}"), *_tip(each, curves)),
        )
        for each in dots
    )


def _named(dots: Sequence[Measured], curves: Mapping[str, CurveView]) -> list[int]:
    """Return the dots whose names are written: of each noise the one that matters most, as far as names have room.

    What is silent and harmful goes first, then what is harmful, then what is noticed; of these the worst.
    """
    order = sorted(
        dots, key=lambda each: (each.kind != SILENT_HARMFUL, not each.harmful, each.kept)
    )
    first: dict[str, Measured] = {}
    for each in order:
        if each.harmful or each.noticed:
            first.setdefault(each.sweep, each)
    wide = max((each.auc for each in dots), default=1.0) - min(
        (each.auc for each in dots), default=0.0
    )
    high = max((each.kept for each in dots), default=1.0) - min(
        (each.kept for each in dots), default=0.0
    )
    taken: list[tuple[float, float]] = []
    found = []
    for each in first.values():
        x, y = each.auc / (wide or 1.0), each.kept / (high or 1.0)
        room = NAME[0] * len(short_of(title_of(each.sweep, curves)))
        if all(abs(x - left) >= room or abs(y - top) >= NAME[1] for left, top in taken):
            taken.append((x, y))
            found.append(id(each))
    return found


def _rows(
    found: EqualDoses, shown: Sequence[Measured], curves: Mapping[str, CurveView]
) -> tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...]:
    by_noise: dict[str, dict[float, Measured]] = {}
    for each in shown:
        by_noise.setdefault(each.sweep, {})[each.dose] = each
    return tuple(
        (
            title_of(name, curves),
            line(next(iter(known.values())).input),
            tuple(_cell(known[dose]) for dose in found.doses if dose in known),
        )
        for name, known in by_noise.items()
    )


def _cell(each: Measured) -> tuple[str, str, str]:
    if each.severity is None:
        return "unreachable", f"at most {_numbers.number(each.reached)}", ""
    place = f"severity {_numbers.number(each.severity)}"
    native = _native(each)
    auc = "" if math.isnan(each.auc) else f"AUC {_numbers.number(each.auc, 2)}"
    said = ", ".join(part for part in (auc, each.kind) if part)
    text = _numbers.estimate(each.value, each.low, each.high)
    return text, f"{place} = {native}" if native else place, said
