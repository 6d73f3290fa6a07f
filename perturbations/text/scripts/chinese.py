"""Errors of Chinese as it looks: characters of like shape or in their other form, marks in the wrong width."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._extras import require
from perturbations.text.scripts._pinyin import HANZI, HANZI_RUN
from perturbations.text.scripts._script import (
    Exchange,
    demand,
    demand_chinese,
    demand_known,
    replaced,
    whole,
)
from perturbations.text.scripts._shapes import OWN, shapes

_EAST_ASIAN = re.compile(f"{HANZI.pattern[:-1]}ぁ-ゖァ-ヺ]")
_WAYS = {"traditional": ("s2t",), "simplified": ("t2s",), "auto": ("s2t", "t2s")}
"""By which conversions of OpenCC a character may find its other form."""
_WIDTHS = ("both", "half", "full")
_TYPED_FOR = {"。": ".", "、": ",", "“": '"', "”": '"', "‘": "'", "’": "'"}
"""What is typed for marks that have no twin of the other width."""


@perturbation(coupling="mask", keeps=())
def hanzi_shape(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.01, 0.03, 0.08, 0.15, 0.3, unit="share of hanzi with a look-alike", high=1.0
    ),
    table: str = OWN,
    language: str | None = None,
) -> Noisy:
    """A character is read or written as one of like shape: 未 for 末, 己 for 已.

    A unit is a hanzi of a group of look-alikes. The edit puts another one of its groups there, each as likely.

    Severity: share of the hanzi with a look-alike that become one.

    Settings:
        table: "own" for our groups of well-known look-alikes, "pycorrector" for those of that package, where it is
            installed, or the path of a file with a group per line; tabs and spaces between characters do not
            matter, lines that start with # are comments.

    Raises:
        BadSetting: the file cannot be read, or a line of it holds fewer than two characters.
        MissingExtra: the table is "pycorrector" and it is not installed.
        NotApplicable: the text has no hanzi, its language is another one, or it holds kana or Hangul and no language
            is given.

    References: Liu et al., Visually and Phonologically Similar Characters in Incorrect Chinese Words, ACM TALIP 2011
        (46% of wrongly written words look alike); our groups and the rungs are our choice.
    """
    exchange = shapes(table)
    demand_chinese(text, HANZI, language)
    return exchange.made(text, draw, share)


@perturbation(coupling="mask", keeps=(), requires=("chinese",))
def hanzi_variant(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.02, 0.05, 0.1, 0.3, 1.0, unit="share of hanzi with another form", high=1.0
    ),
    to: str = "auto",
    language: str | None = None,
) -> Noisy:
    """Simplified and traditional characters are mixed: 國 stands in a simplified text, 国 in a traditional one.

    A unit is a hanzi with another form, as its word has it (头发 is 頭髮, 发现 is 發現). The edit writes that form.

    Severity: share of the hanzi with another form that are written so; at 1 all of the text is converted.

    Settings:
        to: "traditional" or "simplified", or "auto": whichever form a character does not have.

    Raises:
        BadSetting: no such form.
        MissingExtra: opencc is not installed.
        NotApplicable: the text has no hanzi, its language is another one, or it holds kana or Hangul and no language
            is given.

    References: Open Chinese Convert (OpenCC), tables s2t and t2s; the rungs are our choice.
    """
    demand_known("to", to, tuple(_WAYS))
    demand_chinese(text, HANZI, language)
    forms = {at: form for way in reversed(_WAYS[to]) for at, form in _converted(text, way)}
    spans = whole(text, [(at, at + 1) for at in sorted(forms)])
    return replaced(text, [(a, b, (forms[a],)) for a, b in spans], draw, share)


def _converted(text: str, way: str) -> Iterator[tuple[int, str]]:
    """Yield where a conversion changes a text, and what stands there then."""
    for run in HANZI_RUN.finditer(text):
        for i, (old, new) in enumerate(zip(run[0], _run_converted(run[0], way), strict=True)):
            if old != new:
                yield run.start() + i, new


@lru_cache(maxsize=1 << 12)
def _run_converted(run: str, way: str) -> str:
    """Convert a run of hanzi; a conversion that changed its length would move places, and is not taken."""
    new = str(_converter(way).convert(run))
    return new if len(new) == len(run) else run


@cache
def _converter(way: str) -> Any:
    return require("opencc", extra="chinese").OpenCC(way)


@perturbation(coupling="mask", keeps=())
def east_asian_width(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of marks and digits", high=1.0),
    to: str = "both",
) -> Noisy:
    """Punctuation and digits come in the wrong width: a comma of Latin in Chinese, or a digit as wide as a hanzi.

    A unit is an ASCII digit or mark, its full-width twin, or one of 。 、 “ ” ‘ ’, for which . , " and ' are typed. The
    edit writes the other width. Letters and white space stay.

    Severity: share of the marks and digits that change width.

    Settings:
        to: "half" or "full" width, where only marks of the other one are units, or "both".

    Raises:
        BadSetting: no such width.
        NotApplicable: the text has neither hanzi nor kana.

    References: Unicode 15.0, block Halfwidth and Fullwidth Forms (NFKC restores what has a twin); the rungs are our
        choice.
    """
    demand_known("to", to, _WIDTHS)
    demand(text, _EAST_ASIAN, "Chinese or Japanese")
    return _other_width(to).made(text, draw, share)


@cache
def _other_width(to: str) -> Exchange:
    narrow = [chr(code) for code in range(0x21, 0x7F) if not chr(code).isalpha()]
    full = {one: chr(ord(one) + 0xFEE0) for one in narrow}
    half = {wide: one for one, wide in full.items()} | _TYPED_FOR
    return Exchange.of({"full": full, "half": half, "both": full | half}[to])
