"""What is made once of a whole data set and asked for by every sample of it."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

from perturbations import Peers

Made = TypeVar("Made")


class Remembered(Generic[Made]):
    """The latest few things made of data sets, by data set and key."""

    def __init__(self, *, kept: int = 8) -> None:
        self._kept, self._lock = kept, Lock()
        # With the data set, so that the memory address in the key stays its own.
        self._made: OrderedDict[tuple[int, int, Hashable], tuple[Any, Made]] = OrderedDict()

    def get(self, peers: Peers, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made under a key; make it the first time."""
        full = id(peers), len(peers), key
        with self._lock:
            if full not in self._made:
                self._made[full] = peers, make()
                while len(self._made) > self._kept:
                    self._made.popitem(last=False)
            self._made.move_to_end(full)
            return self._made[full][1]
