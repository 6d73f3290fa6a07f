"""How one batch flows: clean pass, then every cell that the ledger lacks, noise made ahead of the model.

Why: batches are outside and cells inside, so that data is read once and a run can stop anywhere. The model is only
ever called from the calling thread; noise is made on worker threads. What is in the ledger is never made again.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

import numpy as np

from noisebench._broken import Watch
from noisebench._distortion import columns, distortion, offsets
from noisebench._embedded import Numbers, embedded, packed, shows
from noisebench._followed import followed
from noisebench._moved import counted, move_targets
from noisebench._noise import NoiseContext, Noised, Source, context_of, make_noise
from noisebench._pipeline import prefetched
from noisebench._probe import probe
from noisebench._realised import realised
from noisebench._references import fit_references, from_plain, to_plain
from noisebench._repeats import check_same_model, repeatability
from noisebench._roles import acts
from noisebench._rows import merged
from noisebench._score import Evaluated, Scored, Scorer
from noisebench._specimen import pack, plain_value, shown, specimens
from noisebench._values import Index, fresh, present
from noisebench._work import Loaded, Made, Task, gaps_in, plain_column
from noisebench.data import Batch, Dataset
from noisebench.ledger import BLOCK, Block, Ledger, Row
from noisebench.metrics import Metric
from noisebench.models import Model, Outcome, embedder, predict_once, safe_predict
from noisebench.plan import Plan, Sweep

__all__ = ["Interrupted", "Progress", "execute", "probe"]

COMMIT_EVERY = 0.25
"""Seconds of finished work that a kill may cost, besides the cell at work."""

SPAN = 4
"""Batches of samples that are followed together, so that the few that each cell needs next still fill a batch."""

RERUN = 256
"""Clean samples that are predicted twice, to see whether the model repeats itself."""

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all (0 when unknown) and what was just done; a step is a cell on a batch."""


class Stopping(Protocol):
    """What decides, while a run goes on, which cells still need samples."""

    def see(self, row: Row) -> None:
        """Take in what became of some samples in one cell."""

    def look(self) -> None:
        """Weigh what was seen."""

    def asked(self) -> frozenset[int]:
        """Return the numbers of all cells that it asks about."""

    def wanted(self) -> frozenset[int]:
        """Return the numbers of the cells that need more samples; none when everything is decided."""

    def reached(self) -> int:
        """Return how many samples all of those cells have."""

    def step(self) -> int:
        """Return how many samples the next look should bring."""

    def progress(self) -> tuple[int, int, str]:
        """Return how many questions are decided, how many there are, and after how many samples."""


class Searching(Protocol):
    """What follows samples to where they break, and so decides which of them each cell needs next."""

    def see(self, row: Row) -> None:
        """Take in what became of some samples in one cell."""

    def look(self) -> None:
        """Decide what can be decided."""

    def spans(self, most: int) -> list[slice]:
        """Return consecutive samples that are followed together, in the order in which they are."""

    def wanted(self, span: slice) -> dict[int, Index]:
        """Return by cell the places of the samples that it needs next; none when they are followed to the end."""

    def progress(self) -> tuple[int, int, str]:
        """Return how much is done, of how much at most, and the words for it."""


class Interrupted(KeyboardInterrupt):
    """The user stopped a run; the message says how to continue it."""


def execute(
    model: Model,
    dataset: Dataset,
    plan: Plan,
    metrics: Sequence[Metric],
    ledger: Ledger,
    *,
    batch_size: int = 256,
    workers: int = 1,
    gallery: bool = True,
    progress: Progress | None = None,
    stopping: Stopping | None = None,
    search: Searching | None = None,
) -> None:
    """Do all work of a plan that the ledger lacks, or as much of it as is needed to decide.

    Args:
        model: called from this thread only.
        dataset: read once, a batch at a time.
        plan: what to do.
        metrics: what to score with; the first also shows predictions.
        ledger: where results go.
        batch_size: samples in a model call.
        workers: threads that make noise ahead; 0 makes it between the calls.
        gallery: whether to keep a clean and a noisy value of each noise.
        progress: told of every step.
        stopping: decides how many samples of which cells are needed; without it, all of all.
        search: the same sample by sample.

    Raises:
        Interrupted: the user pressed Ctrl-C; everything finished is in the ledger.
        LedgerError: the ledger cannot be written, or was made with a model that answers otherwise.
        ModelError: the model failed on every clean sample for one reason; those are in the ledger.
        MetricError: the metric does not fit the outputs or the targets at all.
    """
    runner = _Runner(
        model, dataset, plan, Scorer(metrics), ledger, gallery, progress, stopping, search
    )
    try:
        runner.run(batch_size, workers)
    except KeyboardInterrupt as error:
        ledger.commit()
        raise Interrupted(runner.stopped()) from error
    finally:
        ledger.commit()


class _Runner:
    def __init__(
        self,
        model: Model,
        dataset: Dataset,
        plan: Plan,
        scorer: Scorer,
        ledger: Ledger,
        gallery: bool,  # noqa: FBT001 - private
        progress: Progress | None,
        stopping: Stopping | None,
        search: Searching | None,
    ) -> None:
        self.search, self.told = search, stopping or search
        self.model, self.dataset, self.plan, self.stopping = model, dataset, plan, stopping
        self.scorer, self.ledger, self.gallery, self.progress = scorer, ledger, gallery, progress
        self.cells = plan.cells
        self.done = ledger.done()
        self.watch = None if any(self.done.values()) else Watch(model, plan.size)
        self.shown = self._shown()
        self.context: NoiseContext | None = None
        self.warnings: dict[str, None] = dict.fromkeys(ledger.get("warnings") or ())
        self.blocks = {(block.start, len(block.ids)) for block in ledger.blocks()}
        self.committed = time.monotonic()
        self.step, self.steps = 0, 0
        self.there: set[str] = set()
        self.kept: list[tuple[int, int, Evaluated]] = []
        """Clean outputs by the place and length of their batch."""
        self.embedder = embedder(model) if len(dataset.inputs) > 1 else None
        moved = bool(dataset.moves) and any(map(acts, plan.sweeps))
        self.follows = moved and self.stopping is None

    def run(self, batch_size: int, workers: int) -> None:
        self.context = self._context()
        if self.plan.size is not None and self.told is None:
            self.steps = len(self.cells) * -(-self.plan.size // batch_size)
        for tasks in self._rounds(batch_size):
            for task, made in prefetched(tasks, self._make, workers=workers):
                self._finish(task, made)
        self.ledger.put("samples", len(self.ledger.ids()))
        self.ledger.put("absent", [n for n in self.dataset.inputs if n not in self.there])
        if self.scorer.widths:
            self.ledger.put("widths", self.scorer.widths)
        self.ledger.commit()

    def _shown(self) -> dict[Sweep, frozenset[float]]:
        """Return by sweep the severities that the gallery shows, of those that are run."""
        asked = None if self.stopping is None else self.stopping.asked()
        run: dict[Sweep, list[float]] = {sweep: [] for sweep in self.plan.sweeps}
        for number, cell in enumerate(self.cells):
            if cell.condition.sweep is not None and (asked is None or number in asked):
                run[cell.condition.sweep].append(cell.condition.severity)
        return {sweep: shown(severities) for sweep, severities in run.items() if severities}

    def stopped(self) -> str:
        """Say what is kept of an interrupted run."""
        share = f"{self.step} of {self.steps} steps" if self.steps else f"{self.step} steps"
        return f"interrupted after {share}; all of them are kept in {self.ledger.path.parent}"

    def _context(self) -> NoiseContext:
        known = self.ledger.get("references")
        if known is None:
            fitted = fit_references(self.dataset, self.plan)
            self.ledger.put("references", to_plain(fitted))
            self.ledger.commit()
            known = self.ledger.get("references")
        # Read back even when just fitted, so that a resumed run knows neither more nor less.
        references = from_plain(known, self.dataset)
        return context_of(self.dataset, seed=self.plan.seed, references=references)

    def _rounds(self, batch_size: int) -> Iterator[Iterator[Task]]:
        """Yield tasks that may be made ahead of each other: what comes next is not decided by any of them."""
        if self.told is None:
            yield self._tasks(batch_size)
            return
        names = self.dataset.order(self.plan.order_seed)
        if self.search is not None:
            yield from self._searched(self.search, names, batch_size)
        if self.stopping is None:
            return
        yield from self._known(self.stopping, names, batch_size)
        while wanted := self.stopping.wanted():
            start = self.stopping.reached()
            # Up to a multiple of the batch, so that clean outputs that came first are of one batch.
            stop = start + min(self.stopping.step(), batch_size - start % batch_size)
            yield self._tasks_on(self.dataset.take(names[start:stop]), start, wanted)
            self.stopping.look()
            self._tell(*self.stopping.progress())

    def _searched(
        self, search: Searching, names: Sequence[str], batch_size: int
    ) -> Iterator[Iterator[Task]]:
        """Ask about some samples, look at the answers, and ask again, until all are followed to the end."""
        yield from self._known(search, names, batch_size)
        # Clean outputs to compare with are kept by the batch.
        most = batch_size * (1 if self.scorer.needs_clean else SPAN)
        for span in search.spans(most):
            loaded = None
            while wanted := search.wanted(span):
                if loaded is None:
                    batch = self.dataset.take(names[span])
                    self.there.update(n for n, v in batch.inputs.items() if present(v))
                    source = Source.of(batch, protect=self.dataset.protect)
                    loaded = Loaded(batch, span.start, source)
                yield self._tasks_of(loaded, wanted, batch_size)
                search.look()
                self._tell(*search.progress())

    def _tasks_of(
        self, loaded: Loaded, wanted: Mapping[int, Index], batch_size: int
    ) -> Iterator[Task]:
        for number, places in wanted.items():
            for first in range(0, len(places), batch_size):
                part = loaded.at(places[first : first + batch_size] - loaded.start)
                part.clean = self._kept_clean(part)
                if number and part.clean is None and self.scorer.needs_clean:
                    yield Task(0, self.cells[0], part, recorded=True)
                yield Task(number, self.cells[number], part)

    def _known(
        self, stopping: Stopping | Searching, names: Sequence[str], batch_size: int
    ) -> Iterator[Iterator[Task]]:
        """Take in what the ledger has, and see whether the model still answers as it did then."""
        for number in self.done:
            for row in self.ledger.rows(number):
                stopping.see(row)
        recorded = next(iter(self.ledger.rows(0)), None)
        if recorded is not None:
            first = self.dataset.take(names[: min(batch_size, len(recorded.scores))])
            yield self._tasks_on(first, 0, frozenset())
        stopping.look()

    def _tasks(self, batch_size: int) -> Iterator[Task]:
        start = 0
        everything = frozenset(range(len(self.cells)))
        for batch in self.dataset.batches(batch_size, order_seed=self.plan.order_seed):
            yield from self._tasks_on(batch, start, everything)
            start += len(batch)

    def _tasks_on(self, batch: Batch, start: int, wanted: frozenset[int]) -> Iterator[Task]:
        stop, whole = start + len(batch), slice(0, len(batch))
        gaps = [
            gaps_in(self.done.get(n, []), start, stop) if n in wanted else []
            for n in range(len(self.cells))
        ]
        self.step += sum(not gaps[n] for n in wanted)
        self.there.update(n for n, values in batch.inputs.items() if present(values))
        if start == 0 or any(gaps):
            source = Source.of(batch, protect=self.dataset.protect)
            yield from self._batch_tasks(Loaded(batch, start, source), gaps, whole)

    def _batch_tasks(self, loaded: Loaded, gaps: list[list[slice]], whole: slice) -> Iterator[Task]:
        parts: dict[tuple[int, int], Loaded] = {}
        for number, cell in enumerate(self.cells):
            for rows in gaps[number]:
                part = parts.setdefault((rows.start, rows.stop), loaded.part(rows))
                part.clean = part.clean or self._kept_clean(part)
                if number and part.clean is None and not self._has_clean_task(gaps, rows):
                    yield Task(0, self.cells[0], part, recorded=True)
                yield Task(number, cell, part)
        if loaded.start == 0 and not gaps[0] and loaded.clean is None:
            yield Task(0, self.cells[0], loaded.part(whole), recorded=True)

    def _kept_clean(self, part: Loaded) -> Evaluated | None:
        """Return the clean outputs of a pass that came first, where it was in this process."""
        for start, n, found in self.kept:
            places = np.arange(len(part.batch)) + part.start if part.places is None else part.places
            if start <= places[0] and places[-1] < start + n:
                rows = places - start
                return Evaluated(found.at(rows), None, {})
        return None

    def _has_clean_task(self, gaps: list[list[slice]], rows: slice) -> bool:
        # Outputs for the clean values are needed only to compare with; otherwise the ledger's will do.
        return rows in gaps[0] or not (self.scorer.needs_clean or self.follows)

    def _noised(self, task: Task) -> Noised:
        sweep, context = task.cell.condition.sweep, self.context
        inputs, source = task.loaded.batch.inputs, task.loaded.source
        if sweep is None or context is None:
            return Noised(dict(inputs), None, {})
        severity, replicate = task.cell.condition.severity, task.cell.replicate
        noised = make_noise(sweep, severity, replicate, inputs, source, context)
        return move_targets(noised, task.loaded.batch.targets, context.moves)

    def _make(self, task: Task) -> Made:
        noised, condition = self._noised(task), task.cell.condition
        sweep = condition.sweep
        if sweep is None or self.context is None:
            return Made(noised, {}, [])
        inputs = task.loaded.batch.inputs
        wanted = self._measured(task.loaded)
        measured = distortion(sweep, inputs, noised, wanted, self.context)
        place = condition.severity, task.cell.replicate
        became = realised(sweep, *place, inputs, noised, wanted, task.loaded.source, self.context)
        measured = {row: measured.get(row, {}) | shares for row, shares in became.items()}
        first = self.gallery and _is_first(task.loaded) and task.cell.replicate == 0
        if not first or condition.severity not in self.shown[sweep]:
            return Made(noised, measured, [])
        return Made(noised, measured, specimens(sweep, inputs, noised, self.dataset.modalities))

    def _measured(self, loaded: Loaded) -> range:
        """Return the rows whose distortion is measured."""
        # Samples that are followed are measured where all severities are.
        n = len(loaded.batch) if loaded.places is None else 0
        return offsets(loaded.start, n, self.plan.distortion)

    def _finish(self, task: Task, made: Made) -> None:
        loaded = task.loaded
        # Before the model, which may write to what it is given.
        shown = {} if task.recorded else self._embed(task, made)
        found = self._evaluate_noisy(task, made)
        if task.cell.condition.sweep is None:
            loaded.clean = found
            self._keep(loaded, found)
        clean = loaded.clean or Evaluated((), None, {})
        n, moved = len(loaded.batch), made.noised.targets
        targets = loaded.batch.targets if moved is None else moved
        scored = self.scorer.score(n, found, targets, clean)
        if task.number == 0:
            loaded.predictions = scored.predictions
            if _is_first(loaded):
                self._check_repeats(loaded, scored, recorded=task.recorded)
        if not task.recorded:
            self._record(task, made, scored, shown, self._followed(task, made, found))
            self.step += 1
            if task.number == 0:
                self._check_answers(task.loaded, found)
        if self.told is None:
            self._tell(self.step, self.steps, str(task.cell.condition))

    def _tell(self, done: int, total: int, what: str) -> None:
        if self.progress is not None:
            self.progress(done, total, what)

    def _keep(self, loaded: Loaded, found: Evaluated) -> None:
        """Keep clean outputs that later batches of a run that stops early are compared with."""
        whole = found.rows is None and not found.failures
        if self.told is not None and self.scorer.needs_clean and whole:
            self.kept.append((loaded.start, len(loaded.batch), found))

    def _check_answers(self, loaded: Loaded, found: Evaluated) -> None:
        """Stop where the clean pass shows that the model answers nothing."""
        n = len(loaded.batch)
        why = self.watch.see(n, found.failures) if self.watch else ""
        if self.watch and why:
            self.ledger.put("broken", why)
            raise self.watch.give_up(loaded.batch.inputs, n, why)

    def _evaluate_noisy(self, task: Task, made: Made) -> Evaluated:
        """Predict noisy values without copies; should the model fail, make them again and isolate why."""
        clean, noised = task.loaded.batch.inputs, made.noised
        n = len(task.loaded.batch)
        if task.cell.condition.sweep is None or noised.rows is not None:
            return self._evaluate(noised)
        spare = [name for name in noised.inputs if fresh(noised.inputs[name], clean[name])]
        outcome: Outcome | None = None
        # Whatever it was, the careful call finds whose fault it is, once what this one held is free.
        with suppress(Exception):
            outcome = predict_once(self.model, noised.inputs, n, spare=spare)
        if outcome is None:
            return self._evaluate(self._noised(task))
        return Evaluated(outcome.outputs, None, {**noised.failures, **outcome.failures})

    def _evaluate(self, noised: Noised) -> Evaluated:
        values = next(iter(noised.inputs.values()))
        if noised.rows is None:
            outcome = safe_predict(self.model, noised.inputs, len(values))
            failures = outcome.failures
        else:
            outcome = safe_predict(self.model, noised.inputs, len(noised.rows))
            failures = {int(noised.rows[i]): why for i, why in outcome.failures.items()}
        self._warn(outcome.warnings)
        return Evaluated(outcome.outputs, noised.rows, {**noised.failures, **failures})

    def _warn(self, warnings: Sequence[str]) -> None:
        fresh = [each for each in warnings if each not in self.warnings]
        if fresh:
            self.warnings.update(dict.fromkeys(fresh))
            self.ledger.put("warnings", list(self.warnings))

    def _embed(self, task: Task, made: Made) -> Numbers:
        """Return what the embeddings of the measured samples are like, where the model shows them."""
        if self.embedder is None or not shows(task.cell.condition.sweep):
            return {}
        n = len(task.loaded.batch)
        wanted = self._measured(task.loaded)
        found, why = embedded(self.embedder, made.noised, n, wanted)
        self._warn([why] if why else [])
        return found

    def _followed(self, task: Task, made: Made, found: Evaluated) -> Numbers:
        """Return how outputs went along with a group action that moves targets."""
        sweep, clean = task.cell.condition.sweep, task.loaded.clean
        if not self.follows or sweep is None or clean is None or not acts(sweep):
            return {}
        wanted = self._measured(task.loaded)
        metric, moves = self.scorer.metrics[0], self.dataset.moves
        scores, why = followed(metric, found, clean, made.noised, moves, wanted)
        self._warn([why] if why else [])
        return scores

    def _record(
        self, task: Task, made: Made, scored: Scored, shown: Numbers, went: Numbers
    ) -> None:
        loaded = task.loaded
        for record in made.specimens:
            self._record_specimen(task, record, made, scored)
        for rows, place in loaded.runs(BLOCK):
            first = rows.start
            if loaded.places is None:  # else the clean pass has named them
                self._record_block(loaded, rows)
            measured = {r - first: m for r, m in made.distortion.items() if r in rows}
            moved = counted([m for r, m in made.noised.moved.items() if r in rows])
            seen, along = (
                packed({r - first: m for r, m in each.items() if r in rows})
                for each in (shown, went)
            )
            row = Row(
                cell=task.number,
                start=place,
                scores=scored.scores[rows.start : rows.stop],
                reasons={r - first: why for r, why in sorted(scored.failures.items()) if r in rows},
                distortion=columns(measured)
                | ({"moved": moved} if moved else {})
                | ({"embedded": seen} if seen else {})
                | ({"followed": along} if along else {}),
                predictions=scored.predictions[rows.start : rows.stop],
            )
            self.ledger.write(row)
            if self.stopping is not None:
                known = [*self.done.get(row.cell, []), (row.start, row.start + len(row.scores))]
                self.done[row.cell] = merged(known)
            if self.told is not None:
                self.told.see(row)
        if time.monotonic() - self.committed > COMMIT_EVERY:
            self.ledger.commit()
            self.committed = time.monotonic()

    def _record_block(self, loaded: Loaded, rows: range) -> None:
        start = loaded.start + rows.start
        if (start, len(rows)) in self.blocks:
            return
        self.blocks.add((start, len(rows)))
        batch, part = loaded.batch, slice(rows.start, rows.stop)
        facts: dict[str, Any] = {
            f"slice:{name}": plain_column(v[part]) for name, v in batch.slices.items()
        }
        if batch.targets is not None:
            facts["target"] = plain_column(batch.targets[part])
        if batch.groups is not None:
            facts["group"] = plain_column(batch.groups[part])
        self.ledger.write_block(Block(start, batch.ids[part], facts))

    def _record_specimen(
        self, task: Task, record: dict[str, Any], made: Made, scored: Scored
    ) -> None:
        batch = task.loaded.batch
        known = record | {
            "sweep": str(task.cell.condition.sweep),
            "severity": task.cell.condition.severity,
            "sample": batch.ids[0],
            "distortion": made.distortion.get(0, {}),
            "prediction_clean": self._first_prediction(task.loaded),
            "prediction_noisy": scored.predictions[0],
            "target": None if batch.targets is None else plain_value(batch.targets[0]),
        }
        self.ledger.write_specimen(task.number, record["input"], *pack(known))

    def _first_prediction(self, loaded: Loaded) -> Any:
        """Return the clean prediction of the first sample; a resumed run has it in the ledger."""
        if loaded.predictions:
            return loaded.predictions[0]
        recorded = (row.predictions[0] for row in self.ledger.rows(0) if row.start == 0)
        return next(recorded, None)

    def _check_repeats(self, loaded: Loaded, scored: Scored, *, recorded: bool) -> None:
        """Predict some clean samples again; for a resumed run, compare with what it recorded then."""
        known = self.ledger.get("nondeterminism")
        if known is None:
            part = loaded.part(slice(0, min(RERUN, len(loaded.batch))))
            again = self._evaluate(Noised(dict(part.batch.inputs), None, {}))
            repeat = self.scorer.score(len(part.batch), again, part.batch.targets, again)
            self.ledger.put("nondeterminism", repeatability(scored, repeat))
        elif recorded:
            earlier = [p for row in self.ledger.rows(0) if row.start == 0 for p in row.predictions]
            where = str(self.ledger.path.parent)
            check_same_model(earlier, scored.predictions, float(known["changed"]), where)


def _is_first(loaded: Loaded) -> bool:
    """Tell whether a batch begins with the first sample of the visit and goes on without a gap."""
    return loaded.start == 0 and loaded.places is None
