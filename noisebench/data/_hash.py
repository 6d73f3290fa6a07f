"""What a data set contains, as one short hash.

Why: a run continues only on the data it began with, and a baseline compares only with its own. The
hash reads contents, never addresses or pickles: arrays in chunks, anything else in a canonical form
in which every value carries its type and length, so that different contents never read alike.
"""

import hashlib
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from noisebench.data._column import is_series, is_table, is_tensor, to_numpy
from noisebench.errors import DataError
from perturbations._frames import is_frame, wrap
from perturbations.errors import explain

CHUNK = 1 << 22
"""Bytes of an array that are made contiguous at a time."""


def fingerprint(value: Any) -> str:
    """Return the hash of one value."""
    made = Fingerprint()
    made.add(value)
    return made.hexdigest()


class Fingerprint:
    """A hash that grows by values."""

    __slots__ = ("_hash",)

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=16)

    def hexdigest(self) -> str:
        """Return the hash of everything added so far: 32 hexadecimal digits."""
        return self._hash.hexdigest()

    def add(self, value: Any) -> None:
        """Add one value.

        Raises:
            DataError: the value's contents cannot be read in a canonical form.
        """
        if is_tensor(value):
            value = to_numpy(value)
        if isinstance(value, np.ndarray):
            self._array(value)
        elif isinstance(value, Mapping):
            self._mapping(value)
        elif is_frame(value):
            self._frame(value)
        elif is_table(value):
            self._index(value.index)
            self._table(value)
        elif is_series(value):
            self._index(value.index)
            self._array(value.to_numpy())
        elif isinstance(value, list | tuple):
            self._sequence(value)
        else:
            self._tagged(*scalar(value))

    def _tagged(self, tag: str, content: bytes) -> None:
        self._hash.update(f"{tag}:{len(content)};".encode())
        self._hash.update(content)

    def _array(self, array: np.ndarray) -> None:
        self._tagged("array", f"{array.dtype.str}{array.shape}".encode())
        if array.dtype.hasobject:
            for item in array.ravel():
                self.add(item)
            return
        if array.ndim == 0:
            self._hash.update(array.tobytes())
            return
        step = max(1, CHUNK // max(1, array[:1].nbytes))
        for start in range(0, len(array), step):
            self._hash.update(np.ascontiguousarray(array[start : start + step]).tobytes())

    def _mapping(self, mapping: Mapping[Any, Any]) -> None:
        self._tagged("mapping", str(len(mapping)).encode())
        for key in sorted(mapping, key=str):
            self.add(key)
            self.add(mapping[key])

    def _table(self, table: Any) -> None:
        self._tagged("table", f"{table.shape}".encode())
        for place, name in enumerate(table.columns):
            column = table.iloc[:, place]
            self._tagged("column", f"{name}|{column.dtype}".encode("utf-8", "surrogatepass"))
            plain = isinstance(column.dtype, np.dtype)
            self.add(column.to_numpy() if plain else column.astype(object).to_numpy())

    def _index(self, index: Any) -> None:
        """Add the moments or names of rows; the index that pandas makes by itself only counts them."""
        if type(index).__name__ == "RangeIndex":
            return
        self._tagged("index", str(index.dtype).encode())
        self._array(getattr(index, "asi8", index.to_numpy()))

    def _frame(self, frame: Any) -> None:
        wrapped = wrap(frame)
        self._tagged("frame", f"{wrapped.shape}".encode())
        for name in wrapped.columns:
            column = wrapped[name]
            self._tagged("column", f"{name}|{column.dtype}".encode("utf-8", "surrogatepass"))
            self.add(column.is_null().to_numpy())
            present = column.drop_nulls()
            exact = column.dtype.is_numeric() or column.dtype.is_temporal()
            self.add(present.to_numpy() if exact else present.to_list())

    def _sequence(self, items: list[Any] | tuple[Any, ...]) -> None:
        self._tagged("sequence", str(len(items)).encode())
        for item in items:
            self.add(item)


def scalar(value: Any) -> tuple[str, bytes]:
    """Return a value's type tag and canonical bytes."""
    if isinstance(value, np.generic):
        return "number", value.dtype.str.encode() + value.tobytes()
    if isinstance(value, str):
        return "text", value.encode("utf-8", "surrogatepass")
    if isinstance(value, bytes):
        return "bytes", value
    if isinstance(value, float):
        return "float", struct.pack("<d", value)
    if value is None or isinstance(value, bool | int | complex):
        return type(value).__name__, repr(value).encode()
    return described(value)


def described(value: Any) -> tuple[str, bytes]:
    """Return the canonical form of a foreign value: its array, or a repr without an address."""
    if hasattr(value, "__array__"):
        array = np.asarray(value)
        if not array.dtype.hasobject:
            return "array-like", f"{array.dtype.str}{array.shape}".encode() + array.tobytes()
    if getattr(type(value), "__repr__", None) is object.__repr__:
        raise DataError(
            explain(
                "values whose contents can be read (arrays, tables, text, numbers)",
                "value",
                value,
                "convert them before they go into the Dataset, or give their class a __repr__",
            )
        )
    return type(value).__qualname__, repr(value).encode("utf-8", "surrogatepass")
