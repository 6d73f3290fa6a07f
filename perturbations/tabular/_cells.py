"""Cells of one column: read as numbers or categories, and written back where they changed."""

import numbers
from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import BadValue, explain

NAN = float("nan")


def missing_cells(column: Any) -> NDArray[np.bool_]:
    """Return which cells are missing: None, NaN, NaT or NA."""
    if not isinstance(column, np.ndarray):
        return np.asarray(column.isna(), dtype=bool)
    if column.dtype.kind == "O":
        return np.fromiter((is_missing(cell) for cell in column), dtype=bool, count=len(column))
    if column.dtype.kind in "fmM":
        return np.asarray(np.isnan(column) if column.dtype.kind == "f" else np.isnat(column))
    return np.zeros(column.shape, dtype=bool)


def absent(cells: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which cells of a working form are missing, that is, None."""
    nothing: Any = None
    return np.asarray(np.equal(cells, nothing), dtype=bool)


def differing(old: NDArray[np.object_], new: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which categories differ."""
    return np.asarray(np.not_equal(old, new), dtype=bool)


def is_missing(cell: object) -> bool:
    """Tell whether one cell is missing."""
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(cell, np.datetime64 | np.timedelta64):
        return bool(np.isnat(cell))
    return isinstance(cell, float | np.floating) and bool(np.isnan(cell))


def evidence(column: Any) -> str:
    """Tell what a column looks like: "numeric", "categorical", or "" when all its cells are missing objects."""
    kind = getattr(column.dtype, "kind", "O")
    if isinstance(column, np.ndarray) and kind == "O":
        signs = {_is_number(cell) for cell in column if not is_missing(cell)}
        return "" if not signs else "numeric" if signs == {True} else "categorical"
    return "numeric" if kind in "iuf" and type(column).__name__ != "Categorical" else "categorical"


def read_numbers(column: Any, label: Hashable) -> NDArray[np.float64]:
    """Return the cells as float64 with NaN for missing.

    Raises:
        BadValue: a cell is not a number.
    """
    try:
        if not isinstance(column, np.ndarray):
            return np.asarray(column.to_numpy(dtype="float64", na_value=NAN))
        if column.dtype.kind in "biuf":
            return column.astype(np.float64, copy=False)
        if column.dtype.kind == "O":
            cells = (NAN if is_missing(cell) else float(cell) for cell in column)
            return np.fromiter(cells, dtype=np.float64, count=len(column))
    except (TypeError, ValueError, OverflowError) as error:
        raise _not_numbers(column, label) from error
    raise _not_numbers(column, label)


def read_categories(column: Any) -> NDArray[np.object_]:
    """Return the cells as Python objects with None for missing."""
    if isinstance(column, np.ndarray) and column.dtype.kind in "mM":
        out = np.empty(len(column), dtype=object)
        out[:] = list(column)
    else:
        out = np.array(column.astype(object), dtype=object)
    out[missing_cells(column)] = None
    return out


def write_numbers(
    column: Any,
    changed: NDArray[np.bool_],
    values: NDArray[np.float64],
    *,
    missing: bool,
    nan_mark: bool = True,
) -> Any:
    """Return a copy of the column with the changed cells: integers rounded to nearest, beyond the range saturated.

    With `missing`, integers and booleans of numpy become float64 whether or not a cell went missing.
    """
    if isinstance(column, np.ndarray) and column.dtype.kind in "biu" and missing:
        rounded = np.where(changed, np.rint(values), column.astype(np.float64))
        return np.clip(rounded, 0, 1) if column.dtype.kind == "b" else rounded
    if not changed.any():
        return column
    out = column.copy()
    if isinstance(column, np.ndarray) and column.dtype.kind == "O":
        for i in np.flatnonzero(changed):
            out[i] = _like(column[i], float(values[i]), nan_mark=nan_mark)
        return out
    new = values[changed]
    gone = np.isnan(new)
    dtype = column.dtype if isinstance(column, np.ndarray) else _inner(column)
    kept = _cast(np.where(gone, 0.0, new), dtype)
    if isinstance(column, np.ndarray):
        out[changed] = np.where(gone, NAN, kept) if dtype.kind == "f" else kept
        return out
    at = np.flatnonzero(changed)
    out[at[~gone]] = kept[~gone]
    out[at[gone]] = None
    return out


def write_categories(
    column: Any,
    changed: NDArray[np.bool_],
    values: NDArray[np.object_],
    *,
    missing: bool,
    nan_mark: bool,
    label: Hashable,
) -> Any:
    """Return a copy of the column with the changed cells.

    With `missing`, numpy integers and booleans become float64, and fixed-width text becomes objects.

    Raises:
        BadValue: the column cannot hold a value, as one that is no category of it.
    """
    out = _roomy(column, values[changed], missing=missing)
    if not changed.any():
        return out
    out = out.copy() if out is column else out
    new = values[changed]
    gone = absent(new)
    at = np.flatnonzero(changed)
    try:
        out[at[~gone]] = new[~gone]
    except (TypeError, ValueError) as error:
        hint = "fit the reference on rows with the same categories"
        known = f"values that column {label!r} of {column.dtype} can hold"
        raise BadValue(explain(known, "cells", list(new[~gone][:5]), hint)) from error
    if gone.any():
        objects = isinstance(out, np.ndarray) and out.dtype.kind == "O" and not nan_mark
        floats = isinstance(out, np.ndarray) and out.dtype.kind in "fO"
        out[at[gone]] = None if objects or not floats else NAN
    return out


def _roomy(column: Any, new: NDArray[np.object_], *, missing: bool) -> Any:
    """Return the column, or a copy in a dtype that can hold the new cells."""
    if not isinstance(column, np.ndarray):
        return column
    if missing and column.dtype.kind in "biu":
        return column.astype(np.float64)
    if missing and column.dtype.kind in "US":
        return column.astype(object)
    if column.dtype.kind in "US" and len(new):
        return column.astype(np.result_type(column.dtype, np.array(list(new)).dtype))
    return column


def _like(old: object, value: float, *, nan_mark: bool) -> object:
    """Return a number of the Python type of the cell that it replaces."""
    if np.isnan(value):
        return NAN if nan_mark else None
    if isinstance(old, bool | np.bool_):
        return type(old)(round(value))
    if isinstance(old, int | np.integer):
        return type(old)(
            _cast(np.array([value]), old.dtype)[0] if isinstance(old, np.integer) else round(value)
        )
    if isinstance(old, np.floating):
        return _cast(np.array([value]), old.dtype)[0]
    return value


def _cast(values: NDArray[np.float64], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Round to nearest where the dtype is whole, saturate at its ends, keep infinities of floats."""
    if dtype.kind == "b":
        return np.asarray(np.rint(values) > 0)
    if dtype.kind == "f":
        top = float(np.finfo(dtype).max)
        return np.where(np.isinf(values), values, np.clip(values, -top, top)).astype(dtype)
    ends = np.iinfo(dtype)
    whole = np.rint(values)
    # float(ends.max) of a 64-bit type is one too many to cast back.
    inside = np.clip(whole, float(ends.min), np.nextafter(float(ends.max), 0))
    high, low = whole >= float(ends.max), whole <= float(ends.min)
    return np.where(high, ends.max, np.where(low, ends.min, inside.astype(dtype))).astype(dtype)


def _inner(column: Any) -> np.dtype[Any]:
    """Return the numpy dtype inside a pandas extension dtype."""
    inner = getattr(column.dtype, "numpy_dtype", None)
    return inner if isinstance(inner, np.dtype) else np.dtype(np.float64)


def _is_number(cell: object) -> bool:
    return isinstance(cell, numbers.Real) and not isinstance(cell, bool | np.bool_)


def _not_numbers(column: Any, label: Hashable) -> BadValue:
    hint = 'declare it: facts={"kinds": {column: "categorical"}}'
    return BadValue(explain(f"numbers in the numeric column {label!r}", "column", column, hint))
