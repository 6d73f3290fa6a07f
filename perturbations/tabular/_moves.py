"""Cells that move to another column of their row."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import NotApplicable, explain
from perturbations.tabular._columns import Ints, Kind, can_hold
from perturbations.tabular._moments import NAT
from perturbations.tabular._table import Levels, Table, merged

_ALIKE = frozenset({"categorical", "text"})
"""Kinds whose labels may stand in each other's columns."""
_NOWHERE = -1


def pairs(table: Table) -> list[tuple[int, int]]:
    """Return the pairs of open columns of one kind that can hold each other's cells; those whose dtype lists its labels in none.

    Raises:
        NotApplicable: there is none.
    """
    among = {int(j): k for k, j in enumerate(table.at.labels)}
    free: list[tuple[int, tuple[Kind, str]]] = [
        (j, (kind, table.holds[among[j]] if j in among else ""))
        for j, kind in enumerate(table.kinds)
        if table.open[j] and not (j in among and table.closed[among[j]])
    ]
    found = [
        (i, j) for n, (i, one) in enumerate(free) for j, other in free[n + 1 :] if one == other
    ]
    if not found and table.kinds:
        expected = "a table with two columns of one kind that can hold each other's cells"
        said = [" of ".join(filter(None, form)) for _, form in free]
        raise NotApplicable(explain(expected, "columns", said))
    return found


class Draft:
    """A table into which cells of the source move; it is what the source was until then."""

    def __init__(self, source: Table) -> None:
        """Copy the cells."""
        self._source = source
        self._numbers = source.numbers.copy(order="K")
        self._moments = source.moments.copy(order="K")
        self._labels = source.labels.copy(order="K")
        self._levels: list[Levels] = list(source.levels)
        # Where each column stands among those that hold its kind of cell; nowhere in the other two.
        self._among = np.full((3, len(source.names) + 1), _NOWHERE, dtype=np.intp)
        for among, places in zip(self._among, source.at, strict=True):
            among[places] = np.arange(len(places))

    def table(self) -> Table:
        """Return the table as it is now."""
        return replace(
            self._source,
            numbers=self._numbers,
            moments=self._moments,
            labels=self._labels,
            levels=tuple(self._levels),
        )

    def exchange(self, rows: Ints, first: Ints, second: Ints) -> None:
        """Exchange the cells of two columns of one kind, in each of some rows those of its own pair."""
        for to, come in ((first, second), (second, first)):
            for cells, source, among in (
                (self._numbers, self._source.numbers, self._among[0]),
                (self._moments, self._source.moments, self._among[2]),
            ):
                here = among[to] >= 0
                cells[rows[here], among[to[here]]] = source[rows[here], among[come[here]]]
            labelled = self._among[1][to] >= 0
            for pair in np.unique(np.stack([to, come])[:, labelled], axis=1).T.tolist():
                self.move(pair[0], pair[1], rows[(to == pair[0]) & (come == pair[1])])

    def move(self, to: int, come: int, rows: Ints) -> None:
        """Put cells of one column into another one; missing where it cannot hold them.

        Args:
            to: place of the column that gets them.
            come: place of the column that they come from; -1 for none: they are missing.
            rows: in which rows.
        """
        source, numbers, labels, moments = self._source, *self._among
        if not len(rows):
            return
        if numbers[to] >= 0:
            held = source.numbers[rows, numbers[come]] if numbers[come] >= 0 else np.nan
            self._numbers[rows, numbers[to]] = held
        elif moments[to] >= 0:
            here = moments[come] >= 0
            self._moments[rows, moments[to]] = source.moments[rows, moments[come]] if here else NAT
        else:
            self._move_labels(int(labels[to]), to, come, rows)

    def _move_labels(self, k: int, to: int, come: int, rows: Ints) -> None:
        source, other = self._source, int(self._among[1][come])
        kinds = {source.kinds[to], source.kinds[come]} if come >= 0 else set()
        if other < 0 or not (len(kinds) == 1 or kinds <= _ALIKE):
            self._labels[rows, k] = -1
            return
        levels, codes = merged(self._levels[k], source.levels[other])
        if source.closed[k]:
            # A label that its dtype does not list is none.
            codes = np.where(codes < len(source.levels[k]), codes, -1)
        else:
            fits = [can_hold(source.holds[k], label) for label in source.levels[other]]
            same = source.holds[k] == source.holds[other]
            codes = codes if same else np.where(fits, codes, -1)
            self._levels[k] = levels
        self._labels[rows, k] = np.append(codes, -1)[source.labels[rows, other]]


def starts_of(numbers: NDArray[np.float64], count: int) -> Ints:
    """Return one of `count` places for each number in [0, 1)."""
    return (numbers * count).astype(np.int64)
