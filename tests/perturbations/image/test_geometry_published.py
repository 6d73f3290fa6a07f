"""The published elastic transform: its field's spread, its jitter, and its plain equivalent in scipy."""

import numpy as np
import pytest

import perturbations as pt
from perturbations.image._modality import _photo
from perturbations.image.geometry import elastic

LEVELS = ((2, 0.7, 0.1), (2, 0.08, 0.2), (0.05, 0.01, 0.02), (0.07, 0.01, 0.02), (0.12, 0.01, 0.02))


def draw(sample="a"):
    return pt.Draw.of(
        pt.sample_keys([sample]), seed=0, perturbation="t", input="", position=0, replicate=0
    ).row(0)


@pytest.mark.parametrize("sigma", [2.44, 7.0, 19.52, 170.8])
def test_the_field_is_scipys_truncated_mirrored_gaussian(sigma):
    from scipy.ndimage import gaussian_filter

    frame = (64, 80)
    noise = 2 * draw().uniform((2, *frame), stream="field") - 1
    wanted = [3 * gaussian_filter(p, sigma, mode="reflect", truncate=3) for p in noise]
    field = elastic._published_field(draw(), frame, 3.0, sigma)
    np.testing.assert_allclose(wanted, field, atol=1e-4 * np.std(wanted))


def test_the_spread_of_a_narrow_field_is_the_closed_form():
    # White noise of variance 1/3 through a Gaussian of sigma in two dimensions: 1 / (12 pi sigma^2).
    field = elastic._published_field(draw(), (300, 300), 29.28, 2.44)
    wanted = 29.28 / np.sqrt(12 * np.pi * 2.44**2)
    np.testing.assert_allclose(wanted, field.std(), rtol=0.05)


def test_the_affine_jitter_moves_three_points_within_its_reach():
    for sample in range(50):
        matrix = elastic._jitter(draw(sample), (224, 224), 24.4)
        points = np.array([(186, 186), (186, 38), (38, 38)], dtype=float)
        moved = points @ matrix[:2, :2].T + matrix[:2, 2]
        assert np.abs(moved - points).max() <= 24.4 + 1e-9


@pytest.mark.parametrize("level", LEVELS)
def test_pixels_are_scipys_map_coordinates_of_the_tilted_image(level):
    from scipy.ndimage import map_coordinates

    side = 64
    image = _photo("china.jpg")[100 : 100 + side, 200 : 200 + side] / 255.0
    alpha, sigma, affine = (side * each for each in level)
    noisy = elastic._published_elastic(image, draw(), alpha, sigma, affine)
    tilt, bend = noisy.mapping.steps
    y, x = np.mgrid[:side, :side]
    back = np.linalg.inv(tilt.matrix)
    u, v = np.tensordot(back[:2, :2], np.stack([x, y]), 1) + back[:2, 2][:, None, None]
    for channel in range(3):
        tilted = map_coordinates(image[..., channel], [v, u], order=1, mode="mirror")
        places = [y + bend.field[1], x + bend.field[0]]
        wanted = map_coordinates(tilted, places, order=1, mode="reflect")
        error = np.abs(noisy.value[..., channel] - wanted) * 255
        assert error.mean() < 0.5 and np.quantile(error, 0.99) < 4


def test_bytes_are_rounded_to_nearest_and_constants_of_nothing_change_nothing():
    image = np.ascontiguousarray(_photo("china.jpg")[:48, :48])
    np.testing.assert_array_equal(
        image, elastic._published_elastic(image, draw(), 0.0, 0.0, 0.0).value
    )
    noisy = elastic._published_elastic(image, draw(), 3.0, 2.0, 2.0).value
    exact = elastic._published_elastic(image / 255, draw(), 3.0, 2.0, 2.0).value * 255
    assert noisy.dtype == np.uint8
    assert abs(float((noisy - exact).mean())) < 0.02  # truncation would be 0.5 lower
    assert np.abs(noisy - exact).max() <= 0.6


def test_cifar_constants_work_at_their_size():
    image = np.ascontiguousarray(_photo("flower.jpg")[:32, :32])
    for alpha, sigma, affine in ((0, 0, 0.08), (0.05, 0.2, 0.07), (0.1, 0.03, 0.03)):
        constants = (32 * alpha, 32 * sigma, 32 * affine)
        noisy = elastic._published_elastic(image, draw(), *constants)
        assert noisy.value.shape == image.shape and (noisy.value != image).any()


def test_the_published_fields_of_imagecorruptions_are_a_setting():
    # Its field: uniform within 0.5 % of the side, smoothed by 1 % of it, times 250 x {0.05 ... 0.12}. Figures of a run of
    # version 1.1.2 on coordinate ramps of 224 px: 1.42, 1.89, 2.44, 2.84, 3.51 px.
    for factor, seen in zip(
        (0.05, 0.065, 0.085, 0.1, 0.12), (1.42, 1.89, 2.44, 2.84, 3.51), strict=True
    ):
        spread = 250 * factor * 0.005 / (np.sqrt(3) * 2 * np.sqrt(np.pi) * 0.01)
        np.testing.assert_allclose(seen, np.sqrt(2) * spread, rtol=0.02)
    noise = pt.get("image/elastic-transform", smoothness=0.01)
    noisy = noise.apply(np.zeros((224, 224), np.uint8), dose={"displacement": 1.42 / 224})
    field = noisy.mapping.steps[0].field
    # Neighbours of a Gaussian of sigma are correlated by exp(-d^2 / (4 sigma^2)); a cell of the grid is half a sigma.
    here, there = field[0, :, :-2].ravel(), field[0, :, 2:].ravel()
    step = 2 * 224 / field.shape[2]
    np.testing.assert_allclose(
        np.exp(-(step**2) / (4 * 2.24**2)), np.corrcoef(here, there)[0, 1], atol=0.03
    )
