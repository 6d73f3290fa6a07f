"""Inputs that are not there: which are lost, how often, and what stands in their place."""

import itertools
import json

import numpy as np
import pytest
from scipy import stats

import perturbations as pt
from perturbations._laws._compare import same
from perturbations._modality import modality
from perturbations.errors import BadSetting, NotApplicable

LOST = pt.get("crossmodal/missing-input")


def lose(value, fill="absent", share=1.0, sample="a", facts=None, rows=None):
    noise = LOST.with_settings(fill=fill)
    rows = [value] if rows is None else rows
    reference = modality("crossmodal").fit(rows, facts or {})
    return noise(value, dose={"share": share}, sample=sample, facts=facts, reference=reference)


def test_missing_input_takes_its_share_and_is_nested():
    lost = {
        share: {
            i
            for i in range(2000)
            if lose({"a": 1, "b": 2}, share=share, sample=str(i))["b"] is None
        }
        for share in (0.2, 0.6)
    }
    assert lost[0.2] < lost[0.6]
    interval = stats.binomtest(len(lost[0.6]), 2000, 0.6).proportion_ci(0.9999)
    assert interval.low <= 0.6 <= interval.high


def test_only_the_last_input_is_lost_and_the_others_are_the_same_objects():
    image = np.ones((2, 2))
    value = {"image": image, "text": "hello"}
    noisy = lose(value)
    assert noisy["image"] is image
    assert noisy == {"image": image, "text": None}
    assert value["text"] == "hello"


@pytest.mark.parametrize(
    ("content", "zero"),
    [
        (np.full((2, 3), 5, dtype=np.uint8), np.zeros((2, 3), dtype=np.uint8)),
        (np.array([0.5, np.nan], dtype=np.float32), np.zeros(2, dtype=np.float32)),
        ("hello", ""),
        ({"age": 3, "height": 1.8, "city": "Roma"}, {"age": 0, "height": 0.0, "city": None}),
        (None, None),
    ],
)
def test_zeros_say_nothing_in_the_same_shape(content, zero):
    assert same(lose({"a": 1, "b": content}, "zeros")["b"], zero)


@pytest.mark.slow
def test_zeros_of_a_tensor_are_a_tensor():
    torch = pytest.importorskip("torch")
    noisy = lose({"a": 1, "b": torch.ones(2, 3)}, "zeros")["b"]
    assert torch.equal(noisy, torch.zeros(2, 3))


MEANS = {
    "grey image": (
        "image", [np.zeros((2, 2), np.uint8), np.full((2, 2), 255, np.uint8)], np.full((2, 2), 128, np.uint8)
    ),
    "colour image": (
        "image", [np.zeros((1, 2, 3)), np.broadcast_to([1.0, 0.5, 0.0], (1, 2, 3))],
        np.broadcast_to([0.5, 0.25, 0.0], (1, 2, 3)),
    ),
    "stereo": (
        "audio", [np.array([[1.0, 3.0], [0.0, 0.0]]), np.array([[2.0, 2.0], [4.0, 0.0]])],
        np.array([[2.0, 2.0], [1.0, 1.0]]),
    ),
    "mono of other lengths": ("audio", [np.array([1.0, 3.0]), np.array([5.0])], np.array([3.0, 3.0])),
    "series with gaps": (
        "timeseries", [np.array([[1.0, np.nan], [3.0, 8.0]]), np.full((2, 2), np.nan)],
        np.array([[2.0, 8.0], [2.0, 8.0]]),
    ),
    "table row": (
        "tabular", [{"a": 1.0, "b": "x"}, {"a": 3.0, "b": "y"}, {"a": 8.0, "b": "y"}], {"a": 4.0, "b": "y"}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANS)
def test_the_mean_is_that_of_each_channel_over_the_clean_data(name):
    kind, contents, mean = MEANS[name]
    rows = [{"a": 0, "b": content} for content in contents]
    noisy = lose(rows[0], "mean", facts={"b": {"modality": kind}}, rows=rows)["b"]
    assert same(noisy, np.array(mean) if isinstance(mean, np.ndarray) else mean)


def test_the_reference_reads_back_equal_from_json():
    rows = [{"t": {"x": 1.0, "y": "u"}, "text": "hi", "audio": np.ones((2, 5))}]
    facts = {
        "t": {"modality": "tabular"},
        "text": {"modality": "text"},
        "audio": {"modality": "audio"},
    }
    contract = modality("crossmodal")
    reference = contract.fit(rows, facts)
    assert set(reference.inputs) == {"t", "audio"}
    back = contract.read_reference(json.loads(json.dumps(reference.to_json(), allow_nan=False)))
    assert back == reference


def test_inputs_of_undeclared_kind_have_a_mean_when_they_are_numbers():
    rows = [{"a": {"x": 1}, "b": np.array([1.0, 3.0]), "c": [1, 2], "d": None, "e": np.zeros(0)}]
    reference = modality("crossmodal").fit(rows, {})
    assert {name: mean.channels for name, mean in reference.inputs.items()} == {"b": (2.0,)}


def test_what_has_no_stand_in_is_named():
    with pytest.raises(NotApplicable, match="text has no mean: use fill=absent or fill=zeros"):
        lose({"a": 1, "b": "text"}, "mean")
    with pytest.raises(NotApplicable, match="an input 'b' with a zero"):
        lose({"a": 1, "b": [1, 2]}, "zeros")
    with pytest.raises(
        BadSetting, match=r"one of absent, zeros, mean, got fill='zero'.*\n.*did you mean zeros"
    ):
        lose({"a": 1, "b": "text"}, "zero")


THREE = {"a": 1, "b": "two", "c": np.ones(3)}


@pytest.mark.parametrize(("lost", "gone"), [(1, {"c"}), (2, {"b", "c"})])
def test_the_last_inputs_are_lost_together(lost, gone):
    noise = LOST.with_settings(lost=lost)
    done = noise.apply(THREE, dose={"share": 1.0}, sample="s")
    assert gone == {name for name, content in done.value.items() if content is None}
    assert ",".join(sorted(gone)) == done.report["lost"]
    assert list(done.value) == list(THREE)


def test_every_subset_but_all_can_be_lost():
    names = "abc"
    subsets = set()
    for order in itertools.permutations(names):
        value = {name: THREE[name] for name in order}
        for lost in (1, 2):
            noisy = LOST.with_settings(lost=lost)(value, dose={"share": 1.0}, sample="s")
            subsets.add(frozenset(name for name in names if noisy[name] is None))
    assert 2**3 - 2 == len(subsets)


def test_inputs_lost_together_are_lost_in_the_same_samples():
    noise = LOST.with_settings(lost=2)
    noisy = [noise(THREE, dose={"share": 0.4}, sample=i) for i in range(200)]
    assert {(True, True), (False, False)} == {(v["b"] is None, v["c"] is None) for v in noisy}


def test_at_least_one_input_remains():
    for lost in (0, 3):
        with pytest.raises(BadSetting, match="expected 1 to 2 of 3 inputs, got lost="):
            LOST.with_settings(lost=lost)(THREE, 0.5, sample="s")
    alone = {"a": None, "b": "text"}
    for share in (0.1, 1.0):
        with pytest.raises(NotApplicable, match="an input that remains without b"):
            LOST(alone, dose={"share": share}, sample="s")
