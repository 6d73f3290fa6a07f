"""What a noise in a table knows of the clean one: spread, marginal and frequencies of every column."""

import importlib
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import BadValue, explain

GRID = 201
"""Quantiles kept of a numeric column: probabilities in steps of half a percent."""


@dataclass(frozen=True, slots=True)
class NumericColumn:
    """Statistics of the finite cells of a numeric column, in its own units; zeros when there are none."""

    count: int
    mean: float
    std: float
    """Population standard deviation."""
    grid: tuple[float, ...]
    """GRID observed values, the quantiles at the middles of GRID equal parts; empty when no cell is finite."""
    nan_mark: bool = True
    """Whether objects of the column mark missing by NaN, and not by None."""
    kind: Literal["numeric"] = "numeric"


@dataclass(frozen=True, slots=True)
class CategoricalColumn:
    """The values of a categorical column and how often each came."""

    values: tuple[Hashable, ...]
    counts: tuple[int, ...]
    nan_mark: bool = False
    """Whether objects of the column mark missing by NaN, and not by None."""
    kind: Literal["categorical"] = "categorical"

    @property
    def most_frequent(self) -> Hashable:
        """The value counted most often, the first of equals; None when there is none."""
        return self.values[self.counts.index(max(self.counts))] if self.values else None


@dataclass(frozen=True, slots=True)
class TableReference:
    """Statistics of clean rows, fitted once."""

    names: tuple[Hashable, ...]
    columns: tuple[NumericColumn | CategoricalColumn, ...]

    @property
    def kinds(self) -> tuple[Literal["numeric", "categorical"], ...]:
        """Kind of every column."""
        return tuple(column.kind for column in self.columns)

    @property
    def numeric(self) -> tuple[NumericColumn, ...]:
        """The numeric columns, in order."""
        return tuple(column for column in self.columns if isinstance(column, NumericColumn))

    @property
    def categorical(self) -> tuple[CategoricalColumn, ...]:
        """The categorical columns, in order."""
        return tuple(column for column in self.columns if isinstance(column, CategoricalColumn))

    @property
    def std(self) -> NDArray[np.float64]:
        """Standard deviation of every numeric column, shape (p,)."""
        return np.array([column.std for column in self.numeric], dtype=np.float64)

    def to_json(self) -> dict[str, Any]:
        """Return plain data that `from_json` reads back to an equal reference.

        Raises:
            BadValue: a category is of a type that JSON data cannot carry.
        """
        return {
            "names": [_plain(name) for name in self.names],
            "columns": [_plain_column(column) for column in self.columns],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "TableReference":
        """Read what `to_json` returned."""
        names = tuple(_unplain(name) for name in data["names"])
        return cls(names, tuple(_read_column(column) for column in data["columns"]))


def numeric_column(cells: NDArray[np.float64], *, nan_mark: bool = True) -> NumericColumn:
    """Summarise numbers; missing and infinite ones do not count."""
    finite = np.sort(cells[np.isfinite(cells)])
    if not len(finite):
        return NumericColumn(0, 0.0, 0.0, (), nan_mark)
    scale = max(abs(float(finite[0])), abs(float(finite[-1]))) or 1.0
    mean, std = float((finite / scale).mean()) * scale, float((finite / scale).std()) * scale
    at = ((np.arange(GRID) + 0.5) / GRID * len(finite)).astype(np.int64)
    constant = finite[0] == finite[-1]
    return NumericColumn(
        len(finite), mean, 0.0 if constant else std, tuple(finite[at].tolist()), nan_mark
    )


def categorical_column(cells: NDArray[np.object_], *, nan_mark: bool = False) -> CategoricalColumn:
    """Count the values that are not missing; in an order that does not depend on the rows' order.

    Raises:
        BadValue: a cell is not hashable.
    """
    try:
        counted = Counter(
            (type(cell).__name__, cell) for cell in map(_python, cells) if cell is not None
        )
    except TypeError as error:
        raise BadValue(explain("hashable categories", "cells", list(cells[:3]))) from error
    ordered = sorted(counted.items(), key=lambda item: (item[0][0], str(item[0][1])))
    return CategoricalColumn(
        tuple(value for (_, value), _ in ordered), tuple(count for _, count in ordered), nan_mark
    )


def _python(cell: object) -> object:
    return cell.item() if isinstance(cell, np.str_ | np.bytes_ | np.number | np.bool_) else cell


def _plain_column(column: NumericColumn | CategoricalColumn) -> dict[str, Any]:
    if isinstance(column, CategoricalColumn):
        return {
            "values": [_plain(value) for value in column.values],
            "counts": list(column.counts),
            "nan_mark": column.nan_mark,
        }
    return {
        "count": column.count,
        "mean": column.mean,
        "std": column.std,
        "grid": list(column.grid),
        "nan_mark": column.nan_mark,
    }


def _read_column(data: Mapping[str, Any]) -> NumericColumn | CategoricalColumn:
    if "values" in data:
        values = tuple(_unplain(value) for value in data["values"])
        return CategoricalColumn(values, tuple(data["counts"]), data["nan_mark"])
    return NumericColumn(
        data["count"], data["mean"], data["std"], tuple(data["grid"]), data["nan_mark"]
    )


def _plain(value: Any) -> Any:
    """Return a JSON form of a column name or a category; other types than JSON's become {type: text}."""
    value = _python(value)
    if isinstance(value, float):
        return value if np.isfinite(value) else {"float": repr(value)}
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, tuple):
        return {"tuple": [_plain(part) for part in value]}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, np.datetime64 | np.timedelta64):
        return {value.dtype.str: int(value.astype(np.int64))}
    if isinstance(value, datetime | date) or type(value).__name__ == "Timedelta":
        return {type(value).__name__: value.isoformat()}
    hint = "declare the column as text, or turn its cells into text, numbers or dates"
    raise BadValue(explain("a category that can be stored", "value", value, hint))


def _unplain(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    if kind in ("Timestamp", "Timedelta"):
        return getattr(importlib.import_module("pandas"), kind)(text)
    if kind[1:2] in ("M", "m"):
        return np.int64(text).astype(kind)
    readers: dict[str, Callable[[Any], Any]] = {
        "float": float,
        "tuple": lambda parts: tuple(_unplain(part) for part in parts),
        "bytes": bytes.fromhex,
        "datetime": datetime.fromisoformat,
        "date": date.fromisoformat,
    }
    return readers[kind](text)
