"""`invariance`: what the model of a run sees as the same, in sentences and a table."""

from pathlib import Path
from typing import TYPE_CHECKING

from noisebench.cli._console import console, plain, print_json
from noisebench.invariance._sentences import place

if TYPE_CHECKING:
    from rich.table import Table

    from noisebench.curve import Estimate
    from noisebench.invariance import Invariance


def show_invariance(run: Path, metric: str | None, *, json: bool) -> int:
    """Print what is known of the group actions of a run."""
    from noisebench.audit import load

    found = load(run).invariance(metric=metric)
    if json:
        print_json(found.to_json())
        return 0
    out = console()
    for sentence in found.findings:
        out.print(plain(sentence))
    if found.actions:
        out.print()
        out.print(action_table(found))
    for each in found.unsaid:
        out.print(f"[dim]cannot be said: {plain(each)}[/dim]")
    return 0


def action_table(found: "Invariance") -> "Table":
    """Return a table of every action at every size."""
    from rich.table import Table

    title = f"group actions: the loss of {found.metric}, taken apart"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("action", overflow="fold")
    table.add_column("at", overflow="fold")
    for column in ("error", "lost in all", "information", "invariance"):
        table.add_column(column, justify="right")
    for acted in found.actions:
        for size in acted.sizes:
            split = size.split
            parts = (None,) * 3 if split is None else (split.total, split.lost, split.missing)
            cells = [_cell(each) for each in (size.error, *parts)]
            table.add_row(plain(acted.sweep), plain(place(size)), *cells)
    return table


def _cell(found: "Estimate | None") -> str:
    if found is None:
        return "[dim]–[/dim]"
    return f"{found.value:.2f} [dim]{plain(f'[{found.low:.2f}, {found.high:.2f}]')}[/dim]"
