import numpy as np
import pandas as pd
import pytest

import perturbations as pt
from perturbations._time_map import TimeMap
from perturbations.errors import BadSetting
from perturbations.timeseries._corpus import edges

LOST = pt.get("timeseries/lost-samples")
TWICE = pt.get("timeseries/duplicated-samples")
ORDER = pt.get("timeseries/reordered-samples")
RAMP = np.arange(400.0)[:, None] * [1.0, -2.0] + [0.5, 0.0]


def steps_of(series):
    """Return which clean step each row of a noisy ramp holds."""
    return (series[:, 0] - 0.5).astype(int)


def test_what_is_left_closes_up_and_the_end_holds_the_last_row():
    noisy = LOST.apply(RAMP, dose={"share": 0.2})
    left = noisy.report["left"][0]
    held = steps_of(noisy.value)
    assert (np.diff(held[:left]) >= 1).all()
    assert (np.diff(held[:left]) > 1).any()
    assert (held[left:] == held[left - 1]).all()
    np.testing.assert_array_equal(RAMP[held], noisy.value)


def test_the_end_may_be_missing_or_away():
    left = LOST.apply(RAMP, dose={"share": 0.2}).report["left"][0]
    kept = LOST(RAMP, dose={"share": 0.2})[:left]
    missing = LOST.with_settings(end="nan")(RAMP, dose={"share": 0.2})
    np.testing.assert_array_equal(kept, missing[:left])
    assert np.isnan(missing[left:]).all()
    np.testing.assert_array_equal(
        kept, LOST.with_settings(end="shorten")(RAMP, dose={"share": 0.2})
    )


@pytest.mark.parametrize(("end", "value"), [("hold", 0.0), ("nan", np.nan)])
def test_a_series_of_which_all_is_lost(end, value):
    noisy = LOST.with_settings(end=end)(RAMP, dose={"share": 1.0})
    np.testing.assert_array_equal(np.full(RAMP.shape, value), noisy)
    assert (0, 2) == LOST.with_settings(end="shorten")(RAMP, dose={"share": 1.0}).shape


@pytest.mark.parametrize("burst", [1.0, 6.0])
def test_the_share_is_lost_in_bursts(burst):
    noise = LOST.with_settings(end="shorten", burst=burst)
    ramp = np.arange(200_000.0)
    gaps = np.diff(noise(ramp, dose={"share": 0.1})) - 1
    gaps = gaps[gaps > 0]
    mean = max(burst, 1 / 0.9)
    assert mean == pytest.approx(gaps.mean(), rel=4 / np.sqrt(len(gaps)))
    lost = gaps.sum() / 200_000
    assert 0.1 == pytest.approx(lost, abs=4 * np.sqrt(0.09 * 2 * mean / 200_000))


def test_lengths_that_part_come_as_a_list():
    stack = np.broadcast_to(RAMP, (6, *RAMP.shape)).copy()
    found = LOST.with_settings(end="shorten").batch(stack, 0.8, samples=range(6))
    assert list is type(found)
    assert len({len(each) for each in found}) > 1
    for i, each in enumerate(found):
        np.testing.assert_array_equal(LOST.with_settings(end="shorten")(RAMP, 0.8, sample=i), each)


def test_rows_that_come_twice_push_the_later_ones_back():
    noisy = TWICE.apply(RAMP, dose={"share": 0.25})
    held = steps_of(noisy.value)
    assert {0, 1} == set(np.diff(held))
    np.testing.assert_array_equal(RAMP[held], noisy.value)
    longer = TWICE.with_settings(length="lengthen")(RAMP, dose={"share": 0.25})
    assert 400 + noisy.report["twice"][0] == len(longer)
    np.testing.assert_array_equal(longer[:400], noisy.value)
    rates = [
        TWICE.apply(RAMP, dose={"share": 0.25}, sample=i).report["twice"][0] for i in range(50)
    ]
    assert 100 == pytest.approx(np.mean(rates), abs=4 * np.sqrt(400 * 0.25 * 0.75 / 50))


def test_reordering_keeps_every_row():
    noisy = ORDER.apply(RAMP, dose={"delay": 10.0})
    held = steps_of(noisy.value)
    np.testing.assert_array_equal(np.arange(400), np.sort(held))
    np.testing.assert_array_equal(RAMP[held], noisy.value)
    assert noisy.report["displaced"] == [(held != np.arange(400)).sum()]
    assert 0 < np.abs(held - np.arange(400)).max() <= 10


def test_below_one_interval_nothing_is_overtaken():
    np.testing.assert_array_equal(RAMP, ORDER(RAMP, dose={"delay": 0.99}))


def test_how_often_neighbours_change_places_is_the_closed_form():
    """k overtakes k + 1 where the difference of two even delays is above an interval: (1 - 1 / d)^2 / 2."""
    held = steps_of(ORDER(np.arange(40_000.0)[:, None] + 0.5, dose={"delay": 4.0}))
    place = np.argsort(held)
    found = (place[:-1] > place[1:]).mean()
    assert 0.5 * 0.75**2 == pytest.approx(found, abs=4 * np.sqrt(0.2 / 40_000))


@pytest.mark.parametrize("rate", [None, 50.0])
def test_moments_go_where_their_rows_are(rate):
    facts = {} if rate is None else {"rate": rate}
    period = 1.0 if rate is None else 1.0 / rate
    for noise in (LOST, TWICE, ORDER):
        noisy = noise.apply(RAMP, 0.8, facts=facts)
        assert isinstance(noisy.mapping, TimeMap)
        held = steps_of(noisy.value)
        moved = noisy.mapping.times((np.arange(400) + 0.5) * period) / period - 0.5
        for step in range(400):
            where = np.flatnonzero(held == step)
            if len(where) and not np.isnan(moved[step]):
                assert where[0] == pytest.approx(moved[step])
            else:
                assert not len(where)
                assert np.isnan(moved[step])
        assert (400 * period,) * 2 == pytest.approx((noisy.mapping.before, noisy.mapping.after))


@pytest.mark.parametrize("label", ["a frame out of order", "a frame with a moment twice"])
def test_moments_go_along_where_stamps_do_not_ascend(label):
    frame = edges()[label]
    for noise in (LOST, TWICE, ORDER):
        mapping = noise.apply(frame, 1.0, sample=1).mapping
        assert (np.diff(mapping.clean) >= 0).all()
        assert len(frame) == len(mapping.clean)
    assert 0 == len(LOST.apply(np.zeros(0), 1.0).mapping.clean)


def test_uneven_stamps_move_by_the_time_that_belongs_to_their_rows():
    stamps = np.array([0.0, 1.0, 3.0, 7.0, 8.0])
    series = pd.Series(np.arange(5.0), index=stamps)
    shorter = LOST.with_settings(end="shorten", burst=3.0)
    for sample in range(20):
        noisy = shorter.apply(series, dose={"share": 0.4}, sample=sample)
        gone = np.setdiff1d(np.arange(5), noisy.value.to_numpy())
        middle = np.array([0.5, 2.0, 5.0, 7.5, 8.75])
        moved = noisy.mapping.times(middle)
        np.testing.assert_allclose(np.delete(middle, gone), np.delete(moved, gone))
        assert np.isnan(moved[gone]).all()
        closed = LOST.with_settings(burst=3.0).apply(series, dose={"share": 0.4}, sample=sample)
        moved = closed.mapping.times(middle)
        left = np.delete(np.arange(5), gone)
        np.testing.assert_allclose(middle[: len(left)], moved[left])
        assert np.isnan(moved[gone]).all()


def test_a_shorter_series_says_so():
    noisy = LOST.with_settings(end="shorten").apply(RAMP, 0.8, facts={"rate": 50.0})
    assert len(noisy.value) / 50 == pytest.approx(noisy.mapping.after)
    assert 8.0 == noisy.mapping.before
    assert [len(noisy.value)] == noisy.report["left"]


def test_settings_are_checked():
    for noise, setting in ((LOST, "end"), (TWICE, "length"), (ORDER, "stamps")):
        with pytest.raises(BadSetting, match=f"{setting}='nowhere'"):
            noise.with_settings(**{setting: "nowhere"})(RAMP, 0.5)
    with pytest.raises(BadSetting, match="at least 1 step"):
        LOST.with_settings(burst=0.5)(RAMP, 0.5)


def test_a_delay_may_be_in_milliseconds():
    late = {"facts": {"rate": 50.0}, "sample": "a"}
    by_time = ORDER.with_settings(interval=0.001)(RAMP, dose={"delay": 100.0}, **late)
    np.testing.assert_array_equal(ORDER(RAMP, dose={"delay": 5.0}, **late), by_time)
    with pytest.raises(BadSetting, match="interval=-1"):
        ORDER.with_settings(interval=-1.0)(RAMP, 0.5)
