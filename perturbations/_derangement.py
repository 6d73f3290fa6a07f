"""Which sample of the data set a draw belongs to, and its partner: one keyed cycle through all of them.

Why: drawing a partner per sample would use some partners twice and others never, and would change the set of values
that the model sees. One cycle is a permutation without fixed points, so at rate 1 every value is still seen once.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw, Peers, sample_keys
from perturbations._draw import Keys, combine
from perturbations.errors import NotApplicable, explain

_KEPT = 4
"""Pairings remembered; a run uses one for each replicate."""
_pairings: "OrderedDict[tuple[int, int, int], Pairing]" = OrderedDict()
_lock = Lock()


def derangement(n: int, draw: Draw) -> NDArray[np.int64]:
    """Return the partner of every position: one cycle through all n, uniform among such cycles (as Sattolo's).

    Raises:
        NotApplicable: there are fewer than two positions.
    """
    if n < 2:
        hint = "mispairing needs another sample to take a value from"
        raise NotApplicable(explain("at least two samples", "n", n, hint))
    order = draw.permutation(n, stream="derangement")
    partner = np.empty(n, dtype=np.int64)
    partner[order] = np.roll(order, -1)
    return partner


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """Every sample of the data set with its partner, under the key of one run."""

    peers: Any
    """The data set; held, so that the memory address in the cache's key stays its own."""
    ids: tuple[str, ...]
    keys: Keys
    """Keys of the samples in ascending order; the data set's own order does not matter."""
    at: NDArray[np.int64]
    """Where the sample of each key stands in `ids`."""
    partner: NDArray[np.int64]

    def of(self, draw: Draw) -> str:
        """Return the partner's id of the sample that the draw belongs to.

        A sample that is not in the data set takes any sample of it, by its own key.
        """
        return str(self.ids[int(self.partners(draw)[()])])

    def partners(self, draw: Draw) -> NDArray[np.int64]:
        """Return where in `ids` the partners of a draw's samples stand, shape () or (n,)."""
        row, known = self._rows(draw)
        shape = (len(draw),) if draw.batched else ()
        anyone = draw.integers(0, len(self.ids), shape, stream="any sample")
        return np.where(known, self.at[self.partner[row]], anyone)

    def places(self, draw: Draw) -> NDArray[np.int64]:
        """Return where in `ids` a draw's samples stand, shape () or (n,); -1 for one that is not in the data set."""
        row, known = self._rows(draw)
        return np.where(known, self.at[row], -1)

    def _rows(self, draw: Draw) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        row = np.minimum(np.searchsorted(self.keys, draw.keys), len(self.keys) - 1)
        return np.asarray(row), np.asarray(self.keys[row] == draw.keys)


def pairing(peers: Peers, draw: Draw) -> Pairing:
    """Return the pairing of the data set in the draw's run, made once.

    Raises:
        NotApplicable: the data set has fewer than two samples.
    """
    key = (id(peers), len(peers), draw.run)
    with _lock:
        if key not in _pairings:
            _pairings[key] = _pair(peers, draw)
            while len(_pairings) > _KEPT:
                _pairings.popitem(last=False)
        _pairings.move_to_end(key)
        return _pairings[key]


def _pair(peers: Peers, draw: Draw) -> Pairing:
    ids = tuple(peers.ids)
    partner = derangement(len(ids), draw.shared("dataset"))
    # A draw's key is made of the run and the sample id, as here: so a draw knows which sample it belongs to.
    keys = combine(np.asarray(np.uint64(draw.run)), sample_keys(ids))
    at = np.argsort(keys, kind="stable")
    return Pairing(peers, ids, keys[at], at, partner)
