"""A curve as JSON, and the checks on what a curve is made from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._records import Json, pack, unpack
from noisebench.errors import DataError
from perturbations.errors import explain

if TYPE_CHECKING:
    from noisebench.curve._curve import Curve


Floats = NDArray[np.float64]

DROPS = (0.05, 0.1, 0.2, 0.5)
"""Shares of loss whose tolerance is saved with a curve."""

PLAIN = (
    "name", "metric", "severities", "n", "higher_is_better", "chance", "confidence", "missing",
    "doses", "unit", "metric_unit", "reproduce", "ids", "seed",
)  # fmt: skip
EARLY = ("counts", "band")
"""Of curves whose sampling stopped early; what was saved before there were any has neither."""
ARRAYS = ("estimate", "low", "high")


def saved(curve: "Curve") -> Json:
    """Return points, band and every answer that a report may ask for."""
    if curve.answers is not None:
        _fill(curve)
    plain = {key: pack(getattr(curve, key)) for key in PLAIN}
    arrays = {key: pack(getattr(curve, key).tolist()) for key in ARRAYS}
    early = {key: pack(getattr(curve, key)) for key in EARLY if curve.counts is not None}
    early |= {"shared": curve.shared} if curve.shared else {}
    return {**plain, **early, **arrays, "answers": pack(curve.memo)}


def restored(record: Json) -> dict[str, Any]:
    """Return the fields of a curve from what `saved` wrote."""
    values: dict[str, Any] = {key: record[key] for key in PLAIN}
    for key in ARRAYS:
        values[key] = frozen(np.array([unpack(value) for value in record[key]], dtype=np.float64))
    values |= {key: record[key] for key in (*EARLY, "shared") if key in record}
    for key in ("severities", "ids", "counts"):
        if key in values:
            values[key] = tuple(values[key])
    values["missing"] = unpack(values["missing"])
    values["doses"] = None if values["doses"] is None else tuple(map(_dose, values["doses"]))
    return {**values, "memo": {key: unpack(value) for key, value in record["answers"].items()}}


def _dose(value: Any) -> Any:
    """Undo `pack` for a dose; None stays: there is no dose at severity 0."""
    if isinstance(value, dict):
        return {key: _dose(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(map(_dose, value))
    return None if value is None else unpack(value)


def _fill(curve: "Curve") -> None:
    for severity in curve.severities:
        curve.value(at=severity)
        curve.retained(at=severity)
        curve.drop(at=severity)
        curve.retains(0.9, at=severity)
    for drop in DROPS:
        curve.tolerance(drop=drop)
    for name in ("area", "slope", "knee", "cliff", "psychometric", "uncertainty"):
        getattr(curve, name)


def check(confidence: float, bootstrap: int) -> None:
    """Refuse a confidence or a number of resamples that gives no interval."""
    if not 0.5 < confidence < 1:
        raise DataError(explain("a number between 0.5 and 1", "confidence", confidence, "use 0.95"))
    if bootstrap < 100:
        raise DataError(explain("at least 100 resamples", "bootstrap", bootstrap, "use 2000"))


def frozen(values: Floats) -> Floats:
    """Return a copy that cannot be written to."""
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


def match_doses(doses: Sequence[Any] | None, levels: int) -> tuple[Any, ...] | None:
    """Return one dose per severity, None at severity 0 where none was given for it."""
    if doses is None:
        return None
    if len(doses) not in (levels, levels - 1):
        hint = "one per severity"
        raise DataError(explain(f"{levels - 1} doses", "doses", list(doses), hint))
    return tuple(doses) if len(doses) == levels else (None, *doses)
