"""A csv file: its cells as text, as numbers and as rows, and the same file with noisy ones.

Why: a cell that the noise left alone keeps its text, so that what differs between the files is the noise.
"""

import csv
import datetime as dt
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from noisebench.errors import ConfigError
from perturbations.errors import explain

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none"})
"""What stands for a missing cell, in small letters."""


@dataclass(frozen=True)
class Sheet:
    """The text of a table's cells, under a header."""

    header: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    delimiter: str
    place: str

    @cached_property
    def columns(self) -> dict[str, list[Any]]:
        """Values by column: numbers where every cell is one or missing, else text; None is missing."""
        return {name: _values([row[i] for row in self.cells]) for i, name in enumerate(self.header)}

    @property
    def numeric(self) -> tuple[str, ...]:
        """Names of the columns of numbers."""
        return tuple(
            name
            for name, values in self.columns.items()
            if all(not isinstance(value, str) for value in values)
        )

    @property
    def dates(self) -> tuple[str, ...]:
        """Names of the columns of text that are dates in ISO 8601, with a year, a month and a day, where they are not missing."""
        found = []
        for name, values in self.columns.items():
            texts = [value for value in values if isinstance(value, str)]
            if name not in self.numeric and all(map(_is_date, texts)):
                found.append(name)
        return tuple(found)

    def rows(self) -> list[dict[str, Any]]:
        """Return every row by column name."""
        return [
            dict(zip(self.header, row, strict=True))
            for row in zip(*self.columns.values(), strict=True)
        ]

    def series(self, names: Sequence[str] | None = None) -> Any:
        """Return the columns of numbers, or some of them, time first; NaN is missing.

        Raises:
            ConfigError: there is none.
        """
        names = self.numeric if names is None else names
        if not names:
            raise ConfigError(explain("a column of numbers", "file", self.place))
        chosen = [self.columns[name] for name in names]
        return np.array(chosen, dtype=np.float64).T.copy()

    def with_rows(self, noisy: Sequence[Mapping[str, Any]]) -> bytes:
        """Return the file with noisy rows."""
        return self.with_columns({name: [row[name] for row in noisy] for name in self.header})

    def with_series(self, noisy: Any) -> bytes:
        """Return the file with a noisy series."""
        return self.with_columns({n: noisy[:, i].tolist() for i, n in enumerate(self.numeric)})

    def of_rows(self, rows: Sequence[int]) -> "Sheet":
        """Return these rows."""
        return replace(self, cells=tuple(self.cells[row] for row in rows))

    def with_columns(self, noisy: Mapping[str, Sequence[Any]]) -> bytes:
        """Return the file with noisy columns; a cell that is the same keeps its text."""
        lines = [list(row) for row in self.cells]
        for j, name in enumerate(self.header):
            clean = self.columns[name]
            for i, value in enumerate(noisy.get(name, ())):
                if not _same(clean[i], value):
                    lines[i][j] = "" if _absent(value) else str(value)
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=self.delimiter, lineterminator="\n")
        writer.writerows([self.header, *lines])
        return buffer.getvalue().encode("utf-8", "surrogatepass")


def read_sheet(data: bytes, file: Path) -> Sheet:
    """Read a csv file with a header; its delimiter is a comma, a semicolon or a tab.

    Raises:
        ConfigError: it is no text, has no header or no rows, or a row has another width.
    """
    place = str(file)
    try:
        text = data.decode("utf-8-sig")
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        lines = [(reader.line_num, tuple(line)) for line in reader if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(explain("a csv file in UTF-8", "file", place, str(error))) from error
    if len(lines) < 2:
        raise ConfigError(explain("a header and at least one row", "file", place))
    header = lines[0][1]
    if len(set(header)) < len(header) or all(_number(name) is not None for name in header):
        hint = "the first line names the columns"
        raise ConfigError(
            explain("different column names in the first line", "header", header, hint)
        )
    for number, line in lines[1:]:
        if len(line) != len(header):
            raise ConfigError(
                explain(f"{len(header)} cells in line {number} of {place}", "cells", len(line))
            )
    return Sheet(header, tuple(line for _, line in lines[1:]), delimiter, place)


def _values(texts: list[str]) -> list[Any]:
    absent = [text.strip().lower() in MISSING for text in texts]
    numbers = [None if gone else _number(text) for text, gone in zip(texts, absent, strict=True)]
    if all(gone or n is not None for n, gone in zip(numbers, absent, strict=True)):
        return numbers
    return [None if gone else text for text, gone in zip(texts, absent, strict=True)]


def _number(text: str) -> int | float | None:
    # Python reads 1_000 as a number; a table's author means a label.
    if "_" in text:
        return None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None


def _is_date(text: str) -> bool:
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return "-" in text


def _same(clean: Any, noisy: Any) -> bool:
    return bool(clean == noisy) or (_absent(clean) and _absent(noisy))


def _absent(value: Any) -> bool:
    return value is None or (isinstance(value, float | np.floating) and math.isnan(value))
