"""What a point cloud is: (N, 3 + F) float32 or float64, a point a row: x, y, z, then what else was measured there.

Clouds may differ in N, and a cloud may be empty. Coordinates are in any unit, and noise whose dose is in metres is for clouds
in metres. Two facts say more: `fields` names the columns after x, y and z (by default one is the intensity, two are
intensity and ring; "nx", "ny" and "nz" are a normal, which turns with its point); `sensor` is where the sensor stands, in
the cloud's frame, usually (0, 0, 0), and makes the cloud a scan: noise of lidars needs it.
"""

import math
from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._modality import Context, Modality
from perturbations.errors import BadValue, explain
from perturbations.pointcloud._corpus import corpus, edges, refused
from perturbations.pointcloud._distance import MEASURES, measure
from perturbations.pointcloud._fields import names_of, place_of

Clouds = NDArray[np.float64]
"""Clouds in working form: (n, N, 3 + F)."""

FAMILIES = ("weather", "occlusion", "lidar", "sensor", "sampling", "geometry", "coding")
"""The way of the echo: the air, what stands in the way, the scanner, the measurement, which points, the pose, the file."""

LARGEST = 1e12
"""Largest coordinate taken, so that squares of distances stay finite."""
_MANY_COLUMNS = 16
"""A cloud with more columns than this that nobody named was given the wrong way round."""
_SMALL = 8192
"""Fewer numbers than this are looked through by numpy, so that small clouds alone never load the kernels."""


def check(value: Any, context: Context, batched: bool) -> None:
    """Raise BadValue unless `value` is a cloud, or a stack of n clouds of equal size."""
    if not isinstance(value, np.ndarray):
        raise BadValue(explain("a cloud as a numpy array", "cloud", value, "np.asarray(cloud)"))
    if value.dtype.kind != "f" or value.dtype.itemsize not in (4, 8):
        hint = "convert it: cloud.astype(np.float32)"
        raise BadValue(explain("a cloud of float32 or float64", "cloud", value, hint))
    fields = context.facts.get("fields")
    _check_shape(value, value.shape[1:] if batched else value.shape, named=fields is not None)
    names_of(fields, value.shape[-1])
    place_of(context.facts.get("sensor"))
    if value.size:
        _check_finite(value)


def _check_shape(value: NDArray[Any], shape: tuple[int, ...], *, named: bool) -> None:
    if len(shape) != 2:
        hint = "noise.batch(clouds) takes several" if len(shape) == 3 else "one row a point"
        raise BadValue(explain("a cloud of shape (points, 3 or more)", "cloud", value, hint))
    rows, columns = shape
    if columns < 3 or (columns > _MANY_COLUMNS and not named):
        across = rows <= _MANY_COLUMNS < columns
        hint = "pass cloud.T" if across else 'name them: facts={"fields": (...)}'
        hint = "columns are x, y, z, then others" if columns < 3 else hint
        raise BadValue(explain("a cloud of shape (points, 3 or more)", "cloud", value, hint))


def _check_finite(value: NDArray[Any]) -> None:
    largest = _peak(value)
    if largest <= LARGEST:
        return
    if math.isfinite(largest):
        hint = "subtract a common origin"
        raise BadValue(explain(f"numbers of at most {LARGEST:g}", "peak", largest, hint))
    broken = int((~np.isfinite(value)).any(axis=-1).sum())
    hint = f"{broken} point(s) have NaN or infinite numbers: cloud[np.isfinite(cloud).all(axis=1)]"
    raise BadValue(explain("a finite cloud", "cloud", value, hint))


def _peak(value: NDArray[Any]) -> float:
    if value.size < _SMALL or not value.flags.c_contiguous or not value.dtype.isnative:
        return max(abs(float(value.max())), abs(float(value.min())))
    from perturbations._kernels import peak

    return peak(value)


def encode(value: NDArray[Any], context: Context, batched: bool) -> tuple[Clouds, np.dtype[Any]]:
    """Return the cloud in rows of float64, and the dtype that it came in: a 32-bit cloud has the same noise, rounded."""
    return np.ascontiguousarray(value, dtype=np.float64), value.dtype


def decode(working: Clouds, dtype: np.dtype[Any], context: Context, batched: bool) -> NDArray[Any]:
    """Return the cloud as it came."""
    return working.astype(dtype, copy=False)


def distance(clean: NDArray[Any], noisy: NDArray[Any], context: Context) -> dict[str, float]:
    """Return every measure of one pair of clouds.

    Raises:
        BadValue: the clouds have different columns.
    """
    if clean.shape[1:] != noisy.shape[1:]:
        raise BadValue(explain(f"a noisy cloud of {clean.shape[1]} columns", "noisy", noisy))
    return measure(clean, noisy)


def signature(value: Any) -> Hashable:
    """Return shape and dtype; clouds that share them can be stacked."""
    return getattr(value, "shape", type(value)), str(getattr(value, "dtype", ""))


MODALITY = Modality(
    name="pointcloud",
    check=check,
    encode=encode,
    decode=decode,
    measures=MEASURES,
    distance=distance,
    edges=edges,
    bad=refused,
    corpus=corpus,
    facts={"sensor": (0.0, 0.0, 0.0)},
    signature=signature,
    stack=np.stack,
    families=FAMILIES,
)
"""Noise for point clouds."""
