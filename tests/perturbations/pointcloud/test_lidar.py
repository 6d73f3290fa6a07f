"""Beams, echoes and motion of a lidar."""

import itertools

import numpy as np
import pytest
from scipy import stats

from perturbations.errors import BadSetting, NotApplicable
from perturbations.pointcloud._beams import beams_of, halving_order
from tests.perturbations.pointcloud.small import applied, make, scan

SCAN = scan(4000)
REACH = np.linalg.norm(SCAN[:, :3], axis=1)
LEVELS = (0.2, 0.4, 0.6, 0.8, 1.0)


def rings(cloud):
    return set(cloud[:, 4].astype(int).tolist())


def test_whole_beams_are_lost_and_those_of_a_mild_fault_stay_lost():
    found = [make("pointcloud/beam-loss", SCAN, severity) for severity in LEVELS]
    left = [rings(each) for each in found]
    assert [12, 8, 6, 4, 2] == [len(each) for each in left]
    assert all(milder > harsher for milder, harsher in itertools.pairwise(left))
    for noisy, ring in zip(found, left, strict=True):
        assert np.array_equal(SCAN[np.isin(SCAN[:, 4], list(ring))], noisy)


def test_which_beams_fail_is_drawn():
    left = [frozenset(rings(make("pointcloud/beam-loss", SCAN, 0.4, sample=i))) for i in range(60)]
    counts = np.bincount([ring for each in left for ring in each], minlength=16)
    assert len(set(left)) > 50
    assert (np.abs(counts - 30) < 4 * np.sqrt(60 / 4)).all()


def test_a_lidar_of_fewer_beams_has_them_evenly_spaced():
    for severity, step in ((0.4, 2), (0.8, 4), (1.0, 8)):
        left = sorted(
            rings(make("pointcloud/beam-loss", SCAN, severity, settings={"pattern": "even"}))
        )
        assert {step} == set(np.diff(left).tolist())


def test_every_second_beam_goes_first():
    order = halving_order(16).tolist()
    assert [0.0] * 8 == order[1::2]
    assert [1.0] * 4 == order[2::4]
    assert [2.0, 3.0, 4.0] == [order[4], order[8], order[0]]
    assert [0.0] == halving_order(1).tolist()


def test_beams_without_rings_are_told_by_elevation():
    bare = SCAN[:, :3]
    with pytest.raises(NotApplicable, match="beams=64"):
        make("pointcloud/beam-loss", bare, 0.4)
    noisy = make("pointcloud/beam-loss", bare, 0.4, settings={"beams": 16})
    slices = beams_of(bare[None], None, (0, 0, 0), 16, "")[0]
    assert np.array_equal(SCAN[:, 4], slices)
    left = {tuple(row) for row in noisy.tolist()}
    kept = np.array([tuple(row) in left for row in bare.tolist()])
    assert 8 == len(set(slices[kept].tolist()))
    assert not set(slices[kept].tolist()) & set(slices[~kept].tolist())


@pytest.mark.parametrize("ring", [-1.0, 0.5, 600.0])
def test_rings_are_whole_numbers(ring):
    cloud = SCAN.copy()
    cloud[7, 4] = ring
    with pytest.raises(NotApplicable, match="rings from 0 to 511"):
        make("pointcloud/beam-loss", cloud, 0.4)


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"beams": 1000}, "0 to 512 beams"), ({"pattern": "evn"}, "did you mean even")],
)
def test_other_settings_are_refused(settings, words):
    with pytest.raises(BadSetting, match=words):
        make("pointcloud/beam-loss", SCAN, 0.4, settings=settings)


def test_crosstalk_moves_a_share_along_the_beam_to_any_distance():
    noisy = applied("pointcloud/crosstalk", SCAN, dose={"share": 0.5})
    after = np.linalg.norm(noisy.value[:, :3], axis=1)
    hit = (noisy.value != SCAN).any(axis=1)
    assert hit.sum() == noisy.report["hits"]
    assert 0.5 == pytest.approx(hit.mean(), abs=4 * np.sqrt(0.25 / 4000))
    place = (after[hit] - REACH.min()) / (REACH.max() - REACH.min())
    assert stats.kstest(place, "uniform").pvalue > 0.01
    rays = [
        each[:, :3] / np.linalg.norm(each[:, :3], axis=1)[:, None] for each in (SCAN, noisy.value)
    ]
    np.testing.assert_allclose(rays[0], rays[1], atol=1e-9)


def test_crosstalk_at_the_published_shares():
    for severity, share in zip(LEVELS, (0.004, 0.008, 0.012, 0.016, 0.02), strict=True):
        hits = [
            applied("pointcloud/crosstalk", SCAN, severity, sample=i).report["hits"]
            for i in range(10)
        ]
        expected = 40_000 * share
        assert abs(sum(hits) - expected) < 4 * np.sqrt(expected)


def test_weak_echoes_are_lost_first():
    """Of two echoes the weaker of powers p and q is lost first with probability q / (p + q)."""
    cloud = np.array([[10.0, 0, 0, 0.8, 0], [10.0, 1, 0, 0.2, 0]])
    gone = [
        applied("pointcloud/weak-return-loss", cloud, dose={"share": 0.5}, sample=i).mapping.lost
        for i in range(1000)
    ]
    assert 0.8 == pytest.approx(
        np.mean([each[0] == 1 for each in gone]), abs=4 * np.sqrt(0.16 / 1000)
    )
    far = np.array([[10.0, 0, 0, 0.5, 0], [20.0, 0, 0, 0.5, 0]])
    gone = [
        applied("pointcloud/weak-return-loss", far, dose={"share": 0.5}, sample=i).mapping.lost
        for i in range(1000)
    ]
    assert 0.8 == pytest.approx(
        np.mean([each[0] == 1 for each in gone]), abs=4 * np.sqrt(0.16 / 1000)
    )


def test_the_unit_of_intensities_is_of_no_account():
    bright = SCAN * [1, 1, 1, 255, 1]
    lost = [applied("pointcloud/weak-return-loss", c, 0.6).mapping.lost for c in (SCAN, bright)]
    np.testing.assert_array_equal(*lost)


@pytest.mark.parametrize(
    ("severity", "step"), [*zip(LEVELS, (0.02, 0.05, 0.1, 0.25, 0.5), strict=True)]
)
def test_ranges_come_in_steps(severity, step):
    after = np.linalg.norm(make("pointcloud/range-quantisation", SCAN, severity)[:, :3], axis=1)
    np.testing.assert_allclose(0, after / step - np.rint(after / step), atol=1e-9)
    assert np.abs(after - REACH).max() <= step / 2 + 1e-9
    assert step / np.sqrt(12) == pytest.approx((after - REACH).std(), rel=0.05)


def test_a_point_near_the_sensor_is_at_one_step():
    cloud = np.array([[0.01, 0.0, 0.0], [0.0, 0.0, 0.0]])
    noisy = make("pointcloud/range-quantisation", cloud, 1.0)
    np.testing.assert_allclose([[0.5, 0, 0], [0, 0, 0]], noisy)


def test_motion_tears_the_scan_behind_and_leaves_the_front():
    noisy = applied("pointcloud/motion-distortion", SCAN, 1.0)
    moved = noisy.value - SCAN
    turn = np.arctan2(SCAN[:, 1], SCAN[:, 0])
    heading = np.radians(noisy.report["heading, °"])
    ahead = np.stack([np.cos(heading), np.sin(heading)])
    np.testing.assert_allclose(
        -3.0 * (turn / (2 * np.pi))[:, None] * ahead, moved[:, :2], atol=1e-9
    )
    assert np.array_equal(SCAN[:, 2:], noisy.value[:, 2:])
    late, early = moved[turn > 3.1].mean(axis=0)[:2], moved[turn < -3.1].mean(axis=0)[:2]
    assert 3.0 == pytest.approx(np.linalg.norm(late - early), rel=0.02)
