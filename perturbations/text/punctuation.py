"""Punctuation left out, put in, and written with other signs."""

import re
import unicodedata
from functools import cache

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import graphemes
from perturbations.text._places import Place, replaced
from perturbations.text._tokens import touched
from perturbations.text._words import Span, units

_MARKS = ".;?:!,"
_WIDE_MARKS = "。；？：！，"
_ARABIC_MARKS = ".؛؟:!،"
_ALIKE = ("'‘’′´", '"“”„″', "-‐‑–—−")
_DOTS, _ELLIPSIS = "...", "…"
_WIDE = re.compile(
    "[\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]"
)
"""Hanzi and kana, beside which marks are full width; those of Korean are narrow."""
_ARABIC = re.compile(
    "[\u0620-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdcf\ufe70-\ufefc]"
)
_JOINED = re.compile("[\u0e01-\u0e5b\u0e81-\u0eff\u0f40-\u0fbc\u1000-\u109f\u1780-\u17dd]")
"""Thai, Lao, Tibetan, Burmese, Khmer: words of several characters, with nothing between them to tell where one ends."""


@perturbation(coupling="mask", keeps=())
def drop_punctuation(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of punctuation marks", high=1.0),
) -> Noisy:
    """Punctuation marks are left out, as in messages and search boxes.

    A unit is a mark (Unicode categories P); all are eligible but those between two digits, which belong to the
    number. Apostrophes and hyphens inside words are marks as well.

    Severity: share of the punctuation marks that are missing.

    References: CheckList 0.0.11, strip punctuation; sparing numbers is our own choice.
    """
    marks = _marks(text)
    edits: list[Edit] = [(*marks[i], "") for i, _ in touched(draw, len(marks), share)]
    return noised(text, edits, requested=share, eligible=len(marks))


@perturbation(coupling="mask", keeps=())
def insert_punctuation(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.35, 0.5, unit="share of words", high=1.0),
    marks: str = _MARKS,
) -> Noisy:
    """Punctuation marks stand where none belongs, after a word.

    A unit is a word between white space, or a Chinese or Japanese character; those that no mark follows are eligible.
    In Thai, Lao, Tibetan, Burmese and Khmer a unit is what lies between white space, not a part of it. Each mark is
    as likely; the six usual ones are full width beside a Chinese or Japanese character, and after an Arabic letter
    comma, semicolon and question mark are the Arabic ones.

    Severity: share of the words without a mark that get one.

    Settings:
        marks: the marks to choose from; other than the six usual ones, they are taken as they are.

    References: Karimi et al., AEDA: An Easier Data Augmentation Technique for Text Classification, EMNLP 2021 (marks
        . ; ? : ! ,; there 0 to 1/3 of the words, the mark a word of its own).
    """
    ends = [stop for _, stop in units(text) if _is_free(text, stop)]
    places: list[Place] = [
        (end, end, _usual_marks(text, end) if marks == _MARKS else marks) for end in ends if marks
    ]
    return replaced(text, places, draw, share)


def _is_free(text: str, end: int) -> bool:
    """Tell whether a word may get a mark at its end: it has none, and no word goes on there."""
    after = text[end : end + 1]
    if _is_mark(text[end - 1]) or (after and _is_mark(after)):
        return False
    return not after or after.isspace() or not _JOINED.match(_carrier(text, end))


def _usual_marks(text: str, end: int) -> str:
    """Return the marks of the script of the word that ends here."""
    before, after = _carrier(text, end), text[end : end + 1]
    if _WIDE.match(before) or _WIDE.match(after):
        return _WIDE_MARKS
    return _ARABIC_MARKS if _ARABIC.match(before) else _MARKS


def _carrier(text: str, end: int) -> str:
    """Return the last character before a place that is no mark on another one."""
    while end > 1 and unicodedata.category(text[end - 1])[0] == "M":
        end -= 1
    return text[end - 1]


@perturbation(coupling="mask", keeps=())
def punctuation_look_alike(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.2, 0.4, 0.6, 0.8, 1.0, unit="share of quotes, dashes and dots", high=1.0
    ),
) -> Noisy:
    """Quotes, dashes and dots are another keyboard's or editor's: ' becomes ’, - becomes –, ... becomes ….

    A unit is a straight or curly quote, an apostrophe, a prime, a hyphen, a dash, a minus, an ellipsis or three dots; the
    edit puts another sign of the same kind in its place, each as likely.

    Severity: share of the quotes, dashes and dots that are another sign of their kind.

    References: our own choice of signs; editors turn straight quotes and hyphens into typographic ones (Unicode
        Standard, chapter 6, on quotation marks and dashes).
    """
    clusters = graphemes(text)
    options = _look_alikes()
    places: list[Place] = []
    for start, part in zip(clusters.starts, clusters.parts, strict=False):
        if part == "." and text.startswith(_DOTS, start) and (not start or text[start - 1] != "."):
            places.append((start, start + len(_DOTS), (_ELLIPSIS,)))
        elif part in options:
            places.append((start, start + 1, options[part]))
    return replaced(text, places, draw, share)


def _marks(text: str) -> list[Span]:
    clusters = graphemes(text)
    return [
        (start, start + 1)
        for start, part in zip(clusters.starts, clusters.parts, strict=False)
        if len(part) == 1 and _is_mark(part) and not _in_number(text, start)
    ]


def _in_number(text: str, place: int) -> bool:
    return 0 < place < len(text) - 1 and text[place - 1].isdigit() and text[place + 1].isdigit()


@cache
def _look_alikes() -> dict[str, tuple[str, ...]]:
    alike = {sign: tuple(kind.replace(sign, "")) for kind in _ALIKE for sign in kind}
    return alike | {_ELLIPSIS: (_DOTS,)}


@cache
def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "P"
