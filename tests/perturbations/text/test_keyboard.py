from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.errors import BadSetting
from perturbations.text._layouts import LAYOUTS, neighbours
from perturbations.text._modality import edges
from perturbations.text._sentences import SENTENCES

NOISE = pt.get("text/keyboard-typo")
ALL = " ".join(SENTENCES)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_neighbours_are_mutual_and_never_the_key_itself(layout):
    near = neighbours(layout)
    for key, others in near.items():
        assert key not in others
        assert list(others) == sorted(set(others))
        assert all(key in near[other] for other in others)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_letter_has_two_to_six_neighbours_of_its_case(layout):
    near = neighbours(layout)
    for letter in "abcdefghijklmnopqrstuvwxyz":
        assert 2 <= len(near[letter]) <= 6
        assert all(other.isupper() for other in near[letter.upper()])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_has_as_many_keys_plain_as_shifted(layout):
    keyboard = LAYOUTS[layout]
    assert list(map(len, keyboard.plain)) == list(map(len, keyboard.shifted))


@pytest.mark.parametrize(
    ("layout", "key", "near"),
    [
        ("qwerty", "g", "bfhtvy"),
        ("qwerty", "s", "adewxz"),
        ("qwerty", "S", "ADEWXZ"),
        ("qwerty", "p", "-0;[lo"),
        ("azerty", "q", "<aswz"),
        ("qwertz", "y", "<asx"),
        ("dvorak", "h", "cdgmt"),
    ],
)
def test_known_neighbours(layout, key, near):
    found = neighbours(layout)[key]
    assert set(near) <= set(found)


def test_the_share_of_mistyped_characters_is_the_dose():
    for share in (0.01, 0.1, 1.0):
        report = NOISE.apply(ALL, dose={"share": share}, sample="s").report
        spread = sqrt(share * (1 - share) / report["eligible"])
        assert report["share"] == pytest.approx(share, abs=4 * spread + 1e-12)


def test_only_keys_of_the_layout_are_counted():
    report = NOISE.apply("ab é 漢 1", 1.0, sample="s").report
    assert report["eligible"] == 3


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_edit_is_one_key_off(layout):
    near = neighbours(layout)
    noisy = NOISE.with_settings(layout=layout).apply(ALL, dose={"share": 1.0}, sample="s")
    for start, stop, typed in noisy.mapping:
        assert typed in near[ALL[start:stop]]
    assert len(noisy.value) == len(ALL)


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
