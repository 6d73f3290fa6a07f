"""Points that are lost and points that are added: exact shares, nested over severities, and where."""

import itertools

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting
from perturbations.pointcloud._points import smallest
from tests.perturbations.pointcloud.small import applied, ball, make, scan, sphere

CLOUD = ball(1000)
LEVELS = (0.2, 0.4, 0.6, 0.8, 1.0)


def lost(name, cloud, severity, **given):
    return set(applied(name, cloud, severity, **given).mapping.lost.tolist())


@pytest.mark.parametrize(
    ("name", "shares"),
    [
        ("drop-global", (0.25, 0.375, 0.5, 0.625, 0.75)),
        ("drop-local", (0.1, 0.2, 0.3, 0.4, 0.5)),
        ("density-decrease", (0.1, 0.25, 0.45, 0.65, 0.8)),
    ],
)
def test_the_share_that_is_lost_is_exact_and_nested(name, shares):
    found = [lost(f"pointcloud/{name}", CLOUD, severity) for severity in LEVELS]
    assert [1000 * share for share in shares] == [len(each) for each in found]
    assert all(milder < harsher for milder, harsher in itertools.pairwise(found))


@pytest.mark.parametrize("name", ["drop-global", "drop-local", "density-decrease"])
def test_one_point_is_always_left(name):
    noise = f"pointcloud/{name}"
    assert 1 == len(make(noise, CLOUD, dose={"share": 1.0}))
    assert np.array_equal(CLOUD[:1], make(noise, CLOUD[:1], 1.0))


def test_points_that_are_left_keep_their_order():
    noisy = applied("pointcloud/drop-global", CLOUD, 0.6)
    assert (np.diff(noisy.mapping.source) > 0).all()
    assert np.array_equal(CLOUD[noisy.mapping.source], noisy.value)


def test_global_loss_is_the_same_everywhere():
    """Half of 1000 points: the lost share of any half of the ball has a standard error of 0.016."""
    for axis in range(3):
        half = np.flatnonzero(CLOUD[:, axis] > 0)
        gone = lost("pointcloud/drop-global", CLOUD, 0.6)
        assert 0.5 == pytest.approx(np.isin(half, list(gone)).mean(), abs=4 * 0.016)


def test_a_single_hole_is_a_ball_about_a_point():
    noisy = applied("pointcloud/drop-local", CLOUD, 0.4, settings={"holes": 1})
    gone = noisy.mapping.lost
    radii = [
        np.sort(np.linalg.norm(CLOUD - CLOUD[centre], axis=1))[len(gone) - 1] for centre in gone
    ]
    inside = [
        set(np.flatnonzero(np.linalg.norm(CLOUD - CLOUD[centre], axis=1) <= radius).tolist())
        for centre, radius in zip(gone, radii, strict=True)
    ]
    assert set(gone.tolist()) in inside
    assert {"lost": 200, "holes": 1} == noisy.report


def test_the_number_of_holes_is_one_to_seven_alike():
    found = [
        applied("pointcloud/drop-local", CLOUD, 0.2, sample=i).report["holes"] for i in range(700)
    ]
    counts = np.bincount(found, minlength=8)
    assert 0 == counts[0]
    assert (np.abs(counts[1:] - 100) < 4 * np.sqrt(100 * 6 / 7)).all()


def test_far_points_are_lost_in_proportion_to_their_squared_distance():
    """Two shells at 1 and at 3 from the sensor: in a small draw the far one loses nine times as much."""
    cloud = np.concatenate([sphere(1000), 3 * sphere(1000, seed=1)])
    dose = {"share": 0.02}
    gone = [
        applied("pointcloud/density-decrease", cloud, dose=dose, sample=i).mapping.lost
        for i in range(50)
    ]
    near = np.mean(np.concatenate(gone) < 1000)
    assert 0.1 == pytest.approx(near, abs=4 * np.sqrt(0.09 / 2000))


def test_without_a_sensor_the_view_is_drawn():
    a, b = (applied("pointcloud/density-decrease", CLOUD, 0.2, sample=s, facts={}) for s in "ab")
    directions = [CLOUD[each.mapping.lost].mean(axis=0) for each in (a, b)]
    assert all(np.linalg.norm(each) > 0.1 for each in directions)
    assert not np.allclose(*directions, atol=0.1)


@pytest.mark.parametrize(
    ("name", "shares"),
    [
        ("add-global", (0.01, 0.02, 0.03, 0.04, 0.05)),
        ("add-local", (0.1, 0.2, 0.3, 0.4, 0.5)),
    ],
)
def test_added_points_come_after_the_cloud_and_a_milder_one_is_the_beginning(name, shares):
    found = [make(f"pointcloud/{name}", scan(1000), severity) for severity in LEVELS]
    assert [1000 + round(1000 * share) for share in shares] == [len(each) for each in found]
    assert np.array_equal(scan(1000), found[0][:1000])
    for milder, harsher in itertools.pairwise(found):
        assert np.array_equal(milder, harsher[: len(milder)])


def test_stray_points_fill_the_ball_evenly():
    cloud = sphere(2000) * 3 + 5
    added = make("pointcloud/add-global", cloud, dose={"share": 10.0})[2000:]
    centre = cloud.mean(axis=0)
    radius = np.linalg.norm(cloud - centre, axis=1).max()
    depth = (np.linalg.norm(added - centre, axis=1) / radius) ** 3
    quantiles = np.quantile(depth, [0.1, 0.25, 0.5, 0.75, 0.9])
    assert np.array([0.1, 0.25, 0.5, 0.75, 0.9]) == pytest.approx(quantiles, abs=0.015)
    assert depth.max() <= 1
    assert np.abs((added - centre).mean(axis=0)).max() < 4 * radius / np.sqrt(5 * 20_000)


def test_clumps_have_the_published_spread_about_points_of_the_cloud():
    cloud = np.concatenate([ball(500) * 0.2, [[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]]])
    spreads = []
    for sample in range(40):
        noise = {"sample": sample, "settings": {"clusters": 1}, "dose": {"share": 2.0}}
        added = make("pointcloud/add-local", cloud, **noise)[len(cloud) :]
        if np.linalg.norm(added, axis=1).max() < 0.9:  # none was brought to the surface
            spreads.append(added.std(axis=0).mean())
    assert len(spreads) > 20
    assert 0.07 < min(spreads) < 0.085
    assert 0.115 < max(spreads) < 0.13


def test_what_lies_outside_of_the_ball_is_brought_to_its_surface():
    cloud = sphere(1000)
    radius = np.linalg.norm(cloud - cloud.mean(axis=0), axis=1).max()
    added = make("pointcloud/add-local", cloud, 1.0)[1000:]
    reach = np.linalg.norm(added - cloud.mean(axis=0), axis=1)
    assert reach.max() <= radius * (1 + 1e-12)
    assert 0.2 < np.isclose(reach, radius).mean() < 0.8


def test_added_points_borrow_the_other_columns():
    cloud = scan(1000)
    for name in ("add-global", "add-local"):
        added = make(f"pointcloud/{name}", cloud, 1.0)[1000:, 3:]
        known = {*map(bytes, cloud[:, 3:])}
        assert {*map(bytes, added)} <= known


@pytest.mark.parametrize(("name", "setting"), [("drop-local", "holes"), ("add-local", "clusters")])
def test_less_than_none_is_refused(name, setting):
    with pytest.raises(BadSetting, match=f"0 or more {setting}"):
        make(f"pointcloud/{name}", CLOUD, 0.5, settings={setting: -1})


def test_an_empty_cloud_stays_empty():
    for name in pt.names(modality="pointcloud", family="sampling"):
        assert (0, 3) == make(name, np.zeros((0, 3)), 1.0).shape


def test_of_equal_scores_the_first_are_the_smallest():
    scores = np.array([[1.0, 0.0, 1.0, 1.0, 2.0], [3.0, 3.0, 3.0, 3.0, 3.0]])
    assert [[0, 1, 2], [0, 1, 2]] == [np.flatnonzero(row).tolist() for row in smallest(scores, 3)]
    assert not smallest(scores, 0).any()
    assert smallest(scores, 5).all()
