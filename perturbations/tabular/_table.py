"""A table as noise sees it: numbers, labels and moments in an array each."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations._draw import Draw
from perturbations.errors import NotApplicable, explain
from perturbations.tabular._columns import (
    ANYTHING,
    WORDS,
    Floats,
    Ints,
    Kind,
    Mask,
    can_hold,
    label_key,
)
from perturbations.tabular._kinds import positions
from perturbations.tabular._moments import NAT
from perturbations.tabular._reference import TableReference
from perturbations.tabular._thresholds import ALWAYS, NEVER, Words, always, threshold, thresholds

Levels = tuple[Hashable, ...]
Columns = tuple[str | int, ...]
"""Names or positions of columns, as the setting `columns` takes them; none stands for all."""


class Cells(NamedTuple):
    """Something for every cell: of the numbers, of the labels, of the moments."""

    numbers: NDArray[Any]
    labels: NDArray[Any]
    moments: NDArray[Any]


class Places(NamedTuple):
    """Where the columns of numbers, of labels and of moments stand among all columns."""

    numbers: NDArray[np.intp]
    labels: NDArray[np.intp]
    moments: NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """n rows of mixed columns, in the columns' own units."""

    numbers: Floats
    """Shape (n, p); NaN is missing."""
    labels: Ints
    """Shape (n, q); which of the column's levels a cell holds, -1 is missing."""
    moments: Ints
    """Shape (n, d); microseconds of wall time, NAT is missing."""
    levels: tuple[Levels, ...]
    """The labels of each of the q columns."""
    naming: Callable[[], tuple[Hashable, ...]]
    """Names the columns; asked for where a name is needed, which is seldom."""
    kinds: tuple[Kind, ...]
    """Kinds of all columns."""
    at: Places
    open: Mask
    """Which columns noise may touch."""
    closed: Mask
    """Which of the q columns have a dtype that lists its labels."""
    holds: tuple[str, ...]
    """What labels each of the q columns can hold: anything, words, or those of its dtype."""

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the original; draw in this shape, so that a cell keeps its number."""
        return len(self), len(self.kinds)

    @property
    def wordy(self) -> Mask:
        """Which of the q columns can hold any word."""
        return np.array([each in (ANYTHING, WORDS) for each in self.holds], dtype=bool)

    @property
    def names(self) -> tuple[Hashable, ...]:
        """Names of all columns, in the order of the original."""
        return self.naming()

    def split(self, cells: NDArray[Any]) -> Cells:
        """Split an array of `shape` into the cells of numbers, labels and moments."""
        return Cells(*(cells[:, at] for at in self.at))

    @property
    def usable(self) -> Cells:
        """Which cells of open columns hold a value."""
        return Cells(*(p & a for p, a in zip(self.present, self.allowed, strict=True)))

    def some(self, rows: Ints) -> "Table":
        """Return some rows, by their place."""
        parts = (self.numbers, self.labels, self.moments)
        numbers, labels, moments = (_rows(cells, rows) for cells in parts)
        return replace(self, numbers=numbers, labels=labels, moments=moments)

    def mark(self, *, numbers: Any = False, labels: Any = False, moments: Any = False) -> Cells:
        """Return which cells are meant: of the numbers, the labels, the moments; none of what is not given."""
        meant = (np.asarray(numbers), np.asarray(labels), np.asarray(moments))
        shapes = (self.numbers.shape, self.labels.shape, self.moments.shape)
        return Cells(*map(np.broadcast_to, meant, shapes))

    @property
    def present(self) -> Cells:
        """Which cells hold a value."""
        return Cells(~np.isnan(self.numbers), self.labels >= 0, self.moments != NAT)

    @property
    def allowed(self) -> Cells:
        """Which columns noise may touch."""
        return Cells(*(self.open[at] for at in self.at))

    def only(
        self, columns: Columns = (), kinds: Iterable[Kind] | None = None, *, words: bool = False
    ) -> "Table":
        """Return the table with fewer columns open: those named, of some kinds, that can hold any word.

        Raises:
            BadValue: there is no column of a name.
            NotApplicable: no column is left.
        """
        if not columns and kinds is None and not words and self.open.any():
            return self
        left = self.open.copy()
        wanted = set(self.kinds if kinds is None else kinds)
        left &= np.array([kind in wanted for kind in self.kinds], dtype=bool)
        if columns:
            named = [j for each in columns for j in positions(each, self.names, "columns")]
            left &= np.isin(np.arange(len(left)), named)
        if words:
            left[self.at.labels[~self.wordy]] = False
        if not left.any() and len(left):
            raise self._nothing(wanted, columns, words=words)
        return replace(self, open=left)

    def holding(self, labels: Sequence[Any]) -> "Table":
        """Return the table with those labelled columns closed that cannot hold the new label that each is given.

        Raises:
            NotApplicable: no column is left.
        """
        fits = [can_hold(held, label) for held, label in zip(self.holds, labels, strict=True)]
        left = self.open.copy()
        left[self.at.labels[~np.array(fits, dtype=bool)]] = False
        if not left.any() and self.open.any():
            expected = "a column that can hold a new label"
            raise NotApplicable(
                explain(expected, "columns", list(self.holds), "make it text first")
            )
        return replace(self, open=left)

    def _nothing(self, wanted: set[Kind], columns: Columns, *, words: bool) -> NotApplicable:
        kinds = " or ".join(kind for kind in dict.fromkeys((*_ORDER, *wanted)) if kind in wanted)
        which = f" among {', '.join(map(str, columns))}" if columns else ""
        hint = (
            f'if a column is one, declare it: facts={{"kinds": {{column: "{next(iter(wanted))}"}}}}'
        )
        able = " that can hold any word" if words else ""
        if words and not self.wordy.all():
            dtypes = ", ".join(
                dict.fromkeys(each for each in self.holds if each not in (ANYTHING, WORDS))
            )
            hint = f"a column of {dtypes} holds no word: make it text first"
        counted = {kind: self.kinds.count(kind) for kind in _ORDER if kind in self.kinds}
        return NotApplicable(
            explain(f"a table with a {kinds} column{able}{which}", "columns", counted, hint)
        )

    def join(self, cells: Cells) -> NDArray[Any]:
        """Put what belongs to numbers, labels and moments into one array of `shape`: the inverse of `split`."""
        out = np.empty(self.shape, dtype=np.result_type(*cells))
        for part, at in zip(cells, self.at, strict=True):
            out[:, at] = part
        return out

    def uniform(self, draw: Draw, stream: str) -> Cells:
        """Return numbers uniform in [0, 1) for every cell; those that `draw.uniform(self.shape)` has there."""
        return Cells(*(uniform_at(draw, stream, at) for at in self.at))

    def hit(self, draw: Draw, share: float | Floats, *, stream: str = "where") -> Cells:
        """Return which cells of open columns are hit: each with a probability of `share`, or with its row's."""
        from perturbations.tabular._kernels import below

        keys, rows, columns = draw.key(stream), *self.edges(share)
        return Cells(*(below(keys, at, rows, columns[at]) for at in self.at))

    def hit_rows(self, draw: Draw, share: float | Floats) -> Mask:
        """Return which rows are hit: each with a probability of `share`, or with its own."""
        return np.asarray(draw.uniform((len(self), 1), stream="where")[:, 0] < share)

    def edges(self, share: float | Floats) -> tuple[Words, Words]:
        """Return thresholds by row and by column that hit open columns with a probability of `share`, or the row's."""
        if isinstance(share, np.ndarray):
            return thresholds(share), np.where(self.open, ALWAYS, NEVER)
        return always(len(self)), np.where(self.open, threshold(share), NEVER)

    def relabelled(self, j: int, rows: Mask, labels: Sequence[Any] | NDArray[Any]) -> "Table":
        """Return the table with other labels in some rows of the j-th labelled column; None is missing."""
        levels, codes = merged(self.levels[j], labels)
        changed = self.labels.copy()
        changed[rows, j] = codes
        all_levels = (*self.levels[:j], levels, *self.levels[j + 1 :])
        return replace(self, labels=changed, levels=all_levels)

    def label_objects(self, j: int, rows: Mask | slice = slice(None)) -> NDArray[np.object_]:
        """Return the labels of the j-th labelled column themselves, None for missing."""
        found = np.empty(len(self.levels[j]) + 1, dtype=object)
        for i, level in enumerate(self.levels[j]):
            found[i] = level
        return np.asarray(found[self.labels[rows, j]])

    def filled(self, reference: TableReference | None) -> "Table":
        """Return rows of means and most frequent labels; of zeros and nothing without a reference."""
        table = replace(
            self,
            numbers=np.zeros(self.numbers.shape),
            labels=np.full_like(self.labels, -1),
            moments=np.full_like(self.moments, NAT if reference is None else 0),
        )
        if reference is None:
            return table
        table.numbers[:] = [column.mean for column in reference.numeric]
        table.moments[:] = [round(c.mean) if c.count else NAT for c in reference.dates]
        rows = np.ones(len(self), dtype=bool)
        for j, column in enumerate(reference.labelled):
            label = getattr(column, "most_frequent", None)
            table = table.relabelled(j, rows, [label] * len(self))
        return table


def _rows(cells: NDArray[Any], rows: Ints) -> NDArray[Any]:
    """Return some rows, gathered along memory."""
    return cells[rows] if cells.flags.c_contiguous else cells.T[:, rows].T


def uniform_at(draw: Draw, stream: str, at: NDArray[np.intp]) -> Floats:
    """Return numbers uniform in [0, 1) for the cells of some columns, given by their place among all."""
    from perturbations.tabular._kernels import uniform

    return uniform(draw.key(stream), at)


def any_cell(cells: Cells) -> Mask:
    """Tell which rows have a cell that is meant."""
    return np.asarray(
        cells.numbers.any(axis=1) | cells.labels.any(axis=1) | cells.moments.any(axis=1)
    )


_ORDER: tuple[Kind, ...] = ("numeric", "date", "categorical", "boolean", "text")


def merged(levels: Levels, labels: Iterable[Any]) -> tuple[Levels, Ints]:
    """Return levels that hold further labels too, and which of them each label is; None is missing."""
    known = {label_key(level): i for i, level in enumerate(levels)}
    more, codes = list(levels), []
    for label in labels:
        code = -1 if label is None else known.setdefault(label_key(label), len(more))
        if code == len(more):
            more.append(label)
        codes.append(code)
    return tuple(more), np.array(codes, dtype=np.int64)


def differing(table: Table, before: Table, j: int) -> Mask:
    """Tell in which rows the j-th labelled column of two tables holds other labels."""
    if table.levels[j] is before.levels[j]:
        return np.asarray(table.labels[:, j] != before.labels[:, j])
    _, codes = merged(before.levels[j], table.levels[j])
    return np.asarray(np.append(codes, -1)[table.labels[:, j]] != before.labels[:, j])
