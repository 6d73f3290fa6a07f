"""How evenly a model degrades: retained performance by noise and slice, and the slices' own curves.

Why: a mean over languages, sites or groups hides that one of them loses everything. So a report of data with declared
slices shows each of them, with its own interval and n, and says which are too small to tell.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from noisebench.report import _numbers
from noisebench.report._text import line
from noisebench.report._view import CurveView

SMALL = 20
"""Samples below which a slice is marked: its interval is too wide to tell much (our choice)."""
NOISES = 24
"""Noises in the map at most, worst first."""
SLICES = 40
"""Slices in the map at most, the smallest left out."""
WORST = 3
"""Noises whose curves are drawn slice by slice."""
_WANTED = 0.8
"""Severity that the map is at, or the nearest one that was measured."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one slice's performance under one noise."""

    slice: str
    value: float
    """NaN where it is undefined, or the noise has no meaning for the slice."""
    text: str
    interval: str
    n: int
    why: str = ""
    """Why there is no value, or what the value hides; empty where there is nothing to say."""

    @property
    def small(self) -> bool:
        """Whether the slice has too few samples to tell much."""
        return self.n < SMALL


@dataclass(frozen=True, slots=True)
class Row:
    """All slices under one noise."""

    anchor: str
    title: str
    cells: tuple[Kept, ...]
    """In the order of the slices."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The curves of one noise, slice by slice."""

    anchor: str
    title: str
    whole: tuple[tuple[float, float], ...]
    """(severity, value) on all samples."""
    slices: tuple[tuple[str, tuple[tuple[float, float, float, float], ...]], ...]
    """Label with n, and (severity, value, low, high)."""


@dataclass(frozen=True, slots=True)
class SlicesView:
    """One declared slice column."""

    anchor: str
    column: str
    labels: tuple[str, ...]
    sizes: tuple[int, ...]
    severity: float
    rows: tuple[Row, ...]
    strips: tuple[Strip, ...]
    note: str
    bands: bool = True
    """Whether some slice has samples of several groups, or none are declared, so that there are intervals."""

    def size_of(self, label: str) -> int:
        """Return how many samples a slice has."""
        return self.sizes[self.labels.index(label)]

    @property
    def marked(self) -> tuple[str, ...]:
        """Labels with a mark for those of small slices."""
        pairs = zip(self.labels, self.sizes, strict=True)
        return tuple(f"{label} †" if size < SMALL else label for label, size in pairs)


def slices_of(audit: Any, ranked: Sequence[CurveView]) -> tuple[SlicesView, ...]:
    """Return what a report shows of the declared slices; nothing where none are declared."""
    sizes: Mapping[str, Mapping[str, int]] = audit.slice_sizes
    if not sizes or not ranked:
        return ()
    shown = ranked[:NOISES]
    curves = {view.name: audit.slices(view.name, targets=False) for view in shown}
    idle = {view.name: audit.slice_idle(view.name) for view in shown}
    groups: Mapping[str, Mapping[str, int]] = audit.slice_groups
    return tuple(
        _column(number, column, counts, shown, curves, idle, _lone(groups.get(column, {})))
        for number, (column, counts) in enumerate(sizes.items())
    )


def _column(
    number: int,
    column: str,
    counts: Mapping[str, int],
    shown: Sequence[CurveView],
    curves: Mapping[str, Mapping[str, Mapping[str, Any]]],
    idle: Mapping[str, Mapping[str, Mapping[str, float]]],
    lone: frozenset[str],
) -> SlicesView:
    largest = sorted(counts, key=lambda label: (-counts[label], label))[:SLICES]
    labels = sorted(largest)
    severity = _severity(shown)
    anchor = f"slices-{number + 1}"
    rows = [
        Row(
            view.anchor,
            view.title,
            tuple(
                _seen(
                    _kept(x, counts[x], curves[view.name].get(column, {}), severity, lone),
                    idle[view.name].get(column, {}).get(x, 0.0),
                )
                for x in labels
            ),
        )
        for view in shown
    ]
    strips = [
        _strip(f"{anchor}-{i + 1}", view, curves[view.name].get(column, {}), labels, lone)
        for i, view in enumerate(shown[:WORST])
    ]
    left = len(counts) - len(labels)
    notes = [f"{left} smaller slices are not shown."] if left else []
    notes += _of_one_group(labels, lone)
    return SlicesView(
        anchor,
        line(column, 60),
        tuple(line(x, 40) for x in labels),
        tuple(counts[x] for x in labels),
        severity,
        tuple(rows),
        tuple(strip for strip in strips if strip.slices),
        " ".join(notes),
        bands=not lone.issuperset(labels),
    )


def _lone(groups: Mapping[str, int]) -> frozenset[str]:
    """Return the labels of slices whose samples are all of one group."""
    return frozenset(label for label, count in groups.items() if count == 1)


def _of_one_group(labels: Sequence[str], lone: frozenset[str]) -> list[str]:
    """Say of which slices there is no interval, as intervals resample groups."""
    named = [label for label in labels if label in lone]
    if not named:
        return []
    which = "Every slice is" if len(named) == len(labels) else f"{', '.join(map(line, named))}:"
    return [
        f"{which} one group, and intervals resample groups: of one there is none. What is shown is the value on these samples."
    ]


def _severity(shown: Sequence[CurveView]) -> float:
    """Return the severity nearest to the wanted one that every noise was measured at, else of the first noise."""
    common = set.intersection(*({p.severity for p in view.points} for view in shown)) - {0.0}
    grid = common or {point.severity for point in shown[0].points if point.severity > 0}
    return min(grid, key=lambda severity: (abs(severity - _WANTED), severity))


def _kept(
    label: str, size: int, curves: Mapping[str, Any], severity: float, lone: frozenset[str]
) -> Kept:
    curve = curves.get(label)
    shown = line(label, 40)
    if curve is None:
        return Kept(shown, math.nan, _numbers.MISSING, "", size, "the noise has no meaning for it")
    if severity not in curve.severities:
        return Kept(shown, math.nan, _numbers.MISSING, "", size, "not measured at this severity")
    if label in lone:
        value = _plain_share(curve, severity)
        return Kept(shown, value, _numbers.number(value, 2), "", int(curve.n))
    found = curve.retained(at=severity)
    value = float(found.value)
    if math.isnan(value):
        return Kept(shown, value, _numbers.MISSING, "", int(curve.n), line(found.text))
    text, interval = _numbers.parts(value, float(found.low), float(found.high))
    return Kept(shown, value, text, interval, int(curve.n))


def _plain_share(curve: Any, severity: float) -> float:
    """Return the share kept without an interval; NaN where the clean value is not better than what it is measured from."""
    reference = 0.0 if curve.chance is None else float(curve.chance)
    clean, noisy = (float(curve.estimate[i]) for i in (0, curve.severities.index(severity)))
    sign = 1 if curve.higher_is_better else -1
    if sign * (clean - reference) <= 0:
        return math.nan
    return (noisy - reference) / (clean - reference)


def _seen(kept: Kept, idle: float) -> Kept:
    """Take back what is kept where the noise could change nothing: that is no evidence of robustness."""
    if idle <= 0 or math.isnan(kept.value):
        return kept
    if idle == 1:
        why = "nothing that the noise could change"
        return replace(kept, value=math.nan, text=_numbers.MISSING, interval="", why=why)
    return replace(kept, why=f"{_numbers.percent(idle)} without anything to change")


def _strip(
    anchor: str,
    view: CurveView,
    curves: Mapping[str, Any],
    labels: Sequence[str],
    lone: frozenset[str],
) -> Strip:
    slices = []
    for label in labels:
        curve = curves.get(label)
        if curve is not None:
            mark = " †" if curve.n < SMALL else ""
            points = zip(curve.severities, curve.estimate, curve.low, curve.high, strict=True)
            title = f"{line(label, 40)}{mark}, n = {_numbers.count(int(curve.n))}"
            blank = math.nan if label in lone else 0.0
            rows = tuple(
                (float(s), float(y), float(low) + blank, float(high) + blank)
                for s, y, low, high in points
            )
            slices.append((title, rows))
    whole = tuple((point.severity, point.value) for point in view.points)
    return Strip(anchor, view.title, whole, tuple(slices))
