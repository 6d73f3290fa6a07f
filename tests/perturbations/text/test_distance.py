import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perturbations.text._distance import edit_rate, levenshtein, myers, tokens_changed


def textbook(one, two):
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(two, 1):
            last, row[j] = row[j], min(last + (a != b), row[j] + 1, row[j - 1] + 1)
    return row[-1]


@given(st.text("abc\ud800", max_size=14), st.text("abc\ud800", max_size=14))
@settings(max_examples=150, deadline=None)
def test_both_engines_give_the_textbook_distance(one, two):
    expected = textbook(one, two)
    assert myers(one, two) == expected
    assert levenshtein(one, two) == expected


def test_words_can_be_compared_as_well():
    assert myers(["a", "b", "c", "d"], ["a", "x", "c"]) == 2


@pytest.mark.parametrize(
    ("clean", "noisy", "rate"),
    [("noise", "nosie", 0.4), ("", "", 0.0), ("", "ab", 2.0), ("ab", "", 1.0), ("ab", "ab", 0.0)],
)
def test_the_edit_rate_counts_edits_per_clean_character(clean, noisy, rate):
    assert edit_rate(clean, noisy) == rate


@pytest.mark.parametrize(
    ("clean", "noisy", "share"),
    [
        ("a b c d", "a x c y", 0.5),
        ("a b", "b a", 1.0),
        ("a b c d", "a bc d", 0.5),
        ("a  b", "a b", 0.0),
        ("", "", 0.0),
    ],
)
def test_the_share_of_changed_words(clean, noisy, share):
    assert tokens_changed(clean, noisy) == share


def test_long_texts_are_compared_without_rapidfuzz():
    one = "abcdefghij" * 300
    assert myers(one, one[5:] + "xxxxx") == 10
