from collections import Counter
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.errors import BadSetting, NotApplicable
from perturbations.text._sentences import SENTENCES
from perturbations.text._words import core, units, words

ENGLISH = [text for text in SENTENCES if text.isascii() and "\n" not in text]
LONG = "alpha beta gamma delta epsilon zeta eta theta " * 500
CHINESE = "今天天气很好，我们去公园散步吧。"
UNDIVIDED = (CHINESE, "東京でラーメンを食べました。", "วันนี้อากาศดีมาก")
lines = st.lists(st.text("ab", min_size=1, max_size=3), max_size=8).map(" ".join)
paragraphs = st.lists(lines, max_size=4).map("\n".join)


@pytest.mark.parametrize("name", ["drop-word", "repeat-word", "split-word", "merge-words"])
def test_the_share_is_the_dose(name):
    report = pt.get(f"text/{name}").apply(LONG, dose={"share": 0.3}, sample="s").report
    spread = sqrt(0.3 * 0.7 / report["eligible"])
    assert report["share"] == pytest.approx(0.3, abs=4 * spread)


@given(text=paragraphs)
@settings(max_examples=60, deadline=None)
def test_dropped_words_leave_no_double_or_trailing_space_and_all_line_ends(text):
    for severity in (0.6, 1.0):
        noisy = pt.get("text/drop-word")(text, severity, sample=text)
        assert noisy.count("\n") == text.count("\n")
        for before, after in zip(text.split("\n"), noisy.split("\n"), strict=True):
            assert after == " ".join(after.split())
            assert not Counter(after.split()) - Counter(before.split())


def test_all_words_go_at_share_one():
    assert pt.get("text/drop-word")("one two\nthree\n", dose={"share": 1.0}, sample="s") == "\n\n"


def test_dropping_spares_white_space_elsewhere():
    text = "  one\ttwo   three\n\n  four  "
    for sample in range(20):
        noisy = pt.get("text/drop-word").apply(text, 1.0, sample=sample)
        assert len(noisy.value.split()) == 4 - len(noisy.mapping)
        assert noisy.value.startswith("  ")
        assert noisy.value.endswith("  ")


def test_a_word_said_twice_stands_inside_its_punctuation():
    noisy = pt.get("text/repeat-word")("(one) “two!”", dose={"share": 1.0}, sample="s")
    assert noisy == "(one one) “two two!”"


@pytest.mark.parametrize("window", [2, 3, 5])
def test_shuffled_words_all_leave_their_place_within_the_window(window):
    noise = pt.get("text/shuffle-words", window=window)
    text = " ".join(f"w{i}" for i in range(40))
    for sample in range(10):
        places = [int(word[1:]) for word in noise(text, 1.0, sample=sample).split()]
        assert sorted(places) == list(range(40))
        assert all(0 < abs(place - i) < window for i, place in enumerate(places))


def test_shuffled_words_keep_every_gap():
    text = "a  b\tc\nd e "
    noisy = pt.get("text/shuffle-words")(text, 1.0, sample="s")
    assert [c for c in noisy if c.isspace()] == [c for c in text if c.isspace()]
    assert sorted(noisy.split()) == sorted(text.split())


def test_a_window_of_one_is_refused():
    with pytest.raises(BadSetting, match="at least 2 words"):
        pt.get("text/shuffle-words", window=1)("a b", 0.5, sample="s")


def test_every_word_that_can_be_split_is_split_once():
    noise = pt.get("text/split-word")
    for text in ENGLISH[:40]:
        noisy = noise.apply(text, dose={"share": 1.0}, sample=text)
        assert noisy.value.replace(" ", "") == text.replace(" ", "")
        splittable = sum(b - a > 1 for a, b in (core(text, span) for span in words(text)))
        assert noisy.report["edits"] == noisy.report["eligible"] == splittable
        assert len(noisy.value.split()) == len(text.split()) + splittable


def test_an_accent_is_not_torn_from_its_letter():
    for sample in range(20):
        noisy = pt.get("text/split-word")("e\u0301a\u0300", dose={"share": 1.0}, sample=sample)
        assert noisy == "e\u0301 a\u0300"


def test_merging_takes_gaps_but_no_line_end():
    noisy = pt.get("text/merge-words")(" one two   three\nfour ", dose={"share": 1.0}, sample="s")
    assert noisy == " onetwothree\nfour "


@pytest.mark.parametrize("side", ["end", "start"])
def test_truncation_keeps_the_other_side(side):
    noise = pt.get("text/truncation", side=side)
    for text in ENGLISH[:40]:
        for severity in (0.2, 0.6, 1.0):
            noisy = noise(text, severity, sample=text)
            assert (text.startswith if side == "end" else text.endswith)(noisy)
            assert noisy == noisy.strip()


def test_truncation_is_right_in_the_mean():
    text = "one two three four five six seven"
    noise = pt.get("text/truncation")
    left = [len(noise(text, dose={"share": 0.25}, sample=i).split()) for i in range(400)]
    assert set(left) == {5, 6}
    assert sum(left) / 400 == pytest.approx(0.75 * 7, abs=4 * 0.44 / 20)


def test_truncation_counts_characters_where_there_are_no_words():
    noisy = pt.get("text/truncation")(CHINESE, dose={"share": 0.5}, sample="s")
    assert CHINESE.startswith(noisy)
    assert len(noisy) == len(CHINESE) // 2


def test_an_unknown_side_is_refused():
    with pytest.raises(BadSetting, match="one of end, start"):
        pt.get("text/truncation", side="middle")("a b", 0.5, sample="s")


@pytest.mark.parametrize("text", UNDIVIDED)
@pytest.mark.parametrize("name", ["drop-word", "repeat-word", "shuffle-words", "merge-words"])
def test_scripts_without_spaces_are_refused(name, text):
    with pytest.raises(NotApplicable, match="puts spaces between words"):
        pt.get(f"text/{name}")(text, 0.5, sample="s")


def test_a_foreign_name_in_an_english_text_is_no_reason_to_refuse():
    assert pt.get("text/drop-word")("He wrote 東京 on the map.", 1.0, sample="s")


def test_tokens_are_words_or_the_characters_of_scripts_without_spaces():
    text = "GPU真好 ok, 東a京"
    assert [text[a:b] for a, b in units(text)] == ["GPU", "真", "好", "ok,", "東", "a", "京"]
