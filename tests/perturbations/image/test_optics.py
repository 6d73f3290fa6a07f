"""A blur makes of a point the shape that it declares."""

import math

import numpy as np
import pytest

import perturbations as pt
from perturbations._modality import modality
from perturbations.image.optics._shapes import disk, line

MOTION, DEFOCUS = pt.get("image/motion-blur"), pt.get("image/defocus-blur")


def spread_of_a_point(noise, **dose):
    """Return the picture of a bright point and its covariance in pixels."""
    point = np.zeros((81, 81))
    point[40, 40] = 1.0
    seen = noise(point, dose=dose, sample="a")
    y, x = np.mgrid[-40:41, -40:41]
    second = [[(seen * a * b).sum() for b in (y, x)] for a in (y, x)]
    return seen, np.array(second)


@pytest.mark.parametrize("radius", [0.8, 3, 4.5, 10])
def test_defocus_makes_a_disk_of_its_radius(radius):
    seen, covariance = spread_of_a_point(DEFOCUS, radius=radius)
    assert seen.sum() == pytest.approx(1, abs=1e-9)
    # A disk has r^2 / 4 along each axis, the pixel adds 1 / 12; exact but for the sampling.
    wanted = radius**2 / 4 + 1 / 12
    np.testing.assert_allclose(np.diag(covariance), wanted, rtol=0.02, atol=0.06)
    assert covariance[0, 1] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("radius", [3.0, 6.3])
def test_weights_of_the_disk_are_covered_areas(radius):
    kernel = disk(radius)
    reach = len(kernel) // 2
    fine = (np.arange(-400, 400) + 0.5) / 40
    inside = (fine[:, None] ** 2 + fine[None, :] ** 2 <= radius**2).astype(float)
    for down, right in [(0, 0), (0, 3), (-2, 3), (3, -1), (2, 2)]:
        rows, columns = (abs(fine - centre) < 0.5 for centre in (down, right))
        covered = inside[np.ix_(rows, columns)].mean()
        weight = kernel[down + reach, right + reach]
        assert weight * math.pi * radius**2 == pytest.approx(covered, abs=0.02)


@pytest.mark.parametrize("length", [2.0, 6.5, 17.0, 30.2])
def test_motion_makes_a_streak_of_its_length(length):
    seen, covariance = spread_of_a_point(MOTION, length=length)
    assert seen.sum() == pytest.approx(1, abs=1e-9)
    across, along = np.linalg.eigvalsh(covariance)
    # Whole pixels add a twelfth along the axis that the line is closer to, and at most as much across.
    # How the rounding falls along the line may stretch it by another percent.
    assert along == pytest.approx(length**2 / 12 + 0.12, rel=0.02, abs=0.15)
    assert 0 <= across <= 0.2


def test_the_direction_is_the_samples_and_stays_across_severities():
    def angle(length, sample):
        point = np.zeros((61, 61))
        point[30, 30] = 1.0
        seen = MOTION(point, dose={"length": length}, sample=sample)
        y, x = np.mgrid[-30:31, -30:31]
        both = 2 * (seen * x * y).sum(), (seen * (x * x - y * y)).sum()
        return math.atan2(*both) / 2 % math.pi

    angles = [angle(20.0, i) for i in range(8)]
    assert len({round(a, 2) for a in angles}) == 8
    assert angle(10.0, 3) == pytest.approx(angles[3], abs=0.05)


def test_lines_along_an_axis_stay_on_it():
    for angle in (0.0, math.pi / 2):
        taps = line(9.0, angle)
        still = taps.down if angle == 0 else taps.right
        assert abs(taps.weight[still != 0].sum()) < 1e-9
        assert len(taps.weight) == 9


@pytest.mark.parametrize("noise", [MOTION, DEFOCUS])
def test_even_light_stays_even(noise):
    for image in (np.full((9, 5, 2), 77, np.uint8), np.full((9, 5), 0.3, np.float32)):
        np.testing.assert_allclose(noise(image, 1.0, sample="a"), image, atol=1e-6)


@pytest.mark.parametrize("noise", [MOTION, DEFOCUS])
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 3, 3), (5, 1, 4)])
def test_images_smaller_than_the_blur_are_defined(noise, shape):
    image = np.arange(math.prod(shape), dtype=np.uint8).reshape(shape) * 3
    noisy = noise(image, 1.0, sample="a")
    assert noisy.shape == shape
    assert image.min() <= noisy.min() <= noisy.max() <= image.max()


@pytest.mark.parametrize("noise", [MOTION, DEFOCUS])
def test_it_is_the_mirrored_convolution(noise):
    from scipy.ndimage import correlate

    rng = np.random.default_rng(0)
    image = rng.random((40, 30))
    point = np.zeros((61, 61))
    point[30, 30] = 1.0
    kernel = noise(point, 0.6, sample="a")
    # Both kernels are symmetric about the centre.
    wanted = correlate(image, kernel[::-1, ::-1], mode="reflect")
    np.testing.assert_allclose(noise(image, 0.6, sample="a"), wanted, atol=1e-9)
    levels = np.rint(image * 255).astype(np.uint8)
    wanted = correlate(levels.astype(float), kernel[::-1, ::-1], mode="reflect")
    assert np.abs(noise(levels, 0.6, sample="a") - wanted).max() < 0.501


@pytest.mark.parametrize("length", [0.4, 1.0, 1.7, 600.5])
def test_streaks_of_levels_are_those_of_values(length):
    image = np.random.default_rng(1).integers(0, 256, (21, 17, 3)).astype(np.uint8)
    levels = MOTION(image, dose={"length": length}, sample="a")
    values = MOTION(image / 255, dose={"length": length}, sample="a") * 255
    assert np.abs(levels - values).max() < 0.51


@pytest.mark.parametrize("radius", [0.3, 2.5, 31.0, 40.0])
def test_disks_of_levels_are_those_of_values(radius):
    image = np.random.default_rng(1).integers(0, 256, (21, 17, 3)).astype(np.uint8)
    levels = DEFOCUS(image, dose={"radius": radius}, sample="a")
    values = DEFOCUS(image / 255, dose={"radius": radius}, sample="a") * 255
    assert np.abs(levels - values).max() < 0.53


def test_distortion_grows_with_every_step_in_the_mean():
    images = modality("image").corpus(16)
    for noise in (MOTION, DEFOCUS):
        means = []
        for severity in (0.15, 0.3, 0.5, 0.7, 0.85, 1.0):
            noisy = noise.batch(images, severity, samples=range(16))
            pairs = zip(images, noisy, strict=True)
            means.append(np.mean([pt.distance("image", a, b)["rmse"] for a, b in pairs]))
        assert np.all(np.diff(means) > 0)
