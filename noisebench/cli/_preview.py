"""`preview`: one noise in one of the user's files, at every severity."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import perturbations as pt
from noisebench._specimen import replace_file
from noisebench.cli._console import console, plain
from noisebench.cli._files import Opened, beyond_full_scale, open_file, strip
from noisebench.cli._run import parse_severities
from noisebench.errors import ConfigError
from noisebench.plan import grid
from perturbations.distance import measures
from perturbations.errors import MissingFact, explain

SHADES = {"kept": "", "removed": "red strike", "added": "green bold"}
MARKS = {"kept": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
"""Around a change in a text, so that it shows without colours too."""


PARTS = 8
"""Parts of a clip that stand for the other clips of a data set."""


class Level(NamedTuple):
    """The file at one severity."""

    severity: float
    noisy: Any
    doses: dict[str, float]
    distortion: dict[str, float]


def preview_file(
    noise: str,
    file: Path,
    severities: str | None,
    out: Path | None,
    *,
    seed: int,
    rate: float | None,
) -> int:
    """Print what a noise does to a file, and write the noisy ones.

    A text is shown, and written only where `out` says so; by default the other kinds go to the working folder.

    Raises:
        ConfigError: the file is not one that this noise is for, or would be written over.
    """
    chosen = pt.get(noise)
    given = parse_severities(severities)
    steps = grid(5 if given is None else given)
    opened = open_file(chosen, file, rate)
    reference = reference_of(chosen, opened)
    levels = [level_of(chosen, opened, severity, file.name, seed, reference) for severity in steps]
    screen = console()
    screen.print(f"[bold]{plain(chosen)}[/bold]: {plain(chosen.summary)}")
    parts = parts_of(chosen, opened) is not None
    for remark in _remarks(opened, reference, levels, parts=parts):
        screen.print(f"[dim]{plain(remark)}[/dim]")
    if chosen.modality == "text":
        _print_changes(opened.value, levels)
    screen.print(_table(chosen, levels))
    files = (
        {} if chosen.modality == "text" and out is None else _contents(chosen, file, opened, levels)
    )
    for path in _write(files, out, file):
        screen.print(f"wrote [bold]{plain(path)}[/bold]")
    screen.print(
        f'\nNext: put it into an audit: noisebench run audit.toml --noise "{plain(chosen)}"'
    )
    return 0


def reference_of(noise: pt.Perturbation, opened: Opened) -> Any:
    """Return what a noise must know of clean data, fitted on the file.

    Raises:
        ConfigError: it needs other samples than the file has.
    """
    if noise.declared.needs_peers and parts_of(noise, opened) is None:
        hint = "put it into a data set: noisebench export, or noisebench run"
        raise ConfigError(explain("a noise that needs no other samples", "noise", noise.name, hint))
    whole = noise.modality == "tabular"
    return noise.fit(opened.value if whole else [opened.value], facts=opened.facts)


class Parts(dict[str, Any]):
    """The parts of a clip, by name: what sounds besides it, where there are no other clips."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Names of the parts in their order."""
        return tuple(self)


def parts_of(noise: pt.Perturbation, opened: Opened) -> Parts | None:
    """Return a clip's parts for a noise that is made of other clips; None where it is not, or the file is no clip."""
    if not noise.declared.peers or noise.modality != "audio":
        return None
    pieces = np.array_split(opened.value, PARTS, axis=-1)
    return Parts({f"part {i + 1}": np.ascontiguousarray(each) for i, each in enumerate(pieces)})


def level_of(
    noise: pt.Perturbation, opened: Opened, severity: float, name: str, seed: int, reference: Any
) -> Level:
    """Return the file at one severity of a noise.

    Raises:
        ConfigError: the noise is about times, and those of the series are not known.
    """
    value, facts = opened.value, opened.facts
    try:
        if noise.modality == "tabular":
            rows = range(len(value))
            noisy = noise.batch(
                value, severity, samples=rows, seed=seed, facts=facts, reference=reference
            )
        else:
            noisy = noise(
                value, severity, sample=name, seed=seed, facts=facts, reference=reference,
                peers=parts_of(noise, opened),
            )  # fmt: skip
    except MissingFact as error:
        if "rate" not in str(error) or noise.modality != "timeseries":
            raise
        hint = "give it in Hz, --rate 100, or a column of stamps named time, timestamp or date"
        raise ConfigError(
            explain(f"the sampling rate, for {noise.name}", "rate", None, hint)
        ) from error
    far = pt.distance(noise.modality, value, noisy, facts=facts, reference=reference)
    return Level(severity, noisy, noise.doses(severity, facts=facts), far)


def _remarks(opened: Opened, reference: Any, levels: Sequence[Level], *, parts: bool) -> list[str]:
    said = [opened.remark] if opened.remark else []
    if reference is not None:
        said.append(
            "what the noise must know of the data, such as its spread, was fitted on this file alone"
        )
    if parts:
        said.append(f"the other voices are {PARTS} parts of this file; a data set has other clips")
    if opened.suffix == ".wav":
        clipped = [(level.severity, beyond_full_scale(level.noisy)) for level in levels]
        said += [f"at severity {severity:g}, {words}" for severity, words in clipped if words]
    return said


def _table(noise: pt.Perturbation, levels: Sequence[Level]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("severity")
    for name, ladder in noise.ladders.items():
        table.add_column(plain(f"{name} ({ladder.unit})"), justify="right", overflow="fold")
    told = told_measures(noise.modality, levels)
    for name, measure in told.items():
        table.add_column(plain(f"{name} ({measure.unit})"), justify="right", overflow="fold")
    for level in levels:
        numbers = [*level.doses.values(), *(level.distortion[name] for name in told)]
        table.add_row(f"{level.severity:g}", *map(number, numbers))
    return table


def told_measures(modality: str, levels: Sequence[Level]) -> dict[str, Any]:
    """Return the measures that every level has: some are of data frames or of PCM alone."""
    found = measures(modality).items()
    return {name: each for name, each in found if all(name in level.distortion for level in levels)}


def number(value: float) -> str:
    """Write a dose or a distance."""
    return "0" if abs(value) < 1e-6 else f"{value:.4g}"


def _print_changes(clean: str, levels: Sequence[Level]) -> None:
    from rich.text import Text

    from noisebench.report._picture import SYMBOLS, changes

    screen = console()
    if len(clean) > SYMBOLS:
        screen.print(f"[dim]shown: the first {SYMBOLS} of {len(clean):,} characters[/dim]")
    for level in levels:
        line = Text(f"severity {level.severity:g}\n", style="bold")
        for change in changes(clean, level.noisy):
            left, right = MARKS[change.kind]
            line.append(f"{left}{change.text}{right}", style=SHADES[change.kind] or "not bold")
        screen.print(line)
        screen.print()


def _contents(
    noise: pt.Perturbation, file: Path, opened: Opened, levels: Sequence[Level]
) -> dict[str, bytes]:
    """Return what to write by file name."""
    head = (
        f"{file.stem}.{re.sub(r'[^A-Za-z0-9.=-]+', '-', noise.name.partition('/')[2]).strip('-')}"
    )
    if noise.modality == "image":
        shown = [f"{level.severity:g}" for level in levels]
        words = (
            "-".join(["clean", *shown]) if len(shown) <= 8 else f"clean-{shown[0]}-to-{shown[-1]}"
        )
        pictures = [opened.value, *(level.noisy for level in levels)]
        return {f"{head}.{words}{opened.suffix}": opened.to_bytes(strip(pictures))}
    return {
        f"{head}.{level.severity:g}{opened.suffix}": opened.to_bytes(level.noisy)
        for level in levels
    }


def _write(files: dict[str, bytes], out: Path | None, source: Path) -> list[Path]:
    """Write files into a folder, or the only one to the path given."""
    folder = Path() if out is None else out
    single = len(files) == 1 and folder.suffix and not folder.is_dir()
    paths = [folder] if single else [folder / name for name in files]
    for path in paths:
        if path.exists() and path.samefile(source):
            raise ConfigError(explain("another file than the one that is read", "out", str(path)))
    try:
        for path, data in zip(paths, files.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, data)
    except OSError as error:
        hint = f"{error.strerror}: {error.filename}"
        raise ConfigError(
            explain("a place that can be written to", "out", str(folder), hint)
        ) from error
    return paths
