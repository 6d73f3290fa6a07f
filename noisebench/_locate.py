"""Finds where a tenth is lost in two stages: a few severities on some samples, then those around the place on all.

Why: a severity far from the place says nothing of it. Of 600 and of 3,000 calls, two stages err less than an even grid does.
The severities of the second stage are chosen from the samples of the first, so bounds must hold for every severity of the grid
at once; those that are given do, and whenever one stops.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench._record import Record
from noisebench._stopped import cells_of, early_curve, stopper_of
from noisebench.curve import Curve
from noisebench.gate import Stopped, Stopper
from noisebench.ledger import Row
from noisebench.metrics import Metric

Index = NDArray[np.intp]

DROP = 0.1
"""Share of the performance above chance whose loss is located."""

COARSE = 5
"""Severities of the first stage."""

NEAR = 4
"""Severities of the second stage."""

FIRST = 0.34
"""Share of the samples in the first stage: three tenths of the calls, if seven tenths are spent in the second."""

FEWEST = 50
"""Samples in the first stage at least."""

NAMED = 3
"""Noises that a sentence names."""

ROUGHLY = 0.8
"""Confidence of the interval in which the second stage looks."""


@dataclass(slots=True)
class Locate:
    """Asks for the samples of the first stage, and then for those of the second."""

    stopper: Stopper
    """What the scores are kept in."""
    cells: Mapping[tuple[str, float], tuple[int, ...]]
    near: dict[str, tuple[float, ...]] = field(default_factory=dict)
    """Sweep to the severities of its second stage, once they are chosen."""

    @property
    def first(self) -> int:
        """Samples of the first stage."""
        size = self.stopper.terms.size
        return min(size, max(math.ceil(FIRST * size), FEWEST))

    @property
    def sweeps(self) -> list[str]:
        """Those that are run."""
        return list(dict.fromkeys(name for name, _ in self.cells))

    def see(self, row: Row) -> None:
        """Take in what became of some samples in one cell."""
        self.stopper.see(row)

    def look(self) -> None:
        """Choose the severities of the second stage, once the first is complete."""
        if self._chance_unknown or self.near:
            return
        if not self._missing(self._coarse_cells(), slice(0, self.first)):
            self.stopper.judge_clean(self.first)
            self.near = {sweep: self._around(sweep) for sweep in self.sweeps}

    def spans(self, most: int) -> list[slice]:
        """Return consecutive samples that are evaluated together: those of the first stage, then all.

        Where chance is read off the clean predictions, the clean pass comes before both.
        """
        size = self.stopper.terms.size
        stops = (
            (self.first, size) if self.stopper.terms.chance_of is None else (size, self.first, size)
        )
        return [
            slice(start, min(start + most, stop))
            for stop in stops
            for start in range(0, stop, most)
        ]

    def wanted(self, span: slice) -> dict[int, Index]:
        """Return by cell the places of the samples that it needs."""
        if self._chance_unknown:
            return self._missing([0], span)
        if self.near:
            noisy = [n for sweep, at in self.near.items() for s in at for n in self.cells[sweep, s]]
            return self._missing([0, *noisy], span)
        return self._missing(self._coarse_cells(), span)

    def progress(self) -> tuple[int, int, str]:
        """Return how many noisy model calls were made, counted by samples, of how many a full run makes."""
        made, full = self.calls()
        return made, full, "model calls"

    def calls(self) -> tuple[int, int]:
        """Return the noisy model calls made, counted by samples, and those of a full run."""
        cells = [n for numbers in self.cells.values() for n in numbers]
        return sum(map(self.stopper.evaluated, cells)), len(cells) * self.stopper.terms.size

    @property
    def _chance_unknown(self) -> bool:
        terms = self.stopper.terms
        return terms.chance_of is not None and self.stopper.count("", 0.0) < terms.size

    @property
    def complete(self) -> bool:
        """Whether both stages are complete."""
        return bool(self.near) and not self.wanted(slice(0, self.stopper.terms.size))

    def coarse(self, sweep: str) -> list[float]:
        """Return the severities of the first stage, evenly spread and the highest among them."""
        grid = self.stopper.severities(sweep)
        places = np.unique(np.ceil(np.linspace(0, len(grid), COARSE + 1)[1:]).astype(int) - 1)
        return [grid[place] for place in places]

    def _coarse_cells(self) -> list[int]:
        noisy = (n for name in self.sweeps for s in self.coarse(name) for n in self.cells[name, s])
        return [0, *noisy]

    def _missing(self, cells: Sequence[int], span: slice) -> dict[int, Index]:
        asked = {n: span.start + np.flatnonzero(self.stopper.unseen(n, span)) for n in cells}
        if len(asked[0]):  # clean values first: noisy ones may be compared with them
            return {0: asked[0]}
        return {n: places for n, places in asked.items() if len(places)}

    def _around(self, sweep: str) -> tuple[float, ...]:
        """Return the severities of the grid around the place where the first stage finds the loss."""
        grid = np.array(self.stopper.severities(sweep))
        seen = (0.0, *self.coarse(sweep))
        counts = tuple(self.first for _ in seen)
        found = Stopped(self.stopper, sweep, seen, counts, (), ROUGHLY).tolerance(DROP, ROUGHLY)
        if math.isnan(found.severity):
            return ()
        inside = np.flatnonzero((grid >= found.low) & (grid <= min(found.high, grid[-1])))
        if len(inside) > NEAR:
            places = inside[np.linspace(0, len(inside) - 1, NEAR).round().astype(int)]
        else:
            end = int(np.searchsorted(grid, found.severity)) + NEAR // 2
            end = min(max(end, min(NEAR, len(grid))), len(grid))
            places = np.arange(max(end - NEAR, 0), end)
        return tuple(float(grid[place]) for place in places)


def locate_of(header: Mapping[str, Any], metric: Metric, ids: Sequence[str]) -> Locate:
    """Return what locates the loss under every noise of a run, before the first sample."""
    return Locate(stopper_of(header, metric, (), ids), cells_of(header))


def located(record: Record, metric: Metric) -> Locate:
    """Return it once it has seen everything that a record has."""
    found = locate_of(record.header, metric, record.ids)
    for number in record.ledger.done():
        for row in record.ledger.rows(number):
            found.see(row)
    found.look()
    found.stopper.judge_clean(found.stopper.count("", 0.0))
    return found


def located_curve(record: Record, found: Locate, sweep: str) -> Curve:
    """Return the curve of a sweep; its bounds hold for all severities of the grid, of which some were chosen."""
    return early_curve(record, found.stopper, sweep, chosen=True)


def located_words(audit: Any) -> str:
    """Say where a share is lost and what was saved; empty for another run."""
    if not audit.located:
        return ""
    made, full = audit.calls
    places = [(curve.tolerance(drop=DROP), name) for name, curve in audit.curves.items()]
    known = sorted(
        (each for each in places if not math.isnan(each[0].severity)),
        key=lambda each: (each[0].censored, each[0].severity),
    )
    said = "; ".join(f"{name} {each.text}" for each, name in known[:NAMED])
    more = f"; {len(known) - NAMED} more later" if len(known) > NAMED else ""
    return (
        f"Sampling in two stages: {made:,} of the {full:,} noisy model calls, counted by samples, that a full run would make: "
        f"{100 * (1 - made / max(full, 1)):.3g} % saved. {said or 'No loss could be located'}{more}. Bounds hold for every severity of the grid at once and "
        "whenever one stops, though the severities of the second stage were chosen from the first."
    )


def method_words(confidence: str) -> tuple[str, str]:
    """Say how samples were taken, and what the bands are."""
    sampled = (
        f"Samples were visited in a random order that the contents of the data fix. The first {100 * FIRST:.0f} % were evaluated at "
        f"{COARSE} severities; all of them then at up to {NEAR} around the place where those show that {100 * DROP:.0f} % of the "
        "performance above chance is lost."
    )
    bands = (
        f"Bands are simultaneous {confidence} confidence sequences over all severities of the grid, measured or not, so that they "
        "hold although the data chose which were measured."
    )
    return sampled, bands
