"""The measurement of a point: distributions in closed form."""

import numpy as np
import pytest
from scipy import stats

from perturbations.errors import NotApplicable
from tests.perturbations.pointcloud.small import applied, ball, make, rms, scan, sphere

CLOUD = sphere(3000) * 5 + 2
RADIUS = np.linalg.norm(CLOUD - CLOUD.mean(axis=0), axis=1).max()
SCAN = scan(3000)
HERE3 = np.zeros(3)


def polar(cloud):
    xyz = cloud[:, :3]
    reach = np.linalg.norm(xyz, axis=1)
    return reach, np.arctan2(xyz[:, 1], xyz[:, 0]), np.arcsin(xyz[:, 2] / reach)


def normal(values):
    """Return the p-value that numbers are standard normal."""
    return stats.kstest(values.ravel(), "norm").pvalue


@pytest.mark.parametrize("severity", [0.2, 1.0])
def test_jitter_is_normal_with_a_share_of_the_radius(severity):
    sigma = 0.05 * severity * RADIUS
    noise = make("pointcloud/jitter", CLOUD, severity) - CLOUD
    assert normal(noise / sigma) > 0.01
    assert np.abs(np.corrcoef(noise.T) - np.eye(3)).max() < 4 / np.sqrt(3000)


def test_jitter_in_the_unit_sphere_is_as_published():
    cloud = ball(3000)
    cloud /= np.linalg.norm(cloud - cloud.mean(axis=0), axis=1).max()
    noise = make("pointcloud/jitter", cloud, 0.6) - cloud
    assert 0.03 == pytest.approx(rms(noise), rel=4 / np.sqrt(2 * 9000))


def test_outliers_are_anywhere_and_the_rest_is_untouched():
    noisy = applied("pointcloud/outliers", CLOUD, 1.0)
    wrong = (noisy.value != CLOUD).any(axis=1)
    assert 600 == wrong.sum() == noisy.report["wrong"]
    away = np.linalg.norm(noisy.value[wrong] - CLOUD.mean(axis=0), axis=1) / RADIUS
    assert stats.kstest(away**3, "uniform").pvalue > 0.01


def test_range_noise_is_normal_along_the_beam_and_none_across():
    noisy = make("pointcloud/range-noise", SCAN, 1.0)
    (before, turn, up), (after, turned, tilted) = polar(SCAN), polar(noisy)
    assert normal((after - before) / 0.1) > 0.01
    np.testing.assert_allclose(turn, turned, atol=1e-9)
    np.testing.assert_allclose(up, tilted, atol=1e-9)


def test_range_noise_is_about_the_sensor_where_it_stands():
    place = (10.0, -5.0, 2.0)
    moved = np.add(SCAN, [*place, 0, 0])
    noisy = make("pointcloud/range-noise", moved, 1.0, facts={"sensor": place})
    np.testing.assert_allclose(
        make("pointcloud/range-noise", SCAN, 1.0)[:, :3] + place, noisy[:, :3], atol=1e-9
    )


def test_no_range_is_negative_and_a_point_at_the_sensor_stays():
    cloud = np.concatenate([np.zeros((1, 3)), sphere(500) * 0.05])
    noisy = make("pointcloud/range-noise", cloud, 1.0)
    assert np.array_equal(HERE3, noisy[0])
    assert (np.einsum("ij,ij->i", noisy, cloud) >= 0).all()
    assert 0 < (noisy[1:] == 0).all(axis=1).mean() < 0.5


def test_angles_are_normal_whatever_the_distance():
    noisy = make("pointcloud/angle-noise", SCAN, 1.0)
    (reach, turn, up), (after, turned, tilted) = polar(SCAN), polar(noisy)
    sigma = np.radians(0.4)
    around = (turned - turn + np.pi) % (2 * np.pi) - np.pi
    assert normal(around * np.cos(up) / sigma) > 0.01
    assert normal((tilted - up) / sigma) > 0.01
    assert np.abs(after / reach - 1).max() < (6 * sigma) ** 2


def test_a_point_above_the_sensor_sways_too():
    noisy = make("pointcloud/angle-noise", np.array([[0.0, 0.0, 5.0], [0.0, 0.0, -5.0]]), 1.0)
    assert (noisy[:, :2] != 0).all()
    np.testing.assert_allclose([5, -5], noisy[:, 2])


@pytest.mark.parametrize("full", [1.0, 255.0])
def test_intensities_vary_in_shares_of_full_scale(full):
    cloud = SCAN * [1, 1, 1, full, 1]
    noisy = make("pointcloud/intensity-noise", cloud, 0.2)
    middle = (cloud[:, 3] > 0.1 * full) & (cloud[:, 3] < 0.9 * full)
    assert normal((noisy[middle, 3] - cloud[middle, 3]) / (0.02 * full)) > 0.01
    harsh = make("pointcloud/intensity-noise", cloud, 1.0)[:, 3]
    assert (0.0, full) == (harsh.min(), harsh.max())


def test_a_cloud_without_intensities_has_none_to_vary():
    with pytest.raises(NotApplicable, match="intensity"):
        make("pointcloud/intensity-noise", CLOUD, 1.0)
