"""Light and exposure: every level is mapped as the formula says, and rounded to nearest."""

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadDose
from perturbations.image._tone import to_light, to_value

pytest.importorskip("albumentations", reason="light needs the extra image")
CONTRAST, BRIGHTNESS, GAMMA = (pt.get(f"image/{n}") for n in ("contrast", "brightness", "gamma"))
OVER, UNDER = pt.get("image/overexposure"), pt.get("image/underexposure")
MAPS = [CONTRAST, BRIGHTNESS, GAMMA, OVER, UNDER]
IMAGE = np.random.default_rng(0).integers(0, 256, (31, 17, 3)).astype(np.uint8)
RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)
X = RAMP / 255


def pixels(channels, shape=(31, 17)):
    return np.random.default_rng(1).integers(0, 256, (*shape, channels)).astype(np.uint8)


def shrunk(image, factor):
    mean = image.mean(axis=(0, 1), keepdims=True, dtype=np.float64)
    return (image - mean) * factor + mean


def brightened(image, added):
    """The hexcone formula in plain floating point, for levels."""
    value = image.max(axis=-1, keepdims=True).astype(float)
    scale = np.minimum(value + 255 * added, 255) / np.maximum(value, 1)
    return np.where(value > 0, image * scale, 255 * added)


# Contrast


@pytest.mark.parametrize("severity", [0.1, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("channels", [1, 3, 5, 6])
def test_the_formula_holds_within_rounding(severity, channels):
    image = pixels(channels)
    factor = CONTRAST.doses(severity)["factor"]
    assert np.abs(CONTRAST(image, severity) - shrunk(image, factor)).max() < 0.501


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floating_point_images_keep_their_precision(dtype):
    image = (IMAGE / 255).astype(dtype)
    noisy = CONTRAST(image, dose={"factor": 0.3})
    assert noisy.dtype == dtype
    np.testing.assert_allclose(noisy, shrunk(image.astype(np.float64), 0.3), atol=3e-7)


def test_no_contrast_left_is_the_mean():
    noisy = CONTRAST(IMAGE, dose={"factor": 0.0})
    np.testing.assert_allclose(noisy[0, 0], IMAGE.mean(axis=(0, 1)), atol=0.501)
    assert np.ptp(noisy, axis=(0, 1)).max() == 0


@pytest.mark.parametrize("shape", [(300, 300), (1, 70_000), (257, 256)])
def test_the_mean_of_large_frames_is_exact(shape):
    white = np.full((*shape, 3), 255, np.uint8)
    white[..., 1] = 254
    np.testing.assert_array_equal(CONTRAST(white, dose={"factor": 0.0}), white)


def test_more_channels_than_opencv_takes_apart():
    image = pixels(600, (5, 7))
    assert np.abs(CONTRAST(image, 0.4, facts={"layout": "HWC"}) - shrunk(image, 0.3)).max() < 0.501


@pytest.mark.parametrize("noise", [CONTRAST, GAMMA])
def test_rounding_has_no_bias(noise):
    flat = np.full((8, 8, 3), 128, np.uint8)
    wanted = flat if noise is CONTRAST else np.rint(255 * (flat / 255) ** 2)
    np.testing.assert_array_equal(noise(flat, 0.6), wanted)


# Brightness


@pytest.mark.parametrize("severity", [0.1, 0.2, 0.6, 1.0])
def test_brightness_adds_to_the_value_of_colours(severity):
    image = np.concatenate([IMAGE, np.zeros((1, 17, 3), np.uint8)])
    wanted = brightened(image, BRIGHTNESS.doses(severity)["added"])
    assert np.abs(BRIGHTNESS(image, severity) - wanted).max() < 0.501
    exact = BRIGHTNESS(image / 255, severity)
    np.testing.assert_allclose(exact, wanted / 255, atol=1e-12)


def test_brightness_keeps_hue_and_saturation():
    before, after = IMAGE / 255, BRIGHTNESS(IMAGE / 255, 0.4)
    top = before.max(axis=-1)
    lifted = after.max(axis=-1)
    np.testing.assert_allclose(lifted, np.minimum(top + 0.2, 1), atol=1e-12)
    np.testing.assert_allclose(after / lifted[..., None], before / top[..., None], atol=1e-12)


@pytest.mark.parametrize("channels", [1, 5])
def test_brightness_adds_to_grey_and_multispectral_values(channels):
    image = pixels(channels)
    wanted = np.minimum(image + 255 * 0.3, 255)
    assert np.abs(BRIGHTNESS(image, 0.6) - wanted).max() < 0.501


# Curves


@pytest.mark.parametrize("exponent", [0.5, 1.25, 2.0, 3.2])
def test_gamma_is_a_power(exponent):
    noisy = GAMMA(RAMP, dose={"exponent": exponent})
    assert np.abs(noisy - 255 * X**exponent).max() < 0.501
    np.testing.assert_allclose(GAMMA(X, dose={"exponent": exponent}), X**exponent)


def test_gammas_compose():
    twice = GAMMA(GAMMA(X, dose={"exponent": 2.0}), dose={"exponent": 1.5})
    np.testing.assert_allclose(twice, GAMMA(X, dose={"exponent": 3.0}), atol=1e-12)


def test_the_tone_curve_is_that_of_srgb():
    np.testing.assert_allclose(to_value(to_light(X)), X, atol=1e-9)
    assert to_light(np.array([0.5]))[0] == pytest.approx(0.21404, abs=1e-5)


def test_a_stop_doubles_or_halves_the_light():
    np.testing.assert_allclose(
        to_light(OVER(X, dose={"stops": 1.0})), np.minimum(2 * to_light(X), 1), atol=1e-6
    )
    np.testing.assert_allclose(to_light(UNDER(X, dose={"stops": 3.0})), to_light(X) / 8, atol=1e-6)


def test_exposures_within_the_scale_undo_each_other():
    back = OVER(UNDER(X, dose={"stops": 2.0}), dose={"stops": 2.0})
    np.testing.assert_allclose(back, X, atol=1e-6)


def test_overexposure_burns_out_and_underexposure_loses_levels():
    assert (OVER(RAMP, 1.0) == 255).mean() > 0.5
    assert len(np.unique(UNDER(RAMP, 1.0))) < 64


# All of them


@pytest.mark.parametrize("noise", MAPS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 3, 3), (5, 1, 4), (4, 6, 5)])
def test_small_and_odd_images_agree_with_floating_point(noise, shape):
    image = np.random.default_rng(2).integers(0, 256, shape).astype(np.uint8)
    exact = noise(image / 255, 0.6, sample="a")
    assert np.abs(noise(image, 0.6, sample="a") - 255 * exact).max() < 0.501


@pytest.mark.parametrize("noise", MAPS)
def test_sixteen_bits_and_single_precision_agree_with_double(noise):
    exact = noise(X, 0.4)
    wide = (RAMP.astype(np.uint16) * 257).astype(np.uint16)
    assert np.abs(noise(wide, 0.4) / 65535 - exact).max() < 2e-5
    np.testing.assert_allclose(noise(X.astype(np.float32), 0.4), exact, atol=2e-6)


@pytest.mark.parametrize("noise", MAPS)
def test_a_map_is_the_same_for_every_sample(noise):
    np.testing.assert_array_equal(
        noise(IMAGE, 0.6, sample="a"), noise(IMAGE, 0.6, sample="b", seed=3)
    )


def test_doses_out_of_range_are_refused():
    for noise, dose in ((CONTRAST, {"factor": 1.2}), (GAMMA, {"exponent": 0.0})):
        with pytest.raises(BadDose):
            noise(IMAGE, dose=dose)
