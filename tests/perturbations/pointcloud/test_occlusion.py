"""What the sensor cannot see: sectors, shadows and far sides, against geometry worked out by hand."""

import itertools

import numpy as np
import pytest

from perturbations.errors import BadSetting
from perturbations.pointcloud._visible import hidden_from
from tests.perturbations.pointcloud.small import applied, ball, make, scan, sphere

SCAN = scan(4000)
AZIMUTH = np.degrees(np.arctan2(SCAN[:, 1], SCAN[:, 0]))
LEVELS = (0.2, 0.4, 0.6, 0.8, 1.0)


def lost(name, cloud, severity, **given):
    return applied(f"pointcloud/{name}", cloud, severity, **given).mapping.lost


@pytest.mark.parametrize(
    ("severity", "angle"), [*zip(LEVELS, (30, 60, 120, 180, 240), strict=True)]
)
def test_a_sector_of_the_dose_is_lost(severity, angle):
    gone = lost("field-of-view", SCAN, severity)
    assert angle / 360 == pytest.approx(len(gone) / 4000, abs=4 * np.sqrt(0.25 / 4000))
    turns = np.sort(AZIMUTH[gone])
    widest = max(np.diff(turns).max(), turns[0] + 360 - turns[-1])
    assert 360 - angle == pytest.approx(widest, abs=1.5)


def test_the_middle_of_what_is_kept_can_be_said():
    noisy = make("pointcloud/field-of-view", SCAN, 1.0, settings={"towards": 90.0})
    kept = np.degrees(np.arctan2(noisy[:, 1], noisy[:, 0]))
    assert (kept >= 30).all()
    assert (kept <= 150).all()
    assert len(kept) == ((AZIMUTH >= 30) & (AZIMUTH <= 150)).sum()


def test_nothing_may_be_left_of_a_view():
    noisy = applied("pointcloud/field-of-view", SCAN, dose={"angle": 360.0})
    assert (0, 5) == noisy.value.shape
    assert 4000 == noisy.report["lost"]


def test_a_view_without_a_point_left_keeps_its_size_at_the_sensor():
    facts = {"sensor": (1.0, 2.0, 3.0)}
    given = {"dose": {"angle": 360.0}, "facts": facts, "settings": {"keep_size": True}}
    noisy = applied("pointcloud/field-of-view", SCAN, **given)
    np.testing.assert_array_equal(np.tile([1, 2, 3, 0, 0], (4000, 1)), noisy.value)
    assert (noisy.mapping.source == -1).all()


@pytest.mark.parametrize("towards", [np.nan, "front", True])
def test_a_direction_is_a_number(towards):
    with pytest.raises(BadSetting, match="degrees"):
        make("pointcloud/field-of-view", SCAN, 0.5, settings={"towards": towards})


@pytest.mark.parametrize("name", ["field-of-view", "occlusion", "self-occlusion"])
def test_what_is_lost_is_nested(name):
    cloud = SCAN if name != "self-occlusion" else ball(400)
    found = [set(lost(name, cloud, severity).tolist()) for severity in LEVELS]
    assert all(milder <= harsher for milder, harsher in itertools.pairwise(found))
    assert found[0] < found[-1]


@pytest.mark.parametrize("severity", LEVELS)
def test_a_shadow_is_a_cone_beyond_a_distance(severity):
    angle = {0.2: 4, 0.4: 8, 0.6: 15, 0.8: 25, 1.0: 40}[severity]
    gone = lost("occlusion", SCAN, severity)
    rays = SCAN[:, :3] / np.linalg.norm(SCAN[:, :3], axis=1)[:, None]
    reach = np.linalg.norm(SCAN[:, :3], axis=1)
    assert len(gone)
    middles = [
        middle
        for middle in range(4000)
        if (rays[gone] @ rays[middle]).min() > np.cos(np.radians(angle) / 2)
    ]
    nearest = reach[gone].min()
    shadows = [
        set(
            np.flatnonzero(
                (rays @ rays[middle] > np.cos(np.radians(angle) / 2)) & (reach >= nearest)
            ).tolist()
        )
        for middle in middles
    ]
    assert set(gone.tolist()) in shadows


def test_what_stands_before_the_obstacle_is_seen():
    """Obstacles stand at 20 % of at least 3 m, and 40 more points within 60 cm."""
    near = SCAN[:40] * [0.01, 0.01, 0.01, 1, 1]
    cloud = np.concatenate([SCAN, near])
    gone = lost("occlusion", cloud, 1.0, settings={"obstacles": 9})
    assert len(gone) > 500
    assert gone.max() < 4000


def test_more_obstacles_hide_more():
    few, many = (lost("occlusion", SCAN, 0.6, settings={"obstacles": n}) for n in (1, 9))
    assert len(many) > 3 * len(few)
    with pytest.raises(BadSetting, match="at least one obstacle"):
        make("pointcloud/occlusion", SCAN, 0.6, settings={"obstacles": 0})


@pytest.mark.parametrize(("count", "wrong"), [(200, 0.1), (1000, 0.05), (4000, 0.03)])
def test_of_a_sphere_the_cap_towards_the_viewer_is_seen(count, wrong):
    """From three radii the horizon lies at a third of the radius, so a third of the sphere is seen."""
    cloud = sphere(count)
    hidden = hidden_from(np.array([3.0, 0.0, 0.0]), cloud)
    beyond = cloud[:, 0] < 1 / 3
    assert not (hidden & ~beyond).any()
    assert (beyond & ~hidden).mean() < wrong


def test_a_wall_hides_what_is_behind_it():
    grid = np.stack(np.meshgrid(*[np.linspace(-1, 1, 21)] * 2), axis=-1).reshape(-1, 2)
    wall = np.column_stack([np.zeros(441), grid])
    behind = np.column_stack([np.full(441, -1.0), 0.5 * grid])
    hidden = hidden_from(np.array([3.0, 0.0, 0.0]), np.concatenate([wall, behind]))
    assert not hidden[:441].any()
    assert hidden[441:].all()


def test_at_the_worst_all_that_is_hidden_is_lost():
    cloud = sphere(1000)
    gone = {severity: lost("self-occlusion", cloud, severity) for severity in (0.2, 1.0)}
    assert 0.6 < len(gone[1.0]) / 1000 < 0.67
    assert 0.2 * len(gone[1.0]) == pytest.approx(len(gone[0.2]), abs=0.5)
    apart = cloud[gone[1.0]].mean(axis=0)
    assert np.linalg.norm(apart) > 0.25  # on one side


@pytest.mark.parametrize("cloud", [ball(60) * [1, 1, 0], np.zeros((30, 3)), ball(3)])
def test_a_cloud_without_volume_hides_nothing(cloud):
    assert cloud.shape == make("pointcloud/self-occlusion", cloud, 1.0).shape
