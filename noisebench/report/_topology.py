"""How the noises relate to each other, for a report: findings in words, a map with small curves, a tree, the suite, tables."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from noisebench.modalities import Unsaid
from noisebench.report import _numbers
from noisebench.report._composition import composition_view
from noisebench.report._modalities_table import prose
from noisebench.report._text import line
from noisebench.report._topology_view import (
    GroupView,
    Leaf,
    Line,
    Place,
    Prediction,
    TopologyView,
    Tree,
)
from noisebench.report._view import CurveView
from noisebench.topology import Distances, Groups, NoiseMap, Topology, together

NAMED = 16
"""Noises whose names fit on the map; of more, it writes the numbers of the tree's rows."""

STEPS = 48
"""Corners of an ellipse as it is drawn."""


def topology_of(audit: Any, curves: Mapping[str, CurveView]) -> TopologyView | None:
    """Return the view of an audit's topology; None where fewer than two noises were measured."""
    found: Topology = audit.topology()
    if len(found.survival) < 2 and found.distances is None and found.composition is None:
        return None
    known = audit.heterogeneity()
    domain = _domain(curves, found)
    order = _order(found.groups)
    return TopologyView(
        findings=tuple(prose(each) for each in found.findings),
        between=tuple(map(prose, together(known))),
        open=tuple(
            (prose(each.what), prose(each.why))
            for each in (*found.unsaid, *(e for e in known if isinstance(e, Unsaid)))
        ),
        n=_numbers.count(found.n),
        of=_numbers.count(found.of),
        places=_places(found, curves, order, domain),
        numbered=len(found.names) > NAMED,
        span=" to ".join(_numbers.number(edge, 2) for edge in domain),
        stress="" if found.map is None else _numbers.number(found.map.stress, 2),
        poor=found.map is not None and found.map.poor,
        tree=None if found.groups is None else _tree(found.groups, order, curves),
        groups=_groups(found.groups, curves),
        suite=_chosen(found, curves),
        enough=found.suite is not None and found.suite.enough,
        predicted=_predicted(found, curves),
        pairs=composition_view(found.composition, lambda name: title_of(name, curves)),
        survival=tuple(_survival(each, curves) for each in found.survival),
        matrices=tuple(_matrix(each, curves) for each in found.geometries.values()),
    )


def title_of(name: str, curves: Mapping[str, CurveView]) -> str:
    """Return what a noise is called: without its input where its name says enough."""
    titles = [curve.title for curve in curves.values()]
    curve = curves.get(name)
    if curve is None or titles.count(curve.title) > 1:
        return line(name)
    return curve.title


def short_of(title: str) -> str:
    """Return a noise's title without modality and settings."""
    return title.partition("(")[0].rpartition("/")[2] if " " not in title else title


def _order(groups: Groups | None) -> dict[str, int]:
    """Return the row of each noise in the tree, from 0."""
    if groups is None:
        return {}
    return {groups.names[i]: row for row, i in enumerate(groups.merges[-1].members)}


def _domain(curves: Mapping[str, CurveView], found: Topology) -> tuple[float, float]:
    """Return the range of the glyphs: from the worst value of any to the best."""
    shown = [curves[name] for name in found.names if name in curves]
    values = [p.value for curve in shown for p in curve.points if math.isfinite(p.value)]
    return (min(values), max(values)) if values else (0.0, 1.0)


def _places(
    found: Topology,
    curves: Mapping[str, CurveView],
    order: Mapping[str, int],
    domain: tuple[float, float],
) -> tuple[Place, ...]:
    shown: NoiseMap | None = found.map
    if shown is None or found.groups is None:
        return ()
    numbered = len(shown.names) > NAMED
    return tuple(
        Place(
            name=line(name),
            short=str(order[name] + 1) if numbered else short_of(title_of(name, curves)),
            title=title_of(name, curves),
            at=at,
            ellipse=_outline(at, ellipse),
            curve=_glyph(curves.get(name), domain),
            group=found.groups.of(name),
            outcome="" if name not in curves else curves[name].outcome,
        )
        for name, at, ellipse in zip(shown.names, shown.places, shown.ellipses, strict=True)
    )


def _outline(at: tuple[float, float], ellipse: Any) -> tuple[tuple[float, float], ...]:
    """Return corners of an ellipse about a place."""
    turns = [2 * math.pi * k / STEPS for k in range(STEPS)]
    (x1, y1), (x2, y2) = ellipse.first, ellipse.second
    return tuple(
        (
            at[0] + x1 * math.cos(t) + x2 * math.sin(t),
            at[1] + y1 * math.cos(t) + y2 * math.sin(t),
        )
        for t in turns
    )


def _glyph(curve: CurveView | None, domain: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    low, high = domain
    if curve is None or high <= low:
        return ()
    return tuple(
        (p.severity, (p.value - low) / (high - low)) for p in curve.points if math.isfinite(p.value)
    )


def _tree(groups: Groups, order: Mapping[str, int], curves: Mapping[str, CurveView]) -> Tree:
    """Return the tree as lines: every branch runs from where it began to where it joins."""
    rows: dict[tuple[int, ...], float] = {
        (i,): float(order[name]) for i, name in enumerate(groups.names)
    }
    heights = dict.fromkeys(rows, 0.0)
    own: dict[tuple[int, ...], int | None] = {
        (i,): groups.of(name) for i, name in enumerate(groups.names)
    }
    lines: list[Line] = []
    for merge in groups.merges:
        members = merge.members
        ends = [rows[merge.first], rows[merge.second]]
        known = {groups.of(groups.names[i]) for i in members}
        group = known.pop() if len(known) == 1 else None
        for branch in (merge.first, merge.second):
            within = own[branch] if group is None else group
            start, end = (heights[branch], rows[branch]), (merge.height, rows[branch])
            lines.append(Line(start, end, within))
        lines.append(Line((merge.height, ends[0]), (merge.height, ends[1]), group))
        rows[members] = sum(ends) / 2
        heights[members], own[members] = merge.height, group
    numbered = len(groups.names) > NAMED
    leaves = tuple(
        Leaf(
            f"{order[name] + 1 if numbered else ''} {title_of(name, curves)}".strip(),
            float(order[name]),
            groups.of(name),
        )
        for name in groups.names
    )
    return Tree(tuple(lines), leaves, groups.merges[-1].height)


def _groups(groups: Groups | None, curves: Mapping[str, CurveView]) -> tuple[GroupView, ...]:
    if groups is None:
        return ()
    return tuple(
        GroupView(
            number=number,
            members=", ".join(title_of(name, curves) for name in group.members),
            stability=_numbers.number(group.stability, 2),
            p="< 0.001" if group.p < 0.001 else _numbers.number(group.p, 2),
        )
        for number, group in enumerate(groups.alike, 1)
    )


def _chosen(found: Topology, curves: Mapping[str, CurveView]) -> tuple[tuple[str, str], ...]:
    """Return the noises of the suite with what all so far predict of the rest."""
    if found.suite is None:
        return ()
    steps = found.suite.path[: len(found.suite.names)]
    return tuple((title_of(e.name, curves), _numbers.percent(round(e.explained, 2))) for e in steps)


def _predicted(found: Topology, curves: Mapping[str, CurveView]) -> tuple[Prediction, ...]:
    """Return what the suite knows of the other noises, the best predicted first."""
    if found.suite is None:
        return ()
    return tuple(
        Prediction(
            title_of(each.name, curves),
            ", ".join(title_of(name, curves) for name, _ in each.by[:2]),
            *_numbers.parts(each.explained.value, each.explained.low, each.explained.high),
        )
        for each in found.suite.predicted[::-1]
    )


def _survival(found: Any, curves: Mapping[str, CurveView]) -> tuple[str, ...]:
    value, interval = _numbers.parts(found.mean.value, found.mean.low, found.mean.high)
    shares = (_numbers.percent(found.never), _numbers.percent(found.recovered))
    return (title_of(found.name, curves), value, interval, *shares)


def _matrix(
    found: Distances, curves: Mapping[str, CurveView]
) -> tuple[str, str, tuple[str, ...], tuple[tuple[str, ...], ...]]:
    names = tuple(title_of(name, curves) for name in found.names)
    rows = tuple(
        tuple(_cell(found, i, j) if i != j else _own(found, i) for j in range(i + 1))
        for i in range(len(names))
    )
    return found.kind, prose(found.meaning), names, rows


def _cell(found: Distances, i: int, j: int) -> str:
    low, high = (_two(edge[i, j]) for edge in (found.low, found.high))
    return f"{_two(found.values[i, j])} [{low}, {high}]"


def _own(found: Distances, i: int) -> str:
    """Return the distance of a noise to another draw of itself."""
    own = found.own.get(found.names[i])
    return "" if own is None else f"({_two(own.value)})"


def _two(value: float) -> str:
    return f"{value:.2f}"


def colour(group: int | None, colours: Sequence[str]) -> str:
    """Return the colour of a group; what is in none is soft."""
    return "var(--soft)" if group is None else colours[group % len(colours)]
