from itertools import pairwise

import numpy as np
import pytest

import perturbations as pt
from perturbations.timeseries._modality import fit

STUCK = pt.get("timeseries/stuck-at")
SPIKES = pt.get("timeseries/spikes")
RAMP = np.arange(100.0)[:, None] * [1.0, -2.0]


def held(series, share, sample="a"):
    noisy = STUCK.apply(series, dose={"share": share}, sample=sample)
    start, steps = noisy.report["start"][0], noisy.report["steps"]
    return noisy.value, slice(start, start + steps)


@pytest.mark.parametrize("share", [0.05, 0.333, 0.9, 1.0])
def test_one_run_of_the_share_holds_one_reading(share):
    for sample in range(20):
        noisy, run = held(RAMP, share, sample)
        assert run.stop - run.start == round(share * 100)
        assert (noisy[run] == noisy[run.start]).all()
        assert noisy[run.start] in RAMP[run]
        outside = np.delete(np.arange(100), np.r_[run])
        assert np.array_equal(noisy[outside], RAMP[outside])


def test_the_run_grows_and_holds_the_same_reading():
    for sample in range(20):
        runs = [held(RAMP, share, sample) for share in np.linspace(0.01, 1.0, 34)]
        values = {tuple(noisy[run.start]) for noisy, run in runs}
        assert len(values) == 1
        for (_, small), (_, large) in pairwise(runs):
            assert large.start <= small.start
            assert small.stop <= large.stop


def test_it_repeats_the_reading_at_which_it_froze_while_there_is_room():
    froze = [held(RAMP, 0.1, sample) for sample in range(60)]
    inside = [(noisy, run) for noisy, run in froze if run.stop < 100]
    assert len(inside) > 40
    assert all((noisy[run] == RAMP[run.start]).all() for noisy, run in inside)


def test_onsets_are_uniform():
    starts = [held(RAMP, 0.01, sample)[1].start for sample in range(400)]
    assert np.mean(starts) == pytest.approx(49.5, abs=4.5 * 29 / 20)


def test_a_missing_reading_gives_way_to_the_last_one():
    series = RAMP.copy()
    series[::2, 0] = np.nan
    for sample in range(10):
        noisy, run = held(series, 0.4, sample)
        filled = noisy[run, 0][~np.isnan(noisy[run, 0])]
        assert len(set(filled)) == 1
        assert np.array_equal(np.isnan(noisy), np.isnan(series))


def test_spikes_have_the_rate_the_size_and_both_signs():
    series = np.zeros((20_000, 2))
    reference = fit([np.random.default_rng(0).normal(size=(4000, 2)) * [1.0, 10.0]], {})
    noisy = SPIKES.apply(series, dose={"share": 0.03}, reference=reference)
    jumps = noisy.value / reference.std
    hit = jumps != 0
    assert hit.mean() == pytest.approx(0.03, abs=4.5 * np.sqrt(0.03 / 40_000))
    assert np.allclose(np.abs(jumps[hit]), 5.0)
    assert np.mean(jumps[hit] > 0) == pytest.approx(0.5, abs=0.07)
    assert noisy.report == {"flat_channels": 0, "hits": int(hit.sum())}


def test_spikes_hit_values_independently():
    series, reference = np.zeros((100_000, 2)), fit([RAMP], {})
    hit = SPIKES(series, dose={"share": 0.1}, reference=reference) != 0
    assert np.mean(hit[:, 0] & hit[:, 1]) == pytest.approx(0.01, abs=0.002)
    assert np.mean(hit[1:, 0] & hit[:-1, 0]) == pytest.approx(0.01, abs=0.002)


def test_spikes_stay_and_do_not_change():
    reference = fit([RAMP], {})
    mild, strong = (SPIKES(RAMP, s, sample="a", reference=reference) for s in (0.8, 1.0))
    hit = mild != RAMP
    assert hit.any()
    assert np.array_equal(mild[hit], strong[hit])


def test_the_magnitude_is_a_setting():
    reference = fit([RAMP], {})
    small, large = (
        SPIKES.with_settings(magnitude=m)(RAMP, 1.0, reference=reference) - RAMP for m in (1.0, 3.0)
    )
    assert np.allclose(3 * small, large)
