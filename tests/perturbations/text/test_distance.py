import random
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.text import _distance
from perturbations.text._distance import edit_rate, levenshtein, myers, tokens_changed
from perturbations.text._sentences import SENTENCES


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


@pytest.fixture(params=["rapidfuzz", "without"])
def engine(request, monkeypatch):
    if request.param == "without":
        monkeypatch.setitem(sys.modules, "rapidfuzz.distance", None)
    _distance._engine.cache_clear()
    yield request.param
    _distance._engine.cache_clear()


def long_text(length):
    rng = random.Random(1)
    text = ""
    while len(text) < length:
        text += " ".join(rng.choice(SENTENCES) for _ in range(200)) + " "
    return text


@pytest.mark.parametrize("name", ["keyboard-typo", "drop-word", "repeat-word"])
def test_long_texts_are_compared_in_pieces_and_as_well(engine, name):
    text = long_text(25_000)
    noisy = pt.get(f"text/{name}")(text, 0.6, sample="a")
    exact, found = myers(*_distance._differing(text, noisy)), levenshtein(text, noisy)
    assert exact <= found
    if engine == "rapidfuzz" or name == "keyboard-typo":
        assert found <= 1.01 * exact


def test_what_texts_begin_and_end_with_alike_is_not_compared():
    text = long_text(300_000)
    assert levenshtein(text, text[:-90_000]) == 90_000
    assert levenshtein(text, text[:1000] + "§" + text[1001:]) == 1


def test_a_megabyte_takes_no_longer_than_a_glance():
    text = long_text(1_000_000)
    noisy = pt.get("text/keyboard-typo")(text, 1.0, sample="a")
    started = time.perf_counter()
    rate = edit_rate(text, noisy)
    assert time.perf_counter() - started < 10
    assert 0.1 < rate < 0.2
