"""`topology`: how the noises of a run lie to each other, in sentences and tables."""

from pathlib import Path
from typing import TYPE_CHECKING

from noisebench._rundir import HEADER
from noisebench.cli._console import console, plain, print_json
from noisebench.cli._run import Job, Options, add_pairs, make_job
from noisebench.errors import ConfigError
from perturbations.errors import explain

if TYPE_CHECKING:
    from rich.table import Table

    from noisebench.audit import Audit
    from noisebench.topology import Composition, Distances, Suite, Topology

NUMBERED = 12
"""Noises whose distances fit beside each other; of more, the nearest of each is shown."""


def show_topology(
    target: str, metric: str | None, compose: int | None, *, dry_run: bool, json: bool
) -> int:
    """Print what is known of the noises of a run; with a budget, measure them in twos first.

    Raises:
        ConfigError: noises in twos are wanted, and the target names no model and data.
    """
    job = _job(target, needed=compose is not None)
    audit = _loaded(target, job)
    out = console(error=True) if json else console()
    if compose is not None and job is not None:
        if dry_run:
            return _dry_run(audit, job, compose)
        audit = add_pairs(audit, job, compose, out)
    found = audit.topology(metric=metric)
    if json:
        print_json(found.to_json())
    else:
        _say(found)
    return 0


def _job(target: str, *, needed: bool) -> Job | None:
    """Return the model and the data that a target names; None for the folder of a run."""
    if (Path(target) / HEADER).exists():
        if needed:
            hint = "name the audit.toml or the demo that it is a run of: noisebench topology audit.toml --compose 60"
            raise ConfigError(
                explain("a configuration or a demo, which has a model", "target", target, hint)
            )
        return None
    return None if Path(target).is_dir() else make_job(target, Options())


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
        out.print()
        out.print(_matrix(distances) if len(distances) <= NUMBERED else _nearest(distances))
    if found.composition is not None:
        out.print()
        out.print(_pairs(found.composition))
    if found.suite is not None and found.suite.predicted:
        out.print()
        out.print(_predicted(found.suite))
    if found.unsaid:
        out.print()
    for each in found.unsaid:
        out.print(f"[dim]cannot be said: {plain(each)}[/dim]")


def _table() -> "Table":
    from rich.table import Table

    return Table(box=None, pad_edge=False, header_style="bold")


def _matrix(distances: "Distances") -> "Table":
    table = _table(f"{distances.kind} distance: {plain(distances.meaning)} ({distances.ground})")
    table.add_column("", justify="right", style="dim")
    table.add_column("noise", overflow="fold")
    for number in range(1, len(distances) + 1):
        table.add_column(str(number), justify="right", no_wrap=True)
    for i, name in enumerate(distances.names):
        cells = [f"{distances.values[i, j]:.2f}" for j in range(i)]
        table.add_row(str(i + 1), plain(name), *cells, "[dim]·[/dim]")
    return table


def _nearest(distances: "Distances") -> "Table":
    table = _table(f"{distances.kind} distance: {plain(distances.meaning)} ({distances.ground})")
    for column in ("noise", "nearest noise", "distance"):
        table.add_column(column, overflow="fold")
    for name in distances.names:
        nearest = distances.nearest(name)
        found = distances[name, nearest]
        interval = f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"
        table.add_row(plain(name), plain(nearest), interval)
    return table


def _pairs(composition: "Composition") -> "Table":
    table = _table(
        "noises in twos: share of the samples that is left (* surely not what the two do alone; adjusted over pairs)"
    )
    for column in (
        "first",
        "second",
        "both",
        "if independent",
        "beyond what either breaks",
        "losses",
    ):
        table.add_column(column, overflow="fold")
    for pair in composition.pairs:
        one, other = (each.value for each in pair.alone)
        beyond = f"{pair.interaction.value:+.2f} [{pair.interaction.low:+.2f}, {pair.interaction.high:+.2f}]"
        table.add_row(
            plain(pair.first),
            plain(pair.second),
            f"{pair.both.value:.2f}",
            f"{one:.2f} x {other:.2f} = {one * other:.2f}",
            beyond + ("*" if pair.sure else ""),
            pair.verdict,
        )
    return table


def _predicted(suite: "Suite") -> "Table":
    table = _table("what the suite predicts of the others (share of the variance, cross-validated)")
    for column in ("noise", "predicted by", "share"):
        table.add_column(column, overflow="fold")
    for each in suite.predicted:
        value, (by, _) = each.explained, each.by[0]
        table.add_row(
            plain(each.name), plain(by), f"{value.value:.2f} [{value.low:.2f}, {value.high:.2f}]"
        )
    return table
