"""Clean rows summarised, once, for the noises that need to know the columns."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._modality import Context
from perturbations.errors import BadValue, explain
from perturbations.tabular._coding import same_names
from perturbations.tabular._columns import (
    Column,
    Floats,
    Ints,
    Kind,
    Labels,
    ObjectColumn,
    format_of,
    is_missing,
    label_key,
)
from perturbations.tabular._forms import Form, open_batch
from perturbations.tabular._kinds import (
    LABELLED,
    declared_kinds,
    is_free_text,
    known_kinds,
    with_formats,
)
from perturbations.tabular._moments import DAY, NAT
from perturbations.tabular._reference import (
    GRID,
    ColumnReference,
    DateColumn,
    LabelColumn,
    NumericColumn,
    TableReference,
    TextColumn,
)

FINEST = 3
"""Decades below that of the spread in which digits are no longer looked for."""


def fit(values: Any, facts: Mapping[str, Any]) -> TableReference:
    """Summarise the columns of clean rows.

    Raises:
        BadValue: not a table, unlike rows, unknown kinds, or labels that cannot be counted.
    """
    forms = open_batch(values)
    names = same_names(forms)
    opened = [form.open() for form in forms]
    kinds = known_kinds(forms, opened, Context(facts))
    declared = declared_kinds(facts, names)
    pieces = with_formats(opened, kinds, names, facts)
    return TableReference(
        names,
        tuple(
            _column(forms, [columns[j] for columns in pieces], j, kind, free=j not in declared)
            for j, kind in enumerate(kinds)
        ),
    )


def _column(
    forms: Sequence[Form], pieces: Sequence[Column], j: int, kind: Kind, *, free: bool
) -> ColumnReference:
    mark, name = _nan_mark(pieces, kind), forms[0].names[j]
    if kind == "numeric":
        return numeric_column(np.concatenate([p.numbers(name) for p in pieces]), nan_mark=mark)
    if kind == "date":
        dates = date_column(np.concatenate([p.moments(name) for p in pieces]), nan_mark=mark)
        return replace(dates, format=format_of(pieces))
    ordered = all(getattr(piece.raw, "ordered", False) for piece in pieces)
    found = [piece.labels() for piece in pieces]
    return label_column(found, kind, nan_mark=mark, free=free, ordered=ordered)


def _nan_mark(pieces: Sequence[Column], kind: Kind) -> bool:
    """Return how objects of a column mark missing: as its first missing cell does."""
    for piece in pieces:
        if isinstance(piece, ObjectColumn):
            gone = next((cell for cell in piece.raw if is_missing(cell)), 0)
            if gone != 0:
                return gone is not None
    return kind == "numeric"


def numeric_column(cells: Floats, *, nan_mark: bool = True) -> NumericColumn:
    """Summarise numbers; missing and infinite ones do not count."""
    finite = np.sort(cells[np.isfinite(cells)])
    missing = len(cells) - len(finite)
    if not len(finite):
        return NumericColumn(0, 0.0, 0.0, (), missing=missing, nan_mark=nan_mark)
    scale = max(abs(float(finite[0])), abs(float(finite[-1]))) or 1.0
    mean, std = float((finite / scale).mean()) * scale, float((finite / scale).std()) * scale
    constant = finite[0] == finite[-1]
    values = np.unique(finite)
    grid = _grid(finite)
    return NumericColumn(
        count=len(finite),
        mean=mean,
        std=0.0 if constant else std,
        grid=tuple(grid.tolist()),
        bins=_bins(finite, grid),
        distinct=len(values),
        step=_step(values, 0.0 if constant else std),
        missing=missing,
        nan_mark=nan_mark,
    )


def date_column(cells: Ints, *, nan_mark: bool = False) -> DateColumn:
    """Summarise moments; missing ones do not count."""
    present = np.sort(cells[cells != NAT])
    missing = len(cells) - len(present)
    if not len(present):
        return DateColumn(0, 0.0, 0.0, (), missing=missing, nan_mark=nan_mark)
    middle = int(present[len(present) // 2])
    off = (present - middle).astype(np.float64)
    grid = _grid(present)
    return DateColumn(
        count=len(present),
        mean=middle + float(off.mean()),
        std=float(off.std()),
        grid=tuple(grid.tolist()),
        bins=_bins(present, grid),
        distinct=len(np.unique(present)),
        by_day=bool((present % DAY == 0).all()),
        missing=missing,
        nan_mark=nan_mark,
    )


def label_column(
    pieces: Sequence[Labels],
    kind: Kind,
    *,
    nan_mark: bool,
    free: bool,
    ordered: bool,
) -> LabelColumn | TextColumn:
    """Count the labels that are not missing; in an order that does not depend on the rows' order.

    Raises:
        BadValue: a cell is not hashable.
    """
    counted, missing = _counted(pieces)
    count = sum(counted.values())
    listed = [value for _, value in counted] if ordered else []
    if not ordered:
        listed = [v for _, v in sorted(counted, key=lambda key: (key[0], str(key[1])))]
    if kind == "text" or (
        free and kind == "categorical" and is_free_text(len(listed), count, listed)
    ):
        at = np.unique(((np.arange(GRID) + 0.5) / GRID * len(listed)).astype(np.int64))
        sample = tuple(listed[i] for i in at) if listed else ()
        return TextColumn(count, len(listed), sample, missing=missing, nan_mark=nan_mark)
    counts = tuple(counted[label_key(value)] for value in listed)
    called = kind if kind in LABELLED else "categorical"
    return LabelColumn(tuple(listed), counts, ordered, missing, nan_mark, called)  # type: ignore[arg-type]


def _counted(pieces: Sequence[Labels]) -> tuple[Counter[tuple[str, Any]], int]:
    """Return how often each label came, in the order of the first piece's levels, and how many cells are missing."""
    counted: Counter[tuple[str, Any]] = Counter()
    missing = 0
    for codes, levels in pieces:
        present = codes[codes >= 0]
        missing += len(codes) - len(present)
        found = np.bincount(present, minlength=len(levels))
        for level, count in zip(levels, found.tolist(), strict=True):
            if count:
                counted[_hashed(level)] += count
    return counted, missing


def _hashed(level: Any) -> tuple[str, Any]:
    try:
        hash(level)
    except TypeError as error:
        raise BadValue(explain("hashable categories", "cells", [level])) from error
    return label_key(level)


def _grid(ordered: NDArray[Any]) -> NDArray[Any]:
    at = ((np.arange(GRID) + 0.5) / GRID * len(ordered)).astype(np.int64)
    return ordered[at]


def _bins(ordered: NDArray[Any], grid: NDArray[Any]) -> tuple[int, ...]:
    """Return how many values are at most each distinct value of the grid, above the one before; and above all."""
    ends = np.searchsorted(ordered, np.unique(grid), side="right")
    return tuple(np.diff(ends, prepend=0, append=len(ordered)).tolist())


def _step(values: Floats, std: float) -> float:
    """Return the power of ten that all values are multiples of, but not far below their spread."""
    top = float(np.abs(values).max())
    if top == 0:
        return 1.0
    highest = math.floor(math.log10(top))
    lowest = math.floor(math.log10(std if std > 0 else top)) - FINEST
    for decade in range(highest, lowest, -1):
        parts = values / 10.0**decade if decade > -300 else values * 10.0**-decade
        if (np.abs(parts - np.rint(parts)) < 1e-6).all():
            return 10.0**decade
    return 10.0**lowest
