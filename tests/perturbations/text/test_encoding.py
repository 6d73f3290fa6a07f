import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.text._sentences_world import WORLD

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def full(text, value, sample="s"):
    return pt.get(f"text/{text}")(value, dose={"share": 1.0}, sample=sample)


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_a_whole_text_of_mojibake_is_its_utf8_read_wrong(text):
    assert full("mojibake(codec=latin-1)", text) == text.encode().decode("latin-1")
    twice = text.encode().decode("latin-1").encode().decode("latin-1")
    assert full("mojibake(codec=latin-1,times=2)", text) == twice


def test_windows_reads_bytes_as_browsers_do():
    assert full("mojibake", "é € “ß”") == "Ã© â‚¬ â€œÃŸâ€\x9d"
    assert full("mojibake(times=2)", "é") == "ÃƒÂ©"
    for byte in range(0x80, 0x100):
        try:
            expected = bytes([byte]).decode("cp1252")
        except UnicodeDecodeError:
            expected = chr(byte)
        char = bytes([0xC2 + (byte >> 6) - 2, 0x80 | byte & 0x3F]).decode()
        assert full("mojibake", char)[-1] == (
            expected if byte < 0xC0 else full("mojibake", char)[-1]
        )


def test_misread_text_can_be_read_back():
    for text in WORLD:
        assert full("mojibake(codec=latin-1)", text).encode("latin-1").decode() == text


def test_half_the_characters_are_misread_at_dose_one_half():
    noisy = pt.get("text/mojibake").apply("é" * 2000, dose={"share": 0.5}, sample="s")
    assert noisy.value.count("Ã©") == len(noisy.mapping) == pytest.approx(1000, abs=100)


@pytest.mark.parametrize("name", ["mojibake", "replacement-character", "question-mark"])
def test_ascii_and_lone_surrogates_have_nothing_to_misread(name):
    noisy = pt.get(f"text/{name}").apply("plain \ud800", 1.0, sample="s")
    assert noisy.value == "plain \ud800"
    assert noisy.report["eligible"] == 0


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_lost_bytes_are_replacement_characters(text):
    assert full("replacement-character(each=byte)", text) == text.encode().decode(
        "ascii", "replace"
    )
    assert full("replacement-character", text) == re.sub(r"[^\0-\x7f]", "\ufffd", text)


@given(TEXTS, st.sampled_from(["ascii", "latin-1", "cp1252"]))
@settings(max_examples=100, deadline=None)
def test_unknown_characters_are_question_marks(text, charset):
    expected = text.encode(charset, "replace").decode(charset)
    assert full(f"question-mark(charset={charset})", text) == expected


def test_ends_of_lines_come_out_otherwise():
    found = {full("line-ending", "a\nb", i) for i in range(60)}
    assert found == {"a\r\nb", "a\rb", "a\n\nb", "a b", "ab"}
    assert full("line-ending(kind=lost)", "a\r\nb\rc\n") == "abc"
    assert full("line-ending(kind=doubled)", "a\r\nb") == "a\r\n\r\nb"
    assert {full("line-ending(kind=system)", "a\r\nb", i) for i in range(20)} == {"a\nb", "a\rb"}
