"""Pairs that do not belong together: who gets whose content, at which share."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import perturbations as pt
from perturbations.crossmodal._corpus import FACTS, corpus
from perturbations.errors import BadSetting, BadValue, MissingFact, MissingPeers, NotApplicable

PAIR, SWAP, SAME, CONFLICT, HARD, CROSSED = (
    pt.get(f"crossmodal/{name}")
    for name in (
        "mispairing",
        "swapped-pairs",
        "same-class",
        "conflict",
        "nearest-neighbour",
        "crossed-inputs",
    )
)


@dataclass
class Peers:
    samples: dict
    named: dict | None = None

    def labels(self, name):
        return (self.named or {}).get(name)

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


def labelled(labels, name="class"):
    peers = data(len(labels))
    return Peers(peers.samples, {name: labels})


def partners(noise, peers, share=1.0, **given):
    """Return for every sample the number of the one whose sound it has."""
    noisy = noise.batch(
        list(peers.samples.values()), dose={"share": share}, samples=peers.ids, peers=peers, **given
    )
    assert list(range(len(peers))) == [row["image"] for row in noisy]
    return np.array([int(row["audio"].removeprefix("sound ")) for row in noisy])


CLASSES = st.lists(st.sampled_from("abcd"), min_size=2, max_size=60)


@settings(max_examples=60, deadline=None)
@given(CLASSES, st.integers(0, 1000))
def test_of_the_same_class_everyone_has_another_of_it_and_each_is_seen_once(labels, seed):
    counts = Counter(labels)
    whole = [label for label in labels if counts[label] > 1]
    if len(whole) < 2:
        return
    found = partners(SAME, labelled(whole), seed=seed)
    assert sorted(found) == list(range(len(whole)))
    assert (found != np.arange(len(whole))).all()
    assert all(whole[i] == whole[j] for i, j in enumerate(found))


@settings(max_examples=60, deadline=None)
@given(CLASSES, st.integers(0, 1000))
def test_in_conflict_everyone_has_another_class_and_each_is_seen_once_where_that_can_be(
    labels, seed
):
    if len(set(labels)) < 2:
        return
    found = partners(CONFLICT, labelled(labels), seed=seed)
    assert all(labels[i] != labels[j] for i, j in enumerate(found))
    if 2 * max(Counter(labels).values()) <= len(labels):
        assert sorted(found) == list(range(len(labels)))


def test_in_conflict_all_pairs_of_classes_occur_as_often_as_chance_has_it():
    labels = [i % 4 for i in range(400)]
    counts = np.zeros((4, 4))
    for seed in range(10):
        for i, j in enumerate(partners(CONFLICT, labelled(labels), seed=seed)):
            counts[labels[i], labels[j]] += 1
    assert 0 == np.trace(counts)
    off = counts[~np.eye(4, dtype=bool)]
    # 4000 pairs over 12 cells; cells of a permutation scatter less than independent draws.
    assert np.abs(off - 4000 / 12).max() < 4 * np.sqrt(4000 / 12 * 11 / 12)


def test_where_one_class_is_the_most_its_samples_draw_from_the_others():
    labels = ["many"] * 40 + ["few"] * 5
    found = partners(CONFLICT, labelled(labels))
    assert all(labels[i] != labels[j] for i, j in enumerate(found))
    assert {*range(40, 45)} == set(found[:40])


@pytest.mark.parametrize("noise", [SAME, CONFLICT])
def test_labels_must_be_declared_and_targets_are_not_read(noise):
    with pytest.raises(MissingFact) as caught:
        partners(noise, data(6))
    assert "labels named 'class' of the samples" in str(caught.value)
    assert 'Dataset(..., slices={"class": labels})' in str(caught.value)
    assert "targets are not read" in str(caught.value)
    with pytest.raises(MissingFact, match="groups=labels"):
        partners(noise.with_settings(by="group"), data(6))
    chosen = labelled(["x", "y"] * 3, "speaker")
    assert 6 == len(partners(noise.with_settings(by="speaker"), chosen))


def test_a_class_of_one_and_a_sample_without_a_label_are_named():
    value = {"image": 0, "audio": "sound 0"}
    peers = labelled(["a", "b", "b"])
    with pytest.raises(NotApplicable, match="another sample of the same class"):
        SAME(value, 0.1, sample="id-0", peers=peers)
    with pytest.raises(NotApplicable, match="a sample of another class"):
        CONFLICT(value, 0.1, sample="id-0", peers=labelled(["a", "a", "a"]))
    for noise in (SAME, CONFLICT):
        with pytest.raises(NotApplicable):
            noise(value, 0.1, sample="id-0", peers=labelled([None, "b", "b", "a"]))
        partners_of_others = noise(value, 1.0, sample="id-1", peers=labelled([None, "b", "b", "a"]))
        assert "sound 0" != partners_of_others["audio"]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.floats(0.01, 1.0), st.integers(0, 1000))
def test_two_that_are_swapped_have_each_others_content_at_every_share(half, share, seed):
    found = partners(SWAP, data(2 * half), share, seed=seed)
    assert sorted(found) == list(range(2 * half))
    assert (found[found] == np.arange(2 * half)).all()


def test_the_share_of_swapped_samples_is_the_dose():
    found = partners(SWAP, data(4000), 0.3)
    pairs = int((found != np.arange(4000)).sum()) // 2
    interval = stats.binomtest(pairs, 2000, 0.3).proportion_ci(0.9999)
    assert interval.low <= 0.3 <= interval.high
    assert (partners(SWAP, data(4000), 1.0) != np.arange(4000)).all()


def test_of_an_odd_number_one_is_left_over():
    peers, left = data(5), 0
    for sample in peers.ids:
        try:
            SWAP(peers[sample], 1.0, sample=sample, peers=peers)
        except NotApplicable as error:
            left += 1
            assert "a sample to exchange with" in str(error)
    assert 1 == left


KINDS = ("image", "video", "text", "row", "cloud", "series", "frame", "audio")


def scene(kind, n=40):
    """Return samples whose last input is of one kind, the second half near copies of the first."""
    contents = [value[kind] for value in corpus(n)]
    near = [_nudged(content) for content in contents]
    return Peers({f"id-{i}": {"id": i, kind: c} for i, c in enumerate([*contents, *near])})


def _nudged(content):
    if isinstance(content, str):
        return content + " 7."
    if isinstance(content, dict):
        return content | {"ink": content["ink"] + 0.01}
    if getattr(content, "dtype", None) == np.uint8:
        return content // 30 * 29
    return content * 1.01


@pytest.mark.parametrize("kind", KINDS)
def test_a_near_copy_is_the_nearest_neighbour(kind):
    peers, found = scene(kind), 0
    for i, sample in enumerate(peers.ids):
        done = HARD.apply(peers[sample], 1.0, sample=sample, peers=peers, facts=FACTS)
        partner = int(done.report["partner"].removeprefix("id-"))
        assert done.value[kind] is peers[f"id-{partner}"][kind]
        found += partner == (i + 40) % 80
    assert found > 0.9 * 80


def test_neighbours_may_be_near_by_another_input_and_must_differ_in_a_label():
    x = [0.0, 0.1, 0.2, 5.0, 5.1, 5.3]
    samples = {
        f"id-{i}": {"series": np.full((4, 1), v) * np.arange(4)[:, None], "audio": f"sound {i}"}
        for i, v in enumerate(x)
    }
    by_input = HARD.with_settings(like="series")
    peers = Peers(samples, {"class": list("aabbbb")})

    def partner(noise, sample):
        done = noise.apply(samples[sample], 1.0, sample=sample, peers=peers, facts=FACTS)
        return done.report["partner"]

    assert "id-1" == partner(by_input, "id-0")
    assert "id-2" == partner(by_input.with_settings(by="class"), "id-0")
    assert "id-4" == partner(by_input, "id-3")
    assert "id-1" == partner(by_input.with_settings(by="class"), "id-3")
    two = by_input.with_settings(nearest=2)
    seen = {
        two.apply(samples["id-4"], 1.0, sample="id-4", peers=peers, facts=FACTS, seed=seed).report[
            "partner"
        ]
        for seed in range(20)
    }
    assert {"id-3", "id-5"} == seen


def test_nearest_neighbours_name_what_they_lack():
    peers = scene("image", 3)
    value = peers["id-0"]
    known = {"sample": "id-0", "peers": peers}
    with pytest.raises(MissingFact, match="the fact 'modality' of the input 'image'"):
        HARD(value, 1.0, facts={}, **known)
    with pytest.raises(BadSetting, match="at least 1, got nearest=0"):
        HARD.with_settings(nearest=0)(value, 1.0, facts=FACTS, **known)
    with pytest.raises(MissingFact, match="of the input 'depth'"):
        HARD.with_settings(like="depth")(value, 1.0, facts=FACTS, **known)
    same = Peers({f"id-{i}": {"id": i, "image": np.ones((4, 4))} for i in range(3)})
    with pytest.raises(NotApplicable, match="all samples are alike"):
        HARD(same["id-0"], 1.0, facts=FACTS, sample="id-0", peers=same)
    odd = Peers({"id-0": {"id": 0, "image": [1, 2]}, "id-1": {"id": 1, "image": [3]}})
    with pytest.raises(NotApplicable, match="contents can be near"):
        HARD(odd["id-0"], 1.0, facts=FACTS, sample="id-0", peers=odd)
    widths = {f"id-{i}": {"id": i, "series": np.ones((4, i + 1))} for i in range(3)}
    with pytest.raises(NotApplicable, match="contents of the input 'series' that can be compared"):
        HARD(widths["id-0"], 1.0, facts=FACTS, sample="id-0", peers=Peers(widths))


def test_crossed_inputs_have_each_others_content():
    facts = {"left": {"modality": "image"}, "right": {"modality": "image"}}
    value = {"text": "x", "left": np.zeros((2, 2)), "right": np.ones((2, 2))}
    noisy = CROSSED(value, 1.0, sample="a", facts=facts)
    assert noisy["left"] is value["right"]
    assert noisy["right"] is value["left"]
    assert ["text", "left", "right"] == list(noisy)
    hit = sum(
        CROSSED(value, dose={"share": 0.3}, sample=i, facts=facts)["left"] is value["right"]
        for i in range(1000)
    )
    interval = stats.binomtest(hit, 1000, 0.3).proportion_ci(0.9999)
    assert interval.low <= 0.3 <= interval.high


def test_wires_of_different_kinds_cannot_be_crossed():
    facts = {"a": {"modality": "image"}, "b": {"modality": "audio"}}
    with pytest.raises(NotApplicable, match=r"of one modality.*\n.*left,right:crossmodal"):
        CROSSED({"a": 1, "b": 2}, 1.0, sample="s", facts=facts)
