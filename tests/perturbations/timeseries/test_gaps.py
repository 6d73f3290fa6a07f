from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import perturbations as pt
from perturbations.errors import BadSetting, MissingFact

BURSTS = pt.get("timeseries/burst-dropout")


def lost(share, sample="a", steps=20_000, **settings):
    noisy = BURSTS.with_settings(**settings)(np.zeros(steps), dose={"share": share}, sample=sample)
    return np.isnan(noisy)


def lengths(mask):
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    runs = edges[1::2] - edges[::2]
    return runs[1:-1]


@pytest.mark.parametrize("share", [0.05, 0.3, 0.8])
@pytest.mark.parametrize("steps", [1, 5, 400])
def test_the_share_is_right_in_expectation_at_any_length(share, steps):
    stack = np.zeros((3000, steps))
    found = np.isnan(BURSTS.batch(stack, dose={"share": share}, samples=range(3000)))
    means = found.mean(axis=1)
    assert abs(means.mean() - share) < 4.5 * means.std() / np.sqrt(len(means))
    # stationary: the first step is lost as often as the last
    assert found[:, 0].mean() == pytest.approx(found[:, -1].mean(), abs=0.05)


@pytest.mark.parametrize(("share", "burst"), [(0.1, 8.0), (0.5, 8.0), (0.3, 2.0), (0.7, 25.0)])
def test_bursts_are_geometric_of_the_given_mean(share, burst):
    runs = lengths(lost(share, steps=200_000, burst=burst))
    assert runs.mean() == pytest.approx(burst, rel=4.5 / np.sqrt(len(runs)))
    assert np.mean(runs == 1) == pytest.approx(1 / burst, abs=4.5 * 0.5 / np.sqrt(len(runs)))
    assert runs.var() == pytest.approx(burst**2 - burst, rel=0.25)


def test_a_share_too_large_for_the_burst_makes_longer_bursts():
    mask = lost(0.9, steps=100_000, burst=1.0)
    assert mask.mean() == pytest.approx(0.9, abs=0.01)
    assert lengths(mask).mean() == pytest.approx(10.0, rel=0.1)


@pytest.mark.parametrize("burst", [1.0, 3.0, 8.0])
def test_what_is_lost_stays_lost(burst):
    masks = [lost(share, burst=burst) for share in np.linspace(0.02, 1.0, 25)]
    assert all((low <= high).all() for low, high in pairwise(masks))
    assert masks[-1].all()


def test_all_channels_are_lost_together():
    mask = np.isnan(BURSTS(np.zeros((500, 4)), 1.0))
    assert (mask == mask[:, :1]).all()


@pytest.fixture
def ramp():
    series = np.stack([np.arange(200.0), -np.arange(200.0)], axis=1)
    series[50:60, 1] = np.nan
    return series


@pytest.mark.parametrize("fill", ["nan", "zero", "hold", "interpolate"])
def test_fills_touch_lost_steps_only(ramp, fill):
    mask = np.isnan(BURSTS(ramp, 0.8, sample="b")[:, 0])
    noisy = BURSTS.with_settings(fill=fill).apply(ramp, 0.8, sample="b")
    assert np.array_equal(noisy.value[~mask], ramp[~mask], equal_nan=True)
    assert noisy.report == {"lost": [mask.mean()]}
    if fill != "nan":
        assert np.array_equal(np.isnan(noisy.value), np.isnan(ramp))


def test_zero_fills_with_zero(ramp):
    mask = np.isnan(BURSTS(ramp, 0.8)[:, 0])
    assert (BURSTS.with_settings(fill="zero")(ramp, 0.8)[mask, 0] == 0).all()


@pytest.mark.parametrize("sample", range(8))
def test_hold_repeats_the_last_value_received_or_the_first(ramp, sample):
    mask = np.isnan(BURSTS(ramp, 0.8, sample=sample)[:, 0])
    held = BURSTS.with_settings(fill="hold")(ramp, 0.8, sample=sample)[:, 0]
    kept = np.flatnonzero(~mask)
    for step in np.flatnonzero(mask):
        before = kept[kept < step]
        assert held[step] == ramp[before[-1] if len(before) else kept[0], 0]


@pytest.mark.parametrize("sample", range(8))
def test_a_straight_line_over_the_gap_restores_a_ramp(ramp, sample):
    filled = BURSTS.with_settings(fill="interpolate")(ramp, 0.8, sample=sample)
    mask = np.isnan(BURSTS(ramp, 0.8, sample=sample)[:, 0])
    kept = np.flatnonzero(~mask)
    expected = np.interp(np.arange(200), kept, ramp[kept, 0])
    assert np.allclose(filled[:, 0], expected)


@pytest.mark.parametrize("fill", ["hold", "interpolate"])
@pytest.mark.parametrize("sample", range(20))
def test_fills_among_missing_values_are_those_of_a_plain_search(fill, sample):
    rng = np.random.default_rng(sample)
    stamps = np.cumsum(rng.uniform(0.1, 3, 60))
    series = np.where(
        rng.uniform(size=60) < rng.choice([0.1, 0.5, 0.9]), np.nan, rng.normal(size=60)
    )
    noise, known = (
        BURSTS.with_settings(fill=fill, burst=2.0),
        {"dose": {"share": 0.5}, "sample": sample},
    )
    lost = np.isnan(BURSTS.with_settings(burst=2.0)(np.zeros(60), **known))
    noisy = noise(pd.Series(series, index=stamps), **known).to_numpy()
    kept = np.flatnonzero(~lost & ~np.isnan(series))
    for step in range(60):
        if np.isnan(series[step]) or not lost[step]:
            np.testing.assert_array_equal(series[step], noisy[step])
            continue
        before, after = kept[kept < step][-1:], kept[kept > step][:1]
        near = np.concatenate([before, after])
        if not len(near):
            assert noisy[step] == 0.0
        elif fill == "hold":
            assert series[near[0]] == noisy[step]
        else:
            expected = np.interp(stamps[step], stamps[near], series[near])
            assert expected == pytest.approx(noisy[step])


@pytest.mark.parametrize("fill", ["zero", "hold", "interpolate"])
def test_a_series_lost_whole_is_zeros(fill):
    noise = BURSTS.with_settings(fill=fill)
    assert (noise(np.full(9, 4.0), dose={"share": 1.0}) == 0).all()


def test_settings_are_checked():
    with pytest.raises(BadSetting, match="did you mean hold"):
        BURSTS.with_settings(fill="holt")(np.zeros(5), 0.5)
    with pytest.raises(BadSetting, match="at least 1 step"):
        BURSTS.with_settings(burst=0.5)(np.zeros(5), 0.5)


def test_bursts_in_seconds_are_seen_by_the_rate():
    noise = BURSTS.with_settings(seconds=0.5)
    mask = np.isnan(noise(np.zeros(200_000), dose={"share": 0.3}, facts={"rate": 100.0}))
    runs = lengths(mask)
    # A chain in time that is left at a rate of 2 a second, seen every 10 ms.
    expected = 1 / (0.7 * (1 - np.exp(-0.01 / (0.5 * 0.7))))
    assert expected == pytest.approx(runs.mean(), rel=4.5 / np.sqrt(len(runs)))
    assert 0.3 == pytest.approx(mask.mean(), abs=4 * np.sqrt(0.21 * 2 * 50 / 200_000))


def test_a_long_gap_between_stamps_is_forgotten():
    """Pairs of readings 10 ms apart, a minute from pair to pair, with bursts of a second."""
    pairs = 4000
    stamps = (np.arange(pairs)[:, None] * 60.0 + [0.0, 0.01]).ravel()
    series = pd.Series(np.zeros(2 * pairs), index=stamps)
    noise = BURSTS.with_settings(seconds=1.0)
    lost = np.isnan(noise(series, dose={"share": 0.3}).to_numpy()).reshape(pairs, 2)
    within = np.corrcoef(lost.T)[0, 1]
    across = np.corrcoef(lost[:-1, 1], lost[1:, 0])[0, 1]
    assert np.exp(-0.01 / 0.7) == pytest.approx(within, abs=0.02)
    assert abs(across) < 4 / np.sqrt(pairs)


def test_bursts_in_seconds_stay_lost_and_share_their_expectation():
    stamps = np.cumsum(np.random.default_rng(1).exponential(0.1, 3000))
    series = pd.Series(np.zeros(3000), index=stamps)
    noise = BURSTS.with_settings(seconds=0.4)
    masks = [
        np.isnan(noise(series, dose={"share": s}).to_numpy()) for s in np.linspace(0.02, 1, 25)
    ]
    assert all((low <= high).all() for low, high in pairwise(masks))
    assert masks[-1].all()


def test_bursts_in_seconds_need_to_know_the_time():
    with pytest.raises(MissingFact, match="bursts in seconds"):
        BURSTS.with_settings(seconds=1.0)(np.zeros(50), 0.5)
    with pytest.raises(BadSetting, match="seconds=-1"):
        BURSTS.with_settings(seconds=-1.0)(np.zeros(50), 0.5)


def test_a_straight_line_over_the_gap_is_one_in_time():
    stamps = np.cumsum(np.random.default_rng(1).uniform(0.1, 3, 300))
    series = pd.Series(5.0 - 2.0 * stamps, index=stamps)
    noisy = BURSTS.with_settings(fill="interpolate").apply(series, 0.6)
    assert noisy.report["lost"][0] > 0.1
    inside = slice(20, -20)
    np.testing.assert_allclose(series.iloc[inside], noisy.value.iloc[inside])
