"""The summary numbers of the literature in a report: what an audit has for them, under their citations, with their caveats."""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from noisebench.errors import MetricError
from noisebench.literature import MultiBench, Summaries, Summary
from noisebench.report import _numbers
from noisebench.report._text import line

OWN = "*multibench/*"
"""The sweeps of MultiBench's own noises; its numbers under other noises are for who asks for them."""

Shown = tuple[str, str]
"""A value with its unit, and its interval; or a dash, and why it is undefined."""


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number, or several of the same value that papers give different names."""

    group: str
    """The sweep that it is of; empty where it is over all noises."""
    titles: tuple[str, ...]
    """Each with its citation."""
    better: str
    definition: str
    cells: tuple[Shown, ...]
    """One for each model."""


@dataclass(frozen=True, slots=True)
class NumberTable:
    """Numbers over the same noises."""

    title: str
    note: str
    rows: tuple[NumberRow, ...]
    caveats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiteratureView:
    """All numbers that there are."""

    models: tuple[str, ...]
    """What the columns are of; one nameless column for a single audit."""
    tables: tuple[NumberTable, ...]
    needs: tuple[str, ...]
    """What other numbers would need."""


def literature_of(audit: Any) -> LiteratureView | None:
    """Return the numbers of one audit; None where it has none."""
    made, needs = [], []
    if audit.partial:
        return None
    with suppress(MetricError):
        summaries: Summaries = audit.summaries()
        made.append(_summaries({"": summaries}))
        needs.append(summaries.missing)
    with suppress(MetricError):
        numbers: MultiBench = audit.multibench(sweeps=OWN)
        made.append(_multibench({"": numbers}))
        needs.append(numbers.missing)
    return LiteratureView(("",), tuple(made), tuple(needs)) if made else None


def literature_of_models(comparison: Any) -> LiteratureView | None:
    """Return the numbers of several models, the first of which is the baseline and the reference; None where there are none."""
    first = next(iter(comparison.audits))
    made = []
    with suppress(MetricError):
        made.append(_summaries(comparison.summaries(first)))
    with suppress(MetricError):
        made.append(_multibench(comparison.multibench(first, sweeps=OWN)))
    if not made:
        return None
    needs = (
        f"The baseline of mCE and mRRA, and the reference of effective robustness, is {first}, the first model; "
        "comparison.summaries(name) and comparison.multibench(name) take another"
    )
    names = tuple(line(name, 60) for name in comparison.audits)
    return LiteratureView(names, tuple(made), (line(needs),))


def _summaries(models: Mapping[str, Summaries]) -> NumberTable:
    first = next(iter(models.values()))
    rows = [_row("", [found[title] for found in models.values()]) for title in first]
    summaries = list(first.values())
    covers = f"{summaries[0].covers[0].upper()}{summaries[0].covers[1:]}, n = {_numbers.count(summaries[0].estimate.n)}."
    note = (
        f"{covers} With the same noises and levels, several papers give one number several names."
    )
    return NumberTable("Over all noises", line(note), _merged(rows), _caveats(summaries))


def _multibench(models: Mapping[str, MultiBench]) -> NumberTable:
    first = next(iter(models.values()))
    rows = [
        _row(row.sweep, [found[row.sweep].summaries[place] for found in models.values()])
        for row in first.rows
        if all(row.sweep in found for found in models.values())
        for place in range(len(row.summaries))
    ]
    shown = [each for row in first.rows for each in row.summaries]
    levels = sorted({row.levels[-1] for row in first.rows})
    note = (
        f"At noise levels 0 to {' or '.join(map(_numbers.number, levels))}, in steps of 0.1; each raw number stands beside "
        "the form that chance normalises, which compares models of other strength and curves of other length."
    )
    return NumberTable("MultiBench, noise by noise", line(note), tuple(rows), _caveats(shown))


def _row(group: str, each: Sequence[Summary]) -> NumberRow:
    first = each[0]
    return NumberRow(
        line(group, 200),
        (first.title,),
        first.better.removesuffix(" is better"),
        line(first.definition),
        tuple(map(_cell, each)),
    )


def _cell(summary: Summary) -> Shown:
    found = summary.estimate
    if math.isnan(found.value):
        return _numbers.MISSING, line(found.text.removeprefix(f"{summary.title}: "))
    value, interval = _numbers.parts(found.value, found.low, found.high)
    unit = f"{_numbers.THIN}%" if summary.percent else ""
    return value + unit, interval or "no interval: in some resamples there is nothing to divide by"


def _merged(rows: Sequence[NumberRow]) -> tuple[NumberRow, ...]:
    """Put rows of one definition and one value together: they are one number with several names."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for row in rows:
        found.setdefault((row.better, row.definition, row.cells), []).extend(row.titles)
    return tuple(NumberRow("", tuple(titles), *key) for key, titles in found.items())


def _caveats(summaries: Sequence[Summary]) -> tuple[str, ...]:
    told: dict[str, list[str]] = {}
    for each in summaries:
        if each.caveat:
            told.setdefault(each.caveat, []).append(each.name)
    return tuple(
        line(f"{', '.join(dict.fromkeys(names))}: {caveat}.") for caveat, names in told.items()
    )
