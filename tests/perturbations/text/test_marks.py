from unicodedata import category, normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.errors import BadSetting, NotApplicable
from perturbations.text.scripts._mark_table import SCRIPTS, codes, swaps
from perturbations.text.scripts._sentences_marked import MARKED

TEXT = "\n".join(MARKED)
WHOLE = {"dose": {"share": 1.0}, "sample": "s"}


def whole(name, text, **settings):
    return pt.get(f"text/{name}", **settings).apply(text, **WHOLE)


def unmarked(text):
    return "".join(one for one in text if category(one) != "Mn")


def test_marks_are_the_nonspacing_ones_of_their_blocks():
    for name, script in SCRIPTS.items():
        marks = set(codes(script.marks))
        kinds = {category(chr(code)) for code in marks}
        assert kinds <= {"Mn", "Cn"}, name  # Cn: newer than this Python's Unicode
        blocks = {code for code in codes(script.letters) if category(chr(code)) == "Mn"}
        assert blocks <= marks, name


def test_groups_of_marks_are_of_marks_of_their_script():
    for script in SCRIPTS.values():
        marks = set(map(chr, codes(script.marks)))
        for group in swaps(script):
            assert set(group) <= marks
            assert len(group) == len(set(group)) > 1
        for group in f"{script.forms} {script.last}".split():
            assert len(group) == len(set(group)) > 1
            assert set(map(ord, group)) <= set(codes(script.letters))


def test_dropping_all_marks_is_leaving_out_the_category():
    assert unmarked(TEXT) == whole("drop-marks", TEXT, marks="all").value
    assert (
        "Hom nay troi mưa to".replace("ư", "u")
        == whole("drop-marks", normalize("NFD", "Hôm nay trời mưa to")).value
    )


@given(st.text(st.characters(whitelist_categories=("Lo", "Mn"), max_codepoint=0x17FF), min_size=1))
@settings(deadline=None, max_examples=100)
def test_dropping_keeps_all_that_is_no_mark(text):
    try:
        noisy = whole("drop-marks", text, marks="all")
    except NotApplicable:
        return
    assert unmarked(noisy.value) == unmarked(text)
    assert noisy.report["eligible"] == len(text) - len(noisy.value)
    assert sum(noisy.report["scripts"].values()) == noisy.report["eligible"]


def test_the_report_says_which_scripts():
    noisy = whole("drop-marks", "السَّلامُ ที่ cafe\u0301", marks="all")
    assert {"latin": 1, "arabic": 3, "thai": 2} == noisy.report["scripts"]
    assert {"arabic": 0} == whole("drop-marks", "سلام").report["scripts"]
    assert {"hebrew"} == set(whole("drop-marks", TEXT, script="hebrew").report["scripts"])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("السَّلامُ", "السلام"),
        ("שָׁלוֹם", "שלום"),
        ("ที่นี่ น้ำ", "ทีนี นำ"),
        ("ज़मीन में क्षत्रिय दुनिया चाँद", "जमीन मे क्षत्रिय दुनिया चाद"),
        ("পড়া চাঁদ কুকুর", "পড়া চাদ কুকুর"),
    ],
)
def test_marks_that_nobody_leaves_out_stay(text, left):
    text, left = normalize("NFC", text), normalize("NFC", left).replace("ড\u09bc", "ড")
    assert left == whole("drop-marks", text).value


def test_usual_marks_are_marks_and_some_scripts_have_none():
    for script in SCRIPTS.values():
        assert set(codes(script.usual)) <= set(codes(script.marks))
    with pytest.raises(BadSetting, match="script='tibetan'"):
        whole("drop-marks", "བོད", script="tibetan")
    with pytest.raises(NotApplicable):
        whole("drop-marks", "བོད")
    assert "བད" == whole("drop-marks", "བོད", marks="all").value


def test_one_script_leaves_the_others():
    noisy = whole("drop-marks", "السَّلامُ ที่", script="thai", marks="all")
    assert "السَّلامُ ท" == noisy.value
    for script in ("thai", "latin"):
        with pytest.raises(NotApplicable, match=script):
            whole("drop-marks", "السَّلامُ", script=script)


def test_a_swapped_mark_is_another_of_its_group():
    groups = [group for script in SCRIPTS.values() for group in swaps(script)]
    noisy = whole("swap-marks", TEXT)
    assert unmarked(TEXT) == unmarked(noisy.value)
    assert len(TEXT) == len(noisy.value)
    for start, _, new in noisy.mapping:
        assert any({TEXT[start], new} <= set(group) for group in groups)


def test_swaps_by_script():
    assert "दूनिया" == whole("swap-marks", "दुनिया").value
    assert {"\u0e35", "\u0e36", "\u0e37"} == {
        pt.get("text/swap-marks")("ทิ", dose={"share": 1.0}, sample=str(i))[1] for i in range(40)
    }


def test_arabic_letters_change_where_they_stand():
    assert "مدرسه، مدرسه" == whole("letter-forms", "مدرسة، مدرسة").value
    assert "مدرسهٌ" == whole("letter-forms", "مدرسةٌ").value  # a mark may follow
    assert "علي" == whole("letter-forms", "على").value
    assert "يد هم" == whole("letter-forms", "يد هم").value  # neither is at the end of a word
    assert {"أ", "إ", "آ"} == {
        pt.get("text/letter-forms")("ا", dose={"share": 1.0}, sample=str(i)) for i in range(40)
    }


def test_hebrew_letters_take_the_other_form_at_the_end_of_a_word():
    assert "מילימ" == whole("letter-forms", "מילים").value
    assert "מילים" == whole("letter-forms", "מילימ").value
    assert "ם, מם" == whole("letter-forms", "ם, ממ").value  # a letter alone is no word


def test_digits_and_punctuation_do_not_make_a_text_of_a_script():
    for text, script in (("٣٤، ؟", "arabic"), ("১ বাংলা।", "devanagari"), ("๓๔ ฿", "thai")):
        with pytest.raises(NotApplicable, match=script):
            whole("drop-marks", text, script=script)


def test_thai_and_hindi_letters_change_under_their_marks():
    assert "ปี่" == whole("letter-forms", "บี่").value
    assert "की" == whole("letter-forms", "कि").value


def test_settings_are_named():
    with pytest.raises(BadSetting, match="usual, all"):
        whole("drop-marks", TEXT, marks="some")
    for name, script in (
        ("drop-marks", "klingon"),
        ("swap-marks", "syriac"),
        ("letter-forms", "latin"),
    ):
        with pytest.raises(BadSetting, match="auto"):
            whole(name, TEXT, script=script)
