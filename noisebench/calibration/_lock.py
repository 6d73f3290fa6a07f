"""The lock file: a calibration frozen as text, with the hashes of everything that it depends on.

Why: a test that runs in a year must ask for the same noise as today. So doses are never measured anew in silence: where a
noise, the features or the version are others than those that were calibrated, the lock is refused, with the difference
and the command that calibrates again.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from noisebench.calibration._detect import Detection
from noisebench.calibration._table import Calibration, Doses, Point, Rung, Source
from noisebench.errors import CalibrationError
from perturbations.errors import explain

FORMAT = 1
NAME = "noisebench.lock.json"
"""Where the command line keeps it."""

FIGURES = 6
"""Significant digits of what was measured."""

OTHER = (
    "or, where only severities are to be those of other data: noisebench run --lock PATH --other-data, "
    "or nb.audit(..., calibrated=nb.Calibration.load(path).for_other_data())"
)

AGAIN = (
    "calibrate again on purpose: noisebench calibrate TARGET --fresh, "
    "or nb.calibrate(..., lock=path, fresh=True)"
)


def write(found: Calibration, path: str | Path) -> Path:
    """Write a lock file, complete or not at all.

    Raises:
        CalibrationError: it cannot be written.
    """
    target = Path(path)
    content = to_plain(found)
    text = json.dumps({**content, "hash": checksum(content)}, indent=1, allow_nan=False)
    beside = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(_on_one_line(text) + "\n", encoding="utf-8", newline="\n")
        beside.replace(target)
    except OSError as error:
        raise CalibrationError(f"the lock file {target} cannot be written: {error}") from error
    return target


def read(path: str | Path) -> Calibration:
    """Read a lock file.

    Raises:
        CalibrationError: there is none, it is damaged or was edited, or another version wrote it.
    """
    place = Path(path)
    if not place.is_file():
        hint = f"make it: noisebench calibrate TARGET --out {place}, or nb.calibrate(..., lock=...)"
        raise CalibrationError(explain("a lock file", "path", str(place), hint))
    try:
        content = json.loads(place.read_text("utf-8"))
        known = content.pop("hash", None)
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise CalibrationError(f"{place} is no readable lock file: {error}\n  {AGAIN}") from error
    if content.get("format") != FORMAT:
        wanted = f"a lock file of format {FORMAT}"
        raise CalibrationError(explain(wanted, "format", content.get("format"), AGAIN))
    if known != checksum(content):
        raise CalibrationError(
            f"the lock file {place} was edited or damaged: its hash does not fit\n  {AGAIN}"
        )
    return from_plain(content)


def checksum(content: Mapping[str, Any]) -> str:
    """Return the hash of plain data."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def to_plain(found: Calibration) -> dict[str, Any]:
    """Return a calibration as plain data."""
    return {
        "format": FORMAT,
        "noisebench": found.version,
        "scheme": found.scheme,
        "axis": found.axis,
        "unit": found.unit,
        "doses": list(found.doses),
        "encoder": _plain(found.encoder),
        "seed": found.seed,
        "samples": _plain(asdict(found.source)),
        "noises": {sweep: _noise(each) for sweep, each in found.noises.items()},
        "left_out": dict(found.left_out),
        "calls": found.calls,
        **({"for other data": True} if found.elsewhere else {}),
    }


def from_plain(content: Mapping[str, Any]) -> Calibration:
    """Read what `to_plain` returned."""
    samples = _numbers(Source, content["samples"])
    return Calibration(
        axis=content["axis"],
        doses=tuple(content["doses"]),
        noises={sweep: _read_noise(sweep, each) for sweep, each in content["noises"].items()},
        left_out=dict(content["left_out"]),
        encoder=dict(content["encoder"]),
        source=Source(**samples | {"ids": tuple(samples["ids"])}),
        seed=content["seed"],
        version=content["noisebench"],
        scheme=content["scheme"],
        calls=content["calls"],
        elsewhere=content.get("for other data", False),
    )


def _noise(found: Doses) -> dict[str, Any]:
    columns = [each.name for each in fields(Point)]
    known = {
        name: getattr(found, name)
        for name in ("input", "modality", "unit", "measure", "measure_unit", "law", "tau", "monotone", "ladder")
    }  # fmt: skip
    grid = {name: [getattr(point, name) for point in found.grid] for name in columns}
    rungs = [
        {"dose": each.dose, "state": each.state, "point": [getattr(each.point, n) for n in columns]}
        | ({"detection": asdict(each.detection)} if each.detection else {})
        for each in found.rungs
    ]
    plain: dict[str, Any] = _plain({**known, "rungs": rungs, "grid": grid})
    return plain


def _read_noise(sweep: str, content: Mapping[str, Any]) -> Doses:
    known = {k: v for k, v in content.items() if k not in {"grid", "rungs", "tau"}}
    grid = tuple(map(_point, zip(*content["grid"].values(), strict=True)))
    rungs = tuple(
        Rung(
            each["dose"], each["state"], _point(each["point"]),
            Detection(**each["detection"]) if "detection" in each else None,
        )
        for each in content["rungs"]
    )  # fmt: skip
    return Doses(sweep=sweep, grid=grid, rungs=rungs, tau=_number(content["tau"]), **known)


def _point(values: Any) -> Point:
    return Point(**_numbers(Point, dict(zip((f.name for f in fields(Point)), values, strict=True))))


def _numbers(kind: Any, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields with NaN and infinity back where numbers are."""
    floats = {each.name for each in fields(kind) if each.type in {float, "float"}}
    return {k: _number(v) if k in floats else v for k, v in content.items()}


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _plain(value: Any) -> Any:
    """Return plain data: few digits, None for NaN, infinity as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return float(f"{value:.{FIGURES}g}") if isinstance(value, float) else value


def _on_one_line(text: str) -> str:
    """Put lists of numbers and words on one line each, where that changes nothing."""
    short = re.sub(r"\[[^\[\]{}]*\]", lambda found: " ".join(found[0].split()), text)
    return short if json.loads(short) == json.loads(text) else text
