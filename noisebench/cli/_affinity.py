"""`affinity`: models are trained on every noise of a configuration and tested on every other."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noisebench._rundir import AFFINITY, HEADER
from noisebench.affinity import Affinity, Job, Transfer, prepare
from noisebench.cli._console import console, plain, print_json, progress
from noisebench.cli._run import RUNS
from noisebench.config import AffinitySection, find_config, load_data, load_object, read_config
from noisebench.errors import ConfigError
from perturbations.errors import explain

if TYPE_CHECKING:
    from rich.table import Table

HINT = '[affinity]\n  fit = "my_pkg.models:fit"    # def fit(data): return a trained model'


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line says beside the target."""

    noises: list[str] | None = None
    at: float | None = None
    fits: int | None = None
    dry_run: bool = False
    json: bool = False


def train_target(target: Path | None, wanted: Wanted) -> int:
    """Print what it will take, train and test, print the matrix; return the exit status.

    Raises:
        ConfigError: the configuration has no section [affinity].
    """
    job, folder = make_training(target, wanted)
    out = console(error=True) if wanted.json else console()
    out.print(plain(job.cost))
    if wanted.dry_run:
        return 0
    try:
        with progress("affinity", unit="models") as advance:
            found = job.run(folder / AFFINITY, advance)
    except KeyboardInterrupt as stop:
        # Typer would drop what the run says about going on.
        console(error=True).print(f"\n[yellow]{plain(stop) or 'interrupted'}[/yellow]")
        return 130
    if wanted.json:
        print_json(found.to_json())
        return 0
    _say(found)
    out.print(f"[dim]kept in {plain(folder / AFFINITY)}[/dim]")
    if (folder / HEADER).exists():
        from noisebench.audit import load

        out.print(f"report: [bold]{plain(load(folder).report().html)}[/bold]")
    return 0


def make_training(target: Path | None, wanted: Wanted) -> tuple[Job, Path]:
    """Return what a configuration asks for, and the folder of its run.

    Raises:
        ConfigError: the configuration has no section [affinity].
    """
    path = find_config(Path.cwd()) if target is None else target
    config = read_config(path)
    asked = config.affinity
    if asked is None:
        raise ConfigError(
            explain("a section [affinity] in the configuration", "path", str(path), HINT)
        )
    folder = path.resolve().parent
    sweep = config.sweep
    names = sweep.metric if isinstance(sweep.metric, str) else sweep.metric[0]
    job = prepare(
        load_object(asked.fit, folder=folder),
        load_data(config.data.load, folder=folder),
        wanted.noises or asked.perturbations or sweep.perturbations,
        test=None if asked.test is None else load_data(asked.test, folder=folder),
        natural=_natural(asked, folder),
        at=asked.at if wanted.at is None else wanted.at,
        fits=wanted.fits or asked.fits,
        share=asked.share,
        metric=names,
        seed=sweep.seed,
        batch_size=sweep.batch_size,
        device=config.model.device,
    )
    return job, Path(config.run_dir or RUNS / config.name)


def _natural(asked: AffinitySection, folder: Path) -> Any:
    """Return the natural data, or the name of the noise that stands for it."""
    named = asked.natural is None or "/" in asked.natural
    return asked.natural if named else load_data(str(asked.natural), folder=folder)


def _say(found: Affinity) -> None:
    out = console()
    for sentence in found.findings:
        out.print(plain(sentence))
    if found.transfers:
        out.print()
        out.print(transfer_table(found))
    for each in found.unsaid:
        out.print(f"[dim]cannot be said: {plain(each)}[/dim]")


def transfer_table(found: Affinity) -> "Table":
    """Return the matrix: what training on the noise of the row gains under that of the column."""
    from rich.table import Table

    title = (
        f"{found.metric} gained by training on the row, under the column, against training on clean data; "
        "* surely, over all cells"
    )
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("", justify="right", style="dim")
    table.add_column("trained on", overflow="fold")
    for number, target in enumerate(found.targets):
        table.add_column(
            str(number) if target != "clean" else "clean", justify="right", no_wrap=True
        )
    places = {target: str(number) for number, target in enumerate(found.targets)}
    for source in found.sources:
        cells = [_cell(found[source, target]) for target in found.targets]
        own = "" if source == "clean" else places.get(source, "")
        table.add_row(own, plain(source), *cells)
    return table


def _cell(each: Transfer) -> str:
    if each.source == "clean":
        return f"[dim]({each.value.value:.2f})[/dim]"
    star = "*" if each.helps or each.harms else " "
    return f"{round(each.gain.value, 2) + 0.0:+.2f}{star}"
