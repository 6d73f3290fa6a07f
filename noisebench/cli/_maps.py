"""How far maps of noises are apart: of several runs, and of the inputs and slices of one."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from noisebench.cli._console import console, plain, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from noisebench.audit import Audit
    from noisebench.compare import Comparison
    from noisebench.topology import Heterogeneity

SHOWN = 12
"""Noises that a table shows, those that moved most."""


def show_several(runs: Sequence[str], metric: str | None, *, json: bool) -> int:
    """Print how far the maps of every two runs are apart."""
    from noisebench.audit import load
    from noisebench.topology import Heterogeneity, between

    audits = {label: load(run) for label, run in zip(_labels(runs), runs, strict=True)}
    chosen = metric or next(iter(audits.values())).metrics[0].name
    found = [
        between(audits[one], audits[other], (one, other), metric=chosen)
        for one, other in combinations(audits, 2)
    ]
    if json:
        made = [each.to_json() for each in found if isinstance(each, Heterogeneity)]
        open_ = [{"what": e.what, "why": e.why} for e in found if not isinstance(e, Heterogeneity)]
        print_json({"metric": chosen, "maps": made, "unsaid": open_})
        return 0
    out = console()
    for each in found:
        if not isinstance(each, Heterogeneity):
            out.print(f"[dim]cannot be said: {plain(each)}[/dim]")
            continue
        for sentence in each.sentences:
            out.print(plain(sentence))
        out.print()
        out.print(_moved(each))
        if left := len(each.left_out):
            out.print(f"[dim]{left} noises have no place on both maps[/dim]")
    return 0


def say_maps(found: "Comparison") -> None:
    """Print how far the maps of every two models of a comparison are apart, where there are noises enough for a map."""
    from noisebench.topology import Heterogeneity

    out = console()
    for pair in combinations(found.audits, 2):
        made = found.heterogeneity(*pair)
        if isinstance(made, Heterogeneity):
            out.print()
            for sentence in made.sentences:
                out.print(plain(sentence))


def say_within(audit: "Audit", metric: str | None) -> None:
    """Print how far the maps of the inputs and of the slices of a run are apart, where there are any."""
    from noisebench.modalities import Unsaid
    from noisebench.topology import together

    out = console()
    found = audit.heterogeneity(metric=metric)
    if found:
        out.print()
    for each in found:
        if isinstance(each, Unsaid):
            out.print(f"[dim]cannot be said: {plain(each)}[/dim]")
    for sentence in together(found):
        out.print(plain(sentence))


def _labels(runs: Sequence[str]) -> list[str]:
    names = [Path(run).name for run in runs]
    return names if len(set(names)) == len(names) else list(runs)


def _moved(found: "Heterogeneity") -> "Table":
    from rich.table import Table

    one, other = found.labels
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("noise", f"nearest, {one}", f"nearest, {other}", "moved", "p"):
        table.add_column(plain(column), overflow="fold")
    for each in found.moved[:SHOWN]:
        first, second = each.nearest
        p = "< 0.001" if each.p < 0.001 else f"{each.p:.2g}"
        table.add_row(plain(each.name), plain(first), plain(second), f"{each.apart:.2f}", p)
    return table
