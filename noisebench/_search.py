"""Which severity a sample is asked about next, when all samples are followed to where they break.

Why: with the same noise at every severity, only stronger, most samples break once and stay broken, so that a few questions
find where. Whether they do is seen on a tenth of the samples, which are measured everywhere. A noise under which too many
come back is measured in full.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from noisebench._left_out import no_noise
from noisebench.errors import MetricError
from noisebench.ledger import Row
from perturbations.errors import explain

Index = NDArray[np.intp]
Grid = Mapping[str, Sequence[Sequence[int]]]
"""Sweep to replicate to the numbers of its cells, by severity."""

CHECK = 0.1
"""Share of the samples that is measured at every severity."""

FEWEST = 50
"""Samples of the check at least; so few are measured in full."""

MOST = 0.02
"""Mean share of samples, over severities, that are right after a milder one broke them, up to which a noise is bisected."""

PRIOR = 0.5
"""Samples that the order of the questions expects to break at each severity besides those of the check."""

UNSEEN, WRONG, RIGHT = -1, 0, 1


@dataclass(slots=True)
class Search:
    """Follows every sample of every sweep."""

    grid: Grid
    size: int
    """Samples of the data set."""
    metric: str
    scores: dict[int, NDArray[np.int8]] = field(default_factory=dict)
    """Cell to whether each sample is right, in the order of the visit."""
    without: dict[int, NDArray[np.bool_]] = field(default_factory=dict)
    """Cell to the samples that no noise came into."""
    failed: dict[int, NDArray[np.bool_]] = field(default_factory=dict)
    """Cell to the samples that have no output."""
    orders: dict[str, Index | None] = field(default_factory=dict)
    """Sweep to the order of its questions; None where it is measured in full."""
    sweeps: dict[int, str] = field(init=False)
    """Noisy cell to its sweep."""

    def __post_init__(self) -> None:
        """Name the sweep of every cell."""
        self.sweeps = {n: name for name, all_ in self.grid.items() for cells in all_ for n in cells}

    @property
    def checked(self) -> int:
        """How many samples, the first ones of a random order, are measured at every severity."""
        return min(self.size, max(math.ceil(CHECK * self.size), FEWEST))

    # -- what the run tells ------------------------------------------------------------------------------

    def see(self, row: Row) -> None:
        """Take in what became of some samples in one cell.

        Raises:
            MetricError: a score is neither 0 nor 1.
        """
        values = np.nan_to_num(row.scores[:, 0], nan=0.0)
        other = values[(values != 0) & (values != 1)]
        if len(other):
            hint = "bisect with a metric such as accuracy or agreement, or run it in full (budget=None)"
            score = float(other[0])
            raise MetricError(explain(f"scores of 0 or 1 of {self.metric}", "score", score, hint))
        place = slice(row.start, row.start + len(values))
        self._of(row.cell)[place] = values.astype(np.int8)
        sweep = self.sweeps.get(row.cell, "")
        for offset, reason in row.reasons.items():
            kind = self.without if no_noise(sweep, reason) else self.failed
            kind.setdefault(row.cell, np.zeros(self.size, dtype=np.bool_))[row.start + offset] = (
                True
            )

    def look(self) -> None:
        """Decide, once the check is complete, which sweeps are bisected, and in which order of questions."""
        cells = [0, *self.sweeps]
        first = slice(0, self.checked)
        if self.orders or any((self._of(cell)[first] == UNSEEN).any() for cell in cells):
            return
        self.orders = {sweep: self._order(sweep) for sweep in self.grid}

    # -- what the run asks -------------------------------------------------------------------------------

    def spans(self, most: int) -> list[slice]:
        """Return consecutive samples that are followed together, at most so many; those of the check come first."""
        edges = [*range(0, self.checked, most), *range(self.checked, self.size, most), self.size]
        return [slice(a, b) for a, b in pairwise(edges)]

    def wanted(self, span: slice) -> dict[int, Index]:
        """Return the places of the samples that every cell needs next, of some consecutive ones; none when all are known."""
        clean = self._missing(0, span)
        if len(clean):
            return {0: clean}
        found: dict[int, Index] = {}
        for sweep, replicates in self.grid.items():
            order = self.orders.get(sweep)
            for cells in replicates:
                if order is None:
                    asked = {cell: self._missing(cell, span) for cell in cells}
                else:
                    asked = self._next(cells, order, span)
                found |= {cell: places for cell, places in asked.items() if len(places)}
        return found

    def progress(self) -> tuple[int, int, str]:
        """Return how many noisy model calls were made, counted by samples, how many a full run makes, and the words for it."""
        made, full = self.calls()
        return made, full, "model calls"

    # -- what is known -----------------------------------------------------------------------------------

    def calls(self, sweep: str | None = None) -> tuple[int, int]:
        """Return the noisy model calls made, counted by samples, and those of a full run."""
        cells = [n for n, name in self.sweeps.items() if sweep in (None, name)]
        return sum(int((self._of(n) != UNSEEN).sum()) for n in cells), len(cells) * self.size

    @property
    def complete(self) -> bool:
        """Whether every sample was followed to its end."""
        return bool(self.orders) and not self.wanted(slice(0, self.size))

    def full(self, sweep: str) -> bool:
        """Tell whether a sweep is measured in full, as too many samples come back under it."""
        return self.orders.get(sweep) is None

    def comes_back(self, sweep: str) -> float:
        """Return the mean share, over severities, of samples of the check that are right after a milder one broke them."""
        first = slice(0, self.checked)
        shares = []
        for cells in self.grid[sweep]:
            right = np.stack([self._of(n)[first] == RIGHT for n in (0, *cells)])
            broke = np.logical_or.accumulate(~right[:-1], axis=0)
            shares.append(float((right[1:] & broke).mean()))
        return float(np.mean(shares))

    def measured(self, sweep: str) -> NDArray[np.float64]:
        """Return (levels, replicates, n): what was measured; NaN where it was not."""
        found = [[self._of(cell) for cell in cells] for cells in self.grid[sweep]]
        rows = np.array(found, dtype=np.float64).swapaxes(0, 1)
        return np.where(rows == UNSEEN, np.nan, rows)

    def followed(self, sweep: str) -> NDArray[np.float64]:
        """Return (levels, replicates, n): right up to where each sample broke, and wrong from there on."""
        order, whole = self.orders[sweep], slice(0, self.size)
        if order is None:
            return self.measured(sweep)
        ends = [self._follow(cells, order, whole)[1] for cells in self.grid[sweep]]
        levels = np.arange(1, len(self.grid[sweep][0]) + 1)
        return (levels[:, None, None] < np.stack(ends)[None]).astype(np.float64)

    def lost(self, sweep: str, *, failed: bool = False) -> NDArray[np.bool_]:
        """Return which samples no noise came into at a severity at which they were measured; or those without an output."""
        kind = self.failed if failed else self.without
        found = np.zeros(self.size, dtype=np.bool_)
        for cells in self.grid[sweep]:
            for cell in cells:
                found |= kind.get(cell, False)
        return found

    # -- the questions -----------------------------------------------------------------------------------

    def _of(self, cell: int) -> NDArray[np.int8]:
        if cell not in self.scores:
            self.scores[cell] = np.full(self.size, UNSEEN, dtype=np.int8)
        return self.scores[cell]

    def _missing(self, cell: int, span: slice) -> Index:
        return np.asarray(span.start + np.flatnonzero(self._of(cell)[span] == UNSEEN))

    def _order(self, sweep: str) -> Index | None:
        """Return the order of questions about a sweep; None where it is to be measured in full."""
        first = slice(0, self.checked)
        if self.comes_back(sweep) > MOST or self.lost(sweep)[first].any():
            return None
        levels = len(self.grid[sweep][0])
        counts = np.full(levels + 1, PRIOR)
        right = self._of(0)[first] == RIGHT
        for cells in self.grid[sweep]:
            wrong = np.stack([self._of(n)[first] != RIGHT for n in cells] + [right])
            counts += np.bincount(wrong.argmax(axis=0)[right], minlength=levels + 1)
        return questions(counts)

    def _next(self, cells: Sequence[int], order: Index, span: slice) -> dict[int, Index]:
        low, high = self._follow(cells, order, span)
        asked = np.where(high - low > 1, order[low, high], 0)
        return {
            cell: span.start + np.flatnonzero(asked == level) for level, cell in enumerate(cells, 1)
        }

    def _follow(self, cells: Sequence[int], order: Index, span: slice) -> tuple[Index, Index]:
        """Return the strongest level at which each sample is known to be right, and the mildest at which it is wrong.

        Level 0 is the clean value, and the one after the last stands for no level at all.
        """
        known = np.stack([self._of(n)[span] for n in (0, *cells)])
        places = np.arange(known.shape[1])
        low = np.zeros(len(places), dtype=np.intp)
        high = np.where(known[0] == RIGHT, len(cells) + 1, 1)
        for _ in cells:
            asked = np.where(high - low > 1, order[low, high], 0)
            answer = np.where(asked > 0, known[asked, places], UNSEEN)
            low, high = (
                np.where(answer == RIGHT, asked, low),
                np.where(answer == WRONG, asked, high),
            )
        return low, high


def questions(counts: NDArray[np.float64]) -> Index:
    """Return which level to ask about between one at which a sample is right and one at which it is wrong.

    The expected number of questions is the least there is (an optimal alphabetic tree).

    Args:
        counts: of samples that break first at each level, and last of those that never do.

    References: Knuth 1971.
    """
    ends = len(counts) + 1
    total = np.concatenate([[0.0], np.cumsum(counts)])
    cost, best = np.zeros((ends, ends)), np.zeros((ends, ends), dtype=np.intp)
    for width in range(2, ends):
        for low in range(ends - width):
            high = low + width
            middle = np.arange(low + 1, high)
            each = cost[low, middle] + cost[middle, high]
            best[low, high] = middle[int(np.argmin(each))]
            cost[low, high] = each.min() + total[high] - total[low]
    return best
