"""One file under every noise of a modality or a preset: pictures on a sheet, all else in a table of distances."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import perturbations as pt
from noisebench.cli._console import console, plain, progress
from noisebench.cli._contact import SEVERITY, preview_all
from noisebench.cli._files import SUFFIXES, Opened, open_file
from noisebench.cli._noises import natural_order
from noisebench.cli._preview import Level, level_of, number, reference_of, told_measures
from noisebench.cli._run import parse_severities
from noisebench.errors import ConfigError, NoisebenchError
from noisebench.plan import grid
from perturbations.errors import PerturbationError, did_you_mean, explain

SHOWN = (*SUFFIXES, "text")
"""Modalities of which a single file is a value."""


def preview_group(
    group: str,
    file: Path,
    severities: str | None,
    out: Path | None,
    *,
    seed: int,
    rate: float | None,
) -> int:
    """Show a file under every noise of a group: a contact sheet of a picture, else a table of how far each noise takes it.

    Raises:
        ConfigError: there is no such group, or the file is not of its modality.
    """
    modalities = _modalities(group)
    if "image" in modalities:
        return preview_all(group, file, severities, out, seed=seed)
    if out is not None:
        hint = f"name one noise to write files: noisebench list {group}"
        raise ConfigError(explain("no --out for a whole modality", "out", str(out), hint))
    preset = group if group in pt.presets() else None
    names = pt.names(modality=modalities[0], preset=preset)
    noises = sorted(map(pt.get, names), key=natural_order)
    given = parse_severities(severities)
    opened = open_file(noises[0], file, rate)
    levels: dict[str, list[Level]] = {}
    refused: dict[str, str] = {}
    with progress(group, unit="noises") as advance:
        for done, noise in enumerate(noises, start=1):
            try:
                levels[str(noise)] = _levels(noise, opened, given, file.name, seed)
            except (PerturbationError, NoisebenchError) as error:
                refused[str(noise)] = "; ".join(map(str.strip, str(error).splitlines()))
            advance(done, len(noises), noise.name)
    _print(opened, noises, levels, refused)
    screen = console()
    screen.print(
        f"\nNext: one of them at all severities: noisebench preview {plain(noises[0].name)} {plain(file)}"
    )
    return 0


def _levels(
    noise: pt.Perturbation, opened: Opened, given: Any, name: str, seed: int
) -> list[Level]:
    steps = (SEVERITY,) if given is None else grid(given)
    reference = reference_of(noise, opened)
    return [level_of(noise, opened, severity, name, seed, reference) for severity in steps]


def _modalities(group: str) -> Sequence[str]:
    """Return the modalities of a group of which single files are shown.

    Raises:
        ConfigError: there is no such group, or single files are no values of it.
    """
    presets = pt.presets()
    found = presets[group].modalities if group in presets else (group,)
    known = [each for each in found if each in SHOWN]
    if not known:
        choices = (*SHOWN, *presets)
        one = "put it into a data set: noisebench export, or noisebench run"
        hint = one if group in pt.modalities() else did_you_mean(group, choices)
        expected = f"a modality ({', '.join(SHOWN)}), a preset, or one noise"
        raise ConfigError(explain(expected, "noise", group, hint))
    return known


def _print(
    opened: Opened,
    noises: Sequence[pt.Perturbation],
    levels: dict[str, list[Level]],
    refused: dict[str, str],
) -> None:
    from rich.table import Table

    screen = console()
    if opened.remark:
        screen.print(f"[dim]{plain(opened.remark)}[/dim]")
    told = told_measures(noises[0].modality, [each for found in levels.values() for each in found])
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("noise", no_wrap=True)
    for title in ("severity", "dose"):
        table.add_column(title, justify="right", overflow="fold")
    for name, measure in told.items():
        table.add_column(plain(f"{name} ({measure.unit})"), justify="right", overflow="fold")
    for noise in noises:
        for level in levels.get(str(noise), ()):
            dose = f"{number(next(iter(level.doses.values())))} {noise.unit}"
            far = [number(level.distortion[name]) for name in told]
            table.add_row(plain(noise.name), f"{level.severity:g}", plain(dose), *far)
    screen.print(table)
    for name, why in refused.items():
        screen.print(f"[dim]left out: {plain(name)}: {plain(why)}[/dim]")
