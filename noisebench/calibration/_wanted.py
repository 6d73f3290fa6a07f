"""What frozen doses depend on, and how that differs from what is asked for now."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from noisebench import __version__
from noisebench._grammar import Sweep
from noisebench.calibration._lock import AGAIN
from noisebench.calibration._sample import content_of, refound
from noisebench.calibration._table import Calibration
from noisebench.data import Dataset
from noisebench.data._hash import fingerprint
from noisebench.errors import CalibrationError
from perturbations._draw import SCHEME

if TYPE_CHECKING:
    from noisebench.calibration._job import Job

SAMPLES = "calibration samples"

SHOWN = 8
"""Differences that are told one by one."""


def ladder_of(sweep: Sweep, data: Dataset) -> str:
    """Return the hash of what decides a noise's doses: its text form, its ladders, how it draws, and facts of its input."""
    parts = [
        [
            str(part), part.noise.coupling, part.noise.scope, part.position,
            {name: [*ladder.rungs, ladder.unit, str(ladder.none), ladder.scale] for name, ladder in part.noise.ladders.items()},
        ]
        for part in sweep.parts
    ]  # fmt: skip
    facts = {name: data.facts.get(name, {}) for name in sweep.inputs}
    return fingerprint([parts, facts])[:16]


def common(encoder: Mapping[str, str] | None) -> dict[str, Any]:
    """Return what all doses depend on."""
    known: dict[str, Any] = {"noisebench": __version__, "scheme of randomness": SCHEME}
    if encoder is not None:
        known["features"] = f"{encoder['kind']} {encoder['name']} {encoder['hash']}"
    return known


def ladders(sweeps: Iterable[Sweep], data: Dataset) -> dict[str, str]:
    """Return the hashes of noises by sweep."""
    return {f"noise {sweep}": ladder_of(sweep, data) for sweep in sweeps}


def wanted_of(job: "Job") -> dict[str, Any]:
    """Return everything that a calibration depends on."""
    encoder = {"kind": job.encoder.kind, "name": job.encoder.name, "hash": job.encoder.hash}
    source = job.source
    return {
        **common(encoder), "axis": job.axis, "doses": list(job.doses), "seed": job.seed,
        SAMPLES: f"{source.count} of hash {source.hash[:16]}",
        **ladders(job.sweeps, job.data),
    }  # fmt: skip


def known_of(found: Calibration) -> dict[str, Any]:
    """Return the same of what was calibrated."""
    return {
        "noisebench": found.version, "scheme of randomness": found.scheme,
        "features": f"{found.encoder['kind']} {found.encoder['name']} {found.encoder['hash']}",
        "axis": found.axis, "doses": list(found.doses), "seed": found.seed,
        SAMPLES: f"{found.source.count} of hash {found.source.hash[:16]}",
        **{f"noise {sweep}": each.ladder for sweep, each in found.noises.items()},
    }  # fmt: skip


def samples_in(found: Calibration, data: Dataset) -> dict[str, str]:
    """Return the calibration samples as they are in data: other data lack some, or have other values under their ids."""
    source = found.source
    batch = refound(data, source.ids, source.candidates)
    if len(batch) < source.count:
        return {SAMPLES: f"{len(batch)} of their ids are in the data"}
    seen = content_of(batch, data.inputs)
    return {SAMPLES: f"{len(batch)} of hash {seen[:16]}"}


def refuse(
    found: Calibration,
    wanted: Mapping[str, Any],
    where: str,
    same_features: Callable[[Mapping[str, Any]], bool] | None = None,
    *,
    otherwise: str = "",
) -> None:
    """Refuse frozen doses that were measured for something else.

    Args:
        found: what is frozen.
        wanted: what is asked for now.
        where: what is frozen is called in the message.
        same_features: asked, where the encoder's hash is another, whether it still makes the same of the samples.
        otherwise: what else may be done where it was measured on other samples.

    Raises:
        CalibrationError: they were; the message has the differences and what to do.
    """
    known = known_of(found)
    # A noise that could not be measured then is told by the run; it is no difference.
    gone = {f"noise {sweep}" for sweep in found.left_out}
    lines = {
        name: f"{name}: {known.get(name, 'not calibrated')} -> {value}"
        for name, value in wanted.items()
        if name not in gone and known.get(name) != value
    }
    probed = found.encoder.get("probe")
    if "features" in lines and probed and same_features and same_features(probed):
        del lines["features"]
    if lines:
        shown = [
            *list(lines.values())[:SHOWN],
            *([f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []),
        ]
        listed = "\n".join(f"  {each}" for each in shown)
        hints = AGAIN + (f"\n  {otherwise}" if otherwise and SAMPLES in lines else "")
        raise CalibrationError(f"{where} was calibrated for something else:\n{listed}\n  {hints}")
