"""`calibrate`: the doses of noises as a table on a terminal, frozen in a lock file."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noisebench.calibration import NAME, Calibration, Doses, prepare, read
from noisebench.calibration._wanted import refuse, wanted_of
from noisebench.calibration._words import head, remarks
from noisebench.cli._console import console, plain, print_json, progress
from noisebench.cli._run import Options, make_job
from noisebench.config import load_object
from noisebench.errors import ConfigError
from perturbations.errors import explain

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line says beside the target."""

    noises: list[str] | None = None
    axis: str = "displacement"
    doses: str | None = None
    raw: bool = False
    encoder: str | None = None
    samples: int | None = None
    seed: int | None = None
    out: Path | None = None
    dry_run: bool = False
    fresh: bool = False
    json: bool = False


def calibrate_target(target: str | None, wanted: Wanted) -> int:
    """Print what it will take, measure, print the table, and write the lock file; return the exit status.

    Raises:
        CalibrationError: the lock file is there and was made for something else.
    """
    job = make_job(target, Options(noises=wanted.noises, seed=wanted.seed))
    screen = console(error=True) if wanted.json else console()
    given = job.arguments
    ready = prepare(
        job.data, given.get("perturbations", "all"), model=job.model, device=given.get("device"),
        encoder=_encoder(wanted), axis=wanted.axis, doses=_doses(wanted.doses), samples=wanted.samples,
        seed=given.get("seed", 0), batch_size=given.get("batch_size", 256),
    )  # fmt: skip
    screen.print(plain(ready.cost.text))
    if wanted.dry_run:
        return 0
    lock = wanted.out or Path(NAME)
    if lock.exists() and not wanted.fresh:
        found = read(lock)
        refuse(found, wanted_of(ready), f"the lock file {lock}", ready.same_features)
        screen.print(f"[dim]{plain(lock)} holds them already; --fresh measures again[/dim]")
    else:
        with progress("calibrate", unit="noises") as advance:
            found = ready.run(advance)
        found.save(lock)
    if wanted.json:
        print_json({"lock": str(lock), "doses": found.to_table(), "left_out": dict(found.left_out)})
    else:
        _say(found, lock)
    return 0


def _encoder(wanted: Wanted) -> Any:
    """Return where features come from: None leaves it to what the model shows."""
    if wanted.raw and wanted.encoder is not None:
        hint = "--raw takes the raw input, --encoder an encoder of yours"
        raise ConfigError(explain("one of --raw and --encoder", "encoder", wanted.encoder, hint))
    if wanted.encoder is not None:
        return load_object(wanted.encoder, folder=Path.cwd())
    return "input" if wanted.raw else None


def _doses(text: str | None) -> list[float] | None:
    """Read "0.1,0.2,0.4".

    Raises:
        ConfigError: it is no list of numbers.
    """
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise ConfigError(explain("doses (0.1,0.2,0.4)", "doses", text)) from None


def _say(found: Calibration, lock: Path) -> None:
    screen = console()
    screen.print()
    screen.print(dose_table(found))
    for line in (*head(found)[1:], *remarks(found)):
        screen.print(f"[dim]{plain(line)}[/dim]")
    screen.print(
        f"frozen in [bold]{plain(lock)}[/bold]; noisebench run --lock {plain(lock)}, "
        f'or nb.audit(..., calibrated="{plain(lock)}")'
    )


def dose_table(found: Calibration) -> "Table":
    """Return a table of the severities of equal dose, with the native dose of each."""
    from rich.table import Table

    title = f"severity at equal dose: {found.unit}; {found.source.count} clean samples"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("noise", overflow="fold")
    for dose in found.doses:
        table.add_column(f"{dose:g}", justify="right")
    table.add_column("largest", justify="right")
    for sweep, each in found.noises.items():
        cells = [_cell(each, dose) for dose in found.doses]
        table.add_row(plain(sweep), *cells, f"{each.grid[-1].dose:.3g}")
    return table


def _cell(found: Doses, dose: float) -> str:
    rung = next(each for each in found.rungs if each.dose == dose)
    if rung.severity is None:
        return "[dim]unreachable[/dim]"
    near = f" [dim](≈ {rung.point.dose:.2g})[/dim]" if rung.state != "met" else ""
    return f"{rung.severity:.3g}{near}"
