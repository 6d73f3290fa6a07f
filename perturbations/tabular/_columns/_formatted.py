"""Dates written as text in a format of their own, such as 31/12/2024."""

import datetime as dt
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from perturbations.errors import BadValue, explain
from perturbations.tabular import _moments
from perturbations.tabular._columns._column import (
    Column,
    Floats,
    Ints,
    Kind,
    Labels,
    Writing,
    not_dates,
)

ORDERS = ("%d{0}%m{0}%Y", "%m{0}%d{0}%Y", "%Y{0}%m{0}%d")
FORMATS = tuple(
    order.format(sign) + clock
    for sign in "/.-"
    for order in ORDERS
    for clock in ("", " %H:%M", " %H:%M:%S")
)
"""Formats that a column of text may turn out to have."""


@dataclass(frozen=True, slots=True, eq=False)
class FormattedColumn:
    """A column of text whose cells are dates in one format; as text it is what it was."""

    inner: Column
    format: str

    @property
    def raw(self) -> Any:
        """The column as its container holds it."""
        return self.inner.raw

    @property
    def closed(self) -> bool:
        """As of the text."""
        return self.inner.closed

    @property
    def holds(self) -> str:
        """As of the text."""
        return self.inner.holds

    def looks(self) -> Kind | Literal[""]:
        """Dates."""
        return "date"

    def numbers(self, label: Hashable) -> Floats:
        """As of the text: none."""
        return self.inner.numbers(label)

    def labels(self) -> Labels:
        """Return the texts."""
        return self.inner.labels()

    def moments(self, label: Hashable) -> Ints:
        """Return the cells as moments, by the format."""
        codes, levels = self.inner.labels()
        try:
            found = [_moments.read_object(_read(str(level), self.format)) for level in levels]
        except ValueError as error:
            raise not_dates([*levels[:3]], label, self.format) from error
        return np.array([*found, _moments.NAT], dtype=np.int64)[codes]

    def with_numbers(self, values: Floats, old: Floats, how: Writing) -> Any:
        """As of the text."""
        return self.inner.with_numbers(values, old, how)

    def with_labels(self, at: Ints, values: Any, how: Writing) -> Any:
        """As of the text."""
        return self.inner.with_labels(at, values, how)

    def with_moments(self, at: Ints, values: Ints, how: Writing) -> Any:
        """Return the column with other dates in its format, with zeros in front where the old cell has them."""
        codes, levels = self.inner.labels()
        texts = np.empty(len(at), dtype=object)
        for i, (code, moment) in enumerate(zip(codes[at], values.tolist(), strict=True)):
            old = str(levels[code]) if code >= 0 else ""
            texts[i] = None if moment == _moments.NAT else self._written(moment, old)
        return self.inner.with_labels(at, texts, how)

    def _written(self, moment: int, old: str) -> str:
        when = _moments.as_datetime(moment)
        text = when.strftime(self.format)
        if len(old) >= len(text) or not old:
            return text
        bare = self.format.replace("%d", str(when.day)).replace("%m", str(when.month))
        return when.strftime(bare)


def formatted(pieces: Sequence[Column], label: Hashable, given: str) -> list[Column]:
    """Return the pieces of a date column, read by a format where their cells are text that is not in ISO 8601.

    Raises:
        BadValue: the cells fit several formats, so that day and month cannot be told apart.
    """
    texts = {level for piece in pieces for level in _texts(piece)}
    form = given or (_found(texts, label) if texts and not all(map(_is_iso, texts)) else "")
    if not form:
        return list(pieces)
    return [FormattedColumn(piece, form) if _texts(piece) else piece for piece in pieces]


def format_of(pieces: Sequence[Column]) -> str:
    """Return the format that the pieces of a column are read by; nothing where there is none."""
    return next((piece.format for piece in pieces if isinstance(piece, FormattedColumn)), "")


def _texts(column: Column) -> list[str]:
    if column.looks() == "date" and not isinstance(column, FormattedColumn):
        return []
    return [level for level in column.labels().levels if isinstance(level, str)]


def _found(texts: set[str], label: Hashable) -> str:
    """Return the one format that all texts fit; nothing where there is none."""
    fitting = [form for form in FORMATS if all(_fits(text, form) for text in texts)]
    if len(fitting) < 2:
        return "".join(fitting)
    hint = f'say which: facts={{"date_format": {{{label!r}: "{fitting[0]}"}}}}, or "{fitting[1]}"'
    shown = sorted(texts)[:3]
    raise BadValue(explain(f"dates in {label!r} that tell day from month", "cells", shown, hint))


def _read(text: str, form: str) -> dt.datetime:
    return dt.datetime.strptime(text, form)  # noqa: DTZ007 - wall time has no zone


def _fits(text: str, form: str) -> bool:
    try:
        _read(text, form)
    except ValueError:
        return False
    return True


def _is_iso(text: str) -> bool:
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
