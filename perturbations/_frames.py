"""Data frames of the libraries that narwhals knows (polars, pyarrow, ...): recognised, sliced and joined.

pandas is served by its own means, and never comes here.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SIGNS = ("columns", "column_names", "__narwhals_dataframe__")
"""What a type has one of before narwhals is asked, so that arrays and texts never load it."""
_known: dict[type, bool] = {}
"""Whether values of a type are frames."""


def is_frame(value: object) -> bool:
    """Tell whether the value is a data frame of another library than pandas, with its rows in memory."""
    kind = type(value)
    if kind not in _known:
        _known[kind] = (
            kind.__module__.partition(".")[0] != "pandas"
            and any(hasattr(kind, sign) for sign in _SIGNS)
            and _narwhals().dependencies.is_into_dataframe(value)
        )
    return _known[kind]


def is_lazy(value: object) -> bool:
    """Tell whether the value is a query that has not been computed, such as a polars LazyFrame."""
    signs = any(hasattr(type(value), sign) for sign in (*_SIGNS, "__narwhals_lazyframe__"))
    return signs and bool(_narwhals().dependencies.is_into_lazyframe(value))


def wrap(frame: Any) -> Any:
    """Return the frame as narwhals sees it."""
    return _narwhals().from_native(frame, eager_only=True, pass_through=False)


def unwrap(wrapped: Any, like: Any) -> Any:
    """Return what narwhals sees as a frame of the kind of `like`."""
    return wrapped if isinstance(like, _narwhals().DataFrame) else wrapped.to_native()


def take_rows(frame: Any, rows: slice | NDArray[np.intp]) -> Any:
    """Return some rows of a frame."""
    return unwrap(wrap(frame)[rows], frame)


def mappings(frame: Any) -> list[dict[str, Any]]:
    """Return the rows of a frame as mappings from column to cell."""
    return list(wrap(frame).rows(named=True))


def cells(frame: Any) -> NDArray[Any]:
    """Return the cells of a frame as one array."""
    return np.asarray(wrap(frame).to_numpy())


def concatenate(frames: Sequence[Any]) -> Any:
    """Return the rows of several frames with the same columns in one."""
    return unwrap(_narwhals().concat([wrap(each) for each in frames], how="vertical"), frames[0])


def same_frames(one: Any, other: Any) -> bool:
    """Tell whether two frames hold the same columns with the same cells; missing equals missing."""
    one, other = wrap(one), wrap(other)
    if one.schema != other.schema or len(one) != len(other):
        return False
    return all(_same_columns(one[name], other[name]) for name in one.columns)


def _same_columns(one: Any, other: Any) -> bool:
    gone, there = one.is_null().to_numpy(), other.is_null().to_numpy()
    if not np.array_equal(gone, there):
        return False
    if not (one.dtype.is_numeric() or one.dtype.is_temporal()):
        return bool(one.to_list() == other.to_list())
    old, new = one.filter(~one.is_null()).to_numpy(), other.filter(~other.is_null()).to_numpy()
    return bool(np.array_equal(old, new, equal_nan=old.dtype.kind == "f"))


def _narwhals() -> Any:
    import narwhals

    return narwhals
