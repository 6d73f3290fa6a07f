"""Which sample of the data set a draw belongs to, and its partner: by default one keyed cycle through all of them.

Why: drawing a partner per sample would use some partners twice and others never, and would change the set of values
that the model sees. One cycle is a permutation without fixed points, so at rate 1 every value is still seen once.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw, Peers, sample_keys
from perturbations._draw import Keys, combine
from perturbations.errors import NotApplicable, explain

Rows = NDArray[np.int64]
Partners = Callable[[Rows, Draw], Rows]
"""partners(at, draw): the partner of every sample in the order of the keys, as a place in that order; `at` says where in the
data set each of them stands. One that is its own partner has none."""

_KEPT = 8
"""Pairings remembered; a run uses one for each replicate."""
_pairings: "OrderedDict[tuple[int, int, int, str], Pairing]" = OrderedDict()
_lock = Lock()


def derangement(n: int, draw: Draw) -> NDArray[np.int64]:
    """Return the partner of every position: one cycle through all n, uniform among such cycles (as Sattolo's).

    Raises:
        NotApplicable: there are fewer than two positions.
    """
    _check_several(n)
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

    def has_partner(self, draw: Draw) -> NDArray[np.bool_]:
        """Tell which of a draw's samples have a partner; one that is not in the data set has."""
        row, known = self._rows(draw)
        return np.asarray(~known | (self.partner[row] != row))

    def together(self, draw: Draw) -> Draw:
        """Return a draw that a sample shares with its partner, where each is the other's."""
        row, known = self._rows(draw)
        pair = np.minimum(self.keys[row], self.keys[self.partner[row]])
        return Draw(np.asarray(np.where(known, pair, draw.keys), dtype=np.uint64), draw.run)

    def places(self, draw: Draw) -> NDArray[np.int64]:
        """Return where in `ids` a draw's samples stand, shape () or (n,); -1 for one that is not in the data set."""
        row, known = self._rows(draw)
        return np.where(known, self.at[row], -1)

    def _rows(self, draw: Draw) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        row = np.minimum(np.searchsorted(self.keys, draw.keys), len(self.keys) - 1)
        return np.asarray(row), np.asarray(self.keys[row] == draw.keys)


def pairing(
    peers: Peers, draw: Draw, *, rule: str = "", partners: Partners | None = None
) -> Pairing:
    """Return the pairing of the data set in the draw's run, made once.

    Args:
        peers: the data set.
        draw: of any of its samples, or of all.
        rule: which samples may be partners, in words; a name for what `partners` does.
        partners: who is whose partner; a derangement of all samples where it is left out.

    Raises:
        NotApplicable: the data set has fewer than two samples.
    """
    key = (id(peers), len(peers), draw.run, rule)
    with _lock:
        if key not in _pairings:
            _pairings[key] = _pair(peers, draw, partners or _all)
            while len(_pairings) > _KEPT:
                _pairings.popitem(last=False)
        _pairings.move_to_end(key)
        return _pairings[key]


def _all(at: Rows, draw: Draw) -> Rows:
    return derangement(len(at), draw)


def _pair(peers: Peers, draw: Draw, partners: Partners) -> Pairing:
    ids = tuple(peers.ids)
    _check_several(len(ids))
    # A draw's key is made of the run and the sample id, as here: so a draw knows which sample it belongs to.
    keys = combine(np.asarray(np.uint64(draw.run)), sample_keys(ids))
    at = np.argsort(keys, kind="stable")
    return Pairing(peers, ids, keys[at], at, partners(at, draw.shared("dataset")))


def _check_several(n: int) -> None:
    if n < 2:
        hint = "there is no other sample to take a value from"
        raise NotApplicable(explain("at least two samples", "n", n, hint))
