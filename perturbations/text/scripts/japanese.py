"""Slips of Japanese writing: small kana, voicing marks, the wrong one of the two kana, narrow forms."""

import re
from functools import cache
from unicodedata import normalize

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text.scripts._script import (
    Exchange,
    demand,
    demand_known,
    found,
    groups_to_options,
    replaced,
)

_KANA = re.compile("[ぁ-ゖァ-ヺ]")
_RUN = re.compile("[ぁ-ゖゝゞ][ぁ-ゖゝゞー]*|[ァ-ヶヽヾ][ァ-ヶヽヾー]*")
_KATAKANA = re.compile("[ァ-ヴー]*[ァ-ヴ][ァ-ヴー]*")
_LONG = re.compile("(?<=[ぁ-ゖァ-ヺー])ー")
_SHIFT = ord("ァ") - ord("ぁ")

_SIZES = ("つっ", "やゃ", "ゆゅ", "よょ", "ツッ", "ヤャ", "ユュ", "ヨョ")
_SMALL_VOWELS = ("ぁあ", "ぃい", "ぅう", "ぇえ", "ぉお", "ァア", "ィイ", "ゥウ", "ェエ", "ォオ")
_VOICED = (
    "かが きぎ くぐ けげ こご さざ しじ すず せぜ そぞ ただ ちぢ つづ てで とど "
    "はばぱ ひびぴ ふぶぷ へべぺ ほぼぽ じぢ ずづ"
)
_DAKUTEN = ("swapped", "dropped")


@perturbation(coupling="mask", keeps=())
def kana_size(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of such kana", high=1.0),
) -> Noisy:
    """A small kana is written large, or a large one small: がっこう becomes がつこう.

    A unit is one of つ や ゆ よ in either size, or a small vowel, in either kana. The edit writes the other size;
    large vowels stay, since they are seldom made small.

    Severity: share of such kana that are written in the other size.

    Raises:
        NotApplicable: the text has no kana.

    References: Unicode 15.0, blocks Hiragana and Katakana (letters named SMALL); which of them take part, and the rungs,
        are our choice.
    """
    demand(text, _KANA, "kana")
    return _sizes().made(text, draw, share)


@cache
def _sizes() -> Exchange:
    vowels: dict[str, tuple[str, ...]] = {pair[0]: (pair[1],) for pair in _SMALL_VOWELS}
    return Exchange.of(groups_to_options(_SIZES) | vowels)


@perturbation(coupling="mask", keeps=())
def dakuten_error(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="share of such kana", high=1.0),
    errors: str = "swapped",
) -> Noisy:
    """The two strokes or the ring that voice a kana are lost, added or confused: が for か, は for ば or ぱ.

    A unit is a kana that has a voiced or half-voiced partner, in either kana; じ ぢ and ず づ, which sound alike,
    are partners too. The edit writes a partner, each as likely.

    Severity: share of such kana that are written as a partner.

    Settings:
        errors: "swapped", or "dropped": only voiced kana are units, and lose their marks.

    Raises:
        BadSetting: no such kind of error.
        NotApplicable: the text has no kana.

    References: Unicode 15.0, canonical decompositions of kana, for which marks a kana takes; the error and its rungs
        are our choice.
    """
    demand_known("errors", errors, _DAKUTEN)
    demand(text, _KANA, "kana")
    return _voicings(dropped=errors == "dropped").made(text, draw, share)


@cache
def _voicings(*, dropped: bool) -> Exchange:
    hiragana = _VOICED.split()
    katakana = ["".join(map(_katakana, group)) for group in hiragana]
    groups = [*hiragana, *katakana, "ウヴ"]
    if not dropped:
        return Exchange.of(groups_to_options(groups))
    bare = {kana: normalize("NFD", kana)[0] for kana in "".join(groups)}
    return Exchange.of({kana: (plain,) for kana, plain in bare.items() if plain != kana})


@perturbation(coupling="mask", keeps=())
def kana_confusion(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of runs of kana", high=1.0),
) -> Noisy:
    """Hiragana is left in katakana, or katakana in hiragana: らーめん for ラーメン.

    A unit is a longest run of one kana, with its long vowel marks. The edit writes all of it in the other kana.
    What it does to the text is undone by doing it again.

    Severity: share of the runs that are written in the other kana.

    Raises:
        NotApplicable: the text has no kana.

    References: Unicode 15.0, blocks Hiragana and Katakana, which have the same order; the error and its rungs are our
        choice.
    """
    demand(text, _KANA, "kana")
    places = [(start, stop, (_other(text[start:stop]),)) for start, stop in found(text, _RUN)]
    return replaced(text, places, draw, share)


def _other(run: str) -> str:
    """Return a run of one kana in the other."""
    turned = _katakana if run[0] < "゠" else _hiragana
    return "".join(map(turned, run))


def _katakana(kana: str) -> str:
    return kana if kana == "ー" else chr(ord(kana) + _SHIFT)


def _hiragana(kana: str) -> str:
    return kana if kana == "ー" else chr(ord(kana) - _SHIFT)


@perturbation(coupling="mask", keeps=())
def half_width_kana(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.2, 0.4, 0.7, 1.0, unit="share of runs of katakana", high=1.0),
) -> Noisy:
    """A word in katakana comes out of an old terminal in narrow letters: ガス becomes ｶﾞｽ.

    A unit is a run of katakana with its long vowel marks. The edit writes all of it in half-width forms, a
    voicing mark as a letter of its own; NFKC restores it.

    Severity: share of the runs of katakana that are narrow.

    Raises:
        NotApplicable: the text has no kana.

    References: Unicode 15.0, block Halfwidth and Fullwidth Forms; JIS X 0201.
    """
    demand(text, _KANA, "kana")
    narrow = _narrow()
    places = [
        (start, stop, ("".join(map(narrow.__getitem__, text[start:stop])),))
        for start, stop in found(text, _KATAKANA)
        if narrow.keys() >= set(text[start:stop])
    ]
    return replaced(text, places, draw, share)


@cache
def _narrow() -> dict[str, str]:
    """Return the half-width form of each katakana, read off the compatibility decompositions."""
    plain = {normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
    marks = {"\u3099": "\uff9e", "\u309a": "\uff9f"}
    voiced = {
        normalize("NFC", wide + mark): narrow + alone
        for wide, narrow in plain.items()
        for mark, alone in marks.items()
    }
    return plain | {wide: narrow for wide, narrow in voiced.items() if len(wide) == 1}


@perturbation(coupling="mask", keeps=())
def long_vowel_lost(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of long vowel marks", high=1.0),
) -> Noisy:
    """The mark of a long vowel is not written: コンピューター becomes コンピュータ or コンピュタ.

    A unit is a ー after a kana. The edit drops it.

    Severity: share of the long vowel marks that are lost.

    Raises:
        NotApplicable: the text has no kana.

    References: Cabinet notice no. 2 of 1991 on the spelling of foreign words, which allows both for some; the rungs
        are our choice.
    """
    demand(text, _KANA, "kana")
    places = [(start, stop, ("",)) for start, stop in found(text, _LONG)]
    return replaced(text, places, draw, share)
