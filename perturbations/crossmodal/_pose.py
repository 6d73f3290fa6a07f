"""A sensor that does not stand where the other sensors believe: rigid motions of clouds, and what cameras see of them.

Why: an error of calibration is a rotation and a shift of one sensor against the rest. Noise added to the entries of a matrix
is none of these (it stretches space), so rotations come from rotation vectors, which never leave SO(3). A picture of a
turned camera is a homography of the one that was right, whatever the scene; a shifted one depends on how far things are.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw, Noisy
from perturbations._containers import to_numpy
from perturbations._modality import Context, modality
from perturbations.crossmodal._inputs import check_content, check_word, fact, last, put
from perturbations.errors import MissingFact, NotApplicable, explain

Matrix = NDArray[np.float64]
Value = Mapping[str, Any]

AXES = ("any", "yaw", "pitch", "roll")
_CAMERA = {"yaw": (0.0, 1.0, 0.0), "pitch": (1.0, 0.0, 0.0), "roll": (0.0, 0.0, 1.0)}
"""Axes of a camera: x to the right, y down, z forward."""
_VEHICLE = {"yaw": (0.0, 0.0, 1.0), "pitch": (0.0, 1.0, 0.0), "roll": (1.0, 0.0, 0.0)}
"""Axes of a cloud: x forward, y to the left, z up."""
SEEN = ("image", "video")
_LATTICE = 33
SCANNED = "pointcloud"


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """A rigid motion: x goes to R x + t."""

    rotation: Matrix
    """(3, 3)."""
    shift: Matrix
    """(3,): in metres."""


def turned(axis: Matrix, degrees: float) -> Pose:
    """Return the turn about a unit axis."""
    from perturbations.pointcloud._rotation import about

    return Pose(about(axis[np.newaxis], math.radians(degrees))[0], np.zeros(3))


def shifted(direction: Matrix, metres: float) -> Pose:
    """Return the shift along a unit direction."""
    return Pose(np.eye(3), metres * direction)


def direction(draw: Draw, stream: str) -> Matrix:
    """Return a direction, uniform on the sphere."""
    height, turn = draw.uniform(2, stream=stream).tolist()
    z, angle = 2 * height - 1, 2 * math.pi * turn
    across = math.sqrt(max(1 - z * z, 0.0))
    return np.array([across * math.cos(angle), across * math.sin(angle), z])


def axis_of(draw: Draw, axis: str, kind: str) -> Matrix:
    """Return the axis that is meant for a modality, one way round or the other; any of them uniform on the sphere."""
    if axis == "any":
        return direction(draw, "axis")
    way = 1.0 if draw.uniform(stream="way") < 0.5 else -1.0
    return way * np.array((_VEHICLE if kind == SCANNED else _CAMERA)[axis])


def kind_of(value: Value, facts: Mapping[str, Any]) -> str:
    """Return the modality of the last input.

    Raises:
        MissingFact: it is not known.
        NotApplicable: it is neither a picture, a clip nor a cloud.
    """
    name = last(value)
    kind = str(fact(facts, name, "modality", "pointcloud"))
    if kind not in {*SEEN, SCANNED}:
        hint = "name the camera or the lidar last: only what stands in space can be turned"
        expected = f"{', '.join(SEEN)} or {SCANNED} for the input {name!r}"
        raise NotApplicable(explain(expected, "modality", kind, hint))
    return kind


def moved(value: Value, facts: Mapping[str, Any], pose: Pose, border: str) -> Noisy:
    """Return the value whose last input is seen from a sensor that is turned and shifted.

    Raises:
        MissingFact: a camera's field of view is not known, or for a shift the distance of the scene.
        NotApplicable: the content is none of its modality.
    """
    name = last(value)
    known = facts.get(name) or {}
    if known.get("modality") == SCANNED:
        return _moved_cloud(value, name, known, pose)
    return warped_by(value, facts, lambda frame: homography(name, known, frame, pose), border)


def homography(name: str, known: Mapping[str, Any], frame: tuple[int, int], pose: Pose) -> Matrix:
    """Return the map of pixels K (R + t n^T / d) K^-1, exact for a scene on a plane at distance d, and for t = 0 for any.

    Raises:
        MissingFact: neither the field of view nor the focal length is known; or there is a shift, and no distance.
    """
    matrix = pose.rotation
    if pose.shift.any():
        depth = _number(name, known, "depth", "the distance of the scene in metres", 20.0)
        matrix = matrix + np.outer(pose.shift, [0.0, 0.0, 1.0 / depth])
    height, width = frame
    if "focal" in known:
        focal = _number(name, known, "focal", "the focal length in px", 1000.0)
    else:
        fov = _number(name, known, "fov", "the horizontal field of view in degrees", 60.0)
        focal = width / 2 / math.tan(math.radians(min(fov, 179.0)) / 2)
    camera = np.array(
        [[focal, 0.0, (width - 1) / 2], [0.0, focal, (height - 1) / 2], [0.0, 0.0, 1.0]]
    )
    return np.asarray(camera @ matrix @ np.linalg.inv(camera))


def warped_by(value: Value, facts: Mapping[str, Any], matrix: Any, border: str) -> Noisy:
    """Return the value whose last input, a picture or a clip, is moved by a matrix of its frame (height, width)."""
    from perturbations.image.geometry._mapping import Geometry
    from perturbations.image.geometry._warp import check_border, warped

    check_border(border)
    name = last(value)
    known = facts.get(name) or {}
    kind = str(known.get("modality"))
    contract, context = modality(kind), Context(known, native=True)
    array, back = to_numpy(value[name])
    check_content(name, kind, array, known)
    working, token = contract.encode(array, context, False)
    clip = working if working.ndim == 4 else working[np.newaxis]
    frame = clip.shape[1:3]
    made = matrix(frame)
    noisy = np.stack([warped(image, made, border) for image in clip])
    content = contract.decode(noisy if working.ndim == 4 else noisy[0], token, context, False)
    report = {"reprojection": reprojection(made, frame)}
    mapping = Geometry.projective(made, frame, border=border)
    return Noisy(put(value, name, back(content)), mapping, report)


def reprojection(matrix: Matrix, frame: tuple[int, int]) -> float:
    """Return by how many pixels a map displaces the pixels of a frame in the mean, over a lattice of up to 33 x 33."""
    rows, columns = (np.linspace(0, side - 1, min(side, _LATTICE)) for side in frame)
    y, x = (each.ravel() for each in np.meshgrid(rows, columns, indexing="ij"))
    lifted = matrix @ np.stack([x, y, np.ones_like(x)])
    behind = lifted[2] <= 1e-6  # what turned out of sight is not counted
    place = lifted[:2] / np.where(behind, 1.0, lifted[2])
    away = np.hypot(*(place - [x, y]))[~behind]
    return float(away.mean()) if away.size else math.inf


def _moved_cloud(value: Value, name: str, known: Mapping[str, Any], pose: Pose) -> Noisy:
    from perturbations.pointcloud._fields import NORMALS, names_of, place_of
    from perturbations.pointcloud._kernels.moves import moved as moved_points

    cloud, back = checked_cloud(name, value[name], known)
    contract, context = modality(SCANNED), Context(known)
    clouds, token = contract.encode(cloud[np.newaxis], context, True)
    centre, turn = place_of(known.get("sensor"))[np.newaxis], pose.rotation[np.newaxis]
    noisy = moved_points(clouds, turn, centre, pose.shift[np.newaxis])
    names = names_of(known.get("fields"), clouds.shape[2])
    if set(NORMALS) <= set(names):
        columns = [3 + names.index(each) for each in NORMALS]
        normals = np.ascontiguousarray(clouds[..., columns])
        noisy[..., columns] = moved_points(normals, turn, np.zeros((1, 3)), np.zeros((1, 3)))
    content = contract.decode(noisy, token, context, True)[0]
    return Noisy(put(value, name, back(content)))


def checked_cloud(name: str, content: Any, known: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return a cloud as an array, and what makes a tensor of one again.

    Raises:
        NotApplicable: it is no cloud.
    """
    array, back = to_numpy(content)
    check_content(name, SCANNED, array, known)
    return array, back


def _number(name: str, known: Mapping[str, Any], wanted: str, what: str, example: float) -> float:
    number = known.get(wanted)
    right = isinstance(number, int | float) and not isinstance(number, bool)
    if not right or not 0 < float(number) < math.inf:  # type: ignore[arg-type]
        hint = f'declare it: facts={{"{name}": {{"{wanted}": {example:g}}}}}'
        if wanted == "fov":
            hint += ', or the focal length in px as "focal"'
        raise MissingFact(explain(f"{what} of the input {name!r}", wanted, number, hint))
    return float(number)  # type: ignore[arg-type]


def check_per(per: str) -> None:
    """Check whether a pose is of each sample or of the whole run."""
    check_word(per, ("sample", "run"), "per")
