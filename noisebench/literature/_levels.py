"""Where MultiBench's noise levels stand in an audit, and the curves of other models at them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Union

import numpy as np

from noisebench.curve._sample import Sample
from noisebench.errors import MetricError
from noisebench.literature._paired import Floats, called, plain_sweeps, scores_of
from perturbations.errors import did_you_mean, explain

if TYPE_CHECKING:
    from noisebench._audit import Audit

Source = Union["Audit", Mapping[str, Sequence[float]]]
"""Another model: its audit, or its stored curves by sweep, at the levels 0, 0.1, 0.2, ..."""

FEWEST = 8
"""Noisy levels of the shortest of the published curves."""


def gridded(audit: "Audit") -> dict[str, tuple[float, ...]]:
    """Return the sweeps of one noise, and those of several at once, whose severity varies."""
    joint = {
        known["sweep"]: tuple(known["severities"])
        for known in audit.header["sweeps"]
        if len(known["parts"]) > 1
        and all(part["at"] is None and not part["position"] for part in known["parts"])
        and known["sweep"] in audit.curves
    }
    return plain_sweeps(audit) | joint


def places(grid: Sequence[float], last: float | None) -> tuple[int, ...]:
    """Return where the protocol's levels stand in a curve, the clean one first; nothing where they are not all there.

    Args:
        grid: the severities above 0.
        last: the last level; by default as far as steps of 0.1 go, but not less far than the shortest published curve.
    """
    found = [0]
    for step in range(1, 11):
        place = [i + 1 for i, each in enumerate(grid) if abs(each - step / 10) < 1e-9]
        if not place:
            break
        found += place
    wanted = len(found) - 1 if last is None else round(10 * last)
    enough = len(found) > wanted >= (FEWEST if last is None else 1)
    return tuple(found[: wanted + 1]) if enough else ()


def scores_at(audit: "Audit", sweep: str, metric: str, at: Sequence[int]) -> Sample:
    """Return the scores of a sweep at some places of its curve."""
    sample = scores_of(audit, sweep, metric)
    severities = tuple(sample.severities[i] for i in at)
    return replace(sample, severities=severities, scores=tuple(sample.scores[i] for i in at))


def other_curve(
    source: Source, audit: "Audit", sweep: str, metric: str, count: int
) -> Sample | Floats | str:
    """Return another model's curve of a sweep at so many levels: scores, a stored curve, or why there is none.

    Raises:
        MetricError: the other model is neither an audit nor stored curves that fit.
    """
    if isinstance(source, Mapping):
        return _stored(source, audit, sweep, count)
    if not hasattr(source, "header"):
        hint = "an audit of the other model, or {sweep: [performance at 0, at 0.1, ...]}"
        raise MetricError(explain("an audit or stored curves", "reference", source, hint))
    at = places(gridded(source).get(sweep, ()), (count - 1) / 10)
    if not at:
        return f"undefined: {called(source, 'the other audit')} was not measured under {sweep} at these levels"
    return scores_at(source, sweep, metric, at)


def _stored(
    curves: Mapping[str, Sequence[float]], audit: "Audit", sweep: str, count: int
) -> Floats | str:
    unknown = [name for name in curves if name not in audit.sweeps]
    if unknown:
        hint = did_you_mean(unknown[0], audit.sweeps)
        raise MetricError(explain("stored curves by sweep", "sweep", unknown[0], hint))
    if sweep not in curves:
        return f"undefined: there is no stored curve of {sweep}"
    found = np.asarray(curves[sweep], dtype=np.float64)
    if found.ndim != 1 or len(found) < count or not np.isfinite(found).all():
        expected = f"performances at the {count} levels from 0 of {sweep}"
        hint = f"last={(len(found) - 1) / 10:g} stops where it ends" if found.ndim == 1 else ""
        raise MetricError(explain(expected, "stored curve", curves[sweep], hint))
    return found[:count]
