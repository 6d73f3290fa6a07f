"""Noise of the raw path: exact in the raw frame, correlated in the picture."""

import numpy as np
import pytest
from scipy import ndimage, stats

import perturbations as pt
from perturbations._draw import Draw
from perturbations.errors import NotApplicable
from perturbations.image.sensor._device._kernels import MANY, demosaic, render
from perturbations.image.sensor._raw import camera_gains, raw_of, to_light
from perturbations.image.sensor.raw import exposed

RAW = pt.get("image/raw-noise")
UNIT = np.ones((1, 3), dtype=np.float32)


def draw_of(*samples):
    return Draw.of(
        pt.sample_keys(samples),
        seed=0,
        perturbation="image/raw-noise",
        input="",
        position=0,
        replicate=0,
    )


def frame(level, side=300):
    return np.full((1, side, side), level, dtype=np.float32)


def to_picture(light):
    encoded = light ** (1 / 2.2)
    return encoded**2 * (3 - 2 * encoded)


def mosaic_masks(shape):
    row, column = np.indices(shape)
    red, blue = (row % 2 == 0) & (column % 2 == 0), (row % 2 == 1) & (column % 2 == 1)
    return red, ~(red | blue), blue


def demosaiced(raw):
    """Demosaic by its definition: green, then red - green and blue - green, each bilinearly."""
    red, green, blue = mosaic_masks(raw.shape)
    raw = raw.astype(float)
    sides = np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]]) / 4
    lattice = np.outer([1, 2, 1], [1, 2, 1]) / 4
    full = ndimage.convolve(np.where(green, raw, 0), sides, mode="mirror")
    more = [
        ndimage.convolve(np.where(site, raw - full, 0), lattice, mode="mirror")
        for site in (red, blue)
    ]
    return np.stack([full + more[0], full, full + more[1]], axis=-1)


def compiled_demosaic(raw):
    here, near, far = (np.empty(raw.shape[1] + 4, np.float32) for _ in range(3))
    out = np.empty((raw.shape[0], 3, raw.shape[1]), np.float32)
    for y in range(raw.shape[0]):
        demosaic(raw, y, here, near, far, out[y])
    return out.transpose(0, 2, 1)


@pytest.mark.parametrize("shape", [(2, 2), (2, 7), (3, 3), (5, 2), (12, 9), (31, 40)])
def test_demosaicing_interpolates_green_and_differences_to_green(shape):
    raw = np.random.default_rng(0).random(shape).astype(np.float32)
    np.testing.assert_allclose(compiled_demosaic(raw), demosaiced(raw), atol=2e-6)


def test_rendering_is_gamma_and_tone_curve():
    light = np.linspace(0, 1, 20001, dtype=np.float32)
    rendered = light.copy()
    render(rendered, np.float32(1))
    assert np.abs(rendered - to_picture(light.astype(float))).max() < 3e-5
    beyond = np.array([-0.5, 2.0], dtype=np.float32)
    render(beyond, np.float32(1))
    np.testing.assert_allclose(beyond, [0, 1], atol=3e-5)


def test_light_is_rendering_undone():
    picture = np.linspace(0, 1, 1001)
    np.testing.assert_allclose(to_picture(to_light(picture)), picture, atol=1e-12)


def test_the_raw_frame_renders_to_the_picture_that_it_came_from():
    gains = camera_gains(draw_of("a"), 1)
    picture = np.full((1, 8, 8, 3), [0.2, 0.5, 0.8])
    back = to_picture(compiled_demosaic(raw_of(picture, gains)[0]) * gains[0])
    np.testing.assert_allclose(back, picture[0], atol=1e-5)


def test_gains_are_the_published_ones():
    gains = camera_gains(draw_of(*range(4000)), 4000).astype(float)
    exposure, red, blue = gains[:, 1], gains[:, 0] / gains[:, 1], gains[:, 2] / gains[:, 1]
    assert (1 / exposure).mean() == pytest.approx(0.8, abs=0.01)
    assert 1 - 1e-6 <= exposure.min()
    assert exposure.max() <= 1 / 0.6 + 1e-6
    for gain, low, high in ((red, 1.9, 2.4), (blue, 1.5, 1.9)):
        assert gain.min() == pytest.approx(low, abs=0.01)
        assert gain.max() == pytest.approx(high, abs=0.01)


@pytest.mark.parametrize(("a", "b"), [(0.003, 1e-5), (0.012, 2.16e-4), (0.022, 2e-3)])
def test_photon_transfer_gives_back_gain_and_read_noise(a, b):
    levels = np.linspace(0, 0.6, 13)
    noisy = [exposed(frame(x), draw_of(f"{x}"), a, b).astype(float) for x in levels]
    means, variances = np.array([(y.mean(), y.var()) for y in noisy]).T
    np.testing.assert_allclose(means, levels, atol=4 * np.sqrt((a * 0.6 + b) / 90_000))
    # Each variance has a relative error of about sqrt(2 / n); weigh accordingly.
    slope, offset = np.polyfit(means, variances, 1, w=1 / (a * means + b))
    assert slope == pytest.approx(a, rel=0.015)
    assert offset == pytest.approx(b, rel=0.03)


@pytest.mark.parametrize("rate", [0.3, 2.0, MANY - 0.01, MANY, 7.0, 25.0, 300.0])
def test_photon_counts_are_poisson(rate):
    gain = 1e-3
    counts = np.rint(exposed(frame(rate * gain), draw_of("a"), gain, 0.0).ravel() / gain)
    assert np.all(counts >= 0)
    known = stats.poisson(np.float64(np.float32(rate * gain)) / gain)
    points = np.arange(known.ppf(1e-4), known.ppf(1 - 1e-4))
    seen = np.searchsorted(np.sort(counts), points, side="right") / counts.size
    # The Kolmogorov bound at p = 1e-4, and the share that the series puts one count off.
    assert np.abs(seen - known.cdf(points)).max() < 2.2 / np.sqrt(counts.size) + 1e-3


def test_the_same_photon_numbers_serve_every_gain():
    mild, harsh = (exposed(frame(0.3), draw_of("a"), a, 0.0) - 0.3 for a in (0.001, 0.01))
    assert np.corrcoef(mild.ravel(), harsh.ravel())[0, 1] > 0.98


def test_read_noise_alone_is_normal_and_white():
    noise = exposed(frame(0.3), draw_of("a"), 0.0, 1e-4)[0] - 0.3
    assert noise.std() == pytest.approx(0.01, rel=0.01)
    for other in (np.roll(noise, 1, 0), np.roll(noise, 1, 1)):
        assert abs(np.corrcoef(noise.ravel(), other.ravel())[0, 1]) < 4 / np.sqrt(noise.size)


def test_full_well_ends_the_signal_and_black_does_not():
    assert exposed(frame(0.99), draw_of("a"), 0.02, 1e-3).max() == 1
    assert exposed(frame(0.0), draw_of("a"), 0.02, 1e-3).min() < -0.05


def expected_correlation(shift, first, second):
    """Correlate two demosaiced channels of unit white noise, by the squared impulse responses; averaged over the mosaic."""
    side = 12
    weights = np.array(
        [demosaiced(np.eye(1, side * side, k).reshape(side, side)) for k in range(side * side)]
    )
    inner = slice(4, 8)
    here = weights[:, inner, inner, first]
    there = np.roll(weights, (-shift[0], -shift[1]), (1, 2))[:, inner, inner, second]
    return (here * there).sum(0).mean() / np.sqrt(
        (here**2).sum(0).mean() * (there**2).sum(0).mean()
    )


@pytest.mark.parametrize(
    ("shift", "first", "second"),
    [((0, 1), 1, 1), ((1, 0), 1, 1), ((0, 1), 0, 0), ((1, 0), 2, 2), ((0, 0), 0, 2)],
)
def test_noise_in_the_picture_is_correlated_as_the_filters_say(shift, first, second):
    image = np.full((400, 400, 3), 0.5)
    noise = RAW(image, dose={"shot": 0.0, "read": 1e-6}, sample="a") - 0.5
    there = np.roll(noise, (-shift[0], -shift[1]), (0, 1))
    inner = (slice(4, -4), slice(4, -4))
    found = np.corrcoef(noise[..., first][inner].ravel(), there[..., second][inner].ravel())[0, 1]
    wanted = expected_correlation(shift, first, second)
    assert wanted > 0.1
    assert found == pytest.approx(wanted, abs=0.015)


def test_photon_noise_is_correlated_in_space_and_colour():
    noise = RAW(np.full((300, 300, 3), 0.5), 0.6, sample="a") - 0.5
    for channel in range(3):
        plane = noise[..., channel]
        assert np.corrcoef(plane[:, 1:].ravel(), plane[:, :-1].ravel())[0, 1] > 0.1
    assert np.corrcoef(noise[..., 0].ravel(), noise[..., 2].ravel())[0, 1] > 0.1


def test_the_path_changes_nothing_without_noise():
    image = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    assert RAW(image, 0.0, sample="a") is image
    np.testing.assert_array_equal(RAW(image, dose={"shot": 1e-12, "read": 0.0}, sample="a"), image)


def test_read_noise_follows_the_published_line():
    shot, read = RAW.ladders["shot"], RAW.ladders["read"]
    for a, b in zip(shot.rungs, read.rungs, strict=True):
        assert np.log(b) == pytest.approx(2.18 * np.log(a) + 1.20, abs=0.005)
    between = RAW.doses(0.5)
    assert np.log(between["read"]) == pytest.approx(2.18 * np.log(between["shot"]) + 1.2, abs=0.005)


def test_uint8_and_float_images_get_the_same_noise():
    image = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    exact = RAW(image / 255, 0.6, sample="a") * 255
    # A count may fall on the other side of a rounding, about never.
    assert (np.abs(RAW(image, 0.6, sample="a") - exact) > 0.51).mean() < 1e-3


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_a_batch_equals_one_by_one(dtype):
    images = np.random.default_rng(0).integers(0, 256, (5, 33, 41, 3), dtype=np.uint8)
    images = images if dtype == np.uint8 else (images / 255).astype(dtype)
    batch = RAW.batch(images, 0.5, samples=range(5))
    for i in range(5):
        np.testing.assert_array_equal(batch[i], RAW(images[i], 0.5, sample=i))


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 9, 3), (9, 1, 3), (2, 2, 3), (6, 7, 3)])
def test_any_size(shape):
    for dtype, white in ((np.uint8, 255), (np.uint16, 65535), (np.float32, 1)):
        for level in (0, white):
            noisy = RAW(np.full(shape, level, dtype), 1.0, sample="a")
            assert noisy.shape == shape
            assert noisy.dtype == dtype
            assert noisy.max() <= white


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 1), (4, 5, 5)])
def test_without_three_colours_there_is_no_mosaic(shape):
    with pytest.raises(NotApplicable, match="red, green and blue"):
        RAW(np.full(shape, 9, dtype=np.uint8), 0.5, sample="a")


def test_alpha_is_left_alone():
    image = np.random.default_rng(0).integers(0, 256, (20, 20, 4), dtype=np.uint8)
    noisy = RAW(image, 1.0, sample="a")
    np.testing.assert_array_equal(noisy[..., 3], image[..., 3])
    np.testing.assert_array_equal(
        noisy[..., :3], RAW(np.ascontiguousarray(image[..., :3]), 1.0, sample="a")
    )


def test_distortion_grows_on_a_photograph(photograph):
    found = [
        pt.distance("image", photograph, RAW(photograph, s, sample="a"))["psnr"]
        for s in (0.05, 0.2, 0.4, 0.6, 0.8, 1.0)
    ]
    assert np.all(np.diff(found) < 0)


@pytest.fixture
def photograph():
    from perturbations.image._modality import _photo

    photo = _photo("flower.jpg")
    if photo is None:
        pytest.skip("no decoder for photographs is installed")
    return np.ascontiguousarray(photo[100:324, 200:424])
