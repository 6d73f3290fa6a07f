"""`export`: noisy copies of a data set, with a manifest that says how each was made.

Why: the samples are those that `run` shows to the model, byte for byte, so that another tool can be tested on them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noisebench._distortion import distortion, offsets
from noisebench._grammar import CROSSMODAL, Part, Sweep
from noisebench._header import versions
from noisebench._moved import move_targets
from noisebench._noise import NoiseContext, Noised, Source, context_of, facts_between, make_noise
from noisebench._references import fit_references, from_plain, to_plain
from noisebench._specimen import plain_value
from noisebench.cli._console import console, plain, progress, strict
from noisebench.cli._folder import Folder, check_new, new_folder
from noisebench.cli._run import Options, make_job
from noisebench.data import Batch, Dataset
from noisebench.data._column import is_table, take
from noisebench.errors import DataError
from noisebench.plan import Plan, make_plan, parse_sweep
from perturbations import Context, modality
from perturbations._draw import SCHEME
from perturbations.errors import explain

FORMAT = 1
"""Version of the manifest's fields."""

BATCH = 256
"""Samples that noise is made for at once; has no influence on what comes out."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What is put into the data."""

    data: Dataset
    sweep: Sweep
    severity: float
    replicate: int
    context: NoiseContext
    plan: Plan


def export_data(
    target: str,
    out: Path,
    noise: str,
    severity: float,
    seed: int | None,
    replicate: int,
    limit: int | None,
) -> int:
    """Write every sample's inputs with the noise in them, and `manifest.json`.

    Raises:
        ConfigError: there is no such target, or the folder is not new.
        DataError: no sample at all could take the noise, or a value cannot be written.
        PlanError: the condition does not parse or cannot run on this data.
    """
    check_new(out)
    job = make_job(target, Options())
    chosen = job.arguments.get("seed", 0) if seed is None else seed
    copy = _prepare(job.data, noise, severity, chosen, replicate)
    with new_folder(out) as place:
        folder = Folder(place, job.data)
        samples = dict(_samples(copy, folder, limit))
        failures = {name: each["failure"] for name, each in samples.items() if "failure" in each}
        if len(failures) == len(samples):
            hint = next(iter(failures.values()))
            raise DataError(explain("a sample that can take the noise", "noise", noise, hint))
        manifest = _head(copy, job.title) | {
            "tables": folder.finish(),
            "samples": samples,
            "failures": failures,
        }
        text = json.dumps(manifest, indent=1, allow_nan=False)
        (place / "manifest.json").write_text(text + "\n", encoding="utf-8")
    _say(out, copy, len(samples), failures)
    return 0


def _prepare(data: Dataset, noise: str, severity: float, seed: int, replicate: int) -> Copy:
    sweep = parse_sweep(noise, data)
    # A plan has no severity 0; what it decides here, the references, does not depend on the severity.
    plan = make_plan(data, [sweep], severities=[severity or 1.0], seed=seed)
    # References are read back as a run reads them from its ledger.
    plain_references = json.loads(json.dumps(to_plain(fit_references(data, plan))))
    context = context_of(data, seed=seed, references=from_plain(plain_references, data))
    at = severity if sweep.free else plan.severities_of(sweep)[0]
    return Copy(data, sweep, at, replicate, context, plan)


def _samples(copy: Copy, folder: Folder, limit: int | None) -> Iterator[tuple[str, dict[str, Any]]]:
    done = 0
    total = (
        min(n for n in (copy.data.size, limit) if n is not None) if copy.data.size or limit else 0
    )
    with progress("export", unit="samples") as advance:
        for whole in copy.data.batches(BATCH):
            batch = whole if limit is None else _first(whole, limit - done)
            yield from _batch(copy, folder, batch, done)
            done += len(batch)
            advance(done, total, "")
            if done == limit:
                return


def _first(batch: Batch, most: int) -> Batch:
    if len(batch) <= most:
        return batch
    cut = slice(0, most)
    inputs = {n: take(v, cut) if is_table(v) else v[cut] for n, v in batch.inputs.items()}
    targets = None if batch.targets is None else batch.targets[cut]
    groups = None if batch.groups is None else batch.groups[cut]
    return Batch(batch.ids[cut], inputs, targets, groups)


def _batch(
    copy: Copy, folder: Folder, batch: Batch, start: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    source = Source.of(batch, protect=copy.data.protect)
    noised = make_noise(
        copy.sweep, copy.severity, copy.replicate, batch.inputs, source, copy.context
    )
    noised = move_targets(noised, batch.targets, copy.context.moves)
    targets = batch.targets if noised.targets is None else noised.targets
    measured = _measured(copy, batch, noised, start)
    rows = range(len(batch)) if noised.rows is None else noised.rows.tolist()
    places = {row: place for place, row in enumerate(rows)}
    written = folder.write([batch.ids[row] for row in rows], noised.inputs)
    for row, name in enumerate(batch.ids):
        target = {} if targets is None else {"target": strict(targets[row])}
        if row in noised.failures:
            yield name, target | {"failure": noised.failures[row]}
            continue
        far = {"distortion": _json(measured[row])} if row in measured else {}
        yield name, target | {"inputs": written[places[row]]} | far


def _measured(copy: Copy, batch: Batch, noised: Noised, start: int) -> dict[int, dict[str, float]]:
    wanted = offsets(start, len(batch), "subset")
    if not wanted or (noised.rows is not None and not len(noised.rows)):
        return {}
    return distortion(copy.sweep, batch.inputs, noised, wanted, copy.context)


def _head(copy: Copy, title: str) -> dict[str, Any]:
    data = copy.data
    touched = {part.noise.modality for part in copy.sweep.parts}
    inside = {data.modalities[name] for name in copy.sweep.inputs}
    joint = any(part.noise.family == "joint" for part in copy.sweep.parts)
    rooms = touched if touched == {CROSSMODAL} and not joint else inside
    return {
        "format": FORMAT,
        "data": title,
        "fingerprint": data.fingerprint(),
        "condition": str(copy.sweep),
        "severity": copy.severity,
        "parts": [_part(part, copy) for part in copy.sweep.parts],
        "seed": copy.context.seed,
        "replicate": copy.replicate,
        "scheme": SCHEME,
        "versions": versions(),
        "modalities": dict(data.modalities),
        "facts": _json({name: dict(facts) for name, facts in data.facts.items()}),
        "measures": {
            name: measure.unit
            for room in sorted(rooms)
            for name, measure in modality(room).measures.items()
        },
    }


def _part(part: Part, copy: Copy) -> dict[str, Any]:
    data, noise = copy.data, part.noise
    facts: Any = data.facts.get(part.inputs[0], {})
    if noise.modality == CROSSMODAL:
        facts = facts_between(part.inputs, data.modalities, data.facts)
    fixed = dict(part.at) if isinstance(part.at, tuple) else None
    severity = part.at if isinstance(part.at, float) else copy.severity
    known = Context(facts).facts
    doses = noise.doses(None if fixed else severity, dose=fixed, facts=known)
    units = {name: ladder.unit for name, ladder in noise.ladders.items()}
    described = {name: {"dose": _json(dose), "unit": units[name]} for name, dose in doses.items()}
    return {"inputs": list(part.inputs), "noise": str(noise), "doses": described}


def _json(value: Any) -> Any:
    return strict(plain_value(value))


def _say(out: Path, copy: Copy, n: int, failures: dict[str, str]) -> None:
    screen = console()
    screen.print(
        f"wrote {n - len(failures)} samples with {plain(copy.sweep)} to [bold]{plain(out)}[/bold]"
    )
    if failures:
        name, why = next(iter(failures.items()))
        screen.print(
            f"[yellow]{len(failures)} samples could not take the noise[/yellow]; {plain(name)}: {plain(why)}"
        )
    screen.print(f"[dim]how each was made: {plain(out / 'manifest.json')}[/dim]")
