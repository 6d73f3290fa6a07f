"""ImageNet-C's and CIFAR-C's presets against the authors' own programs, whose figures `tests.comparison.published` keeps."""

import json
from pathlib import Path

import numpy as np
import pytest

import perturbations as pt
from tests.comparison.imagecorruptions import LEVELS, moments

ROOT = Path(__file__).parents[3] / "reports/comparison"
MOMENTS = json.loads((ROOT / "published.json").read_text("utf-8"))["moments"]
PICTURES = np.load(ROOT / "published.npz")
COUNT = {"imagenet-c": 24, "cifar-c": 96}
ROUNDED = [
    "defocus_blur",
    "zoom_blur",
    "brightness",
    "contrast",
    "gaussian_blur",
    "saturate",
]
PATTERNS = ["motion_blur", "snow", "frost", "fog", "elastic_transform", "spatter"]


def noise(preset, name):
    tail = name.replace("_", "-")
    return pt.get(f"{preset}{'-extra' * (preset + tail == 'imagenet-cspatter')}/{tail}")


def ours(preset, name, level, count):
    crop = PICTURES[f"crop {preset}"]
    made = noise(preset, name).batch([crop] * count, samples=range(count), dose={"level": level})
    return moments(np.stack(made).astype(float), crop)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ROUNDED)
def test_small_pictures_differ_by_the_rounding_only(name, level):
    made = noise("cifar-c", name)(PICTURES["crop cifar-c"], dose={"level": level}).astype(int)
    excess = made - PICTURES[name][level - 1]
    assert excess.min() >= 0
    assert excess.max() <= 1


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ["pixelate", "jpeg_compression"])
def test_small_pictures_of_pillow_differ_by_one_level(name, level):
    made = noise("cifar-c", name)(PICTURES["crop cifar-c"], dose={"level": level}).astype(int)
    np.testing.assert_allclose(made, PICTURES[name][level - 1], atol=1)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("preset", COUNT)
def test_patterns_have_the_published_moments(preset, name, level):
    theirs, count = MOMENTS[preset][name][level - 1], COUNT[preset]
    here = ours(preset, name, level, count)
    for what in ("rmse", "bias", "spread"):
        error = np.hypot(theirs[what][1] / theirs["draws"] ** 0.5, here[what][1] / count**0.5)
        # Half a level of truncation aside, means are within four standard errors.
        assert abs(here[what][0] - theirs[what][0]) < 0.6 + 4 * error
        assert 0.5 < here[what][1] / theirs[what][1] < 2


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("preset", "low", "high"), [("imagenet-c", 0.78, 1), ("cifar-c", 1, 1.35)])
def test_exchanging_glass_is_milder_on_large_and_harsher_on_small_pictures(
    preset, low, high, level
):
    theirs, here = MOMENTS[preset]["glass_blur"][level - 1], ours(preset, "glass_blur", level, 12)
    assert low < here["rmse"][0] / theirs["rmse"][0] < high
    assert abs(here["bias"][0]) < 0.2
