"""The audit: a run of a plan and everything that is read off it; the only thing a report reads."""

import importlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from noisebench._audit import Audit
from noisebench._bisected import search_of
from noisebench._calibrated import Calibrated, equal_doses
from noisebench._gates import check_baseline
from noisebench._header import COMPLETE, STOPPED, make_header
from noisebench._known import chance_of_places, chance_on
from noisebench._locate import locate_of
from noisebench._roles import left_open
from noisebench._rundir import GALLERY, HEADER, locked, open_ledger, visited_by_data, write_header
from noisebench._specimen import export, unpack
from noisebench._stopped import AUTO, BISECT, LOCATE, budget_of, check_budget, stopper_of
from noisebench._work import plain_column
from noisebench.data import Dataset
from noisebench.data._moves import SCORED_BY
from noisebench.errors import DataError, MetricError, PlanError
from noisebench.gate import Gate, Stopper, demand, gates_of, grid_with, opened_audit, scale_of
from noisebench.ledger import Ledger
from noisebench.metrics import Metric, get_metric
from noisebench.models import Model, as_model, check_hook
from noisebench.plan import Plan, Selection, make_plan
from noisebench.run import Interrupted, Progress, Searching, execute
from perturbations.errors import explain

__all__ = ["Audit", "MetricLike", "audit", "load"]

_DISTANCES = ("mae", "rmse")
"""Metrics on numbers, which keypoints are, too."""

MetricLike = str | Metric | Callable[..., Any]

GateLike = Gate | Mapping[str, Any]


def audit(
    model: Any,
    data: Dataset,
    *,
    perturbations: Selection | Iterable[Selection] = "all",
    metric: MetricLike | Sequence[MetricLike] = "accuracy",
    severities: int | Iterable[float] = 5,
    replicates: int = 1,
    seed: int = 0,
    run_dir: Path | str | None = None,
    batch_size: int = 256,
    workers: int = 1,
    device: Any = None,
    distortion: str = "subset",
    gallery: bool = True,
    confidence: float = 0.95,
    bootstrap: int = 2000,
    calibrated: Calibrated = False,
    gates: "GateLike | Sequence[GateLike]" = (),
    compose: int = 0,
    budget: str | None = None,
    claim: str | None = None,
    bounds: Sequence[float] | None = None,
    name: str = "",
    note: str = "",
    command: str = "",
    progress: Progress | None = None,
) -> Audit:
    """Put noise into data and measure how a model takes it.

    Args:
        model: a callable, a torch module, a scikit-learn estimator, or anything with `predict`.
        data: what the model is for.
        perturbations: sweeps, names, modalities, patterns, or "all".
        metric: a name, a Metric, a function (outputs, targets) -> (n,), or several; the first draws the curves.
        severities: how many equal steps up to 1, or the severities themselves.
        replicates: draws of every noise.
        seed: seed of all noise and of the order of the visit.
        run_dir: where the run is kept; the same call on the same directory resumes. None keeps nothing.
        batch_size: samples in a model call.
        workers: threads that make noise while the model predicts; 0 makes it between the calls.
        device: where a torch module runs.
        distortion: what distortion is measured on: "subset" (256 samples), "all" or "none".
        gallery: whether to keep a clean and a noisy value of each noise.
        confidence: of bands and intervals.
        bootstrap: number of resamples behind them.
        calibrated: run every noise at the severities of equal dose rather than at equal severities: True measures the doses
            first, on a few samples that are then left out where enough others are; a lock file or what `calibrate`
            returned is taken as it is, and refused where it was measured on other data, unless it is
            `Calibration.load(path).for_other_data()`. Severities that are listed one by one are run besides.
        gates: what is asked of the curves; `audit.gates` has the answers. Severities that they name join the plan.
        compose: most cells to spend, after the run, on noises in twos; see `compose`. 0 measures none.
        budget: "auto" stops sampling where the gates are decided, and runs only cells that they ask about; "bisect" follows each
            sample to the severity at which it breaks, where a check shows that the noise allows it; "locate" finds where a tenth
            of the performance above chance is lost; None runs everything.
        claim: what gates are about: "set", these samples under this noise (the default of "auto"), or "population", all
            samples like these (the default without).
        bounds: least and largest score of a sample, where the metric does not bound it and sampling is to stop early.
        name: title for the report.
        note: what readers should know of model and data, for the report.
        command: what makes this audit again, for the report.
        progress: told of steps done, steps in all (0 when unknown), and what was just done.

    Raises:
        NoisebenchError: the model, the data, the metric or the plan is not what it should be.
        ModelError: the model failed on every clean sample for one reason; `load(run_dir)` has what was seen.
        Interrupted: Ctrl-C; the message says how to go on.
    """
    _check_run(data, batch_size, workers)
    chosen = _metrics(metric, data)
    asked = gates_of(gates)
    about = claim or ("set" if budget == AUTO else "population")
    check_budget(budget, claim, asked, data, compose=compose)
    ready = as_model(model, device=device, containers=data.containers)
    plan = make_plan(
        data, perturbations, metrics=[each.name for each in chosen], severities=grid_with(severities, asked),
        replicates=replicates, seed=seed, distortion=distortion,
    )  # fmt: skip
    plan = replace(plan, by_data=budget is not None or visited_by_data(run_dir))
    check_hook(ready, left_open(plan.sweeps))
    listed = grid_with([], asked) if isinstance(severities, int) else plan.severities
    equal = equal_doses(
        calibrated, ready, data, plan, listed=listed, run_dir=run_dir, batch_size=batch_size,
        progress=progress,
    )  # fmt: skip
    if equal is not None:
        data, plan = equal.data, equal.plan
    _check_gates(asked, plan)
    config = {
        "perturbations": [str(sweep) for sweep in plan.sweeps], "metric": chosen[0].name,
        "severities": list(plan.severities), "replicates": replicates, "seed": seed,
        "batch_size": batch_size, "workers": workers, "distortion": distortion, "gallery": gallery,
        "confidence": confidence, "bootstrap": bootstrap,
        **({"gates": [gate.to_json() for gate in asked], "claim": about} if asked else {}),
        **({"budget": budget} if budget else {}),
    }  # fmt: skip
    header = make_header(ready, data, plan, chosen, config) | {
        "name": name, "note": note, "command": command,
        **({} if equal is None else equal.header),
    }  # fmt: skip
    stopper: Stopper | None = None
    search: Searching | None = None
    targets = data.targets if data.indexable else None
    column = [] if targets is None else plain_column(targets)
    if _too_big(column, targets):
        header["chance"] = chance_of_places(chosen, targets)
    if budget == BISECT:
        header["budget"] = {"mode": BISECT}
        search = search_of(header, chosen[0])
    elif budget is not None:
        known = header.get("chance", {}).get(chosen[0].name, chance_on(chosen[0], column))
        scale, order = scale_of(chosen[0], bounds), data.order(plan.order_seed)
        header["budget"] = budget_of(about, confidence, scale, known, mode=budget)
        if budget == LOCATE:
            search = locate_of(header, chosen[0], order)
        else:
            stopper = stopper_of(header, chosen[0], asked, order)
    kept = run_dir is not None
    directory = Path(tempfile.mkdtemp(prefix="noisebench-") if run_dir is None else run_dir)
    try:
        _run(
            ready, data, plan, chosen, header, directory, durable=kept, progress=progress, stopper=stopper,
            search=search,
        )  # fmt: skip
        found = Audit(directory, temporary=not kept, gates=asked)
    except BaseException:
        if not kept:
            shutil.rmtree(directory, ignore_errors=True)
        raise
    return _with_pairs(found, model, data, chosen, compose, device, progress) if compose else found


def _too_big(column: Sequence[Any], targets: Any) -> bool:
    """Tell whether there are targets that a record does not hold."""
    return any(kept is None and targets[i] is not None for i, kept in enumerate(column))


def _with_pairs(
    found: Audit,
    model: Any,
    data: Dataset,
    metrics: Sequence[Metric],
    cells: int,
    device: Any,
    progress: Progress | None,
) -> Audit:
    """Add noises in twos; where there are none to add, say why, and keep the audit."""
    # By name: composing knows the audit, not the other way round.
    module = importlib.import_module("noisebench.compose")
    try:
        module.compose(
            found, model, data, cells=cells, metrics=metrics, device=device, progress=progress
        )
    except PlanError as error:
        print(f"no noises in twos: {error}")  # noqa: T201 - where the cost of the pairs would be told
    return found


def load(path: Path | str) -> Audit:
    """Read an audit from its run directory.

    Raises:
        LedgerError: there is no audit, or a damaged one.
    """
    return Audit(path)


def _run(
    model: Model,
    data: Dataset,
    plan: Plan,
    metrics: Sequence[Metric],
    header: dict[str, Any],
    directory: Path,
    *,
    durable: bool,
    progress: Progress | None,
    stopper: Stopper | None = None,
    search: Searching | None = None,
) -> None:
    with locked(directory), closing(open_ledger(directory, plan, durable=durable)) as ledger:
        header["created"] = _created(ledger, header["created"])
        fresh = not (directory / HEADER).exists()
        if fresh:
            write_header(directory, header)
        config = header["config"]
        try:
            execute(
                model, data, plan, metrics, ledger, batch_size=config["batch_size"],
                workers=config["workers"], gallery=config["gallery"], progress=progress,
                stopping=stopper, search=search,
            )  # fmt: skip
        except Interrupted as stop:
            _finish(ledger, directory, header, STOPPED)
            raise Interrupted(_how_to_go_on(str(stop), directory, kept=durable)) from None
        except BaseException:
            if fresh:
                _finish(ledger, directory, header, STOPPED)
            raise
        _finish(ledger, directory, header, COMPLETE)
        ledger.seal()


def _finish(ledger: Ledger, directory: Path, header: dict[str, Any], status: str) -> None:
    keys = ("nondeterminism", "warnings", "widths", "samples", "broken", "absent")
    findings = {key: ledger.get(key) for key in keys}
    header |= {"status": status} | {k: v for k, v in findings.items() if v is not None}
    if header["data"]["samples"] is None:
        header["data"]["samples"] = findings["samples"]
    write_header(directory, header)
    if status == COMPLETE and header["config"]["gallery"]:
        export([unpack(*each) for each in ledger.specimens()], directory / GALLERY)


def _created(ledger: Ledger, now: str) -> str:
    created = ledger.get("created")
    if created is None:
        ledger.put("created", now)
        ledger.commit()
    return str(created or now)


def _how_to_go_on(stop: str, directory: Path, *, kept: bool) -> str:
    if kept:
        return f"{stop}\n  run the same command again, with run_dir={str(directory)!r}, to go on"
    return f"{stop.partition(';')[0]}\n  nothing was kept; give run_dir= to be able to go on"


def _check_gates(gates: Sequence[Gate], plan: Plan) -> None:
    """Refuse, before anything runs, a gate on what will not be tested, and a baseline that is not of these data."""
    sweeps = {str(sweep): sweep for sweep in plan.sweeps}
    for gate in gates:
        for name in gate.chosen(list(sweeps)):
            if not isinstance(gate.tolerance_at_least, Mapping):
                demand(gate, name, plan.severities_of(sweeps[name]))
        if gate.no_worse_than is not None:
            check_baseline({"plan": plan.identity()}, opened_audit(gate.no_worse_than))


def _metrics(metric: MetricLike | Sequence[MetricLike], data: Dataset) -> tuple[Metric, ...]:
    given = (
        list(metric) if isinstance(metric, Sequence) and not isinstance(metric, str) else [metric]
    )
    found = tuple(get_metric(each) for each in given)
    names = [each.name for each in found]
    if not found or len(set(names)) < len(names):
        raise MetricError(explain("metrics with different names", "metric", names))
    unlabelled = data.indexable and data.targets is None
    for each in found:
        if each.needs_targets and unlabelled:
            hint = 'give Dataset(targets=...), or use metric="agreement", which compares with the clean prediction'
            raise MetricError(explain(f"targets for {each.name}", "targets", None, hint))
    for wanted in given:
        _check_scores_moved(wanted, data)
    return found


def _check_scores_moved(metric: MetricLike, data: Dataset) -> None:
    """Refuse a metric of ours that cannot read the targets that move; a user's own may read what it likes."""
    kinds = [kind for kinds in data.moves.values() for kind in kinds]
    fitting = [metric for kind in kinds for metric in SCORED_BY[kind]]
    if not kinds or not isinstance(metric, str) or not get_metric(metric).needs_targets:
        return
    name = get_metric(metric).name
    if name in fitting or (name in _DISTANCES and "keypoints" in kinds):
        return
    named = " or ".join(f'metric="{each}"' for each in fitting)
    hint = f"{named} scores {' and '.join(kinds)}; or give a function (outputs, targets) -> one score per sample"
    expected = f"a metric on targets that move ({', '.join(kinds)})"
    raise MetricError(explain(expected, "metric", metric, hint))


def _check_run(data: object, batch_size: object, workers: object) -> None:
    if not isinstance(data, Dataset):
        hint = 'make one: nb.Dataset({"image": images}, targets=labels)'
        raise DataError(explain("a Dataset", "data", data, hint))
    for name, value, least in (("batch_size", batch_size, 1), ("workers", workers, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise PlanError(explain(f"a whole number of at least {least}", name, value))
