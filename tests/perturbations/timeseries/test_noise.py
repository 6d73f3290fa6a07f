import numpy as np
import pandas as pd
import pytest
from scipy import signal, stats

import perturbations as pt
from perturbations.errors import BadSetting
from perturbations.timeseries._modality import fit

NOISE = pt.get("timeseries/additive-noise")
REFERENCE = fit([np.random.default_rng(0).normal(size=(4000, 3)) * [1.0, 10.0, 0.01]], {})


@pytest.mark.parametrize("sigma", [0.1, 1.0])
def test_the_spread_is_sigma_times_the_channels(sigma):
    clean = np.zeros((40_000, 3))
    noisy = NOISE(clean, dose={"sigma": sigma}, reference=REFERENCE)
    ratio = noisy.std(axis=0) / REFERENCE.std
    assert ratio == pytest.approx([sigma] * 3, rel=4 / np.sqrt(2 * len(clean)))
    assert stats.kstest(noisy[:, 0] / noisy[:, 0].std(), "norm").pvalue > 0.001


def test_steps_and_channels_are_independent():
    noisy = NOISE(np.zeros((40_000, 3)), 0.4, reference=REFERENCE)
    assert np.abs(np.corrcoef(noisy.T) - np.eye(3)).max() < 0.02
    assert abs(np.corrcoef(noisy[1:, 0], noisy[:-1, 0])[0, 1]) < 0.02


def test_it_is_proportional_and_missing_stays_missing():
    clean = np.random.default_rng(0).normal(size=(50, 3))
    clean[4:9, 1] = np.nan
    mild, strong = (
        NOISE(clean, dose={"sigma": s}, sample="a", reference=REFERENCE) - clean for s in (0.1, 0.4)
    )
    assert np.allclose(4 * mild, strong, equal_nan=True)
    assert np.array_equal(np.isnan(strong), np.isnan(clean))


def test_a_channel_without_spread_gets_none_and_is_counted():
    flat = np.stack([np.full(30, 7.0), np.arange(30.0)], axis=1)
    noisy = NOISE.apply(flat, 1.0, reference=fit([flat], {}))
    assert (noisy.value[:, 0] == 7.0).all()
    assert (noisy.value[:, 1] != flat[:, 1]).all()
    assert noisy.report == {"flat_channels": 1}


COLOURED = pt.get("timeseries/coloured-noise")
SNR = pt.get("timeseries/snr-noise")
SLOPES = {"white": 0.0, "pink": -1.0, "brown": -2.0, "blue": 1.0, "violet": 2.0}


def slope(noise, rate=1.0):
    """Return the exponent of the power over frequency, by Welch's method."""
    frequency, power = signal.welch(noise, fs=rate, nperseg=512, axis=0)
    inner = slice(8, 200)
    return np.polyfit(np.log(frequency[inner]), np.log(power[inner].mean(axis=1)), 1)[0]


@pytest.mark.parametrize(("colour", "exponent"), SLOPES.items())
def test_the_power_of_a_colour_falls_by_its_slope(colour, exponent):
    noisy = COLOURED.with_settings(colour=colour)(np.zeros((2**15, 3)), 1.0, reference=REFERENCE)
    assert exponent == pytest.approx(slope(noisy / REFERENCE.std), abs=0.06)


@pytest.mark.parametrize("colour", SLOPES)
@pytest.mark.parametrize("steps", [1, 2, 3, 150, 1001])
def test_the_root_mean_square_of_a_colour_is_exact(colour, steps):
    noise = COLOURED.with_settings(colour=colour)
    noisy = noise(np.zeros((steps, 3)), dose={"sigma": 0.4}, reference=REFERENCE) / REFERENCE.std
    assert np.sqrt((noisy**2).mean(axis=0)) == pytest.approx([0.4] * 3, rel=1e-9)


def test_channels_have_their_own_coloured_noise():
    noisy = COLOURED.with_settings(colour="white")(np.zeros((20_000, 3)), 1.0, reference=REFERENCE)
    assert np.abs(np.corrcoef(noisy.T) - np.eye(3)).max() < 4 / np.sqrt(20_000)


@pytest.mark.parametrize("colour", ["pink", "brown", "blue", "violet"])
def test_a_colour_shows_at_uneven_stamps(colour):
    """One stamp that is off is enough to make waves on the fine grid, and few enough for Welch's method."""
    stamps = np.arange(2.0**14)
    stamps[-1] += 0.01
    frame = pd.DataFrame(np.zeros((len(stamps), 3)), index=stamps)
    noisy = np.asarray(COLOURED.with_settings(colour=colour)(frame, 1.0, reference=REFERENCE))
    assert np.sqrt((noisy**2).mean(axis=0)) / REFERENCE.std == pytest.approx([0.8] * 3, rel=1e-9)
    assert SLOPES[colour] == pytest.approx(slope(noisy / REFERENCE.std), abs=0.08)


def test_slow_waves_are_smooth_between_uneven_stamps():
    """Brown noise at stamps in pairs: within a pair it hardly moves."""
    stamps = (np.arange(2000)[:, None] + [0.0, 0.001]).ravel()
    frame = pd.DataFrame(np.zeros((4000, 3)), index=stamps)
    noisy = np.asarray(COLOURED.with_settings(colour="brown")(frame, 1.0, reference=REFERENCE))
    within, across = noisy[1::2] - noisy[::2], noisy[2::2] - noisy[1:-1:2]
    assert within.std() < 0.02 * across.std()


@pytest.mark.parametrize("snr", [-3.0, 0.0, 10.0, 30.0])
@pytest.mark.parametrize("colour", SLOPES)
def test_the_distance_to_the_signal_is_exact(snr, colour):
    clean = np.random.default_rng(1).normal(size=(501, 3)) * [1.0, 10.0, 0.01] + [0.0, 1e3, -5.0]
    clean[20:60, 1] = np.nan
    added = SNR.with_settings(colour=colour)(clean, dose={"snr": snr}) - clean
    found = 10 * np.log10(np.nanvar(clean, axis=0) / np.nanmean(added**2, axis=0))
    assert found == pytest.approx([snr] * 3, abs=1e-6)
    assert np.array_equal(np.isnan(added), np.isnan(clean))


def test_an_offset_is_no_signal():
    wave = np.sin(np.arange(300.0))
    low, high = (SNR(wave + c, dose={"snr": 10.0}, sample="a") - wave - c for c in (0.0, 1e6))
    np.testing.assert_allclose(low, high, atol=1e-8)


def test_a_constant_channel_has_no_signal_to_noise_ratio():
    clean = np.stack([np.full(40, 0.1), np.arange(40.0), np.full(40, np.nan)], axis=1)
    noisy = SNR.apply(clean, 1.0)
    assert [2] == noisy.report["flat_channels"]
    assert (noisy.value[:, 0] == 0.1).all()
    assert np.isnan(noisy.value[:, 2]).all()


@pytest.mark.parametrize("noise", [COLOURED, SNR])
def test_the_colour_is_checked(noise):
    with pytest.raises(BadSetting, match="did you mean brown"):
        noise.with_settings(colour="browm")(np.ones((5, 3)), 0.5, reference=REFERENCE)
