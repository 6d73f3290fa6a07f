"""Sensors that stand elsewhere: rotations stay rotations, pictures are those of the turned camera."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.transform import Rotation

import perturbations as pt
from perturbations.crossmodal._pose import homography, reprojection, shifted, turned
from perturbations.errors import BadSetting, MissingFact, MissingPeers, NotApplicable

TURN, SHIFT, DRIFT, CROP = (
    pt.get(f"crossmodal/{name}")
    for name in ("extrinsic-rotation", "extrinsic-translation", "calibration-drift", "crop-mismatch")
)  # fmt: skip
CLOUD = np.random.default_rng(0).normal(size=(60, 4)) * [8, 8, 2, 1]
FACTS = {
    "lidar": {"modality": "pointcloud"},
    "camera": {"modality": "image", "fov": 70.0, "depth": 10.0},
    "clip": {"modality": "video", "focal": 50.0, "depth": 10.0},
}


def put(noise, content, name="lidar", sample="s", **given):
    facts = {name: FACTS[name] | given.pop("known", {})}
    return noise.apply({"a": 1, name: content}, sample=sample, facts=facts, **given)


def matrix_of(clean, noisy):
    """Return the linear map that takes the clean points to the noisy ones, by least squares."""
    return np.linalg.lstsq(clean, noisy, rcond=None)[0].T


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 45.0), st.integers(0, 1000))
def test_a_rotation_stays_a_rotation_and_its_angle_is_the_dose(angle, sample):
    done = put(TURN, CLOUD, sample=sample, dose={"angle": angle})
    noisy = done.value["lidar"]
    turn = matrix_of(CLOUD[:, :3], noisy[:, :3])
    assert np.allclose(turn.T @ turn, np.eye(3), atol=1e-9)
    assert 1 == pytest.approx(np.linalg.det(turn))
    vector = Rotation.from_matrix(turn).as_rotvec(degrees=True)
    assert np.allclose(vector, angle * np.array(done.report["axis"]), atol=1e-6)
    assert angle == done.report["angle"]
    assert np.array_equal(noisy[:, 3], CLOUD[:, 3])


def test_axes_are_uniform_on_the_sphere():
    axes = np.array([put(TURN, CLOUD, sample=i, severity=0.2).report["axis"] for i in range(1500)])
    assert np.allclose((axes**2).sum(axis=1), 1)
    for column in axes.T:
        assert stats.kstest(column, stats.uniform(-1, 2).cdf).pvalue > 1e-4


@pytest.mark.parametrize(
    ("name", "axis", "expected"),
    [("lidar", "yaw", 2), ("lidar", "pitch", 1), ("lidar", "roll", 0),
     ("camera", "yaw", 1), ("camera", "pitch", 0), ("camera", "roll", 2)],
)  # fmt: skip
def test_yaw_pitch_and_roll_are_about_their_axes_both_ways(name, axis, expected):
    content = CLOUD if name == "lidar" else np.ones((6, 8))
    ways = {
        tuple(
            put(TURN.with_settings(axis=axis), content, name, sample=i, severity=0.2).report["axis"]
        )
        for i in range(12)
    }
    own = np.eye(3)[expected]
    assert {tuple(own), tuple(-own)} == ways


def test_the_rig_has_one_error_where_it_is_that_of_the_run():
    one = TURN.with_settings(per="run")
    axes = [put(one, CLOUD, sample=i, severity=0.2).report["axis"] for i in range(3)]
    assert axes[0] == axes[1] == axes[2]
    assert axes[0] != put(one, CLOUD, severity=0.2, seed=1).report["axis"]


def test_a_cloud_turns_about_its_sensor_and_normals_turn_along():
    cloud = np.random.default_rng(1).normal(size=(30, 6))
    known = {"sensor": (1.0, 2.0, 3.0), "fields": ("nx", "ny", "nz")}
    done = put(TURN, cloud, dose={"angle": 30.0}, known=known)
    turn = turned(np.array(done.report["axis"]), 30.0).rotation
    noisy = done.value["lidar"]
    assert np.allclose(noisy[:, :3], (cloud[:, :3] - [1, 2, 3]) @ turn.T + [1, 2, 3])
    assert np.allclose(noisy[:, 3:], cloud[:, 3:] @ turn.T)


def test_a_shift_has_the_length_of_the_dose():
    for sample in range(20):
        done = put(SHIFT, CLOUD, sample=sample, dose={"length": 0.16})
        moved = done.value["lidar"] - CLOUD
        assert np.allclose(moved[:, :3], moved[0, :3])
        assert 0.16 == pytest.approx(np.linalg.norm(moved[0, :3]))
        assert np.allclose(moved[0, :3], 0.16 * np.array(done.report["direction"]))
        assert (moved[:, 3] == 0).all()


def project(points, focal, frame):
    """Project points by a pinhole camera: x to the right, y down, z forward."""
    centre = (np.array(frame[::-1]) - 1) / 2
    return focal * points[:, :2] / points[:, 2:] + centre


@settings(max_examples=40, deadline=None)
@given(st.floats(0.1, 20.0), st.integers(0, 1000))
def test_a_picture_is_that_of_the_turned_camera_whatever_the_scene(angle, seed):
    rng = np.random.default_rng(seed)
    points = rng.uniform([-3, -2, 6], [3, 2, 30], size=(20, 3))
    axis = rng.normal(size=3)
    pose = turned(axis / np.linalg.norm(axis), angle)
    frame, focal = (48, 64), 60.0
    found = homography("c", {"focal": focal}, frame, pose)
    lifted = found @ np.concatenate([project(points, focal, frame), np.ones((20, 1))], axis=1).T
    expected = project(points @ pose.rotation.T, focal, frame)
    assert np.allclose((lifted[:2] / lifted[2]).T, expected, atol=1e-6)


def test_a_shifted_camera_sees_a_plane_move_by_its_distance():
    frame, focal, depth = (48, 64), 60.0, 12.0
    plane = np.array([[x, y, depth] for x in (-2.0, 0.0, 3.0) for y in (-1.0, 2.0)])
    pose = shifted(np.array([0.6, 0.0, 0.8]), 0.5)
    found = homography("c", {"focal": focal, "depth": depth}, frame, pose)
    lifted = found @ np.concatenate([project(plane, focal, frame), np.ones((6, 1))], axis=1).T
    expected = project(plane + pose.shift, focal, frame)
    assert np.allclose((lifted[:2] / lifted[2]).T, expected)
    aside = homography("c", {"focal": focal, "depth": depth}, frame, shifted(np.eye(3)[0], 0.5))
    assert focal * 0.5 / depth == pytest.approx(reprojection(aside, frame))


def test_the_field_of_view_says_the_focal_length():
    pose, frame = turned(np.eye(3)[1], 3.0), (48, 64)
    focal = 32 / np.tan(np.radians(35))
    by_view = homography("c", {"fov": 70.0}, frame, pose)
    assert np.allclose(by_view, homography("c", {"focal": focal}, frame, pose))


@pytest.mark.parametrize("axis", ["yaw", "pitch", "roll"])
def test_the_reprojection_error_grows_linearly_with_small_angles(axis):
    image = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    noise = TURN.with_settings(axis=axis)
    found = [
        put(noise, image, "camera", dose={"angle": angle}).report["reprojection"]
        for angle in (0.05, 0.1, 0.2, 0.4)
    ]
    assert np.allclose(np.array(found) / found[0], [1, 2, 4, 8], rtol=0.02)
    if axis == "yaw":
        # In the middle of the frame a turn by a small angle moves by focal * angle.
        focal = 30 / np.tan(np.radians(35))
        matrix = homography("c", {"fov": 70.0}, (41, 61), turned(np.eye(3)[1], 0.1))
        centre = matrix @ [30, 20, 1]
        assert focal * np.radians(0.1) * 61 / 60 == pytest.approx(
            centre[0] / centre[2] - 30, rel=1e-3
        )


def test_a_turned_picture_shows_the_same_scene_elsewhere():
    y, x = np.mgrid[:60, :80]
    image = np.exp(-((x - 40) ** 2 + (y - 30) ** 2) / 50)
    done = put(TURN.with_settings(axis="yaw"), image, "camera", dose={"angle": 8.0})
    place = done.mapping.points([(40, 30)])[0]
    noisy = done.value["camera"]
    centre = np.array([(noisy * x).sum(), (noisy * y).sum()]) / noisy.sum()
    assert np.allclose(centre, place, atol=0.5)
    assert abs(place[0] - 40) > 5


def test_clips_turn_as_one_and_dtypes_stay():
    clip = np.random.default_rng(0).integers(0, 255, (3, 20, 30), dtype=np.uint8)
    clip[1] = clip[0]
    noisy = put(TURN, clip, "clip", severity=1.0).value["clip"]
    assert (np.uint8, clip.shape) == (noisy.dtype, noisy.shape)
    assert np.array_equal(noisy[0], noisy[1])
    alpha = np.random.default_rng(0).random((12, 14, 4)).astype(np.float32)
    turned_alpha = put(TURN, alpha, "camera", severity=1.0).value["camera"]
    assert np.array_equal(turned_alpha[..., 3], alpha[..., 3])


@dataclass
class Peers:
    count: int
    groups: list | None = None

    @cached_property
    def ids(self):
        return tuple(f"id-{i}" for i in range(self.count))

    def __len__(self):
        return self.count

    def __getitem__(self, sample):
        return {"a": 1, "lidar": CLOUD}

    def labels(self, name):
        return self.groups if name == "group" else None


def test_a_calibration_drifts_evenly_from_the_beginning_to_the_end_of_a_sequence():
    peers = Peers(12, [0] * 5 + [1] * 7)
    done = [
        put(DRIFT, CLOUD, sample=f"id-{i}", dose={"angle": 3.0}, peers=peers) for i in range(12)
    ]
    angles = [each.report["angle"] for each in done]
    assert np.allclose(angles, [*np.linspace(0, 3, 5), *np.linspace(0, 3, 7)])
    assert done[0].value["lidar"] is CLOUD
    turn = matrix_of(CLOUD[:, :3], done[4].value["lidar"][:, :3])
    assert 3 == pytest.approx(np.degrees(Rotation.from_matrix(turn).magnitude()))
    assert done[1].report["axis"] == done[4].report["axis"] != done[11].report["axis"]
    with pytest.raises(MissingPeers, match="a stream has none"):
        put(DRIFT, CLOUD, severity=1.0)


def test_a_window_is_blown_up_to_the_frame():
    y, x = np.mgrid[:40, :80].astype(np.float64)
    image = (x / 80 + y / 400).astype(np.float32) / 2
    done = put(CROP, image, "camera", dose={"share": 0.25})
    noisy = done.value["camera"]
    inner = noisy[2:-2, 2:-2]
    assert np.allclose(np.diff(inner, axis=1), 0.75 / 160, atol=1e-4)
    corners = done.mapping.inverse().points([(-0.5, -0.5), (79.5, 39.5)])
    width, height = corners[1] - corners[0]
    assert (60, 30) == pytest.approx((width, height))
    assert (corners >= -0.5 - 1e-9).all()
    assert (corners <= [79.5 + 1e-9, 39.5 + 1e-9]).all()
    assert done.report["reprojection"] > 0


def test_a_cropped_cloud_loses_what_is_outside():
    done = put(CROP, CLOUD, dose={"share": 0.4})
    noisy = done.value["lidar"]
    assert 0 < len(noisy) < len(CLOUD)
    assert np.array_equal(CLOUD[done.mapping.source], noisy)
    sides, whole = (np.ptp(each[:, :3], axis=0) for each in (noisy, CLOUD))
    assert (sides <= 0.6 * whole + 1e-9).all()
    assert 1 - len(noisy) / len(CLOUD) == pytest.approx(done.report["part"])


@pytest.mark.parametrize(
    ("noise", "name", "known", "words"),
    [
        (TURN, "camera", {"fov": None}, "field of view in degrees of the input 'camera'"),
        (TURN, "camera", {"fov": -3}, 'or the focal length in px as "focal"'),
        (TURN, "clip", {"focal": "wide"}, "the focal length in px of the input 'clip'"),
        (SHIFT, "camera", {"depth": None}, "the distance of the scene in metres"),
    ],
)
def test_a_camera_must_be_known(noise, name, known, words):
    content = np.ones((6, 8)) if name == "camera" else np.ones((2, 6, 8))
    with pytest.raises(MissingFact, match=words):
        put(noise, content, name, severity=1.0, known=known)


def test_only_what_stands_in_space_turns():
    with pytest.raises(NotApplicable, match="only what stands in space"):
        TURN({"a": 1, "b": "x"}, 1.0, sample="s", facts={"b": {"modality": "text"}})
    with pytest.raises(BadSetting, match="one of any, yaw, pitch, roll"):
        put(TURN.with_settings(axis="z"), CLOUD, severity=1.0)
    with pytest.raises(BadSetting, match="one of sample, run"):
        put(SHIFT.with_settings(per="frame"), CLOUD, severity=1.0)
    with pytest.raises(BadSetting, match="one of constant, reflect, replicate"):
        put(TURN.with_settings(border="wrap"), np.ones((6, 8)), "camera", severity=1.0)
    with pytest.raises(NotApplicable, match="the input 'lidar': expected a cloud of shape"):
        put(TURN, np.ones((4, 2)), severity=1.0)
