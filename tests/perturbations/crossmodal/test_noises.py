"""Noise between inputs: pairs, absences and offsets do what their dose says."""

import itertools
import json
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import perturbations as pt
from perturbations._laws._compare import same
from perturbations._modality import modality
from perturbations.crossmodal._corpus import FACTS, corpus
from perturbations.errors import (
    BadSetting,
    BadValue,
    MissingFact,
    MissingPeers,
    NotApplicable,
)

PAIR, LOST, LATE = map(
    pt.get, ("crossmodal/mispairing", "crossmodal/missing-input", "crossmodal/time-offset")
)


@dataclass
class Peers:
    samples: dict

    @property
    def ids(self):
        return tuple(self.samples)

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, sample):
        return self.samples[sample]


def data(n):
    return Peers({f"id-{i}": {"image": i, "audio": f"sound {i}"} for i in range(n)})


def mispaired(peers, share, ids=None, **given):
    ids = peers.ids if ids is None else ids
    values = [peers[i] for i in ids]
    return PAIR.batch(values, dose={"share": share}, samples=ids, peers=peers, **given)


@pytest.mark.parametrize("n", [2, 3, 50])
def test_at_1_everyone_is_mispaired_and_every_content_is_seen_once(n):
    peers = data(n)
    noisy = mispaired(peers, 1.0)
    assert [row["image"] for row in noisy] == list(range(n))
    assert sorted(row["audio"] for row in noisy) == sorted(f"sound {i}" for i in range(n))
    assert all(row["audio"] != f"sound {row['image']}" for row in noisy)


def test_the_partner_is_the_same_at_every_severity_and_choices_are_nested():
    peers = data(40)
    full = mispaired(peers, 1.0)
    before = set()
    for severity in (0.1, 0.3, 0.5, 0.8, 1.0):
        noisy = PAIR.batch([peers[i] for i in peers.ids], severity, samples=peers.ids, peers=peers)
        chosen = {i for i, row in enumerate(noisy) if row["audio"] != f"sound {i}"}
        assert before <= chosen
        assert all(noisy[i] == full[i] for i in chosen)
        before = chosen
    assert len(before) == 40


def test_the_share_of_mispaired_samples_is_the_dose():
    peers = data(2000)
    noisy = mispaired(peers, 0.3)
    chosen = sum(row["audio"] != f"sound {row['image']}" for row in noisy)
    interval = stats.binomtest(chosen, 2000, 0.3).proportion_ci(0.9999)
    assert interval.low <= 0.3 <= interval.high


def test_pairs_do_not_depend_on_batch_or_order():
    peers = data(20)
    whole = dict(zip(peers.ids, mispaired(peers, 1.0), strict=True))
    part = ["id-7", "id-3", "id-11"]
    assert mispaired(peers, 1.0, part) == [whole[i] for i in part]
    turned = Peers(dict(reversed(list(peers.samples.items()))))
    assert mispaired(turned, 1.0, part) == [whole[i] for i in part]
    done = PAIR.apply(peers["id-7"], dose={"share": 1.0}, sample="id-7", peers=peers)
    assert peers[done.report["partner"]]["audio"] == whole["id-7"]["audio"]


def test_another_replicate_is_another_pairing():
    peers = data(30)
    assert mispaired(peers, 1.0) != mispaired(peers, 1.0, replicate=1)
    assert mispaired(peers, 1.0) != mispaired(peers, 1.0, seed=1)


def test_a_sample_from_elsewhere_takes_any_content():
    peers = data(5)
    noisy = PAIR({"image": -1, "audio": "own"}, dose={"share": 1.0}, sample="new", peers=peers)
    assert noisy["audio"].startswith("sound ")


def test_mispairing_names_what_it_lacks():
    value = {"image": 1, "audio": "own"}
    with pytest.raises(MissingPeers, match="a stream has none"):
        PAIR(value, 0.5, sample="a")
    with pytest.raises(NotApplicable, match="expected at least two samples, got n=1"):
        PAIR(value, 1.0, sample="id-0", peers=data(1))
    with pytest.raises(BadValue, match="expected the input 'depth' in the sample"):
        PAIR({"image": 1, "depth": 2}, 1.0, sample="id-0", peers=data(3))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"audio": 1}, "at least two input names"),
        ([1, 2], "at least two input names"),
        ({0: 1, 1: 2}, "expected input names that are text"),
    ],
)
def test_what_is_no_pair_of_inputs_is_named(value, words):
    with pytest.raises(BadValue, match=words):
        LATE(value, 0.5, sample="a", facts=FACTS)


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


def late(content, ms, *, kind="audio", rate=1000, fill="hold"):
    facts = {"b": {"modality": kind, "rate": rate}}
    noise = LATE.with_settings(fill=fill)
    return noise.apply({"a": 0, "b": content}, dose={"lag": ms}, sample="s", facts=facts)


@pytest.mark.parametrize("fill", ["hold", "zeros"])
@pytest.mark.parametrize(
    ("kind", "shape", "axis"),
    [
        ("audio", (50,), 0),
        ("audio", (2, 50), 1),
        ("timeseries", (50, 3), 0),
        ("timeseries", (50,), 0),
    ],
)
def test_an_offset_moves_time_and_nothing_else(kind, shape, axis, fill):
    clean = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    done = late(clean, 7.0, kind=kind, fill=fill)
    noisy, before = np.moveaxis(done.value["b"], axis, 0), np.moveaxis(clean, axis, 0)
    assert np.array_equal(noisy[7:], before[:-7])
    assert np.array_equal(
        noisy[:7], np.broadcast_to(before[0] if fill == "hold" else 0, noisy[:7].shape)
    )
    assert done.value["b"].shape == shape
    assert done.report == {"offset_ms": 7.0}


def test_the_cross_correlation_peaks_at_the_offset():
    clean = np.random.default_rng(0).normal(size=4000).astype(np.float32)
    noisy = late(clean, 40.0, rate=8000, fill="zeros").value["b"]
    peak = int(np.argmax(np.correlate(noisy, clean, mode="full"))) - (len(clean) - 1)
    assert peak == 320


@settings(max_examples=60, deadline=None)
@given(st.floats(0.1, 500), st.floats(1, 48_000), st.integers(0, 30))
def test_the_realised_offset_is_the_nearest_sample(ms, rate, length):
    clean = np.arange(float(length))
    done = late(clean, ms, rate=rate)
    realised = done.report.get("offset_ms", 0.0)
    assert realised * rate / 1000 <= length + 1e-9
    if realised * rate / 1000 < length - 1:
        assert abs(realised - ms) <= 500 / rate + 1e-9
    assert done.value["b"].shape == clean.shape


def test_an_offset_of_less_than_half_a_sample_changes_nothing():
    value = late(np.arange(5.0), 4.0, rate=100).value["b"]
    assert np.array_equal(value, np.arange(5.0))


def test_an_offset_beyond_the_end_leaves_the_fill():
    assert late(np.array([3, 4], dtype=np.int16), 500.0).value["b"].tolist() == [3, 3]
    assert late(np.array([3, 4], dtype=np.int16), 500.0, fill="zeros").value["b"].tolist() == [0, 0]


def test_an_offset_grows_with_severity_and_leaves_other_inputs():
    sample = corpus(1)[0]
    offsets = [
        LATE.apply(sample, s, sample="a", facts=FACTS).report["offset_ms"]
        for s in (0.2, 0.4, 0.6, 0.8, 1.0)
    ]
    assert offsets == [40.0, 80.0, 125.0, 185.0, 400.0]
    assert LATE(sample, 1.0, sample="a", facts=FACTS)["image"] is sample["image"]


@pytest.mark.parametrize(
    ("facts", "error", "words"),
    [
        ({}, MissingFact, "the fact 'modality' of the input 'b'"),
        ({"b": {"modality": "audio"}}, MissingFact, "the fact 'rate' of the input 'b'"),
        (
            {"b": {"modality": "audio", "rate": 0}},
            MissingFact,
            "the rate of the input 'b' in Hz, got rate=0",
        ),
        ({"b": {"modality": "image", "rate": 1}}, NotApplicable, "name the sampled input last"),
    ],
)
def test_an_offset_names_what_it_lacks(facts, error, words):
    with pytest.raises(error, match=words):
        LATE({"a": 0, "b": np.zeros(4)}, 0.5, sample="s", facts=facts)


def test_an_offset_needs_an_array_and_a_known_fill():
    with pytest.raises(BadValue, match="expected an array for the input 'b'"):
        late([1.0, 2.0], 5.0)
    with pytest.raises(BadSetting, match="one of hold, zeros"):
        late(np.zeros(3), 5.0, fill="wrap")


def test_distance_says_whether_anything_changed_or_went():
    clean = {"a": np.array([1.0, np.nan]), "b": pd.DataFrame({"x": [1.0]})}
    copy = {"a": clean["a"].copy(), "b": clean["b"].copy()}
    assert pt.distance("crossmodal", clean, copy) == {"changed": 0.0, "missing": 0.0}
    assert pt.distance("crossmodal", clean, clean | {"b": None}) == {"changed": 1.0, "missing": 1.0}
    moved = clean | {"a": np.array([np.nan, 1.0])}
    assert pt.distance("crossmodal", clean, moved) == {"changed": 1.0, "missing": 0.0}
    with pytest.raises(BadValue, match="expected the inputs a, b"):
        pt.distance("crossmodal", clean, {"a": 1})


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
