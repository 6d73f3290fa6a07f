"""Columns of numpy: of one dtype, or of Python objects."""

import datetime as dt
import numbers
import sys
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from perturbations.tabular import _moments
from perturbations.tabular._columns._column import (
    ANYTHING,
    NAN,
    WORDS,
    Floats,
    Ints,
    Kind,
    Labels,
    Mask,
    Writing,
    absent,
    cast,
    is_missing,
    label_key,
    moved,
    not_dates,
    not_numbers,
)

_LOOKS: dict[str, Kind] = {"b": "boolean", "M": "date", "m": "numeric"} | dict.fromkeys(
    "iuf", "numeric"
)  # type: ignore[assignment]


@dataclass(frozen=True, slots=True, eq=False)
class PlainColumn:
    """A numpy column whose cells are all of one dtype."""

    raw: NDArray[Any]

    @property
    def closed(self) -> bool:
        """A dtype is no list of labels."""
        return False

    @property
    def holds(self) -> str:
        """Words of any length, or what its dtype can hold."""
        return WORDS if self.raw.dtype.kind == "U" else str(self.raw.dtype)

    def looks(self) -> Kind | Literal[""]:
        """Tell by the dtype."""
        return _LOOKS.get(self.raw.dtype.kind, "categorical")

    def numbers(self, label: Hashable) -> Floats:
        """Return the cells as numbers; spans of time in their unit."""
        if self.raw.dtype.kind in "biuf":
            return self.raw.astype(np.float64, copy=False)
        if self.raw.dtype.kind == "m":
            ticks = self.raw.view(np.int64).astype(np.float64)
            return np.where(np.isnat(self.raw), NAN, ticks)
        raise not_numbers(self.raw, label)

    def labels(self) -> Labels:
        """Return the cells as labels, of Python types but for dates."""
        if self.raw.dtype.kind == "b":
            return Labels(self.raw.astype(np.int64), (False, True))
        gone = _gone(self.raw)
        levels, codes = np.unique(self.raw[~gone], return_inverse=True)
        full = np.full(len(self.raw), -1, dtype=np.int64)
        full[~gone] = codes
        return Labels(full, tuple(levels if self.raw.dtype.kind in "mM" else levels.tolist()))

    def moments(self, label: Hashable) -> Ints:
        """Return the cells as wall time."""
        if self.raw.dtype.kind == "M":
            return _moments.read_m8(self.raw)
        if self.raw.dtype.kind in "US":
            return ObjectColumn(self.raw.astype(object)).moments(label)
        raise not_dates(self.raw, label)

    def with_numbers(self, values: Floats, old: Floats, how: Writing) -> Any:
        """Return the column with other numbers; with `missing`, whole numbers and truth values become float64."""
        kind = self.raw.dtype.kind
        if kind in "biu" and how.missing:
            # Whether or not a cell went missing: a dtype that depends on the draw would depend on the batch.
            whole = np.where(moved(values, old), np.rint(values), old)
            return np.clip(whole, 0, 1) if kind == "b" else whole
        if kind == "f" and self.raw.dtype.itemsize <= old.itemsize:
            return cast(values, self.raw.dtype)
        changed = moved(values, old)
        out = self.raw.copy()
        new = values[changed]
        out[changed] = cast(np.nan_to_num(new) if kind in "bium" else new, self.raw.dtype)
        if kind == "m":
            out[changed & np.isnan(values)] = np.timedelta64("NaT")
        return out

    def with_labels(self, at: Ints, values: NDArray[np.object_], how: Writing) -> Any:
        """Return the column with other labels.

        With `missing`, whole numbers and truth values become float64, and text of fixed width becomes objects.
        """
        out = _roomy(self.raw, values, missing=how.missing)
        if out is self.raw:
            out = out.copy()
        gone = absent(values)
        out[at[~gone]] = values[~gone]
        if gone.any():
            out[at[gone]] = NAN if out.dtype.kind == "f" or how.nan_mark else None
        return out

    def with_moments(self, at: Ints, values: Ints, how: Writing) -> Any:
        """Return the column with other moments, in its unit."""
        if self.raw.dtype.kind in "US":
            return ObjectColumn(self.raw.astype(object)).with_moments(at, values, how)
        out = self.raw.copy()
        out[at] = _moments.write_m8(values, self.raw[at])
        return out


@dataclass(frozen=True, slots=True, eq=False)
class ObjectColumn:
    """A column of Python objects, each of a type of its own."""

    raw: NDArray[np.object_]

    @property
    def closed(self) -> bool:
        """Objects may be anything."""
        return False

    @property
    def holds(self) -> str:
        """Objects may be anything."""
        return ANYTHING

    def looks(self) -> Kind | Literal[""]:
        """Tell by the cells that are there."""
        types = set(map(type, self.raw))
        if _may_miss(types):
            types = {type(cell) for cell in self.raw if not is_missing(cell)}
        found: set[Kind] = {_looks_like(each) for each in types}
        return "" if not found else found.pop() if len(found) == 1 else "categorical"

    def numbers(self, label: Hashable) -> Floats:
        """Return the cells as numbers."""
        cells = (NAN if is_missing(cell) else float(cell) for cell in self.raw)
        try:
            return np.fromiter(cells, dtype=np.float64, count=len(self.raw))
        except (TypeError, ValueError, OverflowError) as error:
            raise not_numbers(self.raw, label) from error

    def labels(self) -> Labels:
        """Return the cells as labels; of numpy's scalars, Python's own."""
        types = set(map(type, self.raw))
        pandas = sys.modules.get("pandas")
        if types == {str} and pandas is not None and len(self.raw) > 1:
            codes, found = pandas.factorize(self.raw)
            return Labels(codes.astype(np.int64), tuple(found))
        known: dict[Any, int] = {}
        levels: list[Any] = []
        full = np.full(len(self.raw), -1, dtype=np.int64)
        may_miss = _may_miss(types)
        for i, cell in enumerate(self.raw):
            if not (may_miss and is_missing(cell)):
                code = known.setdefault(label_key(cell), len(levels))
                if code == len(levels):
                    levels.append(cell)
                full[i] = code
        return Labels(full, tuple(levels))

    def moments(self, label: Hashable) -> Ints:
        """Return the cells as wall time; text has to be in ISO 8601."""
        cells = (
            _moments.NAT if is_missing(cell) else _moments.read_object(cell) for cell in self.raw
        )
        try:
            return np.fromiter(cells, dtype=np.int64, count=len(self.raw))
        except (TypeError, ValueError) as error:
            raise not_dates(self.raw, label) from error

    def with_numbers(self, values: Floats, old: Floats, how: Writing) -> Any:
        """Return the column with other numbers, each of the type of the one it replaces."""
        out = self.raw.copy()
        for i in np.flatnonzero(moved(values, old)):
            out[i] = _number_like(self.raw[i], float(values[i]), nan_mark=how.nan_mark)
        return out

    def with_labels(self, at: Ints, values: NDArray[np.object_], how: Writing) -> Any:
        """Return the column with other labels."""
        out = self.raw.copy()
        out[at] = values
        if how.nan_mark:
            out[at[absent(values)]] = NAN
        return out

    def with_moments(self, at: Ints, values: Ints, how: Writing) -> Any:
        """Return the column with other moments, each of the type of the one it replaces."""
        out = self.raw.copy()
        mark = NAN if how.nan_mark else None
        for i, moment in zip(at, values.tolist(), strict=True):
            old = None if is_missing(out[i]) else out[i]
            out[i] = mark if moment == _moments.NAT else _moments.write_object(moment, old)
        return out


def array_column(raw: NDArray[Any]) -> PlainColumn | ObjectColumn:
    """Return the form of a numpy column."""
    return ObjectColumn(raw) if raw.dtype.kind == "O" else PlainColumn(raw)


def boxed(cells: Iterable[object], count: int) -> ObjectColumn:
    """Return Python objects as a column."""
    raw = np.empty(count, dtype=object)
    for i, cell in enumerate(cells):
        raw[i] = cell
    return ObjectColumn(raw)


def _gone(raw: NDArray[Any]) -> Mask:
    if raw.dtype.kind in "fmM":
        return np.asarray(np.isnan(raw) if raw.dtype.kind == "f" else np.isnat(raw))
    return np.zeros(raw.shape, dtype=bool)


def _may_miss(types: set[type]) -> bool:
    """Tell whether a cell of one of the types may be missing."""
    return any(
        each.__name__ in ("NoneType", "NAType", "NaTType")
        or issubclass(each, float | np.floating | np.datetime64 | np.timedelta64)
        for each in types
    )


def _looks_like(kind: type) -> Kind:
    if issubclass(kind, bool | np.bool_):
        return "boolean"
    if issubclass(kind, numbers.Real):
        return "numeric"
    return "date" if issubclass(kind, dt.date | np.datetime64) else "categorical"


def _roomy(raw: NDArray[Any], new: NDArray[np.object_], *, missing: bool) -> NDArray[Any]:
    """Return the column, or a copy in a dtype that can hold the new cells."""
    if missing and raw.dtype.kind in "biu":
        return raw.astype(np.float64)
    if missing and raw.dtype.kind in "US":
        return raw.astype(object)
    if raw.dtype.kind in "US" and len(new):
        return raw.astype(np.result_type(raw.dtype, np.array(list(new)).dtype))
    return raw


def _number_like(old: object, value: float, *, nan_mark: bool) -> object:
    """Return a number of the Python type of the cell that it replaces."""
    if np.isnan(value):
        return NAN if nan_mark else None
    if isinstance(old, bool | np.bool_):
        return type(old)(round(value))
    if isinstance(old, np.integer | np.floating):
        return cast(np.array([value]), old.dtype)[0]
    return round(value) if isinstance(old, int) and np.isfinite(value) else value
