"""Data frames and series of pandas as one time series: read with the moments in their index, and written back alike.

Why: an index tells when readings were taken, with gaps, so that noise may act in seconds. Dates and time differences are
what they say; other numbers are seconds. The index that pandas makes by itself only counts rows, so it tells nothing; with
a declared rate, whole numbers count readings at that rate, whatever index they stand in.
"""

from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import BadValue, explain
from perturbations.timeseries._numbers import cast, check_range
from perturbations.timeseries._series import Moments, Values

_TICKS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
"""Seconds of the units that indexes of pandas count in."""


def signature(frame: Any) -> Hashable:
    """Return what frames that can be stacked share: columns, dtypes, the kind of index, and whether its stamps are even."""
    index = frame.index
    seconds = _moments(index, None)[0] if _tells_moments(index) else None
    even = seconds is None or Moments(seconds[np.newaxis], "s").even
    kinds = tuple(str(dtype) for dtype in _dtypes(frame))
    clock = str(getattr(index, "tz", None))
    named = type(index).__name__
    return type(frame).__name__, frame.shape, _names(frame), kinds, named, clock, even


def check_frame(frame: Any) -> None:
    """Raise BadValue unless every column holds numbers and the index moments."""
    if frame.ndim == 2 and not frame.shape[1]:
        raise BadValue(explain("a frame with at least one channel", "frame", frame))
    for name, dtype in zip(_names(frame), _dtypes(frame), strict=True):
        kind = getattr(dtype, "kind", "O")
        if kind not in "iuf" or str(dtype).lower() == "float16":
            hint = f"leave it out: frame.drop(columns=[{name!r}]), or convert it to float"
            raise BadValue(explain(f"numbers in column {name!r}", "dtype", str(dtype), hint))
    _check_index(frame.index)
    check_range(_readings(frame))


def channel_names(frame: Any) -> tuple[str, ...]:
    """Return the names of the channels as text."""
    return tuple(map(str, _names(frame)))


def read(frame: Any, rate: float | None) -> tuple[Values, Values | None, Values | None]:
    """Return readings (T, C), their moments in seconds since the first, and on the clock of their dates; None if unknown."""
    return _readings(frame), *_moments(frame.index, rate)


def write(
    frame: Any,
    values: Values,
    rows: NDArray[np.int64] | None,
    late: Values | None,
    *,
    missing: bool,
) -> Any:
    """Return a frame like the clean one with other readings; and rows of its index, or stamps late by so many seconds."""
    import pandas as pd

    index = frame.index if rows is None else frame.index.take(rows)
    index = index if late is None else _late(index, late)
    columns = [_column(values[:, j], d, missing=missing) for j, d in enumerate(_dtypes(frame))]
    if frame.ndim == 1:
        return pd.Series(columns[0], index=index, name=frame.name)
    one_kind = all(isinstance(each, np.ndarray) and each.dtype == values.dtype for each in columns)
    made = values if one_kind else dict(enumerate(columns))
    out = pd.DataFrame(made, index=index)
    out.columns = frame.columns
    out.attrs = dict(frame.attrs)
    return out


def _names(frame: Any) -> tuple[Hashable, ...]:
    return (frame.name,) if frame.ndim == 1 else tuple(frame.columns)


def _dtypes(frame: Any) -> list[Any]:
    return [frame.dtype] if frame.ndim == 1 else list(frame.dtypes)


def _readings(frame: Any) -> Values:
    if frame.ndim == 1:
        return _numbers(frame)[:, np.newaxis]
    dtypes = set(frame.dtypes)
    if len(dtypes) == 1 and isinstance(next(iter(dtypes)), np.dtype):
        return np.ascontiguousarray(frame.to_numpy(), dtype=np.float64)
    return np.stack([_numbers(frame.iloc[:, j]) for j in range(frame.shape[1])], axis=1)


def _numbers(column: Any) -> Values:
    return np.asarray(column.to_numpy(dtype="float64", na_value=np.nan))


def _column(values: Values, dtype: Any, *, missing: bool) -> Any:
    """Return readings in the dtype of their column; one that cannot hold missing values gives way to float64."""
    if isinstance(dtype, np.dtype):
        return cast(values, dtype, missing=missing)
    import pandas as pd

    plain = getattr(dtype, "numpy_dtype", np.dtype(np.float64))
    gone = np.isnan(values)
    held = cast(np.where(gone, 0.0, values), plain, missing=False).tolist()
    cells = [None if lost else cell for cell, lost in zip(held, gone, strict=True)]
    return pd.array(cells, dtype=dtype)


def _check_index(index: Any) -> None:
    if not _tells_moments(index):
        hint = "set one: frame.set_index(pd.to_datetime(...)), or reset_index(drop=True) when rows just follow each other"
        expected = "an index of dates, time differences or numbers of seconds"
        raise BadValue(explain(expected, "index", type(index).__name__, hint))
    if index.hasnans or (index.dtype.kind == "f" and not np.isfinite(index.to_numpy()).all()):
        hint = "leave out the rows whose moment is unknown: frame[frame.index.notna()]"
        raise BadValue(explain("a moment for every row", "index", "NaN or NaT", hint))


def _tells_moments(index: Any) -> bool:
    kind = getattr(index.dtype, "kind", "O")
    return kind in "iuf" or (kind in "mM" and hasattr(index, "asi8"))


def _moments(index: Any, rate: float | None) -> tuple[Values | None, Values | None]:
    kind = index.dtype.kind
    if kind in "mM":
        tick = _TICKS[index.unit]
        since = index.asi8 - (index.asi8[0] if len(index) else 0)
        own = index.tz_localize(None) if kind == "M" else index
        return since * tick, own.asi8 * tick if kind == "M" else None
    if kind in "iu" and (rate is not None or not _counts_rows(index)):
        steps = index.to_numpy().astype(np.int64)
        return (steps - steps[:1].sum()) / (rate or 1.0), None
    if kind == "f":
        seconds = index.to_numpy(dtype=np.float64)
        return seconds - seconds[:1].sum(), None
    return None, None


def _counts_rows(index: Any) -> bool:
    """Tell whether pandas made the index, or what slicing has left of it."""
    return type(index).__name__ == "RangeIndex"


def _late(index: Any, late: Values) -> Any:
    """Return the index with every stamp late by so many seconds."""
    if index.dtype.kind not in "mM":
        import pandas as pd

        return pd.Index(index.to_numpy(dtype=np.float64) + late, name=index.name)
    unit = "ns" if index.unit == "ns" else "us"  # so that none is rounded to the second
    return index.as_unit(unit) + np.rint(late / _TICKS[unit]).astype(f"timedelta64[{unit}]")
