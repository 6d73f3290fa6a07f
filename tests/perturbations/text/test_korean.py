from unicodedata import name, normalize

import pytest

import perturbations as pt
from perturbations.errors import BadSetting
from perturbations.text.scripts._hangul import FINALS, LEADS, VOWELS, Syllable, syllable
from perturbations.text.scripts._sentences_korean import KOREAN

TEXT = "\n".join(KOREAN)
WHOLE = {"dose": {"share": 1.0}, "sample": "s"}
SYLLABLES = [chr(code) for code in range(0xAC00, 0xD7A4)]


def test_the_arithmetic_is_that_of_unicode():
    for one in SYLLABLES:
        apart = normalize("NFD", one)
        assert syllable(one) == syllable(apart)
        assert (one, apart) == (
            syllable(one).written(apart=False),
            syllable(one).written(apart=True),
        )
        assert one == normalize("NFC", apart)


def test_jamo_are_named_in_the_order_of_their_places():
    for order, first in ((LEADS, 0x1100), (VOWELS, 0x1161), (FINALS[1:], 0x11A8)):
        for i, jamo in enumerate(order):
            assert name(jamo).split()[-1] == name(chr(first + i)).split()[-1].replace(
                "YESIEUNG", "IEUNG"
            )


def differing(one, two):
    pairs = zip(("lead", "vowel", "final"), syllable(one), syllable(two), strict=True)
    return [where for where, a, b in pairs if a != b]


def test_one_jamo_of_a_syllable_changes():
    noisy = pt.get("text/jamo-confusion").apply(TEXT, **WHOLE)
    for start, stop, new in noisy.mapping:
        assert 1 == len(differing(TEXT[start:stop], new))


@pytest.mark.parametrize(
    ("errors", "where"), [("tense", "lead"), ("vowel", "vowel"), ("final", "final")]
)
def test_one_kind_of_error_can_be_asked_for(errors, where):
    noisy = pt.get("text/jamo-confusion", errors=errors).apply(TEXT, **WHOLE)
    assert len(noisy.mapping) > 100
    for start, stop, new in noisy.mapping:
        assert [where] == differing(TEXT[start:stop], new)


def test_partners_are_those_that_sound_alike():
    def options(one, errors):
        noise = pt.get("text/jamo-confusion", errors=errors)
        return {noise(one, dose={"share": 1.0}, sample=str(i)) for i in range(60)}

    assert {"까"} == options("가", "tense")
    assert {"게"} == options("개", "vowel")
    assert {"왜", "웨"} == options("외", "vowel")
    assert {"히"} == options("희", "vowel")
    assert {"의"} == options("의", "vowel")
    assert {"안"} == options("않", "final")
    assert {"박"} == options("밖", "final")
    assert {"낟", "났", "낮", "낯", "낱"} == options("낫", "final")


@pytest.mark.parametrize("one", "한함어오은운나먹말")
def test_no_final_becomes_a_double_one_and_no_vowel_a_far_one(one):
    for i in range(40):
        noisy = pt.get("text/jamo-confusion")(one, dose={"share": 1.0}, sample=str(i))
        assert syllable(noisy)[1:] == syllable(one)[1:]


def test_misspellings_are_syllables_in_use():
    noisy = pt.get("text/jamo-confusion").apply("".join(SYLLABLES), **WHOLE)
    for start, _, new in noisy.mapping:
        assert len(new.encode("euc_kr")) == 2, (SYLLABLES[start], new)


def test_a_dropped_final_leaves_lead_and_vowel():
    noisy = pt.get("text/drop-final-consonant").apply(TEXT, **WHOLE)
    for start, stop, new in noisy.mapping:
        old = syllable(TEXT[start:stop])
        assert old.final > 0
        assert Syllable(old.lead, old.vowel, 0) == syllable(new)
    assert "하구 아다" == pt.get("text/drop-final-consonant")("한국 앉다", **WHOLE)


def test_lost_spaces_are_the_only_thing_that_changes():
    noisy = pt.get("text/korean-spacing")(TEXT, **WHOLE)
    assert TEXT.replace(" ", "") == noisy.replace(" ", "")
    assert "나는 abc 학교에간다\n끝" == pt.get("text/korean-spacing")(
        "나는 abc 학교에 간다\n끝", **WHOLE
    )


def test_particles_are_written_apart():
    noise = pt.get("text/korean-spacing", errors="inserted")
    assert "학교 에서 밥 을 먹었다" == noise("학교에서 밥을 먹었다", **WHOLE)
    assert "학교 에서밥 을먹었다" == pt.get("text/korean-spacing", errors="both")(
        "학교에서 밥을 먹었다", **WHOLE
    )


def test_unknown_kinds_of_error_are_named():
    for noise in ("jamo-confusion", "korean-spacing"):
        with pytest.raises(BadSetting, match="errors="):
            pt.get(f"text/{noise}", errors="none")(TEXT, 0.5, sample="s")
