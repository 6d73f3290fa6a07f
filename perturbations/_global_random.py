"""Libraries that draw from global random state, made to draw from a key, with the state put back."""

import random  # noqa: TID251 - seeded for a library that uses nothing else, and restored
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

_LOCK = threading.RLock()
"""Global state serves one caller at a time."""


@contextmanager
def seeded(key: int) -> Iterator[None]:
    """Seed `random` and `numpy.random` from a 64-bit key; afterwards both stand where they stood before."""
    with _LOCK:
        before, numpy_before = random.getstate(), np.random.get_state()  # noqa: NPY002
        try:
            random.seed(key)
            np.random.seed([key & 0xFFFFFFFF, key >> 32])  # noqa: NPY002
            yield
        finally:
            random.setstate(before)
            np.random.set_state(numpy_before)  # noqa: NPY002
