from functools import partial

import numpy as np
import pytest
from scipy import signal, stats

import perturbations as pt
from perturbations._draw import Draw, sample_keys
from perturbations.audio._modality import MODALITY
from perturbations.errors import BadSetting, NotApplicable

NOISE = pt.get("audio/white-noise")


def ratio(clean, noisy):
    return pt.distance("audio", clean, noisy)["snr"]


@pytest.mark.parametrize("snr", [60.0, 40.0, 10.0, 0.0, -20.0])
@pytest.mark.parametrize("shape", [(1,), (200,), (16001,), (2, 4000), (6, 50)])
def test_the_ratio_is_exact_in_double_precision(snr, shape):
    clip = Draw.of(
        sample_keys(["x"])[0], seed=0, perturbation="t", input="", position=0, replicate=0
    ).uniform(shape)
    assert ratio(clip, NOISE(clip, dose={"snr": snr})) == pytest.approx(snr, abs=1e-6)


def test_the_ratio_is_exact_in_single_precision_as_far_as_it_goes():
    for i, clip in enumerate(MODALITY.corpus(8)):
        noisy = NOISE(clip, dose={"snr": 20.0}, sample=i)
        assert ratio(clip, noisy) == pytest.approx(20.0, abs=1e-3)


@pytest.mark.parametrize("scale", [1e-30, 1e-9, 32768.0, 1e12])
def test_the_ratio_does_not_depend_on_the_level(scale):
    clip = MODALITY.corpus(1)[0].astype(np.float64) * scale / 0.31
    assert ratio(clip, NOISE(clip, 0.8)) == pytest.approx(10.0, abs=1e-6)


def test_silence_stays_silent_and_the_report_says_so():
    quiet = NOISE.apply(np.zeros(500), 1.0)
    loud = NOISE.apply(np.ones(500), 1.0)
    assert not quiet.value.any()
    assert (quiet.report["silent"], loud.report["silent"]) == (True, False)
    assert (0, 1) == (quiet.report["eligible"], loud.report["eligible"])
    assert loud.report["noise_rms"] == pytest.approx(1.0)


@pytest.fixture(scope="module")
def numbers():
    clip = np.ones(200_000)
    return NOISE(clip, dose={"snr": 0.0}, sample="long") - clip


def test_the_noise_is_normal(numbers):
    assert stats.kstest(numbers, "norm").pvalue > 0.001
    assert abs(stats.skew(numbers)) < 4 * np.sqrt(6 / numbers.size)
    assert abs(stats.kurtosis(numbers)) < 4 * np.sqrt(24 / numbers.size)
    assert 4.0 < np.abs(numbers).max() < 6.3


def test_the_noise_is_white(numbers):
    _, power = signal.welch(numbers, nperseg=256)
    inner = power[1:-1] / power[1:-1].mean()
    assert np.abs(inner - 1).max() < 0.25
    lags = [np.mean(numbers[:-k] * numbers[k:]) for k in (1, 2, 512, 1024)]
    assert np.abs(lags).max() < 4 / np.sqrt(numbers.size)


def test_channels_have_independent_noise_of_equal_power():
    clip = np.ones((2, 50_000))
    left, right = NOISE(clip, dose={"snr": 0.0}) - clip
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.02
    assert left.std() == pytest.approx(right.std(), rel=0.02)


def test_number_k_does_not_depend_on_the_length():
    from perturbations.audio._kernels.normal import normals

    key = np.uint64(7)
    assert np.array_equal(normals(key, 5000)[:1500], normals(key, 1500))


def test_the_chords_follow_the_normal_quantile():
    from perturbations.audio._kernels.normal import ENDS as _ENDS
    from perturbations.audio._kernels.normal import RISES as _RISES

    tails = (1 + np.arange(256) / 256) * 2.0 ** (np.arange(32)[:, None] - 32)
    inside = tails < 0.5
    exact = stats.norm.isf(tails[inside])
    assert np.abs(_ENDS.reshape(32, 256)[inside] - exact).max() < 1e-6
    middle = stats.norm.isf((tails + 2.0 ** (np.arange(32)[:, None] - 41))[inside])
    chord = (_ENDS + 0.5 * _RISES).reshape(32, 256)[inside]
    assert np.abs(chord - middle).max() < 2e-6


def test_noise_is_proportional_across_severities():
    clip = MODALITY.corpus(1)[0].astype(np.float64)
    mild, strong = (NOISE(clip, s, sample="a") - clip for s in (0.3, 0.9))
    factor = (mild @ strong) / (strong @ strong)
    assert np.allclose(mild, factor * strong, atol=1e-12)
    assert 20 * np.log10(1 / factor) == pytest.approx(
        NOISE.doses(0.3)["snr"] - NOISE.doses(0.9)["snr"]
    )


COLOURS = {"pink-noise": -1, "brown-noise": -2, "blue-noise": 1, "violet-noise": 2}
RATE = 16000
FACTS = {"rate": RATE}
ADDED = [*COLOURS, "mains-hum", "background-noise", "white-noise"]


def added(name, clip, snr=0.0, *, rate=RATE, sample="a", **settings):
    noise = pt.get(f"audio/{name}", **settings)
    return noise(clip, dose={"snr": snr}, sample=sample, facts={"rate": rate}) - clip


@pytest.mark.parametrize("name", ADDED)
@pytest.mark.parametrize("snr", [40.0, 0.0, -20.0])
@pytest.mark.parametrize("shape", [(1,), (200,), (16001,), (2, 4000)])
def test_the_ratio_is_exact_whatever_the_noise(name, snr, shape):
    clip = np.random.default_rng(3).normal(size=shape)
    noisy = pt.get(f"audio/{name}")(clip, dose={"snr": snr}, facts=FACTS)
    assert snr == pytest.approx(ratio(clip, noisy), abs=1e-6)


@pytest.mark.parametrize("name", ADDED)
def test_a_floor_says_what_a_quiet_clip_counts_as(name):
    clip = np.zeros(4000)
    noise = pt.get(f"audio/{name}", floor=-40.0)
    noisy = noise.apply(clip, dose={"snr": 20.0}, facts=FACTS)
    assert -60.0 == pytest.approx(10 * np.log10(np.mean(noisy.value**2)), abs=1e-6)
    assert 1 == noisy.report["eligible"]
    loud = np.ones(4000)
    assert np.array_equal(
        noise(loud, 0.6, facts=FACTS), pt.get(f"audio/{name}")(loud, 0.6, facts=FACTS)
    )


@pytest.mark.parametrize("floor", [1.0, float("nan")])
def test_a_floor_above_full_scale_is_refused(floor):
    with pytest.raises(BadSetting, match="at most 0 dB"):
        NOISE.with_settings(floor=floor)(np.ones(9), 0.5)


@pytest.mark.parametrize(("name", "power"), COLOURS.items())
@pytest.mark.parametrize("rate", [8000, 48000])
def test_the_spectrum_has_its_slope(name, power, rate):
    numbers = added(name, np.ones(20 * rate), rate=rate)
    frequency, found = signal.welch(numbers, rate, nperseg=4096)
    inside = (frequency > 60) & (frequency < 0.4 * rate)
    slope = np.polyfit(np.log2(frequency[inside]), 10 * np.log10(found[inside]), 1)[0]
    assert power * 10 * np.log10(2) == pytest.approx(slope, abs=0.05)


@pytest.mark.parametrize("name", COLOURS)
def test_there_is_nothing_below_hearing(name):
    numbers = added(name, np.ones(10 * RATE))
    power = np.abs(np.fft.rfft(numbers)) ** 2
    assert power[: 10 * 20].sum() < 1e-6 * power.sum()


@pytest.mark.parametrize("name", COLOURS)
def test_coloured_noise_is_normal_and_differs_by_channel(name):
    left, right = added(name, np.ones((2, 4 * RATE)))
    assert abs(stats.kurtosis(left)) < 0.3
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.1


@pytest.mark.parametrize(("name", "power"), COLOURS.items())
def test_audiomentations_has_the_same_slope_as_near_as_its_short_filter_comes(name, power):
    audiomentations = pytest.importorskip("audiomentations", reason="extra audio is missing")
    decay = power * 10 * np.log10(2)
    theirs = audiomentations.AddColorNoise(0.0, 0.0, decay, decay, p=1.0)
    flat = np.ones(10 * RATE, np.float32)
    np.random.seed(1)
    other = theirs(flat, RATE).astype(np.float64) - 1.0
    frequency, found = signal.welch(added(name, np.ones(10 * RATE)), RATE, nperseg=1024)
    expected = signal.welch(other, RATE, nperseg=1024)[1]
    inside = (frequency > 100) & (frequency < 7500)
    gap = 10 * np.log10(found[inside] / expected[inside])
    slope = np.polyfit(np.log2(frequency[inside]), gap, 1)[0]
    assert abs(slope) < 0.8


def test_hum_is_a_line_spectrum():
    numbers = added("mains-hum", np.ones(8000), rate=8000)
    lines = np.abs(np.fft.rfft(numbers))
    expected = np.zeros_like(lines)
    expected[50 * np.arange(1, 11)] = 1 / np.arange(1, 11)
    assert np.abs(lines / lines.max() - expected).max() < 1e-6


@pytest.mark.parametrize(("mains", "rate"), [(60.0, 11025), (49.97, 8000), (50.0, 22050.5)])
def test_hum_does_not_repeat_before_it_should(mains, rate):
    numbers = added("mains-hum", np.ones(9000), mains=mains, rate=rate, harmonics=1)
    time = np.arange(9000) / rate
    basis = np.stack([np.sin(2 * np.pi * mains * time), np.cos(2 * np.pi * mains * time)], axis=1)
    weights, *_ = np.linalg.lstsq(basis, numbers, rcond=None)
    assert np.abs(basis @ weights - numbers).max() < 1e-5


def test_hum_is_on_all_channels_and_below_nyquist():
    left, right = added("mains-hum", np.ones((2, 1000)), rate=400)
    assert np.array_equal(left, right)
    lines = np.abs(np.fft.rfft(left[:400]))
    assert {50, 100, 150} == set(np.flatnonzero(lines > 1e-4 * lines.max()).tolist())


@pytest.mark.parametrize("settings", [{"mains": 0.0}, {"harmonics": 0}, {"harmonics": 1000}])
def test_a_hum_of_nothing_is_refused(settings):
    with pytest.raises(BadSetting):
        added("mains-hum", np.ones(9), **settings)


def test_a_rate_too_low_for_the_mains_does_not_apply():
    with pytest.raises(NotApplicable, match="above 100 Hz"):
        added("mains-hum", np.ones(9), rate=90)


def test_background_noise_without_a_file_has_the_spectrum_of_speech():
    numbers = added("background-noise", np.ones(30 * RATE))
    frequency, power = signal.welch(numbers, RATE, nperseg=8192)
    band = partial(third_octave, frequency, power)
    # Levels of the table in dB SPL, relative to the band at 500 Hz.
    for centre, level in ((100, 54.4), (250, 60.3), (500, 62.1), (1000, 53.7), (4000, 45.6)):
        assert level - 62.1 == pytest.approx(band(centre) - band(500), abs=1.2)


def third_octave(frequency, power, centre):
    inside = (frequency >= centre * 2 ** (-1 / 6)) & (frequency < centre * 2 ** (1 / 6))
    return 10 * np.log10(power[inside].sum())
