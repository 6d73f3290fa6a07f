"""`topology`: how the noises of a run relate to each other, in sentences and tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from noisebench._rundir import HEADER, PAIRS
from noisebench.cli._console import console, plain, print_json
from noisebench.cli._maps import say_within, show_several
from noisebench.cli._run import Job, Options, add_pairs, make_job
from noisebench.errors import ConfigError
from perturbations.errors import explain

if TYPE_CHECKING:
    from rich.table import Table

    from noisebench.audit import Audit
    from noisebench.curve import Estimate
    from noisebench.topology import Composition, Distances, Suite, Topology

NUMBERED = 12
"""Noises whose distances fit beside each other; of more, the nearest of each is shown."""

TWOS = (
    "noises in twos: share of the samples that is left; both less independent is shared difficulty and true interaction "
    "(* surely not 0, adjusted over pairs)"
)
ITSELF = "noises after themselves: where doses add up, two draws do what one draw of the joint dose does, and the index is 1"
PREDICTED = "what the suite predicts of the others (share of the variance of each, cross-validated)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line says beside the runs."""

    metric: str | None = None
    compose: int | None = None
    run_dir: Path | None = None
    dry_run: bool = False
    json: bool = False


def show_topology(targets: Sequence[str], wanted: Wanted) -> int:
    """Print what is known of the noises of a run, and of several how far their maps are apart.

    With a budget, noises are measured in twos first.

    Raises:
        ConfigError: noises in twos are wanted, and the target names no model and data; or of several runs; or the folder of
            a run is named twice.
    """
    runs = _expanded(targets)
    if len(runs) > 1:
        return _several(runs, wanted)
    (target,) = runs
    job = _job(target, wanted)
    audit = _loaded(target, job)
    out = console(error=True) if wanted.json else console()
    if wanted.compose is not None and job is not None:
        if wanted.dry_run:
            return _dry_run(audit, job, wanted.compose)
        audit = add_pairs(audit, job, wanted.compose, out)
    found = audit.topology(metric=wanted.metric)
    if wanted.json:
        print_json(found.to_json())
    else:
        _say(found)
        say_within(audit, wanted.metric)
    return 0


def _several(runs: Sequence[str], wanted: Wanted) -> int:
    if wanted.compose is not None:
        raise ConfigError(explain("one run where noises are measured in twos", "runs", runs))
    if wanted.run_dir is not None:
        raise ConfigError(explain("one audit.toml or demo beside --run-dir", "runs", runs))
    return show_several(runs, wanted.metric, json=wanted.json)


def _expanded(targets: Sequence[str]) -> list[str]:
    """Return runs; a folder of a comparison stands for the runs in it."""
    found = []
    for target in targets:
        folder = Path(target)
        inside = sorted(folder.glob(f"*/{HEADER}")) if folder.is_dir() else []
        runs = [str(each.parent) for each in inside if each.parent.name != PAIRS]
        found += runs if runs and not (folder / HEADER).exists() else [target]
    return found


def _job(target: str, wanted: Wanted) -> Job | None:
    """Return the model and the data that a target names; None for the folder of a run."""
    folder = (Path(target) / HEADER).exists()
    if folder and (wanted.compose is not None or wanted.run_dir is not None):
        hint = (
            "name the audit.toml or the demo that it is a run of, and its folder: "
            f"noisebench topology audit.toml --run-dir {target} --compose {wanted.compose or 60}"
        )
        raise ConfigError(
            explain("a configuration or a demo, which has a model", "target", target, hint)
        )
    if folder or (Path(target).is_dir() and wanted.run_dir is None):
        return None
    return make_job(target, Options(run_dir=wanted.run_dir))


def _loaded(target: str, job: Job | None) -> "Audit":
    from noisebench.audit import load

    return load(target if job is None else job.run_dir)


def _dry_run(audit: "Audit", job: Job, cells: int) -> int:
    from noisebench.compose import plan_pairs

    plan = plan_pairs(audit, job.data, cells=cells)
    console().print(plain(plan.describe(batch_size=audit.header["config"]["batch_size"])))
    return 0


def _say(found: "Topology") -> None:
    out = console()
    for sentence in found.findings:
        out.print(plain(sentence))
    for distances in found.geometries.values():
        title = f"{distances.kind} distance: {distances.meaning} ({distances.ground})"
        _show(title, _matrix(distances) if len(distances) <= NUMBERED else _nearest(distances))
    if found.composition is not None:
        _show(TWOS, _pairs(found.composition))
        if found.composition.itself:
            _show(ITSELF, _itself(found.composition))
    if found.suite is not None and found.suite.predicted:
        _show(PREDICTED, _predicted(found.suite))
    if found.unsaid:
        out.print()
    for each in found.unsaid:
        out.print(f"[dim]cannot be said: {plain(each)}[/dim]")


def _table(*columns: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _show(title: str, table: "Table") -> None:
    """Print a table below its title, which would be folded to the width of a narrow one."""
    out = console()
    out.print(f"\n[italic]{plain(title)}[/italic]")
    out.print(table)


def _matrix(distances: "Distances") -> "Table":
    table = _table()
    table.add_column("", justify="right", style="dim")
    table.add_column("noise", overflow="fold")
    for number in range(1, len(distances) + 1):
        table.add_column(str(number), justify="right", no_wrap=True)
    for i, name in enumerate(distances.names):
        cells = [f"{distances.values[i, j]:.2f}" for j in range(i)]
        table.add_row(str(i + 1), plain(name), *cells, "[dim]·[/dim]")
    return table


def _nearest(distances: "Distances") -> "Table":
    table = _table("noise", "nearest noise", "distance")
    for name in distances.names:
        nearest = distances.nearest(name)
        table.add_row(plain(name), plain(nearest), _said(distances[name, nearest]))
    return table


def _pairs(composition: "Composition") -> "Table":
    table = _table(
        "first",
        "second",
        "both",
        "if independent",
        "shared difficulty",
        "true interaction",
        "losses",
    )
    for pair in composition.pairs:
        one, other = (each.value for each in pair.alone)
        table.add_row(
            plain(pair.first),
            plain(pair.second),
            f"{pair.both.value:.2f}",
            f"{one:.2f} x {other:.2f} = {one * other:.2f}",
            f"{pair.shared.value:+.2f}",
            _said(pair.interaction, "+.2f") + ("*" if pair.sure else ""),
            pair.verdict,
        )
    return table


def _itself(composition: "Composition") -> "Table":
    table = _table("noise", "once", "twice", "if independent", "index", "what adds up")
    for each in composition.itself:
        table.add_row(
            plain(each.name),
            f"{each.alone:.2f}",
            f"{each.both:.2f}",
            f"{each.alone**2:.2f}",
            "-" if each.index is None else f"{_said(each.index)}, expected 1",
            each.adds,
        )
    return table


def _predicted(suite: "Suite") -> "Table":
    table = _table("noise", "predicted by", "share")
    for each in suite.predicted:
        table.add_row(plain(each.name), plain(each.by[0][0]), _said(each.explained))
    return table


def _said(found: "Estimate", form: str = ".2f") -> str:
    return f"{found.value:{form}} [{found.low:{form}}, {found.high:{form}}]"
