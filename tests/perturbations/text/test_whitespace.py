import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.errors import BadSetting, NotApplicable
from perturbations.text._sentences import SENTENCES
from perturbations.text._sentences_layout import LAYOUT

ALL = {"share": 1.0}
NAMES = ("double-space", "odd-space", "trailing-space", "line-break", "collapsed-space")
KINDS = {"tab": "\t", "no-break": "\u00a0", "thin": "\u2009", "narrow": "\u202f", "wide": "\u3000"}


def noisy(name, text, sample="s", **settings):
    return pt.get(f"text/{name}", **settings)(text, dose=ALL, sample=sample)


@pytest.mark.parametrize("name", NAMES)
@given(text=st.text("ab \t\r\n\u00a0\u0301", max_size=30))
@settings(max_examples=60, deadline=None)
def test_only_white_space_changes(name, text):
    try:
        changed = noisy(name, text)
    except NotApplicable:
        return
    assert "".join(changed.split()) == "".join(text.split())


def test_single_spaces_are_doubled_and_others_stay():
    assert noisy("double-space", " a b  c\td ") == " a  b  c\td "


@pytest.mark.parametrize("kind", KINDS)
def test_a_space_is_of_the_kind_asked_for(kind):
    assert noisy("odd-space", "a b  c d", kind=kind) == f"a{KINDS[kind]}b  c{KINDS[kind]}d"


def test_any_kind_is_each_kind():
    found = set(noisy("odd-space", "a " * 200 + "a")) - {"a"}
    assert found == set(KINDS.values())


def test_an_unknown_kind_says_which_there_are():
    with pytest.raises(BadSetting, match="no-break"):
        noisy("odd-space", "a b", kind="nbsp")


def test_lines_end_in_one_to_four_spaces():
    text = "one\r\ntwo\n\nthree\n" * 30
    changed = noisy("trailing-space", text)
    assert re.sub(r" +(?=[\r\n])", "", changed) == text
    assert {len(run) for run in re.findall(r" +", changed)} == {1, 2, 3, 4}
    assert "\n\nthree" in changed


def test_spaces_and_line_ends_change_places_and_paragraphs_stay():
    assert noisy("line-break", "a b\nc\n\nd  e") == "a\nb c\n\nd  e"


def test_line_ends_are_those_of_the_text():
    assert noisy("line-break", "a b\r\nc") == "a\r\nb c"


def test_white_space_collapses_to_one_space():
    assert noisy("collapsed-space", "\n a  b\tc\r\n\n   d e \n") == "a b c d e"


def test_collapsed_texts_are_those_of_split_and_join():
    for text in LAYOUT:
        assert noisy("collapsed-space", text) == " ".join(text.split())


def test_a_text_without_layout_is_not_tested():
    with pytest.raises(NotApplicable, match="layout"):
        noisy("collapsed-space", SENTENCES[0])
