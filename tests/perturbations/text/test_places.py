import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import perturbations as pt
from perturbations.errors import BadSetting, NotApplicable
from perturbations.text._graphemes import graphemes
from perturbations.text._places import cased_like, demand_script, words
from perturbations.text._sentences_world import WORLD

NAMES = [
    f"text/{name}"
    for name in [
        "ocr-confusion",
        "ocr-hyphen-break",
        "ocr-lost-space",
        "ocr-spurious-space",
        "ocr-specks",
        "ocr-lost-marks",
        "asr-homophone",
        "asr-normalisation",
        "asr-disfluency",
        "asr-number-words",
        "asr-lost-function-words",
        "asr-added-function-words",
        "homoglyph",
        "full-width",
        "ligature",
        "zero-width",
        "bidi-control",
        "normalisation-form",
        "accents-stripped",
        "wrong-diacritic",
        "mojibake",
        "replacement-character",
        "question-mark",
        "line-ending",
        "html-escape",
        "html-unescape",
        "markup-residue",
        "escape-sequence",
    ]
]
PIECES = [
    "their", "The", "rn", "office", "I'm", "don’t", "W. J.", " ", "  ", "\n", "\r\n", "\t", "...", ",", "1990", "3.5%",
    "e\u0301", "\u0301", "é", "Ế", "й", "ﬁ", "👨‍👩‍👧‍👦", "👍🏽", "🇩🇪", "क्षि", "한", "\ud800", "\0", "ש", "\u200d", "&amp;",
    '"', "\\", "<", "м", "ο", "中", "\u1112\u1161", "-", "–", "٣", "²",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join)


def test_the_world_speaks_many_languages_and_scripts():
    assert len(WORLD) >= 40
    scripts = {unicodedata.name(c).split()[0] for text in WORLD for c in text if c.isalpha()}
    asked = {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "CJK", "HIRAGANA"}
    assert asked | {"HANGUL", "THAI"} <= scripts
    assert all(unicodedata.is_normalized("NFC", text) for text in WORLD)


@pytest.mark.parametrize("name", NAMES)
def test_edits_lead_there_and_back_and_leave_characters_whole(name):
    noise = pt.get(name)

    @given(TEXTS, st.integers(0, 9))
    @settings(max_examples=40, deadline=None)
    def check(text, sample):
        try:
            noisy = noise.apply(text, dose={"share": 1.0}, sample=sample)
        except NotApplicable:
            return
        starts = graphemes(text).starts
        assert noisy.mapping.apply(text) == noisy.value
        assert noisy.mapping.inverse(text).apply(noisy.value) == text
        assert all(start in starts and stop in starts for start, stop, _ in noisy.mapping)
        assert all(text[start:stop] != new for start, stop, new in noisy.mapping)
        assert len(noisy.mapping) == noisy.report["eligible"]
        assert all(one[1] <= two[0] for one, two in pairwise(noisy.mapping))

    check()


@pytest.mark.parametrize("name", NAMES)
def test_edits_of_a_smaller_share_are_among_those_of_a_larger_one(name):
    noise = pt.get(name)
    for text in WORLD:
        before = set()
        for share in (0.1, 0.4, 1.0):
            try:
                after = set(noise.apply(text, dose={"share": share}, sample=text).mapping)
            except NotApplicable:
                continue
            assert before <= after
            before = after


@pytest.mark.parametrize("name", NAMES)
def test_in_the_world_every_noise_changes_something(name):
    noise = pt.get(name)
    changed, refused = 0, 0
    for text in WORLD:
        try:
            changed += noise(text, dose={"share": 1.0}, sample=text) != text
        except NotApplicable:
            refused += 1
    assert changed >= 2
    assert refused < len(WORLD) / 2


def test_places_are_spread_evenly():
    noisy = pt.get("text/ocr-confusion").apply("e" * 4000, dose={"share": 0.2}, sample="s")
    where = [start / 4000 for start, _, _ in noisy.mapping]
    assert len(where) == pytest.approx(800, abs=100)
    assert stats.kstest(where, "uniform").pvalue > 1e-3


def test_a_script_that_a_noise_has_nothing_to_say_about_is_refused_in_words():
    with pytest.raises(NotApplicable, match="the Latin alphabet"):
        demand_script("今天", "the Latin alphabet", "A-Za-z")
    demand_script("123 !?", "the Latin alphabet", "A-Za-z")


def test_words_are_letters_with_their_marks_and_inner_apostrophes():
    text = "I'm 2nd, e\u0301te\u0301s 'quoted' a_b don’t"
    assert [text[a:b] for a, b in words(text)] == ["I'm", "e\u0301te\u0301s", "quoted", "don’t"]


def test_case_is_taken_over():
    assert [cased_like(word, "there") for word in ("their", "Their", "THEIR", "I")] == [
        "there", "There", "THERE", "There",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text/homoglyph(script=runic)", "one of any, cyrillic, greek"),
        ("text/zero-width(kind=joinre)", "did you mean joiner"),
        ("text/bidi-control(kind=x)", "one of any, override"),
        ("text/normalisation-form(form=NFX)", "did you mean NF"),
        ("text/wrong-diacritic(letters=some)", "one of all, accented"),
        ("text/mojibake(codec=cp1251)", "did you mean cp1252"),
        ("text/mojibake(times=3)", "one of 1, 2"),
        ("text/replacement-character(each=bit)", "one of character, byte"),
        ("text/question-mark(charset=utf)", "one of ascii"),
        ("text/line-ending(kind=x)", "one of any, system"),
        ("text/html-escape(times=0)", "one of 1, 2"),
        ("text/markup-residue(kind=tex)", "one of any, html"),
        ("text/escape-sequence(form=yaml)", "one of json, csv"),
        ("text/asr-disfluency(kind=cough)", "one of mixed"),
    ],
)
def test_an_unknown_setting_is_named(text, message):
    with pytest.raises(BadSetting, match=message):
        pt.get(text)("some é text", 0.5, sample="s")
