"""When a fault acts, and that windows of one stream tell one story."""

import numpy as np
import pandas as pd
import pytest

import perturbations as pt
from perturbations.errors import BadSetting
from perturbations.timeseries._modality import fit

SCHEDULED = [
    name for name in pt.names(modality="timeseries") if "schedule" in pt.get(name).settings
]
REFERENCE = fit([np.random.default_rng(0).normal(size=(4000, 2)) * [1.0, 10.0]], {})
MOVES_ROWS = ("timeseries/lost-samples", "timeseries/duplicated-samples")
DAY = pd.date_range("2026-11-29", periods=24 * 12 + 1, freq="5min", tz="UTC")
FLAT = pd.DataFrame(np.zeros((len(DAY), 2)), index=DAY)


def acts(frame, schedule, period=0.0, sample="a", **known):
    """Return how strongly a bias acts on each step."""
    noise = pt.get("timeseries/bias", schedule=schedule, period=period)
    known = {"dose": {"offset": 1.0}, "reference": REFERENCE, "sample": sample} | known
    return np.abs(np.asarray(noise(frame, **known))[:, 0]) / REFERENCE.std[0]


def test_most_noise_can_act_by_a_schedule():
    assert 13 <= len(SCHEDULED)


def test_a_day_is_nothing_at_midnight_and_the_whole_at_noon():
    expected = (1 - np.cos(2 * np.pi * np.arange(len(DAY)) / (24 * 12))) / 2
    np.testing.assert_allclose(expected, acts(FLAT, "diurnal"), atol=1e-6)


def test_the_day_is_that_of_the_stamps_own_clock():
    there = FLAT.tz_convert("Asia/Tokyo")
    shifted = np.roll(acts(FLAT, "diurnal")[:-1], -9 * 12)
    np.testing.assert_allclose(shifted, acts(there, "diurnal")[:-1], atol=1e-6)


def test_a_ramp_grows_from_calibration_to_calibration():
    np.testing.assert_allclose(
        np.arange(len(DAY)) % 72 / 72, acts(FLAT, "ramp", period=6 * 3600.0), atol=1e-6
    )


def test_a_ramp_over_a_series_without_dates_ends_at_the_whole():
    flat = np.zeros((101, 2))
    np.testing.assert_allclose(np.linspace(0, 1, 101), acts(flat, "ramp"))
    np.testing.assert_allclose(np.arange(101) % 40 / 40, acts(flat, "ramp", period=40), atol=1e-12)
    found = acts(flat, "ramp", period=4, facts={"rate": 10})
    np.testing.assert_allclose(np.arange(101) % 40 / 40, found, atol=1e-12)


def long_stream(days=400):
    index = pd.date_range("2026-01-01", periods=days * 48, freq="30min")
    return pd.DataFrame(np.zeros((len(index), 2)), index=index)


def test_bursts_are_a_fifth_of_each_period():
    on = acts(long_stream(), "burst", period=86_400.0).reshape(-1, 48)
    assert {0.0, 1.0} == set(on.ravel())
    assert set(on.sum(axis=1)) <= {9.0, 10.0}
    assert 0.2 == pytest.approx(on.mean(), abs=0.003)
    begins = on.argmax(axis=1)
    # Even over the four fifths of the day in which a burst can begin: standard error 38 / sqrt(12 * 400).
    assert 19.0 == pytest.approx(begins.mean(), abs=4 * 38 / np.sqrt(12 * 400))
    assert (np.diff(on, axis=1) != 0).sum(axis=1).max() <= 2


def test_regimes_last_for_whole_periods_with_even_odds():
    on = acts(long_stream(), "regime", period=86_400.0).reshape(-1, 48)
    assert (on == on[:, :1]).all()
    assert 0.5 == pytest.approx(on.mean(), abs=4 * 0.5 / 20)
    runs = np.diff(np.flatnonzero(np.diff(on[:, 0])))
    assert 2.0 == pytest.approx(runs.mean(), abs=4 * np.sqrt(2 / len(runs)))


@pytest.mark.parametrize("schedule", ["ramp", "diurnal", "burst", "regime"])
def test_windows_of_a_stream_continue_one_story(schedule):
    stream = long_stream(30)
    whole = acts(stream, schedule, period=5 * 3600.0)
    windows = [stream.iloc[i : i + 100] for i in range(0, len(stream), 100)]
    parts = [
        acts(window, schedule, period=5 * 3600.0, sample=f"window {i}")
        for i, window in enumerate(windows)
    ]
    np.testing.assert_array_equal(whole, np.concatenate(parts))


@pytest.mark.parametrize("name", ["bias", "gain-error"])
def test_windows_of_a_stream_are_off_in_one_direction(name):
    stream = long_stream(4) + 1.0
    noise = pt.get(f"timeseries/{name}(schedule=regime,period=3600)")
    windows = [stream.iloc[i : i + 48] for i in range(0, len(stream), 48)]
    known = {"dose": {next(iter(noise.ladders)): 1.0}, "reference": REFERENCE}
    noisy = noise.batch(windows, samples=range(len(windows)), **known)
    parts = np.concatenate([np.asarray(each) for each in noisy])
    np.testing.assert_array_equal(np.asarray(noise(stream, **known)), parts)
    assert all(len(set(np.sign(c[c != 0]))) == 1 for c in (parts - 1.0).T)


@pytest.mark.parametrize("schedule", ["diurnal", "burst", "regime"])
def test_series_without_dates_have_their_own_story(schedule):
    flat = np.zeros((200, 2))
    found = [acts(flat, schedule, period=40, sample=i) for i in range(8)]
    assert len({tuple(each) for each in found}) > 4


def test_streams_of_other_inputs_and_seeds_have_other_stories():
    stream = long_stream(20)
    found = [
        acts(stream, "regime", period=3600.0, **other)
        for other in ({}, {"input": "b"}, {"seed": 1}, {"replicate": 1})
    ]
    assert len({tuple(each) for each in found}) == 4


@pytest.mark.parametrize("name", SCHEDULED)
@pytest.mark.parametrize("schedule", ["ramp", "diurnal", "burst", "regime"])
def test_where_the_schedule_is_silent_nothing_changes(name, schedule):
    index = pd.date_range("2026-11-29", periods=800, freq="2ms")
    stream = pd.DataFrame(np.random.default_rng(1).normal(size=(800, 2)), index=index)
    noise = pt.get(name, schedule=schedule, period=0.04)
    noisy = noise.apply(stream, 1.0, reference=noise.fit([stream]), sample="s")
    acting = noisy.report["acting"][0]
    assert 0.1 < acting < 0.9
    if schedule in ("burst", "regime") and name not in MOVES_ROWS:
        changed = (noisy.value != stream).any(axis=1).mean()
        assert 0 < changed <= acting + 1e-9


@pytest.mark.parametrize("name", SCHEDULED)
def test_a_constant_schedule_is_no_schedule(name):
    noise, series = pt.get(name), np.random.default_rng(1).normal(size=(300, 2))
    known = {"reference": noise.fit([series]), "facts": {"rate": 500.0}}
    plain = noise(series, 0.7, **known)
    np.testing.assert_array_equal(plain, noise.with_settings(period=3.0)(series, 0.7, **known))
    assert "acting" not in noise.apply(series, 0.7, **known).report


@pytest.mark.parametrize("name", SCHEDULED)
def test_schedules_are_checked(name):
    noise, series = pt.get(name), np.ones((50, 2))
    known = {"reference": fit([series], {}), "facts": {"rate": 500.0}}
    with pytest.raises(BadSetting, match="did you mean diurnal"):
        noise.with_settings(schedule="diurnale")(series, 0.5, **known)
    with pytest.raises(BadSetting, match="a period for the schedule burst"):
        noise.with_settings(schedule="burst")(series, 0.5, **known)
    with pytest.raises(BadSetting, match="period=-1"):
        noise.with_settings(period=-1.0)(series, 0.5, **known)


def test_a_day_has_no_length_in_steps():
    with pytest.raises(BadSetting, match="a period for the schedule diurnal"):
        acts(np.zeros((50, 2)), "diurnal")


def test_short_and_empty_series_have_schedules_too():
    for steps in (0, 1):
        for schedule in ("ramp", "diurnal", "burst", "regime"):
            assert steps == len(acts(np.zeros((steps, 2)), schedule, period=9))
