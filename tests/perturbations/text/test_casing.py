import pytest

import perturbations as pt
from perturbations.errors import NotApplicable
from perturbations.text._sentences import SENTENCES

ALL = {"share": 1.0}
ENGLISH = [text for text in SENTENCES if text.isascii()]
RECASED = {
    "upper-case": str.upper,
    "lower-case": str.lower,
    "random-case": str.swapcase,
}


@pytest.mark.parametrize("name", RECASED)
def test_at_share_one_all_case_is_that_of_python(name):
    for text in [*ENGLISH[:40], "Straße ΟΔΟΣ ёлка élan"]:
        noisy = pt.get(f"text/{name}")(text, dose=ALL, sample=text)
        if name == "random-case" and not text.isascii():
            assert noisy.casefold() == text.casefold()
        else:
            assert noisy == RECASED[name](text)


@pytest.mark.parametrize("name", [*RECASED, "title-case"])
def test_only_case_changes(name):
    for text in ENGLISH[:60]:
        for severity in (0.4, 1.0):
            assert pt.get(f"text/{name}")(text, severity, sample=text).lower() == text.lower()


def test_titles_begin_with_a_capital_and_change_nothing_else():
    text = "“don't” eBay  (usa) 3rd NASA\nǆep"
    expected = "“Don't” EBay  (Usa) 3Rd NASA\nǅep"
    assert pt.get("text/title-case")(text, dose=ALL, sample="s") == expected


def test_turkish_has_two_letters_i():
    upper, lower = pt.get("text/upper-case"), pt.get("text/lower-case")
    turkish = {"language": "tr"}
    assert upper("ılık istanbul", dose=ALL, sample="s", facts=turkish) == "ILIK İSTANBUL"
    assert lower("ILIK İSTANBUL", dose=ALL, sample="s", facts=turkish) == "ılık istanbul"
    assert upper("istanbul", dose=ALL, sample="s") == "ISTANBUL"


def test_letters_change_their_case_as_often_as_the_dose_says():
    text = "abcdefghij " * 1000
    report = pt.get("text/random-case").apply(text, dose={"share": 0.5}, sample="s").report
    assert report["eligible"] == 10_000
    assert report["share"] == pytest.approx(0.5, abs=4 * 0.005)


def test_eligible_are_the_words_that_would_change():
    report = pt.get("text/lower-case").apply("Anna met NASA in may.", 1.0, sample="s").report
    assert (report["eligible"], report["edits"]) == (2, 2)


@pytest.mark.parametrize("name", [*RECASED, "title-case"])
@pytest.mark.parametrize("text", ["今天天气很好", "שלום עולם", "नमस्ते दुनिया", "안녕하세요"])
def test_scripts_without_case_are_refused(name, text):
    with pytest.raises(NotApplicable, match="upper and lower case"):
        pt.get(f"text/{name}")(text, 0.5, sample="s")


@pytest.mark.parametrize("name", [*RECASED, "title-case"])
def test_a_text_without_letters_stays(name):
    report = pt.get(f"text/{name}").apply("42 !?", 1.0, sample="s").report
    assert (report["eligible"], report["edits"]) == (0, 0)
