"""Whether two contents of an input are the same, whatever their modality."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from perturbations._containers import to_numpy


def equal(a: Any, b: Any) -> bool:
    """Tell whether two contents are equal in every element; NaN equals NaN."""
    if a is b:
        return True
    a, b = to_numpy(a)[0], to_numpy(b)[0]
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return _equal_arrays(a, b)
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return list(a) == list(b) and all(equal(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(equal, a, b))
    if hasattr(a, "equals"):
        return bool(a.equals(b))
    both_nan = isinstance(a, float) and isinstance(b, float) and np.isnan(a) and np.isnan(b)
    return both_nan or (type(a) is type(b) and bool(a == b))


def _equal_arrays(a: Any, b: Any) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    if a.dtype == object:
        return all(map(equal, a.reshape(-1), b.reshape(-1)))
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"))
