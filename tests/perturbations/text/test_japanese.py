from unicodedata import normalize

import pytest

import perturbations as pt
from perturbations.errors import BadSetting
from perturbations.text.scripts._sentences_japanese import JAPANESE
from perturbations.text.scripts.japanese import _narrow

TEXT = "\n".join(JAPANESE)
WHOLE = {"dose": {"share": 1.0}, "sample": "s"}


def whole(name, text, **settings):
    return pt.get(f"text/{name}", **settings)(text, **WHOLE)


def bare(kana):
    return normalize("NFD", kana)[0]


def test_sizes_of_kana_are_exchanged():
    assert "がつこう ちよつと フアイル やゅ" == whole(
        "kana-size", "がっこう ちょっと ファイル ゃゆ"
    )
    assert "あいう" == whole("kana-size", "あいう")


def test_voicing_changes_and_the_kana_below_it_stays_but_for_two_pairs():
    noisy = pt.get("text/dakuten-error").apply(TEXT, **WHOLE)
    for start, _, new in noisy.mapping:
        old = TEXT[start]
        assert bare(old) == bare(new) or {old, new} in map(set, ("じぢ", "ずづ", "ジヂ", "ズヅ"))


def test_dropping_voicing_is_dropping_the_marks_of_the_decomposition():
    dropped = whole("dakuten-error", TEXT, errors="dropped")
    marks = normalize("NFD", TEXT)
    assert marks.replace("\u3099", "").replace("\u309a", "") == dropped
    with pytest.raises(BadSetting, match="swapped, dropped"):
        whole("dakuten-error", TEXT, errors="lost")


def test_the_other_kana_is_undone_by_doing_it_again():
    once = whole("kana-confusion", TEXT)
    assert once != TEXT
    assert TEXT == whole("kana-confusion", once)
    assert "東京デらーめんヲ食ベタ" == whole("kana-confusion", "東京でラーメンを食べた")


def test_narrow_kana_are_restored_by_compatibility_composition():
    narrow = whole("half-width-kana", TEXT)
    assert "ﾗｰﾒﾝとｶﾞｽ" == whole("half-width-kana", "ラーメンとガス")
    assert narrow != TEXT
    assert normalize("NFKC", TEXT) == normalize("NFKC", narrow)
    assert not any("ァ" <= character <= "ヺ" for character in narrow)


def test_every_katakana_of_jis_x_0201_has_a_narrow_form():
    narrow = _narrow()
    assert all(normalize("NFKC", form) == kana for kana, form in narrow.items())
    assert {"ｱ", "ｶﾞ", "ﾊﾟ", "ｳﾞ", "ｰ", "ｯ"} <= set(narrow.values())
    assert "ヰスキー" == whole(
        "half-width-kana", "ヰスキー"
    )  # one kana of the run has no narrow form


def test_long_vowels_are_lost():
    assert "コンピュタ らめん ー" == whole("long-vowel-lost", "コンピューター らーめん ー")
    assert TEXT.replace("ー", "") == whole("long-vowel-lost", TEXT)
