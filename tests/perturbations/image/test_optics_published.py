"""The published constants of ImageNet-C and CIFAR-C against plain renderings of their definitions."""

import math

import numpy as np
import pytest
from scipy.ndimage import convolve, gaussian_filter, zoom

import perturbations as pt
from perturbations import Draw
from perturbations.image.optics._published import (
    _aliased_disk,
    _published_defocus,
    _published_glass,
    _published_motion,
    _published_zoom,
)


def draw(sample="a"):
    key = pt.sample_keys([sample])[0]
    return Draw.of(np.asarray(key), seed=0, perturbation="t", input="x", position=0, replicate=0)


@pytest.fixture
def image():
    smooth = gaussian_filter(np.random.default_rng(0).random((56, 56, 3)), (1, 1, 0))
    return np.rint(255 * (smooth - smooth.min()) / np.ptp(smooth)).astype(np.uint8)


@pytest.mark.parametrize(
    "constants", [(3, 0.1), (4, 0.5), (8, 0.5), (10, 0.5), (0.3, 0.4), (1, 0.2), (1.5, 0.1)]
)
def test_defocus_is_the_smoothed_disk_of_pixels(image, constants):
    cv2 = pytest.importorskip("cv2")
    radius, alias = constants
    reach, size = (8, 3) if radius <= 8 else (radius, 5)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disk = (x * x + y * y <= radius**2).astype(float)
    kernel = cv2.GaussianBlur(disk / disk.sum(), (size, size), alias)
    seen = _published_defocus(image, radius, alias)
    for channel in range(3):
        wanted = convolve(image[..., channel].astype(float), kernel, mode="mirror")
        assert np.abs(seen[..., channel] - wanted.clip(0, 255)).max() < 0.51


@pytest.mark.parametrize(("radius", "light"), [(0.3, 1), (3, 1), (6, 1), (8, 1.013), (10, 1.011)])
def test_disks_that_fill_their_grid_add_light(radius, light):
    assert _aliased_disk(radius, 0.5).sum() == pytest.approx(light, abs=5e-4)


def test_motion_is_a_half_gaussian_from_the_pixel():
    point = np.zeros((101, 101, 1))
    point[50, 50] = 1
    for sample in range(6):
        seen = _published_motion(point, draw(sample), 15, 8.0)[..., 0]
        y, x = np.nonzero(seen)
        assert seen.sum() == pytest.approx(1)
        wanted = np.exp(-(np.arange(31) ** 2) / 128)
        assert seen[50, 50] == pytest.approx(wanted[0] / wanted.sum(), rel=1e-6)
        reached = np.hypot(y - 50, x - 50)
        assert reached.max() == pytest.approx(30, abs=1)
        # Within 45 degrees of the rows, on one side.
        assert (np.abs(y - 50) <= np.abs(x - 50) + 1).all()
        assert (x <= 50).all() or (x >= 50).all()


@pytest.mark.parametrize("side", [1, 5, 40])
def test_motion_repeats_the_edge_also_far_beyond_it(side):
    white = np.full((side, side, 3), 255, np.uint8)
    np.testing.assert_array_equal(_published_motion(white, draw(), 15, 100.0), white)


def clipped_zoom(image, factor):
    """Magnify the central part by scipy's linear zoom and cut the middle out."""
    side = image.shape[0]
    part = math.ceil(side / factor)
    first = (side - part) // 2
    grown = zoom(image[first : first + part, first : first + part], (factor, factor, 1), order=1)
    trim = (len(grown) - side) // 2
    return grown[trim : trim + side, trim : trim + side]


@pytest.mark.parametrize("last", [1.06, 1.11, 1.31])
def test_zoom_is_the_mean_of_clipped_zooms(image, last):
    factors = np.arange(1, last, 0.01 if last < 1.2 else 0.03)
    values = image.astype(float)
    wanted = (values + sum(clipped_zoom(values, f) for f in factors)) / (len(factors) + 1)
    assert np.abs(_published_zoom(image, factors) - wanted).max() < 0.51


@pytest.mark.parametrize("constants", [(0.7, 1, 2), (1.5, 4, 2), (0.05, 1, 1)])
def test_glass_keeps_the_mean_and_the_border_of_its_scan(image, constants):
    sigma, reach, times = constants
    seen = _published_glass(image, draw(), sigma, reach, times)
    assert seen.mean() == pytest.approx(image.mean(), abs=2)
    assert (seen != image).mean() > 0.3
    other = _published_glass(image, draw("b"), sigma, reach, times)
    assert (seen != other).any()


@pytest.mark.parametrize("reach", [1, 2, 4])
def test_glass_never_moves_the_first_row_and_column(reach):
    """The published scan runs from size - reach down to reach + 1, and reaches from -reach to reach - 1 pixels on."""
    moved = np.zeros((24, 24), bool)
    for sample in range(120):
        places = np.arange(24.0 * 24).reshape(24, 24, 1)
        swapped = _published_glass(places, draw(sample), 1e-6, reach, 1)
        moved |= np.abs(swapped - places)[..., 0] > 0.5
    assert not moved[0].any()
    assert not moved[:, 0].any()
    assert moved[1:, 1:].mean() > 0.95
    assert moved[1].any()
    assert moved[-1].any()


def test_values_and_levels_agree(image):
    for call in (
        lambda x: _published_defocus(x, 6, 0.5),
        lambda x: _published_motion(x, draw(), 15, 8),
        lambda x: _published_zoom(x, [1.0, 1.1]),
    ):
        assert np.abs(call(image) - 255 * call(image / 255)).max() < 0.52
