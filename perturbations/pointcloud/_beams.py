"""Which beam of a lidar measured each point."""

import math

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import BadSetting, NotApplicable, explain
from perturbations.pointcloud._fields import Fields, Sensor, find, place_of
from perturbations.pointcloud._modality import Clouds

MOST = 512
"""Beams of the largest lidar that is taken for one."""


def beams_of(
    clouds: Clouds, fields: Fields | None, sensor: Sensor | None, beams: int, noise: str
) -> NDArray[np.int64]:
    """Return the beam of every point (n, N): its ring, or where `beams` is given the slice of elevation that it lies in.

    Raises:
        BadSetting: the number of beams is not from 0 to 512.
        NotApplicable: there is neither a ring nor a number of beams, or a ring is no whole number from 0 to 511.
    """
    if not 0 <= beams <= MOST:
        raise BadSetting(explain(f"0 to {MOST} beams", "beams", beams))
    if beams:
        return _slices(clouds, sensor, beams)
    column = find(fields, clouds.shape[2], "ring")
    if column is None:
        hint = 'say facts={"fields": (..., "ring")}, or beams=64 to tell beams by their elevation'
        width = clouds.shape[2] - 3
        raise NotApplicable(explain(f"a column of rings for {noise}", "columns", width, hint))
    rings = clouds[..., column]
    whole = rings.astype(np.int64)
    if rings.size and not (whole.min() >= 0 and whole.max() < MOST and (whole == rings).all()):
        hint = 'name the columns: facts={"fields": ("intensity", "ring")}'
        raise NotApplicable(explain(f"rings from 0 to {MOST - 1} for {noise}", "ring", rings, hint))
    return np.asarray(whole)


def _slices(clouds: Clouds, sensor: Sensor | None, beams: int) -> NDArray[np.int64]:
    from perturbations.pointcloud._kernels.places import elevations

    if not clouds.size:
        return np.zeros(clouds.shape[:2], dtype=np.int64)
    angle = elevations(clouds, place_of(sensor))
    low = angle.min(axis=1, keepdims=True)
    width = (angle.max(axis=1, keepdims=True) - low) / beams
    part = np.divide(angle - low, width, out=np.zeros_like(angle), where=width > 0)
    return np.asarray(np.minimum(part.astype(np.int64), beams - 1))


def halving_order(count: int) -> NDArray[np.float64]:
    """Return the order in which beams are left out so that those that are left stay evenly spaced: 0 is left out first.

    Every second one goes first, then every second one of those that are left, and so on.
    """
    rounds = math.ceil(math.log2(count)) if count > 1 else 0
    number = np.arange(count)
    level = np.full(count, rounds, dtype=np.float64)
    for each in range(rounds - 1, -1, -1):
        level[number % 2 ** (each + 1) == 2**each] = each
    return level
