"""Structure against content: the order of a text destroyed with its words kept, or its words with their order kept.

Why: at the same share of tokens, the difference of the two damages says what a model lives on. Both noises have the
same units, the same eligible tokens and the same ladder; only what they destroy differs.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._edits import Edit, noised
from perturbations.text._places import demand_setting
from perturbations.text._protect import free
from perturbations.text._tokens import touched
from perturbations.text._words import Span, core, units
from perturbations.text.words import moved_along

_LISTED = """
    a about above after again against all although am an and any are as at be because been before being below
    between both but by can cannot could did do does doing down during each either else ever every few for from
    had has have having he her here hers him his how i if in into is it its itself just may me might more most must
    my neither no nor not of off on once only or other our out over own shall she should since so some such than
    that the their them then there these they this those though through to too under unless until up upon us very
    was we were what when where whether which while who whom whose why will with within without would you your
"""
FUNCTION_WORDS = frozenset(_LISTED.split())
"""English articles, pronouns, prepositions, conjunctions, auxiliaries and adverbs of degree."""
_VOWELS, _CONSONANTS, _DIGITS = "aeiou", "bcdfghjklmnpqrstvwxyz", "0123456789"
_WAYS = ("touch", "keep")
_WIDE, _HANZI, _HANGUL, _HANGUL_END, _ASTRAL = -1, 0x3400, 0xAC00, 0xD7B0, 0x20000


@perturbation(coupling="mask", keeps=(), measure="tokens_changed")
def order_destroyed(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.2, 0.4, 0.6, 0.8, 1.0, unit="share of tokens", high=1.0),
    function_words: str = "touch",
    facts: Mapping[str, Any] | None = None,
) -> Noisy:
    """The words are all there, in another order: structure is lost, content is kept.

    A unit is a pair of tokens, drawn from the whole text at random; a pair that is hit trades places, so that any
    share keeps the multiset of tokens exactly and every gap as it is. Of an odd number, three move in a circle.
    Tokens with a letter or digit are eligible, their punctuation and case move with them; in scripts without
    spaces each character is a token. Protected tokens keep their places and are not eligible; entities and answers
    have no place in the new order, so spans cannot move along.

    Severity: share of the tokens that stand in another place; the same tokens' share as in text/content-destroyed.

    Settings:
        function_words: "touch" or "keep"; "keep" leaves English function words where they are.

    Raises:
        BadSetting: neither "touch" nor "keep".

    References: Papadimitriou & Jurafsky, Learning Music Helps You Read, EMNLP 2020 (structure against content);
        pairs, which let severities nest, are our own choice.
    """
    spans = free(text, _eligible(text, function_words), facts or {})
    order = draw.permutation(len(spans), stream="order").tolist()
    groups = [order[i : i + 2] for i in range(0, len(order) - 1, 2)]
    if len(order) % 2 and groups:
        groups[-1].append(order[-1])
    edits: list[Edit] = []
    for i, _ in touched(draw, len(groups), share):
        edits += moved_along(text, spans, groups[i])
    eligible = sum(map(len, groups))
    return noised(text, sorted(edits), requested=share, eligible=eligible, reorders=True)


@perturbation(coupling="mask", keeps=(), measure="tokens_changed")
def content_destroyed(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.2, 0.4, 0.6, 0.8, 1.0, unit="share of tokens", high=1.0),
    function_words: str = "touch",
) -> Noisy:
    """The words are nonsense of the same shape, in the same places: content is lost, structure is kept.

    A unit is a token; tokens with a letter or digit are eligible. Every letter of a token that is hit becomes
    another one: a vowel a vowel, a consonant a consonant, a digit a digit, a letter beyond a-z another one of the
    same script in this text (left where there is none). Length, case, punctuation, accents and every token that is not hit stay;
    two places of one word get different nonsense.

    Severity: share of the tokens that become nonsense; the same tokens' share as in text/order-destroyed.

    Settings:
        function_words: "touch" or "keep"; "keep" leaves English function words as they are, as in Jabberwocky.

    Raises:
        BadSetting: neither "touch" nor "keep".

    References: Papadimitriou & Jurafsky, Learning Music Helps You Read, EMNLP 2020 (structure against content);
        what counts as shape is our own choice.
    """
    spans = _eligible(text, function_words)
    numbers = draw.uniform(len(text), stream="letter")
    edits: list[Edit] = []
    for i, _ in touched(draw, len(spans), share):
        start, stop = spans[i]
        new = _nonsense(text, start, stop, numbers)
        if new != text[start:stop]:
            edits.append((start, stop, new))
    return noised(text, edits, requested=share, eligible=len(spans))


def _eligible(text: str, function_words: str) -> list[Span]:
    demand_setting("function_words", function_words, _WAYS)
    spans = [span for span in units(text) if _content().search(text, *span)]
    if function_words == "touch":
        return spans
    return [span for span in spans if text[slice(*core(text, span))].lower() not in FUNCTION_WORDS]


def _nonsense(text: str, start: int, stop: int, numbers: NDArray[np.float64]) -> str:
    out = []
    for place in range(start, stop):
        sign = text[place]
        lower = sign.lower()
        if options := _like(lower):
            new = _another(options, lower, float(numbers[place]))
            sign = new if sign == lower else new.upper()
        elif sign.isalpha():
            sign = _another(_letters(text)[_kind(sign)], sign, float(numbers[place]))
        out.append(sign)
    return "".join(out)


def _another(options: str, sign: str, number: float) -> str:
    """Return one of the options that is not the sign, each as likely; the sign if there is none."""
    place = options.index(sign)
    return options[(place + 1 + int(number * (len(options) - 1))) % len(options)]


def _like(sign: str) -> str:
    return next((kind for kind in (_VOWELS, _CONSONANTS, _DIGITS) if sign in kind), "")


@lru_cache(maxsize=64)
def _letters(text: str) -> dict[tuple[int, bool], str]:
    """Return the letters of a text beyond a-z, by kind."""
    found: dict[tuple[int, bool], str] = {}
    for sign in sorted({sign for sign in text if sign.isalpha() and not _like(sign.lower())}):
        found[_kind(sign)] = found.get(_kind(sign), "") + sign
    return found


def _kind(sign: str) -> tuple[int, bool]:
    """Return the script and the case of a letter; a script is 128 code points, or all of hanzi, or all of Hangul."""
    point = ord(sign)
    block = _WIDE if _HANZI <= point < _HANGUL or point >= _ASTRAL else point >> 7
    return (-2 if _HANGUL <= point < _HANGUL_END else block), sign.isupper()


@cache
def _content() -> re.Pattern[str]:
    return re.compile(r"[^\W_]")
