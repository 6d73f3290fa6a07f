"""ModelNet-C: seven atomic corruptions of clouds in the unit sphere, at their published constants.

Why: definitions and constants are those of the program that made the published data; the random numbers are not, and where
the program's severities are unrelated, ours are nested.
"""

import math

import numpy as np

from perturbations import Dose, Draw, Noisy, perturbation, preset
from perturbations._presets import LEVELS, at
from perturbations.pointcloud._modality import Clouds
from perturbations.pointcloud._points import joined, smallest, without
from perturbations.pointcloud.presets._atoms import (
    GROUPS,
    counted,
    frame_of,
    members,
    orders_of,
    turns,
)

PRESET = preset(
    "modelnet-c",
    modality="pointcloud",
    title="The seven atomic corruptions of ModelNet-C at the published constants",
    note="The published constants on your own clouds, levels 1 to 5: not the stored data set, and not its random numbers. Lengths "
    "are shares of the radius about the centroid, so that any cloud is hit as a normalised one is; frame=given takes the cloud "
    "as it is, origin and unit of length included. On purpose otherwise: what is dropped at a level is dropped at every "
    "higher one (the published holes of drop-local are drawn anew at every level; ours grow), "
    "points keep their order, and a clump of add-local that reaches out of the sphere is brought to its surface (the published "
    "code divides by the squared distance, which brings it inside). Counts are for 1024 points and scale with the cloud's size.",
)

SCALE = (1.6, 1.7, 1.8, 1.9, 2.0)
JITTER = (0.01, 0.02, 0.03, 0.04, 0.05)
ROTATE = tuple(math.radians(each) for each in (6, 12, 18, 24, 30))
DROP_GLOBAL = (0.25, 0.375, 0.5, 0.625, 0.75)
DROP_LOCAL = ADD_LOCAL = (100, 200, 300, 400, 500)
ADD_GLOBAL = (10, 20, 30, 40, 50)
SPREAD = (0.075, 0.125)
"""Least and greatest standard deviation of a clump."""


@perturbation("modelnet-c/scale", family="modelnet-c", batched=True, coupling="transform")
def scale(clouds: Clouds, draw: Draw, *, level: Dose = LEVELS, frame: str = "cloud") -> Clouds:
    """An object of other proportions: x, y and z are scaled each on its own, and the cloud is normalised again.

    Each factor is uniform between 1 / s and s; then the centroid goes back to where it was, and the farthest point to the
    distance that it had.

    Severity: s = 1.6, 1.7, 1.8, 1.9, 2 at levels 1 to 5 (severity 0.2 to 1).

    Settings:
        frame: "cloud" normalises the cloud's own ball; "given" takes it as it is and brings it into the unit sphere.

    References:
        Ren, Pan and Liu 2022, "Benchmarking and analyzing point cloud classification under corruptions", `scale`.
    """
    from perturbations.pointcloud._kernels.moves import moved
    from perturbations.pointcloud._kernels.places import spheres

    most = at(SCALE, level)
    centres, radii = frame_of(clouds, frame)
    factors = 1 / most + (most - 1 / most) * draw.uniform((len(clouds), 3), stream="axes")
    still = np.zeros_like(centres)
    grown = moved(clouds, factors[:, :, None] * np.eye(3), centres, still)
    middles, reached = spheres(grown)
    back = np.divide(radii, reached, out=np.ones_like(radii), where=reached > 0)
    return moved(grown, back[:, None, None] * np.eye(3), middles, centres - middles)


@perturbation(
    "modelnet-c/jitter",
    family="modelnet-c",
    batched=True,
    coupling="additive",
    measure="displacement",
)
def jitter(clouds: Clouds, draw: Draw, *, level: Dose = LEVELS, frame: str = "cloud") -> Clouds:
    """A sensor that measures places inexactly: every coordinate gets a normal number of its own.

    Severity: standard deviation 0.01, 0.02, 0.03, 0.04, 0.05 at levels 1 to 5 (severity 0.2 to 1).

    Settings:
        frame: "cloud" takes it as a share of the radius, "given" in the cloud's unit.

    References:
        Ren, Pan and Liu 2022, "Benchmarking and analyzing point cloud classification under corruptions", `jitter`.
    """
    from perturbations.pointcloud._kernels.moves import scattered

    return scattered(clouds, draw.key("noise"), at(JITTER, level) * frame_of(clouds, frame)[1])


@perturbation(
    "modelnet-c/rotate",
    family="modelnet-c",
    batched=True,
    coupling="transform",
    measure="displacement",
)
def rotate(clouds: Clouds, draw: Draw, *, level: Dose = LEVELS, frame: str = "cloud") -> Clouds:
    """An object that lies askew: turns about x, y and z by angles of their own.

    Angles a, b, c are uniform within the bound; a point as a row goes to p Rz(c) Ry(b) Rx(a).

    Severity: bounds of 6, 12, 18, 24, 30 degrees at levels 1 to 5 (severity 0.2 to 1).

    Settings:
        frame: "cloud" turns about the centroid, "given" about the origin.

    References:
        Ren, Pan and Liu 2022, "Benchmarking and analyzing point cloud classification under corruptions", `rotate`.
    """
    from perturbations.pointcloud._kernels.moves import moved

    centres, _ = frame_of(clouds, frame)
    angles = at(ROTATE, level) * (2 * draw.uniform((len(clouds), 3), stream="angles") - 1)
    return moved(clouds, turns(angles), centres, np.zeros_like(centres))


@perturbation(
    "modelnet-c/drop-global",
    family="modelnet-c",
    batched=True,
    coupling="mask",
    keeps=("dtype",),
    measure="changed",
)
def drop_global(
    clouds: Clouds, draw: Draw, *, level: Dose = LEVELS, keep_size: bool = False
) -> Noisy:
    """A scan with too few points: some are lost, anywhere.

    The whole part of N (1 - share) points is left, one at least.

    Severity: 25, 37.5, 50, 62.5, 75 % of the points at levels 1 to 5 (severity 0.2 to 1).

    Settings:
        keep_size: lost points become copies of points that are left, for models of a fixed size.

    References:
        Ren, Pan and Liu 2022, "Benchmarking and analyzing point cloud classification under corruptions", `dropout_global`.
    """
    count = clouds.shape[1]
    left = max(int(count * (1 - at(DROP_GLOBAL, level))), min(count, 1))
    lost = smallest(draw.uniform((len(clouds), count), stream="rank"), count - left)
    return without(clouds, lost, draw, keep_size=keep_size)


@perturbation(
    "modelnet-c/drop-local",
    family="modelnet-c",
    batched=True,
    coupling="mask",
    keeps=("dtype",),
    measure="changed",
)
def drop_local(
    clouds: Clouds, draw: Draw, *, level: Dose = LEVELS, keep_size: bool = False
) -> Noisy:
    """Holes in a scan: the points nearest to a few of its points are lost.

    There are 1 to 7 holes, and every lost point belongs to one of them by a fair draw. Centres are drawn one after the other
    among the points that the holes before, at their size of level 5, have left; then one hole after the other takes the nearest
    point to its centre that is left, in the order in which the points were given to the holes.

    Severity: 100, 200, 300, 400, 500 of 1024 points at levels 1 to 5 (severity 0.2 to 1).

    Settings:
        keep_size: lost points become copies of points that are left, for models of a fixed size.

    References:
        Ren, Pan and Liu 2022, "Benchmarking and analyzing point cloud classification under corruptions", `dropout_local`.
    """
    from perturbations.pointcloud._kernels.chance import taken_in_turn

    n, count = clouds.shape[:2]
    many, most = (
        min(counted(points, count), max(count - 1, 0))
        for points in (at(DROP_LOCAL, level), DROP_LOCAL[-1])
    )
    member = members(draw, n, most)
    lost = taken_in_turn(orders_of(clouds, draw, member), member[:, :many])
    return without(clouds, lost, draw, keep_size=keep_size)


@perturbation(
    "modelnet-c/add-global",
    family="modelnet-c",
    batched=True,
    coupling="prefix",
    keeps=("dtype",),
    measure="added",
)
def add_global(
    clouds: Clouds,
    draw: Draw,
    *,
    level: Dose = LEVELS,
    frame: str = "cloud",
    keep_size: bool = False,
) -> Noisy:
    """Stray points float around: they are uniform in the sphere that holds the cloud.

    Severity: 10, 20, 30, 40, 50 points for 1024 at levels 1 to 5 (severity 0.2 to 1).

    Settings:
        frame: "cloud" fills the cloud's own ball, "given" the unit sphere.
        keep_size: added points take the place of drawn points of the cloud, for models of a fixed size.

    References:
        Ren, Pan and Liu 2022, "Benchmarking and analyzing point cloud classification under corruptions", `add_global`.
    """
    from perturbations.pointcloud._kernels.chance import balls

    n, count = clouds.shape[:2]
    many = counted(at(ADD_GLOBAL, level), count)
    centres, radii = frame_of(clouds, frame)
    xyz = centres[:, None] + radii[:, None, None] * balls(draw.key("ball"), many)
    like = (draw.uniform((n, many), stream="like") * count).astype(np.int64)
    return joined(clouds, xyz, like, draw, keep_size=keep_size)


@perturbation(
    "modelnet-c/add-local",
    family="modelnet-c",
    batched=True,
    coupling="prefix",
    keeps=("dtype",),
    measure="added",
)
def add_local(
    clouds: Clouds,
    draw: Draw,
    *,
    level: Dose = LEVELS,
    frame: str = "cloud",
    keep_size: bool = False,
) -> Noisy:
    """Clumps of stray points at the surface: normal about a few points of the cloud.

    There are 1 to 7 clumps; every added point belongs to one of them by a fair draw. A clump's standard deviation is uniform
    in 0.075 to 0.125; what lies outside of the sphere is brought to its surface.

    Severity: 100, 200, 300, 400, 500 points for 1024 at levels 1 to 5 (severity 0.2 to 1).

    Settings:
        frame: "cloud" takes lengths as shares of the radius, "given" in the cloud's unit, with the unit sphere.
        keep_size: added points take the place of drawn points of the cloud, for models of a fixed size.

    References:
        Ren, Pan and Liu 2022, "Benchmarking and analyzing point cloud classification under corruptions", `add_local`.
    """
    from perturbations.pointcloud._points import clumps

    n, count = clouds.shape[:2]
    member = members(draw, n, counted(at(ADD_LOCAL, level), count))
    centre = (draw.uniform((n, GROUPS[1]), stream="centre") * count).astype(np.int64)
    spread = SPREAD[0] + (SPREAD[1] - SPREAD[0]) * draw.uniform(centre.shape, stream="spread")
    xyz, like = clumps(clouds, draw, member, centre, spread, frame_of(clouds, frame))
    return joined(clouds, xyz, like, draw, keep_size=keep_size)
