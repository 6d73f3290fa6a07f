"""What holds for every noise of a script, on any Unicode text."""

from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.errors import NotApplicable
from perturbations.text._graphemes import graphemes
from perturbations.text.scripts._sentences_chinese import CHINESE
from perturbations.text.scripts._sentences_japanese import JAPANESE
from perturbations.text.scripts._sentences_korean import KOREAN
from perturbations.text.scripts._sentences_marked import MARKED

CHINESE_NOISES = ("hanzi-shape", "hanzi-variant", "pinyin-homophone", "pinyin-leak")
KOREAN_NOISES = ("drop-final-consonant", "jamo-confusion", "korean-spacing")
JAPANESE_NOISES = (
    "dakuten-error", "half-width-kana", "kana-confusion", "kana-size", "long-vowel-lost"
)  # fmt: skip
MARK_NOISES = ("drop-marks", "letter-forms", "swap-marks")
WIDTH = ("east-asian-width",)
ALL = (*CHINESE_NOISES, *KOREAN_NOISES, *JAPANESE_NOISES, *MARK_NOISES, *WIDTH)
OWN = {
    **dict.fromkeys((*CHINESE_NOISES, *WIDTH), "\n".join(CHINESE)),
    **dict.fromkeys(KOREAN_NOISES, "\n".join(KOREAN)),
    **dict.fromkeys(JAPANESE_NOISES, "\n".join(JAPANESE)),
    **dict.fromkeys(MARK_NOISES, "\n".join(MARKED)),
}
NEEDED = {"hanzi-variant": "opencc", "pinyin-homophone": "pypinyin", "pinyin-leak": "pypinyin"}
ANYTHING = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            ("银行行长", "得了", "한국", "한국", "값", "がっこう", "がパ", "ラーメン", "ｶﾞ", "السَّلامُ", "שָׁלוֹם")
        ),
        st.sampled_from(("ที่นี่", "क्षत्रिय", "cafe\u0301", "葛\U000e0100", "か\u3099", "，1.", "\ud800", "\0", "👨‍👩‍👧", "\r\n")),
    ),
    max_size=8,
).map("".join)  # fmt: skip


def at(share):
    return {"dose": {"share": share}, "sample": "s"}


@pytest.fixture(params=ALL)
def noise(request):
    package = NEEDED.get(request.param)
    if package:
        pytest.importorskip(package)
    return pt.get(f"text/{request.param}")


def test_these_are_all_noises_of_the_family():
    assert {f"text/{name}" for name in ALL} == set(pt.names(modality="text", family="scripts"))


def test_a_text_in_another_script_is_refused_and_not_called_robust(noise):
    for text in ("An English sentence, in 1 line.", "Старый мост закрыли", "123 ...", ""):
        with pytest.raises(NotApplicable, match="expected a text in"):
            noise(text, 0.6, sample="s")


def test_a_share_of_one_changes_every_unit(noise):
    text = OWN[noise.name.removeprefix("text/")]
    noisy = noise.apply(text, None, **at(1.0))
    assert 50 < noisy.report["eligible"] == len(noisy.mapping)
    assert all(text[start:stop] != new for start, stop, new in noisy.mapping)


def test_the_dose_is_the_share_of_units(noise):
    text = OWN[noise.name.removeprefix("text/")]
    dose = {"share": 0.3}
    reports = [noise.apply(text, None, dose=dose, sample=str(i)).report for i in range(8)]
    units = sum(report["eligible"] for report in reports)
    edits = sum(report["edits"] for report in reports)
    assert edits / units == pytest.approx(0.3, abs=4 * (0.3 * 0.7 / units) ** 0.5)


def test_more_noise_keeps_the_edits_of_less(noise):
    text = OWN[noise.name.removeprefix("text/")]
    few, more = (set(noise.apply(text, None, **at(share)).mapping) for share in (0.2, 0.6))
    assert few < more


@given(text=ANYTHING, share=st.sampled_from((0.3, 1.0)))
@settings(deadline=None, max_examples=50)
def test_any_text_keeps_what_is_outside_the_edits(text, share):
    for name in ALL:
        try:
            noisy = pt.get(f"text/{name}").apply(text, None, **at(share))
        except (NotApplicable, pt.errors.MissingExtra):
            continue
        assert noisy.mapping.apply(text) == noisy.value
        assert noisy.mapping.inverse(text).apply(noisy.value) == text
        assert noisy.report["eligible"] >= len(noisy.mapping) == noisy.report["edits"]
        if share == 1.0:
            assert noisy.report["eligible"] == len(noisy.mapping)
        if name not in MARK_NOISES:
            borders = set(graphemes(text).starts)
            assert all({start, stop} <= borders for start, stop, _ in noisy.mapping)


def test_characters_with_a_mark_or_a_selector_are_not_touched():
    pytest.importorskip("pypinyin")
    for name, text in (
        ("pinyin-homophone", "葛\U000e0100"),
        ("hanzi-shape", "未\ufe00"),
        ("dakuten-error", "か\u3099"),
    ):
        noisy = pt.get(f"text/{name}").apply(text, None, **at(1.0))
        assert (text, 0) == (noisy.value, noisy.report["eligible"])


def test_normal_forms_are_kept():
    for text in KOREAN[:20]:
        apart = normalize("NFD", text)
        for name in KOREAN_NOISES:
            one, two = (pt.get(f"text/{name}")(each, None, **at(0.5)) for each in (text, apart))
            assert normalize("NFD", one) == two
