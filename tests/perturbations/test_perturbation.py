"""What the decorator gives and refuses, beyond the laws."""

import numpy as np
import pytest

import perturbations as pt
from perturbations import Dose, FittedOnBatch, Ladder, perturbation
from perturbations.errors import (
    BadDeclaration,
    BadDose,
    BadSetting,
    BadSeverity,
    BadValue,
    BrokenContract,
    MissingFact,
    MissingPeers,
    MissingReference,
)

IMAGE = np.full((6, 6, 3), 128, dtype=np.uint8)


def test_attributes_carry_the_declaration():
    noise = pt.get("image/gaussian-noise")
    assert ("image/gaussian-noise", "image", "sensor") == (noise.name, noise.modality, noise.family)
    assert (0.08, 0.12, 0.18, 0.26, 0.38) == noise.ladders["sigma"].rungs
    assert noise.summary and noise.unit


def test_a_native_dose_bypasses_severity():
    noise = pt.get("image/gaussian-noise")
    by_dose = noise(IMAGE, dose={"sigma": 0.18}, sample="a")
    assert (by_dose == noise(IMAGE, 0.6, sample="a")).all()


def test_ladders_move_together_and_the_others_follow_a_native_dose():
    @perturbation("image/two-ladders", family="test", registered=False)
    def two(
        image,
        draw,
        *,
        a: Dose = Ladder(1, 2, 3, 4, 5, unit="x"),
        b: Dose = Ladder(10, 20, 30, 40, 50, unit="y"),
    ):
        """Two."""
        return image

    assert {"a": 3.0, "b": 30.0} == two.doses(0.6)
    assert {"a": 2.5, "b": pytest.approx(25)} == two.doses(dose={"a": 2.5})
    assert {"a": 2.5, "b": 1.0} == two.doses(dose={"a": 2.5, "b": 1.0})


@pytest.mark.parametrize("given", [{}, {"severity": 0.5, "dose": {"sigma": 0.1}}])
def test_severity_and_dose_exclude_each_other(given):
    with pytest.raises(BadSeverity, match="either severity= or dose="):
        pt.get("image/gaussian-noise")(IMAGE, sample="a", **given)


def test_an_unknown_dose_names_the_ladders():
    with pytest.raises(BadDose, match="did you mean sigma"):
        pt.get("image/gaussian-noise")(IMAGE, dose={"sigm": 0.1})


def test_settings_are_checked():
    with pytest.raises(BadSetting, match="did you mean layout"):
        pt.get("text/keyboard-typo", layot="azerty")
    with pytest.raises(BadSetting, match="expected str"):
        pt.get("text/keyboard-typo", layout=3)
    with pytest.raises(BadSetting, match="has no settings"):
        pt.get("text/swap", layout="azerty")


def test_settings_change_the_text_form_and_not_the_original():
    noise = pt.get("text/keyboard-typo")
    assert "text/keyboard-typo(layout=azerty)" == str(noise.with_settings(layout="azerty"))
    assert "text/keyboard-typo" == str(noise)


def test_a_setting_of_several_takes_a_list():
    noise = pt.get("tabular/missing", columns=["age", 3])
    assert ("age", 3) == noise.settings["columns"]
    assert noise == pt.get("tabular/missing(columns=[age, 3])")
    with pytest.raises(BadSetting, match=r"expected a list .*columns='age'[^\n]*\n.*\[age\]"):
        pt.get("tabular/missing", columns="age")


def test_a_batch_of_rows_says_what_was_done_to_each():
    rows, noise = np.ones((5, 4)), pt.get("tabular/sign-flip")
    done = noise.apply_batch(rows, dose={"share": 0.5}, samples="abcde")
    assert (done.value == noise.batch(rows, dose={"share": 0.5}, samples="abcde")).all()
    assert ((done.value < 0).sum(axis=1) == done.report["edits"]).all()
    alone = noise.apply(rows[0], dose={"share": 0.5}, sample="a").report
    assert [4, done.report["edits"][0]] == [alone["eligible"], alone["edits"]]
    assert noise.apply_batch(rows, 0.0, samples="abcde").value is rows
    with pytest.raises(BadValue, match=r"noise\.apply on each value"):
        pt.get("text/swap").apply_batch(["one", "two"], 0.5, samples="ab")


def test_a_missing_fact_says_how_to_give_it():
    clip = np.zeros(100, dtype=np.float32)
    with pytest.raises(MissingFact, match=r"pass facts=\{'rate'"):
        pt.get("audio/low-pass")(clip, 0.5)


def test_a_missing_reference_is_an_error_alone_and_said_in_a_batch():
    rows = np.random.default_rng(0).normal(size=(20, 3))
    noise = pt.get("tabular/numeric-noise")
    with pytest.raises(MissingReference, match=r"noise\.fit\(rows\)"):
        noise(rows[0], 0.5)
    with pytest.warns(FittedOnBatch, match="fitted the reference on this batch of 20"):
        on_batch = noise.batch(rows, 0.5, samples=range(20))
    assert (on_batch == noise.batch(rows, 0.5, samples=range(20), reference=noise.fit(rows))).all()


def test_missing_peers_are_an_error():
    with pytest.raises(MissingPeers, match="a stream has none"):
        pt.get("crossmodal/mispairing")({"a": "x", "b": "y"}, 1.0, facts={})


def test_a_batch_needs_an_id_for_every_value():
    with pytest.raises(BadValue, match="2 sample ids"):
        pt.get("text/swap").batch(["one", "two"], 0.5, samples=["a"])


def test_batches_keep_their_container():
    noise = pt.get("image/gaussian-noise")
    stack = np.stack([IMAGE, IMAGE])
    assert isinstance(noise.batch(stack, 0.5, samples="ab"), np.ndarray)
    ragged = [IMAGE, IMAGE[:3], IMAGE]
    noisy = noise.batch(ragged, 0.5, samples="abc")
    assert [(6, 6, 3), (3, 6, 3), (6, 6, 3)] == [each.shape for each in noisy]
    assert (noisy[2] == noise(IMAGE, 0.5, sample="c")).all()
    assert [] == noise.batch([], 0.5, samples=[])


def test_torch_tensors_come_back_as_tensors():
    torch = pytest.importorskip("torch", reason="the extra torch is not installed")
    noise = pt.get("image/gaussian-noise")
    tensor = torch.from_numpy(IMAGE.copy())
    noisy = noise(tensor, 0.5, sample="a")
    assert isinstance(noisy, torch.Tensor)
    assert (noisy.numpy() == noise(IMAGE, 0.5, sample="a")).all()
    assert noise(tensor, 0.0) is tensor


def _cropped(rows):
    """Return a noise that keeps another number of rows of every image."""

    @perturbation("image/cropped", family="test", registered=False, batched=True, keeps=("dtype",))
    def cropped(images, draw, *, share: Dose = Ladder(0.1, 0.2, 0.3, 0.4, 0.5, unit="share")):
        """Cropped."""
        return [image[: rows(key)] for image, key in zip(images, draw.keys, strict=True)]

    return cropped


def test_a_batch_may_come_out_in_different_shapes_and_equals_one_by_one():
    noise = _cropped(lambda key: 1 + int(key % 5))
    stack = np.stack([IMAGE + np.uint8(i) for i in range(8)])
    noisy = noise.batch(stack, 0.5, samples="abcdefgh")
    assert isinstance(noisy, list)
    assert 1 < len({each.shape for each in noisy})
    for image, sample, found in zip(stack, "abcdefgh", noisy, strict=True):
        assert np.array_equal(noise(image, 0.5, sample=sample), found)
    ragged = noise.batch(list(stack), 0.5, samples="abcdefgh")
    assert all(map(np.array_equal, noisy, ragged))


def test_values_of_one_shape_come_back_stacked():
    noisy = _cropped(lambda key: 3).batch(np.stack([IMAGE, IMAGE]), 0.5, samples="ab")
    assert (2, 3, 6, 3) == noisy.shape


def test_tensors_of_different_shapes_come_back_as_a_list_of_tensors():
    torch = pytest.importorskip("torch", reason="the extra torch is not installed")
    stack = torch.from_numpy(np.stack([IMAGE] * 8))
    noisy = _cropped(lambda key: 1 + int(key % 5)).batch(stack, 0.5, samples="abcdefgh")
    assert {torch.Tensor} == set(map(type, noisy))


def test_a_value_too_few_breaks_the_contract():
    @perturbation("image/short", family="test", registered=False, batched=True, keeps=("dtype",))
    def short(images, draw, *, share: Dose = Ladder(0.1, 0.2, 0.3, 0.4, 0.5, unit="share")):
        """Too few."""
        return list(images[1:])

    with pytest.raises(BrokenContract, match="expected 2 values from image/short, got values=1"):
        short.batch(np.stack([IMAGE, IMAGE]), 0.5, samples="ab")


def test_a_device_pattern_is_the_same_for_every_sample():
    @perturbation(
        "image/fixed-pattern", family="test", scope="device", registered=False, batched=True
    )
    def pattern(images, draw, *, sigma: Dose = Ladder(0.1, 0.2, 0.3, 0.4, 0.5, unit="σ")):
        """Fixed."""
        return images + sigma * draw.normal(images.shape)

    a, b = pattern.batch(np.stack([IMAGE, IMAGE]), 0.5, samples="ab")
    assert (a == b).all()
    assert (a == pattern(IMAGE, 0.5, sample="c")).all()
    assert not (a == pattern(IMAGE, 0.5, sample="c", seed=1)).all()


def test_a_group_pattern_is_the_same_within_a_group():
    @perturbation("image/group-pattern", family="test", scope="group", registered=False)
    def pattern(image, draw, *, sigma: Dose = Ladder(0.1, 0.2, 0.3, 0.4, 0.5, unit="σ")):
        """Fixed."""
        return image + sigma * draw.normal(image.shape)

    a, b, c = pattern.batch(np.stack([IMAGE] * 3), 0.5, samples="abc", groups=["x", "x", "y"])
    assert (a == b).all()
    assert not (a == c).all()


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda: perturbation("image/no-ladder")(lambda image, draw: image), "with a Ladder"),
        (lambda: perturbation(coupling="glue")(lambda image, draw: image), "coupling='glue'"),
        (
            lambda: perturbation(lambda image, draw, *, a=Ladder(1, 2, 3, 4, 5, unit="u"): image),
            "a name for a noise",
        ),
        (
            lambda: perturbation("image/x")(
                lambda image, draw, *, s, a=Ladder(1, 2, 3, 4, 5, unit="u"): image
            ),
            "a default for the setting 's'",
        ),
        (
            lambda: perturbation("image/x")(
                lambda image, *, a=Ladder(1, 2, 3, 4, 5, unit="u"): image
            ),
            "two positional",
        ),
    ],
)
def test_a_bad_declaration_is_refused(declare, message):
    with pytest.raises(BadDeclaration, match=message):
        declare()


def test_names_are_filtered():
    assert set(pt.names(modality="text")) < set(pt.names())
    assert "image/shot-noise" in pt.names(modality="image", family="sensor")
    with pytest.raises(LookupError, match="did you mean image"):
        pt.names(modality="imge")


def test_a_transform_draws_anew_for_every_value_and_epoch():
    transform = pt.get("image/gaussian-noise").as_transform(0.5, seed=3)
    other = IMAGE + np.uint8(1)
    first = transform(IMAGE)
    assert (first == transform(IMAGE)).all()
    assert not (first - IMAGE == transform(other) - other).all()
    transform.epoch = 1
    assert not (first == transform(IMAGE)).all()


def test_a_transform_draws_its_severity_from_a_range():
    transform = pt.get("image/gaussian-noise").as_transform((0.0, 1.0))
    spread = [np.std(transform(IMAGE, sample=i).astype(float)) for i in range(40)]
    assert max(spread) > 4 * min(spread)


def test_a_transform_refuses_a_bad_severity_at_once():
    with pytest.raises(BadSeverity):
        pt.get("image/gaussian-noise").as_transform(1.5)


@pytest.mark.parametrize("name", ["shot-noise", "image/shot-nois", "shot-nois"])
def test_an_unknown_name_names_the_closest(name):
    with pytest.raises(LookupError, match="did you mean image/shot-noise"):
        pt.get(name)


def test_a_sample_without_a_group_is_its_own_alone_and_in_a_batch():
    @perturbation("image/group-noise", family="test", scope="group", registered=False)
    def groups(image, draw, *, sigma: Dose = Ladder(0.1, 0.2, 0.3, 0.4, 0.5, unit="x")):
        """Noise of a group."""
        return image + sigma * draw.normal(image.shape)

    values, ids = [IMAGE / 255.0] * 3, ["a", "b", "c"]
    alone = [groups(value, 0.5, sample=i) for value, i in zip(values, ids, strict=True)]
    for given in (None, [None] * 3):
        whole = groups.batch(values, 0.5, samples=ids, groups=given)
        assert all((one == other).all() for one, other in zip(alone, whole, strict=True))
    assert (alone[0] != alone[1]).any()
