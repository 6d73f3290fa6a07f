"""The noise of a sensor has the distribution that physics gives it."""

import numpy as np
import pytest
from scipy import stats

import perturbations as pt

GAUSSIAN, SHOT, IMPULSE = (
    pt.get(f"image/{name}") for name in ("gaussian-noise", "shot-noise", "impulse-noise")
)
SIZE = 300


def flat(level, dtype=np.uint8):
    return np.full((SIZE, SIZE, 3), level, dtype=dtype)


def binned_normal(level, sigma):
    """P(noisy level | clean level), rounded and clipped."""
    edges = np.concatenate(([-np.inf], np.arange(255) + 0.5, [np.inf]))
    return np.diff(stats.norm.cdf(edges, level, 255 * sigma))


def binned_poisson(level, photons):
    counts = np.arange(0, int(20 * photons) + 200)
    levels = np.minimum(np.rint(counts * 255 / photons), 255).astype(int)
    return np.bincount(levels, stats.poisson.pmf(counts, level * photons / 255), minlength=256)


def chi_square(noisy, expected):
    """p-value that the levels follow the expected distribution; rare levels are pooled."""
    seen = np.bincount(noisy.ravel(), minlength=256).astype(float)
    wanted = expected * noisy.size
    common = wanted >= 5
    seen, wanted = (np.append(x[common], x[~common].sum()) for x in (seen, wanted))
    if wanted[-1] < 5:
        assert seen[-1] < 30
        seen, wanted = seen[:-1], wanted[:-1]
    return stats.chisquare(seen, wanted * seen.sum() / wanted.sum()).pvalue


def as_levels(noisy):
    return noisy if noisy.dtype == np.uint8 else np.rint(noisy * 255).astype(np.uint8)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("level", [0, 40, 128, 250])
@pytest.mark.parametrize("sigma", [0.02, 0.18])
def test_gaussian_follows_the_binned_normal(level, sigma, dtype):
    image = flat(level) if dtype == np.uint8 else flat(level / 255, dtype)
    noisy = GAUSSIAN(image, dose={"sigma": sigma}, sample="a")
    assert chi_square(as_levels(noisy), binned_normal(level, sigma)) > 1e-4


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("level", [10, 128, 255])
@pytest.mark.parametrize("photons", [3, 7.3, 60, 400])
def test_shot_follows_the_binned_poisson(level, photons, dtype):
    image = flat(level) if dtype == np.uint8 else np.full((100, 100, 3), level / 255, dtype)
    noisy = SHOT(image, dose={"photons": photons}, sample="a")
    assert chi_square(as_levels(noisy), binned_poisson(level, photons)) > 1e-4


def test_gaussian_variance_away_from_the_ends_is_sigma_squared():
    noisy = GAUSSIAN(flat(0.5, np.float64), dose={"sigma": 0.08}, sample="a")
    assert noisy.mean() == pytest.approx(0.5, abs=0.001)
    assert noisy.var() == pytest.approx(0.08**2, rel=0.02)


def test_shot_variance_is_the_mean_over_photons():
    noisy = SHOT(np.full((SIZE, SIZE), 0.5), dose={"photons": 30.0}, sample="a")
    assert noisy.mean() == pytest.approx(0.5, abs=0.002)
    assert noisy.var() == pytest.approx(0.5 / 30, rel=0.03)


def test_dark_stays_dark_under_shot_noise():
    assert not SHOT(flat(0), 1.0, sample="a").any()


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_impulses_hit_the_declared_share_half_white(dtype):
    white = 255 if dtype == np.uint8 else 1
    noisy = IMPULSE((flat(0.5, np.float32) * white).astype(dtype), 0.6, sample="a")
    pepper, salt = (noisy == 0).mean(), (noisy == white).mean()
    assert pepper == pytest.approx(0.045, abs=0.002)
    assert salt == pytest.approx(0.045, abs=0.002)
    assert np.unique(noisy).size == 3


def test_impulses_are_independent_from_channel_to_channel():
    hit = IMPULSE(flat(128), 1.0, sample="a") != 128
    assert (hit[..., 0] & hit[..., 1]).mean() == pytest.approx(0.27**2, abs=0.004)


def test_every_value_replaced_at_share_one():
    assert set(np.unique(IMPULSE(flat(128), dose={"share": 1.0}, sample="a"))) == {0, 255}


@pytest.mark.parametrize("noise", [GAUSSIAN, SHOT, IMPULSE])
def test_uint8_and_float_images_get_the_same_noise(noise):
    image = np.arange(64 * 64 * 3, dtype=np.uint8).reshape(64, 64, 3)
    for severity in (0.1, 0.5, 1.0):
        exact = noise(image / 255, severity, sample="a") * 255
        noisy = noise(image, severity, sample="a").astype(float)
        # The 31-bit and the 53-bit uniform may fall on two sides of a threshold, about never.
        assert (np.abs(noisy - exact) > 0.5 + 1e-6).mean() < 1e-3


def test_gaussian_noise_is_proportional_across_severities():
    image = flat(0.5, np.float64)
    mild, harsh = (
        GAUSSIAN(image, dose={"sigma": sigma}, sample="a") - image for sigma in (0.01, 0.05)
    )
    np.testing.assert_allclose(harsh, 5 * mild, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_impulses_of_a_mild_severity_stay(dtype):
    image = flat(100, np.uint8) if dtype == np.uint8 else flat(0.4, dtype)
    mild, harsh = (IMPULSE(image, severity, sample="a") for severity in (0.3, 0.7))
    hit = mild != image
    np.testing.assert_array_equal(harsh[hit], mild[hit])


def test_pixels_are_uncorrelated():
    noise = GAUSSIAN(flat(0.5, np.float64), 0.2, sample="a")[..., 0] - 0.5
    for shifted in (noise[1:, :] * noise[:-1, :], noise[:, 1:] * noise[:, :-1]):
        assert abs(shifted.mean() / noise.var()) < 4 / SIZE


@pytest.mark.parametrize("noise", [GAUSSIAN, SHOT, IMPULSE])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_a_batch_equals_one_by_one(noise, dtype):
    images = np.arange(5 * 33 * 41 * 3, dtype=np.uint64).reshape(5, 33, 41, 3) % 256
    images = images.astype(np.uint8) if dtype == np.uint8 else (images / 255).astype(dtype)
    ids = [f"img-{i}" for i in range(5)]
    batch = noise.batch(images, 0.5, samples=ids)
    for i, sample in enumerate(ids):
        np.testing.assert_array_equal(batch[i], noise(images[i], 0.5, sample=sample))


def test_a_tiny_dose_changes_next_to_nothing():
    image = flat(128)
    assert (SHOT(image, dose={"photons": 1e9}, sample="a") != image).sum() == 0
    assert (GAUSSIAN(image, dose={"sigma": 1e-6}, sample="a") != image).sum() == 0
