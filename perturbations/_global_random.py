"""Libraries that draw from global random state, made to draw from a key, with the state put back."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

_LOCK = threading.RLock()
"""Global state serves one caller at a time."""


@contextmanager
def seeded(key: int) -> Iterator[Callable[[], None]]:
    """Seed `random` and `numpy.random` from a 64-bit key; afterwards both stand where they stood before.

    Yields a function that seeds them once more, for use after set-up work of unknown appetite.
    """

    def seed() -> None:
        random.seed(key)
        np.random.seed([key & 0xFFFFFFFF, key >> 32])  # noqa: NPY002

    with _LOCK:
        before, numpy_before = random.getstate(), np.random.get_state()  # noqa: NPY002
        try:
            seed()
            yield seed
        finally:
            random.setstate(before)
            np.random.set_state(numpy_before)  # noqa: NPY002
