from collections import Counter

import pytest

import perturbations as pt
from perturbations.text._sentences import SENTENCES

ALL = {"share": 1.0}
KINDS = ("'‘’′´", '"“”„″', "-‐‑–—−")


def noisy(name, text, sample="s", **settings):
    return pt.get(f"text/{name}", **settings)(text, dose=ALL, sample=sample)


def test_all_marks_go_but_those_in_numbers():
    text = "“Don't”, he said: 3.50 or 1,000 (in 2026-11-23)!  …"
    assert noisy("drop-punctuation", text) == "Dont he said 3.50 or 1,000 in 2026-11-23  "


def test_marks_of_other_scripts_are_marks():
    assert noisy("drop-punctuation", "今天，很好。 مرحبا، ¿qué?") == "今天很好 مرحبا qué"


def test_symbols_are_no_punctuation():
    assert noisy("drop-punctuation", "$5 + 3 = €8 <b>") == "$5 + 3 = €8 <b>"


def test_every_word_without_a_mark_gets_one_of_the_six():
    text = "one two, three “four” five."
    changed = noisy("insert-punctuation", text).split()
    assert [word[:-1] for word in (changed[0], changed[2])] == ["one", "three"]
    assert {changed[0][-1], changed[2][-1]} <= set(".;?:!,")
    assert [changed[i] for i in (1, 3, 4)] == ["two,", "“four”", "five."]


def test_each_mark_is_as_likely():
    counts = Counter(noisy("insert-punctuation", "word " * 6000).replace("word", "").split())
    assert set(counts) == set(".;?:!,")
    assert sum((n - 1000) ** 2 / 1000 for n in counts.values()) < 20.5  # 0.1% point, 5 degrees


def test_marks_are_wide_after_chinese():
    assert set(noisy("insert-punctuation", "今天天气")) <= set("今天气。；？：！，")
    assert noisy("insert-punctuation", "今天", marks="/") == "今/天/"


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("오늘 날씨", ".;?:!,"),
        ("👍 👨‍👩‍👧 ❤️", ".;?:!,"),
        ("كتاب السَّلامُ", ".؛؟:!،"),
        ("یہ کتاب", ".؛؟:!،"),
        ("東京 か\u3099", "。；？：！，"),
        ("שלום עולם", ".;?:!,"),
    ],
)
def test_marks_are_those_of_the_script(text, marks):
    found = {c for i in range(60) for c in noisy("insert-punctuation", text, sample=i)}
    assert found - set(text) == set(marks)


def test_a_number_before_a_hanzi_gets_a_wide_mark():
    for i in range(20):
        assert noisy("insert-punctuation", "3个", sample=i)[1] in "。；？：！，"


@pytest.mark.parametrize("text", ["วันนี้อากาศดี ที่นี่", "မြန်မာ စာ", "ខ្មែរ", "ພາສາລາວ"])
def test_no_mark_falls_into_thai_words(text):
    words = noisy("insert-punctuation", text).split()
    assert [word[:-1] for word in words] == text.split()
    assert all(word[-1] in ".;?:!," for word in words)


def test_no_marks_no_noise():
    assert noisy("insert-punctuation", "one two", marks="") == "one two"


@pytest.mark.parametrize("kind", KINDS)
def test_a_sign_becomes_another_of_its_kind(kind):
    for sign in kind:
        found = {noisy("punctuation-look-alike", f"a{sign}b", sample=i)[1:-1] for i in range(60)}
        assert found == set(kind) - {sign}


def test_three_dots_are_one_sign_and_back():
    assert noisy("punctuation-look-alike", "so... or… .") == "so… or... ."


def test_four_dots_are_three_and_one():
    assert noisy("punctuation-look-alike", "....") == "…."


def test_outside_of_marks_nothing_changes():
    for text in SENTENCES[:60]:
        changed = noisy("punctuation-look-alike", text)
        kept = [c for c in changed if c.isalnum() or c.isspace()]
        assert kept == [c for c in text if c.isalnum() or c.isspace()]
