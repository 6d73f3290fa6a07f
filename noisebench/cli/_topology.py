"""`topology`: how the noises of a run lie to each other, in sentences and tables."""

from pathlib import Path
from typing import TYPE_CHECKING

from noisebench.cli._console import console, plain, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from noisebench.topology import Distances, Suite, Topology

NUMBERED = 12
"""Noises whose distances fit beside each other; of more, the nearest of each is shown."""


def show_topology(run: Path, metric: str | None, *, json: bool) -> int:
    """Print what is known of the noises of a run."""
    from noisebench.audit import load

    found = load(run).topology(metric=metric)
    if json:
        print_json(found.to_json())
    else:
        _say(found)
    return 0


def _say(found: "Topology") -> None:
    out = console()
    for sentence in found.findings:
        out.print(plain(sentence))
    for distances in found.geometries.values():
        out.print()
        out.print(_matrix(distances) if len(distances) <= NUMBERED else _nearest(distances))
    if found.suite is not None and found.suite.predicted:
        out.print()
        out.print(_predicted(found.suite))
    if found.unsaid:
        out.print()
    for each in found.unsaid:
        out.print(f"[dim]cannot be said: {plain(each)}[/dim]")


def _table(title: str) -> "Table":
    from rich.table import Table

    return Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")


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
