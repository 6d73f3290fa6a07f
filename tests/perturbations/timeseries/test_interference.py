import numpy as np
import pandas as pd
import pytest

import perturbations as pt
from perturbations.errors import BadSetting, MissingFact, NotApplicable
from perturbations.timeseries._modality import fit

HUM = pt.get("timeseries/mains-hum")
MUSCLE = pt.get("timeseries/muscle-noise")
WANDER = pt.get("timeseries/baseline-wander")
REFERENCE = fit([np.random.default_rng(0).normal(size=(4000, 2)) * [1.0, 10.0]], {})
FACTS = {"rate": 1000.0}


def added(noise, steps, dose=1.0, facts=FACTS, sample="a"):
    """Return what a noise adds, in standard deviations of the channels."""
    first = next(iter(noise.ladders))
    known = {"reference": REFERENCE, "facts": facts, "sample": sample}
    return noise(np.zeros((steps, 2)), dose={first: dose}, **known) / REFERENCE.std


def lines(series):
    """Return the amplitude by frequency of a series of whole seconds at 1000 Hz."""
    return 2 * np.abs(np.fft.rfft(series)) / len(series)


@pytest.mark.parametrize("mains", [50.0, 60.0])
def test_the_hum_has_lines_at_the_multiples_of_the_mains(mains):
    hum = added(HUM.with_settings(frequency=mains), 1000, 0.5)[:, 0]
    found = lines(hum)
    at = (mains * np.arange(1, 6)).astype(int)
    np.testing.assert_allclose(found[at[0]] / np.arange(1, 6), found[at], rtol=1e-9)
    assert np.delete(found, at).max() < 1e-9
    assert np.sqrt((hum**2).mean()) == pytest.approx(0.5, rel=1e-9)


def test_all_channels_hear_the_same_hum():
    hum = added(HUM, 400)
    np.testing.assert_allclose(hum[:, 0], hum[:, 1], atol=1e-12)


def test_waves_beyond_half_the_rate_are_left_out():
    hum = added(HUM, 200, facts={"rate": 200.0})[:, 0]
    found = 2 * np.abs(np.fft.rfft(hum)) / 200
    assert np.flatnonzero(found > 1e-9).tolist() == [50]
    assert np.sqrt((hum**2).mean()) == pytest.approx(1.0, rel=1e-9)
    with pytest.raises(NotApplicable, match="a rate of more than 100 Hz"):
        added(HUM, 200, facts={"rate": 100.0})


def test_a_hum_needs_to_know_the_time():
    for noise in (HUM, MUSCLE, WANDER):
        with pytest.raises(MissingFact, match=r'facts=\{"rate": 100\.0\}'):
            added(noise, 200, facts={})


def test_the_hum_is_taken_at_uneven_stamps():
    stamps = np.cumsum(np.random.default_rng(3).uniform(1e-3, 5e-3, 400))
    frame = pd.DataFrame(np.zeros((400, 2)), index=stamps)
    noise = HUM.with_settings(harmonics=1)
    hum = np.asarray(noise(frame, dose={"sigma": 1.0}, reference=REFERENCE))[:, 0]
    turns = 2 * np.pi * 50.0 * (stamps - stamps[0])
    waves = np.stack([np.sin(turns), np.cos(turns)], axis=1)
    fitted = waves @ np.linalg.lstsq(waves, hum, rcond=None)[0]
    np.testing.assert_allclose(fitted, hum, atol=1e-9)


@pytest.mark.parametrize(("name", "dose"), [("mains-hum", "sigma"), ("baseline-wander", "sigma")])
def test_waves_go_on_from_window_to_window_of_a_stream(name, dose):
    index = pd.date_range("2026-11-29", periods=3000, freq="1ms", tz="UTC")
    stream = pd.DataFrame(np.zeros((3000, 2)), index=index)
    noise, known = pt.get(f"timeseries/{name}"), {"dose": {dose: 1.0}, "reference": REFERENCE}
    windows = [stream.iloc[i : i + 500] for i in range(0, 3000, 500)]
    parts = noise.batch(windows, samples=range(6), **known)
    whole = np.asarray(noise(stream, sample="stream", **known))
    np.testing.assert_allclose(whole, np.concatenate([np.asarray(p) for p in parts]), atol=1e-3)


def test_the_noise_of_muscles_is_within_its_band():
    noise = added(MUSCLE, 4000, 0.7)
    assert np.sqrt((noise**2).mean(axis=0)) == pytest.approx([0.7, 0.7], rel=1e-9)
    power = np.abs(np.fft.rfft(noise, axis=0)) ** 2
    frequency = np.fft.rfftfreq(4000, 1e-3)
    inside = (frequency >= 20) & (frequency <= 150)
    assert power[~inside].sum() < 1e-18 * power.sum()
    halves = np.array_split(power[inside, 0], 2)
    # Even power: each half of the band has half of it, with 260 exponential numbers each.
    assert halves[0].sum() / halves[1].sum() == pytest.approx(1.0, abs=4 * np.sqrt(2 / 260))


def test_a_band_that_cannot_show_is_not_applicable():
    with pytest.raises(NotApplicable, match="20 to 150 Hz"):
        added(MUSCLE, 100, facts={"rate": 30.0})
    with pytest.raises(NotApplicable, match="choose another band"):
        added(MUSCLE.with_settings(low=20.1, high=20.2), 100)


def test_a_baseline_wanders_with_the_given_spread():
    paths = np.stack([added(WANDER, 5000, 2.0, {"rate": 50.0}, i)[:, 0] for i in range(60)])
    assert np.sqrt((paths**2).mean()) == pytest.approx(2.0, rel=0.05)
    frequency = np.fft.rfftfreq(5000, 1 / 50)
    power = (np.abs(np.fft.rfft(paths * np.hanning(5000), axis=1)) ** 2).mean(axis=0)
    inside = (frequency > 0.03) & (frequency < 0.53)
    assert power[inside].sum() > 0.999 * power.sum()


def test_bands_and_frequencies_are_checked():
    for noise in (MUSCLE, WANDER):
        with pytest.raises(BadSetting, match="at least low"):
            added(noise.with_settings(low=9.0, high=3.0), 100)
    with pytest.raises(BadSetting, match="a frequency in Hz"):
        added(HUM.with_settings(frequency=0.0), 100)
    with pytest.raises(BadSetting, match="at least one wave"):
        added(HUM.with_settings(harmonics=0), 100)
