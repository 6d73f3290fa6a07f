"""Group actions keep the laws of their group: identity, inverse, composition. Noise that destroys cannot."""

import numpy as np
import pytest

import perturbations as pt
from perturbations._action import Action
from perturbations.errors import BadDeclaration

ACTIONS = [name for name in pt.names() if pt.get(name).action]
LOSSLESS = {
    "audio/polarity": {},
    "image/flip": {},
    "pointcloud/rotation": {},
    "pointcloud/scale": {},
    "pointcloud/stretch": {},
    "pointcloud/translation": {},
    "timeseries/channel-swap": {},
    "timeseries/polarity-flip": {},
    "timeseries/time-shift": {"edge": "wrap"},
    "video/flip": {},
}
FACTS = {"audio": {"rate": 16000}, "timeseries": {"rate": 50.0}}
ROUNDING = 2e-4
"""Largest difference of values of order one that 32-bit numbers leave."""


def values(modality, n=6):
    rng = np.random.default_rng(0)
    if modality == "image":
        return list(rng.integers(0, 256, (n, 12, 12, 3), dtype=np.uint8))
    if modality == "video":
        return list(rng.integers(0, 256, (n, 4, 12, 12, 3), dtype=np.uint8))
    if modality == "audio":
        return list(0.1 * rng.normal(size=(n, 2, 4000)).astype(np.float32))
    if modality == "timeseries":
        return list(rng.normal(size=(n, 60, 5)))
    if modality == "pointcloud":
        return list(rng.normal(size=(n, 50, 3)).astype(np.float32))
    return ["Anna saw Bert in Rome and said Hello", "ABBA sang it", "never mind"] * (n // 3)


def far(one, other):
    return float(np.abs(np.asarray(one, float) - np.asarray(other, float)).max())


def test_the_catalogue_has_actions_of_every_modality_in_which_something_moves():
    found = {pt.get(name).modality for name in ACTIONS}
    assert {"audio", "image", "pointcloud", "text", "timeseries", "video"} == found


@pytest.mark.parametrize("name", ACTIONS)
def test_no_dose_is_the_identity(name):
    noise = pt.get(name)
    for value in values(noise.modality):
        facts = FACTS.get(noise.modality)
        assert noise(value, 0.0, facts=facts) is value
        assert noise.with_settings(undone=True)(value, 0.0, facts=facts) is value


@pytest.mark.parametrize("name", LOSSLESS)
@pytest.mark.parametrize("severity", [0.3, 1.0])
def test_a_lossless_action_is_undone_to_the_last_digit(name, severity):
    noise = pt.get(name).with_settings(**LOSSLESS[name])
    assert noise.action.keeps_all(noise.settings)
    undone = noise.with_settings(undone=True)
    facts = FACTS.get(noise.modality)
    for number, value in enumerate(values(noise.modality)):
        back = undone(value, severity, sample=f"s{number}", facts=facts)
        assert far(back, value) <= ROUNDING


def test_no_other_action_says_that_it_loses_nothing():
    told = [n for n in ACTIONS if pt.get(n).action.keeps_all(pt.get(n).settings | {"edge": "wrap"})]
    assert sorted(LOSSLESS) == sorted(told)


@pytest.mark.parametrize("name", ACTIONS)
def test_what_is_undone_one_by_one_is_undone_in_a_batch(name):
    noise = pt.get(name).with_settings(undone=True)
    given, facts = values(noise.modality), FACTS.get(noise.modality)
    ids = [f"s{number}" for number in range(len(given))]
    whole = noise.batch(given, 0.7, samples=ids, facts=facts)
    for sample, value, made in zip(ids, given, whole, strict=True):
        one = noise(value, 0.7, sample=sample, facts=facts)
        assert one == made if isinstance(one, str) else np.array_equal(one, made)


def test_an_image_turned_back_has_lost_its_corners_and_little_else():
    ramp = np.add.outer(np.arange(40), np.arange(40)).astype(np.uint8)
    back = pt.get("image/rotation(undone=true)")(ramp, dose={"angle": 30.0}, sample="a")
    assert far(back[12:28, 12:28], ramp[12:28, 12:28]) <= 2
    assert 0 == back[0, 0] == back[39, 39] != ramp[39, 39]


@pytest.mark.parametrize("quarter", [90.0, 180.0])
def test_quarter_turns_of_a_square_copy_its_pixels(quarter):
    (image, *_) = values("image")
    assert np.array_equal(
        image, pt.get("image/rotation(undone=true)")(image, dose={"angle": quarter}, sample="a")
    )


def test_shifts_of_a_picture_add_up_and_come_back_but_for_the_edge():
    image = values("image")[0]
    back = pt.get("image/shift(undone=true)").apply(image, dose={"share": 0.25}, sample="a")
    kept = back.value.any(axis=2)
    assert np.array_equal(back.value[kept], image[kept])
    assert 0 < kept.sum() < kept.size
    assert far(back.mapping.points([[3, 4]]), [[3, 4]]) < 1e-9


@pytest.mark.parametrize(
    ("name", "dose", "parts", "whole"),
    [
        ("pointcloud/rotation", "angle", (20.0, 30.0), 50.0),
        ("pointcloud/scale", "factor", (1.2, 1.5), 1.8),
        ("pointcloud/stretch", "factor", (1.2, 1.5), 1.8),
        ("pointcloud/translation", "length", (0.1, 0.2), 0.3),
        ("audio/gain", "change", (6.0, 3.0), 9.0),
        ("timeseries/time-shift(edge=wrap)", "shift", (0.1, 0.05), 0.15),
    ],
)
def test_doses_of_one_draw_compose_by_the_law_of_the_group(name, dose, parts, whole):
    noise = pt.get(name)
    facts = FACTS.get(noise.modality)
    for number, value in enumerate(values(noise.modality)):
        known = {"sample": f"s{number}", "facts": facts}
        first, second = ({dose: each} for each in parts)
        chained = noise(noise(value, dose=first, **known), dose=second, **known)
        assert far(chained, noise(value, dose={dose: whole}, **known)) <= ROUNDING


@pytest.mark.parametrize("name", [n for n in ACTIONS if pt.get(n).action.order == 2])
def test_a_group_of_order_two_undoes_itself(name):
    noise = pt.get(name)
    for number, value in enumerate(values(noise.modality)):
        known = {"sample": f"s{number}", "facts": FACTS.get(noise.modality)}
        twice = noise(noise(value, 0.9, **known), 0.9, **known)
        assert twice == value if isinstance(value, str) else np.array_equal(twice, value)


def test_what_clips_at_full_scale_is_lost():
    loud = (np.linspace(-1, 1, 64)[None] * 30000).astype(np.int16)
    back = pt.get("audio/gain(undone=true, direction=up)")(
        loud, dose={"change": 6.0}, facts={"rate": 8000}
    )
    assert far(back[:, 20:44], loud[:, 20:44]) <= 1
    assert far(back, loud) > 10_000


def test_noise_that_destroys_has_no_such_setting():
    assert pt.get("image/gaussian-noise").action is None
    assert "undone" not in pt.get("image/gaussian-noise").settings


def test_a_law_that_no_group_has_is_refused():
    with pytest.raises(BadDeclaration, match="one of sum, product, twice"):
        Action("turns", "average")


def test_the_text_form_and_the_pickle_keep_it():
    import pickle

    noise = pt.get("image/rotation(undone=true)")
    assert "image/rotation(undone=true)" == str(noise) == str(pickle.loads(pickle.dumps(noise)))
