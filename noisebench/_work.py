"""The pieces that a run is cut into: batches at their place, tasks, and what was made for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from noisebench._noise import Noised, Source
from noisebench._score import Evaluated
from noisebench._specimen import plain_value
from noisebench._values import Index, select, take
from noisebench.data import Batch
from noisebench.plan import Cell


@dataclass(slots=True)
class Loaded:
    """A batch at its place in the visit, with what all its cells share."""

    batch: Batch
    start: int
    source: Source
    clean: Evaluated | None = None
    predictions: list[Any] = field(default_factory=list)
    """Compact clean predictions, for the gallery."""
    places: Index | None = None
    """The places of the samples in the visit, where they are not consecutive from `start` on."""

    def part(self, rows: slice) -> "Loaded":
        """Return consecutive rows as a batch of their own."""
        return (
            self if rows == slice(0, len(self.batch)) else self.at(np.arange(rows.start, rows.stop))
        )

    def at(self, index: Index) -> "Loaded":
        """Return some rows, ascending, as a batch of their own."""
        batch = replace(
            self.batch,
            ids=tuple(self.batch.ids[i] for i in index),
            inputs=select(self.batch.inputs, index),
            targets=None if self.batch.targets is None else take(self.batch.targets, index),
            groups=None if self.batch.groups is None else take(self.batch.groups, index),
            slices={name: take(labels, index) for name, labels in self.batch.slices.items()},
        )
        places = self.start + index
        consecutive = places[-1] - places[0] == len(places) - 1
        found = Loaded(batch, int(places[0]), self.source.rows(index))
        found.places = None if consecutive else places
        return found

    def runs(self, most: int) -> list[tuple[range, int]]:
        """Return rows that follow each other in the visit, at most so many at a time, with the place of the first."""
        n = len(self.batch)
        if self.places is None:
            return [(range(a, min(a + most, n)), self.start + a) for a in range(0, n, most)]
        cuts = np.flatnonzero(np.diff(self.places) > 1) + 1
        edges = zip([0, *cuts], [*cuts, n], strict=True)
        return [
            (range(first, min(first + most, stop)), int(self.places[first]))
            for start, stop in edges
            for first in range(start, stop, most)
        ]


@dataclass(frozen=True, slots=True)
class Task:
    number: int
    cell: Cell
    loaded: Loaded
    recorded: bool = False
    """The clean cell is in the ledger already, and is only needed for comparison."""


@dataclass(frozen=True, slots=True)
class Made:
    noised: Noised
    distortion: dict[int, dict[str, float]]
    specimens: list[dict[str, Any]]


def gaps_in(ranges: list[tuple[int, int]], start: int, stop: int) -> list[slice]:
    """Return which rows of the batch [start, stop) no range covers."""
    gaps: list[slice] = []
    reached = start
    for first, last in ranges:
        if last <= reached or first >= stop:
            continue
        if first > reached:
            gaps.append(slice(reached - start, first - start))
        reached = max(reached, last)
    if reached < stop:
        gaps.append(slice(reached - start, stop - start))
    return gaps


def plain_column(column: Any) -> list[Any]:
    """Return labels as plain data; targets too big for a label (arrays, boxes with fields) become None."""
    if isinstance(column, np.ndarray) and column.ndim == 1 and column.dtype != object:
        return [plain_value(each) for each in column.tolist()]
    return [None if _is_big(each) else plain_value(each) for each in column]


def _is_big(target: Any) -> bool:
    return not isinstance(target, str) and (
        isinstance(target, Mapping | list) or np.ndim(target) > 0
    )
