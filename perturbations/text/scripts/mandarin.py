"""Errors of Mandarin typed by its sound: the wrong character for a syllable, or no character at all."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache
from itertools import accumulate

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._edits import Edit, noised
from perturbations.text._tokens import touched
from perturbations.text.scripts import _frequency, _pinyin
from perturbations.text.scripts._script import (
    Place,
    demand_chinese,
    demand_known,
    replaced,
    whole,
)

_SIGHAN = (
    ("same-tone", 0.524, _pinyin.same_tone),
    ("other-tone", 0.263, _pinyin.other_tone),
    ("fuzzy", 0.067, _pinyin.fuzzy),
    ("mistyped", 0.146, _pinyin.mistyped),
)
"""How the wrong characters of the test set of SIGHAN 2015 relate to the right ones: 445 of them, counted."""
_ALONE = {
    "same-tone": _pinyin.same_tone,
    "any-tone": _pinyin.any_tone,
    "fuzzy": _pinyin.fuzzy,
}
_ERRORS = ("sighan", *_ALONE)

Options = tuple[tuple[str, ...], tuple[float, ...], tuple[str, ...], tuple[tuple[float, ...], ...]]
"""Kinds of error that a character allows, the cumulated probabilities of them, the characters of each kind, and the
cumulated probabilities of those."""


@perturbation(coupling="mask", keeps=(), requires=("chinese",))
def pinyin_homophone(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of hanzi", high=1.0),
    errors: str = "sighan",
    language: str | None = None,
) -> Noisy:
    """The wrong character is picked for a syllable: 在 for 再, or one whose syllable sounds or is typed alike.

    A unit is a hanzi with such a partner. The edit puts one partner there, a common character (level 1 of GB 2312); the
    more frequent ones of its kind are the likelier, by a list of about 1400, and rare ones hardly ever come. In a text
    with traditional characters, partners are those that such a text writes as well (the frequent part of Big5), and
    the simplified form of a character is none. Readings follow the word that a character stands in (银行 hang, 行走 xing). Kinds and their
    weights are those counted in learners' errors: same syllable and tone 52.4%, other tone 26.3%, fuzzy (zh z, ch c,
    sh s, n l, f h, r l, an ang, en eng, in ing) 6.7%, and the other 14.6%, of no single kind, are taken as one
    letter of the syllable mistyped. Where a character has no frequent partner of a kind, its other kinds share the weight.
    The report counts edits by kind.

    Severity: share of the hanzi with a partner that become one.

    Settings:
        errors: "sighan", all kinds as above, or one kind alone: "same-tone", "any-tone" (the same syllable), "fuzzy".

    Raises:
        BadSetting: no such kind of error.
        MissingExtra: pypinyin is not installed.
        NotApplicable: the text has no hanzi, its language is another one, or it holds kana or Hangul and no language
            is given.

    References: Tseng et al., Introduction to SIGHAN 2015 Bake-off for Chinese Spelling Check, SIGHAN 2015 (its errors,
        counted here by kind); Liu et al., Visually and Phonologically Similar Characters in Incorrect Chinese Words,
        ACM TALIP 2011; the order of frequency and the rungs are our choice.
    """
    demand_known("errors", errors, _ERRORS)
    demand_chinese(text, _pinyin.HANZI, language)
    traditional = any(map(_frequency.is_traditional, _pinyin.HANZI.findall(text)))
    units = [
        (at, _options(errors, text[at], reading, traditional=traditional))
        for at, reading in _read(text)
    ]
    units = [unit for unit in units if unit[1][0]]
    edits: list[Edit] = []
    kinds = dict.fromkeys(_kinds(errors), 0)
    for i, how in touched(draw, len(units), share):
        at, options = units[i]
        kind, new = _picked(options, how)
        kinds[kind] += 1
        edits.append((at, at + 1, new))
    return noised(text, edits, requested=share, eligible=len(units), kinds=kinds)


def _read(text: str) -> Iterator[tuple[int, str]]:
    """Yield the hanzi that stand alone, without a mark or a selector of a variant, with their readings."""
    at = dict(_pinyin.read(text))
    for start, _ in whole(text, [(i, i + 1) for i in at]):
        yield start, at[start]


def _kinds(errors: str) -> tuple[str, ...]:
    return tuple(kind for kind, _, _ in _mixture(errors))


@cache
def _mixture(errors: str) -> tuple[tuple[str, float, Callable[[str, str], str]], ...]:
    return _SIGHAN if errors == "sighan" else ((errors, 1.0, _ALONE[errors]),)


@cache
def _options(errors: str, hanzi: str, reading: str, *, traditional: bool = False) -> Options:
    """Return what a character may become, where it is read so.

    Kinds with frequent partners are taken where there are any, since nobody picks a rare character by mistake.
    """
    every = [(kind, weight, of(hanzi, reading)) for kind, weight, of in _mixture(errors)]
    if traditional:
        every = [
            (kind, weight, _frequency.of_traditional(hanzi, ones)) for kind, weight, ones in every
        ]
    there = [each for each in every if any(map(_frequency.frequent, each[2]))]
    there = there or [each for each in every if each[2]]
    total = sum(weight for _, weight, _ in there)
    shares = accumulate(weight / total for _, weight, _ in there)
    return (
        tuple(kind for kind, _, _ in there),
        tuple(shares),
        tuple(partners for _, _, partners in there),
        tuple(_frequency.upto(partners) for _, _, partners in there),
    )


def _picked(options: Options, how: float) -> tuple[str, str]:
    """Return the kind of error and the character that a number in [0, 1) stands for."""
    kinds, ends, partners, upto = options
    which = min(bisect_right(ends, how), len(kinds) - 1)
    low = ends[which - 1] if which else 0.0
    rest = (how - low) / (ends[which] - low)
    place = bisect_right(upto[which], rest)
    return kinds[which], partners[which][min(place, len(partners[which]) - 1)]


@perturbation(coupling="mask", keeps=(), requires=("chinese",))
def pinyin_leak(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.005, 0.01, 0.02, 0.05, 0.1, unit="share of hanzi", high=1.0),
    language: str | None = None,
) -> Noisy:
    """The input method was left too early: the pinyin of a character stands where the character should.

    A unit is a hanzi with a known reading. The edit puts its syllable there as it is typed, without a tone (nü as nv).
    Readings follow the word that a character stands in.

    Severity: share of the hanzi that are left as pinyin.

    Raises:
        MissingExtra: pypinyin is not installed.
        NotApplicable: the text has no hanzi, its language is another one, or it holds kana or Hangul and no language
            is given.

    References: ISO 7098:2015 for pinyin; the error and its rungs are our choice.
    """
    demand_chinese(text, _pinyin.HANZI, language)
    places: list[Place] = [(at, at + 1, (reading[:-1],)) for at, reading in _read(text)]
    return replaced(text, places, draw, share)
