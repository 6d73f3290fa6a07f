"""Containers that hold rows: what their columns are, and how to build the same container again."""

import sys
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import BadValue, explain

Column = Any
"""A one-dimensional numpy array or pandas extension array."""
EXPECTED_BATCH = "a table: a 2-D array, a DataFrame, or a list of rows"
EXPECTED_ROW = "one row: a 1-D array, a mapping, a Series, or a DataFrame of one row"


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A container taken apart."""

    names: tuple[Hashable, ...]
    columns: Sequence[Column]
    rows: int
    close: Callable[[Sequence[Column]], Any]
    """Build a container like the original from columns; they may have other dtypes."""
    block: NDArray[Any] | None = None
    """All cells at once, shape (rows, columns), when they share one numeric dtype; `close` takes [block] too."""
    whole: bool = True
    """Whether this is the whole container, and not one of a list of rows."""

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
    raise BadValue(explain(EXPECTED_BATCH, "values", value))


def open_row(value: object, name: str = "value") -> Form:
    """Take one row apart.

    Raises:
        BadValue: it is not one row.
    """
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return _array(value, value[None, :])
    if isinstance(value, Mapping):
        return _mapping(value)
    if _is_pandas(value, "Series"):
        return _series(value)
    if _is_pandas(value, "DataFrame") and len(value) == 1:  # type: ignore[arg-type]
        return _frame(value)
    raise BadValue(explain(EXPECTED_ROW, name, value))


def is_row(value: object) -> bool:
    """Tell whether the value is one row; a frame with one row is."""
    if _is_pandas(value, "DataFrame"):
        return len(value) == 1  # type: ignore[arg-type]
    return not isinstance(value, list) and not (isinstance(value, np.ndarray) and value.ndim != 1)


def rows_of(value: Any) -> list[Any]:
    """Return the rows of a container of many rows, each in the form that a single call takes."""
    if _is_pandas(value, "DataFrame"):
        return [value.iloc[[i]] for i in range(len(value))]
    return list(value)


def _open_list(rows: Sequence[object]) -> list[Form]:
    if not rows:
        hint = "an empty array or DataFrame keeps its columns: pass that"
        raise BadValue(explain("at least one row", "values", rows, hint))
    first = rows[0]
    if isinstance(first, np.ndarray) and first.ndim == 1 and all(_alike(first, r) for r in rows):
        table: NDArray[Any] = np.stack(rows)  # type: ignore[arg-type]
        form = _array(table, table)
        close = form.close
        return [replace(form, close=lambda columns: list(close(columns)))]
    opened = (open_row(row, f"values[{i}]") for i, row in enumerate(rows))
    return [replace(form, whole=False) for form in opened]


def _alike(first: NDArray[Any], row: object) -> bool:
    return isinstance(row, np.ndarray) and (row.shape, row.dtype) == (first.shape, first.dtype)


def _array(value: NDArray[Any], table: NDArray[Any]) -> Form:
    if value.dtype.kind not in "biufOUSMm":
        raise BadValue(explain("numbers, text, dates or objects", "value", value))
    rows, width = table.shape

    def close(columns: Sequence[Column]) -> NDArray[Any]:
        if len(columns) == 1 and columns[0].ndim == 2:
            cells: NDArray[Any] = columns[0].reshape(value.shape)
            return cells.copy() if np.may_share_memory(cells, value) else cells
        out = np.empty(table.shape, dtype=_common([c.dtype for c in columns], value.dtype))
        for j, column in enumerate(columns):
            out[:, j] = column
        return out.reshape(value.shape)

    columns = [table[:, j] for j in range(width)]
    block = table if value.dtype.kind in "iuf" else None
    return Form(tuple(range(width)), columns, rows, close, block)


def _common(dtypes: Sequence[np.dtype[Any]], default: np.dtype[Any]) -> np.dtype[Any]:
    return np.result_type(*dtypes) if dtypes else default


def _mapping(value: Mapping[Any, object]) -> Form:
    def close(columns: Sequence[Column]) -> dict[Any, object]:
        return {name: column[0] for name, column in zip(value, columns, strict=True)}

    return Form(tuple(value), [_box(cell) for cell in value.values()], 1, close)


def _box(cell: object) -> NDArray[np.object_]:
    boxed = np.empty(1, dtype=object)
    boxed[0] = cell
    return boxed


def _series(value: Any) -> Form:
    """Open a pandas Series as one row; its index is the column names."""
    if not isinstance(value.dtype, np.dtype):
        return _extension_series(value)
    inner = _array(value.to_numpy(), value.to_numpy()[None, :])

    def close(columns: Sequence[Column]) -> Any:
        cells = inner.close(columns)
        return type(value)(cells, index=value.index, name=value.name, dtype=cells.dtype)

    return replace(inner, names=tuple(value.index), close=close)


def _extension_series(value: Any) -> Form:
    def close(columns: Sequence[Column]) -> Any:
        cells = type(value.array)._concat_same_type(columns)  # noqa: SLF001 - part of the extension interface
        return type(value)(cells, index=value.index, name=value.name)

    columns = [value.array[j : j + 1] for j in range(len(value))]
    return Form(tuple(value.index), columns, 1, close)


def _frame(value: Any) -> Form:
    pandas = sys.modules["pandas"]

    def close(columns: Sequence[Column]) -> Any:
        out = value.copy()
        for j, column in enumerate(columns):
            if column is not opened[j]:
                # A bare object array would be inferred to be text.
                out.isetitem(j, pandas.Series(column, index=value.index, dtype=column.dtype))
        return out

    opened = [_frame_column(value.iloc[:, j]) for j in range(value.shape[1])]
    return Form(tuple(value.columns), opened, len(value), close)


def _frame_column(column: Any) -> Column:
    if type(column.dtype).__name__ == "SparseDtype":
        hint = "make it dense first: frame.sparse.to_dense()"
        raise BadValue(explain("dense columns", str(column.name), column, hint))
    numpy_backed = isinstance(column.dtype, np.dtype) and column.dtype.kind not in "mM"
    return column.to_numpy() if numpy_backed else column.array


def _is_pandas(value: object, name: str) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, getattr(pandas, name))
