"""One input's values, in the container that the user has: read rows of it, nothing more.

Why: a data set never copies or converts what it is given. Arrays and tables are sliced, lists and
lazy indexables are read item by item, tensors cross to numpy when a batch is taken. Packages are
recognised by the module of a value's type, so that none of them is imported here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from perturbations._frames import is_frame, take_rows

Rows = slice | np.ndarray
"""Which rows to take: a slice (views where possible) or an array of positions."""


@dataclass(frozen=True, slots=True)
class Container:
    """What held an input's values before they became numpy, so that they can go back."""

    kind: str
    """"array", "list", "table", "tensor", or "tensors" for a list of tensors."""

    dtype: str = ""
    """The tensors' dtype, such as "float32"; empty for the other kinds."""

    device: str = ""
    """The tensors' device, such as "cpu"; empty for the other kinds."""


def package_of(value: object) -> str:
    """Return the top-level package that defines the value's type."""
    return type(value).__module__.partition(".")[0]


def is_tensor(value: object) -> bool:
    """Tell whether a value is a torch tensor, without importing torch."""
    return package_of(value) == "torch" and hasattr(value, "detach")


def is_table(value: object) -> bool:
    """Tell whether a value is a data frame, of pandas or of another library, without importing any of them."""
    pandas = package_of(value) == "pandas"
    return is_frame(value) or (pandas and hasattr(value, "iloc") and hasattr(value, "columns"))


def is_series(value: object) -> bool:
    """Tell whether a value is a pandas Series, without importing pandas."""
    return (
        package_of(value) == "pandas" and hasattr(value, "iloc") and not hasattr(value, "columns")
    )


def to_numpy(tensor: Any) -> np.ndarray:
    """Bring a tensor to numpy; bfloat16, which numpy lacks, becomes float32."""
    held = tensor.detach().cpu()
    if str(held.dtype) == "torch.bfloat16":
        held = held.float()
    return np.asarray(held.numpy())


def plain(value: Any) -> Any:
    """Return a tensor as numpy and anything else as it is."""
    return to_numpy(value) if is_tensor(value) else value


def container(values: Any) -> Container:
    """Describe what holds an input's values."""
    if is_tensor(values):
        return _tensor_container("tensor", values)
    if isinstance(values, np.ndarray):
        return Container("array")
    if is_table(values):
        return Container("table")
    first = values[0] if len(values) else None
    return _tensor_container("tensors", first) if is_tensor(first) else Container("list")


def take(values: Any, rows: Rows) -> Any:
    """Return some rows: arrays and tables as such, lists and lazy indexables as a list."""
    if is_tensor(values):
        return to_numpy(values[rows])
    if isinstance(values, np.ndarray):
        return values[rows]
    if is_table(values):
        return take_rows(values, rows) if is_frame(values) else values.iloc[rows]
    return [plain(item) for item in take_items(values, rows)]


def take_items(values: Sequence[Any], rows: Rows) -> list[Any]:
    """Return some items of anything with `__len__` and `__getitem__`."""
    if isinstance(rows, slice):
        return [values[i] for i in range(*rows.indices(len(values)))]
    return [values[int(i)] for i in rows]


def one(values: Any, row: int) -> Any:
    """Return one sample's value; a table gives its one-row table."""
    if is_table(values):
        return take(values, slice(row, row + 1))
    return plain(values[row])


def restore(values: Any, was: Container) -> Any:
    """Put numpy values back into the tensors that the data set was given."""
    ragged = isinstance(values, list)  # noise may leave values of different shapes
    if was.kind == "tensor" and not ragged:
        return _tensor(np.asarray(values), was)
    if was.kind in {"tensor", "tensors"}:
        return [_tensor(np.asarray(value), was) for value in values]
    return values


def _tensor_container(kind: str, tensor: Any) -> Container:
    return Container(kind, str(tensor.dtype).removeprefix("torch."), str(tensor.device))


def _tensor(array: np.ndarray, was: Container) -> Any:
    import torch

    return torch.from_numpy(np.array(array)).to(dtype=getattr(torch, was.dtype), device=was.device)
