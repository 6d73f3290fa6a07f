from collections import Counter
from math import factorial, prod, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.text._modality import edges
from perturbations.text._sentences import SENTENCES

NAMES = ("text/swap", "text/middle-scramble", "text/full-scramble")
REPLICATES = 8
anything = st.text(st.characters(exclude_categories=()), max_size=40) | st.text(
    "abé\u0301👨\u200d👩🇩🇪 \r\n\t", max_size=30
)


def words(text):
    """Split a text without combining characters; the noise must keep the number of words."""
    return text.split()


def changed(noise, text, replicate):
    noisy = noise(text, 1.0, sample=text, replicate=replicate)
    return sum(map(str.__ne__, words(text), words(noisy)))


def no_change_by_swap(word):
    inner = [word[i] == word[i + 1] for i in range(1, len(word) - 2)]
    return sum(inner) / len(inner) if inner else 1.0


def no_change_by_shuffle(letters):
    return prod(map(factorial, Counter(letters).values())) / factorial(len(letters))


UNCHANGED = {
    "text/swap": no_change_by_swap,
    "text/middle-scramble": lambda word: no_change_by_shuffle(word[1:-1]),
    "text/full-scramble": no_change_by_shuffle,
}


@pytest.mark.parametrize("name", NAMES)
def test_as_many_words_change_as_the_letters_allow(name):
    noise = pt.get(name)
    texts = [text for text in SENTENCES if text.isascii()]
    chance = [1 - UNCHANGED[name](word) for text in texts for word in words(text)]
    expected = REPLICATES * sum(chance)
    spread = sqrt(REPLICATES * sum(p * (1 - p) for p in chance))
    found = sum(changed(noise, text, r) for text in texts for r in range(REPLICATES))
    assert found == pytest.approx(expected, abs=4 * spread)


@pytest.mark.parametrize("name", NAMES)
def test_the_share_of_words_hit_is_the_dose(name):
    noise = pt.get(name)
    text = "abcdefghijkl " * 4000
    report = noise.apply(text, dose={"share": 0.3}, sample="s").report
    assert report["eligible"] == 4000
    assert report["share"] == pytest.approx(0.3, abs=4 * sqrt(0.3 * 0.7 / 4000))


@pytest.mark.parametrize("name", NAMES)
@given(text=anything)
@settings(max_examples=40, deadline=None)
def test_words_keep_their_letters_and_white_space_its_place(name, text):
    noisy = pt.get(name)(text, 1.0, sample="s")
    assert sorted(noisy) == sorted(text)
    assert [c if c.isspace() else "" for c in noisy] == [c if c.isspace() else "" for c in text]


@pytest.mark.parametrize("name", ["text/swap", "text/middle-scramble"])
def test_the_first_and_last_letter_stay(name):
    for text in SENTENCES:
        noisy = pt.get(name)(text, 1.0, sample=text)
        for before, after in zip(text.split(), noisy.split(), strict=True):
            assert (before[0], before[-1]) == (after[0], after[-1])


@pytest.mark.parametrize("name", ["text/swap", "text/middle-scramble"])
def test_words_of_three_letters_are_not_counted(name):
    report = pt.get(name).apply("one two six cat", 1.0, sample="s").report
    assert report["eligible"] == 0
    assert report["share"] is None


def test_a_swap_exchanges_exactly_two_neighbours():
    for text in SENTENCES[:80]:
        noisy = pt.get("text/swap")(text, 1.0, sample=text)
        for before, after in zip(text.split(), noisy.split(), strict=True):
            places = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
            assert len(places) in (0, 2)
            if places:
                i, j = places
                assert j == i + 1
                assert (before[i], before[j]) == (after[j], after[i])


def test_all_orders_of_a_word_are_equally_likely():
    text = "abc " * 6000
    counts = Counter(pt.get("text/full-scramble")(text, 1.0, sample="s").split())
    assert len(counts) == 6
    chi2 = sum((n - 1000) ** 2 / 1000 for n in counts.values())
    assert chi2 < 20.5  # 0.1% point of chi-square with 5 degrees of freedom


@pytest.mark.parametrize("name", NAMES)
def test_a_word_is_scrambled_the_same_way_at_every_severity(name):
    noise = pt.get(name)
    for text in SENTENCES:
        before = set()
        for severity in (0.1, 0.2, 0.5, 0.7, 1.0):
            after = set(noise.apply(text, severity, sample=text).mapping or ())
            assert before <= after
            before = after


@pytest.mark.parametrize("name", NAMES)
def test_an_accent_moves_with_its_letter(name):
    text = "a\u0301bc\u0308defg\u0301h"
    for sample in range(20):
        noisy = pt.get(name)(text, 1.0, sample=sample)
        for pair in ("a\u0301", "c\u0308", "g\u0301"):
            assert pair in noisy


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("edge", edges())
def test_edge_values_keep_every_byte_outside_the_edits(name, edge):
    text = edges()[edge]
    noisy = pt.get(name).apply(text, 1.0, sample="s")
    assert noisy.mapping.apply(text) == noisy.value
