"""Too little light, too much of it, heat and too few bits do what physics says."""

import numpy as np
import pytest
from scipy import stats

import perturbations as pt
from perturbations.errors import BadSetting
from perturbations.image._tone import to_light, to_value

LOW, DARK, FULL, BITS = NOISES = tuple(
    pt.get(f"image/{name}") for name in ("low-light", "dark-current", "full-well", "quantisation")
)
RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


def flat(level, dtype=np.float64):
    return np.full((300, 300), level).astype(dtype)


@pytest.mark.parametrize("stops", [3.0, 5.0, 7.0])
@pytest.mark.parametrize("level", [0.4, 0.6, 0.7])
def test_low_light_is_electrons_and_reading_in_linear_light(level, stops):
    light, white = float(to_light(np.float64(level))), 10_000 / 2**stops
    noisy = to_light(LOW(flat(level), dose={"stops": stops}, sample="a"))
    variance = light / white + (3 / white) ** 2
    assert noisy.mean() == pytest.approx(light, abs=5 * np.sqrt(variance) / 300)
    assert noisy.var() == pytest.approx(variance, rel=0.03)


def test_low_light_without_gain_stays_dark():
    dark = pt.get("image/low-light", gain=False)(flat(0.9), dose={"stops": 3.0}, sample="a")
    light = float(to_light(np.float64(0.9)))
    assert to_light(dark).mean() == pytest.approx(light / 8, rel=0.001)
    exact = to_value(np.array([light / 8]))[0] * 255
    noisy = pt.get("image/low-light", gain=False)(flat(230, np.uint8), dose={"stops": 3.0})
    assert noisy.mean() == pytest.approx(exact, abs=0.5)


def test_without_reading_error_a_dark_frame_is_black():
    assert not pt.get("image/low-light", read=0.0)(flat(0, np.uint8), 1.0).any()


@pytest.mark.parametrize("settings", [{}, {"gain": False}])
@pytest.mark.parametrize("level", [0, 30, 128, 250])
@pytest.mark.parametrize("severity", [0.2, 1.0])
def test_low_light_on_uint8_and_float_images_has_one_distribution(level, severity, settings):
    noise = pt.get("image/low-light", **settings)
    assert same_levels(noise, level, severity)


@pytest.mark.parametrize("settings", [{}, {"subtract": True}])
@pytest.mark.parametrize("level", [0, 30, 200])
def test_dark_current_on_uint8_and_float_images_has_one_distribution(level, settings):
    noise = pt.get("image/dark-current", **settings)
    assert same_levels(noise, level, 0.6)


def same_levels(noise, level, severity):
    noisy = noise(flat(level, np.uint8), severity, sample="a")
    exact = np.rint(noise(flat(level / 255), severity, sample="b") * 255).astype(np.uint8)
    seen, wanted = (np.bincount(each.ravel(), minlength=256) for each in (noisy, exact))
    common = seen + wanted > 20
    if common.sum() == 1:
        return (seen[common] == wanted[common]).all()
    return stats.chi2_contingency([seen[common], wanted[common]]).pvalue > 1e-4


@pytest.mark.parametrize("dark", [10.0, 200.0])
@pytest.mark.parametrize("level", [0.0, 0.2, 0.7])
def test_dark_current_adds_poisson_electrons(level, dark):
    light = float(to_light(np.float64(level)))
    noisy = to_light(DARK(flat(level), dose={"dark": dark}, sample="a"))
    assert noisy.mean() == pytest.approx(light + dark / 1000, abs=5 * np.sqrt(dark) / 1000 / 300)
    assert noisy.var() == pytest.approx(dark / 1000**2, rel=0.03)


def test_dark_current_on_uint8_and_float_images_is_the_same_noise():
    exact = DARK(RAMP / 255, 1.0, sample="a") * 255
    noisy = DARK(RAMP, 1.0, sample="a").astype(float)
    assert np.abs(noisy - exact).max() <= 0.5 + 1e-6


def test_subtraction_takes_the_mean_off_and_costs_highlights():
    noise = pt.get("image/dark-current", subtract=True)
    middle = to_light(noise(flat(0.5), dose={"dark": 200.0}, sample="a"))
    assert middle.mean() == pytest.approx(float(to_light(np.float64(0.5))), abs=1e-3)
    white = to_light(noise(flat(1.0), dose={"dark": 200.0}, sample="a"))
    np.testing.assert_allclose(white, 0.8)


@pytest.mark.parametrize("share", [0.9, 0.35, 0.15])
def test_full_wells_clip_the_share_of_light_beyond(share):
    light = np.linspace(0, 1, 10_001).reshape(73, 137)
    noisy = FULL(to_value(light), dose={"share": share})
    assert (noisy > 1 - 1e-9).mean() == pytest.approx(1 - share, abs=2e-4)
    below = light < share
    np.testing.assert_allclose(to_light(noisy[below]), light[below] / share, atol=1e-9)


def test_full_wells_without_gain_leave_shadows_and_flatten_highlights():
    noise = pt.get("image/full-well", gain=False)
    value = np.linspace(0, 1, 1000).reshape(25, 40)
    noisy = noise(value, dose={"share": 0.25})
    edge = to_value(np.array([0.25]))[0]
    np.testing.assert_allclose(noisy, np.minimum(value, edge), atol=1e-9)


@pytest.mark.parametrize("bits", range(1, 8))
def test_quantisation_leaves_two_to_the_bits_levels(bits):
    noisy = BITS(RAMP, dose={"bits": bits})
    assert np.unique(noisy).size == 2**bits
    assert np.abs(noisy.astype(int) - RAMP).max() <= 255 / (2**bits - 1) / 2 + 0.5
    np.testing.assert_array_equal(noisy, BITS(noisy, dose={"bits": bits}))
    exact = BITS(RAMP / 255, dose={"bits": bits})
    np.testing.assert_array_equal(noisy, np.rint(exact * 255))
    assert np.abs(exact - RAMP / 255).max() <= 0.5 / (2**bits - 1) + 1e-12


@pytest.mark.parametrize("noise", [FULL, BITS])
def test_what_is_not_drawn_is_the_same_on_every_kind_of_image(noise):
    for severity in (0.2, 0.6, 1.0):
        exact = noise(RAMP / 255, severity)
        np.testing.assert_array_equal(noise(RAMP, severity), np.rint(exact * 255))
        np.testing.assert_allclose(
            noise((RAMP / 255).astype(np.float32), severity), exact, atol=1e-6
        )
        sixteen = noise(RAMP.astype(np.uint16) * 257, severity)
        assert np.abs(sixteen / 65535 - exact).max() < 1e-5


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("low-light", {"electrons": 0.0}),
        ("low-light", {"read": -1.0}),
        ("dark-current", {"electrons": -5.0}),
    ],
)
def test_impossible_settings_are_named(name, settings):
    with pytest.raises(BadSetting, match=next(iter(settings))):
        pt.get(f"image/{name}", **settings)(RAMP, 0.5)


@pytest.mark.parametrize("noise", NOISES)
def test_a_batch_equals_one_by_one(noise):
    images = np.arange(5 * 9 * 31 * 3, dtype=np.uint64).reshape(5, 9, 31, 3) % 256
    for stack in (images.astype(np.uint8), images / 255):
        batch = noise.batch(stack, 0.5, samples=range(5))
        for i in range(5):
            np.testing.assert_array_equal(batch[i], noise(stack[i], 0.5, sample=i))


@pytest.mark.parametrize("noise", NOISES)
def test_more_severity_is_more_distortion_on_photographs(noise):
    from sklearn.datasets import load_sample_images

    crops = [
        image[y : y + side, 200 : 200 + side]
        for image in load_sample_images().images
        for side, y in ((224, 100), (96, 250))
    ]
    found = [
        np.mean([pt.distance("image", crop, noise(crop, s, sample="a"))["psnr"] for crop in crops])
        for s in (0.2, 0.4, 0.6, 0.8, 1.0)
    ]
    assert (np.diff(found) < 0).all()
    assert found[-1] < 24
