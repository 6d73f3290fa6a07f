import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perturbations.errors import BadValue
from perturbations.text._edits import Edits

TEXT = "the cat sat"


@st.composite
def texts_with_edits(draw, text=None):
    text = draw(st.text(max_size=12)) if text is None else text
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    edits = Edits(tuple((a, b, draw(st.text("xyz", max_size=3))) for a, b in pairs))
    return text, edits


def test_edits_are_applied_in_offsets_of_the_clean_text():
    edits = Edits(((0, 1, "T"), (4, 7, ""), (8, 8, "has ")))
    assert edits.apply(TEXT) == "The  has sat"


def test_no_edits_give_the_same_object():
    assert Edits().apply(TEXT) is TEXT


@given(texts_with_edits())
@settings(max_examples=80, deadline=None)
def test_the_inverse_restores_the_clean_text(case):
    text, edits = case
    assert edits.inverse(text).apply(edits.apply(text)) == text


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_chain_equals_one_after_the_other(data):
    text, first = data.draw(texts_with_edits())
    between = first.apply(text)
    _, later = data.draw(texts_with_edits(between))
    assert first.then(later).apply(text) == later.apply(between)


@given(texts_with_edits(), st.data())
@settings(max_examples=80, deadline=None)
def test_characters_that_no_edit_touches_stay_under_their_position(case, data):
    text, edits = case
    noisy = edits.apply(text)
    for i, letter in enumerate(text):
        if not any(start <= i < stop for start, stop, _ in edits):
            assert noisy[edits.to_noisy(i)] == letter


@given(texts_with_edits(), st.data())
@settings(max_examples=80, deadline=None)
def test_projected_spans_stay_ordered_and_inside(case, data):
    text, edits = case
    noisy = edits.apply(text)
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, len(text)))
    a, b = edits.project(start, stop)
    assert 0 <= a <= b <= len(noisy)


@pytest.mark.parametrize(
    ("edit", "span", "expected"),
    [
        ((4, 5, "oo"), (4, 7), (4, 8)),  # inside the span
        ((0, 3, "a"), (4, 7), (2, 5)),  # before it
        ((8, 9, ""), (4, 7), (4, 7)),  # after it
        ((4, 7, ""), (4, 7), (4, 4)),  # all of it dropped
        ((2, 6, "X"), (4, 7), (2, 4)),  # across its start
        ((4, 4, "big "), (4, 7), (8, 11)),  # inserted before it
        ((7, 7, "s"), (4, 7), (4, 7)),  # inserted after it
        ((5, 5, "h"), (4, 7), (4, 8)),  # inserted inside
    ],
)
def test_a_span_moves_with_the_text(edit, span, expected):
    assert Edits((edit,)).project(*span) == expected


@pytest.mark.parametrize("edits", [((3, 5, "a"), (4, 6, "b")), ((4, 3, "a"),), ((-1, 2, ""),)])
def test_edits_that_overlap_are_refused(edits):
    with pytest.raises(BadValue, match="expected ordered edits that do not overlap, got edits="):
        Edits(edits)


def test_edits_are_values():
    edits = Edits(((0, 1, "T"),))
    assert pickle.loads(pickle.dumps(edits)) == edits
    assert len(edits) == 1
    assert list(edits) == [(0, 1, "T")]
