"""What a noise in a table knows of the clean one: spread, marginal and frequencies of every column."""

import numbers
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from perturbations.tabular._columns import Kind, label_key
from perturbations.tabular._json import plain, unplain

GRID = 201
"""Quantiles kept of a column of numbers, and texts of a column of text: probabilities in steps of half a percent."""


@dataclass(frozen=True, slots=True)
class NumericColumn:
    """Statistics of the finite cells of a numeric column, in its own units; zeros when there are none."""

    count: int
    mean: float
    std: float
    """Population standard deviation."""
    grid: tuple[float, ...]
    """GRID observed values, the quantiles at the middles of GRID equal parts; empty when no cell is finite."""
    bins: tuple[int, ...] = ()
    """How many cells are at most each distinct value of the grid and above the one before; last, above all of them."""
    distinct: int = 0
    """How many different values there are."""
    step: float = 0.0
    """The power of ten that all values are multiples of, not far below their spread; 0 where there is no spread."""
    missing: int = 0
    """How many cells are missing or not finite."""
    nan_mark: bool = True
    """Whether objects of the column mark missing by NaN, and not by None."""
    kind: Literal["numeric"] = "numeric"

    @property
    def edges(self) -> tuple[float, ...]:
        """The distinct values of the grid: upper ends of all bins but the last."""
        return tuple(dict.fromkeys(self.grid))


@dataclass(frozen=True, slots=True)
class DateColumn:
    """Statistics of a column of dates, in microseconds of wall time since 1970."""

    count: int
    mean: float
    std: float
    grid: tuple[int, ...]
    """As of a numeric column."""
    bins: tuple[int, ...] = ()
    distinct: int = 0
    by_day: bool = True
    """Whether all of them are at midnight."""
    missing: int = 0
    nan_mark: bool = False
    format: str = ""
    """How its cells are written, where they are text in another form than ISO 8601."""
    kind: Literal["date"] = "date"

    @property
    def edges(self) -> tuple[int, ...]:
        """The distinct values of the grid: upper ends of all bins but the last."""
        return tuple(dict.fromkeys(self.grid))


@dataclass(frozen=True, slots=True)
class LabelColumn:
    """The labels of a categorical or boolean column and how often each came."""

    labels: tuple[Hashable, ...]
    """In the order that the column declares; else in the order of their text."""
    counts: tuple[int, ...]
    ordered: bool = False
    """Whether the column declares the order."""
    missing: int = 0
    nan_mark: bool = False
    """Whether objects of the column mark missing by NaN, and not by None."""
    kind: Literal["categorical", "boolean"] = "categorical"

    @property
    def count(self) -> int:
        """How many cells are not missing."""
        return sum(self.counts)

    @property
    def distinct(self) -> int:
        """How many different labels there are."""
        return len(self.labels)

    @property
    def most_frequent(self) -> Hashable:
        """The label counted most often, the first of equals; None when there is none."""
        return self.labels[self.counts.index(max(self.counts))] if self.labels else None


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column in which hardly any text comes twice."""

    count: int
    distinct: int
    sample: tuple[Hashable, ...]
    """Up to GRID of the texts, evenly from the order of the alphabet."""
    missing: int = 0
    nan_mark: bool = False
    kind: Literal["text"] = "text"


ColumnReference = NumericColumn | DateColumn | LabelColumn | TextColumn
_CLASSES: Mapping[str, type[ColumnReference]] = {
    "numeric": NumericColumn,
    "date": DateColumn,
    "categorical": LabelColumn,
    "boolean": LabelColumn,
    "text": TextColumn,
}
_OF_LABELS = ("labels", "sample")


class Known:
    """Labels by what they are: of a type and value, else of an equal number."""

    def __init__(self, values: Iterable[Any]) -> None:
        """Take the labels, no two alike."""
        listed = list(values)
        self._exact = {label_key(value): i for i, value in enumerate(listed)}
        self._equal = {v: i for i, v in enumerate(listed) if isinstance(v, numbers.Real)}

    def code(self, label: Any) -> int:
        """Return which label it is; -1 for none."""
        code = self._exact.get(label_key(label))
        if code is None and isinstance(label, numbers.Real):
            code = self._equal.get(label)
        return -1 if code is None else code


@dataclass(frozen=True)
class TableReference:
    """Statistics of clean rows, fitted once."""

    names: tuple[Hashable, ...]
    columns: tuple[ColumnReference, ...]
    made: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What noises have worked out of the statistics, so that they do it once."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Kind of every column."""
        return tuple(column.kind for column in self.columns)

    @property
    def numeric(self) -> tuple[NumericColumn, ...]:
        """The numeric columns, in order."""
        return tuple(column for column in self.columns if isinstance(column, NumericColumn))

    @property
    def dates(self) -> tuple[DateColumn, ...]:
        """The columns of dates, in order."""
        return tuple(column for column in self.columns if isinstance(column, DateColumn))

    @property
    def labelled(self) -> tuple[LabelColumn | TextColumn, ...]:
        """The columns of labels, in order."""
        return tuple(c for c in self.columns if isinstance(c, LabelColumn | TextColumn))

    @cached_property
    def std(self) -> NDArray[np.float64]:
        """Standard deviation of every numeric column, shape (p,)."""
        return np.array([column.std for column in self.numeric], dtype=np.float64)

    def codes(self, j: int, levels: tuple[Hashable, ...]) -> NDArray[np.int64]:
        """Return which label of the j-th labelled column each of some labels is; -1 for one that it has not.

        A number is known in another type too: a column of whole numbers that a noise put gaps into is one of floats.
        """
        column = self.labelled[j]
        values = column.labels if isinstance(column, LabelColumn) else column.sample
        key = ("codes", j)
        if key not in self.made:
            self.made[key] = Known(values)
        return np.fromiter(map(self.made[key].code, levels), dtype=np.int64, count=len(levels))

    def __getstate__(self) -> dict[str, Any]:
        return {"names": self.names, "columns": self.columns, "made": {}}

    def to_json(self) -> dict[str, Any]:
        """Return plain data that `from_json` reads back to an equal reference.

        Raises:
            BadValue: a label is of a type that JSON data cannot carry.
        """
        return {
            "names": [plain(name) for name in self.names],
            "columns": [_plain_column(column) for column in self.columns],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "TableReference":
        """Read what `to_json` returned."""
        names = tuple(unplain(name) for name in data["names"])
        return cls(names, tuple(_read_column(column) for column in data["columns"]))


def _plain_column(column: ColumnReference) -> dict[str, Any]:
    fields = {name: getattr(column, name) for name in type(column).__dataclass_fields__}
    return {
        name: [plain(each) for each in value] if isinstance(value, tuple) else value
        for name, value in fields.items()
    }


def _read_column(data: Mapping[str, Any]) -> ColumnReference:
    fields: dict[str, Any] = {}
    for name, value in data.items():
        read = unplain if name in _OF_LABELS else _same
        fields[name] = tuple(read(each) for each in value) if isinstance(value, list) else value
    return _CLASSES[data["kind"]](**fields)


def _same(value: Any) -> Any:
    return value
