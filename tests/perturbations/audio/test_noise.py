import numpy as np
import pytest
from scipy import signal, stats

import perturbations as pt
from perturbations._draw import Draw, sample_keys
from perturbations.audio._modality import MODALITY

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
    assert (quiet.report["silent"], loud.report["silent"]) == ([True], [False])
    assert loud.report["noise_rms"] == pytest.approx([1.0])


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
    from perturbations.audio._kernels import normals

    key = np.uint64(7)
    assert np.array_equal(normals(key, 5000)[:1500], normals(key, 1500))


def test_the_chords_follow_the_normal_quantile():
    from perturbations.audio._kernels import _ENDS, _RISES

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
