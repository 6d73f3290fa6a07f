"""Training at work: a model is fitted on clean data and on every noise, and tested on all of them.

Why: what is expensive is a fit, so a budget counts fits. With fewer than there are noises, those are trained on that cost the
clean model most; all are tested.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench import __version__
from noisebench._expand import Selection, expand
from noisebench._grammar import Sweep
from noisebench._header import describe_metric
from noisebench._moved import move_targets
from noisebench._noise import NoiseContext, Noised, Source, context_of, make_noise, reason
from noisebench._references import fit_references, from_plain, to_plain
from noisebench._roles import is_reference, is_undone
from noisebench._score import Evaluated, Scorer
from noisebench.affinity._affinity import CLEAN, NATURAL, Affinity
from noisebench.affinity._halves import Halves, halves
from noisebench.affinity._make import affinity_of
from noisebench.affinity._noisy import noisy
from noisebench.affinity._store import (
    FAILED,
    FITTED,
    HEAD,
    finished,
    keep_samples,
    key,
    opened,
    rows_of,
)
from noisebench.curve._saved import check
from noisebench.data import Dataset
from noisebench.errors import MetricError, ModelError, PlanError
from noisebench.ledger import Ledger, Row
from noisebench.metrics import Metric, get_metric
from noisebench.models import Model, as_model, safe_predict
from noisebench.models._model import origin_of
from noisebench.plan import Plan
from noisebench.run import Interrupted, Progress
from perturbations._draw import SCHEME
from perturbations.errors import explain

Fit = Callable[[Dataset], Any]
"""Data to a model that was trained on it."""

Floats = NDArray[np.float64]

AT = 0.6
"""Severity of training and test noise (our choice)."""


def affinity(
    fit: Fit,
    data: Dataset,
    noises: Selection | Iterable[Selection],
    *,
    test: Dataset | None = None,
    natural: Dataset | str | None = None,
    at: float = AT,
    fits: int | None = None,
    share: float = 0.5,
    metric: str | Metric | Callable[..., Any] = "accuracy",
    seed: int = 0,
    run_dir: Path | str | None = None,
    batch_size: int = 256,
    device: Any = None,
    confidence: float = 0.95,
    bootstrap: int = 2000,
    progress: Progress | None = None,
) -> Affinity:
    """Train a model on every noise and test it on every other, and say which noise stands for which.

    Args:
        fit: trains: a function from data to a model (whatever `audit` takes). It is called once for clean data and once for
            each noise; `data.take(data.ids)` has inputs and targets.
        data: to train on; half of it is held out for the test where no test set is given.
        noises: sweeps, names, modalities, patterns: each is trained on and tested on.
        test: to test on, of other samples.
        natural: data with the noise of the field in it, or the name of one of the noises that stands for it. Other noises are
            then asked whether they predict it. Of data that share ids (or groups) with `data`, what was trained on is not tested.
        at: severity of every noise, in training and test; a sweep may have its own (`image/fog@0.4`).
        fits: models to fit at most, the one on clean data among them.
        share: of the data that is trained on.
        metric: a name, a Metric, or a function (outputs, targets) -> (n,).
        seed: of the noise.
        run_dir: where finished fits are kept; the same call on the same directory goes on. None keeps nothing.
        batch_size: samples in a model call.
        device: where torch modules run.
        confidence: of intervals.
        bootstrap: number of resamples.
        progress: told of models done, models in all, and what was just done.

    Raises:
        DataError: there is too little data, or it is not what models can be trained on.
        ModelError: the hook is no function, or gives no model of clean data.
        PlanError: a noise cannot run on this data, or a number is out of range.
        LedgerError: the directory holds models of another plan.
        Interrupted: Ctrl-C; every finished fit is kept.
    """
    job = prepare(
        fit, data, noises, test=test, natural=natural, at=at, fits=fits, share=share, metric=metric, seed=seed,
        batch_size=batch_size, device=device, confidence=confidence, bootstrap=bootstrap,
    )  # fmt: skip
    return job.run(run_dir, progress)


def prepare(
    fit: Any,
    data: Dataset,
    noises: Selection | Iterable[Selection],
    *,
    test: Dataset | None = None,
    natural: Dataset | str | None = None,
    at: float = AT,
    fits: int | None = None,
    share: float = 0.5,
    metric: str | Metric | Callable[..., Any] = "accuracy",
    seed: int = 0,
    batch_size: int = 256,
    device: Any = None,
    confidence: float = 0.95,
    bootstrap: int = 2000,
) -> "Job":
    """Check what is asked for, and split the data; the arguments are those of `affinity`."""
    if not callable(fit):
        hint = "def fit(data): return SVC().fit(...), or fit = 'module:function' in [affinity]"
        raise ModelError(explain("a function from data to a trained model", "fit", fit, hint))
    _check_numbers(at, fits, share, seed, batch_size)
    check(confidence, bootstrap)
    scored = get_metric(metric)
    if scored.needs_clean:
        hint = "each model would be compared with its own clean answers; use one that reads targets"
        raise MetricError(explain("a metric on targets", "metric", metric, hint))
    marked = natural if isinstance(natural, str) else None
    sides = halves(data, test, None if isinstance(natural, str) else natural, share)
    given = [*_listed(noises), *([marked] if marked else [])]
    sweeps, skipped = expand(given, sides.train)
    kept = [each for each in sweeps if not is_reference(each) and not is_undone(each)]
    if not kept:
        why = "; ".join(f"{name}: {each}" for name, each in skipped.items())
        raise PlanError(explain("a noise to train on", "noises", noises, why))
    name = _natural_name(marked, sides)
    return Job(
        fit, sides, tuple(kept), dict(skipped), name, float(at), fits, scored, seed, batch_size, device,
        confidence, bootstrap,
    )  # fmt: skip


def _listed(noises: Selection | Iterable[Selection]) -> list[Selection]:
    single = isinstance(noises, str) or not isinstance(noises, Iterable)
    return [noises] if single else list(noises)  # type: ignore[list-item, arg-type]


def _natural_name(marked: str | None, sides: Halves) -> str | None:
    if marked is None:
        return NATURAL if sides.natural_test is not None else None
    meant, left = expand([marked], sides.train)
    if len(meant) != 1:
        hint = "; ".join(left.values()) or "mark one noise as the natural one"
        raise PlanError(explain("one noise that can run on this data", "natural", marked, hint))
    return str(meant[0])


def _check_numbers(at: Any, fits: Any, share: Any, seed: Any, batch_size: Any) -> None:
    for name, value in (("at", at), ("share", share)):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        top = 1.0 if name == "at" else 0.999
        if not number or not 0 < value <= top:
            expected = (
                "a severity above 0 and up to 1" if name == "at" else "a share between 0 and 1"
            )
            raise PlanError(explain(expected, name, value))
    for name, value, least in (
        ("fits", fits, 2),
        ("seed", seed, None),
        ("batch_size", batch_size, 1),
    ):
        if value is None and name == "fits":
            continue
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or (least is not None and value < least):
            bound = "" if least is None else f" of at least {least}"
            raise PlanError(explain(f"a whole number{bound}", name, value))


@dataclass(frozen=True, slots=True)
class Job:
    """A training run that is ready: noises, both sides of the data, and what it takes."""

    fit: Fit
    sides: Halves
    sweeps: tuple[Sweep, ...]
    skipped: dict[str, str]
    natural: str | None
    at: float
    fits: int | None
    metric: Metric
    seed: int
    batch_size: int
    device: Any
    confidence: float
    bootstrap: int

    @property
    def sources(self) -> tuple[str, ...]:
        """What models can be trained on."""
        own = (NATURAL,) if self.sides.natural_train is not None else ()
        return (CLEAN, *own, *map(str, self.sweeps))

    @property
    def targets(self) -> tuple[str, ...]:
        """What they are tested on."""
        own = (NATURAL,) if self.sides.natural_test is not None else ()
        return (CLEAN, *map(str, self.sweeps), *own)

    @property
    def wanted(self) -> int:
        """Models that are fitted."""
        return len(self.sources) if self.fits is None else min(self.fits, len(self.sources))

    @property
    def calls(self) -> int:
        """Model calls of all tests."""
        clean = -(-len(self.sides.test) // self.batch_size) * (1 + len(self.sweeps))
        natural = self.sides.natural_test
        more = 0 if natural is None else -(-len(natural) // self.batch_size)
        return self.wanted * (clean + more)

    @property
    def cost(self) -> str:
        """What it takes, in words."""
        n, many = len(self.sides.train), len(self.sources)
        left = f" of {many}: those that cost most" if self.wanted < many else ""
        return (
            f"{self.wanted} models to fit{left}, each on {n} samples; each is tested on {len(self.targets)} sets: "
            f"{self.calls} model calls on batches of {self.batch_size}"
        )

    def identity(self) -> dict[str, Any]:
        """Return what two runs must share for one to continue the other; the budget may grow."""
        sides = self.sides
        parts = (sides.train, sides.test, sides.natural_train, sides.natural_test)
        return {
            "scheme": SCHEME, "fit": origin_of(self.fit), "noises": [str(each) for each in self.sweeps],
            "at": self.at, "seed": self.seed, "metric": self.metric.name, "natural": self.natural,
            "data": [None if each is None else each.fingerprint() for each in parts],
        }  # fmt: skip

    def run(self, run_dir: Path | str | None = None, progress: Progress | None = None) -> Affinity:
        """Fit and test all that is not kept yet; the arguments are those of `affinity`."""
        kept = run_dir is not None
        directory = Path(tempfile.mkdtemp(prefix="noisebench-") if run_dir is None else run_dir)
        try:
            cells = [key(source, target) for source in self.sources for target in self.targets]
            with opened(directory, self.identity(), cells) as ledger:
                _Trainer(self, ledger, progress, directory if kept else None).run()
            return affinity_of(directory)
        finally:
            if not kept:
                shutil.rmtree(directory, ignore_errors=True)


@dataclass
class _Trainer:
    job: Job
    ledger: Ledger
    progress: Progress | None
    directory: Path | None
    seconds: list[float] = field(default_factory=list)

    def run(self) -> None:
        job = self.job
        self.cells = self.ledger.cells()
        self.by_name = {str(each): each for each in job.sweeps}
        self.test, self.train = self._contexts()
        self._head()
        failed: dict[str, str] = {}
        done: list[str] = []
        try:
            while len(done) + len(failed) < job.wanted:
                source = self._next([*done, *failed])
                why = self._one(source, len(done) + len(failed))
                if why:
                    failed[source] = why
                else:
                    done.append(source)
        except KeyboardInterrupt as error:
            raise Interrupted(self._stopped(len(done))) from error
        self.ledger.put(FAILED, failed)
        self.ledger.put(FITTED, done)
        self.ledger.commit()
        self._tell(job.wanted, "trained")

    def _contexts(self) -> tuple[NoiseContext, NoiseContext]:
        """Return what noise may know: of the statistics of clean data, those of the samples that are trained on."""
        job, sides = self.job, self.job.sides
        plan = Plan(job.sweeps, (job.at,), 1, job.seed, (), "", sides.train.size, True)
        known = to_plain(fit_references(sides.train, plan))
        test, train = (
            context_of(each, seed=job.seed, references=from_plain(known, each))
            for each in (sides.test, sides.train)
        )
        return test, train

    def _head(self) -> None:
        """Record what the scores mean, and which samples they are of."""
        job, sides = self.job, self.job.sides
        sets = [sides.test, *([sides.natural_test] if sides.natural_test is not None else [])]
        chances = [_chance(job.metric, each) for each in sets]
        head = {
            "metric": describe_metric(job.metric), "sources": list(job.sources),
            "targets": list(job.targets), "natural": job.natural, "at": job.at, "seed": job.seed,
            "confidence": job.confidence, "bootstrap": job.bootstrap, "skipped": job.skipped,
            "fits": job.wanted, "cost": job.cost, "version": __version__,
            "trained_on": len(sides.train), "sizes": [len(each) for each in sets], "chance": chances,
            "apart": sides.natural_test is not None,
        }  # fmt: skip
        self.ledger.put(HEAD, head)
        start = 0
        for each in sets:
            keep_samples(self.ledger, start, each.ids, each.groups)
            start += len(each)
        self.ledger.commit()

    def _next(self, made: Sequence[str]) -> str:
        """Return what to train on next: clean data, then the natural, then what costs the clean model most."""
        left = [each for each in self.job.sources if each not in made]
        known = [key(CLEAN, target) for target in self.job.targets]
        if left[0] in {CLEAN, NATURAL} or not finished(self.ledger, self.cells, known):
            return left[0]
        sign = -1.0 if self.job.metric.higher_is_better else 1.0
        worst = {each: sign * self._value(CLEAN, each) for each in left}
        marked = [each for each in left if each == self.job.natural]
        return marked[0] if marked else max(left, key=lambda each: worst[each])

    def _value(self, source: str, target: str) -> float:
        rows = list(self.ledger.rows(self.cells[key(source, target)]))
        found = self.job.metric.of(np.concatenate([row.scores for row in rows]))
        return -np.inf if np.isnan(found) else found

    def _one(self, source: str, number: int) -> str:
        """Fit and test one model; say why there is none, nothing where there is."""
        names = [key(source, target) for target in self.job.targets]
        if finished(self.ledger, self.cells, names):
            self._tell(number + 1, f"{source}: kept")
            return ""
        self._tell(number, f"fitting on {source}{self._left(number)}")
        began = time.perf_counter()
        try:
            model = self._fitted(source)
        except ModelError as error:
            if source == CLEAN:
                raise
            return " ".join(str(error).split())
        rows = [row for target in self.job.targets for row in self._tested(model, source, target)]
        for row in rows:
            self.ledger.write(row)
        self.ledger.commit()
        self.seconds.append(time.perf_counter() - began)
        self._tell(number + 1, f"{source}: fitted and tested")
        return ""

    def _fitted(self, source: str) -> Model:
        """Return the model that the hook trains.

        Raises:
            ModelError: it fails, or gives none.
        """
        sides = self.job.sides
        data = sides.natural_train if source == NATURAL else sides.train
        assert data is not None
        what = f"the hook fit on {source} data"
        try:
            given = noisy(data, self.by_name.get(source), self.job.at, self.train)
            made = self.job.fit(given)
        except Exception as error:
            hint = "fit(data) gets a Dataset and returns a trained model"
            raise ModelError(f"{what} failed: {reason(error)}\n  {hint}") from error
        if made is None:
            hint = "return the trained model: a callable, a module, an estimator"
            raise ModelError(explain(f"a model from {what}", "model", None, hint))
        return as_model(made, device=self.job.device, containers=data.containers)

    def _tested(self, model: Model, source: str, target: str) -> list[Row]:
        """Return the scores of a model under one noise."""
        sides = self.job.sides
        data = sides.natural_test if target == NATURAL else sides.test
        assert data is not None
        sweep = self.by_name.get(target)
        parts: list[Floats] = []
        reasons: dict[int, str] = {}
        done = 0
        scorer = Scorer([self.job.metric])
        for batch in data.batches(self.job.batch_size):
            n = len(batch)
            made = Noised(dict(batch.inputs), None, {})
            if sweep is not None:
                source_ = Source.of(batch, protect=data.protect)
                made = make_noise(sweep, self.job.at, 0, batch.inputs, source_, self.test)
                made = move_targets(made, batch.targets, data.moves)
            targets = batch.targets if made.targets is None else made.targets
            scored = scorer.score(n, _answers(model, made, n), targets, Evaluated((), None, {}))
            parts.append(scored.scores)
            reasons |= {done + row: why for row, why in scored.failures.items()}
            done += n
        start = len(sides.test) if target == NATURAL else 0
        return rows_of(self.cells[key(source, target)], start, np.concatenate(parts), reasons)

    def _left(self, number: int) -> str:
        """Say how long the rest will take, from the models so far."""
        if not self.seconds:
            return ""
        left = (self.job.wanted - number) * float(np.mean(self.seconds))
        return f"; about {left:.0f} s left" if left < 90 else f"; about {left / 60:.0f} min left"

    def _tell(self, done: int, what: str) -> None:
        if self.progress is not None:
            self.progress(done, self.job.wanted, what)

    def _stopped(self, count: int) -> str:
        share = f"interrupted after {count} of {self.job.wanted} models"
        if self.directory is None:
            return f"{share}\n  nothing was kept; give run_dir= to be able to go on"
        hint = f"run the same again, with run_dir={str(self.directory)!r}, to go on"
        return f"{share}; all of them are kept in {self.directory}\n  {hint}"


def _answers(model: Model, made: Noised, n: int) -> Evaluated:
    """Return the outputs of a model for a batch with noise in it."""
    rows = np.arange(n) if made.rows is None else made.rows
    if not len(rows):
        return Evaluated((), made.rows, dict(made.failures))
    found = safe_predict(model, made.inputs, len(rows))
    failures = {int(rows[i]): why for i, why in found.failures.items()}
    return Evaluated(found.outputs, made.rows, {**made.failures, **failures})


def _chance(metric: Metric, data: Dataset) -> float | None:
    try:
        found: Mapping[str, Any] | float | None = metric.chance(data.targets)
    except (MetricError, TypeError, ValueError):
        return None
    return found if isinstance(found, float) else None
