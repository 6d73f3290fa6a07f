"""Which noise hurts most: one order for the table, the sentences and the report.

Why: the mean over severities and the area under the curve differ where severities are uneven, and two answers to one
question are none.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from noisebench._realised import NO_CANDIDATE
from noisebench.curve import Curve


def harm(area: float, last: float, name: str, *, higher: bool) -> tuple[float, float, str]:
    """Return what sorts curves worst first: by area, then by the value at the highest severity, then by name."""
    return (
        math.inf if math.isnan(area) else area,
        math.inf if math.isnan(last) else (last if higher else -last),
        name,
    )


def worst_first(curves: Mapping[str, Curve]) -> list[str]:
    """Return the names of curves, the worst first; those without equal doses after those that have them."""
    return sorted(curves, key=lambda name: (curves[name].level is None, *_harm(name, curves[name])))


def comparable(curves: Mapping[str, Curve]) -> dict[str, Curve]:
    """Return the curves that one may be called the worst of: those with equal doses where any has them, else all.

    Curves of a run that stopped early have none.
    """
    equal = {name: curve for name, curve in curves.items() if getattr(curve, "level", None)}
    return equal or dict(curves)


def noises(header: Mapping[str, Any], names: Iterable[str]) -> tuple[str, ...]:
    """Return the sweeps that are noise, not what noise is compared with; all where there is nothing else."""
    known = {each["sweep"] for each in header.get("sweeps") or () if each.get("reference")}
    listed = tuple(names)
    return tuple(name for name in listed if name not in known) or listed


def columns(header: Mapping[str, Any], curves: Iterable[Sequence[float]]) -> tuple[float, ...]:
    """Return the severities that a table has columns for: the plan's, and those of curves that have none of the plan's.

    So a curve with more severities than the others gives a table no columns that the others leave empty. At equal dose every noise
    has severities of its own: then columns are those that all curves share.

    Args:
        header: of the audit.
        curves: the severities of each curve.
    """
    plan = header.get("plan") or {}
    rows = [{severity for severity in each if severity > 0} for each in curves]
    if "severities of equal dose" in plan and len(rows) > 1:
        return tuple(sorted(set.intersection(*rows)))
    known = set() if "severities of equal dose" in plan else set(plan.get("severities") or ())
    found: set[float] = set()
    for mine in rows:
        found |= (mine & known) or mine
    return tuple(sorted(found))


def idle_sweeps(distortion: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the sweeps that found nothing to change in any measured sample: flat for want of noise."""
    return tuple(
        name
        for name, found in distortion.items()
        if isinstance(found, Mapping)
        and found
        and all(
            isinstance(each, Mapping) and each.get(NO_CANDIDATE) == 1 for each in found.values()
        )
    )


def _harm(name: str, curve: Curve) -> tuple[float, float, str]:
    try:
        area = float(curve.area.value)
    except (ArithmeticError, ValueError):
        area = math.nan
    return harm(area, float(curve.estimate[-1]), name, higher=curve.higher_is_better)
