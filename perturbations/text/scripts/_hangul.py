"""Hangul syllables taken apart and put together, by the arithmetic of the Unicode standard (section 3.12)."""

from typing import NamedTuple

LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
"""In the order of their code points; a blank is no final consonant."""

_FIRST, _LEAD, _VOWEL, _FINAL = 0xAC00, 0x1100, 0x1161, 0x11A7


class Syllable(NamedTuple):
    """A syllable as places in LEADS, VOWELS and FINALS."""

    lead: int
    vowel: int
    final: int

    def written(self, *, apart: bool) -> str:
        """Return the syllable as one code point, or as its conjoining jamo."""
        if apart:
            jamo = chr(_LEAD + self.lead) + chr(_VOWEL + self.vowel)
            return jamo + chr(_FINAL + self.final) if self.final else jamo
        number = (self.lead * len(VOWELS) + self.vowel) * len(FINALS) + self.final
        return chr(_FIRST + number)


def syllable(written: str) -> Syllable:
    """Read a syllable of modern Hangul, composed or in conjoining jamo.

    >>> syllable("한")
    Syllable(lead=18, vowel=0, final=4)
    """
    if len(written) > 1:
        final = ord(written[2]) - _FINAL if len(written) > 2 else 0
        return Syllable(ord(written[0]) - _LEAD, ord(written[1]) - _VOWEL, final)
    rest, final = divmod(ord(written) - _FIRST, len(FINALS))
    return Syllable(*divmod(rest, len(VOWELS)), final)
