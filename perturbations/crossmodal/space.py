"""Sensors that do not stand where the others believe: a mount that was bumped, a calibration of last year."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, Peers, perturbation
from perturbations.crossmodal._inputs import check_word, last, put
from perturbations.crossmodal._pose import (
    AXES,
    SCANNED,
    axis_of,
    check_per,
    checked_cloud,
    direction,
    kind_of,
    moved,
    shifted,
    turned,
    warped_by,
)
from perturbations.crossmodal._sequence import GROUP, NOWHERE, recorded

Value = Mapping[str, Any]


@perturbation(coupling="transform", measure="angle")
def extrinsic_rotation(
    value: Value,
    draw: Draw,
    *,
    angle: Dose = Ladder(0.5, 1, 2, 3, 5, unit="°", high=45.0),
    axis: str = "any",
    per: str = "sample",
    border: str = "constant",
    facts: Mapping[str, Any],
) -> Noisy | Value:
    """A camera or a lidar is turned against the other sensors: what it shows no longer lies where they see it.

    The turn is that of a rotation vector of exactly this angle, about an axis that is uniform on the sphere, so that it is a
    rotation. Points of a cloud go to R (p - c) + c with the sensor c (the fact `sensor`, by default the origin); normals turn,
    all other columns stay. A picture or clip becomes that of the turned camera, which is its homography K R K^-1 whatever the
    scene: K has the focal length of the fact `focal` (px) or `fov` (degrees across), and the centre of the frame. Targets move
    with a picture that they are declared to move with.

    Severity: 0.5, 1, 2, 3, 5 degrees (severity 0.2 to 1): 1, 2 and 3 are MultiCorrupt's, 1 to 5 those of the LiDAR-camera
        benchmark of Yu et al.

    Settings:
        axis: any, or yaw, pitch or roll, one way round or the other: of a cloud about z, y and x (x is forward, z up), of a
            camera about y, x and z (z is forward, y down).
        per: sample, as published; or run: the rig has one error, the same for every sample.
        border: what a picture shows from beyond its frame: constant (black), reflect or replicate.

    Raises:
        BadSetting: there is no such axis or border, or `per` is another word.
        MissingFact: the modality of the last input is not known, or a camera's field of view.
        NotApplicable: the last input is neither a picture, a clip nor a cloud.

    References:
        Beemelmanns et al., MultiCorrupt, IV 2024: spatial misalignment.
        Yu et al., Benchmarking the Robustness of LiDAR-Camera Fusion, CVPR Workshops 2023.
        Hartley and Zisserman, Multiple View Geometry, 2nd ed., 8.4 (rotating cameras).
    """
    check_word(axis, AXES, "axis")
    check_per(per)
    kind = kind_of(value, facts)
    if value[last(value)] is None:
        return value
    own = draw.shared("device") if per == "run" else draw
    about = axis_of(own, axis, kind)
    done = moved(value, facts, turned(about, angle), border)
    return replace(done, report={**done.report, "angle": angle, "axis": about.tolist()})


@perturbation(coupling="transform", measure="shift")
def extrinsic_translation(
    value: Value,
    draw: Draw,
    *,
    length: Dose = Ladder(0.04, 0.08, 0.12, 0.16, 0.2, unit="m", high=1000.0),
    per: str = "sample",
    border: str = "constant",
    facts: Mapping[str, Any],
) -> Noisy | Value:
    """A camera or a lidar stands a little aside from where the other sensors believe.

    The shift has exactly this length and a direction that is uniform on the sphere. Points of a cloud in metres move by it. A
    picture or clip moves as that of a scene on a plane at the distance of the fact `depth`, in metres: what is at Z metres
    moves by focal * x / Z pixels, and a step forward by z makes it larger by Z / (Z - z).

    Severity: 4, 8, 12, 16, 20 cm (severity 0.2 to 1): the standard deviations of Dong et al. for each axis.

    Settings:
        per: sample, as published; or run: the rig has one error, the same for every sample.
        border: what a picture shows from beyond its frame: constant (black), reflect or replicate.

    Raises:
        BadSetting: there is no such border, or `per` is another word.
        MissingFact: the modality of the last input is not known, or a camera's field of view, or the distance of its scene.
        NotApplicable: the last input is neither a picture, a clip nor a cloud.

    References:
        Dong et al., Benchmarking Robustness of 3D Object Detection to Common Corruptions, CVPR 2023: spatial misalignment.
        Hartley and Zisserman, Multiple View Geometry, 2nd ed., 13.1 (homographies of planes).
    """
    check_per(per)
    kind_of(value, facts)
    if value[last(value)] is None:
        return value
    own = draw.shared("device") if per == "run" else draw
    way = direction(own, "direction")
    done = moved(value, facts, shifted(way, length), border)
    report = {**done.report, "shift": length, "direction": way.tolist()}
    return replace(done, report=report)


@perturbation(coupling="transform", measure="angle")
def calibration_drift(
    value: Value,
    draw: Draw,
    *,
    angle: Dose = Ladder(0.5, 1, 2, 3, 5, unit="° at the end of a sequence", high=45.0),
    axis: str = "any",
    by: str = GROUP,
    border: str = "constant",
    facts: Mapping[str, Any],
    peers: Peers,
) -> Noisy | Value:
    """A mount works loose: at the beginning of a recording a sensor stands right, at its end it is turned against the others.

    Sample k of the n of a sequence is turned by angle * k / (n - 1), about an axis that each sequence draws once, as in
    extrinsic-rotation. Samples follow each other as the data set has them, in each group on its own.

    Severity: the angle at the end of a sequence; our choice of steps, as for extrinsic-rotation.

    Settings:
        axis: any, or yaw, pitch or roll, as in extrinsic-rotation.
        by: labels that tell sequences apart: "group" (one sequence where no groups are declared), or a slice.
        border: what a picture shows from beyond its frame: constant (black), reflect or replicate.

    Raises:
        BadSetting: there is no such axis or border.
        MissingFact: the modality of the last input is not known, or a camera's field of view; or no such labels are declared.
        MissingPeers: the data is a stream, which has no order to look back in.
        NotApplicable: the last input is neither a picture, a clip nor a cloud, or no sequence has a second sample.

    References:
        Schneider et al., RegNet, IV 2017: extrinsic calibration that is lost while driving; a linear drift is our choice.
    """
    check_word(axis, AXES, "axis")
    kind = kind_of(value, facts)
    if value[last(value)] is None:
        return value
    found = recorded(peers, by, draw)
    found.demand_several()
    place = found.place(draw)
    part, own = 1.0, draw
    if place != NOWHERE:
        first = found.earlier(place, int(found.step[place]))
        part = float(found.step[place] / max(found.last[place], 1))
        own = Draw(found.keys[first, ...], draw.run)
    if part == 0:
        return Noisy(value, report={"angle": 0.0})
    about = axis_of(own, axis, kind)
    done = moved(value, facts, turned(about, part * angle), border)
    return replace(done, report={**done.report, "angle": part * angle, "axis": about.tolist()})


@perturbation(coupling="transform", measure="cropped")
def crop_mismatch(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.15, 0.2, unit="share of a side", high=0.9),
    facts: Mapping[str, Any],
) -> Noisy | Value:
    """The last input was cut out otherwise than the others: its window is smaller and somewhere else.

    A window whose sides are shorter by the dose, at a drawn place within the frame, is blown up to the frame again, as every
    pipeline that resizes does. Of a cloud the points beyond such a box are lost; the others stay where they are.

    Severity: by which share of a side the window is shorter: 2, 5, 10, 15, 20 % (severity 0.2 to 1). Our choice.

    Raises:
        MissingFact: the modality of the last input is not known.
        NotApplicable: the last input is neither a picture, a clip nor a cloud.

    References:
        Dong et al., Benchmarking Robustness of 3D Object Detection to Common Corruptions, CVPR 2023: fields of view that are
        lost; Krizhevsky et al., NeurIPS 2012: random crops.
    """
    kind = kind_of(value, facts)
    name = last(value)
    if value[name] is None:
        return value
    corner = draw.uniform(3, stream="corner")
    if kind == SCANNED:
        return _boxed(value, share, corner, facts.get(name) or {})
    done = warped_by(value, facts, lambda frame: _window(frame, share, corner), "replicate")
    return replace(done, report={**done.report, "cropped": share})


def _window(frame: tuple[int, int], share: float, corner: Any) -> Any:
    """Return the map that blows a window up to the frame: edges go to edges, so pixel centres move by half a pixel."""
    zoom = 1 / (1 - share)
    matrix = np.diag([zoom, zoom, 1.0])
    for row, (side, place) in enumerate(zip(frame[::-1], corner.tolist(), strict=False)):
        matrix[row, 2] = zoom * (0.5 - place * share * side) - 0.5
    return matrix


def _boxed(value: Value, share: float, corner: Any, known: Mapping[str, Any]) -> Noisy:
    from perturbations.pointcloud._mapping import PointMap

    name = last(value)
    cloud, back = checked_cloud(name, value[name], known)
    points = cloud[:, :3].astype(np.float64)
    low = points.min(axis=0, initial=np.inf)
    sides = np.maximum(points.max(axis=0, initial=-np.inf) - low, 0.0)
    start = low + corner * share * sides
    inside = ((points >= start) & (points <= start + (1 - share) * sides)).all(axis=1)
    left = np.flatnonzero(inside)
    mapping = PointMap(left, len(cloud), cloud[:0])
    lost = 1 - len(left) / max(len(cloud), 1)
    report = {"cropped": share, "part": lost}
    return Noisy(put(value, name, back(cloud[left])), mapping, report)
