"""Whether a noise of one script has a meaning for a text, and what may happen where in it."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from perturbations._draw import Draw
from perturbations._noisy import Noisy
from perturbations.errors import BadSetting, NotApplicable, did_you_mean, explain
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import graphemes, is_plain
from perturbations.text._spoken import main_language
from perturbations.text._tokens import touched

_CHINESE = frozenset({"zh", "yue", "cmn"})
"""Codes of languages that are written in Chinese."""
_NEIGHBOURS = re.compile("[ぁ-ゟァ-ヺㇰ-ㇿｦ-ﾝᄀ-ᇿㄱ-ㆎ가-힣]")

Place = tuple[int, int, Sequence[str]]
"""(start, stop, options): what characters [start, stop) may become, each option as likely."""


def demand(text: str, pattern: re.Pattern[str], what: str) -> None:
    """Raise NotApplicable unless the pattern of a script is found in the text."""
    if pattern.search(text) is None:
        hint = "the noise is about that script: leave it out for texts in others"
        raise NotApplicable(explain(f"a text in {what}", "text", text, hint))


def demand_chinese(text: str, hanzi: re.Pattern[str], language: str | None) -> None:
    """Raise NotApplicable unless a text is Chinese: by its language where that is known, and by its script.

    Kana and Hangul tell of Japanese and Korean; where the language is said to be Chinese, they are taken for quoted.
    """
    code = main_language(language)
    if code is not None and code not in _CHINESE:
        hint = "the noise is about Chinese: leave it out for texts in other languages"
        raise NotApplicable(explain("a text in Chinese", "language", language, hint))
    demand(text, hanzi, "Chinese")
    if code is None and _NEIGHBOURS.search(text):
        hint = "it holds kana or Hangul; say facts={'language': 'zh'} if it is Chinese all the same"
        raise NotApplicable(explain("a text in Chinese", "text", text, hint))


def demand_known(name: str, value: str, known: Sequence[str]) -> None:
    """Raise BadSetting unless a setting has one of the known values."""
    if value not in known:
        hint = did_you_mean(str(value), known)
        raise BadSetting(explain(f"one of {', '.join(known)}", name, value, hint))


def whole(text: str, spans: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """Return the spans that start and stop where a character as a reader counts it does."""
    if is_plain(text):
        return spans
    borders = frozenset(graphemes(text).starts)
    return [(start, stop) for start, stop in spans if start in borders and stop in borders]


def found(text: str, pattern: re.Pattern[str]) -> Sequence[tuple[int, int]]:
    """Return where a pattern is found in whole characters as a reader counts them."""
    return whole(text, [match.span() for match in pattern.finditer(text)])


def replaced(text: str, places: Sequence[Place], draw: Draw, share: float, **more: object) -> Noisy:
    """Change a share of the places, each into one of its options."""
    edits: list[Edit] = []
    for i, how in touched(draw, len(places), share):
        start, stop, options = places[i]
        edits.append((start, stop, options[int(how * len(options))]))
    return noised(text, edits, requested=share, eligible=len(places), reorders=False, **more)


class Exchange(NamedTuple):
    """Characters that may become others."""

    pattern: re.Pattern[str]
    """Finds any one of them."""
    options: Mapping[str, Sequence[str]]
    """What each may become."""

    @classmethod
    def of(cls, options: Mapping[str, Sequence[str]]) -> "Exchange":
        """Make one; it is worth keeping, since the pattern is compiled."""
        characters = re.escape("".join(options))
        return cls(re.compile(f"[{characters}]" if characters else "(?!)"), options)

    def made(self, text: str, draw: Draw, share: float) -> Noisy:
        """Change a share of the whole characters of a text that may become others."""
        options = self.options
        places = [(a, b, options[text[a:b]]) for a, b in found(text, self.pattern)]
        return replaced(text, places, draw, share)


def groups_to_options(groups: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return what each character of some groups may become: any other one of its groups, each once."""
    options: dict[str, dict[str, None]] = {}
    for group in groups:
        for one in group:
            options.setdefault(one, {}).update(dict.fromkeys(group))
    return {
        one: tuple(other for other in others if other != one) for one, others in options.items()
    }
