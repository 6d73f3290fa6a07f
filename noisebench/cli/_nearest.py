"""`nearest`: which noise, at which severity, data from the field looks like."""

from typing import TYPE_CHECKING

import numpy as np

from noisebench.calibration import Nearest, nearest_noise
from noisebench.cli._console import console, plain, print_json, progress
from noisebench.cli._field import read_field
from noisebench.cli._run import Options, make_job
from noisebench.errors import ConfigError
from perturbations.errors import did_you_mean, explain

if TYPE_CHECKING:
    from rich.table import Table

SHOWN = 8
"""Noises in the table: the nearest."""


def show_nearest(
    target: str,
    field: str,
    *,
    name: str | None,
    noises: list[str] | None,
    features: bool,
    seed: int | None,
    json: bool,
) -> int:
    """Print the nearest noises and the answer in words.

    Raises:
        ConfigError: there is no such target, input or field data.
        CalibrationError: the field data is too little, or of another kind than the clean data.
    """
    job = make_job(target, Options(noises=noises, seed=seed))
    given, data = job.arguments, job.data
    if name is None and len(data.inputs) > 1:
        hint = f"--input {data.inputs[0]}"
        raise ConfigError(explain("one of several inputs", "inputs", list(data.inputs), hint))
    chosen = name or data.inputs[0]
    if chosen not in data.inputs:
        hint = did_you_mean(chosen, data.inputs)
        raise ConfigError(explain(f"one of {', '.join(data.inputs)}", "input", chosen, hint))
    clean = next(iter(data.batches(1))).inputs[chosen]
    seen = read_field(
        field,
        data.modalities[chosen],
        data.facts.get(chosen, {}),
        rows=isinstance(clean, np.ndarray),
    )
    with progress("nearest", unit="noises") as advance:
        found = nearest_noise(
            seen, data, noises or data.modalities[chosen], input=chosen, model=job.model,
            encoder="model" if features else "input", seed=given.get("seed", 0),
            batch_size=given.get("batch_size", 256), device=given.get("device"), progress=advance,
        )  # fmt: skip
    if json:
        print_json(found.to_json())
    else:
        _say(found)
    return 0


def _say(found: Nearest) -> None:
    screen = console()
    screen.print()
    screen.print(nearest_table(found))
    screen.print()
    for sentence in found.sentences:
        screen.print(plain(sentence))
    screen.print(f"[dim]compared: {plain(found.features)}[/dim]")


def nearest_table(found: Nearest) -> "Table":
    """Return a table of the nearest noises, with the distance to clean data for comparison."""
    from rich.table import Table

    title = f"distance from {found.n_field} samples from the field (1 = a standard deviation)"
    table = Table(
        title=title,
        title_justify="left",
        min_width=len(title),
        box=None,
        pad_edge=False,
        header_style="bold",
    )
    table.add_column("clean data with", overflow="fold")
    for column in ("severity", "distance", "nearest in"):
        table.add_column(column, justify="right")
    for each in found.rivals[:SHOWN]:
        share = f"{100 * each.share:.0f} %" if each.share else "[dim]·[/dim]"
        table.add_row(plain(each.noise), f"{each.severity:.3g}", f"{each.distance:.3f}", share)
    table.add_row("[dim]nothing[/dim]", "", f"{found.clean:.3f}", "")
    table.add_row("[dim]nothing, to other clean data[/dim]", "", f"{found.itself:.3f}", "")
    return table
