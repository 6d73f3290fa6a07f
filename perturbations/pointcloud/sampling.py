"""Which points of the surface were measured: too few, holes, too many, and where.

The share of points of each dose is kept exactly, up to a whole point; one point is always left.
"""

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.pointcloud._fields import Sensor, place_of
from perturbations.pointcloud._modality import Clouds
from perturbations.pointcloud._points import clumps, counted, joined, most_of, smallest, without
from perturbations.pointcloud._random import many_of, on_sphere

_VIEW = 2.0
"""Distance of a drawn viewpoint from the centroid, in radii."""
_SPREAD = (0.075, 0.125)
"""Standard deviations of the clusters of `add_local`, in radii: ModelNet-C's."""


@perturbation(batched=True, coupling="mask", keeps=("dtype",), measure="changed")
def drop_global(
    clouds: Clouds,
    draw: Draw,
    *,
    share: Dose = Ladder(0.25, 0.375, 0.5, 0.625, 0.75, unit="share of points", high=1.0),
    keep_size: bool = False,
) -> Noisy:
    """A scan with too few points: some are lost, anywhere, independently of where they lie.

    Every point has a drawn rank; those of the lowest ranks are lost, so that what is lost at one severity is lost at
    every higher one. The points that are left keep their order.

    Severity: 25, 37.5, 50, 62.5, 75 % of the points (severity 0.2 to 1).

    Settings:
        keep_size: lost points become copies of points that are left, for models of a fixed size.

    References:
        Ren et al. 2022, "Benchmarking and analyzing point cloud classification under corruptions" (ModelNet-C,
        drop global).
    """
    count = clouds.shape[1]
    ranks = draw.uniform((len(clouds), count), stream="rank")
    lost = smallest(ranks, most_of(share, count))
    return without(clouds, lost, draw, keep_size=keep_size)


@perturbation(batched=True, coupling="mask", keeps=("dtype",), measure="changed")
def drop_local(
    clouds: Clouds,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.2, 0.3, 0.4, 0.5, unit="share of points", high=1.0),
    holes: int = 0,
    keep_size: bool = False,
) -> Noisy:
    """Holes in a scan: all points around a few places are lost, as on black, wet or mirroring patches.

    Holes are balls about drawn points of the cloud, their radii in drawn proportions of 1/2 to 3/2; they grow together
    until the share is lost, so that a harsher hole contains a milder one.

    Severity: 10, 20, 30, 40, 50 % of the points (severity 0.2 to 1), about ModelNet-C's 100 to 500 of 1024.

    Settings:
        holes: how many; 0 draws 1 to 7 for each cloud, as ModelNet-C does.
        keep_size: lost points become copies of points that are left, for models of a fixed size.

    Raises:
        BadSetting: the number of holes is negative.

    References:
        Ren et al. 2022, "Benchmarking and analyzing point cloud classification under corruptions" (ModelNet-C,
        drop local).
    """
    from perturbations.pointcloud._kernels.places import nearness

    if holes < 0:
        raise BadSetting(explain("0 or more holes", "holes", holes))
    n, count = clouds.shape[:2]
    most = holes or 7
    number = np.full(n, holes) if holes else many_of(draw, "holes", 1, 7)
    centres = (draw.uniform((n, most), stream="centre") * count).astype(np.int64)
    sizes = 0.5 + draw.uniform((n, most), stream="size")
    sizes[np.arange(most) >= number[:, None]] = 0
    lost = smallest(nearness(clouds, centres, sizes), most_of(share, count))
    return without(clouds, lost, draw, keep_size=keep_size, report={"holes": int(number[:1].sum())})


@perturbation(batched=True, coupling="mask", keeps=("dtype",), measure="changed")
def density_decrease(
    clouds: Clouds,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.45, 0.65, 0.8, unit="share of points", high=1.0),
    sensor: Sensor | None = None,
    keep_size: bool = False,
) -> Noisy:
    """A scan that thins out with distance: far surfaces lose more points than near ones.

    The share of the points is lost in a draw without replacement, in which a point's chance goes with the square of its
    distance from the sensor, as the density of beams falls. Where no sensor is known it stands in a drawn direction, two
    radii from the centroid. What is lost at one severity is lost at every higher one.

    Severity: 10, 25, 45, 65, 80 % of the points (severity 0.2 to 1). Our choice.

    Settings:
        keep_size: lost points become copies of points that are left, for models of a fixed size.

    References:
        Efraimidis and Spirakis 2006, "Weighted random sampling with a reservoir" (the draw).
    """
    from perturbations.pointcloud._kernels.chance import waits
    from perturbations.pointcloud._kernels.places import reach, spheres

    if sensor is None:
        centres, radii = spheres(clouds)
        view = centres + _VIEW * radii[:, None] * on_sphere(draw, "view")
        weights = np.concatenate(
            [reach(cloud[None], place) for cloud, place in zip(clouds, view, strict=True)]
        )
    else:
        weights = reach(clouds, place_of(sensor))
    scores = waits(weights * weights, draw.key("wait"))
    lost = smallest(scores, most_of(share, clouds.shape[1]))
    return without(clouds, lost, draw, keep_size=keep_size)


@perturbation(batched=True, coupling="prefix", keeps=("dtype",), measure="added")
def add_global(
    clouds: Clouds,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.03, 0.04, 0.05, unit="share of points", high=10.0),
    keep_size: bool = False,
) -> Noisy:
    """Stray points float around: dust, insects, false echoes, spread over the ball that holds the cloud.

    Added points are uniform in the ball about the centroid that reaches the farthest point; they come after the cloud's own,
    in one order, so that a milder cloud is the beginning of a harsher one. Their other columns are those of drawn points.

    Severity: 1, 2, 3, 4, 5 % of the points (severity 0.2 to 1), about ModelNet-C's 10 to 50 for 1024.

    Settings:
        keep_size: added points take the place of drawn points of the cloud, for models of a fixed size.

    References:
        Ren et al. 2022, "Benchmarking and analyzing point cloud classification under corruptions" (ModelNet-C,
        add global).
    """
    from perturbations.pointcloud._kernels.chance import balls
    from perturbations.pointcloud._kernels.places import spheres

    n, count = clouds.shape[:2]
    more = counted(share, count)
    centres, radii = spheres(clouds)
    xyz = centres[:, None] + radii[:, None, None] * balls(draw.key("ball"), more)
    like = (draw.uniform((n, more), stream="like") * count).astype(np.int64)
    return joined(clouds, xyz, like, draw, keep_size=keep_size)


@perturbation(batched=True, coupling="prefix", keeps=("dtype",), measure="added")
def add_local(
    clouds: Clouds,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.2, 0.3, 0.4, 0.5, unit="share of points", high=10.0),
    clusters: int = 0,
    keep_size: bool = False,
) -> Noisy:
    """Clumps of stray points at the surface: leaves, spray, things that touch the object.

    Every added point belongs to one of the clusters by a fair draw, is normal about a drawn point of the cloud with a
    standard deviation of 0.075 to 0.125 of the radius, and is brought to the surface of the ball that holds the cloud where
    it lies outside. A milder cloud is the beginning of a harsher one. Other columns are those of the cluster's point.

    Severity: 10, 20, 30, 40, 50 % of the points (severity 0.2 to 1), about ModelNet-C's 100 to 500 for 1024.

    Settings:
        clusters: how many; 0 draws 1 to 7 for each cloud, as ModelNet-C does.
        keep_size: added points take the place of drawn points of the cloud, for models of a fixed size.

    Raises:
        BadSetting: the number of clusters is negative.

    References:
        Ren et al. 2022, "Benchmarking and analyzing point cloud classification under corruptions" (ModelNet-C,
        add local).
    """
    from perturbations.pointcloud._kernels.places import spheres

    if clusters < 0:
        raise BadSetting(explain("0 or more clusters", "clusters", clusters))
    n, count = clouds.shape[:2]
    more = counted(share, count)
    number = np.full(n, clusters) if clusters else many_of(draw, "clusters", 1, 7)
    member = (draw.uniform((n, more), stream="member") * number[:, None]).astype(np.int64)
    centre = (draw.uniform((n, clusters or 7), stream="centre") * count).astype(np.int64)
    spread = _SPREAD[0] + (_SPREAD[1] - _SPREAD[0]) * draw.uniform(centre.shape, stream="spread")
    xyz, like = clumps(clouds, draw, member, centre, spread, spheres(clouds))
    return joined(clouds, xyz, like, draw, keep_size=keep_size)
