"""ImageNet-C's presets against imagecorruptions 1.1.2, whose figures `make compare` keeps."""

import json
from pathlib import Path

import numpy as np
import pytest

import perturbations as pt
from tests.comparison.imagecorruptions import DETERMINISTIC, LEVELS, PIXELS, SIDE, moments

ROOT = Path(__file__).parents[3] / "reports/comparison"
FIGURES = json.loads((ROOT / "imagecorruptions.json").read_text("utf-8"))
PICTURES = np.load(ROOT / "imagecorruptions.npz")
CROP = PICTURES["crop"]
DRAWS, COUNT = FIGURES["draws"], 64
ROUNDED = [name for name in DETERMINISTIC if name not in {"pixelate", "jpeg_compression"}]
SURE = 1.95 * np.sqrt(2 / (SIDE * SIDE * 3))
"""Kolmogorov-Smirnov distance that two equal distributions exceed once in a thousand times."""


def noise(name):
    tail = name.replace("_", "-")
    extra = {"speckle-noise", "gaussian-blur", "spatter", "saturate"}
    return pt.get(f"imagenet-c{'-extra' * (tail in extra)}/{tail}")


def draws(name, level, count):
    made = noise(name).batch([CROP] * count, samples=range(count), dose={"level": level})
    return moments(np.stack(made).astype(float), CROP)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ROUNDED)
def test_deterministic_ones_differ_by_the_rounding_only(name, level):
    ours = noise(name)(CROP, dose={"level": level}).astype(int)
    excess = ours - PICTURES[name][level - 1]
    assert excess.min() >= 0
    assert excess.max() <= 1


@pytest.mark.parametrize("level", LEVELS)
def test_jpeg_is_the_same_codec(level):
    ours = noise("jpeg_compression")(CROP, dose={"level": level}).astype(int)
    np.testing.assert_allclose(ours, PICTURES["jpeg_compression"][level - 1], atol=1)


@pytest.mark.parametrize("level", LEVELS)
def test_pixelate_differs_by_one_level_where_theirs_rounds_twice(level):
    ours = noise("pixelate")(CROP, dose={"level": level}).astype(int)
    np.testing.assert_allclose(ours, PICTURES["pixelate"][level - 1], atol=1)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", PIXELS)
def test_pixel_noise_has_their_distribution_but_for_truncation(name, level):
    for grey, histogram in zip(
        FIGURES["greys"], FIGURES["histograms"][name][level - 1], strict=True
    ):
        flat = np.full((SIDE, SIDE, 3), grey, dtype=np.uint8)
        ours = noise(name)(flat, dose={"level": level}, sample=grey)
        here = np.cumsum(np.bincount(ours.ravel(), minlength=256)) / ours.size
        theirs = np.cumsum(histogram) / ours.size
        # Truncation takes a value down by less than one level, so ours lies between theirs and theirs moved up by one.
        one_up = np.concatenate([[0], theirs[:-1]])
        assert max((here - theirs).max(), (one_up - here).max()) < SURE


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", PIXELS)
def test_pixel_noise_has_their_moments_but_for_truncation(name, level):
    levels = np.arange(256)
    for grey, histogram in zip(
        FIGURES["greys"], FIGURES["histograms"][name][level - 1], strict=True
    ):
        flat = np.full((SIDE, SIDE, 3), grey, dtype=np.uint8)
        ours = noise(name)(flat, dose={"level": level}, sample=f"m{grey}").astype(float)
        mean = np.average(levels, weights=histogram)
        spread = np.sqrt(np.average((levels - mean) ** 2, weights=histogram))
        error = spread * np.sqrt(2 / flat.size)
        assert -4 * error < ours.mean() - mean < 1 + 4 * error
        assert ours.std() == pytest.approx(spread, rel=0.06)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ["motion_blur", "fog", "snow", "frost", "spatter"])
def test_whole_patterns_have_their_distribution(name, level):
    theirs, ours = FIGURES["moments"][name][level - 1], draws(name, level, COUNT)
    for what in ("rmse", "bias", "spread"):
        error = np.hypot(theirs[what][1] / DRAWS**0.5, ours[what][1] / COUNT**0.5)
        # Half a level of truncation aside, means are within four standard errors.
        assert abs(ours[what][0] - theirs[what][0]) < 0.5 + 4 * error
        assert 0.5 < ours[what][1] / theirs[what][1] < 2


@pytest.mark.parametrize("level", LEVELS)
def test_glass_blur_keeps_the_light_and_is_milder_where_theirs_drags_pixels_on(level):
    theirs, ours = FIGURES["moments"]["glass_blur"][level - 1], draws("glass_blur", level, 12)
    assert 0.8 * theirs["rmse"][0] < ours["rmse"][0] < 1.02 * theirs["rmse"][0]
    assert abs(ours["bias"][0]) < 0.2
    assert theirs["bias"][0] < -1.2  # truncated twice


def test_the_figures_are_of_the_version_that_is_named():
    assert FIGURES["versions"]["imagecorruptions"] == "1.1.2"
    assert all(PICTURES[name].shape == (5, 64, 64, 3) for name in DETERMINISTIC)
