"""Contrast shrinks every channel towards its own mean."""

import numpy as np
import pytest

import perturbations as pt

pytest.importorskip("albumentations", reason="contrast needs the extra image")
CONTRAST = pt.get("image/contrast")
IMAGE = np.random.default_rng(0).integers(0, 256, (31, 17, 3)).astype(np.uint8)


def shrunk(image, factor):
    mean = image.mean(axis=(0, 1), keepdims=True, dtype=np.float64)
    return (image - mean) * factor + mean


@pytest.mark.parametrize("severity", [0.1, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("channels", [1, 3, 5, 6])
def test_the_formula_holds_within_rounding(severity, channels):
    image = np.random.default_rng(1).integers(0, 256, (31, 17, channels)).astype(np.uint8)
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


def test_rounding_has_no_bias():
    flat = np.full((8, 8, 3), 128, np.uint8)
    np.testing.assert_array_equal(CONTRAST(flat, 0.6), flat)
