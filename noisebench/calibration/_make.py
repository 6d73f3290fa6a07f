"""Checks what a calibration is asked for, and makes it or reads what was frozen."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from noisebench._expand import Selection, expand
from noisebench._grammar import CROSSMODAL, Sweep
from noisebench._roles import is_reference, is_undone
from noisebench.calibration._encoder import encoder_of
from noisebench.calibration._job import Job, Progress
from noisebench.calibration._lock import read
from noisebench.calibration._reidentify import CANDIDATES
from noisebench.calibration._sample import choose
from noisebench.calibration._table import AXES, Calibration
from noisebench.calibration._wanted import refuse, wanted_of
from noisebench.data import Dataset
from noisebench.errors import CalibrationError, PlanError
from noisebench.models import as_model
from perturbations.errors import did_you_mean, explain

LADDER = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Equal doses: each twice the one before; at 1 a sample is as far from itself as another one is."""

GRID = 9
"""Severities that are measured first, 0 among them."""


def calibrate(
    data: Dataset,
    noises: Selection | Iterable[Selection] = "all",
    *,
    model: Any = None,
    encoder: Any = None,
    axis: str = "displacement",
    doses: Sequence[float] | None = None,
    levels: int = GRID,
    samples: int | None = None,
    candidates: int = CANDIDATES,
    detect: bool = True,
    seed: int = 0,
    lock: Path | str | None = None,
    fresh: bool = False,
    batch_size: int = 256,
    device: Any = None,
    progress: Progress | None = None,
) -> Calibration:
    """Measure the doses of noises and find the severities at which they are equal.

    A severity of one noise is not the same amount as that severity of another. Here the amount is measured on a few clean
    samples without labels: by default how far features move, in units of the distance between samples.

    Args:
        data: clean samples; 64 to 256 of them are used, chosen by their ids.
        noises: sweeps, names, modalities, patterns, or "all".
        model: whose features serve where it shows them: a method `embed(inputs) -> {input: (n, d)}`.
        encoder: "model", "input" (the raw values), a function or module that takes what a model takes and returns (n, d), or one
            for each input by name. None takes the model's features where it shows them, else the raw values. To compare
            models, give a fixed one.
        axis: what equal doses are equal in: "displacement" of features, share of "bits" lost, or "distortion" in the noises'
            own measure, for noises that share one.
        doses: the equal doses; by default 0.05, 0.1, 0.2, 0.4, 0.8. For "distortion", in its unit.
        levels: grid points from severity 0 to 1 that are measured first, 9 to 17.
        samples: how many samples are used.
        candidates: clean samples among which noisy ones are looked for, for the bits kept.
        detect: whether to train detectors of the noise at every dose.
        seed: of the noise, as in the audit.
        lock: file that keeps the result; where it is there, it is read, and refused if anything that it depends on is another.
        fresh: calibrate again although the lock file is there.
        batch_size: samples in a call of the encoder.
        device: where a torch module runs.
        progress: told of noises done, noises in all, and what was just done.

    Raises:
        CalibrationError: doses cannot be measured here, or the lock file was made for something else.
        ModelError: the encoder shows no features.
        PlanError: a noise cannot run on this data.
    """
    job = prepare(
        data, noises, model=model, encoder=encoder, axis=axis, doses=doses, levels=levels, samples=samples,
        candidates=candidates, detect=detect, seed=seed, batch_size=batch_size, device=device,
    )  # fmt: skip
    if lock is not None and Path(lock).exists() and not fresh:
        known = read(lock)
        refuse(known, wanted_of(job), f"the lock file {lock}", job.same_features)
        return known
    found = job.run(progress)
    if lock is not None:
        found.save(lock)
    return found


def prepare(
    data: Dataset,
    noises: Selection | Iterable[Selection],
    *,
    model: Any = None,
    encoder: Any = None,
    axis: str = "displacement",
    doses: Sequence[float] | None = None,
    levels: int = GRID,
    samples: int | None = None,
    candidates: int = CANDIDATES,
    detect: bool = True,
    seed: int = 0,
    batch_size: int = 256,
    device: Any = None,
) -> Job:
    """Check what is asked for, and choose samples and features; the arguments are those of `calibrate`."""
    _check(data, axis, levels, batch_size)
    ladder = _ladder(axis, doses)
    sweeps, skipped = expand(noises, data)
    fitting, left = _fitting(sweeps, axis)
    if not fitting:
        reasons = "; ".join(f"{name}: {why}" for name, why in {**skipped, **left}.items())
        raise PlanError(explain("a noise that has a dose on this data", "noises", noises, reasons))
    chosen = choose(data, samples, candidates)
    ready = None if model is None else as_model(model, device=device, containers=data.containers)
    made = encoder_of(encoder, data, chosen.clean, model=ready, batch_size=batch_size)
    return Job(data, fitting, {**skipped, **left}, chosen, made, axis, ladder, levels, detect, seed)


def _check(data: object, axis: str, levels: object, batch_size: object) -> None:
    if not isinstance(data, Dataset):
        hint = 'make one: nb.Dataset({"image": images})'
        raise CalibrationError(explain("a Dataset", "data", data, hint))
    if axis not in AXES:
        raise CalibrationError(
            explain(f"one of {', '.join(AXES)}", "axis", axis, did_you_mean(str(axis), AXES))
        )
    for name, value, least in (("levels", levels, 3), ("batch_size", batch_size, 1)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise CalibrationError(explain(f"a whole number of at least {least}", name, value))


def _ladder(axis: str, doses: Sequence[float] | None) -> tuple[float, ...]:
    """Return the equal doses, ascending.

    Raises:
        CalibrationError: there is none, or one is no number of the axis.
    """
    if doses is None:
        if axis == "distortion":
            hint = "say which, in the noises' own measure: doses=[40, 30, 20] for dB PSNR"
            raise CalibrationError(explain("doses for the axis distortion", "doses", None, hint))
        return LADDER
    try:
        given = sorted({float(each) for each in doses})
    except (TypeError, ValueError) as error:
        raise CalibrationError(explain("a list of numbers", "doses", doses)) from error
    high = 1.0 if axis == "bits" else math.inf
    low = -math.inf if axis == "distortion" else 0.0
    if not given or not all(math.isfinite(each) and low < each <= high for each in given):
        wanted = "above 0" if axis == "displacement" else "a share in (0, 1]"
        expected = f"doses, each {wanted}" if axis != "distortion" else "finite doses"
        raise CalibrationError(explain(expected, "doses", list(doses)))
    return tuple(given)


def _fitting(sweeps: Sequence[Sweep], axis: str) -> tuple[tuple[Sweep, ...], dict[str, str]]:
    """Return the sweeps that have a dose, and why others have none."""
    found: list[Sweep] = []
    left: dict[str, str] = {}
    for sweep in sweeps:
        why = without_dose(sweep)
        if not why and axis == "distortion" and found:
            mine, theirs = (each.parts[-1].noise.measure for each in (sweep, found[0]))
            why = "" if mine == theirs else f"its distortion is measured as {mine}, not as {theirs}"
        if why:
            left[str(sweep)] = why
        else:
            found.append(sweep)
    return tuple(found), left


def without_dose(sweep: Sweep) -> str:
    """Say why a sweep has no dose on one axis; empty where it has."""
    if sweep.free is None:
        return "its severity is fixed"
    if is_undone(sweep):
        return "it puts back what it moves"
    between = any(part.noise.modality == CROSSMODAL for part in sweep.parts)
    if between or is_reference(sweep) or len(sweep.inputs) > 1:
        return "it acts on several inputs, which have no dose in common"
    return ""
