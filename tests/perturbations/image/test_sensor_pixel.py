"""The noise of pixels has the distribution that physics gives it."""

from functools import cache

import numpy as np
import pytest
from scipy import stats

import perturbations as pt
from perturbations.image._tone import to_light, to_value
from perturbations.image.sensor._compound import _skewed_normal, compound
from perturbations.image.sensor.pixel import _iso_parameters

GAUSSIAN, SPECKLE, SHOT, IMPULSE, COMPOUND, ISO = NOISES = tuple(
    pt.get(f"image/{name}-noise")
    for name in ("gaussian", "speckle", "shot", "impulse", "poisson-gaussian", "iso")
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


@pytest.mark.parametrize("noise", [SHOT, IMPULSE])
def test_uint8_and_float_images_get_the_same_noise(noise):
    image = np.arange(64 * 64 * 3, dtype=np.uint8).reshape(64, 64, 3)
    for severity in (0.1, 0.5, 1.0):
        exact = noise(image / 255, severity, sample="a") * 255
        noisy = noise(image, severity, sample="a").astype(float)
        assert np.abs(noisy - exact).max() <= 0.5 + 1e-6


@pytest.mark.parametrize("noise", [GAUSSIAN, SPECKLE])
def test_uint8_and_float_images_get_the_same_normal_noise_up_to_sixteen_bits(noise):
    image = np.arange(64 * 64 * 3, dtype=np.uint8).reshape(64, 64, 3)
    for severity in (0.1, 0.5, 1.0):
        exact = noise(image / 255, severity, sample="a") * 255
        apart = np.abs(noise(image, severity, sample="a").astype(float) - exact)
        assert (apart > 0.5 + 1e-3).mean() < 0.006
        assert (apart > 1.5).mean() < 0.001


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


@pytest.mark.parametrize("noise", NOISES)
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


def clipped_moments(mean, spread):
    """Mean and standard deviation of a normal number clipped to [0, 1]."""
    low, high = (0 - mean) / spread, (1 - mean) / spread
    inside = stats.norm.cdf(high) - stats.norm.cdf(low)
    first = stats.norm.pdf(low) - stats.norm.pdf(high)
    second = inside + low * stats.norm.pdf(low) - high * stats.norm.pdf(high)
    average = mean * inside + spread * first + stats.norm.sf(high)
    square = mean**2 * inside + 2 * mean * spread * first + spread**2 * second + stats.norm.sf(high)
    return average, np.sqrt(square - average**2)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.uint16])
@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("noise", [GAUSSIAN, SPECKLE])
def test_normal_noise_has_the_moments_of_the_clipped_normal(noise, level, dtype):
    full = 1.0 if dtype == np.float32 else np.iinfo(dtype).max
    image = np.full((200, 200, 3), np.rint(level * full) if full > 1 else level).astype(dtype)
    (dose,) = noise.doses(1.0).values()
    clean = float(image[0, 0, 0]) / full
    mean, spread = clipped_moments(clean, dose if noise is GAUSSIAN else dose * clean)
    noisy = noise(image, 1.0, sample="a") / full
    assert noisy.dtype == np.float64 or dtype == np.float32
    assert noisy.mean(dtype=float) == pytest.approx(mean, abs=5 * spread / 346 + 1e-4)
    assert noisy.std(dtype=float) == pytest.approx(spread, rel=0.012)


@pytest.mark.parametrize("level", [0, 40, 128, 250])
@pytest.mark.parametrize("spread", [0.1, 0.45])
def test_speckle_follows_the_binned_normal(level, spread):
    noisy = SPECKLE(flat(level), dose={"spread": spread}, sample="a")
    if level == 0:
        assert not noisy.any()
    else:
        assert chi_square(noisy, binned_normal(level, spread * level / 255)) > 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("noise", [GAUSSIAN, SPECKLE])
def test_four_million_draws_follow_the_binned_normal(noise):
    """16 bits for each number: 1 would be perfect."""
    image = np.full((28, 224, 224, 3), 128, dtype=np.uint8)
    noisy = noise.batch(image, 0.6, samples=range(28))
    spread = 0.18 if noise is GAUSSIAN else 0.35 * 128 / 255
    wanted = binned_normal(128, spread) * noisy.size
    seen = np.bincount(noisy.ravel(), minlength=256)
    common = wanted > 5
    assert ((seen - wanted) ** 2 / wanted)[common].mean() < 1.5


def exact_compound(level, gain, read):
    """P(noisy level | clean level), by adding up photon counts one by one."""
    count = np.arange(int(2.5 * level / 255 / gain) + 60)
    mass = stats.poisson.pmf(count, level / 255 / gain)
    edges = np.concatenate(([-np.inf], np.arange(255) + 0.5, [np.inf])) / 255
    below = stats.norm.cdf(edges[:, None], gain * count[None, :], np.sqrt(read))
    return np.diff(below @ mass)


@pytest.mark.parametrize(("level", "severity"), [(3, 0.2), (128, 0.2), (0, 1.0), (250, 1.0)])
def test_poisson_gaussian_follows_the_convolution(level, severity):
    noisy = COMPOUND(flat(level), severity, sample="a")
    assert chi_square(noisy, exact_compound(level, **COMPOUND.doses(severity))) > 1e-4


def test_a_fine_gain_is_close_to_the_exact_sum():
    signal, edge = np.arange(1, 256) / 255, (np.arange(256) + 0.5) / 255
    gain, read = 1 / 4000, 1e-7
    fine = _skewed_normal(signal[:, None], edge[None, :], gain, read)
    assert np.abs(fine - compound(signal, edge, gain, read)).max() < 0.01
    assert np.abs(fine - compound(signal, edge, gain, read))[20:].max() < 0.002


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_photon_transfer_gives_back_gain_and_read_variance(dtype):
    gain, read = COMPOUND.doses(1.0).values()
    full = 255 if dtype == np.uint8 else 1
    levels = np.arange(0.2, 0.65, 0.05)
    n = 90_000
    points = []
    for level in levels:
        image = np.full((300, 300), np.rint(level * full) if full > 1 else level).astype(dtype)
        noisy = COMPOUND(image, 1.0, sample=f"{level:.2f}") / full
        points.append((noisy.mean(), noisy.var() - (full > 1) / 12 / 255**2))
    mean, variance = np.array(points).T
    (slope, rise), covariance = np.polyfit(
        mean, variance, 1, w=1 / (variance * np.sqrt(2 / n)), cov="unscaled"
    )
    assert abs(slope - gain) < 4 * np.sqrt(covariance[0, 0])
    assert abs(rise - read) < 4 * np.sqrt(covariance[1, 1])


def test_read_variance_follows_the_published_line():
    for gain, read in zip(*(ladder.rungs for ladder in COMPOUND.ladders.values()), strict=True):
        assert np.log(read) == pytest.approx(2.18 * np.log(gain) + 1.20, abs=0.005)


def test_read_noise_alone_is_normal():
    noisy = COMPOUND(flat(128), dose={"gain": 0.0, "read": 0.01}, sample="a")
    assert chi_square(noisy, binned_normal(128, 0.1)) > 1e-4
    noisy = COMPOUND(flat(0.5, np.float64), dose={"gain": 0.0, "read": 0.01}, sample="a")
    assert noisy.std() == pytest.approx(0.1, rel=0.01)


def test_iso_passes_through_the_published_points():
    assert _iso_parameters(100) == pytest.approx((3.2e-6, 5.8e-9))
    assert _iso_parameters(25600) == pytest.approx((5.4e-4, 3.8e-5))


@pytest.mark.parametrize("level", [0.4, 0.6, 0.8])
def test_iso_noise_is_poisson_gaussian_in_linear_light(level):
    noisy = to_light(ISO(flat(level, np.float64), 1.0, sample="a"))
    gain, read = _iso_parameters(102400)
    light = float(to_light(np.float64(level)))
    spread = np.sqrt(gain * light + read)
    assert noisy.mean() == pytest.approx(light, abs=5 * spread / SIZE)
    assert noisy.var() == pytest.approx(gain * light + read, rel=0.02)


@pytest.mark.parametrize("level", [0, 20, 128, 250])
def test_iso_noise_on_uint8_and_float_images_has_one_distribution(level):
    noisy = ISO(flat(level), 1.0, sample="a")
    exact = as_levels(ISO(np.full((150, 150, 3), level / 255), 1.0, sample="b"))
    seen, wanted = (np.bincount(each.ravel(), minlength=256) for each in (noisy, exact))
    common = seen + wanted > 20
    assert stats.chi2_contingency([seen[common], wanted[common]]).pvalue > 1e-4


def test_the_tone_curve_and_back_is_the_identity():
    value = np.linspace(0, 1, 1001)
    np.testing.assert_allclose(to_value(to_light(value)), value, atol=1e-12)
    assert float(to_light(np.float64(0.5))) == pytest.approx(0.21404, abs=1e-5)


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (7, 1, 3), (5, 6, 5)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_any_shape_and_dtype_comes_back_as_it_went(noise, shape, dtype):
    for level in (0.0, 0.3, 1.0):
        full = np.iinfo(dtype).max if np.dtype(dtype).kind == "u" else 1
        image = np.full(shape, level * full).astype(dtype)
        noisy = noise(image, 1.0, sample="a")
        assert (noisy.shape, noisy.dtype) == (shape, np.dtype(dtype))


@cache
def crops():
    from sklearn.datasets import load_sample_images

    return [
        image[y : y + side, 200 : 200 + side]
        for image in load_sample_images().images
        for side, y in ((224, 100), (96, 250))
    ]


@pytest.mark.parametrize("noise", NOISES)
def test_more_severity_is_more_distortion_on_photographs(noise):
    found = [
        np.mean(
            [pt.distance("image", crop, noise(crop, s, sample="a"))["psnr"] for crop in crops()]
        )
        for s in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
    ]
    assert (np.diff(found) < 0).all()
    assert found[-1] < 28


def test_impulses_rarer_than_sixteen_bits_hit_the_same_values_on_uint8_and_float_images():
    share = 2.0**-16
    noisy = IMPULSE(np.full((600, 600, 3), 100, dtype=np.uint8), dose={"share": share}, sample="a")
    exact = IMPULSE(np.full((600, 600, 3), 0.4), dose={"share": share}, sample="a")
    for level, value in ((0, 0.0), (255, 1.0)):
        np.testing.assert_array_equal(noisy == level, exact == value)
        assert 1 <= (noisy == level).sum() < 25
