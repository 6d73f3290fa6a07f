"""What every column offers, and the arithmetic that they share."""

import numbers
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import BadValue, explain

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Kind = Literal["numeric", "categorical", "boolean", "text", "date"]

NAN = float("nan")
ANYTHING, WORDS = "anything", "words"


class Labels(NamedTuple):
    """Cells as numbers of labels."""

    codes: Ints
    """Which label each cell holds; -1 is missing."""
    levels: tuple[Hashable, ...]
    """The labels, no two alike."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How changed cells are to be written."""

    label: Hashable
    """Name of the column, for errors."""
    missing: bool = False
    """Whether the noise may put missing values here: then a dtype that has none is left for one that has."""
    nan_mark: bool = False
    """Whether objects mark missing by NaN, and not by None."""


class Column(Protocol):
    """One column of one container."""

    @property
    def raw(self) -> Any:
        """The column as its container holds it."""

    @property
    def closed(self) -> bool:
        """Whether its dtype lists its labels; a noise that brings a new one brings it into the list."""

    @property
    def holds(self) -> str:
        """What labels it can hold: ANYTHING, WORDS, or those of its dtype alone, then the name of that."""

    def looks(self) -> Kind | Literal[""]:
        """Tell what the cells look like; nothing when all of them are missing objects."""

    def numbers(self, label: Hashable) -> Floats:
        """Return the cells as numbers, NaN for missing.

        Raises:
            BadValue: a cell is not a number.
        """

    def labels(self) -> Labels:
        """Return the cells as labels."""

    def moments(self, label: Hashable) -> Ints:
        """Return the cells as microseconds of wall time, NAT for missing.

        Raises:
            BadValue: a cell is no date.
        """

    def with_numbers(self, values: Floats, old: Floats, how: Writing) -> Any:
        """Return the raw column with other numbers: whole ones rounded to nearest, beyond the range saturated."""

    def with_labels(self, at: Ints, values: NDArray[np.object_], how: Writing) -> Any:
        """Return the raw column with other labels at some places; None is missing.

        Raises:
            BadValue: the column cannot hold a label.
        """

    def with_moments(self, at: Ints, values: Ints, how: Writing) -> Any:
        """Return the raw column with other moments at some places; one that it cannot hold is left as it was."""


def is_missing(cell: object) -> bool:
    """Tell whether one cell is missing: None, NaN, NaT or NA."""
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(cell, np.datetime64 | np.timedelta64):
        return bool(np.isnat(cell))
    return isinstance(cell, float | np.floating) and bool(np.isnan(cell))


def plain_label(label: Any) -> Any:
    """Return a numpy scalar as Python's own."""
    return label.item() if isinstance(label, np.str_ | np.bytes_ | np.number | np.bool_) else label


def label_key(label: Any) -> tuple[str, Hashable]:
    """Return what two labels share that are alike: 1, 1.0 and True are not; what cannot be hashed is like itself only."""
    label = plain_label(label)
    try:
        hash(label)
    except TypeError:
        return type(label).__name__, id(label)
    return type(label).__name__, label


def absent(values: NDArray[np.object_]) -> Mask:
    """Tell which cells are None."""
    return np.fromiter((value is None for value in values), dtype=bool, count=len(values))


def moved(values: Floats, old: Floats) -> Mask:
    """Tell which numbers differ; NaN equals NaN."""
    return np.asarray((old != values) & ~(np.isnan(old) & np.isnan(values)))


def cast(values: Floats, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Round to nearest where the dtype is whole, saturate at its ends, keep infinities and NaN of floats."""
    if dtype.kind == "b":
        return np.asarray(np.rint(values) > 0)
    if dtype.kind == "f":
        if dtype.itemsize >= values.itemsize:
            return values.astype(dtype, copy=False)
        top = float(np.finfo(dtype).max)
        return np.where(np.isinf(values), values, np.clip(values, -top, top)).astype(dtype)
    ends = np.iinfo(np.int64 if dtype.kind == "m" else dtype)
    # The least of the numbers of a span of time stands for a missing one.
    least = ends.min + (dtype.kind == "m")
    whole = np.rint(values)
    # float(ends.max) of a 64-bit type is one too many to cast back.
    inside = np.clip(whole, float(least), np.nextafter(float(ends.max), 0)).astype(ends.dtype)
    high, low = whole >= float(ends.max), whole <= float(least)
    return np.where(high, ends.max, np.where(low, least, inside)).astype(ends.dtype).view(dtype)


def can_hold(holds: str, label: object) -> bool:
    """Tell whether a column with these labels can hold another one: of dtypes, those of whole numbers and of floats."""
    if holds in (ANYTHING, WORDS):
        return holds == ANYTHING or isinstance(label, str)
    if isinstance(label, bool | np.bool_) or not isinstance(label, numbers.Real):
        return False
    ends = ends_of(holds)
    whole = float(label).is_integer()
    return (
        holds.lower().startswith(("float", "double"))
        if ends is None
        else whole and label in range(*ends)
    )


def ends_of(holds: str) -> tuple[int, int] | None:
    """Return the least whole number of a dtype of whole numbers, and the one above the largest; None for other dtypes."""
    found = re.match(r"u?int(8|16|32|64)\b", holds.lower())
    if found is None:
        return None
    ends = np.iinfo(found.group())
    return int(ends.min), int(ends.max) + 1


def cannot_hold(values: Sequence[Any] | NDArray[Any], what: object, how: Writing) -> BadValue:
    """Return the error of a label that a column has no place for."""
    hint = "fit the reference on rows with the same categories"
    expected = f"values that column {how.label!r} of {what} can hold"
    return BadValue(explain(expected, "cells", list(values[:5]), hint))


def not_numbers(column: Any, label: Hashable) -> BadValue:
    """Return the error of a numeric column with other cells."""
    hint = 'declare it: facts={"kinds": {column: "categorical"}}'
    return BadValue(explain(f"numbers in the numeric column {label!r}", "column", column, hint))


def not_dates(column: Any, label: Hashable, form: str = "") -> BadValue:
    """Return the error of a date column with other cells."""
    hint = "turn the cells into dates first, write them as 2024-12-31, or give their format: "
    hint += f'facts={{"date_format": {{{label!r}: "%d/%m/%Y"}}}}'
    shown = f" as {form}" * bool(form)
    return BadValue(explain(f"dates{shown} in the date column {label!r}", "column", column, hint))
