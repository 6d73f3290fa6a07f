"""How far two models' maps of the noises are apart, for a report: sentences, both maps in one, the noises that moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from noisebench.report import _numbers
from noisebench.report._modalities_table import prose
from noisebench.report._text import line
from noisebench.report._topology import short_of, title_of
from noisebench.report._view import CurveView
from noisebench.topology import Heterogeneity
from noisebench.topology._map import STRESSED

SHOWN = 12
"""Noises in the table before the rest is folded."""

FEW = 3
"""Noises from which there is a map."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Step:
    """A noise on both maps."""

    title: str
    short: str
    """What the chart writes where there is room."""
    start: Point
    end: Point
    apart: str
    sure: bool


@dataclass(frozen=True, slots=True)
class MapsView:
    """Two models' maps."""

    anchor: str
    title: str
    labels: tuple[str, str]
    sentences: tuple[str, ...]
    why: str
    """Why nothing can be said; empty where something is."""
    stress: str
    """Of either map."""
    poor: bool
    """Whether a plane shows either badly."""
    steps: tuple[Step, ...]
    """The noise that moved most first."""
    rows: tuple[tuple[str, ...], ...]
    """Noise, nearest for the one, nearest for the other, how far it moved, p."""
    gaps: tuple[tuple[str, ...], ...]
    """First and second noise, distance for either, difference, p."""


def maps_of(comparison: Any, curves: Mapping[str, CurveView]) -> tuple[MapsView, ...]:
    """Return the maps of every two models; none where fewer than three noises were measured."""
    if len(comparison.sweeps) < FEW:
        return ()
    return tuple(
        _view(number, pair, comparison.heterogeneity(*pair), curves)
        for number, pair in enumerate(combinations(comparison.audits, 2), 1)
    )


def _view(
    number: int, pair: tuple[str, str], found: Any, curves: Mapping[str, CurveView]
) -> MapsView:
    labels = line(pair[0], 60), line(pair[1], 60)
    head = (f"maps-{number}", f"{labels[0]} and {labels[1]}", labels)
    if not isinstance(found, Heterogeneity):
        return MapsView(*head, (), prose(found.why), "", False, (), (), ())
    return MapsView(
        *head,
        sentences=tuple(prose(each) for each in found.sentences),
        why="",
        stress=" and ".join(_two(each) for each in found.stress),
        poor=max(found.stress) > STRESSED,
        steps=_steps(found, curves),
        rows=tuple(_row(each, curves) for each in found.moved),
        gaps=tuple(_gap(each, curves) for each in found.gaps[:SHOWN]),
    )


def _steps(found: Heterogeneity, curves: Mapping[str, CurveView]) -> tuple[Step, ...]:
    at = dict(zip(found.names, zip(*found.places, strict=True), strict=True))
    return tuple(
        Step(
            title=title_of(each.name, curves),
            short=short_of(title_of(each.name, curves)),
            start=at[each.name][0],
            end=at[each.name][1],
            apart=_two(each.apart),
            sure=each.p < 0.05,
        )
        for each in found.moved
    )


def _row(moved: Any, curves: Mapping[str, CurveView]) -> tuple[str, ...]:
    names = (title_of(name, curves) for name in (moved.name, *moved.nearest))
    return (*names, _two(moved.apart), _p(moved.p))


def _gap(gap: Any, curves: Mapping[str, CurveView]) -> tuple[str, ...]:
    names: Sequence[str] = [title_of(name, curves) for name in gap.names]
    shown = _numbers.estimate(gap.difference.value, gap.difference.low, gap.difference.high)
    return (*names, *map(_two, gap.distances), shown, _p(gap.p))


def _two(value: float) -> str:
    return f"{value:.2f}"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else _numbers.number(value, 2)
