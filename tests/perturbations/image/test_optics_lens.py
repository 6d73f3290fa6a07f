"""Geometry, brightness and colour of a lens in closed form."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

import perturbations as pt
from perturbations.errors import BadSetting, NotApplicable

RADIAL, VIGNETTING = pt.get("image/radial-distortion"), pt.get("image/vignetting")
FRINGES = pt.get("image/chromatic-aberration")


def ramps(height, width):
    """Return an image whose values are the place of a pixel: x in one channel, y in the other.

    Places are good to 1/64 pixel, since OpenCV interpolates in steps of 1/32 for some kinds of image.
    """
    y, x = np.mgrid[:height, :width]
    return np.stack([x / width, y / height], axis=-1)


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_pincushion_shows_the_declared_places(share):
    height, width = 61, 81
    noise = RADIAL.with_settings(kind="pincushion")
    seen = noise(ramps(height, width), dose={"share": share}, sample="a")
    y, x = np.mgrid[:height, :width]
    down, right = y - 30.0, x - 40.0
    grow = 1 - share * (down**2 + right**2) / (30**2 + 40**2)
    np.testing.assert_allclose(seen[..., 0] * width, 40 + right * grow, atol=0.02)
    np.testing.assert_allclose(seen[..., 1] * height, 30 + down * grow, atol=0.02)
    # The corner shows what lies `share` of the half diagonal nearer to the centre.
    assert np.hypot(seen[0, 0, 0] * 81, seen[0, 0, 1] * 61) == pytest.approx(50 * share, abs=0.03)


def test_barrel_shows_places_further_out():
    seen = RADIAL(ramps(101, 101), dose={"share": 0.1}, sample="a")
    assert seen[50, 50] == pytest.approx(np.full(2, 50 / 101), abs=1e-6)
    # At 30 pixels to the right, r^2 is 900 / 5000 of the corner's.
    assert seen[50, 80, 0] * 101 == pytest.approx(50 + 30 * (1 + 0.1 * 0.18), abs=0.02)


def test_other_kinds_are_refused():
    with pytest.raises(BadSetting, match="barrel or pincushion"):
        RADIAL.with_settings(kind="moustache")(np.zeros((4, 4), np.uint8), 0.5, sample="a")


@pytest.mark.parametrize("loss", [0.2, 0.6, 0.9])
def test_the_corner_loses_the_declared_light(loss):
    image = np.full((61, 81), 0.8)
    seen = VIGNETTING(image, dose={"loss": loss}, sample="a")
    light = (seen / 0.8) ** 2.2
    assert light[30, 40] == pytest.approx(1)
    assert [light[y, x] for y in (0, -1) for x in (0, -1)] == pytest.approx(
        [1 - loss] * 4, rel=1e-5
    )
    # cos^4: the square root of its inverse root grows with the square of the distance.
    angle = light**-0.5 - 1
    assert angle[30, 0] / angle[0, 0] == pytest.approx(0.64, rel=1e-4)


def test_linear_data_lose_light_in_their_own_units():
    noise = VIGNETTING.with_settings(gamma=1.0)
    seen = noise(np.full((5, 5), 0.5), dose={"loss": 0.5}, sample="a")
    assert seen[0, 0] == pytest.approx(0.25, rel=1e-5)
    with pytest.raises(BadSetting, match="power"):
        VIGNETTING.with_settings(gamma=0.0)(np.ones((5, 5)), 0.5, sample="a")


def test_a_corner_may_turn_black_and_black_stays():
    assert VIGNETTING(np.ones((9, 9)), dose={"loss": 1.0})[0, 0] == pytest.approx(0, abs=1e-5)
    np.testing.assert_array_equal(VIGNETTING(np.zeros((9, 9), np.uint8), 1.0), np.zeros((9, 9)))


def centre_of(plane):
    y, x = np.mgrid[: plane.shape[0], : plane.shape[1]]
    return np.array([(plane * y).sum(), (plane * x).sum()]) / plane.sum()


@pytest.mark.parametrize("shift", [0.5, 3.0, 5.0])
def test_red_lies_further_out_and_blue_further_in(shift):
    dot = np.zeros((121, 121))
    dot[104, 108] = 1.0
    dot = gaussian_filter(dot, 2) * 20
    seen = FRINGES(np.repeat(dot[..., None], 3, axis=2), dose={"shift": shift}, sample="a")
    away, part = np.array([44.0, 48.0]), shift / np.hypot(60, 60)
    red, green, blue = (centre_of(seen[..., i]) - 60 for i in range(3))
    assert red == pytest.approx(away * (1 + part), abs=0.03)
    assert green == pytest.approx(away, abs=1e-9)
    assert blue == pytest.approx(away * (1 - part), abs=0.03)


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 1), (8, 8, 5)])
def test_fringes_need_three_colours(shape):
    with pytest.raises(NotApplicable, match="red, green and blue"):
        FRINGES(np.zeros(shape, np.uint8), 0.5, sample="a")


@pytest.mark.parametrize("name", ["radial-distortion", "vignetting", "chromatic-aberration"])
def test_small_doses_hardly_change_the_picture(name):
    noise = pt.get(f"image/{name}")
    image = gaussian_filter(np.random.default_rng(0).random((40, 50, 3)), (2, 2, 0))
    for dtype, error in ((np.float32, 1e-4), (np.float64, 1e-4)):
        first = next(iter(noise.ladders))
        seen = noise(image.astype(dtype), dose={first: 1e-5}, sample="a")
        np.testing.assert_allclose(seen, image, atol=error)


def test_wide_and_multispectral_images_work():
    image = np.random.default_rng(0).random((6, 9, 7))
    seen = RADIAL(image, 1.0, sample="a")
    for i in range(7):
        np.testing.assert_array_equal(seen[..., i], RADIAL(image[..., i], 1.0, sample="a"))
