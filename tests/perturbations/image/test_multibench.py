"""MultiBench's noise in images: each part in closed form, how often it is made, and the defects that are not reproduced."""

from math import sqrt

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting, NotApplicable
from perturbations.image.presets.multibench import KELVIN, LUMA, PARTS

ROUNDS = 600


def noise(*parts, **settings):
    return pt.get("multibench/image", parts=parts or PARTS, **settings)


@pytest.fixture(scope="module")
def colour():
    """A float picture of 40 x 56 pixels, away from both ends of the scale."""
    return 0.25 + 0.5 * np.random.default_rng(5).random((40, 56, 3))


@pytest.mark.parametrize("level", [0.3, 0.9])
def test_every_part_is_made_with_the_levels_probability_and_on_its_own(colour, level):
    small = colour[:6, :6]
    made = [
        noise().apply(small, level, sample=i).report["parts"].split(", ") for i in range(ROUNDS)
    ]
    error = 4 * sqrt(level * (1 - level) / ROUNDS)
    for part in PARTS:
        assert level == pytest.approx(sum(part in each for each in made) / ROUNDS, abs=error)
    both = sum({"invert", "flip"} <= set(each) for each in made) / ROUNDS
    assert level**2 == pytest.approx(both, abs=error)
    assert all(each == [part for part in PARTS if part in each] for each in made if each != [""])


def test_grayscale_is_luma(colour):
    grey = noise("grayscale")(colour, 1.0)
    np.testing.assert_allclose(np.repeat((colour @ LUMA)[..., None], 3, axis=2), grey)


def test_contrast_is_halved_about_the_mean_grey_level(colour):
    mean = (colour @ LUMA).mean()
    np.testing.assert_allclose(mean + (colour - mean) / 2, noise("contrast")(colour, 1.0))
    grey = colour[..., 0]
    expected = grey.mean() + (grey - grey.mean()) / 2
    np.testing.assert_allclose(expected, noise("contrast")(grey, 1.0))


def test_invert_is_its_own_inverse(colour):
    made = noise("invert")
    np.testing.assert_allclose(1 - colour, made(colour, 1.0))
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    np.testing.assert_array_equal(255 - levels, made(levels, 1.0))


def test_white_balance_is_one_of_nineteen_temperatures_each_as_likely(colour):
    small, lights = colour[:2, :2], np.array(list(KELVIN.values())) / 255
    seen = [
        int(np.abs(noise("white-balance")(small, 1.0, sample=i) / small - lights[:, None, None])
        .max(axis=(1, 2, 3)).argmin())
        for i in range(ROUNDS)
    ]  # fmt: skip
    gains = noise("white-balance")(small, 1.0, sample=0) / small
    np.testing.assert_allclose(np.broadcast_to(lights[seen[0]], gains.shape), gains)
    assert set(range(19)) == set(seen)
    assert ROUNDS / 19 == pytest.approx(np.bincount(seen).max(), abs=5 * sqrt(ROUNDS / 19))


def test_a_tint_is_thirty_percent_of_red_green_or_blue(colour):
    found = {
        tuple(np.round((noise("tint")(colour, 1.0, sample=i) - 0.7 * colour)[0, 0] / 0.3, 6))
        for i in range(40)
    }
    assert {(1, 0, 0), (0, round(128 / 255, 6), 0), (0, 0, 1)} == found


@pytest.mark.parametrize("level", [0.2, 1.0])
def test_salt_is_white_and_pepper_black_on_a_share_of_the_pixels(level):
    """The program writes 1 of 255 for salt, which is black too, and hits fewer pixels than it says."""
    picture, made = np.full((80, 90, 3), 100, np.uint8), noise("salt-pepper")
    sample = next(i for i in range(99) if made.apply(picture, level, sample=i).report["parts"])
    noisy = made(picture, level, sample=sample)
    white, black = (noisy == 255).all(axis=2), (noisy == 0).all(axis=2)
    assert ((noisy == 100).all(axis=2) | white | black).all()
    error = 4 * sqrt(0.25 / white.size)
    assert level / 2 == pytest.approx(white.mean(), abs=error)
    assert level / 2 == pytest.approx(black.mean(), abs=error)


def test_gaussian_noise_is_in_units_of_the_pictures_own_spread(colour):
    """The program's sigma is the level on a scale of 255, which is below one grey level."""
    made = noise("gaussian")
    sample = next(i for i in range(99) if made.apply(colour, 0.4, sample=i).report["parts"])
    added = made(colour, 0.4, sample=sample) - colour
    assert 0.4 * colour.std() == pytest.approx(added.std(), rel=4 / sqrt(2 * added.size))
    assert abs(np.corrcoef(added[..., 0].ravel(), added[..., 1].ravel())[0, 1]) < 4 / sqrt(40 * 56)
    flat = np.full((5, 5, 3), 0.5)
    np.testing.assert_array_equal(flat, made(flat, 0.4, sample=sample))


def test_noise_ends_at_white_and_black_and_wraps_around_nowhere():
    """The program adds in 8 bits, where 255 + 3 is 2."""
    picture = np.tile(np.array([0, 255], np.uint8), (40, 20))
    noisy = noise("gaussian")(picture, 1.0)
    assert (picture == 0).any()
    assert np.mean(noisy[picture == 255] == 255) > 0.4
    assert np.mean(noisy[picture == 0] == 0) > 0.4


def test_grain_leaves_a_picture_its_colours(colour):
    """The program turns every picture with salt, pepper or gaussian noise grey."""
    noisy = noise("salt-pepper", "gaussian")(np.broadcast_to([0.8, 0.5, 0.2], (40, 40, 3)), 0.5)
    assert (noisy.std(axis=2) > 0).any()


def test_rotation_is_by_up_to_twenty_degrees_to_either_side(colour):
    """The program's own text says 20 to 40."""
    small, angles = colour[:4, :4], []
    for i in range(ROUNDS):
        matrix = noise("rotate").apply(small, 1.0, sample=i).mapping.matrix
        np.testing.assert_allclose(np.eye(2), matrix[:2, :2] @ matrix[:2, :2].T, atol=1e-12)
        angles.append(np.degrees(np.arctan2(matrix[0, 1], matrix[0, 0])))
    assert -20 <= min(angles) < -19
    assert 19 < max(angles) <= 20
    assert 0 == pytest.approx(np.mean(angles), abs=4 * 40 / sqrt(12 * ROUNDS))


def test_flip_mirrors_without_changing_a_pixel(colour):
    picture = (colour * 255).astype(np.uint8)
    np.testing.assert_array_equal(picture[:, ::-1], noise("flip")(picture, 1.0))


def test_a_crop_keeps_height_and_width_in_their_places():
    """The program swaps them, so that a picture of 32 x 64 comes back as 64 x 32."""
    rows, columns = np.mgrid[:32, :64] / 64
    picture = np.stack([rows, columns, rows], axis=2)
    noisy = noise("crop").apply(picture, 1.0, sample="s")
    assert (32, 64, 3) == noisy.value.shape
    box = noisy.mapping.inverse().points([[-0.5, -0.5], [63.5, 31.5]])
    np.testing.assert_allclose([0.8 * 64, 0.8 * 32], box[1] - box[0])
    assert (box[0] >= -0.5).all()
    assert (box[1] <= [63.5, 31.5]).all()
    inner = noisy.value[2:-2, 2:-2]
    steps = np.diff(inner[..., 1], axis=1), np.diff(inner[..., 0], axis=0)
    assert [0.8 / 64] * 2 == pytest.approx([steps[0].mean(), steps[1].mean()], rel=0.01)


def test_moves_in_a_row_have_one_mapping_that_targets_can_follow(colour):
    made = noise("rotate", "flip", "crop").apply(colour, 1.0, sample="s")
    single = [noise(each).apply(colour, 1.0, sample="s").mapping.matrix for each in PARTS[-3:]]
    np.testing.assert_allclose(single[2] @ single[1] @ single[0], made.mapping.matrix, atol=1e-12)
    still = noise().apply(colour, 1e-9, sample="s")
    np.testing.assert_array_equal(np.eye(3), still.mapping.matrix)
    np.testing.assert_array_equal(colour, still.value)


def test_pictures_without_colours_have_no_parts_that_change_colours(colour):
    made = noise().apply(colour[..., 0], 1.0, sample="s").report["parts"]
    assert "contrast, invert, salt-pepper, gaussian, rotate, flip, crop" == made
    with pytest.raises(NotApplicable, match="red, green and blue for white balance"):
        noise("white-balance", "tint")(colour[..., 0], 1.0)


def test_a_part_of_a_joint_level(colour):
    np.testing.assert_array_equal(noise()(colour, 0.3), noise(divided_by=3.0)(colour, 0.9))
    with pytest.raises(BadSetting, match="did you mean rotate"):
        noise("rotation")(colour, 0.5)
