"""Fewer pixels are exact means of pixels; fewer colours are the palette of the picture."""

from itertools import pairwise

import numpy as np
import pytest

import perturbations as pt

PIXELATE, PALETTE = pt.get("image/pixelate"), pt.get("image/colour-quantisation")
RANDOM = np.random.default_rng(0).integers(0, 256, (61, 47, 3)).astype(np.uint8)
DTYPES = [np.uint8, np.uint16, np.float32, np.float64]


def boxed(image, kept):
    """Shrink and grow by box filters as their definition says, pixel by pixel, in one dimension after the other."""
    for axis in (0, 1):
        image = np.moveaxis(image, axis, 0)
        size = len(image)
        count = max(1, int(size * kept))
        scale = size / count
        centres = np.arange(size) + 0.5
        cells = []
        for i in range(count):
            inside = np.abs((centres - (i + 0.5) * scale) / scale - 1e-12) <= 0.5
            cells.append(image[inside].mean(axis=0))
        shown = [cells[min(int(centre / scale), count - 1)] for centre in centres]
        image = np.moveaxis(np.array(shown), 0, axis)
    return image


@pytest.mark.parametrize("kept", [0.95, 0.65, 0.6, 0.5, 0.4, 0.3, 0.25, 0.01])
@pytest.mark.parametrize("shape", [(61, 47, 3), (1, 1, 3), (2, 5, 1), (16, 1, 5), (40, 40)])
def test_a_cell_is_the_mean_of_its_pixels(kept, shape):
    image = np.resize(RANDOM, shape)
    noisy = PIXELATE(image, dose={"kept": kept})
    assert np.abs(noisy - boxed(image.astype(float), kept)).max() <= 0.5 + 1e-9


@pytest.mark.parametrize("kept", [0.6, 0.4, 0.25])
def test_8_bits_and_floating_point_agree(kept):
    smooth = PIXELATE(RANDOM / 255, dose={"kept": kept})
    np.testing.assert_array_equal(
        PIXELATE(RANDOM, dose={"kept": kept}), np.floor(smooth * 255 + 0.5 + 1e-9)
    )


def test_a_ramp_becomes_stairs_of_the_exact_height():
    ramp = np.tile(np.arange(0, 224, dtype=np.uint8), (224, 1))
    for kept, side in ((0.5, 2), (0.25, 4)):
        stairs = np.arange(0, 224, side).repeat(side) + (side - 1) / 2
        assert np.abs(PIXELATE(ramp / 255, dose={"kept": kept}) * 255 - stairs).max() < 1e-9
        assert (PIXELATE(ramp, dose={"kept": kept}) == np.ceil(stairs)).all()


def test_the_number_of_cells_is_cut_to_a_whole():
    wide = np.tile(np.arange(224, dtype=np.uint8), (3, 1))
    for severity, cells in zip((0.2, 0.4, 0.6, 0.8, 1.0), (134, 112, 89, 67, 56), strict=True):
        assert len(np.unique(PIXELATE(wide, severity))) == cells


def test_even_areas_stay_and_means_are_kept():
    even = np.full((33, 21, 3), (7, 130, 255), np.uint8)
    assert (PIXELATE(even, 1.0) == even).all()
    image = RANDOM[:60, :44] / 255
    noisy = PIXELATE(image, dose={"kept": 0.25})
    np.testing.assert_allclose(noisy.mean(axis=(0, 1)), image.mean(axis=(0, 1)), atol=1e-12)


def test_large_cells_do_not_overflow():
    white = np.full((3000, 3000), 255, np.uint8)
    assert (PIXELATE(white, dose={"kept": 1e-4}) == 255).all()


@pytest.mark.parametrize("noise", [PIXELATE, PALETTE], ids=str)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9, 3), (8, 6, 5), (8, 6)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_any_image_keeps_shape_and_type(noise, shape, dtype):
    full = 1 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max
    image = (np.resize(RANDOM, shape) / 255 * full).astype(dtype)
    noisy = noise(image, 1.0)
    assert (noisy.shape, noisy.dtype) == (shape, dtype)
    if np.prod(shape) == 1:
        assert np.abs(noisy / full - image / full).max() <= 0.5 / 255 + 1e-6


@pytest.mark.parametrize("severity", [0.2, 0.4, 0.6, 0.8, 1.0])
@pytest.mark.parametrize("channels", [1, 3, 5])
def test_there_are_as_many_colours_as_asked(severity, channels):
    image = np.resize(RANDOM, (64, 48, channels))
    noisy = PALETTE.apply(image, severity)
    found = len(np.unique(noisy.value.reshape(-1, channels), axis=0))
    assert found <= PALETTE.doses(severity)["colours"] == noisy.report["colours"]
    assert found >= 0.9 * noisy.report["colours"]  # two means may round to one colour


def test_a_picture_of_few_colours_keeps_them():
    image = np.array([[[1, 2, 3]] * 9, [[200, 2, 3]] * 9, [[200, 90, 3]] * 9], np.uint8)
    noisy = PALETTE.apply(image, 1.0)
    assert (noisy.value == image).all()
    assert noisy.report["colours"] == 3


def test_one_colour_is_the_mean():
    image = np.array([[10, 11], [11, 20]], np.uint8)
    assert (PALETTE(image, dose={"colours": 1.0}) == 13).all()


def test_two_groups_are_told_apart():
    image = np.array([[10, 12, 14, 200, 204]] * 4, np.uint8)
    assert PALETTE(image, dose={"colours": 2.0})[0].tolist() == [12, 12, 12, 202, 202]


def test_more_colours_are_never_farther():
    image = np.ascontiguousarray(np.sort(RANDOM, axis=0)[::2])
    counts = (256, 128, 100, 64, 33, 16, 8, 7, 4, 2, 1)
    found = [
        pt.distance("image", image, PALETTE(image, dose={"colours": float(n)}))["rmse"]
        for n in counts
    ]
    assert all(fewer > more for more, fewer in pairwise(found))


def test_levels_cut_at_their_mean_are_quantised_evenly():
    levels = np.arange(256, dtype=np.uint8)[None]
    noisy = PALETTE(levels, dose={"colours": 4.0})
    assert np.unique(noisy).tolist() == [32, 96, 160, 224]
