"""The pose of a cloud: a rotation stays a rotation, and every dose is what it says."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import perturbations as pt
from perturbations.errors import BadSetting
from perturbations.pointcloud._rotation import about, across, slanted
from tests.perturbations.pointcloud.small import HERE, applied, ball, make, rms, scan

CLOUD = ball(300) * 4 + 10
CENTRE = CLOUD.mean(axis=0)
RADIUS = np.linalg.norm(CLOUD - CENTRE, axis=1).max()


def fitted(before, after):
    """Return the linear map of centred clouds, by least squares."""
    a, b = before - before.mean(axis=0), after - after.mean(axis=0)
    return np.linalg.lstsq(a, b, rcond=None)[0].T


@pytest.mark.parametrize("severity", [0.1, 0.2, 0.4, 0.6, 0.8, 1.0])
def test_a_rotation_is_one_and_turns_by_the_dose(severity):
    noisy = applied("pointcloud/rotation", CLOUD, severity, facts={})
    matrix = fitted(CLOUD, noisy.value)
    np.testing.assert_allclose(np.eye(3), matrix.T @ matrix, atol=1e-12)
    assert 1 == pytest.approx(np.linalg.det(matrix))
    vector = Rotation.from_matrix(matrix).as_rotvec(degrees=True)
    dose = pt.get("pointcloud/rotation").doses(severity)["angle"]
    assert dose == pytest.approx(np.linalg.norm(vector))
    np.testing.assert_allclose(noisy.report["axis"], vector / dose, atol=1e-9)
    np.testing.assert_allclose(CENTRE, noisy.value.mean(axis=0))


def test_matrices_are_those_of_rotation_vectors():
    axes = np.random.default_rng(0).normal(size=(20, 3))
    axes /= np.linalg.norm(axes, axis=1)[:, None]
    for angle in (0.01, 1.0, 3.0, np.pi):
        expected = Rotation.from_rotvec(angle * axes).as_matrix()
        np.testing.assert_allclose(expected, about(axes, angle), atol=1e-14)


def test_axes_are_spread_over_the_sphere():
    axes = [applied("pointcloud/rotation", CLOUD, 0.5, sample=i).report["axis"] for i in range(600)]
    assert np.abs(np.mean(axes, axis=0)).max() < 4 / np.sqrt(3 * 600)
    second = np.mean(np.square(axes), axis=0)
    assert [1 / 3] * 3 == pytest.approx(second.tolist(), abs=4 * np.sqrt(4 / 45 / 600))


def test_a_scan_turns_about_its_sensor():
    noisy = make("pointcloud/rotation", scan(100), 1.0, facts={"sensor": (1.0, 2.0, 3.0)})
    before, after = (np.linalg.norm(each[:, :3] - [1, 2, 3], axis=1) for each in (scan(100), noisy))
    np.testing.assert_allclose(before, after)


def test_a_turn_about_the_vertical_keeps_heights_and_goes_both_ways():
    settings = {"axis": "vertical"}
    found = [
        applied("pointcloud/rotation", CLOUD, 1.0, sample=i, settings=settings) for i in range(20)
    ]
    assert {1.0, -1.0} == {each.report["axis"][2] for each in found}
    np.testing.assert_allclose(CLOUD[:, 2], found[0].value[:, 2])


def test_normals_turn_with_their_points():
    normals = CLOUD / np.linalg.norm(CLOUD, axis=1)[:, None]
    cloud = np.concatenate([CLOUD, normals, CLOUD[:, :1]], axis=1)
    facts = {"fields": ("nx", "ny", "nz", "height")}
    noisy = make("pointcloud/rotation", cloud, 1.0, facts=facts)
    matrix = fitted(CLOUD, noisy[:, :3])
    np.testing.assert_allclose(normals @ matrix.T, noisy[:, 3:6], atol=1e-12)
    assert np.array_equal(CLOUD[:, 0], noisy[:, 6])
    unnamed = make("pointcloud/rotation", cloud, 1.0)
    assert np.array_equal(normals, unnamed[:, 3:6])


@pytest.mark.parametrize(
    ("direction", "factors"), [("up", {2.0}), ("down", {0.5}), ("both", {2.0, 0.5})]
)
def test_a_cloud_grows_about_its_centroid(direction, factors):
    found = [
        applied("pointcloud/scale", CLOUD, 1.0, sample=i, settings={"direction": direction})
        for i in range(12)
    ]
    assert factors == {each.report["factor"] for each in found}
    for each in found:
        np.testing.assert_allclose(
            CENTRE + each.report["factor"] * (CLOUD - CENTRE), each.value, atol=1e-12
        )


def test_axes_stretch_on_their_own_within_the_factor():
    found = [applied("pointcloud/stretch", CLOUD, 1.0, sample=i) for i in range(300)]
    factors = np.array([each.report["factors"] for each in found])
    np.testing.assert_allclose(CENTRE + factors[0] * (CLOUD - CENTRE), found[0].value, atol=1e-12)
    logs = np.log2(factors)
    assert np.abs(logs).max() <= 1
    assert 1 / np.sqrt(3) == pytest.approx(logs.std(), rel=0.1)
    assert np.abs(np.corrcoef(logs.T) - np.eye(3)).max() < 4 / np.sqrt(300)


def test_a_cloud_moves_by_the_dose_in_any_direction():
    found = [applied("pointcloud/translation", CLOUD, 0.6, sample=i) for i in range(200)]
    shifts = np.array([each.report["shift"] for each in found])
    np.testing.assert_allclose(CLOUD + shifts[0], found[0].value)
    np.testing.assert_allclose(np.linalg.norm(shifts, axis=1), 0.2 * RADIUS)
    assert np.abs(shifts.mean(axis=0)).max() < 4 * 0.2 * RADIUS / np.sqrt(3 * 200)


def test_layers_slide_by_the_tangent_of_the_angle():
    matrix = fitted(CLOUD, make("pointcloud/shear", CLOUD, 1.0)) - np.eye(3)
    values = np.linalg.svd(matrix)[1]
    assert np.tan(np.radians(30)) == pytest.approx(values[0])
    assert [0, 0] == pytest.approx(values[1:], abs=1e-12)
    assert 0 == pytest.approx(np.trace(matrix), abs=1e-12)  # along and across are at right angles


def test_directions_across_are_at_right_angles_to_the_axis():
    axes = np.concatenate([np.eye(3), [[0.6, 0.8, 0.0], [0.48, 0.6, 0.64]]])
    found = across(axes, np.linspace(0, 1, 5, endpoint=False))
    np.testing.assert_allclose((axes * found).sum(axis=1), 0, atol=1e-15)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1)
    np.testing.assert_allclose(
        np.eye(3) + np.outer(axes[0], found[0]), slanted(axes[:1], found[:1], 45)[0]
    )


@pytest.mark.parametrize("severity", [0.2, 0.6, 1.0])
def test_a_bent_cloud_moves_by_the_dose_in_the_root_mean_square(severity):
    noisy = make("pointcloud/elastic-deformation", CLOUD, severity)
    dose = pt.get("pointcloud/elastic-deformation").doses(severity)["displacement"]
    assert dose * RADIUS == pytest.approx(np.sqrt(3) * rms(noisy - CLOUD))


def test_neighbours_bend_alike():
    noisy = make("pointcloud/elastic-deformation", ball(3000), 1.0)
    moved = noisy - ball(3000)
    near = np.linalg.norm(ball(3000) - ball(3000)[0], axis=1).argsort()[1]
    assert np.linalg.norm(moved[near] - moved[0]) < 0.25 * np.linalg.norm(moved[0])


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("rotation", {"axis": "vertikal"}, "did you mean vertical"),
        ("scale", {"direction": "in"}, "both, up, down"),
    ],
)
def test_other_words_are_refused(name, settings, words):
    with pytest.raises(BadSetting, match=words):
        make(f"pointcloud/{name}", CLOUD, 0.5, settings=settings)


@pytest.mark.parametrize("name", pt.names(modality="pointcloud", family="geometry"))
def test_points_keep_their_rows(name):
    noisy = pt.get(name).apply(scan(100), 1.0, sample="a", facts=HERE)
    assert noisy.mapping is None
    assert np.array_equal(scan(100)[:, 3:], noisy.value[:, 3:])
