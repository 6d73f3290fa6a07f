"""Samples in the order in which they were recorded: which comes before which, and where a run of faults stands.

Why: frames, visits and readings follow each other, so that a sensor that hangs is off for several samples in a row. The
order is the data set's own; where groups are declared, each of them is a sequence, else the whole data set is one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw, Peers, sample_keys
from perturbations._draw import Keys, combine
from perturbations.crossmodal._chain import in_runs
from perturbations.crossmodal._labels import coded, known_labels, labels_of
from perturbations.crossmodal._remember import Remembered
from perturbations.errors import NotApplicable, explain

Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]

GROUP = "group"
NOWHERE = -1
"""Place of a sample that is not in the data set, and of the one before a sequence."""


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """The samples of a data set as sequences, with their keys in one run."""

    by: str
    """The labels that tell the sequences apart."""

    keys: Keys
    """(n,): of the draws, in the data set's order."""
    order: Rows
    """(n,): places by ascending key."""
    before: Rows
    """(n,): place of the sample before in the same sequence, or nowhere."""
    step: Rows
    """(n,): how many come before it in its sequence."""
    last: Rows
    """(n,): how many come before the last one of its sequence."""

    def place(self, draw: Draw) -> int:
        """Return where the draw's sample stands, or nowhere."""
        at = int(np.searchsorted(self.keys, draw.keys, sorter=self.order))
        place = int(self.order[min(at, len(self.order) - 1)])
        return place if self.keys[place] == draw.keys else NOWHERE

    def demand_several(self) -> None:
        """Refuse data in which no sample has one before it.

        Raises:
            NotApplicable: every sequence is one sample.
        """
        if not self.last.any():
            hint = "the order of the samples is that of the data set; labels with by= must tell whole recordings apart"
            expected = "a sequence of at least two samples"
            raise NotApplicable(explain(expected, "by", self.by, hint))

    def earlier(self, place: int, steps: int) -> int:
        """Return the place so many samples earlier, or of the first of the sequence."""
        for _ in range(min(steps, int(self.step[place]))):
            place = int(self.before[place])
        return place

    def fresh(self, place: int, stale: Flags, content: Callable[[int], Any]) -> int:
        """Return the place of the latest sample before one that is not stale and has a content, or nowhere.

        The first of a sequence is not stale, whatever is said of it.
        """
        place = int(self.before[place])
        while place != NOWHERE:
            first = self.before[place] == NOWHERE
            if (first or not stale[place]) and content(place) is not None:
                return place
            place = int(self.before[place])
        return NOWHERE


_recorded: Remembered[Recorded] = Remembered()
_bursts: Remembered[Flags] = Remembered(kept=64)
"""More than others, since every severity has its own; they are small."""


def recorded(peers: Peers, by: str, draw: Draw) -> Recorded:
    """Return the sequences that some labels tell apart, made once a run.

    Raises:
        MissingFact: no labels of that name are declared, and it is not "group".
    """
    return _recorded.get(peers, (by, draw.run), lambda: _read(peers, by, draw.run))


def bursts(peers: Peers, by: str, draw: Draw, share: float, burst: float) -> Flags:
    """Return which samples of the run are hit, (n,): runs of geometric length in each sequence, the share in expectation."""
    found = recorded(peers, by, draw)

    def chain() -> Flags:
        numbers = Draw(found.keys, draw.run).uniform((len(found.keys),), stream="where")
        return in_runs(numbers.tolist(), found.before.tolist(), share, burst)

    return _bursts.get(peers, (by, draw.run, share, burst), chain)


def _read(peers: Peers, by: str, run: int) -> Recorded:
    n = len(peers)
    labels = known_labels(peers, by) if by == GROUP else labels_of(peers, by)
    codes = np.zeros(n, dtype=np.int64) if labels is None else coded(labels)
    before, step = np.full(n, NOWHERE), np.zeros(n, dtype=np.int64)
    latest: dict[int, int] = {}
    for place, code in enumerate(codes.tolist()):
        if code in latest:
            before[place] = latest[code]
            step[place] = step[latest[code]] + 1
        latest[code] = place
    last = np.array([step[latest[code]] for code in codes.tolist()], dtype=np.int64)
    keys = combine(np.asarray(np.uint64(run)), sample_keys(peers.ids))
    return Recorded(by, keys, np.argsort(keys, kind="stable"), before, step, last)
