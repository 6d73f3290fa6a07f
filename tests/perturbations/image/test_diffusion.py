"""Diffusion keeps the declared signal-to-noise ratio, and its dose is that of the published schedule."""

import numpy as np
import pytest
from scipy import stats

import perturbations as pt
from perturbations.image.diffusion import amplitudes

NOISE = pt.get("image/diffusion")


def test_the_variance_is_preserved():
    for dose in (40.0, 0.0, -20.0):
        keep, spread = amplitudes(dose)
        assert keep**2 + spread**2 == pytest.approx(1)
        assert 10 * np.log10(keep**2 / spread**2) == pytest.approx(dose)


def test_the_published_schedule_has_these_doses():
    abar = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
    log_snr = 10 * np.log10(abar / (1 - abar))
    published = {
        1: 36.6,
        50: 15.1,
        100: 9.3,
        200: 2.8,
        300: -1.9,
        500: -10.7,
        700: -21.6,
        999: -43.9,
    }
    for step, dose in published.items():
        assert log_snr[step] == pytest.approx(dose, abs=0.06)
        assert amplitudes(log_snr[step])[0] == pytest.approx(np.sqrt(abar[step]))
    ends = [int(np.abs(log_snr - rung).argmin()) for rung in (15, -5)]
    assert [51, 372] == ends


@pytest.mark.parametrize("dose", [20.0, 15.0])
def test_the_ratio_of_signal_to_noise_is_the_dose(dose):
    clean = np.linspace(0.4, 0.6, 90_000).reshape(300, 300)
    noisy = NOISE(clean, dose={"log_snr": dose}, sample="a")
    slope, offset = np.polyfit(clean.ravel() - 0.5, noisy.ravel() - 0.5, 1)
    residual = noisy - 0.5 - slope * (clean - 0.5) - offset
    assert 10 * np.log10(slope**2 / (4 * residual.var())) == pytest.approx(dose, abs=0.25)
    assert offset == pytest.approx(0, abs=0.002)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("level", [30, 128, 250])
@pytest.mark.parametrize("severity", [0.2, 1.0])
def test_levels_follow_the_clipped_normal(level, severity, dtype):
    image = np.full((200, 200), level / 255 if dtype == np.float32 else level).astype(dtype)
    noisy = NOISE(image, severity, sample="a")
    noisy = noisy if dtype == np.uint8 else np.rint(noisy * 255).astype(np.uint8)
    keep, spread = amplitudes(NOISE.doses(severity)["log_snr"])
    edges = np.concatenate(([-np.inf], np.arange(255) + 0.5, [np.inf]))
    wanted = noisy.size * np.diff(
        stats.norm.cdf(edges, 127.5 + keep * (level - 127.5), 127.5 * spread)
    )
    seen = np.bincount(noisy.ravel(), minlength=256)
    common = wanted > 5
    seen, wanted = (np.append(each[common], each[~common].sum() + 5) for each in (seen, wanted))
    assert stats.chisquare(seen, wanted * seen.sum() / wanted.sum()).pvalue > 1e-4


def test_uint8_and_float_images_get_the_same_noise_up_to_sixteen_bits():
    image = np.arange(64 * 64 * 3, dtype=np.uint8).reshape(64, 64, 3)
    for severity in (0.2, 0.6, 1.0):
        exact = NOISE(image / 255, severity, sample="a") * 255
        apart = np.abs(NOISE(image, severity, sample="a").astype(float) - exact)
        assert (apart > 0.5 + 1e-3).mean() < 0.02
        assert (apart > 1.5).mean() < 0.001


def test_a_very_high_ratio_changes_nothing_and_a_very_low_one_leaves_nothing():
    image = np.arange(256, dtype=np.uint8).reshape(16, 16)
    np.testing.assert_array_equal(NOISE(image, dose={"log_snr": 100.0}), image)
    lost = NOISE(np.tile(image, (20, 20)) / 255, dose={"log_snr": -100.0}, sample="a")
    assert abs(np.corrcoef(lost.ravel(), np.tile(image, (20, 20)).ravel())[0, 1]) < 0.02


def test_more_severity_is_more_distortion_on_photographs():
    from sklearn.datasets import load_sample_images

    crops = [image[100:196, 200:296] for image in load_sample_images().images]
    found = [
        np.mean([pt.distance("image", crop, NOISE(crop, s, sample="a"))["psnr"] for crop in crops])
        for s in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
    ]
    assert (np.diff(found) < 0).all()
