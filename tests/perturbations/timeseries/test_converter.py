import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting
from perturbations.timeseries._modality import fit

SATURATION = pt.get("timeseries/saturation")
QUANTISATION = pt.get("timeseries/quantisation")
CLEAN = np.random.default_rng(0).normal(size=(20_000, 2)) * [1.0, 50.0] + [0.0, 300.0]
REFERENCE = fit([CLEAN], {})


@pytest.mark.parametrize("share", [0.01, 0.05, 0.1, 0.2, 0.4])
@pytest.mark.parametrize("side", ["both", "high", "low"])
def test_the_share_of_the_clean_data_is_saturated(share, side):
    noise = SATURATION.with_settings(side=side)
    noisy = noise.apply(CLEAN, dose={"share": share}, reference=REFERENCE)
    hit = noisy.value != CLEAN
    np.testing.assert_allclose([share, share], hit.mean(axis=0), atol=1 / len(CLEAN))
    assert noisy.report == {"saturated": [hit.sum()]}
    high = (noisy.value < CLEAN).mean()
    assert high == pytest.approx({"both": share / 2, "high": share, "low": 0}[side], abs=1e-4)


def test_what_is_beyond_the_range_reads_as_its_end():
    noisy = SATURATION(CLEAN, dose={"share": 0.2}, reference=REFERENCE)
    low, high = np.quantile(CLEAN, [0.1, 0.9], axis=0)
    np.testing.assert_allclose(np.clip(CLEAN, low, high), noisy)


def test_the_range_is_one_of_the_data_and_not_of_the_series():
    calm, wild = 0.1 * CLEAN[:100] + [0, 270], 3 * CLEAN[:100] - [0, 600]
    assert np.array_equal(calm, SATURATION(calm, 0.6, reference=REFERENCE))
    hits = SATURATION.apply(wild, 0.6, reference=REFERENCE).report["saturated"][0]
    assert hits > 100


def test_all_of_it_saturated_is_the_median():
    noisy = SATURATION(CLEAN, dose={"share": 1.0}, reference=REFERENCE)
    np.testing.assert_allclose(np.median(CLEAN, axis=0), np.unique(noisy, axis=0)[0])
    assert len(np.unique(noisy, axis=0)) == 1


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_there_are_two_to_the_bits_levels(bits):
    noisy = QUANTISATION.apply(CLEAN, dose={"bits": bits}, reference=REFERENCE)
    assert {"levels": 2**bits} == noisy.report
    levels = np.unique(noisy.value[:, 0])
    assert len(levels) <= 2**bits
    step = np.ptp(CLEAN[:, 0]) / 2**bits
    assert np.abs(noisy.value - CLEAN)[:, 0].max() <= step / 2 + 1e-12
    if bits <= 4:
        np.testing.assert_allclose(step, np.diff(levels))


def test_a_bit_is_worth_6_decibels():
    sawtooth = np.random.default_rng(1).uniform(-1, 1, 200_000)
    reference = fit([sawtooth], {})

    def ratio(bits):
        error = QUANTISATION(sawtooth, dose={"bits": bits}, reference=reference) - sawtooth
        return 10 * np.log10(sawtooth.var() / (error**2).mean())

    found = np.array([ratio(bits) for bits in range(2, 13)])
    np.testing.assert_allclose(6.0206 * np.arange(2, 13), found, atol=0.05)


def test_a_channel_without_spread_stays():
    series = np.stack([np.full(30, 7.0), np.full(30, np.nan)], axis=1)
    for noise in (SATURATION, QUANTISATION):
        noisy = noise(series, 1.0, reference=fit([series], {}))
        assert np.array_equal(series, noisy, equal_nan=True)


def test_readings_beyond_the_clean_range_read_as_the_outermost_step():
    noisy = QUANTISATION(np.array([[-99.0, 1e6]]), dose={"bits": 2}, reference=REFERENCE)
    low, high = CLEAN.min(axis=0), CLEAN.max(axis=0)
    step = (high - low) / 4
    np.testing.assert_allclose([[low[0] + step[0] / 2, high[1] - step[1] / 2]], noisy)


def test_the_side_is_checked():
    with pytest.raises(BadSetting, match="did you mean high"):
        SATURATION.with_settings(side="hihg")(CLEAN, 0.5, reference=REFERENCE)
