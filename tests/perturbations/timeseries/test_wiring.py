import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting, MissingReference, NotApplicable
from perturbations.timeseries._modality import fit

FLIP = pt.get("timeseries/polarity-flip")
SWAP = pt.get("timeseries/channel-swap")
TALK = pt.get("timeseries/cross-talk")
OFF = pt.get("timeseries/electrode-off")
GONE = pt.get("timeseries/missing-channel")
CLEAN = np.random.default_rng(0).normal(size=(60, 6)) * [1, 2, 3, 4, 5, 6] + [0, 0, 0, 9, 9, 9]
REFERENCE = fit([CLEAN], {})


def hits(noise, share, **settings):
    """Return which channels are touched, for 400 samples."""
    stack = np.broadcast_to(CLEAN, (400, *CLEAN.shape)).copy()
    made = noise.with_settings(**settings).batch(stack, dose={"share": share}, samples=range(400))
    return (made != CLEAN).any(axis=1), made


@pytest.mark.parametrize("noise", [FLIP, GONE])
def test_channels_are_hit_at_the_rate_and_each_on_its_own(noise):
    hit, _ = hits(noise, 0.3)
    assert 0.3 == pytest.approx(hit.mean(), abs=4 * np.sqrt(0.21 / 2400))
    together = (hit[:, 0] & hit[:, 1]).mean()
    assert 0.09 == pytest.approx(together, abs=4 * np.sqrt(0.09 / 400))


def test_a_flipped_channel_has_the_other_sign_from_the_first_step_to_the_last():
    hit, made = hits(FLIP, 0.5)
    factors = made / CLEAN
    np.testing.assert_array_equal(np.where(hit, -1.0, 1.0)[:, None] + 0 * CLEAN, factors)


def test_a_channel_may_be_flipped_about_its_mean():
    noisy = FLIP.with_settings(about="mean")(CLEAN, 1.0, reference=REFERENCE)
    np.testing.assert_allclose(2 * CLEAN.mean(axis=0) - CLEAN, noisy)
    with pytest.raises(MissingReference, match="the setting 'about'"):
        FLIP.with_settings(about="mean")(CLEAN, 1.0)


@pytest.mark.parametrize("share", [0.25, 0.6, 1.0])
def test_channels_change_places_in_pairs(share):
    for sample in range(40):
        noisy = SWAP.apply(CLEAN, dose={"share": share}, sample=sample)
        order = noisy.report["channels"][0]
        np.testing.assert_array_equal(CLEAN[:, order], noisy.value)
        np.testing.assert_array_equal(np.arange(6), np.array(order)[order])  # back again
    assert (np.array(order) != np.arange(6)).all() or share < 1


def test_pairs_change_places_at_the_rate_and_any_two_may():
    orders = [
        SWAP.apply(CLEAN, dose={"share": 0.4}, sample=i).report["channels"][0] for i in range(600)
    ]
    moved = np.array(orders) != np.arange(6)
    assert 0.4 == pytest.approx(moved.mean(), abs=4 * np.sqrt(0.24 / 1800))
    partners = {(a, b) for order in orders for a, b in enumerate(order) if a != b}
    assert len(partners) == 30


def test_one_channel_is_left_where_their_number_is_odd():
    noisy = SWAP(CLEAN[:, :3], dose={"share": 1.0})
    assert (noisy == CLEAN[:, :3]).all(axis=0).sum() == 1


@pytest.mark.parametrize("noise", [SWAP, TALK])
def test_one_channel_has_no_other(noise):
    with pytest.raises(NotApplicable, match="two channels or more"):
        noise(CLEAN[:, 0], 0.5, reference=fit([CLEAN[:, 0]], {}))


@pytest.mark.parametrize("reach", ["all", "neighbours"])
def test_cross_talk_is_a_mixing_matrix(reach):
    noise = TALK.with_settings(reach=reach)
    noisy = noise.apply(CLEAN, dose={"coupling": 0.3}, reference=REFERENCE)
    mixing = np.array(noisy.report["mixing"])
    away = CLEAN - CLEAN.mean(axis=0)
    np.testing.assert_allclose(CLEAN.mean(axis=0) + away @ mixing.T, noisy.value)
    np.testing.assert_allclose(np.ones(6), np.diag(mixing))
    std = CLEAN.std(axis=0)
    weights = (mixing - np.eye(6)) * std / std[:, None]
    np.testing.assert_allclose(np.full(6, 0.3), weights.sum(axis=1))
    apart = np.abs(np.subtract.outer(range(6), range(6)))
    reached = apart == 1 if reach == "neighbours" else apart > 0
    np.testing.assert_array_equal(reached, weights > 0)


def test_an_offset_does_not_couple_and_neither_does_what_is_missing():
    series = CLEAN.copy()
    series[:, 1:] = series[:, 1:].mean(axis=0)
    series[5, 1] = np.nan
    noisy = TALK(series, 1.0, reference=REFERENCE)
    np.testing.assert_allclose(series[:, 0], noisy[:, 0])
    assert np.isnan(noisy[5, 1])
    assert np.isnan(noisy).sum() == 1


@pytest.mark.parametrize("burst", [1.0, 20.0])
def test_electrodes_are_off_for_the_share_of_the_time_and_each_on_its_own(burst):
    series = np.ones((100_000, 2))
    off = OFF.with_settings(burst=burst)(series, dose={"share": 0.3}) == 0
    error = np.sqrt(0.21 * 2 * burst / 1e5)
    np.testing.assert_allclose([0.3, 0.3], off.mean(axis=0), atol=4 * error)
    assert 0.09 == pytest.approx((off[:, 0] & off[:, 1]).mean(), abs=4 * error)
    runs = np.diff(np.flatnonzero(np.diff(off[:, 0].astype(int), prepend=0, append=0)))[::2]
    mean = max(burst, 1 / 0.7)
    assert mean == pytest.approx(runs.mean(), rel=4 / np.sqrt(len(runs)))


def test_a_floating_input_reads_the_end_of_its_range():
    noisy = OFF.with_settings(reads="rail")(CLEAN, dose={"share": 1.0}, reference=REFERENCE)
    np.testing.assert_array_equal(np.broadcast_to(CLEAN.max(axis=0), CLEAN.shape), noisy)
    with pytest.raises(MissingReference, match="the setting 'reads'"):
        OFF.with_settings(reads="rail")(CLEAN, 0.5)


@pytest.mark.parametrize(("fill", "level"), [("nan", np.nan), ("zero", 0.0), ("mean", None)])
def test_a_missing_channel_is_filled_from_the_first_step_to_the_last(fill, level):
    series = CLEAN.copy()
    series[7, 2] = np.nan
    noise = GONE.with_settings(fill=fill)
    noisy = noise(series, dose={"share": 1.0}, reference=REFERENCE)
    expected = np.broadcast_to(CLEAN.mean(axis=0) if level is None else level, CLEAN.shape).copy()
    expected[7, 2] = np.nan
    np.testing.assert_allclose(expected, noisy)


def test_settings_are_checked():
    for noise, setting in ((FLIP, "about"), (TALK, "reach"), (OFF, "reads"), (GONE, "fill")):
        with pytest.raises(BadSetting, match=f"{setting}='nowhere'"):
            noise.with_settings(**{setting: "nowhere"})(CLEAN, 0.5, reference=REFERENCE)
