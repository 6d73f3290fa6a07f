"""Places of a text where a noise may act: never inside of what a reader calls a character."""

import re
from collections.abc import Callable, Container, Sequence
from functools import cache

from perturbations._draw import Draw
from perturbations._noisy import Noisy
from perturbations.errors import BadSetting, NotApplicable, did_you_mean, explain
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import extending, graphemes, is_plain
from perturbations.text._tokens import touched

Place = tuple[int, int, Sequence[str]]
"""(start, stop, options): what characters [start, stop) may become; an option that stands twice is twice as likely."""
Unit = tuple[int, str]
"""Where what may be changed starts, and what it is."""

LATIN = "A-Za-zªºÀ-ÖØ-öø-ʯḀ-ỿⱠ-ⱿꜢ-ꞿ"
GREEK = "Ͱ-Ϳ΄-Ͽἀ-῾"
CYRILLIC = "Ѐ-ԯᲀ-ᲈꙀ-ꚟ"
ARMENIAN = "Ա-Ֆա-և"
GEORGIAN = "Ⴀ-ჅᲐ-Ჿა-ჺ"
"""Bodies of character classes; fixed here, because those of `unicodedata` grow with the Python version."""


def replaced(text: str, places: Sequence[Place], draw: Draw, share: float, **more: object) -> Noisy:
    """Change a share of the places, each into one of its options."""
    edits: list[Edit] = []
    for i, how in touched(draw, len(places), share):
        start, stop, options = places[i]
        edits.append((start, stop, options[int(how * len(options))]))
    return noised(text, edits, requested=share, eligible=len(places), reorders=False, **more)


def borders(text: str) -> Container[int]:
    """Return the offsets at which a character as a reader counts it starts or ends."""
    if is_plain(text):
        return range(len(text) + 1)
    return frozenset(graphemes(text).starts)


def changed(
    text: str,
    units: Sequence[Unit],
    ways: Callable[[str], Sequence[str]],
    draw: Draw,
    share: float,
) -> Noisy:
    """Change a share of the units, each in one of its ways, which are asked for where it is hit only."""
    edits: list[Edit] = []
    for i, how in touched(draw, len(units), share):
        start, part = units[i]
        options = ways(part)
        edits.append((start, start + len(part), options[int(how * len(options))]))
    return noised(text, edits, requested=share, eligible=len(units))


def spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Return where a pattern is found between two borders."""
    found = [match.span() for match in pattern.finditer(text)]
    if is_plain(text):
        return found
    whole = borders(text)
    return [(start, stop) for start, stop in found if start in whole and stop in whole]


def found(pattern: re.Pattern[str], text: str) -> list[Unit]:
    """Return what a pattern finds between two borders."""
    return [(start, text[start:stop]) for start, stop in spans(pattern, text)]


def clusters(pattern: re.Pattern[str], text: str) -> list[Unit]:
    """Return the characters, as a reader counts them, that hold a match of a pattern of one code point."""
    if is_plain(text):
        return [(match.start(), match[0]) for match in pattern.finditer(text)]
    units = graphemes(text)
    pairs = zip(units.starts, units.parts, strict=False)
    return [(start, part) for start, part in pairs if pattern.search(part)]


def words(text: str) -> list[tuple[int, int]]:
    """Return the words: letters with their marks, and inner apostrophes."""
    return spans(_word(plain=is_plain(text)), text)


@cache
def _word(*, plain: bool) -> re.Pattern[str]:
    letter = r"[^\W\d_]" if plain else rf"[^\W\d_][{extending()}]*+"
    return re.compile(rf"(?<!\w)(?:{letter})++(?:['’](?:{letter})++)*+(?!\w)")


def cased_like(word: str, new: str) -> str:
    """Write a word as another one is written: all capitals, a capital first, or as it comes."""
    if len(word) > 1 and word.isupper():
        return new.upper()
    return new[0].upper() + new[1:] if word[0].isupper() else new


def demand_script(text: str, what: str, *scripts: str) -> None:
    """Raise NotApplicable if the text has letters, and none of them is of these scripts.

    Args:
        text: the clean text.
        what: the name of the scripts, for the message.
        scripts: bodies of character classes.
    """
    if text.isascii() and LATIN in scripts:
        return
    if _letter(scripts).search(text) is None and any(map(str.isalpha, text)):
        hint = "this noise is about that script; leave it out for this text"
        raise NotApplicable(explain(f"a text with letters of {what}", "text", text, hint))


@cache
def _letter(scripts: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"[{''.join(scripts)}]")


def demand_setting(name: str, value: object, known: Sequence[object]) -> None:
    """Raise BadSetting unless a setting is one of the known values."""
    if value not in known:
        hint = did_you_mean(str(value), map(str, known))
        raise BadSetting(explain(f"one of {', '.join(map(str, known))}", name, value, hint))
