"""The commands and their options; what they do lives in the modules beside this one."""

import sys
from enum import IntEnum
from pathlib import Path
from typing import Annotated

import typer

from noisebench import __version__


class Exit(IntEnum):
    """What a command's exit status means."""

    PASS = 0
    GATE_FAILED = 1
    USAGE = 2
    NOTHING_SELECTED = 4
    ENVIRONMENT = 5
    INCONCLUSIVE = 6
    INTERRUPTED = 130


app = typer.Typer(
    name="noisebench",
    help="What happens to your model when the world gets noisy?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog="First steps: [bold]noisebench demo[/bold], then [bold]noisebench list[/bold].",
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object to standard output.")]
Noises = Annotated[
    list[str] | None,
    typer.Option("--noise", "-n", help="A modality, a pattern or a condition; may be repeated."),
]
Severities = Annotated[
    str | None, typer.Option(help="How many (5), or which (0.2,0.4): numbers in [0, 1].")
]
RunDir = Annotated[
    Path | None, typer.Option(help="Where the run is kept; the same command continues it.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Print the plan and its cost; run nothing.")
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Move an earlier run aside and begin again.")]
Calibrated = Annotated[
    bool, typer.Option("--calibrated", help="Every noise at severities of equal dose.")
]
Lock = Annotated[Path | None, typer.Option(help="Lock file with the doses; implies --calibrated.")]
OtherData = Annotated[
    bool,
    typer.Option(
        "--other-data",
        help="The lock was measured on other data: take its severities alone, set nothing aside.",
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Inconclusive gates fail (exit 6).")]
Budget = Annotated[
    str | None,
    typer.Option(
        help="auto: stop where gates are decided; bisect: follow samples to where they break; locate: find where a tenth is lost."
    ),
]
Claim = Annotated[
    str | None, typer.Option(help="What gates are about: set (these samples) or population.")
]
Junit = Annotated[
    Path | None, typer.Option("--junit", help="Write what the gates say as JUnit XML.")
]


@app.callback(invoke_without_command=True)
def _root(
    *, version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False
) -> None:
    if version:
        typer.echo(f"noisebench {__version__}")
        raise typer.Exit


@app.command()
def run(
    target: Annotated[
        str | None, typer.Argument(help="audit.toml, pyproject.toml or the name of a demo.")
    ] = None,
    *,
    noise: Noises = None,
    severities: Severities = None,
    replicates: Annotated[
        int | None, typer.Option(min=1, help="Repetitions with new noise.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all noise.")] = None,
    metric: Annotated[str | None, typer.Option(help="Name of the metric.")] = None,
    calibrated: Calibrated = False,
    lock: Lock = None,
    other_data: OtherData = False,
    budget: Budget = None,
    claim: Claim = None,
    run_dir: RunDir = None,
    dry_run: DryRun = False,
    fresh: Fresh = False,
    strict: Strict = False,
    junit: Junit = None,
    json: Json = False,
) -> None:
    """Run an audit and write its report; run it again to continue it."""
    from noisebench.cli._run import Options, run_audit

    options = Options(
        noises=noise,
        severities=severities,
        replicates=replicates,
        seed=seed,
        metric=metric,
        calibrated=calibrated,
        lock=lock,
        other_data=other_data,
        budget=budget,
        claim=claim,
        run_dir=run_dir,
        dry_run=dry_run,
        fresh=fresh,
        strict=strict,
        junit=junit,
        json=json,
    )
    raise typer.Exit(run_audit(target, options))


@app.command()
def demo(
    name: Annotated[str | None, typer.Argument(help="Which one; without it, the list.")] = None,
    *,
    run_dir: RunDir = None,
    dry_run: DryRun = False,
    fresh: Fresh = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Several models under the same noise, in one report.")
    ] = False,
    json: Json = False,
) -> None:
    """Run an audit of a real model on real data that came with the installation."""
    from noisebench.cli._run import Options, list_demos, run_audit

    if name is None:
        raise typer.Exit(list_demos(json=json))
    if compare:
        from noisebench.cli._compare import compare_demo

        raise typer.Exit(compare_demo(name, run_dir, json=json))
    options = Options(run_dir=run_dir, dry_run=dry_run, fresh=fresh, json=json)
    raise typer.Exit(run_audit(name, options))


@app.command("list")
def list_noises(
    modality: Annotated[
        str | None, typer.Argument(help="Only this modality, or the noises of this preset.")
    ] = None,
    *,
    family: Annotated[str | None, typer.Option(help="Only this family.")] = None,
    json: Json = False,
) -> None:
    """List the noises: what they do, their dose and its unit."""
    from noisebench.cli._noises import list_all

    raise typer.Exit(list_all(modality, family, json=json))


@app.command()
def show(
    noise: Annotated[str, typer.Argument(help="Name of a noise, such as image/shot-noise.")],
    *,
    json: Json = False,
) -> None:
    """Show one noise: its ladder, settings, coupling and source."""
    from noisebench.cli._noises import show_one

    raise typer.Exit(show_one(noise, json=json))


@app.command()
def preview(
    noise: Annotated[
        str,
        typer.Argument(
            help="Name of a noise, with settings if wanted; a modality or a preset: all of them."
        ),
    ],
    file: Annotated[
        Path,
        typer.Argument(
            help="A picture, text, sound (wav; others with soundfile), cloud or table (csv)."
        ),
    ],
    *,
    severities: Severities = None,
    out: Annotated[Path | None, typer.Option(help="File or folder to write to.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the noise.")] = 0,
    rate: Annotated[float | None, typer.Option(help="Sampling rate in Hz, for a series.")] = None,
) -> None:
    """Put a noise into one of your files and show what it does."""
    if "/" not in noise:
        from noisebench.cli._overview import preview_group

        raise typer.Exit(preview_group(noise, file, severities, out, seed=seed, rate=rate))
    from noisebench.cli._preview import preview_file

    raise typer.Exit(preview_file(noise, file, severities, out, seed=seed, rate=rate))


@app.command()
def calibrate(
    target: Annotated[
        str | None, typer.Argument(help="audit.toml, pyproject.toml or the name of a demo.")
    ] = None,
    *,
    noise: Noises = None,
    axis: Annotated[
        str, typer.Option(help="Equal in what: displacement (of features), bits, or distortion.")
    ] = "displacement",
    doses: Annotated[
        str | None,
        typer.Option(
            help="The equal doses (0.1,0.2,0.4); with --axis distortion they are needed, in its own unit: 40,30,20 (dB)."
        ),
    ] = None,
    encoder: Annotated[
        str | None, typer.Option(help="module:object that gives features (n, d); the model's own.")
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Doses in the raw input, not in the model's features.")
    ] = False,
    samples: Annotated[int | None, typer.Option(min=2, help="Clean samples to measure on.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the noise; the audit's own.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Lock file to write; noisebench.lock.json by default.")
    ] = None,
    dry_run: DryRun = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Measure again over a lock file.")] = False,
    json: Json = False,
) -> None:
    """Measure the doses of noises, and freeze the severities of equal dose in a lock file."""
    from noisebench.cli._calibrate import Wanted, calibrate_target

    wanted = Wanted(
        noises=noise, axis=axis, doses=doses, raw=raw, encoder=encoder, samples=samples, seed=seed, out=out, dry_run=dry_run,
        fresh=fresh, json=json,
    )  # fmt: skip
    raise typer.Exit(calibrate_target(target, wanted))


@app.command()
def nearest(
    target: Annotated[
        str, typer.Argument(help="audit.toml or the name of a demo: it has the clean data.")
    ],
    field: Annotated[
        str,
        typer.Argument(
            help="Data from the field: a folder of files, an .npy, .csv or .txt file, or module:object."
        ),
    ],
    *,
    name: Annotated[
        str | None, typer.Option("--input", help="Which input, where there are several.")
    ] = None,
    noise: Noises = None,
    features: Annotated[
        bool, typer.Option("--features", help="Compare the model's features, not the raw input.")
    ] = False,
    seed: Annotated[int | None, typer.Option(help="Seed of the noise; the audit's own.")] = None,
    json: Json = False,
) -> None:
    """Say which noise, at which severity, data from the field is nearest to."""
    from noisebench.cli._nearest import show_nearest

    status = show_nearest(
        target, field, name=name, noises=noise, features=features, seed=seed, json=json
    )
    raise typer.Exit(status)


@app.command()
def export(
    target: Annotated[str, typer.Argument(help="audit.toml or the name of a demo.")],
    out: Annotated[Path, typer.Argument(help="Folder to make; it must not exist.")],
    *,
    noise: Annotated[str, typer.Option("--noise", "-n", help="The condition to put in.")],
    severity: Annotated[float, typer.Option(min=0, max=1, help="How much of it.")] = 0.4,
    seed: Annotated[int | None, typer.Option(help="Seed of the noise; the audit's own.")] = None,
    replicate: Annotated[int, typer.Option(min=0, help="Which repetition.")] = 0,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only the first so many samples.")
    ] = None,
) -> None:
    """Write noisy copies of a data set, with a manifest that says how each was made."""
    from noisebench.cli._export import export_data

    raise typer.Exit(export_data(target, out, noise, severity, seed, replicate, limit))


@app.command()
def report(
    run: Annotated[Path, typer.Argument(help="Folder of a run.")],
    *,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to; the run's by default.")
    ] = None,
) -> None:
    """Write the report of a run again."""
    from noisebench.cli._run import write_report

    raise typer.Exit(write_report(run, out))


@app.command()
def topology(
    runs: Annotated[
        list[str],
        typer.Argument(
            help="Folder of a run; or the audit.toml or demo it is of. Of several, or a folder of several, their maps are compared."
        ),
    ],
    *,
    metric: Annotated[
        str | None, typer.Option(help="One of the run's metrics; the first by default.")
    ] = None,
    compose: Annotated[
        int | None,
        typer.Option(min=1, help="Most cells to spend on noises in twos, chosen from the curves."),
    ] = None,
    run_dir: Annotated[
        Path | None, typer.Option(help="Where the run of the audit.toml or the demo is kept.")
    ] = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Say how the noises of a run relate to each other: which are alike, how they combine, which few are enough."""
    from noisebench.cli._topology import Wanted, show_topology

    wanted = Wanted(metric=metric, compose=compose, run_dir=run_dir, dry_run=dry_run, json=json)
    raise typer.Exit(show_topology(runs, wanted))


@app.command()
def invariance(
    run: Annotated[Path, typer.Argument(help="Folder of a run.")],
    *,
    metric: Annotated[
        str | None, typer.Option(help="One of the run's metrics; the first by default.")
    ] = None,
    json: Json = False,
) -> None:
    """Say what the model of a run sees as the same: turns, shifts, levels, and what of the loss is not in the input any more."""
    from noisebench.cli._invariance import show_invariance

    raise typer.Exit(show_invariance(run, metric, json=json))


@app.command()
def affinity(
    target: Annotated[
        Path | None,
        typer.Argument(help="audit.toml with a section [affinity]; the nearest one by default."),
    ] = None,
    *,
    noise: Annotated[
        list[str] | None, typer.Option("--noise", "-n", help="Noise to train on; several times.")
    ] = None,
    at: Annotated[float | None, typer.Option(help="Severity in training and test.")] = None,
    fits: Annotated[
        int | None, typer.Option(min=2, help="Most models to fit; those that cost most come first.")
    ] = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Train a model on every noise, test it on every other, and say which noise stands for which."""
    from noisebench.cli._affinity import Wanted, train_target

    wanted = Wanted(noises=noise, at=at, fits=fits, dry_run=dry_run, json=json)
    raise typer.Exit(train_target(target, wanted))


@app.command()
def doctor(*, json: Json = False) -> None:
    """Check the installation: versions, extras, clashes, kernels, and the noise itself."""
    from noisebench.cli._doctor import examine

    raise typer.Exit(examine(json=json))


def main() -> None:
    """Run the command line; what is wrong is said in a sentence, without a traceback."""
    try:
        app()
    except Exception as error:
        status = _status(error)
        if status is None:
            raise
        typer.secho("error: ", fg="red", bold=True, err=True, nl=False)
        typer.echo(str(error), err=True)
        sys.exit(status)


def _status(error: Exception) -> Exit | None:
    """Return the exit status of an error that the user can act on; None for a fault of a program."""
    # Imported only now: the noise library brings numpy, which `--help` has no use for.
    from noisebench.errors import NoisebenchError
    from perturbations.errors import MissingExtra, PerturbationError

    if isinstance(error, MissingExtra):
        return Exit.ENVIRONMENT
    return Exit.USAGE if isinstance(error, NoisebenchError | PerturbationError) else None
