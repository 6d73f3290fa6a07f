"""Frosted glass moves pixels, and loses none."""

import numpy as np
import pytest

import perturbations as pt
from perturbations import Draw
from perturbations.errors import BadSetting
from perturbations.image.optics.glass import Reach, swap_near

GLASS = pt.get("image/glass-blur")


def draw(sample="a"):
    keys = pt.sample_keys([sample])[0]
    return Draw.of(np.asarray(keys), seed=0, perturbation="t", input="x", position=0, replicate=0)


def places(height, width):
    return np.arange(height * width, dtype=np.float64).reshape(height, width, 1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (9, 5), (30, 40)])
@pytest.mark.parametrize("reach", [Reach(5, -2), Reach(4, -2), Reach(2.5, -0.75)])
def test_swaps_are_a_permutation(shape, reach):
    image = places(*shape)
    swap_near(image, draw(), reach, 3)
    np.testing.assert_array_equal(np.sort(image.ravel()), np.arange(image.size))
    assert image.size < 8 or (np.diff(image.ravel()) < 0).any()


def test_all_channels_of_a_pixel_move_together():
    image = np.repeat(places(12, 10), 3, axis=2)
    swap_near(image, draw(), Reach(5, -2), 2)
    np.testing.assert_array_equal(image[..., 0], image[..., 2])


def test_no_reach_moves_nothing():
    image = places(12, 10)
    swap_near(image, draw(), Reach(1, 0), 2)
    np.testing.assert_array_equal(image, places(12, 10))


def test_offsets_are_uniform():
    """One pixel swaps once: where the last pixel of a large frame goes, over many draws."""
    found = np.zeros((5, 5))
    for i in range(2000):
        image = places(5, 5)
        swap_near(image, draw(i), Reach(5, -2), 1, before=2, after=2)
        found[np.unravel_index(np.argmax(image.ravel() == 12), (5, 5))] += 1
    # 24 of 25 offsets swap it with another pixel; each is equally likely.
    chi_square = ((found - 80) ** 2 / 80).sum()
    assert chi_square < 52.6  # the 0.999 quantile at 24 degrees of freedom is 51.2


def test_a_border_is_passed_over_by_the_scan():
    image = places(9, 9)
    swap_near(image, draw(), Reach(2, -1), 1, before=2, after=2)
    np.testing.assert_array_equal(image[0], places(9, 9)[0])
    np.testing.assert_array_equal(image[:, -1], places(9, 9)[:, -1])


def test_the_mean_level_is_kept():
    rng = np.random.default_rng(0)
    image = rng.random((64, 64, 3))
    assert GLASS(image, 1.0, sample="a").mean() == pytest.approx(image.mean(), abs=2e-3)


def test_levels_and_values_get_the_same_swaps():
    image = np.random.default_rng(0).integers(0, 256, (40, 40, 3)).astype(np.uint8)
    levels, values = (GLASS(each, 0.6, sample="a") for each in (image, image / 255))
    # Levels are rounded between the blurs.
    assert np.abs(levels - 255 * values).max() < 1.1


def test_nothing_happens_without_dose():
    image = np.random.default_rng(0).integers(0, 256, (12, 10, 3)).astype(np.uint8)
    seen = GLASS(image, dose={"displacement": 0.0, "sigma": 0.0}, sample="a")
    np.testing.assert_array_equal(seen, image)


@pytest.mark.parametrize("rounds", [0, 17])
def test_rounds_are_bounded(rounds):
    with pytest.raises(BadSetting, match="rounds"):
        GLASS.with_settings(iterations=rounds)(np.zeros((3, 3), np.uint8), 0.5, sample="a")
