"""Frames that are lost, frozen, out of order, or too few."""

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting, MissingFact

COUNT = 40
NUMBERED = np.repeat(np.arange(1, COUNT + 1, dtype=np.uint8), 6).reshape(COUNT, 2, 3)
"""Every pixel of frame k is k + 1."""
TIMING = ("frame-drop", "freeze", "reorder", "low-frame-rate")


def apply(name, dose, sample="s", **given):
    noise = pt.get(f"video/{name}")
    return noise.apply(NUMBERED, dose={next(iter(noise.ladders)): dose}, sample=sample, **given)


@pytest.mark.parametrize("name", TIMING)
@pytest.mark.parametrize("severity", [0.2, 0.6, 1.0])
def test_the_mapping_says_which_frame_stands_where(name, severity):
    found = pt.get(f"video/{name}").apply(NUMBERED, severity, sample="s")
    assert np.array_equal(found.mapping + 1, found.value[:, 0, 0])
    assert (found.value == found.value[:, :1, :1]).all()
    away = np.abs(found.mapping - np.arange(COUNT))
    assert (np.count_nonzero(away), away.max()) == (
        found.report["displaced"],
        found.report["farthest"],
    )


def test_the_share_of_frames_dropped_is_the_declared_one():
    lost = [apply("frame-drop", 0.3, f"s{i}").report["share"] for i in range(200)]
    spread = np.sqrt(0.3 * 0.7 / (200 * (COUNT - 1)))
    assert 0.3 * (COUNT - 1) / COUNT == pytest.approx(np.mean(lost), abs=4 * spread)


def test_a_dropped_frame_shows_the_last_good_one_and_the_first_is_kept():
    mapping = apply("frame-drop", 1.0).mapping
    assert np.array_equal(np.zeros(COUNT), mapping)
    some = apply("frame-drop", 0.4).mapping
    good = some == np.arange(COUNT)
    assert np.array_equal(np.maximum.accumulate(np.where(good, np.arange(COUNT), 0)), some)


def test_frames_lost_stay_lost_at_a_higher_severity():
    lost = [apply("frame-drop", share).mapping != np.arange(COUNT) for share in (0.1, 0.3, 0.8)]
    assert (lost[0] <= lost[1]).all()
    assert (lost[1] <= lost[2]).all()


def test_a_lost_frame_may_be_black():
    noise = pt.get("video/frame-drop(concealment=black)")
    found = noise.apply(NUMBERED, dose={"share": 0.5}, sample="s")
    black = found.mapping < 0
    assert 0 < black.sum() < COUNT
    assert np.array_equal(black, (found.value == 0).all(axis=(1, 2)))
    with pytest.raises(BadSetting, match="freeze, black"):
        pt.get("video/frame-drop", concealment="grey")(NUMBERED, 0.5)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.5, 0.9, 1.0])
def test_a_freeze_is_one_run_of_the_declared_length(share):
    for sample in "abcdef":
        found = apply("freeze", share, sample)
        moved = np.flatnonzero(found.mapping != np.arange(COUNT)) if share else np.array([])
        assert len(moved) == min(round(share * COUNT), COUNT - 1)
        if len(moved):
            assert np.array_equal(np.arange(moved[0], moved[0] + len(moved)), moved)
            assert {moved[0] - 1} == set(found.mapping[moved].tolist())


def test_a_harsher_freeze_begins_at_the_same_frame():
    starts = [apply("freeze", share, "x").report["start"] for share in (0.1, 0.3, 0.5)]
    assert 1 == len(set(starts))
    anywhere = {apply("freeze", 0.1, f"s{i}").report["start"] for i in range(300)}
    assert set(range(1, COUNT // 2 + 1)) == anywhere


def test_a_freeze_lasts_for_seconds_where_the_rate_is_known():
    assert 0.4 == apply("freeze", 0.25, facts={"rate": 25}).report["seconds"]
    assert "seconds" not in apply("freeze", 0.25).report


@pytest.mark.parametrize("rate", [0, -25, "25", True, float("inf"), float("nan")])
def test_what_is_no_rate_is_said(rate):
    for name, dose in (("freeze", 0.5), ("low-frame-rate", 3)):
        with pytest.raises(MissingFact, match="frames per second"):
            apply(name, dose, facts={"rate": rate})


def test_reordered_frames_are_the_same_frames_near_their_places():
    for window in (1.5, 3.0, 5.0):
        mapping = apply("reorder", window).mapping
        assert np.array_equal(np.arange(COUNT), np.sort(mapping))
        assert np.abs(mapping - np.arange(COUNT)).max() < window


def test_within_one_frame_nothing_overtakes():
    assert 0 == apply("reorder", 1.0, sample="y").report.get("displaced", 0)
    assert 0 == apply("reorder", 1.0001, sample="y").report["displaced"]


def test_neighbours_swap_as_often_as_the_delays_say():
    """P(k + w u > k + 1 + w v) is (1 - 1/w)^2 / 2 for uniform u and v."""
    clip = np.zeros((2, 1, 1), np.uint8)
    noise = pt.get("video/reorder")
    swapped = [noise.apply(clip, dose={"window": 4.0}, sample=i).report["farthest"] for i in range(2000)]  # fmt: skip
    expected = (1 - 1 / 4) ** 2 / 2
    assert expected == pytest.approx(np.mean(swapped), abs=4 * np.sqrt(expected / 2000))


def test_a_low_frame_rate_holds_every_frame():
    found = apply("low-frame-rate", 3, facts={"rate": 30})
    assert np.array_equal(np.arange(COUNT) // 3 * 3, found.mapping)
    assert 10 == found.report["rate"]


@pytest.mark.parametrize("name", [*TIMING, "codec-loss"])
def test_one_frame_stays_as_it_is(name):
    assert np.array_equal(NUMBERED[:1], pt.get(f"video/{name}")(NUMBERED[:1], 1.0))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_no_value_is_rounded(dtype):
    clip = NUMBERED.astype(dtype) if np.dtype(dtype).kind == "u" else (NUMBERED / 77).astype(dtype)
    found = pt.get("video/reorder").apply(clip, 1.0, sample="s")
    assert np.array_equal(clip[found.mapping], found.value)
