"""Distances between clouds, in closed form and against all pairs."""

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadValue
from tests.perturbations.pointcloud.small import ball, scan, sphere

CLOUD = sphere(300)
RADIUS = float(np.linalg.norm(CLOUD - CLOUD.mean(axis=0), axis=1).max())


def far(clean, noisy):
    return pt.distance("pointcloud", clean, noisy)


def test_no_noise_is_no_distance():
    assert {0.0} == set(far(scan(50), scan(50)).values())


def test_a_shift_of_all_points_is_the_displacement():
    found = far(CLOUD, np.add(CLOUD, [0.0, 0.03, 0.04]))
    assert 0.05 / RADIUS == pytest.approx(found["displacement"])
    assert (1.0, 1.0) == (found["changed"], found["added"])


def test_chamfer_is_the_mean_over_all_pairs_both_ways():
    a, b = ball(70, seed=1), ball(90, seed=2)
    apart = np.linalg.norm(a[:, None] - b[None], axis=2)
    radius = np.linalg.norm(a - a.mean(axis=0), axis=1).max()
    expected = (apart.min(axis=1).mean() + apart.min(axis=0).mean()) / 2 / radius
    assert expected == pytest.approx(far(a, b)["chamfer"])


def test_lost_points_are_changed_and_new_ones_added():
    found = far(CLOUD, np.concatenate([CLOUD[:200], CLOUD[:30] * 1.5]))
    assert 1 / 3 == pytest.approx(found["changed"])
    assert 0.1 == pytest.approx(found["added"])
    assert np.isnan(found["displacement"])


def test_order_is_of_no_account_to_neighbours():
    found = far(CLOUD, CLOUD[::-1])
    assert (0.0, 0.0) == (found["chamfer"], found["changed"])
    assert found["displacement"] > 1


def test_distances_are_in_radii():
    small, large = far(CLOUD, CLOUD + 0.1), far(CLOUD * 50 + 7, CLOUD * 50 + 12)
    assert small["chamfer"] == pytest.approx(large["chamfer"])


def test_other_columns_are_measured_in_their_own_spread():
    cloud = scan(500)
    other = cloud.copy()
    other[:, 3] += 2 * cloud[:, 3].std()
    found = far(cloud, other)
    assert np.sqrt(2) == pytest.approx(found["other-columns"])
    assert 0 == found["displacement"] == found["changed"]


def test_an_empty_cloud_has_no_nearest_point():
    nothing = np.zeros((0, 3))
    assert {0.0} == set(far(nothing, nothing).values())
    found = far(CLOUD, nothing)
    assert (1.0, 0.0) == (found["changed"], found["added"])
    assert np.isnan(found["chamfer"])


def test_a_large_cloud_is_measured_at_some_of_its_points():
    cloud = scan(20_000)
    found = far(cloud, cloud[::2])
    assert 0.5 == pytest.approx(found["changed"], abs=0.04)  # 4 standard errors of 4096 points


def test_clouds_of_other_columns_are_not_compared():
    with pytest.raises(BadValue, match="a noisy cloud of 3 columns"):
        far(CLOUD, scan(9))
