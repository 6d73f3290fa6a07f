"""What the columns of a cloud are besides x, y and z, and where its sensor stands."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import BadValue, NotApplicable, explain

Fields = Sequence[str]
Sensor = Sequence[float]

AXES = ("x", "y", "z")
NORMALS = ("nx", "ny", "nz")
_COMMON: dict[int, tuple[str, ...]] = {0: (), 1: ("intensity",), 2: ("intensity", "ring")}
"""Columns beyond the coordinates where nothing was declared: as KITTI and as nuScenes store their scans."""


def names_of(fields: Fields | None, width: int) -> tuple[str, ...]:
    """Return the names of a cloud's columns after x, y and z; empty where they are not known.

    Raises:
        BadValue: the fact `fields` names other columns than there are.
    """
    if fields is None:
        return _COMMON.get(width - 3, ())
    given = (fields,) if isinstance(fields, str) else tuple(fields)
    rest = given[3:] if given[:3] == AXES else given
    if len(rest) != width - 3 or not all(isinstance(name, str) for name in rest):
        hint = 'name the columns after x, y and z, such as ("intensity", "ring")'
        expected = f"the fact fields to name {width - 3} column(s)"
        raise BadValue(explain(expected, "fields", given, hint))
    return rest


def find(fields: Fields | None, width: int, name: str) -> int | None:
    """Return the column of that name; None where there is none."""
    known = names_of(fields, width)
    return 3 + known.index(name) if name in known else None


def need(fields: Fields | None, width: int, name: str, noise: str) -> int:
    """Return the column of that name.

    Raises:
        NotApplicable: the cloud has none.
    """
    found = find(fields, width, name)
    if found is None:
        hint = f'say facts={{"fields": (..., "{name}")}} if one of the columns is it'
        known = names_of(fields, width) or f"{width - 3} unnamed column(s)"
        raise NotApplicable(explain(f"a column of {name} for {noise}", "fields", known, hint))
    return found


def place_of(sensor: Sensor | None) -> NDArray[np.float64]:
    """Return where the sensor is; the origin where it is not known.

    Raises:
        BadValue: the fact `sensor` is no three finite numbers.
    """
    if sensor is None:
        return np.zeros(3)
    try:
        place = np.array(sensor, dtype=np.float64)
    except (TypeError, ValueError):
        place = np.empty(0)
    if place.shape != (3,) or not np.isfinite(place).all():
        hint = "(0, 0, 0) for a scan in its sensor's own frame"
        expected = "the fact sensor to be x, y, z of the sensor, in the unit of the cloud"
        raise BadValue(explain(expected, "sensor", sensor, hint))
    return place


def full_scale(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the full scale of intensities (n, N): 1 where none of a cloud's is larger, else 255."""
    most = values.max(axis=1, initial=0.0)
    return np.where(most <= 1, 1.0, 255.0)
