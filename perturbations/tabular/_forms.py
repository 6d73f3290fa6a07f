"""Containers that hold rows: what their columns are, and how to build the same container again."""

import sys
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import _frames
from perturbations.errors import BadValue, explain
from perturbations.tabular._columns import (
    Column,
    ExtensionColumn,
    SeriesColumn,
    array_column,
    boxed,
)

EXPECTED_BATCH = "a table: a 2-D array, a data frame, or a list of rows"
EXPECTED_ROW = "one row: a 1-D array, a mapping, a Series, or a data frame of one row"

Close = Callable[[Sequence[Any]], Any]
"""Builds a container like the original from raw columns; they may have other dtypes."""


@dataclass(frozen=True, eq=False)
class Form:
    """A container taken apart."""

    find_names: Callable[[], tuple[Hashable, ...]]
    rows: int
    width: int
    """How many columns there are."""
    open: Callable[[], Sequence[Column]]
    """Its columns; made when they are asked for, as a block of numbers needs none."""
    close: Close
    find_block: Callable[[], NDArray[Any] | None] = lambda: None
    """Looks for all cells at once, shape (rows, columns): when they share one numeric dtype."""
    close_block: Callable[[NDArray[Any]], Any] | None = None
    whole: bool = True
    """Whether this is the whole container, and not one of a list of rows."""

    @cached_property
    def names(self) -> tuple[Hashable, ...]:
        """Names of the columns."""
        return self.find_names()

    @cached_property
    def block(self) -> NDArray[Any] | None:
        """All cells at once, or None."""
        return self.find_block()

    @property
    def positional(self) -> bool:
        """Whether the columns have no names of their own."""
        return self.names == tuple(range(len(self.names)))


def open_batch(value: object) -> list[Form]:
    """Take a container of many rows apart: one form, or one per row for a list of unlike rows.

    Raises:
        BadValue: it is not a container of rows.
    """
    if isinstance(value, list):
        return _open_list(value)
    if isinstance(value, np.ndarray) and value.ndim == 2:
        return [_array(value, value)]
    if _is_pandas(value, "DataFrame"):
        return [_frame(value)]
    if _frames.is_frame(value):
        return [_foreign(value)]
    hint = "compute it first: frame.collect()" if _frames.is_lazy(value) else ""
    raise BadValue(explain(EXPECTED_BATCH, "values", value, hint))


def check_batch(value: object) -> None:
    """Check that a value other than a list is a container of rows.

    Raises:
        BadValue: it is none.
    """
    if not _is_pandas(value, "DataFrame"):
        open_batch(value)


def open_row(value: object, name: str = "value") -> Form:
    """Take one row apart.

    Raises:
        BadValue: it is not one row.
    """
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return _array(value, value[None, :])
    if isinstance(value, Mapping):
        return _mappings([value], lambda rows: rows[0])
    if _is_pandas(value, "Series"):
        return _series(value)
    if _is_pandas(value, "DataFrame") and len(value) == 1:  # type: ignore[arg-type]
        return _frame(value)
    if _frames.is_frame(value) and len(value) == 1:  # type: ignore[arg-type]
        return _foreign(value)
    raise BadValue(explain(EXPECTED_ROW, name, value))


def is_row(value: object) -> bool:
    """Tell whether the value is one row; a frame with one row is."""
    if _is_pandas(value, "DataFrame") or _frames.is_frame(value):
        return len(value) == 1  # type: ignore[arg-type]
    return not isinstance(value, list) and not (isinstance(value, np.ndarray) and value.ndim != 1)


def rows_of(value: Any) -> list[Any]:
    """Return the rows of a container of many rows, each in the form that a single call takes."""
    if _is_pandas(value, "DataFrame"):
        return [value.iloc[[i]] for i in range(len(value))]
    if _frames.is_frame(value):
        return [_frames.take_rows(value, slice(i, i + 1)) for i in range(len(value))]
    return list(value)


def _open_list(rows: Sequence[Any]) -> list[Form]:
    if not rows:
        hint = "an empty array or data frame keeps its columns: pass that"
        raise BadValue(explain("at least one row", "values", rows, hint))
    first = rows[0]
    if isinstance(first, np.ndarray) and first.ndim == 1 and all(_alike(first, r) for r in rows):
        return [_listed(_array(table := np.stack(rows), table))]
    if all(isinstance(row, Mapping) for row in rows):
        _check_mappings(rows)
        return [_mappings(rows, list)]
    opened = (open_row(row, f"values[{i}]") for i, row in enumerate(rows))
    return [replace(form, whole=False) for form in opened]


def _alike(first: NDArray[Any], row: object) -> bool:
    return isinstance(row, np.ndarray) and (row.shape, row.dtype) == (first.shape, first.dtype)


def _listed(form: Form) -> Form:
    """Return the form of an array whose rows were given one by one."""
    close, close_block = form.close, form.close_block
    return replace(
        form,
        close=lambda columns: list(close(columns)),
        close_block=None if close_block is None else lambda cells: list(close_block(cells)),
    )


def _array(value: NDArray[Any], table: NDArray[Any]) -> Form:
    if value.dtype.kind not in "biufOUSMm":
        raise BadValue(explain("numbers, text, dates or objects", "value", value))
    rows, width = table.shape

    def close(columns: Sequence[Any]) -> NDArray[Any]:
        dtypes = [column.dtype for column in columns]
        dtype = np.result_type(*dtypes) if dtypes else value.dtype
        out: NDArray[Any] = np.empty(table.shape, dtype=dtype)
        for j, column in enumerate(columns):
            out[:, j] = column
        return out.reshape(value.shape)

    def close_block(cells: NDArray[Any]) -> NDArray[Any]:
        return cells.reshape(value.shape)

    return Form(
        lambda: tuple(range(width)),
        rows,
        width,
        lambda: [array_column(table[:, j]) for j in range(width)],
        close,
        lambda: table if value.dtype.kind in "iuf" else None,
        close_block,
    )


def _check_mappings(rows: Sequence[Mapping[Any, object]]) -> None:
    names = list(rows[0])
    for i, row in enumerate(rows):
        if list(row) != names:
            raise unlike(names, list(row), i)


def unlike(names: Sequence[Hashable], other: Sequence[Hashable], i: int) -> BadValue:
    """Return the error of a row with other columns than the first."""
    return BadValue(
        explain(f"the columns of the first row {few(names)}", f"values[{i}]", few(other))
    )


def few(names: Sequence[Hashable], *, most: int = 8) -> list[Hashable]:
    """Return the first names of many, and that there are more."""
    return list(names) if len(names) <= most else [*names[:most], "..."]


def _mappings(rows: Sequence[Mapping[Any, object]], close_rows: Callable[[list[Any]], Any]) -> Form:
    names = tuple(rows[0])

    def close(columns: Sequence[Any]) -> Any:
        return close_rows(
            [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
            if names
            else [{} for _ in rows]
        )

    def columns() -> list[Column]:
        return [boxed((row[name] for row in rows), len(rows)) for name in names]

    return Form(lambda: names, len(rows), len(names), columns, close)


def _series(value: Any) -> Form:
    """Open a pandas Series as one row; its index is the column names."""
    if not isinstance(value.dtype, np.dtype) or value.dtype.kind in "mM":
        return _extension_series(value)
    inner = _array(value.to_numpy(), value.to_numpy()[None, :])
    closes, block = inner.close, inner.close_block

    def wrap(cells: NDArray[Any]) -> Any:
        return type(value)(cells, index=value.index, name=value.name, dtype=cells.dtype)

    return replace(
        inner,
        find_names=lambda: tuple(value.index),
        close=lambda columns: wrap(closes(columns)),
        close_block=lambda cells: wrap(block(cells)) if block else None,
    )


def _extension_series(value: Any) -> Form:
    def close(columns: Sequence[Any]) -> Any:
        cells = type(value.array)._concat_same_type(columns)  # noqa: SLF001 - part of the extension interface
        return type(value)(cells, index=value.index, name=value.name)

    def columns() -> list[Column]:
        return [ExtensionColumn(value.array[j : j + 1]) for j in range(len(value))]

    return Form(lambda: tuple(value.index), 1, len(value), columns, close)


def _frame(value: Any) -> Form:
    pandas = sys.modules["pandas"]
    opened: list[Column] = []

    def columns() -> list[Column]:
        opened[:] = [_frame_column(column) for _, column in value.items()]
        return opened

    def close(raw: Sequence[Any]) -> Any:
        out = value.copy()
        for j, column in enumerate(raw):
            if column is not opened[j].raw:
                # A bare object array would be inferred to be text.
                out.isetitem(j, pandas.Series(column, index=value.index, dtype=column.dtype))
        return out

    return Form(
        lambda: tuple(value.columns.tolist()),
        len(value),
        value.shape[1],
        columns,
        close,
        lambda: _block_of(value, pandas),
        lambda cells: _like(value, cells, pandas),
    )


def _block_of(value: Any, pandas: Any) -> NDArray[Any] | None:
    """Return the cells of a frame at once where all columns are of one numeric dtype of numpy."""
    if type(value) is not pandas.DataFrame or not value.shape[1]:
        return None
    dtype = _only_dtype(value)
    plain = isinstance(dtype, np.dtype) and dtype.kind in "iuf"
    return np.asarray(value.to_numpy()) if plain else None


def _only_dtype(value: Any) -> Any:
    """Return the dtype that all columns of a frame have; None where they differ."""
    # How many pieces a frame is kept in is a peek, which saves a Series of dtypes; without it the Series will do.
    blocks = getattr(getattr(value, "_mgr", None), "blocks", None)
    if blocks is not None:
        return getattr(blocks[0], "dtype", None) if len(blocks) == 1 else None
    dtypes = set(value.dtypes)
    return dtypes.pop() if len(dtypes) == 1 else None


def _like(value: Any, cells: NDArray[Any], pandas: Any) -> Any:
    # pandas keeps the cells of one dtype column by column.
    held = np.asfortranarray(cells)
    out = pandas.DataFrame(held, index=value.index, columns=value.columns, copy=False)
    if value.attrs:
        out.attrs = value.attrs
    return out


def _frame_column(column: Any) -> Column:
    if type(column.dtype).__name__ == "SparseDtype":
        hint = "make it dense first: frame.sparse.to_dense()"
        raise BadValue(explain("dense columns", str(column.name), column, hint))
    if isinstance(column.dtype, np.dtype) and column.dtype.kind not in "mM":
        return array_column(column.to_numpy())
    return ExtensionColumn(column.array)


def _foreign(value: Any) -> Form:
    """Open a frame of another library."""
    frame = _frames.wrap(value)
    names = tuple(frame.columns)
    opened: list[SeriesColumn] = []

    def columns() -> Sequence[Column]:
        opened[:] = [SeriesColumn(frame[name]) for name in names]
        return opened

    def close(raw: Sequence[Any]) -> Any:
        changed = [new for new, column in zip(raw, opened, strict=True) if new is not column.raw]
        return _frames.unwrap(frame.with_columns(*changed) if changed else frame, value)

    return Form(lambda: names, len(frame), len(names), columns, close)


def _is_pandas(value: object, name: str) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, getattr(pandas, name))
