from collections import Counter
from itertools import pairwise
from math import exp, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examined
from hypothesis import strategies as st

import perturbations as pt
from perturbations.errors import BadDose, BadSetting, NotApplicable
from perturbations.text._distance import levenshtein
from perturbations.text._graphemes import BREAKS, graphemes
from perturbations.text._layouts import neighbours
from perturbations.text._modality import edges
from perturbations.text._sentences import SENTENCES
from perturbations.text.typing.shift import _beginnings

NAMES = (
    "text/keyboard-typo",
    "text/drop-character",
    "text/transposition",
    "text/doubling",
    "text/insertion",
    "text/shift-slip",
    "text/caps-lock",
    "text/space-slip",
)
ENGLISH = [text for text in SENTENCES if text.isascii()]
ALL = " ".join(ENGLISH)
anything = st.text(st.characters(exclude_categories=()), max_size=40) | st.text(
    "abÉß \u0301👨\u200d👩🇩🇪กี่글\r\n\t", max_size=30
)


def made(name, text, severity=1.0, sample="s", **given):
    return pt.get(name).apply(text, severity, sample=sample, **given)


def full(name, text, share=1.0, sample="s"):
    return pt.get(name).apply(text, dose={"share": share}, sample=sample)


def test_they_are_one_family():
    assert set(NAMES) == set(pt.names(modality="text", family="typing"))


@pytest.mark.parametrize("name", NAMES)
@given(text=anything, severity=st.floats(0.2, 1), sample=st.integers(0, 99))
@examined(max_examples=60)
def test_edits_say_all_and_clusters_stay_whole(name, text, severity, sample):
    try:
        noisy = made(name, text, severity, sample)
    except NotApplicable:
        return
    starts = set(graphemes(text).starts)
    assert noisy.mapping.apply(text) == noisy.value
    assert noisy.mapping.inverse(text).apply(noisy.value) == text
    whole = {"text/shift-slip", "text/caps-lock"}  # a letter below its accents
    assert name in whole or all(a in starts and b in starts for a, b, _ in noisy.mapping)
    assert noisy.report["eligible"] >= len(noisy.mapping)


@pytest.mark.parametrize("name", NAMES)
def test_edits_at_a_severity_are_among_those_above(name):
    for text in ENGLISH:
        before = set()
        for severity in (0.1, 0.3, 0.6, 0.8, 1.0):
            after = set(made(name, text, severity, text).mapping or ())
            assert before <= after
            before = after


@pytest.mark.parametrize("name", NAMES)
def test_the_share_of_edits_is_the_dose(name):
    for share in (0.02, 0.1, 0.3):
        report = full(name, ALL * 4, share).report
        runs = 4 if name == "text/caps-lock" else 1  # words of a run come together
        spread = sqrt(runs * share * (1 - share) / report["eligible"])
        assert report["share"] == pytest.approx(share, abs=4 * spread)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "text/transposition"])
def test_dose_one_touches_every_unit(name):
    report = full(name, ALL).report
    assert report["edits"] == report["eligible"] > 0


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"text/caps-lock", "text/space-slip"}))
def test_places_are_uniform(name):
    n = 20_000
    places = [edit[0] for edit in full(name, "ab" * (n // 2), 0.05).mapping]
    found = np.array(places) / n
    distance = np.abs(found - np.arange(len(found)) / len(found)).max()
    assert distance < 1.95 / sqrt(len(found))  # 0.1% point of Kolmogorov and Smirnov


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("edge", edges())
def test_edge_values_are_defined(name, edge):
    text = edges()[edge]
    try:
        noisy = made(name, text)
    except NotApplicable:
        return
    assert noisy.mapping is None or noisy.mapping.apply(text) == noisy.value


# Transposition


@given(text=anything, sample=st.integers(0, 99))
def test_a_transposition_keeps_the_characters_and_the_lines(text, sample):
    noisy = full("text/transposition", text, 0.43, sample).value
    assert sorted(noisy) == sorted(text)
    lines = [sorted(graphemes(line).parts) for line in text.split("\n")]
    assert [sorted("".join(line)) for line in lines] == [sorted(li) for li in noisy.split("\n")]


def test_a_transposition_exchanges_two_neighbours():
    text = "abcdefghij" * 20
    noisy = full("text/transposition", text, 0.2)
    for start, stop, typed in noisy.mapping:
        assert stop - start == 2
        assert typed == text[start:stop][::-1]
    assert all(one[1] <= two[0] for one, two in pairwise(noisy.mapping))


def test_no_more_pairs_can_be_transposed_than_fit():
    text = "ab" * 20_000
    report = full("text/transposition", text, 0.43).report
    assert report["share"] == pytest.approx(0.43, abs=0.003)
    assert (1 - exp(-2)) / 2 == pytest.approx(0.43, abs=0.003)
    with pytest.raises(BadDose):
        full("text/transposition", text, 0.5)


def test_equal_neighbours_are_not_counted():
    assert full("text/transposition", "aaaa", 0.43).report["eligible"] == 0
    assert full("text/transposition", "aab\n", 0.43).report["eligible"] == 1


# Doubling


@given(text=anything)
def test_everything_twice_but_line_breaks(text):
    parts = graphemes(text).parts
    twice = "".join(part if part in BREAKS else part * 2 for part in parts)
    assert full("text/doubling", text).value == twice


def test_the_distance_of_a_doubling_is_its_length():
    for text in ENGLISH[:40]:
        noisy = made("text/doubling", text)
        assert levenshtein(text, noisy.value) == len(noisy.value) - len(text)


# Insertion


@pytest.mark.parametrize("device", ["physical", "mobile"])
def test_an_insertion_is_a_neighbour_beside_its_key(device):
    near = neighbours("qwerty", device)
    noise = pt.get("text/insertion", device=device)
    noisy = noise.apply(ALL, dose={"share": 0.05}, sample="s")
    for start, stop, typed in noisy.mapping:
        assert start == stop
        assert typed in near.get(ALL[start - 1], ()) or typed in near.get(ALL[start], ())


def test_neighbours_and_sides_are_equally_likely():
    n = 6000
    noisy = full("text/insertion", "g\n" * n)
    counts = Counter((start % 2, typed) for start, _, typed in noisy.mapping)
    assert len(counts) == 12
    chi2 = sum((count - n / 12) ** 2 / (n / 12) for count in counts.values())
    assert chi2 < 31.3  # 0.1% point of chi-square with 11 degrees of freedom


def test_an_insertion_in_thai_keeps_clusters():
    text = "กี่ที่น้ำ"
    noise = pt.get("text/insertion", layout="thai")
    noisy = noise.apply(text, dose={"share": 1.0}, sample="s")
    assert len(noisy.mapping) == noisy.report["eligible"] == 3
    assert all(part in graphemes(noisy.value).parts for part in graphemes(text).parts)


def test_a_loose_letter_follows_a_korean_syllable():
    noise = pt.get("text/insertion", layout="korean")
    noisy = noise("한글", dose={"share": 1.0}, sample="s")
    assert (noisy[0], noisy[2]) == ("한", "글")
    near = neighbours("korean")
    assert noisy[1] in near["ㄴ"]
    assert noisy[3] in near["ㄹ"]


def test_an_unknown_layout_is_named():
    with pytest.raises(BadSetting, match="did you mean azerty"):
        pt.get("text/insertion", layout="azertyy")("word", 0.5, sample="s")


# Shift and Caps Lock


@given(text=anything)
def test_shift_and_caps_lock_change_nothing_but_case(text):
    for name in ("text/shift-slip", "text/caps-lock"):
        try:
            noisy = full(name, text).value
        except NotApplicable:
            continue
        assert len(noisy) == len(text)
        assert noisy.casefold() == text.casefold()
        assert full(name, noisy).value == text


@pytest.mark.parametrize(
    ("text", "noisy"),
    [
        ("Hello, World 1!", "hELLO, wORLD 1!"),
        ("Straße Σίσυφος", "sTRAßE σΊΣΥΦΟς"),
        ("cafe\u0301", "CAFE\u0301"),
        ("ДОМ дом", "дом ДОМ"),
        ("12 %", "12 %"),
    ],
)
def test_everything_in_the_other_case(text, noisy):
    assert full("text/shift-slip", text).value == noisy
    assert full("text/caps-lock", text).value == noisy


@pytest.mark.parametrize("name", ["text/shift-slip", "text/caps-lock"])
@pytest.mark.parametrize("text", ["שלום עולם", "今天天气", "안녕하세요", "السلام", "สวัสดี"])
def test_case_has_no_meaning_in_a_script_without_it(name, text):
    with pytest.raises(NotApplicable, match="upper and lower case"):
        made(name, text)


def test_caps_lock_comes_in_runs_of_whole_words():
    words = ("word " * 4000).split()
    noisy = full("text/caps-lock", " ".join(words), 0.05).value.split()
    assert set(noisy) == {"word", "WORD"}
    runs = "".join("X" if word == "WORD" else " " for word in noisy).split()
    assert {len(run) for run in runs} >= {1, 2, 3, 4, 5}
    assert len("".join(runs)) / len(runs) == pytest.approx(3, abs=0.4)


def test_the_first_word_is_as_likely_as_any_other():
    n, share = 3000, 0.3
    texts = ["one two three four five six seven"] * n
    noisy = pt.get("text/caps-lock").batch(texts, dose={"share": share}, samples=range(n))
    counts = np.array([[word.isupper() for word in text.split()] for text in noisy]).mean(axis=0)
    assert np.abs(counts - share).max() < 4 * sqrt(share * (1 - share) / n)


def test_runs_begin_as_often_as_the_share_of_words_asks():
    assert _beginnings(1.0) == pytest.approx(1.0)
    assert _beginnings(0.03) == pytest.approx(0.01, rel=0.05)  # three words a run


# Space


def test_a_space_is_lost_moved_or_put_inside_the_next_word():
    kinds = Counter()
    text = "aaaa bbbb " * 3000
    for start, stop, typed in full("text/space-slip", text).mapping:
        before = text[start:stop]
        assert sorted(before) == sorted(typed) or (before, typed) in {(" ", ""), ("", " ")}
        kinds[(before, typed) if len(before) < 2 else ("moved", typed[0] == " ")] += 1
    n = sum(kinds.values())
    expected = {
        (" ", ""): 1 / 3,
        ("", " "): 1 / 3,
        ("moved", True): 1 / 6,
        ("moved", False): 1 / 6,
    }
    assert set(kinds) == set(expected)
    chi2 = sum((kinds[each] - n * p) ** 2 / (n * p) for each, p in expected.items())
    assert chi2 < 16.3  # 0.1% point of chi-square with 3 degrees of freedom


@given(text=anything)
def test_space_slips_touch_only_spaces(text):
    try:
        noisy = full("text/space-slip", text)
    except NotApplicable:
        return
    assert noisy.value.replace(" ", "") == text.replace(" ", "")
    assert noisy.report["edits"] == noisy.report["eligible"]


def test_a_word_of_one_character_is_not_moved_over():
    for sample in range(30):
        assert full("text/space-slip", "a b", sample=sample).value == "ab"


@pytest.mark.parametrize("text", ["今天天气很好", "ラーメン", "สวัสดีครับ"])
def test_space_has_no_meaning_in_a_script_that_writes_none(text):
    with pytest.raises(NotApplicable, match="spaces between words"):
        made("text/space-slip", text)


@pytest.mark.parametrize("text", ["", "word", "two  spaces", "tab\tand\nline"])
def test_a_text_without_a_single_space_has_no_candidate(text):
    assert made("text/space-slip", text).report["eligible"] == 0


@pytest.mark.parametrize("language", ["tr", "az-Latn", "TR_tr"])
@pytest.mark.parametrize("name", ["shift-slip", "caps-lock"])
def test_turkish_letters_i_keep_their_dots(name, language):
    given = {"dose": {"share": 1.0}, "sample": "s", "facts": {"language": language}}
    assert pt.get(f"text/{name}")("iyi ISI İZ ıl", **given) == "İYİ ısı iz IL"
    assert (
        pt.get(f"text/{name}").batch(
            ["iı"] * 9000,
            samples=range(9000),
            **{key: value for key, value in given.items() if key != "sample"},
        )[-1]
        == "İI"
    )
