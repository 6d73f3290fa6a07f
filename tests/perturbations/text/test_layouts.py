import unicodedata

import pytest

from perturbations.errors import BadSetting, NotApplicable
from perturbations.text._graphemes import graphemes
from perturbations.text._layouts import LAYOUTS, has_marks, layout_of, neighbours

DEVICES = ("physical", "mobile")
LATIN = [name for name in LAYOUTS if "q" in "".join(LAYOUTS[name].plain)]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_neighbours_are_mutual_and_never_the_key_itself(layout, device):
    near = neighbours(layout, device)
    for key, others in near.items():
        assert key not in others
        assert list(others) == sorted(set(others))
        assert all(key in near[other] for other in others)


@pytest.mark.parametrize("layout", LATIN)
def test_every_letter_has_two_to_six_neighbours_of_its_case(layout):
    near = neighbours(layout)
    for letter in "abcdefghijklmnopqrstuvwxyz":
        assert 2 <= len(near[letter]) <= 6
        upper = "İ" if (layout, letter) == ("turkish", "i") else letter.upper()
        assert all(other.isupper() for other in near[upper])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_has_as_many_keys_plain_as_shifted(layout):
    keyboard = LAYOUTS[layout]
    assert list(map(len, keyboard.plain)) == list(map(len, keyboard.shifted))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_two_keys_type_the_same_with_the_same_modifiers(layout):
    keyboard = LAYOUTS[layout]
    for rows in (keyboard.plain, keyboard.shifted, keyboard.phone, *keyboard.altgr):
        typed = "".join(rows).replace(" ", "")
        assert len(set(typed)) == len(typed)


@pytest.mark.parametrize(
    ("layout", "key", "near"),
    [
        ("qwerty", "g", "bfhtvy"),
        ("qwerty", "s", "adewxz"),
        ("qwerty", "S", "ADEWXZ"),
        ("qwertz", "z", "67ghtu"),
        ("dvorak", "h", "bcdgmt"),
        ("spanish", "ñ", "-.lp´`"),
        ("italian", "ò", "-.lpàè"),
        ("portuguese", "ç", "+-.lpº"),
        ("polish", "ś", "ąęźż"),
        ("polish", "ć", "ź"),
        ("polish", "a", "qswz"),
        ("czech", "ů", "-.lpú§"),
        ("turkish", "ı", "89jkou"),
        ("turkish", "i", ",.üğş"),
        ("turkish", "İ", "ŞĞÜ"),
        ("russian", "п", "аеимнр"),
        ("ukrainian", "і", "вуфцчя"),
        ("hebrew", "ש", "'/דז"),
        ("arabic", "ب", "قفيلؤر"),
        ("thai", "ด", "กะพเแอ"),
        ("korean", "ㅎ", "ㄹㅅㅗㅍㅛㅠ"),
        ("korean", "ㅃ", "!@ㅉ"),
    ],
)
def test_known_neighbours_on_a_keyboard(layout, key, near):
    found = neighbours(layout)[key]
    assert set(found) == set(near)


@pytest.mark.parametrize(
    ("layout", "key", "near"),
    [
        ("qwerty", "g", "bcfhtvy"),
        ("qwerty", "z", "adsx"),
        ("qwerty", "q", "aw"),
        ("qwerty", "G", "BCFHTVY"),
        ("turkish", "I", "UOJK"),
        ("korean", "ㅃ", "ㅉ"),
    ],
)
def test_known_neighbours_on_a_phone(layout, key, near):
    assert set(near) == set(neighbours(layout, "mobile")[key])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_phone_has_no_digits(layout):
    assert not any(key.isdigit() for key in neighbours(layout, "mobile"))


def is_mark(character):
    return unicodedata.category(character) == "Mn"


@pytest.mark.parametrize("layout", ["thai", "arabic"])
def test_marks_slip_onto_marks_so_that_clusters_stay(layout):
    near = neighbours(layout)
    assert has_marks(layout)
    assert any(is_mark(key) for key in near)
    for key, others in near.items():
        for other in others:
            pair = [len(graphemes("ก" + each + "ก").parts) for each in (key, other)]
            assert pair[0] == pair[1]


def jamo(syllable):
    return unicodedata.normalize("NFD", syllable)


def test_a_korean_syllable_differs_in_one_place():
    near = neighbours("korean")
    syllables = [chr(code) for code in range(0xAC00, 0xD7A4)]
    assert all(syllable in near for syllable in syllables)
    for syllable in syllables[::97]:
        for other in near[syllable]:
            assert unicodedata.name(other).startswith("HANGUL SYLLABLE")
            one, two = jamo(syllable), jamo(other)
            assert len(one) == len(two)
            assert sum(map(str.__ne__, one, two)) == 1


def test_strokes_of_a_korean_syllable():
    assert set("산란함항판핸헌한") - {"한"} <= set(neighbours("korean")["한"])
    assert "괘" in neighbours("korean")["과"]  # ㅗㅏ: ㅏ lands on ㅐ
    assert "각" not in neighbours("korean")["가"]  # no stroke comes or goes


@pytest.mark.parametrize(
    ("language", "layout"),
    [("de", "qwertz"), ("pt-BR", "portuguese"), ("uk_UA", "ukrainian"), (None, "qwerty")],
)
def test_a_language_chooses_its_layout(language, layout):
    assert layout_of("auto", language) == layout
    assert layout_of("dvorak", language) == "dvorak"


def test_a_language_without_a_keyboard_says_so():
    with pytest.raises(NotApplicable, match=r"language='zh'.*\n.*name one: layout="):
        layout_of("auto", "zh")


def test_an_unknown_device_says_what_there_is():
    with pytest.raises(BadSetting) as error:
        neighbours("qwerty", "mobil")
    assert str(error.value) == "expected a device, got device='mobil' (str)\n  did you mean mobile?"
