"""Exact comparison of values of any modality, and their flat numeric form."""

import hashlib
import pickle
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def same(a: Any, b: Any) -> bool:
    """Tell whether two values are equal in type, dtype, shape and every element; NaN equals NaN."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return _same_arrays(a, b)
    if type(a) is not type(b):
        return False
    if isinstance(a, Mapping):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a.equals(b)) if hasattr(a, "equals") else _equal(a, b)


def _same_arrays(a: Array, b: Array) -> bool:
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if a.dtype == object:
        return all(map(same, a.reshape(-1), b.reshape(-1)))
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"))


def digest(value: Any) -> str:
    """Hash a value; equal values have equal digests in any process."""
    out = hashlib.blake2b(digest_size=16)
    for part in _parts(value):
        out.update(part)
    return out.hexdigest()


def frozen(value: Any) -> bytes:
    """Return the bytes of a value, to see later whether somebody wrote to it."""
    return b"\0".join(_parts(value))


def cells(value: Any) -> list[Any]:
    """Return the elements of a value as a flat list: pixels, samples, cells, inputs."""
    if isinstance(value, np.ndarray):
        return list(value.reshape(-1))
    if hasattr(value, "to_dict") and hasattr(value, "to_numpy"):
        return list(value.to_numpy(dtype=object).reshape(-1))
    if isinstance(value, Mapping):
        return [value[key] for key in value]
    if isinstance(value, list | tuple):
        return [cell for row in value for cell in cells(row)]
    return [value]


def changed(clean: Any, noisy: Any) -> NDArray[np.bool_]:
    """Return which elements differ, flat; None when the element count differs."""
    if isinstance(clean, np.ndarray) and clean.dtype != object and clean.dtype == noisy.dtype:
        a, b = clean.reshape(-1), noisy.reshape(-1)
        both_nan = (a != a) & (b != b) if a.dtype.kind == "f" else False  # noqa: PLR0124
        return np.asarray((a != b) & ~np.asarray(both_nan))
    pairs = zip(cells(clean), cells(noisy), strict=True)
    return np.array([not _equal(a, b) for a, b in pairs], dtype=bool)


def numbers(value: Any) -> NDArray[np.float64]:
    """Return the floating-point elements of a value, flat; all others are NaN."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.reshape(-1).astype(np.float64)
    if isinstance(value, np.ndarray) and value.dtype.kind == "u":
        return value.reshape(-1) / 255.0
    return np.array(
        [float(c) if isinstance(c, float | np.floating) else np.nan for c in cells(value)]
    )


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray) or hasattr(a, "equals"):
        return same(a, b)
    if a is None or b is None:
        return a is b
    return bool(a == b) or (a != a and b != b)  # noqa: PLR0124


def _parts(value: Any) -> Iterator[bytes]:
    if isinstance(value, np.ndarray) and value.dtype != object:
        yield f"{value.dtype.str}{value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
    elif isinstance(value, Mapping):
        for key in value:
            yield str(key).encode()
            yield from _parts(value[key])
    elif isinstance(value, np.ndarray | list | tuple):
        for each in value:
            yield from _parts(each)
    elif isinstance(value, str):
        yield value.encode("utf-8", "surrogatepass")
    elif hasattr(value, "to_csv"):
        yield str(getattr(value, "dtypes", "")).encode() + str(value.to_csv()).encode()
    elif isinstance(value, int | float | bool | np.generic | None):
        yield repr(value).encode()
    else:
        yield pickle.dumps(value)
