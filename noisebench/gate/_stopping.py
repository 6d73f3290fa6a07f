"""Decides while a run goes on: which gates are settled, and which cells are still needed.

Why: everything here is a function of what the ledger holds, sample by sample in an order that was fixed in advance. So a run
that was interrupted, cut into other blocks or recorded in another order comes to the same answers after the same samples.

Passing needs the evidence of each part alone, as all must hold (intersection-union). Failing goes by Holm's procedure on the
largest evidence so far, over all parts: the reciprocal of an e-process bounds a p-value at every moment. Of a population, a
part between its aim and what is asked would go on for ever; it is given up, open, where a third bettor shows that the aim is
missed and nothing near shows more.

References: Berger 1982; Holm 1979; Ramdas, Grünwald, Vovk and Shafer 2023.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench._left_out import broke, no_noise
from noisebench.gate._demand import Demand
from noisebench.gate._line import CLEAN, clean_above
from noisebench.gate._scale import Scale
from noisebench.gate._trial import Trial, gains, trial
from noisebench.gate._wealth import Floats, Wealth, spread
from noisebench.ledger import Row

FIRST = 16
"""Samples before the first look."""

GROWTH = 8
"""A look comes after an eighth more samples than before."""

MISSED = "missed"
"""State of a trial that was given up: it surely misses its aim, and may keep what is asked."""

HALFWAY = 0.5
"""Share of the evidence that a demand is broken, below which it is given up once its aim is surely missed."""

PATIENCE = 1.5
"""It is given up in any case after so many times the samples that showed that."""

ABOVE = 1e-6
"""How much above chance the clean value must be at least: not at chance, which is often hit exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was fixed before the run."""

    demands: tuple[Demand, ...]
    cells: Mapping[tuple[str, float], tuple[int, ...]]
    """Sweep and severity to the numbers of its cells, one a replicate."""
    size: int
    """Samples of the data set."""
    finite: bool
    """Whether the claim is about these samples and no others."""
    scale: Scale
    pass_error: float
    """Chance that a gate passes that is not kept."""
    fail_error: float
    """Chance that any gate fails that is kept; and, of a population, that one is given up whose model reaches the aim."""
    chance: float = math.nan
    """Goodness of the best constant answer; NaN where none is known."""
    chance_of: Callable[[Sequence[Any]], float] | None = None
    """Clean predictions to that goodness, for a metric that compares with them: the clean pass then comes first."""
    shared: Mapping[str, str] = field(default_factory=dict)
    """Sweep whose samples all have one draw to what bounds know of other draws."""
    baselines: Mapping[int, Mapping[float, Floats]] = field(default_factory=dict)
    """Place of a demand to column to goodness in the order of the visit; NaN where the baseline lacks the sample."""


class Stopper:
    """Follows a run and says what it still needs."""

    def __init__(self, terms: Terms) -> None:
        """Begin before the first sample."""
        self.terms = terms
        self.chance = terms.chance
        self.scores: dict[int, Floats] = {}
        self.place = 0
        """Samples after which everything before was weighed."""
        self.closed: dict[int, int] = {}
        """Demand to the samples after which it was decided."""
        self.above: int | None = None
        """Samples after which the clean value is surely above chance."""
        self.trials: list[Trial] = []
        self.broken: dict[str, str] = {}
        """Sweep whose noise broke to the error."""
        self._sweeps = {n: key[0] for key, cells in terms.cells.items() for n in cells}
        self._seen: dict[int, NDArray[np.bool_]] = {}
        self._covers: dict[int, int] = {}
        self._without: dict[int, NDArray[np.bool_]] = {}
        self._labels: list[Any] | None = None if terms.chance_of is None else [None] * terms.size
        self._clean = Wealth(-1.0, spread())
        if terms.chance_of is None:
            self._begin()

    # -- what the run tells ------------------------------------------------------------------------------

    def see(self, row: Row) -> None:
        """Take in what became of some samples in one cell, in any order of blocks."""
        cell, place = row.cell, slice(row.start, row.start + len(row.scores))
        if cell not in self.scores:
            self.scores[cell] = np.full(self.terms.size, np.nan)
            self._seen[cell] = np.zeros(self.terms.size, dtype=np.bool_)
            self._without[cell] = np.zeros(self.terms.size, dtype=np.bool_)
        # A sample without an output counts as the worst there is.
        goodness = np.nan_to_num(self.terms.scale.goodness(row.scores[:, 0]), nan=0.0)
        self.scores[cell][place] = goodness
        self._seen[cell][place] = True
        for offset, reason in row.reasons.items():
            sweep = self._sweeps.get(cell, "")
            self._without[cell][row.start + offset] = no_noise(sweep, reason)
            if why := broke(sweep, reason):
                self.broken.setdefault(sweep, why)
        rest = self._seen[cell][self._covers.get(cell, 0) :]
        gap = int(np.argmin(rest)) if not rest.all() else len(rest)
        self._covers[cell] = self._covers.get(cell, 0) + gap
        if self._labels is not None and cell == 0:
            self._labels[place] = list(row.predictions)

    def look(self) -> None:
        """Weigh everything that every open trial has."""
        if not self.trials:
            if self._labels is None or self._covers.get(0, 0) < self.terms.size:
                return
            self._begin()
        while self.open() and (stop := self._next()) <= self.reached():
            (self._see_clean if self._waits else self._weigh)(stop)

    # -- what the run asks -------------------------------------------------------------------------------

    def asked(self) -> frozenset[int]:
        """Return all cells that the demands are about."""
        noisy = (
            self.terms.cells[demand.sweep, severity]
            for demand in self.terms.demands
            for part in demand.parts
            for severity in (part.start, part.severity)
            if severity > 0
        )
        return frozenset({0, *(cell for cells in noisy for cell in cells)})

    def wanted(self) -> frozenset[int]:
        """Return the cells whose next samples are needed; none when everything is decided."""
        if not self.trials or self._waits:
            return frozenset({0})
        found = self.open()
        return frozenset(
            {cell for each in found for cell in self._cells(each)} | ({0} if found else set())
        )

    def reached(self) -> int:
        """Return how many samples all wanted cells have, without a gap."""
        return min((self._covers.get(cell, 0) for cell in self.wanted()), default=self.place)

    def step(self) -> int:
        """Return how many samples are left until the next look."""
        if not self.trials:
            return self.terms.size
        return max(self._next() - self.reached(), 1)

    def _next(self) -> int:
        """Return the samples after which all that is open is weighed: places that do not depend on how a run is cut."""
        place = self._clean.seen if self._waits else self.place
        more = place // GROWTH // FIRST * FIRST
        return min(place + max(more, FIRST), self.terms.size)

    def open(self) -> list[Trial]:
        """Return the trials whose outcome still matters."""
        if self.place >= self.terms.size:
            return []
        return [each for each in self.trials if not self._over(each)]

    def progress(self) -> tuple[int, int, str]:
        """Return how many demands are decided, how many there are, and after how many samples."""
        return len(self.closed), len(self.terms.demands), f"after {self.place} samples"

    def calls(self, demand: int | None = None) -> tuple[int, int]:
        """Return the noisy model calls made for the demands, or one of them, counted by samples, and those of a full run."""
        cells = {
            cell
            for each in self.trials
            if demand in (None, each.demand)
            for cell in self._cells(each)
        } - {0}
        made = sum(int(self._seen[cell].sum()) for cell in cells if cell in self._seen)
        return made, len(cells) * self.terms.size

    def _begin(self) -> None:
        terms = self.terms
        if terms.chance_of is not None:
            self.chance = terms.chance_of(self._labels or ())
        size = terms.size if terms.finite else None
        self._clean = Wealth(-self.chance - ABOVE, spread(), size)
        self.trials = [
            trial(k, part, part.line(self.chance, terms.scale.unit), size)
            for k, demand in enumerate(terms.demands)
            for part in demand.parts
        ]

    # -- what is known -----------------------------------------------------------------------------------

    def severities(self, sweep: str) -> list[float]:
        """Return the severities above 0 that a sweep has in the plan."""
        return sorted(severity for name, severity in self.terms.cells if name == sweep)

    def count(self, sweep: str, severity: float) -> int:
        """Return how many samples a severity has without a gap, in all replicates."""
        cells = (0,) if severity == CLEAN else self.terms.cells[sweep, severity]
        return min(self._covers.get(cell, 0) for cell in cells)

    def evaluated(self, cell: int) -> int:
        """Return how many samples a cell has."""
        return int(self._seen[cell].sum()) if cell in self._seen else 0

    def unseen(self, cell: int, span: slice) -> NDArray[np.bool_]:
        """Return which of some consecutive samples a cell lacks."""
        if cell in self._seen:
            return ~self._seen[cell][span]
        return np.ones(span.stop - span.start, dtype=np.bool_)

    def judge_clean(self, n: int) -> None:
        """See whether the clean value of the first n samples is above chance, where no demand asked for it."""
        self.look()
        self._see_clean(n)

    def rows(self, sweep: str, columns: Sequence[float], n: int) -> Floats:
        """Return the goodness of the first n samples in some columns, NaN throughout where no noise came into one."""
        place = slice(0, n)
        rows = np.stack([self._column(sweep, name, place) for name in columns], axis=1)
        lost = np.isnan(rows).any(axis=1)
        for severity in self.severities(sweep):
            for cell in self.terms.cells[sweep, severity]:
                if cell in self._without:
                    lost |= self._without[cell][place]
        rows[lost] = np.nan
        return rows

    # -- weighing ----------------------------------------------------------------------------------------

    def _weigh(self, stop: int) -> None:
        start, found = self.place, self.open()
        self._see_clean(stop)
        above = stop - start if self.above is None else max(self.above - start - 1, 0)
        evidence = {id(each): self._grow(each, start, stop, above) for each in found}
        self._miss(found, stop)
        self._fail(found, evidence, start, above)
        for each in found:
            passed = evidence[id(each)][0]
            if not each.state and passed is not None:
                self._settle(each, "pass", start + passed + 1)
        self._give_up(found, stop)
        self.place = stop

    @property
    def hopeless(self) -> bool:
        """Whether the clean data alone show that nothing is above chance, of which a share could be kept."""
        known = not math.isnan(self.chance)
        return self.above is None and not (known and self._clean.seen < self.terms.size)

    @property
    def _waits(self) -> bool:
        """Whether the clean data go on alone: before some of them are above chance, no share of that means anything."""
        if self.place == 0 or self.above is not None or self.hopeless:
            return False
        return any(each.line.above_chance for each in self.open())

    def _see_clean(self, stop: int) -> None:
        """See from which sample on the clean value is surely above chance, among all up to some place."""
        start = self._clean.seen
        if self.above is not None or math.isnan(self.chance) or start >= stop:
            return
        values = clean_above(self.chance).values(self.scores[0][start:stop, None], 0.0)
        self._clean, path = self._clean.grown(values - ABOVE)
        offset = _first(path, math.log(1 / self.terms.pass_error))
        if offset < len(path):
            self.above = start + offset + 1

    def _grow(self, each: Trial, start: int, stop: int, above: int) -> tuple[int | None, Floats]:
        """Let both bettors see some samples; return where the first has enough, and the second's best so far."""
        rows = self._rows(each, start, stop)
        each.rows.append(rows)
        each.keeps, kept = each.keeps.grown(gains(each, rows, against=False))
        each.breaks, broken = each.breaks.grown(gains(each, rows, against=True))
        if each.misses is not None:
            values = gains(each, rows, against=True, level=each.part.aim)
            each.misses, far = each.misses.grown(values)
            each.furthest = max(each.furthest, float(far.max()))
        best = np.maximum.accumulate(np.maximum(broken, each.most))
        each.most = float(best[-1])
        if each.passed is None:
            offset = _first(kept, math.log(1 / self.terms.pass_error))
            each.passed = start + offset + 1 if offset < len(kept) else None
        if each.passed is None:
            return None, best
        offset = max(each.passed - start - 1, 0)
        offset = max(offset, above) if each.line.above_chance else offset
        return (offset if offset < stop - start else None), best

    def _miss(self, found: Sequence[Trial], stop: int) -> None:
        """See which trials surely miss their aim, by Holm's procedure; one that fails has missed it."""
        missed = sum(each.state == "fail" or each.missed is not None for each in self.trials)
        for each in sorted(found, key=lambda each: -each.furthest):
            enough = math.log(max(len(self.trials) - missed, 1) / self.terms.fail_error)
            known = not each.line.above_chance or (self.above or stop + 1) <= stop
            if each.missed is None and each.furthest >= enough and known:
                each.missed = stop
                missed += 1

    def _give_up(self, found: Sequence[Trial], stop: int) -> None:
        """Stop where a pass is out of reach and a failure is not near: that would take the most samples of all."""
        failed = sum(each.state == "fail" for each in self.trials)
        enough = math.log(max(len(self.trials) - failed, 1) / self.terms.fail_error)
        for each in found:
            if each.state or each.missed is None or each.demand in self.closed:
                continue
            if each.most < HALFWAY * enough or stop >= PATIENCE * each.missed:
                self._settle(each, MISSED, stop)

    def _fail(
        self,
        found: Sequence[Trial],
        evidence: Mapping[int, tuple[int | None, Floats]],
        start: int,
        above: int,
    ) -> None:
        """Let trials fail in the order in which Holm's procedure comes to them."""
        failed = sum(each.state == "fail" for each in self.trials)
        now = 0
        while True:
            left = len(self.trials) - failed
            enough = math.log(max(left, 1) / self.terms.fail_error)
            events = [
                (at, n)
                for n, each in enumerate(found)
                if (at := self._fails_at(each, evidence[id(each)], enough, above, now)) is not None
            ]
            if not events:
                return
            now, n = min(events)
            self._settle(found[n], "fail", start + now + 1)
            failed += 1

    def _fails_at(
        self,
        each: Trial,
        evidence: tuple[int | None, Floats],
        enough: float,
        above: int,
        now: int,
    ) -> int | None:
        passed, best = evidence
        if each.state or each.demand in self.closed:
            return None
        if each.misses is not None and each.missed is None:
            return None
        at = max(_first(best, enough), now, above if each.line.above_chance else 0)
        if at >= len(best) or (passed is not None and passed <= at):
            return None
        return at

    def _settle(self, each: Trial, state: str, after: int) -> None:
        each.state, each.decided = state, after
        parts = [one for one in self.trials if one.demand == each.demand]
        if state in ("fail", MISSED):
            self.closed[each.demand] = min(after, self.closed.get(each.demand, after))
        elif all(one.state == "pass" for one in parts):
            self.closed[each.demand] = max(one.decided or 0 for one in parts)

    def _over(self, each: Trial) -> bool:
        gone = self.terms.demands[each.demand].sweep in self.broken
        hopeless = each.line.above_chance and self.hopeless
        return bool(each.state) or each.demand in self.closed or gone or hopeless

    # -- what is known -----------------------------------------------------------------------------------

    def _rows(self, each: Trial, start: int, stop: int) -> Floats:
        """Return the columns of a trial, NaN throughout where a sample is in none of its numbers."""
        place, asked = slice(start, stop), self.terms.demands[each.demand].sweep
        columns = [
            self.terms.baselines[each.demand][name][place]
            if name < CLEAN
            else self._column(asked, name, place)
            for name in each.line.columns
        ]
        rows = np.stack(columns, axis=1)
        lost = np.isnan(rows).any(axis=1)
        for cell in self._cells(each) - {0}:
            lost |= self._without[cell][place]
        rows[lost] = np.nan
        return rows

    def _column(self, sweep: str, name: float, place: slice) -> Floats:
        """Return the goodness of some samples, clean or at a severity of a sweep."""
        if name == CLEAN:
            return self.scores[0][place]
        cells = [self.scores[cell][place] for cell in self.terms.cells[sweep, name]]
        return np.asarray(np.mean(cells, axis=0))

    def _cells(self, each: Trial) -> frozenset[int]:
        sweep = self.terms.demands[each.demand].sweep
        noisy = [s for s in each.line.columns if s > 0]
        clean = [0] if CLEAN in each.line.columns or each.line.above_chance else []
        return frozenset([*clean, *(c for s in noisy for c in self.terms.cells[sweep, s])])


def _first(path: Floats, enough: float) -> int:
    """Return the first offset at which a path has enough, its length where it never does."""
    there = np.flatnonzero(path >= enough)
    return int(there[0]) if len(there) else len(path)
