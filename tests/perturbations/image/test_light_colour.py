"""Saturation, white balance and shadow change what they say and nothing else."""

import colorsys

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting, NotApplicable
from perturbations.image._tone import to_light, to_value
from perturbations.image.light.colour import _gains, _published_saturate
from perturbations.image.light.shade import _inside, _triangle

pytest.importorskip("albumentations", reason="light needs the extra image")
SATURATE, DESATURATE, BALANCE, SHADOW = (
    pt.get(f"image/{n}") for n in ("saturate", "desaturate", "white-balance", "shadow")
)
IMAGE = np.random.default_rng(0).integers(0, 256, (31, 17, 3)).astype(np.uint8)


def hsv(image):
    return np.array([colorsys.rgb_to_hsv(*map(float, p)) for p in image.reshape(-1, 3)])


def resaturated(image, factor, offset=0.0):
    """The published formula by way of the standard library's hexcone."""
    colours = hsv(image)
    colours[:, 1] = np.clip(colours[:, 1] * factor + offset, 0, 1)
    back = [colorsys.hsv_to_rgb(*each) for each in colours]
    return np.array(back).reshape(image.shape)


@pytest.mark.parametrize("factor", [1.5, 3.0, 20.0])
def test_saturation_is_multiplied_and_clipped(factor):
    before, after = hsv(IMAGE / 255), hsv(SATURATE(IMAGE / 255, dose={"factor": factor}))
    np.testing.assert_allclose(after[:, 1], np.minimum(before[:, 1] * factor, 1), atol=1e-9)
    np.testing.assert_allclose(after[:, 2], before[:, 2], atol=1e-12)
    np.testing.assert_allclose(after[:, 0], before[:, 0], atol=1e-6)


@pytest.mark.parametrize(("noise", "factor"), [(SATURATE, 2.0), (DESATURATE, 0.3)])
def test_eight_bits_are_the_rounded_formula(noise, factor):
    wanted = 255 * resaturated(IMAGE / 255, factor)
    assert np.abs(noise(IMAGE, dose={"factor": factor}) - wanted).max() < 0.501


@pytest.mark.parametrize("level", [(0.3, 0), (0.1, 0), (2, 0), (5, 0.1), (20, 0.2)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_published_levels_hold_for_greys_too(level, dtype):
    image = np.concatenate([IMAGE, np.full((1, 17, 3), 90, np.uint8)])
    given = image if dtype == np.uint8 else image / 255
    scale = 1 if dtype == np.uint8 else 255
    noisy = _published_saturate(given, *level) * float(scale)
    assert noisy.shape == image.shape
    assert np.abs(noisy - 255 * resaturated(image / 255, *level)).max() < 0.501


def test_grey_stays_grey_and_no_saturation_is_grey():
    grey = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    np.testing.assert_array_equal(SATURATE(grey, 1.0), grey)
    faded = DESATURATE(IMAGE, 1.0)
    np.testing.assert_array_equal(faded, np.repeat(IMAGE.max(-1, keepdims=True), 3, -1))


@pytest.mark.parametrize("noise", [SATURATE, DESATURATE, BALANCE])
@pytest.mark.parametrize("shape", [(5, 6), (5, 6, 1), (5, 6, 5)])
def test_colour_noise_has_no_meaning_without_colours(noise, shape):
    with pytest.raises(NotApplicable, match="red, green and blue"):
        noise(np.zeros(shape, np.uint8), 0.6, sample="a")


@pytest.mark.parametrize(("direction", "sign"), [("warm", 1), ("cold", -1)])
def test_white_balance_is_a_gain_on_linear_light(direction, sign):
    noise = pt.get("image/white-balance", direction=direction)
    image = IMAGE / 255 * 0.5
    gains = to_light(noise(image, dose={"shift": 100})) / to_light(image).clip(1e-9)
    bright = image.min(axis=-1) > 0.05
    wanted = _gains(sign * 100.0)
    np.testing.assert_allclose(gains[bright], np.tile(wanted, (bright.sum(), 1)), rtol=1e-6)
    levels = noise(IMAGE, dose={"shift": 100})
    wanted_levels = 255 * to_value(to_light(IMAGE / 255) * wanted)
    assert np.abs(levels - wanted_levels).max() < 0.501


def test_gains_follow_wien_and_compose():
    red, green, blue = _gains(100.0)
    assert green == pytest.approx(1)
    assert np.log(red / blue) == pytest.approx(1.4388e-6 * (1 / 465e-9 - 1 / 610e-9), rel=1e-9)
    np.testing.assert_allclose(_gains(60.0) * _gains(40.0), [red, green, blue])


def test_half_of_the_samples_turn_warm():
    grey = np.full((1, 1, 3), 128, np.uint8)
    noisy = [BALANCE(grey, 0.6, sample=i)[0, 0] for i in range(200)]
    warm = sum(int(red) > int(blue) for red, _, blue in noisy)
    assert 70 < warm < 130


def test_a_wrong_direction_is_refused():
    with pytest.raises(BadSetting, match="drawn, warm, cold"):
        pt.get("image/white-balance", direction="hot")(IMAGE, 0.6, sample="a")


# Shadow


def test_light_is_lost_inside_the_shadow_and_nowhere_else():
    white = np.ones((90, 120))
    noisy = SHADOW(white, dose={"lost": 0.6}, sample="a")
    assert noisy.min() ** 2.2 == pytest.approx(0.4)
    assert noisy.max() == 1
    edge = (noisy > noisy.min() + 1e-9) & (noisy < 1)
    assert 0 < edge.mean() < 0.35


@pytest.mark.parametrize("channels", [1, 3, 5])
def test_eight_bit_shadows_are_the_rounded_formula(channels):
    image = np.random.default_rng(3).integers(0, 256, (40, 50, channels)).astype(np.uint8)
    exact = SHADOW(image / 255, 0.8, sample="a")
    assert np.abs(SHADOW(image, 0.8, sample="a") - 255 * exact).max() < 0.51


def test_the_shape_is_the_same_at_every_severity_and_soft_over_its_width():
    white = np.ones((80, 80))
    shares = [
        (1 - SHADOW(white, dose={"lost": d}, sample="b")) / (1 - (1 - d) ** (1 / 2.2))
        for d in (0.3, 0.9)
    ]
    np.testing.assert_allclose(*shares, atol=1e-9)
    steepest = max(np.abs(np.diff(shares[0], axis=k)).max() for k in (0, 1))
    # A smooth step rises by 1.5 / width at the most.
    assert 0 < steepest <= 1.5 / (0.03 * np.hypot(80, 80)) + 1e-9


def test_shadows_differ_between_samples_and_cover_a_good_part():
    from perturbations import Draw

    covered = []
    for i in range(60):
        draw = Draw(np.array([i * 77 + 1], dtype=np.uint64), 1)
        shape = np.empty((1, 64, 64, 1))
        covered.append(_inside(*_triangle(draw, 64, 64), shape).mean())
    assert 0.15 < np.mean(covered) < 0.6
    assert np.std(covered) > 0.03
