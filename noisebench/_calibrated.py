"""A plan at severities of equal dose: doses are read or measured, the samples they were measured on are set aside."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noisebench._rundir import HEADER
from noisebench.calibration import Calibration, left_over, prepare, read, to_plain
from noisebench.calibration._encoder import Encoder, encoder_of
from noisebench.calibration._job import Job, described
from noisebench.calibration._lock import OTHER, from_plain
from noisebench.calibration._make import without_dose
from noisebench.calibration._probe import PROBED, alike
from noisebench.calibration._sample import hashed
from noisebench.calibration._wanted import common, ladders, refuse, samples_in, wanted_of
from noisebench.calibration._words import OTHER_DATA
from noisebench.data import Dataset
from noisebench.errors import CalibrationError, PlanError
from noisebench.models import Model
from noisebench.plan import Plan, Sweep, replanned
from perturbations.errors import explain

Calibrated = bool | str | Path | Calibration
"""Whether to measure doses now, or those that are known: a lock file, or what `nb.calibrate` returned."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Equal:
    """What is run, at severities of equal dose."""

    data: Dataset
    plan: Plan
    found: Calibration
    inside: int
    """Calibration samples that are evaluated, too, because too few others would be left."""

    @property
    def header(self) -> dict[str, Any]:
        """What the header of the run says of it."""
        warnings = {"warnings": [OTHER_DATA]} if self.found.elsewhere else {}
        return {"calibration": {**to_plain(self.found), "evaluated too": self.inside}, **warnings}


def equal_doses(
    calibrated: Calibrated,
    model: Model,
    data: Dataset,
    plan: Plan,
    *,
    listed: Sequence[float] = (),
    run_dir: Path | str | None = None,
    batch_size: int = 256,
    progress: Progress | None = None,
) -> Equal | None:
    """Return a plan at severities of equal dose; None where that is not asked for.

    Args:
        calibrated: whether, or what is known; refused where it was measured on other data, unless it is for other data.
        model: whose features serve where it shows them.
        data: to audit; the calibration samples are taken off where enough others are left.
        plan: what was planned on all of it.
        listed: severities that every noise is run at besides.
        run_dir: of a run that may have measured the doses already.
        batch_size: samples in a model call.
        progress: told of every noise.

    Raises:
        CalibrationError: doses are not known, or were measured for something else.
        PlanError: no noise reaches one of the equal doses.
    """
    if calibrated is False or calibrated is None:
        return None
    found = _known(calibrated, model, data, plan)
    if found is None:
        job = job_of(model, data, plan, batch_size=batch_size)
        found = _earlier(run_dir, job) or job.run(progress)
    rest, inside = (data, 0) if found.elsewhere else left_over(data, found.source.ids)
    own, skipped = _severities(found, plan, listed)
    return Equal(rest, replanned(plan, rest, own=own, skipped=skipped), found, inside)


def job_of(model: Model, data: Dataset, plan: Plan, *, batch_size: int) -> Job:
    """Return the calibration that an audit asks for where nothing is known."""
    sweeps: list[Sweep] = list(plan.sweeps)
    return prepare(data, sweeps, model=model, seed=plan.seed, batch_size=batch_size)


def _known(calibrated: Calibrated, model: Model, data: Dataset, plan: Plan) -> Calibration | None:
    """Return doses that were measured before, checked against what is audited; None where they are to be measured."""
    if calibrated is True:
        return None
    if isinstance(calibrated, Calibration):
        found, where = calibrated, "the calibration"
    elif isinstance(calibrated, str | Path):
        found, where = read(calibrated), f"the lock file {calibrated}"
    else:
        hint = "calibrated=True, a lock file, or what nb.calibrate returned"
        raise CalibrationError(explain("whether to calibrate", "calibrated", calibrated, hint))
    free = [sweep for sweep in plan.sweeps if not without_dose(sweep)]
    encoder = _encoder(found, model, data)
    wanted = common(None if encoder is None else described(encoder)) | ladders(free, data)
    if not found.elsewhere:
        wanted |= samples_in(found, data)
    same = None if encoder is None else _same_features(encoder, found, data)
    refuse(found, wanted, where, same, otherwise=OTHER)
    return found


def _same_features(
    encoder: Encoder, found: Calibration, data: Dataset
) -> Callable[[Mapping[str, Any]], bool]:
    """Return what tells whether features are as they were, where the samples are among the data."""

    def same(known: Mapping[str, Any]) -> bool:
        if not data.indexable:
            return False
        places = dict(zip(hashed(data.ids), data.ids, strict=True))
        first = [places[each] for each in found.source.ids[:PROBED] if each in places]
        return len(first) > 0 and alike(encoder, known, data.take(first))

    return same


def _encoder(found: Calibration, model: Model, data: Dataset) -> Encoder | None:
    """Return where features would come from now; None for an encoder that was given, which an audit does not know."""
    kind = found.encoder["kind"]
    if kind == "given":
        return None
    few = next(iter(data.batches(1)))
    return encoder_of(kind, data, few, model=model, batch_size=PROBED)


def _earlier(run_dir: Path | str | None, job: Job) -> Calibration | None:
    """Return the doses that an interrupted run in the same directory measured, where they are what is asked for."""
    header = None if run_dir is None else Path(run_dir) / HEADER
    if header is None or not header.exists():
        return None
    try:
        known = from_plain(json.loads(header.read_text("utf-8"))["calibration"])
        refuse(known, wanted_of(job), "the run", job.same_features)
    except (CalibrationError, KeyError, ValueError, TypeError):
        return None
    return known


def _severities(
    found: Calibration, plan: Plan, listed: Sequence[float]
) -> tuple[dict[str, tuple[float, ...]], dict[str, str]]:
    """Return the severities of every noise that reaches a dose, and why others are not run."""
    own: dict[str, tuple[float, ...]] = {}
    skipped: dict[str, str] = {}
    for name in map(str, plan.sweeps):
        if name in found.noises:
            each = found[name]
            if each.reached:
                own[name] = tuple(sorted({*each.severities, *listed}))
            else:
                skipped[name] = "; ".join(each.remarks)
    if not own:
        reasons = "; ".join(skipped.values()) or "none of them has a dose"
        raise PlanError(
            explain(
                "a noise that reaches one of the equal doses",
                "perturbations",
                [*map(str, plan.sweeps)],
                reasons,
            )
        )
    return own, skipped
