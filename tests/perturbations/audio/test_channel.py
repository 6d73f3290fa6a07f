import numpy as np
import pytest

import perturbations as pt
from perturbations._extras import missing
from perturbations.audio._kernels.warp import read_at
from perturbations.audio._modality import MODALITY
from perturbations.errors import BadSetting, MissingFact, NotApplicable

LOW_PASS = pt.get("audio/low-pass")
RATE = 16000
FACTS = {"rate": RATE}
MIDDLE = slice(RATE // 4, 3 * RATE // 4)


def tone(frequency, seconds=1.0, rate=RATE):
    return np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)


def gain_of(noise, frequency, dose):
    noisy = noise(tone(frequency), dose=dose, facts=FACTS)
    return np.sqrt(np.mean(noisy[MIDDLE] ** 2) / np.mean(tone(frequency)[MIDDLE] ** 2))


def gain(frequency, cutoff, order=4):
    return gain_of(LOW_PASS.with_settings(order=order), frequency, {"cutoff": cutoff})


def warped(frequency):
    return np.tan(np.pi * frequency / RATE)


@pytest.mark.parametrize("frequency", [100.0, 1000.0, 1500.0, 2000.0, 2500.0, 4000.0])
@pytest.mark.parametrize("order", [1, 3, 4, 8])
def test_the_gain_is_the_formula(frequency, order):
    expected = 1 / (1 + (warped(frequency) / warped(2000.0)) ** (2 * order))
    assert gain(frequency, 2000.0, order) == pytest.approx(expected, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("frequency", [100.0, 400.0, 600.0, 1500.0, 5000.0])
@pytest.mark.parametrize("order", [1, 4])
def test_a_high_pass_is_the_formula_upside_down(frequency, order):
    noise = pt.get("audio/high-pass", order=order)
    expected = 1 / (1 + (warped(600.0) / warped(frequency)) ** (2 * order))
    found = gain_of(noise, frequency, {"cutoff": 600.0})
    assert expected == pytest.approx(found, rel=1e-3, abs=1e-5)


@pytest.mark.parametrize("octaves", [1.0, 3.0])
@pytest.mark.parametrize("frequency", [300.0, 1000.0, 2000.0, 5000.0])
def test_a_band_is_the_formula_and_its_absence_the_rest(octaves, frequency):
    low, high = (warped(1000.0 * 2 ** (side * octaves / 2)) for side in (-1, 1))
    here = warped(frequency)
    apart = (here**2 - low * high) / (here * (high - low))
    passed = gain_of(pt.get("audio/band-pass", order=2), frequency, {"width": octaves})
    assert 1 / (1 + apart**4) == pytest.approx(passed, rel=2e-3, abs=1e-5)
    stopped = gain_of(pt.get("audio/band-stop", centre=1000.0), frequency, {"width": octaves})
    assert apart**4 / (1 + apart**4) == pytest.approx(stopped, rel=2e-3, abs=1e-5)


def test_it_is_a_half_at_the_cutoff():
    assert gain(500.0, 500.0) == pytest.approx(0.5, abs=1e-3)


def test_audiomentations_filters_alike():
    audiomentations = pytest.importorskip("audiomentations", reason="extra audio is missing")
    clip = MODALITY.corpus(1)[0]
    theirs = audiomentations.LowPassFilter(
        2000, 2000, min_rolloff=48, max_rolloff=48, zero_phase=True, p=1.0
    )
    ours = LOW_PASS(clip, dose={"cutoff": 2000.0}, facts=FACTS)
    inner = slice(1000, -1000)
    error = (theirs(clip, RATE) - ours)[inner]
    assert np.sum(error**2) < 1e-4 * np.sum(clip[inner] ** 2)


def test_nothing_is_delayed():
    click = np.zeros(801)
    click[400] = 1.0
    noisy = LOW_PASS(click, 0.8, facts=FACTS)
    assert noisy.argmax() == 400
    assert np.allclose(noisy, noisy[::-1], atol=1e-9)


def test_a_constant_passes_whole():
    assert np.allclose(LOW_PASS(np.full(50, 0.3), 1.0, facts=FACTS), 0.3)


def test_a_constant_is_what_a_high_pass_takes_away():
    noisy = pt.get("audio/high-pass")(0.5 + 0.1 * tone(3000), 0.6, facts=FACTS)
    assert abs(noisy.mean()) < 1e-3


@pytest.mark.parametrize("rate", [8000, 11025, 44100.0])
def test_a_cutoff_at_or_above_nyquist_leaves_the_clip(rate):
    clip = np.random.default_rng(0).normal(size=300)
    for cutoff in (rate / 2 + 1, rate):
        noisy = LOW_PASS(clip, dose={"cutoff": cutoff}, facts={"rate": rate})
        assert np.array_equal(clip, noisy)
    assert LOW_PASS(clip, dose={"cutoff": rate / 2}, facts={"rate": rate}) is clip


def test_the_first_rung_is_beyond_a_telephone_line():
    clip = np.random.default_rng(0).normal(size=300)
    assert np.array_equal(clip, LOW_PASS(clip, 0.2, facts={"rate": 8000}))
    assert not np.array_equal(clip, LOW_PASS(clip, 0.4, facts={"rate": 8000}))


def test_a_line_of_a_telephone_passes_its_band():
    noise = pt.get("audio/telephone-band")
    assert noise.doses(0.6, facts=FACTS) == pytest.approx({"high": 3400.0, "low": 300.0})
    assert noise.doses(0.2, facts=FACTS) == pytest.approx({"high": 7000.0, "low": 50.0})
    dose = {"high": 3400.0, "low": 300.0}
    assert gain_of(noise, 1000.0, dose) == pytest.approx(1.0, abs=1e-3)
    assert gain_of(noise, 300.0, dose) == pytest.approx(0.5, abs=5e-3)
    assert gain_of(noise, 3400.0, dose) == pytest.approx(0.5, abs=5e-3)
    assert gain_of(noise, 100.0, dose) < 1e-4
    assert gain_of(noise, 6000.0, dose) < 1e-4


@pytest.mark.parametrize("samples", [1, 2, 3, 10, 27, 28])
@pytest.mark.parametrize("name", ["low-pass", "high-pass", "band-pass", "band-stop"])
def test_clips_shorter_than_the_filter_are_defined(samples, name):
    clip = np.random.default_rng(0).normal(size=samples)
    assert np.isfinite(pt.get(f"audio/{name}")(clip, 1.0, facts=FACTS)).all()


def test_rate_order_and_centre_are_checked():
    clip = np.ones(30)
    with pytest.raises(MissingFact, match="rate"):
        LOW_PASS(clip, 0.5)
    with pytest.raises(MissingFact, match="positive sampling rate"):
        LOW_PASS(clip, dose={"cutoff": 10.0}, facts={"rate": -1})
    with pytest.raises(BadSetting, match="order from 1 to 12"):
        LOW_PASS.with_settings(order=0)(clip, 0.5, facts=FACTS)
    with pytest.raises(BadSetting, match="above 0 Hz"):
        pt.get("audio/band-pass", centre=-1.0)(clip, 0.5, facts=FACTS)
    with pytest.raises(NotApplicable, match="samples a second"):
        pt.get("audio/high-pass")(clip, dose={"cutoff": 2400.0}, facts={"rate": 4000})


def test_the_lost_band_is_drawn_among_semitones():
    noise = pt.get("audio/band-stop")
    centres = {
        noise.apply(np.ones(40), 0.6, sample=i, facts=FACTS).report["centre"] for i in range(300)
    }
    assert 40 < len(centres) <= 53
    assert min(centres) >= 200.0
    assert max(centres) <= 4000.0
    steps = 12 * np.log2(np.array(sorted(centres)) / 200.0)
    assert np.allclose(steps, np.round(steps))


def test_what_is_above_half_the_lower_rate_is_gone_and_the_rest_is_not():
    noise = pt.get("audio/downsampling")
    if missing(noise.requires):
        pytest.skip("the extra audio is not installed")
    for share in (0.75, 0.5, 0.125):
        edge = share * RATE / 2
        assert gain_of(noise, 0.85 * edge, {"share": share}) == pytest.approx(1.0, abs=0.01)
        assert gain_of(noise, 1.1 * edge, {"share": share}) < 1e-3


def test_a_lower_rate_delays_nothing():
    noise = pt.get("audio/downsampling")
    if missing(noise.requires):
        pytest.skip("the extra audio is not installed")
    for share in (0.8, 0.5, 0.37):
        noisy = noise(tone(440), dose={"share": share}, facts=FACTS)
        assert np.abs(noisy - tone(440))[MIDDLE].max() < 0.01


def test_without_a_filter_high_tones_fold_back():
    noisy = pt.get("audio/aliasing")(tone(5000), dose={"share": 0.5})
    lines = np.abs(np.fft.rfft(noisy))
    assert 3000 == lines.argmax()
    passed = pt.get("audio/aliasing")(tone(100), dose={"share": 0.5})
    assert np.abs(passed - tone(100))[:-2].max() < 2e-3


@pytest.mark.parametrize("share", [0.5, 0.33, 0.9])
def test_what_is_read_coarsely_is_joined_by_lines(share):
    clip = np.random.default_rng(2).normal(size=400)
    moments = np.arange(0, 500) / share
    read = np.interp(np.minimum(moments, 399), np.arange(400), clip)
    expected = np.interp(np.arange(400), moments, read)
    assert np.allclose(expected, pt.get("audio/aliasing")(clip, dose={"share": share}))


@pytest.mark.parametrize("shift", [0.5, 0.25, 0.1234])
@pytest.mark.parametrize("frequency", [0.05, 0.2, 0.4, 0.45])
def test_between_samples_stands_the_band_limited_signal(shift, frequency):
    time = np.arange(2000.0)
    clip = np.sin(2 * np.pi * frequency * time)
    found = read_at(clip[None, None], (time + shift)[None])[0, 0, 100:-100]
    expected = np.sin(2 * np.pi * frequency * (time + shift))[100:-100]
    assert np.abs(found - expected).max() < 1e-4


def test_whole_places_are_the_samples_themselves():
    clip = np.random.default_rng(1).normal(size=(1, 2, 50))
    places = np.array([[3.0, 49.0, 0.0, -0.6, 49.6, 17.0]])
    found = read_at(clip, places)[0]
    assert np.allclose(clip[0][:, [3, 49, 0, 17]], found[:, [0, 1, 2, 5]])
    assert not found[:, 3:5].any()


WOW = pt.get("audio/wow-and-flutter")


def test_the_speed_wavers_by_the_deviation():
    peaks = []
    for i in range(20):
        noisy = WOW.apply(tone(1000, 4.0), dose={"deviation": 2.0}, sample=i, facts=FACTS)
        speed = np.diff(noisy.mapping.clean) / np.diff(noisy.mapping.noisy)
        peaks.append(np.abs(speed - 1).max())
    assert max(peaks) <= 0.02 * 1.001
    assert np.median(peaks) > 0.016


def test_wow_moves_moments_to_where_they_are_heard():
    clip = np.zeros(4 * RATE)
    moments = np.array([0.5, 1.2, 2.2, 3.3])
    clip[(moments * RATE).astype(int)] = 1.0
    noisy = WOW.apply(clip, 0.8, sample="x", facts=FACTS)
    expected = noisy.mapping.times(moments) * RATE
    for place in expected:
        near = slice(int(place) - 40, int(place) + 40)
        assert abs(near.start + np.abs(noisy.value[near]).argmax() - place) < 1.5
    assert np.abs(expected - moments * RATE).max() > 20
    assert noisy.report["most_ms"] > 1.0


def test_wow_starts_in_time():
    noisy = WOW.apply(tone(300) + 1, 1.0, facts=FACTS)
    assert 0.0 == noisy.mapping.times(0.0)
    assert 1.0 == pytest.approx(noisy.value[0])
