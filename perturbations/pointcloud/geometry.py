"""The cloud stands elsewhere, turned, larger, slanted or bent: every point keeps its place in it.

Angles are those of a rotation vector, so that a rotation stays a rotation. Columns named nx, ny and nz turn with their
points; all other columns stay. A scan turns about its sensor (its mount is tilted), any other cloud about its centroid.
"""

import math

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._action import Action
from perturbations.errors import BadSetting, did_you_mean, explain
from perturbations.pointcloud._fields import NORMALS, Fields, Sensor, names_of, place_of
from perturbations.pointcloud._modality import Clouds
from perturbations.pointcloud._points import Floats
from perturbations.pointcloud._random import on_sphere
from perturbations.pointcloud._rotation import about, across, slanted

_AXES = ("any", "vertical")
_DIRECTIONS = ("both", "up", "down")
_BUMPS = 8
_WIDTH = 0.5


@perturbation(
    batched=True, coupling="transform", measure="displacement",
    action=Action("turns of the cloud", "sum", lossless=True),
)  # fmt: skip
def rotation(
    clouds: Clouds,
    draw: Draw,
    *,
    angle: Dose = Ladder(6, 12, 18, 24, 30, unit="°", high=180.0),
    axis: str = "any",
    sensor: Sensor | None = None,
    fields: Fields | None = None,
) -> Noisy:
    """The object lies askew, or the sensor is mounted at a tilt: the cloud turns about a drawn axis.

    p goes to R (p - c) + c, with R of a rotation vector of exactly this angle about an axis that is uniform on the sphere;
    c is the sensor where it is known, else the centroid. The report gives the axis.

    Severity: 6, 12, 18, 24, 30 degrees (severity 0.2 to 1): up to the largest turn about one axis of ModelNet-C.

    Settings:
        axis: "any", or "vertical": a turn to the left or to the right about z.

    Raises:
        BadSetting: there is no such axis.

    References:
        Ren et al. 2022, "Benchmarking and analyzing point cloud classification under corruptions" (ModelNet-C, rotate:
        three angles of up to 30°).
    """
    _check("axis", axis, _AXES)
    axes = on_sphere(draw, "axis")
    if axis == "vertical":
        axes = np.where(axes[:, 2:] < 0, [[0.0, 0.0, -1.0]], [[0.0, 0.0, 1.0]])
    matrices = about(axes, math.radians(angle))
    out = _moved(clouds, matrices, _centres(clouds, sensor))
    known = names_of(fields, clouds.shape[2])
    if set(NORMALS) <= set(known):
        columns = [3 + known.index(name) for name in NORMALS]
        out[..., columns] = _moved(clouds[..., columns], matrices, np.zeros((len(clouds), 3)))
    return Noisy(out, report=_single(clouds, axis=axes[0].tolist()) if len(clouds) else {})


@perturbation(
    batched=True, coupling="transform", measure="displacement",
    action=Action("sizes of the cloud", "product", lossless=True),
)  # fmt: skip
def scale(
    clouds: Clouds,
    draw: Draw,
    *,
    factor: Dose = Ladder(
        1.1, 1.2, 1.35, 1.6, 2.0, unit="x", none=1.0, scale="log", low=1.0, high=16.0
    ),
    direction: str = "both",
) -> Noisy:
    """An object of another size, or a scan in another unit: the cloud grows or shrinks about its centroid.

    The factor or its inverse, by a fair coin; direction="up" or "down" takes one of them.

    Severity: 1.1, 1.2, 1.35, 1.6, 2 or its inverse (severity 0.2 to 1); its logarithm is interpolated. Our choice.

    Raises:
        BadSetting: the direction is not both, up or down.

    References:
        Uniform scaling as in Qi et al. 2017, "PointNet++", training augmentation; the amounts are our choice.
    """
    _check("direction", direction, _DIRECTIONS)
    grows = draw.uniform((len(clouds),), stream="direction") < 0.5
    if direction != "both":
        grows[:] = direction == "up"
    factors = np.where(grows, factor, 1 / factor)
    matrices = factors[:, None, None] * np.eye(3)
    report = _single(clouds, factor=float(factors[:1].sum()))
    return Noisy(_moved(clouds, matrices, _centres(clouds, None)), report=report)


@perturbation(
    batched=True, coupling="transform", measure="displacement",
    action=Action("proportions of the cloud", "product", lossless=True),
)  # fmt: skip
def stretch(
    clouds: Clouds,
    draw: Draw,
    *,
    factor: Dose = Ladder(
        1.1, 1.25, 1.5, 1.75, 2.0, unit="x", none=1.0, scale="log", low=1.0, high=16.0
    ),
) -> Noisy:
    """An object of other proportions, or axes that are calibrated wrongly: x, y and z are scaled each on its own.

    Each axis is scaled about the centroid by factor^u with u uniform in [-1, 1]. The report gives the three factors.

    Severity: factors of up to 1.1, 1.25, 1.5, 1.75, 2 and down to their inverses (severity 0.2 to 1).

    References:
        Ren et al. 2022, "Benchmarking and analyzing point cloud classification under corruptions" (ModelNet-C, scale: up
        to 1.6 to 2, uniform and then normalised; the ladder from 1.1 on is our choice).
    """
    powers = 2 * draw.uniform((len(clouds), 3), stream="axes") - 1
    factors = np.exp(math.log(factor) * powers)
    matrices = factors[:, :, None] * np.eye(3)
    report = _single(clouds, factors=factors[:1].ravel().tolist())
    return Noisy(_moved(clouds, matrices, _centres(clouds, None)), report=report)


@perturbation(
    batched=True, coupling="additive", measure="displacement",
    action=Action("shifts of the cloud", "sum", lossless=True),
)  # fmt: skip
def translation(
    clouds: Clouds,
    draw: Draw,
    *,
    length: Dose = Ladder(0.05, 0.1, 0.2, 0.35, 0.5, unit="share of the radius", high=100.0),
) -> Noisy:
    """The object is not where the model expects it, or was cropped off centre: the cloud moves in a drawn direction.

    The direction is uniform on the sphere, the radius that of the ball about the centroid that holds the cloud. A native dose
    in metres is the length divided by that radius. The report gives the shift in the cloud's unit.

    Severity: 5, 10, 20, 35, 50 % of the radius (severity 0.2 to 1). Our choice.

    References:
        Translation as in Qi et al. 2017, "PointNet++", training augmentation; the amounts are our choice.
    """
    from perturbations.pointcloud._kernels.moves import moved
    from perturbations.pointcloud._kernels.places import spheres

    _, radii = spheres(clouds)
    shifts = length * radii[:, None] * on_sphere(draw, "direction")
    still = np.broadcast_to(np.eye(3), (len(clouds), 3, 3))
    out = moved(clouds, still, np.zeros((len(clouds), 3)), shifts)
    return Noisy(out, report=_single(clouds, shift=shifts[:1].ravel().tolist()))


@perturbation(batched=True, coupling="additive", measure="displacement")
def shear(
    clouds: Clouds,
    draw: Draw,
    *,
    angle: Dose = Ladder(4, 8, 14, 20, 30, unit="°", high=80.0),
) -> Noisy:
    """A slanted cloud, as of a scanner that moves steadily while it scans: layers slide over each other.

    A point moves along a drawn direction by tan(angle) times its height over the centroid in a drawn direction across.

    Severity: 4, 8, 14, 20, 30 degrees from the upright (severity 0.2 to 1). Our choice.

    References:
        Sun et al. 2022, "Benchmarking robustness of 3D point cloud recognition against common corruptions" (ModelNet40-C,
        shear); the amounts are our choice.
    """
    along = on_sphere(draw, "direction")
    matrices = slanted(along, across(along, draw.uniform((len(draw),), stream="across")), angle)
    return Noisy(_moved(clouds, matrices, _centres(clouds, None)))


@perturbation(batched=True, coupling="additive", measure="displacement")
def elastic_deformation(
    clouds: Clouds,
    draw: Draw,
    *,
    displacement: Dose = Ladder(
        0.02, 0.05, 0.09, 0.14, 0.2, unit="share of the radius (RMS)", high=10.0
    ),
) -> Noisy:
    """A soft or worn object, or a scan that was warped when it was put together: the cloud bends smoothly.

    The field is a sum of eight Gaussian bumps, half a radius wide, at drawn places in the ball that holds the cloud, each in
    a drawn direction; it is scaled so that the points move by the dose in the root mean square.

    Severity: 2, 5, 9, 14, 20 % of the radius (severity 0.2 to 1). Our choice.

    References:
        Sun et al. 2022, "Benchmarking robustness of 3D point cloud recognition against common corruptions" (ModelNet40-C,
        RBF-based distortion); the amounts are our choice.
    """
    from perturbations.pointcloud._kernels.chance import balls
    from perturbations.pointcloud._kernels.moves import bent
    from perturbations.pointcloud._kernels.places import spheres

    centres, radii = spheres(clouds)
    places = centres[:, None] + radii[:, None, None] * balls(draw.key("places"), _BUMPS)
    pushes = draw.normal((len(clouds), _BUMPS, 3), stream="pushes")
    return Noisy(bent(clouds, places, pushes, _WIDTH * radii, displacement * radii))


def _moved(clouds: Clouds, matrices: Floats, centres: Floats) -> Clouds:
    from perturbations.pointcloud._kernels.moves import moved

    return moved(np.ascontiguousarray(clouds), matrices, centres, np.zeros((len(clouds), 3)))


def _centres(clouds: Clouds, sensor: Sensor | None) -> Floats:
    """Return what every cloud turns or grows about."""
    from perturbations.pointcloud._kernels.places import spheres

    if sensor is not None:
        return np.broadcast_to(place_of(sensor), (len(clouds), 3))
    return spheres(clouds)[0]


def _single(clouds: Clouds, **told: object) -> dict[str, object]:
    """Return a report of one cloud; of several there is none."""
    return told if len(clouds) == 1 else {}


def _check(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        hint = did_you_mean(str(value), known)
        raise BadSetting(explain(f"one of {', '.join(known)}", name, value, hint))
