"""Spans move with the text, through one noise and through a chain."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations._moved import Mover
from perturbations.errors import BadValue
from perturbations.text._edits import Edits

DROP_ANNA = Edits(((6, 10, ""),))
"""'I saw Anna at noon' without its Anna."""


def test_edits_are_a_mover():
    assert isinstance(Edits(), Mover)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(2, 5), (11, 13)], [(2, 5), (7, 9)]),
        ([(2, 5, "V"), (6, 10, "PER")], [(2, 5, "V")]),
        ([[6, 10], [14, 18]], [[10, 14]]),
        (
            [{"start": 11, "end": 13, "label": "P", "x": 1}],
            [{"start": 7, "end": 9, "label": "P", "x": 1}],
        ),
        ([{"start": 11, "stop": 13}], [{"start": 7, "stop": 9}]),
        (((11, 13),), ((7, 9),)),
        ([], []),
    ],
)
def test_spans_come_back_in_their_form(spans, expected):
    before = repr(spans)
    assert expected == pt.project_spans(spans, DROP_ANNA)
    assert before == repr(spans)


def test_arrays_come_back_as_arrays():
    moved = pt.project_spans(np.array([[6, 10], [14, 18]]), DROP_ANNA)
    np.testing.assert_array_equal([[10, 14]], moved)
    assert pt.project_spans(np.zeros((0, 2), int), DROP_ANNA).shape == (0, 2)


def test_rows_of_other_fields_go_with_a_lost_span():
    target = {"spans": [(2, 5), (6, 10)], "labels": ["V", "PER"], "at": np.array([1, 2]), "id": "x"}
    moved = DROP_ANNA.move("spans", target).target
    assert ([(2, 5)], ["V"], [1], "x") == (
        moved["spans"],
        moved["labels"],
        moved["at"].tolist(),
        "x",
    )


@pytest.mark.parametrize(
    ("edit", "lost", "clipped"),
    [
        ((6, 10, ""), 1, 0),  # all of it
        ((5, 11, ""), 1, 0),  # more than all of it
        ((5, 11, "x"), 0, 1),  # its text went into another
        ((8, 18, ""), 0, 1),  # the text ends within it
        ((4, 7, ""), 0, 1),  # cut at its start
        ((7, 8, ""), 0, 0),  # a letter within it
        ((6, 10, "nAna"), 0, 0),
        ((0, 6, ""), 0, 0),
    ],
)
def test_lost_and_clipped_are_counted(edit, lost, clipped):
    moved = Edits((edit,)).move("spans", [(6, 10)])
    assert (1, lost, clipped) == (moved.count, moved.lost, moved.clipped)
    assert (1 - lost) == len(moved.target)


@given(st.integers(0, 99), st.sampled_from(["text/drop-character", "text/swap"]))
@settings(max_examples=60, deadline=None)
def test_words_that_no_noise_touched_are_found_through_a_chain(sample, second):
    text = "Anna and Berta met Carl on Friday in a small town near the sea"
    spans = [(m, m + len(w)) for w in text.split() for m in [text.index(w)]]
    first = pt.get("text/drop-character").apply(text, 0.4, sample=sample)
    last = pt.get(second).apply(first.value, 0.4, sample=sample, position=1)
    chain = last.mapping if first.mapping is None else first.mapping.then(last.mapping)
    step = pt.project_spans(spans, first.mapping)
    assert [w for w in step if w[0] < w[1]] == step
    for start, stop in spans:
        touched = any(a <= stop and start <= b for a, b, _ in chain)
        if not touched:
            [(a, b)] = pt.project_spans([(start, stop)], chain)
            assert text[start:stop] == last.value[a:b]


@pytest.mark.parametrize(
    ("kind", "target", "match"),
    [
        ("boxes", [], "moves with a text"),
        ("spans", 3, "a sequence of spans"),
        ("spans", "abc", "a sequence of spans"),
        ("spans", {"boxes": []}, "the field 'spans'"),
        ("spans", [(3,)], "a span"),
        ("spans", [(3, 2)], "0 <= start <= end"),
        ("spans", [(0.5, 2)], "0 <= start <= end"),
        ("spans", [{"start": 1}], "a span"),
        ("spans", [("a", "b")], "a span"),
    ],
)
def test_other_targets_are_named_errors(kind, target, match):
    with pytest.raises(BadValue, match=match):
        Edits().move(kind, target)


def test_a_picture_has_no_spans():
    mapping = pt.get("image/shift").apply(np.zeros((8, 8, 3), np.uint8), 1.0).mapping
    with pytest.raises(BadValue, match="a kind of target"):
        mapping.move("spans", [(0, 1)])


def test_a_dropped_word_leaves_no_blank_at_the_ends_of_a_span():
    text = "Then I saw old Anna  Schmidt at the house in May\nand we all went home"
    span, noise = (text.index("old"), text.index(" at")), pt.get("text/drop-word")
    found = set()
    for i in range(60):
        noisy = noise.apply(text, dose={"share": 0.5}, sample=str(i))
        assert all(line == line.strip() for line in noisy.value.split("\n"))
        for start, stop in pt.project_spans([span], noisy.mapping):
            found.add(noisy.value[start:stop])
    assert all(part == part.strip() != "" for part in found)
    assert {"old", "Anna", "Schmidt", "old Anna"} <= found


def test_white_space_that_a_span_had_stays():
    noisy = pt.get("text/drop-word").apply("a b c d", dose={"share": 0.0}, sample="s")
    assert pt.project_spans([(1, 4), (1, 2)], noisy.mapping) == [(1, 4), (1, 2)]
    edits = Edits(((3, 4, "x"),), text=" a b c ")
    assert pt.project_spans([(0, 5), (2, 7)], edits) == [(0, 5), (2, 7)]


def test_a_chain_leaves_no_blank_either():
    first = pt.get("text/drop-word").apply(
        "I saw Anna Schmidt today", dose={"share": 0.6}, sample="s"
    )
    second = pt.get("text/upper-case").apply(first.value, dose={"share": 1.0}, sample="s")
    chain = first.mapping.then(second.mapping)
    for start, stop in pt.project_spans([(6, 18)], chain):
        assert second.value[start:stop].strip() == second.value[start:stop] != ""
