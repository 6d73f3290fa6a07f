"""Korean syllables as the key strokes that make them, on a 2-beolsik keyboard.

Why: people type letters (jamo), and the computer writes syllables. A slip changes one stroke; the syllable that is
then written differs in one place. Slips that break a syllable up (a vowel's key for a consonant's) are left out.
"""

from collections.abc import Mapping

_FIRST = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWEL = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_LAST = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
"""Letters in the order of Unicode's syllables, which are numbered (first * 21 + vowel) * 28 + last."""
_STROKES = {
    "ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ", "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ",
    "ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ",
}  # fmt: skip
"""Letters that take two strokes."""
_LETTERS = {strokes: letter for letter, strokes in _STROKES.items()}
_SYLLABLES = 0xAC00

Near = Mapping[str, tuple[str, ...]]


def is_letter(character: str) -> bool:
    """Tell whether a key types a Korean letter."""
    return character in _FIRST or character in _VOWEL


def slips(near: Near) -> dict[str, tuple[str, ...]]:
    """Return what each syllable becomes when one of its strokes lands on a neighbouring key, sorted."""
    firsts, vowels, lasts = (_parts(near, order) for order in (_FIRST, _VOWEL, _LAST))
    found: dict[str, tuple[str, ...]] = {}
    for first, other_firsts in enumerate(firsts):
        for vowel, other_vowels in enumerate(vowels):
            for last, other_lasts in enumerate(lasts):
                written = [
                    *(_syllable(other, vowel, last) for other in other_firsts),
                    *(_syllable(first, other, last) for other in other_vowels),
                    *(_syllable(first, vowel, other) for other in other_lasts),
                ]
                found[_syllable(first, vowel, last)] = tuple(sorted(written))
    return found


def last_strays(near: Near) -> dict[str, tuple[str, ...]]:
    """Return the letters on the keys around that of each syllable's last stroke."""
    found: dict[str, tuple[str, ...]] = {}
    for first in range(len(_FIRST)):
        for vowel, its_letter in enumerate(_VOWEL):
            for last, final in enumerate(_LAST):
                letter = its_letter if final == " " else final
                stroke = _STROKES.get(letter, letter)[-1]
                found[_syllable(first, vowel, last)] = tuple(filter(is_letter, near[stroke]))
    return found


def _syllable(first: int, vowel: int, last: int) -> str:
    return chr(_SYLLABLES + (first * len(_VOWEL) + vowel) * len(_LAST) + last)


def _parts(near: Near, order: str) -> list[list[int]]:
    """Return, for each letter of a place in the syllable, the letters there that are one stroke off."""
    return [
        sorted(order.index(other) for other in _off(near, letter) if other in order)
        for letter in order
    ]


def _off(near: Near, letter: str) -> list[str]:
    strokes = _STROKES.get(letter, letter)
    off = [
        strokes[:i] + typed + strokes[i + 1 :]
        for i, stroke in enumerate(strokes)
        for typed in near.get(stroke, ())
    ]
    return [each for each in (_LETTERS.get(one, one) for one in off) if len(each) == 1]
