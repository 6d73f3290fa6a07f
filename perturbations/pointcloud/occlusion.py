"""What the sensor cannot see: a part of its view, what lies behind something, the far side of a surface."""

import math

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.pointcloud._fields import Sensor, place_of
from perturbations.pointcloud._modality import Clouds
from perturbations.pointcloud._points import counted, smallest, without
from perturbations.pointcloud._random import on_sphere

_VIEW = 3.0
"""Distance of a viewpoint from the centroid, in radii."""
_NEARNESS = (0.2, 0.8)
"""Where an obstacle stands on the way to the point that it hides, as a share of the way."""


@perturbation(batched=True, coupling="mask", keeps=("dtype",), measure="changed")
def field_of_view(
    clouds: Clouds,
    draw: Draw,
    *,
    angle: Dose = Ladder(30, 60, 120, 180, 240, unit="° of azimuth lost", high=360.0),
    towards: float | None = None,
    sensor: Sensor,
    keep_size: bool = False,
) -> Noisy:
    """A part of the view is gone: the sensor is covered on one side, or looks out from a corner.

    All points whose azimuth about the sensor lies in a sector of this angle are lost. The middle of the sector is the draw's,
    or opposite to `towards`; a narrower sector lies in a wider one. A point straight above or below the sensor is in none.
    Nothing may be left.

    Severity: 30, 60, 120, 180, 240 of 360 degrees (severity 0.2 to 1). Our choice; the source keeps 210 to 90.

    Settings:
        towards: azimuth in degrees, anticlockwise from x, of the middle of what is kept; drawn when it is none.
        keep_size: lost points become copies of points that are left, or stand at the sensor if none is.

    Raises:
        BadSetting: `towards` is no finite number.

    References:
        Dong et al. 2023, "Benchmarking robustness of 3D object detection to common corruptions in autonomous driving"
        (field of view lost).
    """
    from perturbations.pointcloud._kernels.places import in_sectors

    if towards is not None and not _is_number(towards):
        raise BadSetting(explain("degrees", "towards", towards))
    place = place_of(sensor)
    if towards is None:
        turns = (2 * math.pi * draw.uniform((len(clouds),), stream="sector")).tolist()
    else:
        turns = [math.radians(towards) + math.pi] * len(clouds)
    ways = np.array([(math.cos(turn), math.sin(turn)) for turn in turns]).reshape(-1, 2)
    lost = in_sectors(clouds, place, ways, math.radians(angle))
    return without(clouds, lost, draw, keep_size=keep_size, empty=place)


@perturbation(batched=True, coupling="mask", keeps=("dtype",), measure="changed")
def occlusion(
    clouds: Clouds,
    draw: Draw,
    *,
    angle: Dose = Ladder(4, 8, 15, 25, 40, unit="° across", high=180.0),
    obstacles: int = 1,
    sensor: Sensor,
    keep_size: bool = False,
) -> Noisy:
    """Something stands between sensor and scene: all behind it lies in its shadow.

    An obstacle is a disc that faces the sensor on the way to a drawn point, at 20 to 80 % of it; points farther away than the
    obstacle and within its cone are lost. It gives no echo itself (it is black, wet or too near). A smaller shadow lies in a
    larger one.

    Severity: 4, 8, 15, 25, 40 degrees across (severity 0.2 to 1): from a pedestrian at 10 m to a van at 5 m. Our choice.

    Settings:
        obstacles: how many.
        keep_size: lost points become copies of points that are left, or stand at the sensor if none is.

    Raises:
        BadSetting: there is no obstacle.

    References:
        Ray and shadow as in Sun et al. 2022, "Benchmarking robustness of 3D point cloud recognition against common
        corruptions" (ModelNet40-C, occlusion); the amounts are our choice.
    """
    from perturbations.pointcloud._kernels.places import shaded

    if obstacles < 1:
        raise BadSetting(explain("at least one obstacle", "obstacles", obstacles))
    n, count = clouds.shape[:2]
    hidden = (draw.uniform((n, obstacles), stream="behind") * count).astype(np.int64)
    low, high = _NEARNESS
    near = low + (high - low) * draw.uniform((n, obstacles), stream="near")
    place = place_of(sensor)
    lost = shaded(clouds, place, hidden, near, math.cos(math.radians(angle) / 2))
    return without(clouds, lost, draw, keep_size=keep_size, empty=place)


@perturbation(batched=True, coupling="mask", keeps=("dtype",), measure="changed")
def self_occlusion(
    clouds: Clouds,
    draw: Draw,
    *,
    share: Dose = Ladder(0.2, 0.4, 0.6, 0.8, 1.0, unit="share of the hidden points", high=1.0),
    keep_size: bool = False,
) -> Noisy:
    """An object that was scanned from one side only: its far side is missing.

    A viewpoint stands in a drawn direction, three radii from the centroid. What is hidden from it is found by spherical
    flipping: a point is seen where its mirror image in a large sphere is a corner of the convex hull of all of them and the
    viewpoint. The share of the hidden points is lost, by drawn ranks, so that what is lost at one severity is lost at every higher
    one. A cloud in one plane hides nothing.

    Severity: 20, 40, 60, 80, 100 % of the hidden points (severity 0.2 to 1): at 1 the scan of one side. Our choice.

    Settings:
        keep_size: lost points become copies of points that are left, for models of a fixed size.

    References:
        Katz, Tal and Basri 2007, "Direct visibility of point sets".
    """
    from perturbations.pointcloud._kernels.places import spheres
    from perturbations.pointcloud._visible import hidden_from

    centres, radii = spheres(clouds)
    views = centres + _VIEW * radii[:, None] * on_sphere(draw, "view")
    ranks = draw.uniform(clouds.shape[:2], stream="rank")
    lost = np.zeros(clouds.shape[:2], dtype=bool)
    for row, cloud, view, rank in zip(lost, clouds, views, ranks, strict=True):
        hidden = np.flatnonzero(hidden_from(view, cloud[:, :3]))
        chosen = smallest(rank[None, hidden], counted(share, len(hidden)))
        row[hidden[chosen[0]]] = True
    return without(clouds, lost, draw, keep_size=keep_size)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
