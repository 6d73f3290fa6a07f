"""Batches as people hold them: arrays, lists, data frames, torch tensors; taken apart and put together again."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np


def to_numpy(value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return a torch tensor as an array, with the function that turns arrays back; others as they are."""
    if isinstance(value, np.ndarray) or not is_tensor(value):
        return value, _same
    device = value.device
    array = value.detach().cpu().numpy()

    def back(noisy: Any) -> Any:
        import torch

        if isinstance(noisy, list):  # of different shapes
            return [back(each) for each in noisy]
        return torch.as_tensor(np.array(noisy)).to(device)

    return array, back


def is_tensor(value: object) -> bool:
    """Tell whether the value is a torch tensor, without importing torch."""
    return _package_of(value) == "torch" and hasattr(value, "detach")


def is_pandas(value: object) -> bool:
    """Tell whether the value is a data frame or a series of pandas, without importing pandas."""
    return _package_of(value) == "pandas" and hasattr(value, "iloc")


def is_stacked(values: object) -> bool:
    """Tell whether the batch is one array with a row per sample."""
    return isinstance(values, np.ndarray) and values.dtype != object


def buckets(values: Sequence[Any], signature: Callable[[Any], Hashable]) -> list[list[int]]:
    """Group positions of values that can be stacked."""
    groups: dict[Hashable, list[int]] = {}
    for i, value in enumerate(values):
        groups.setdefault(signature(value), []).append(i)
    return list(groups.values())


def like(values: Any, rows: list[Any]) -> Any:
    """Put rows into a container of the kind of `values`; rows of a stack that differ in shape now are a list."""
    if is_stacked(values):
        same = {(getattr(row, "shape", None), getattr(row, "dtype", None)) for row in rows}
        if len(same) == 1:
            return np.stack(rows)
        return rows or values
    if isinstance(values, tuple):
        return tuple(rows)
    if isinstance(values, np.ndarray):
        out = np.empty(len(rows), dtype=object)
        out[:] = rows
        return out
    return rows


def _package_of(value: object) -> str:
    return type(value).__module__.partition(".")[0]


def _same(value: Any) -> Any:
    return value
