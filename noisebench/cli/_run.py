"""`run`, `demo` and `report`: from a configuration to a report, with progress and a table."""

import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noisebench._skipped import grouped
from noisebench._understood import understood
from noisebench.cli._console import console, plain, print_json, progress
from noisebench.cli._doses import at_equal_dose, dose_lines
from noisebench.cli._gates import (
    gate_reasons,
    gate_records,
    gate_status,
    gate_table,
    summarise,
    write_junit,
)
from noisebench.cli._table import account_lines, curve_table
from noisebench.config import AuditConfig, find_config, load_data, load_object, read_config
from noisebench.errors import ConfigError, PlanError
from perturbations._extras import missing
from perturbations.errors import did_you_mean, explain

if TYPE_CHECKING:
    from rich.console import Console

    from noisebench.audit import Audit
    from noisebench.curve import Curve
    from noisebench.gate import Gate
    from noisebench.plan import Plan

RUNS = Path("reports/runs")
"""Where runs are kept unless a folder is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says beside the target."""

    noises: list[str] | None = None
    severities: str | None = None
    replicates: int | None = None
    seed: int | None = None
    metric: str | None = None
    calibrated: bool = False
    lock: Path | None = None
    other_data: bool = False
    budget: str | None = None
    claim: str | None = None
    run_dir: Path | None = None
    dry_run: bool = False
    fresh: bool = False
    strict: bool = False
    junit: Path | None = None
    json: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything that an audit needs, wherever it was written down."""

    name: str
    title: str
    note: str
    model: Any
    data: Any
    arguments: dict[str, Any]
    run_dir: Path
    gates: Sequence["Gate"] = ()
    compared: str = ""
    """The command that compares several models on this; empty where there is one."""


def run_audit(target: str | None, options: Options) -> int:
    """Run an audit, print its table, write its report; return the exit status."""
    out = console(error=True) if options.json else console()
    job = make_job(target, options)
    out.print(f"[bold]{plain(job.title)}[/bold]")
    if job.note:
        out.print(f"[dim]{plain(' '.join(job.note.split()))}[/dim]")
    _check_gates(job)
    if options.dry_run:
        return _dry_run(job, options)
    if options.fresh:
        _move_aside(job.run_dir)
    was_complete = _is_complete(job.run_dir)
    started = time.perf_counter()
    try:
        audit = _composed(_execute(job), job, out)
    except KeyboardInterrupt as stop:
        # Typer would drop what the run says about going on.
        console(error=True).print(f"\n[yellow]{plain(stop) or 'interrupted'}[/yellow]")
        return 130
    if was_complete:
        out.print(
            f"[dim]{plain(job.run_dir)} was complete: read again, not run; --fresh begins anew[/dim]"
        )
    paths = audit.report()
    if options.json:
        print_json(_record(audit, job, paths))
    else:
        _say(audit, job, paths, time.perf_counter() - started)
    if options.junit is not None:
        write_junit(audit.gates, job.name, options.junit)
    summarise(audit.gates, job.name)
    return gate_status(audit.gates, strict=options.strict)


def list_demos(*, json: bool) -> int:
    """Print the demo audits."""
    from noisebench import demos

    found = [demos.load(name) for name in demos.names()]
    if json:
        print_json({"demos": [{"name": d.name, "title": d.title, "note": d.note} for d in found]})
        return 0
    from rich.table import Table

    out = console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("demo", no_wrap=True, style="bold")
    table.add_column("what")
    table.add_column("about", justify="right", no_wrap=True)
    for demo in found:
        default = " [dim](the default)[/dim]" if demo.name == demos.DEFAULT else ""
        several = " [dim](--compare: several models)[/dim]" if demo.rivals else ""
        table.add_row(
            plain(demo.name), f"{plain(demo.title)}{default}{several}", f"{demo.seconds:.0f} s"
        )
    out.print(table)
    out.print(
        f"\nRun one: noisebench demo {demos.DEFAULT}. [dim]Its report says where the data comes from.[/dim]"
    )
    return 0


def write_report(run: Path, out: Path | None) -> int:
    """Write the report of a run again."""
    from noisebench.audit import load

    paths = load(run).report(out)
    console().print(f"report: [bold]{plain(paths.html)}[/bold] and {plain(paths.markdown)}")
    return 0


def make_job(target: str | None, options: Options) -> Job:
    """Resolve a demo's name or a configuration, with what the command line overrides.

    Raises:
        ConfigError: neither a demo nor a configuration.
    """
    from noisebench import demos

    if target in demos.names():
        return _demo_job(demos.load(str(target)), options)
    path = Path(target) if target is not None else find_config(Path.cwd())
    if target is not None and not path.exists() and not path.suffix:
        hint = did_you_mean(target, demos.names(), most=1)
        raise ConfigError(
            explain("a configuration file or the name of a demo", "target", target, hint)
        )
    return _config_job(read_config(path, _overrides(options)), path, options)


def _demo_job(demo: Any, options: Options) -> Job:
    arguments = demo.arguments | {"compose": demo.compose} | _overrides(options)
    arguments |= _other_data(options)
    return Job(
        name=demo.name,
        title=demo.title,
        note=demo.note,
        model=demo.model,
        data=demo.data,
        arguments=arguments,
        run_dir=options.run_dir or RUNS / demo.name,
        compared="" if demo.rivals is None else _comparison(demo),
    )


def _comparison(demo: Any) -> str:
    """Return the line that compares the demo's models, after the one that installs what they need."""
    lacks = missing(demo.rivals_need)
    first = f'pip install "noisebench[{",".join(lacks)}]" and then ' if lacks else ""
    return f"{first}noisebench demo {demo.name} --compare"


def _config_job(config: AuditConfig, path: Path, options: Options) -> Job:
    folder = path.resolve().parent
    from noisebench.gate import grid_with

    sweep, gates = config.sweep.model_dump(), [gate.gate(folder) for gate in config.gates]
    given, calibrated = config.sweep.severities, config.sweep.calibrated
    asked = grid_with([], gates) if calibrated and isinstance(given, int) else []
    severities = asked or grid_with(given, gates)
    arguments = sweep | {"severities": severities, "device": config.model.device}
    if isinstance(calibrated, str) and options.lock is None:
        # As it is written: beside the configuration, wherever the command is called.
        arguments["calibrated"] = str(folder / calibrated)
    arguments |= _other_data(options)
    return Job(
        name=config.name,
        title=f"audit of {config.model.load} on {config.data.load}",
        note="",
        model=load_object(config.model.load, folder=folder),
        data=load_data(config.data.load, folder=folder),
        arguments=arguments,
        run_dir=options.run_dir or Path(config.run_dir or RUNS / config.name),
        gates=gates,
    )


def _overrides(options: Options) -> dict[str, Any]:
    given = {
        "perturbations": options.noises,
        "severities": parse_severities(options.severities),
        "replicates": options.replicates,
        "seed": options.seed,
        "metric": options.metric,
        "calibrated": str(options.lock) if options.lock else options.calibrated or None,
        "budget": options.budget,
        "claim": options.claim,
    }
    return {key: value for key, value in given.items() if value is not None}


def _other_data(options: Options) -> dict[str, Any]:
    """Return the doses of a lock file, where they are to serve other data."""
    if not options.other_data:
        return {}
    if options.lock is None:
        hint = "name the lock file, too: --lock noisebench.lock.json --other-data"
        raise ConfigError(explain("a lock file", "lock", None, hint))
    from noisebench.calibration import read

    return {"calibrated": read(options.lock).for_other_data()}


def parse_severities(text: str | None) -> int | list[float] | None:
    """Read "5" as a count and "0.2,0.4" or "0.4" as severities.

    Raises:
        ConfigError: it is neither.
    """
    if text is None:
        return None
    try:
        if text.strip().isdigit() and int(text) > 1:
            return int(text)
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise ConfigError(
            explain("a count (5) or severities (0.2,0.4)", "severities", text)
        ) from None


def _execute(job: Job) -> "Audit":
    from noisebench.audit import audit

    command = shlex.join(["noisebench", *sys.argv[1:]])
    units = {"auto": "gates decided", "bisect": "of all in full", "locate": "of all in full"}
    unit = units.get(job.arguments.get("budget", ""), "steps")
    with progress(job.name, unit=unit) as advance:
        return audit(
            job.model,
            job.data,
            **{name: value for name, value in job.arguments.items() if name != "compose"},
            gates=job.gates,
            run_dir=job.run_dir,
            name=job.title,
            note=job.note,
            command=command,
            progress=advance,
        )


def _composed(audit: "Audit", job: Job, out: "Console") -> "Audit":
    """Add noises in twos within the budget of the job; what it costs is said first."""
    cells = job.arguments.get("compose", 0)
    if not cells or audit.header.get("broken"):
        return audit
    try:
        return add_pairs(audit, job, cells, out)
    except PlanError as error:
        out.print(f"[dim]no noises in twos: {plain(error)}[/dim]")
        return audit


def add_pairs(audit: "Audit", job: Job, cells: int, out: "Console", **options: Any) -> "Audit":
    """Add noises in twos to a run.

    Raises:
        PlanError: the run is not finished, or has no two noises that can be measured together.
    """
    from noisebench.compose import compose

    def tell(text: str) -> None:
        out.print(f"[dim]{plain(text)}[/dim]")

    with progress(f"{job.name}, noises in twos") as advance:
        return compose(
            audit,
            job.model,
            job.data,
            cells=cells,
            device=job.arguments.get("device"),
            tell=tell,
            progress=advance,
            **options,
        )


AT_MOST = {
    "auto": "sampling stops where the gates are decided",
    "bisect": "samples are asked only where it shows at which severity they break",
    "locate": "samples are taken only at severities that show where a tenth is lost",
}
"""Why a run with a budget may take less than its plan."""


def _check_gates(job: Job) -> None:
    """Refuse a gate on a noise that will not be tested, and a budget that cannot be kept, before anything runs."""
    from noisebench._stopped import check_budget
    from noisebench.plan import expand, grid

    budget, claim, compose = (job.arguments.get(each) for each in ("budget", "claim", "compose"))
    check_budget(budget, claim, job.gates, job.data, compose=compose or 0)
    if not job.gates:
        return

    severities = grid(job.arguments.get("severities", 5))
    sweeps, _ = expand(job.arguments.get("perturbations", "all"), job.data, severities)
    for gate in job.gates:
        gate.chosen([str(sweep) for sweep in sweeps])


def _is_complete(folder: Path) -> bool:
    from noisebench.audit import load
    from noisebench.errors import LedgerError

    try:
        return load(folder).complete
    except LedgerError:
        return False


def _dry_run(job: Job, options: Options) -> int:
    from noisebench.metrics import get_metric
    from noisebench.models import as_model
    from noisebench.plan import make_plan
    from noisebench.run import probe

    given, budget = dict(job.arguments), job.arguments.get("budget")
    names = given.get("metric", "accuracy")
    metrics = [get_metric(name) for name in (names if isinstance(names, list) else [names])]
    model = as_model(job.model, device=given.get("device"), containers=job.data.containers)
    kept = ("severities", "replicates", "seed", "distortion")
    plan = make_plan(
        job.data,
        given.get("perturbations", "all"),
        metrics=[metric.name for metric in metrics],
        **{key: given[key] for key in kept if key in given},
    )
    size = given.get("batch_size", 256)
    workers = given.get("workers", 1)
    cost, plan = _at_equal_dose(given, model, job, plan)
    seconds = probe(model, job.data, plan, batch_size=size, workers=workers)
    said = understood(job.data, seed=plan.seed)
    if options.json:
        known: dict[str, Any] = {"understood": said} if said else {}
        known |= {"calibration": cost} if cost else {}
        print_json({"plan": plan.identity(), "cells": len(plan.cells), "seconds": seconds, **known})
    else:
        out = console()
        if cost:
            out.print(plain(cost))
        out.print(plain(plan.describe(batch_size=size, seconds=seconds)))
        if budget is not None:
            out.print(f"at most: {AT_MOST[budget]}")
        for name, words in said.items():
            out.print(f"{plain(name)}, as understood:")
            out.print("\n".join(f"  {plain(head)}: {plain(text)}" for head, text in words.items()))
        if cells := given.get("compose", 0):
            out.print(f"then at most {cells} cells for noises in twos, chosen from the curves")
        out.print(f"\n[dim]would be kept in {plain(job.run_dir)}; run it without --dry-run[/dim]")
    return 0


def _at_equal_dose(
    given: Mapping[str, Any], model: Any, job: Job, plan: "Plan"
) -> tuple[str, "Plan"]:
    """Return what measuring the doses would take, or the plan at the severities that are known."""
    from noisebench._calibrated import equal_doses, job_of

    calibrated, size = given.get("calibrated", False), given.get("batch_size", 256)
    if calibrated is True:
        cost = job_of(model, job.data, plan, batch_size=size).cost.text
        return f"calibrating first: {cost}; the cells below are counted at equal severities", plan
    listed = () if isinstance(given.get("severities", 5), int) else plan.severities
    equal = equal_doses(calibrated, model, job.data, plan, listed=listed, batch_size=size)
    return "", plan if equal is None else equal.plan


def _move_aside(folder: Path) -> None:
    if not folder.exists():
        return
    number = 1
    while (aside := folder.with_name(f"{folder.name}.{number}")).exists():
        number += 1
    folder.rename(aside)


def _say(audit: "Audit", job: Job, paths: Any, seconds: float) -> None:
    out = console()
    out.print()
    out.print(curve_table(audit, out.width))
    if audit.gates:
        out.print()
        out.print(gate_table(audit.gates))
        for line in gate_reasons(audit.gates):
            out.print(line)
        out.print()
    if failed := audit._left_out.charged(audit.failures):  # noqa: SLF001 - a part of the audit in a file of its own
        out.print(
            f"[yellow]{len(failed)} evaluations failed[/yellow]; the report says which and why"
        )
    for each in grouped(audit.skipped):
        out.print(f"[dim]not tested: {plain(each)}[/dim]")
    out.print(f"\n{plain(_first_sentences(audit))}")
    for each in [*account_lines(audit), *dose_lines(audit)]:
        out.print(plain(each))
    out.print(f"report: [bold]{plain(paths.html)}[/bold] [dim]({seconds:.0f} s)[/dim]")
    out.print(
        f"[dim]the same for a code host: {plain(paths.markdown)}; the run: {plain(audit.directory)}[/dim]"
    )
    if job.compared:
        out.print(f"[dim]several models in one report: {plain(job.compared)}[/dim]")


def _first_sentences(audit: "Audit") -> str:
    return "\n".join(line for line in audit.verdict if not line.startswith("Not tested"))


def _answers(curve: "Curve") -> dict[str, Any]:
    """Return what a curve answers beside its points, each with its sentence."""
    found: dict[str, Any] = {
        "area": curve.area,
        "tolerance": curve.tolerance(),
        "psychometric": curve.psychometric,
        "uncertainty": curve.uncertainty,
    }
    return {name: asdict(each) for name, each in found.items()}


def _record(audit: "Audit", job: Job, paths: Any) -> dict[str, Any]:
    return {
        "name": job.name,
        "verdict": list(audit.verdict),
        "curves": audit.to_table(),
        "answers": {name: _answers(curve) for name, curve in audit.curves.items()},
        "gates": gate_records(audit.gates),
        "modalities": audit.modalities().to_json() if audit.multimodal else None,
        "doses": audit.doses().to_json() if at_equal_dose(audit) else None,
        "failures": len(audit.failures),
        "skipped": dict(audit.skipped),
        "report": {"html": str(paths.html), "markdown": str(paths.markdown)},
        "run": str(audit.directory),
    }
