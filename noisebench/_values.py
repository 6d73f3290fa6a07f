"""Rows of inputs, in the containers that they came in."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._frames import concatenate, is_frame, take_rows

Values = dict[str, Any]
Index = NDArray[np.intp]


def select(inputs: Mapping[str, Any], rows: Index) -> Values:
    """Return some rows of every input."""
    return {name: take(values, rows) for name, values in inputs.items()}


def take(values: Any, rows: Index) -> Any:
    """Return some rows of one input, in a container of the same kind."""
    if isinstance(values, np.ndarray):
        return values[rows]
    if is_frame(values):
        return take_rows(values, rows)
    if hasattr(values, "iloc"):
        return values.iloc[rows]
    return [values[int(i)] for i in rows]


def one(values: Any, row: int) -> Any:
    """Return the value of one sample; of a data frame, its one-row frame."""
    if is_frame(values):
        return take_rows(values, slice(row, row + 1))
    return values.iloc[row : row + 1] if hasattr(values, "iloc") else values[row]


def fresh(noisy: Any, clean: Any) -> bool:
    """Tell whether noisy values share nothing with the clean ones, so that a model may do with them what it likes."""
    if isinstance(noisy, np.ndarray) and noisy.dtype != object and isinstance(clean, np.ndarray):
        return not np.may_share_memory(noisy, clean)
    return noisy is not clean and isinstance(noisy, list) and set(map(type, noisy)) <= {str}


def collect(rows: list[Any], like: Any) -> Any:
    """Put the values of single samples into a container of the kind of `like`."""
    if is_frame(like) and all(map(is_frame, rows)):
        return concatenate(rows)
    if hasattr(like, "iloc") and all(hasattr(row, "iloc") for row in rows):
        import pandas as pd

        return pd.concat(rows)
    if isinstance(like, np.ndarray) and like.dtype != object:
        kinds = {(np.shape(row), np.asarray(row).dtype.str) for row in rows}
        whole = len(kinds) == 1 and next(iter(kinds))[1] != "|O"  # what is absent stays a list
        return np.stack(rows) if whole else list(rows)
    return list(rows)


def present(values: Any) -> bool:
    """Tell whether any of the samples has the input."""
    return not isinstance(values, list) or any(each is not None for each in values)
