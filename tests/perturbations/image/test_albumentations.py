"""Any transform of albumentations becomes a lawful noise."""

import pickle
import random

import numpy as np
import pytest

import perturbations as pt
from perturbations import Ladder
from perturbations import testing as laws

A = pytest.importorskip("albumentations", reason="needs the extra image")
SPREAD = Ladder(0.08, 0.12, 0.18, 0.26, 0.38, unit="standard deviation")
IMAGE = np.random.default_rng(0).integers(0, 256, (24, 20, 3)).astype(np.uint8)


def grain(**other):
    settings = {"parameter": "std_range", "ladder": SPREAD, "coupling": "additive"} | other
    return pt.from_albumentations("GaussNoise", name="image/test-grain", **settings)


GRAIN = grain()
BLUR = pt.from_albumentations(
    A.GaussianBlur,
    name="image/test-blur",
    parameter="sigma_limit",
    ladder=Ladder(1, 2, 3, 4, 6, unit="px"),
    exempt={"different-samples": "nothing is drawn"},
    blur_limit=0,
)


@pytest.mark.parametrize("law", laws.LAWS.values(), ids=laws.LAWS)
@pytest.mark.parametrize("noise", [GRAIN, BLUR], ids=str)
def test_law(noise, law):
    law(noise)


def test_the_parameter_is_the_dose():
    noisy = GRAIN(np.full((200, 200), 128, np.uint8), 0.2, sample="a")
    assert noisy.std() == pytest.approx(0.08 * 255, rel=0.03)


def test_samples_differ_and_repeat():
    first = GRAIN(IMAGE, 0.4, sample=1)
    np.testing.assert_array_equal(first, GRAIN(IMAGE, 0.4, sample=1))
    assert (first != GRAIN(IMAGE, 0.4, sample=2)).mean() > 0.9


def test_global_random_state_is_untouched():
    before, numpy_before = random.getstate(), np.random.get_state()[1].copy()
    GRAIN(IMAGE, 0.4, sample=1)
    assert random.getstate() == before
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_before)


def test_it_pickles_by_its_recipe():
    again = pickle.loads(pickle.dumps(GRAIN))
    assert again == GRAIN
    np.testing.assert_array_equal(again(IMAGE, 0.4, sample=1), GRAIN(IMAGE, 0.4, sample=1))


def test_a_transform_of_ones_own():
    class Darker(A.ImageOnlyTransform):
        def __init__(self, factor=0.5, p=1.0):
            super().__init__(p=p)
            self.factor = factor

        def apply(self, img, **params):
            return (img * self.factor).astype(img.dtype)

    ladder = Ladder(0.9, 0.8, 0.7, 0.6, 0.5, unit="light left", none=1.0)
    noise = pt.from_albumentations(
        Darker, name="image/test-dark", parameter="factor", ladder=ladder
    )
    np.testing.assert_array_equal(noise(IMAGE, 1.0), IMAGE // 2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floating_point_images_keep_dtype_and_range(dtype):
    noisy = GRAIN((IMAGE / 255).astype(dtype), 1.0, sample=1)
    assert noisy.dtype == dtype
    assert 0 <= noisy.min() <= noisy.max() <= 1


def test_whole_doses_reach_the_transform_as_integers():
    noise = pt.from_albumentations(
        "Blur",
        name="image/test-box",
        parameter="blur_limit",
        ladder=Ladder(3, 5, 7, 9, 11, unit="px", scale="integer", none=1),
    )
    assert noise(IMAGE[..., 0], 0.4).shape == IMAGE.shape[:2]


@pytest.mark.parametrize(
    ("transform", "other", "message"),
    [
        ("GausNoise", {}, "did you mean GaussNoise"),
        ("GaussNoise", {"parameter": "std"}, "did you mean std_range"),
        ("GaussNoise", {"per_chanel": True}, "did you mean per_channel"),
        ("GaussNoise", {"p": 0.5}, "expected an argument of GaussNoise"),
        ("GaussNoise", {"ladder": Ladder(3, 4, 5, 6, 7, unit="levels")}, "that GaussNoise takes"),
    ],
)
def test_what_albumentations_refuses_is_named(transform, other, message):
    settings = {"parameter": "std_range", "ladder": SPREAD} | other
    with pytest.raises(pt.errors.BadSetting, match=message):
        pt.from_albumentations(transform, name="image/test-bad", **settings)


def test_an_image_that_the_transform_refuses_is_named():
    noise = pt.from_albumentations(
        "ISONoise", name="image/test-iso", parameter="intensity", ladder=SPREAD
    )
    with pytest.raises(pt.errors.NotApplicable, match="ISONoise says"):
        noise(IMAGE[..., 0], 0.4)


def test_registered_noises_are_found_by_name():
    noise = grain(registered=True)
    try:
        assert pt.get("image/test-grain") == noise
    finally:
        from perturbations import _registry

        del _registry._KNOWN["image/test-grain"]
