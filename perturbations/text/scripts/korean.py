"""Misspellings of Korean: syllables heard right and spelt wrong, and spaces in the wrong place.

A syllable is one composed code point or two or three conjoining jamo (NFC or NFD); it is written back as it was.
"""

import re
from functools import cache, lru_cache

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text.scripts._hangul import FINALS, LEADS, VOWELS, Syllable, syllable
from perturbations.text.scripts._script import (
    Place,
    demand,
    demand_known,
    found,
    groups_to_options,
    replaced,
)

_HANGUL = re.compile("[가-힣ᄀ-ᄒ]")
_SYLLABLE = re.compile("[가-힣]|[ᄀ-ᄒ][ᅡ-ᅵ][ᆨ-ᇂ]?")
_GAP = re.compile(r"(?<=[가-힣ᅡ-ᅵᆨ-ᇂ])[ \t\u00a0\u3000]+(?=[가-힣ᄀ-ᄒ])")
_PARTICLE = re.compile(
    r"(?<=[가-힣])(?:에서|에게|부터|까지|보다|처럼|만큼|은|는|이|가|을|를|에|의|도|와|과|로)(?![가-힣ᄀ-ᇿ])"
)

_ALIKE = {
    "tense": ("ㄱㄲ", "ㄷㄸ", "ㅂㅃ", "ㅅㅆ", "ㅈㅉ"),
    "vowel": ("ㅐㅔ", "ㅒㅖ", "ㅙㅚㅞ", "ㅢㅣ"),
    "final": ("ㄱㄲㅋ", "ㄷㅅㅆㅈㅊㅌ", "ㅂㅍ"),
}
"""Jamo that sound alike: plain and tense at the start of a syllable; vowels that have merged; finals that are said
alike before a consonant."""
_SIMPLER = dict(zip("ㄳㄵㄶㄺㄻㄼㄾㅀㄿㅄ", "ㄱㄴㄴㄱㅁㄹㄹㄹㅂㅂ", strict=True))
"""What is heard of a double final. Nobody hears a double one where there is none."""
_LEADS_OF_UI = "ㄴㄸㅆㅌㅎ"
"""Consonants after which ㅢ is written and ㅣ is said; after others it stands in no word of today."""
_ERRORS = ("all", *_ALIKE)
_SPACING = ("lost", "inserted", "both")


@perturbation(coupling="mask", keeps=())
def jamo_confusion(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of syllables", high=1.0),
    errors: str = "all",
) -> Noisy:
    """A Korean syllable is spelt as it sounds, with the wrong one of two jamo that sound alike.

    A unit is a Hangul syllable with a jamo that has a partner. The edit puts one partner in the place of one
    jamo: plain or tense at the start (ㄱ ㄲ), a vowel that sounds alike (ㅐ ㅔ, ㅚ ㅙ ㅞ, and ㅢ ㅣ after ㄴ ㄸ ㅆ ㅌ ㅎ), a
    final that sounds alike (ㅅ ㅆ ㅌ), or of a double final what is heard (ㄶ ㄴ, ㅄ ㅂ). What comes out is one of the
    2350 syllables of KS X 1001, which are those in use. Every partner of the syllable is as likely.

    Severity: share of the syllables with a partner that are misspelt.

    Settings:
        errors: "all", or only one kind: "tense", "vowel" or "final".

    Raises:
        BadSetting: no such kind of error.
        NotApplicable: the text has no Hangul syllable.

    References: Standard Korean pronunciation rules (National Institute of Korean Language), chapters 2 and 4, for what
        sounds alike; which pairs are taken, and that all are as likely, is our choice.
    """
    demand_known("errors", errors, _ERRORS)
    demand(text, _HANGUL, "Hangul")
    places: list[Place] = []
    for start, stop in found(text, _SYLLABLE):
        options = _alike(text[start:stop], errors)
        if options:
            places.append((start, stop, options))
    return replaced(text, places, draw, share)


@lru_cache(maxsize=1 << 14)
def _alike(written: str, errors: str) -> tuple[str, ...]:
    """Return the syllables that differ from one in a jamo that sounds alike."""
    clean = syllable(written)
    leads, vowels, finals = _partners(errors)
    others = [
        *(clean._replace(lead=each) for each in leads.get(clean.lead, ())),
        *(clean._replace(vowel=each) for each in vowels.get(clean.vowel, ())),
        *(clean._replace(final=each) for each in finals.get(clean.final, ())),
    ]
    return tuple(
        other.written(apart=len(written) > 1) for other in others if _is_usual(clean, other)
    )


def _is_usual(clean: Syllable, other: Syllable) -> bool:
    """Tell whether a misspelling is a syllable in use; EUC-KR writes any other in more than two bytes."""
    to_or_from_ui = other.vowel != clean.vowel and "ㅢ" in {
        VOWELS[clean.vowel],
        VOWELS[other.vowel],
    }
    if to_or_from_ui and LEADS[clean.lead] not in _LEADS_OF_UI:
        return False
    return len(other.written(apart=False).encode("euc_kr")) == 2


@cache
def _partners(errors: str) -> tuple[dict[int, tuple[int, ...]], ...]:
    """Return the places of the partners of each lead, vowel and final."""
    found = {kind: groups_to_options(groups) for kind, groups in _ALIKE.items()}
    found["final"] |= {double: (heard,) for double, heard in _SIMPLER.items()}
    return tuple(
        {
            order.index(one): tuple(map(order.index, others))
            for one, others in found[kind].items()
            if errors in ("all", kind)
        }
        for kind, order in (("tense", LEADS), ("vowel", VOWELS), ("final", FINALS))
    )


@perturbation(coupling="mask", keeps=())
def drop_final_consonant(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="share of closed syllables", high=1.0),
) -> Noisy:
    """The consonant at the end of a Korean syllable is not written: 한국 becomes 하국.

    A unit is a Hangul syllable with a final consonant (batchim). The edit drops the final, a double one whole.

    Severity: share of the syllables with a final consonant that lose it.

    Raises:
        NotApplicable: the text has no Hangul syllable.

    References: Unicode 15.0, section 3.12 (arithmetic of syllables); the error and its rungs are our choice.
    """
    demand(text, _HANGUL, "Hangul")
    places: list[Place] = []
    for start, stop in found(text, _SYLLABLE):
        read = syllable(text[start:stop])
        if read.final:
            opened = Syllable(read.lead, read.vowel, 0)
            places.append((start, stop, (opened.written(apart=stop - start > 1),)))
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=(), measure="tokens_changed")
def korean_spacing(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of places for a space", high=1.0),
    errors: str = "lost",
) -> Noisy:
    """Two Korean words are written as one, or a particle is written apart from its noun.

    A unit is white space within a line between two words in Hangul, which is dropped; or the place before a
    particle that ends a word (은, 는, 을, 에서 ...), which gets a space. Particles are told by their spelling: some
    are ends of other words.

    Severity: share of the places at which the spacing is wrong.

    Settings:
        errors: "lost" spaces, "inserted" ones, or "both".

    Raises:
        BadSetting: no such kind of error.
        NotApplicable: the text has no Hangul syllable.

    References: Korean orthography (National Institute of Korean Language), articles 2 and 41, for where spaces belong;
        the list of particles is our choice.
    """
    demand_known("errors", errors, _SPACING)
    demand(text, _HANGUL, "Hangul")
    places: list[Place] = []
    if errors != "inserted":
        places += [(start, stop, ("",)) for start, stop in found(text, _GAP)]
    if errors != "lost":
        places += [(start, start, (" ",)) for start, _ in found(text, _PARTICLE)]
    return replaced(text, sorted(places), draw, share)
