"""Gaussian and zoom blur against their closed forms."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

import perturbations as pt

GAUSSIAN, ZOOM = pt.get("image/gaussian-blur"), pt.get("image/zoom-blur")


def point(side, row, column):
    image = np.zeros((side, side))
    image[row, column] = 1.0
    return image


@pytest.mark.parametrize("sigma", [0.7, 1.0, 3.0, 6.0])
def test_a_point_becomes_a_bell_of_its_sigma(sigma):
    seen = GAUSSIAN(point(81, 40, 40), dose={"sigma": sigma}, sample="a")
    place = np.arange(-40, 41)
    assert seen.sum() == pytest.approx(1)
    for axis in (0, 1):
        spread = (seen.sum(axis=axis) * place**2).sum()
        # Sampling the bell hardly changes its variance from sigma = 0.7 on; the cut at 4 sigma takes 0.1 %.
        assert spread == pytest.approx(sigma**2, rel=0.01)


@pytest.mark.parametrize("sigma", [0.2, 0.6, 1.0, 3.0, 11.9, 13.0])
def test_levels_are_within_half_a_level_of_the_exact(sigma):
    rng = np.random.default_rng(0)
    extremes = (rng.random((40, 31, 3)) > 0.5).astype(np.uint8) * 255
    for image in (rng.integers(0, 256, (40, 31, 3)).astype(np.uint8), extremes):
        exact = gaussian_filter(image.astype(float), (sigma, sigma, 0), mode="nearest", truncate=4)
        # 16-bit products may cost another twentieth of a level.
        assert np.abs(GAUSSIAN(image, dose={"sigma": sigma}, sample="a") - exact).max() < 0.55


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_values_are_those_of_scipy(kind):
    image = np.random.default_rng(0).random((20, 30, 5)).astype(kind)
    exact = gaussian_filter(image.astype(float), (2, 2, 0), mode="nearest", truncate=4)
    np.testing.assert_allclose(GAUSSIAN(image, 0.4, sample="a"), exact, atol=1e-6)


@pytest.mark.parametrize("noise", [GAUSSIAN, ZOOM])
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 3, 3), (5, 1, 5)])
def test_black_and_white_stay(noise, shape):
    for image in (np.zeros(shape, np.uint8), np.full(shape, 255, np.uint8)):
        np.testing.assert_array_equal(noise(image, 1.0, sample="a"), image)
    white = np.full(shape, 65535, np.uint16)
    np.testing.assert_array_equal(noise(white, 1.0, sample="a"), white)


def test_blurs_twice_are_one_of_the_root_of_the_squares():
    image = gaussian_filter(np.random.default_rng(0).random((60, 60)), 1)
    twice = GAUSSIAN(GAUSSIAN(image, dose={"sigma": 3.0}), dose={"sigma": 4.0})
    once = GAUSSIAN(image, dose={"sigma": 5.0})
    np.testing.assert_allclose(twice[20:40, 20:40], once[20:40, 20:40], atol=2e-3)


@pytest.mark.parametrize("zoom", [1.11, 1.31, 1.6])
def test_zoom_makes_a_streak_away_from_the_centre(zoom):
    side, out = 161, 40
    image = np.zeros((side, side))
    image[79:82, 80 + out - 1 : 80 + out + 2] = 1.0
    seen = ZOOM(image, dose={"zoom": zoom}, sample="a")
    place = np.arange(side) - 80
    along = seen.sum(axis=0) / seen.sum()
    # Steady in log r: magnified light weighs m^2, so the mean place is r E[m^3] / E[m^2] over log-uniform m.
    mean = out * 2 / 3 * (zoom**3 - 1) / (zoom**2 - 1)
    assert (along * place).sum() == pytest.approx(mean, abs=0.35)
    assert abs((seen.sum(axis=1) * place).sum()) < 1e-6
    ends = place[along > 0.1 * along.max()]
    assert ends[0] == pytest.approx(out - 1, abs=2)
    assert ends[-1] == pytest.approx(out * zoom, abs=3)


def test_zoom_blur_keeps_the_centre_and_tends_to_the_image():
    image = np.random.default_rng(0).random((41, 41))
    np.testing.assert_allclose(ZOOM(image, dose={"zoom": 1.0001}), image, atol=2e-3)
    assert ZOOM(image, 1.0)[20, 20] == pytest.approx(image[20, 20])


def test_zoom_of_levels_is_that_of_values():
    image = np.random.default_rng(0).integers(0, 256, (30, 40, 3)).astype(np.uint8)
    assert np.abs(ZOOM(image, 1.0) - 255 * ZOOM(image / 255, 1.0)).max() < 0.51
