"""What a model sees as the same, for a report: findings in words, losses taken apart, errors by size, orbits."""

from collections.abc import Mapping
from typing import Any

from noisebench.invariance import Acted, Invariance, Size
from noisebench.invariance._sentences import place
from noisebench.report import _numbers
from noisebench.report._invariance_view import (
    ActionRow,
    ErrorLine,
    InvarianceView,
    LossBar,
    OrbitRow,
)
from noisebench.report._modalities_table import prose
from noisebench.report._text import line
from noisebench.report._topology import title_of
from noisebench.report._view import CurveView

FIRST = 5
"""Sentences that stand at the top; the others are folded."""


def invariance_of(audit: Any, curves: Mapping[str, CurveView]) -> InvarianceView | None:
    """Return the view of an audit's group actions; None where it has none."""
    found: Invariance = audit.invariance()
    if not found.actions:
        return None
    said = tuple(prose(each) for each in found.findings)
    return InvarianceView(
        findings=said[:FIRST],
        more=said[FIRST:],
        open=tuple((prose(each.what), prose(each.why)) for each in found.unsaid),
        bars=tuple(bar for each in found.actions if (bar := _bar(each, curves)) is not None),
        lines=tuple(e for each in found.actions if (e := _line(each, curves)) is not None),
        along=any(each.equivariant for each in found.actions),
        orbits=tuple(_orbit(each, curves) for each in found.actions if each.orbit is not None),
        rows=tuple(_row(each, size, curves) for each in found.actions for size in each.sizes),
    )


def _bar(acted: Acted, curves: Mapping[str, CurveView]) -> LossBar | None:
    size = acted.worst
    if size is None or size.split is None or size.split.total.value <= 0:
        return None
    split = size.split
    return LossBar(
        title=title_of(acted.sweep, curves),
        where=line(place(size)),
        lost=min(max(split.lost.value, 0.0), split.total.value),
        missing=min(max(split.missing.value, 0.0), split.total.value),
        total=split.total.value,
        text=f"{_text(split.missing)} of {_text(split.total)} missing invariance",
    )


def _line(acted: Acted, curves: Mapping[str, CurveView]) -> ErrorLine | None:
    known = [(e.severity, e.error) for e in acted.sizes if e.error is not None]
    if not known or acted.kind == "apart" or (acted.equivariant and acted.unit != "share"):
        return None
    points = tuple((severity, error.value, _text(error)) for severity, error in known)
    return ErrorLine(title_of(acted.sweep, curves), ((0.0, 0.0, "0"), *points))


def _orbit(acted: Acted, curves: Mapping[str, CurveView]) -> OrbitRow:
    assert acted.orbit is not None
    kept = acted.orbit
    value, interval = _numbers.parts(100 * kept.value, 100 * kept.low, 100 * kept.high)
    return OrbitRow(
        title=title_of(acted.sweep, curves),
        group=line(acted.group),
        values=_numbers.count(acted.values),
        kept=f"{value} %",
        interval=interval,
        voted=_parts(acted.voted),
        nothing_lost=acted.lossless,
    )


def _row(acted: Acted, size: Size, curves: Mapping[str, CurveView]) -> ActionRow:
    split = size.split
    parts = (None,) * 3 if split is None else (split.total, split.lost, split.missing)
    return ActionRow(
        title_of(acted.sweep, curves),
        line(place(size)),
        tuple(_parts(each) for each in (size.error, *parts)),
    )


def _parts(found: Any) -> tuple[str, str]:
    if found is None:
        return "–", ""
    if found.low == found.value == found.high:
        return _numbers.number(found.value), ""
    return _numbers.parts(found.value, found.low, found.high)


def _text(found: Any) -> str:
    return _numbers.estimate(found.value, found.low, found.high)
