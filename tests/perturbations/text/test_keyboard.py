from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.errors import BadSetting, NotApplicable
from perturbations.text._graphemes import graphemes
from perturbations.text._layouts import LAYOUTS, neighbours
from perturbations.text._modality import edges
from perturbations.text._sentences import SENTENCES

NOISE = pt.get("text/keyboard-typo")
ALL = " ".join(SENTENCES)


def test_the_share_of_mistyped_characters_is_the_dose():
    for share in (0.01, 0.1, 1.0):
        report = NOISE.apply(ALL, dose={"share": share}, sample="s").report
        spread = sqrt(share * (1 - share) / report["eligible"])
        assert report["share"] == pytest.approx(share, abs=4 * spread + 1e-12)


def test_only_keys_of_the_layout_are_counted():
    report = NOISE.apply("ab é 漢 1", 1.0, sample="s").report
    assert report["eligible"] == 3


SCRIPTS = {
    "russian": "Съешь же ещё этих мягких французских булок, да выпей чаю.",
    "ukrainian": "Жебракують філософи при ґанку церкви в Гадячі.",
    "hebrew": "דג סקרן שט בים מאוכזב ולפתע מצא לו חברה",
    "arabic": "السَّلامُ عليكم ورحمة الله وبركاته",
    "thai": "เป็นมนุษย์สุดประเสริฐเลิศคุณค่า กว่าบรรดาฝูงสัตว์เดรัจฉาน",
    "korean": "키스의 고유조건은 입술끼리 만나야 하고 특별한 기술은 필요치 않다 ㅋㅋㅋ",
    "polish": "Zażółć gęślą jaźń, POMÓŻ mi wreszcie.",
    "turkish": "Pijamalı hasta yağız şoföre çabucak güvendi. İyi, IŞIK",
}


@pytest.mark.parametrize("device", ["physical", "mobile"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_edit_is_one_key_off(layout, device):
    near = neighbours(layout, device)
    text = SCRIPTS.get(layout, ALL)
    noisy = NOISE.with_settings(layout=layout, device=device).apply(
        text, dose={"share": 1.0}, sample="s"
    )
    assert noisy.mapping
    for start, stop, typed in noisy.mapping:
        assert typed in near[text[start:stop]]
    assert len(noisy.value) == len(text)
    assert list(map(len, graphemes(noisy.value).parts)) == list(map(len, graphemes(text).parts))


@pytest.mark.parametrize("layout", SCRIPTS)
def test_every_character_with_a_neighbour_changes_at_dose_one(layout):
    near, text = neighbours(layout), SCRIPTS[layout]
    noisy = NOISE.with_settings(layout=layout).apply(text, dose={"share": 1.0}, sample="s")
    hit = {start for start, _, _ in noisy.mapping}
    assert hit == {i for i, character in enumerate(text) if character in near}
    assert noisy.report["share"] == 1.0


def test_places_are_uniform():
    n = 40_000
    noisy = NOISE.apply("e" * n, dose={"share": 0.05}, sample="s")
    places = np.array([start for start, _, _ in noisy.mapping]) / n
    distance = np.abs(places - np.arange(len(places)) / len(places)).max()
    assert distance < 1.95 / sqrt(len(places))  # 0.1% point of Kolmogorov and Smirnov


def test_the_language_chooses_the_layout():
    given = {"sample": "s", "dose": {"share": 1.0}}
    french = NOISE("azerty", facts={"language": "fr"}, **given)
    assert french == NOISE.with_settings(layout="azerty")("azerty", **given)
    with pytest.raises(NotApplicable):
        NOISE("今天天气", facts={"language": "zh"}, **given)


def test_a_lookup_of_k_letters_survives_with_one_minus_p_to_the_k():
    """A model with a known curve: a word is known if all its letters are right."""
    for letters, share in ((4, 0.1), (8, 0.05), (8, 0.2)):
        words = ["e" * letters] * 4000
        noisy = NOISE.batch(words, dose={"share": share}, samples=range(len(words)))
        right = (1 - share) ** letters
        spread = sqrt(right * (1 - right) / len(words))
        found = sum(map(str.__eq__, words, noisy)) / len(words)
        assert found == pytest.approx(right, abs=4 * spread)


def test_neighbours_are_equally_likely():
    noisy = NOISE("g" * 6000, dose={"share": 1.0}, sample="s")
    counts = [noisy.count(key) for key in neighbours("qwerty")["g"]]
    assert sum((n - 1000) ** 2 / 1000 for n in counts) < 20.5


@given(st.text(st.characters(exclude_categories=()), max_size=60), st.floats(0.01, 1))
@settings(max_examples=60, deadline=None)
def test_a_text_keeps_its_length_and_the_edits_say_all(text, severity):
    noisy = NOISE.apply(text, severity, sample="s")
    assert noisy.mapping.apply(text) == noisy.value
    assert len(noisy.value) == len(text)
    hit = {start for start, _, _ in noisy.mapping}
    assert hit == {i for i, (a, b) in enumerate(zip(text, noisy.value, strict=True)) if a != b}


def test_edits_at_a_severity_are_among_those_above():
    for text in SENTENCES:
        before = set()
        for severity in (0.1, 0.4, 0.8, 1.0):
            after = set(NOISE.apply(text, severity, sample=text).mapping)
            assert before <= after
            before = after


def test_a_letter_with_a_combining_accent_is_left_alone():
    assert NOISE("e\u0301" * 200, dose={"share": 1.0}, sample="s") == "e\u0301" * 200


@pytest.mark.parametrize("edge", edges())
def test_edge_values_keep_what_is_no_key(edge):
    text = edges()[edge]
    noisy = NOISE(text, dose={"share": 1.0}, sample="s")
    near = neighbours("qwerty")
    pairs = {(a, b) for a, b in zip(text, noisy, strict=True) if a != b}
    assert all(b in near[a] for a, b in pairs)


def test_an_unknown_layout_says_what_there_is():
    with pytest.raises(BadSetting) as error:
        NOISE.with_settings(layout="qwertyy")("word", 0.5, sample="s")
    assert str(error.value) == (
        "expected the name of a keyboard layout, got layout='qwertyy' (str)\n"
        "  did you mean qwerty or qwertz or azerty?"
    )
