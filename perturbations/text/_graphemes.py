"""What a reader calls a character: grapheme clusters, so that an accent or an emoji is never torn apart."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from perturbations.text import _unicode

BREAKS = frozenset({"\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"})
"""Ends of lines and pages, as clusters: structure, not typing."""


class Graphemes(NamedTuple):
    """A text as a sequence of characters as a reader counts them."""

    parts: Sequence[str]
    """The clusters; the text itself where every cluster is one code point."""
    starts: Sequence[int]
    """Where each cluster starts, in code points, and at last the length of the text."""


def graphemes(text: str) -> Graphemes:
    """Split a text into extended grapheme clusters (UAX #29).

    >>> [len(part) for part in graphemes("👍🏽!").parts]
    [2, 1]
    """
    if is_plain(text):
        return Graphemes(text, range(len(text) + 1))
    parts = _cluster().findall(text)
    return Graphemes(parts, list(accumulate(map(len, parts), initial=0)))


def is_plain(text: str) -> bool:
    """Tell whether every character of the text is one code point."""
    if text.isascii():
        return "\r\n" not in text
    return _joiner().search(text) is None


@cache
def extending() -> str:
    """Return the body of a character class: what continues the character before it."""
    return _ranges(_unicode.EXTEND)


def joining() -> Iterator[tuple[int, int]]:
    """Yield the ranges of code points that may belong to a cluster of several, but for CR LF."""
    for hexadecimal in (_unicode.EXTEND, _unicode.PREPEND, _JAMO, _FLAGS):
        yield from _ends(hexadecimal)


def _ends(hexadecimal: str) -> Iterator[tuple[int, int]]:
    for span in hexadecimal.split():
        low, _, high = span.partition("-")
        yield int(low, 16), int(high or low, 16)


def _ranges(hexadecimal: str) -> str:
    return "".join(rf"\U{low:08X}-\U{high:08X}" for low, high in _ends(hexadecimal))


_FLAGS = "1F1E6-1F1FF"
_JAMO = "1100-11FF A960-A97C D7B0-D7C6 D7CB-D7FB"
_FLAG = "[\U0001f1e6-\U0001f1ff]"
_HANGUL_L, _HANGUL_V, _HANGUL_T = (
    "\u1100-\u115f\ua960-\ua97c",
    "\u1160-\u11a7\ud7b0-\ud7c6",
    "\u11a8-\u11ff\ud7cb-\ud7fb",
)


def _hangul_open() -> str:
    """Return the syllables without a final consonant, to which a vowel may be added."""
    return "".join(map(chr, range(0xAC00, 0xD7A4, 28)))


@cache
def _joiner() -> re.Pattern[str]:
    """Find anything that may belong to a cluster of several code points."""
    loose = "".join(rf"\U{low:08X}-\U{high:08X}" for low, high in joining())
    return re.compile(f"\r\n|[{loose}]")


@cache
def _cluster() -> re.Pattern[str]:
    extend, picture = f"[{extending()}]*", f"[{_ranges(_unicode.PICTOGRAPH)}]"
    consonant, linker = f"[{_ranges(_unicode.CONSONANT)}]", f"[{_ranges(_unicode.LINKER)}]"
    inside = f"(?:(?![{_ranges(_unicode.SPACING)}])[{extending()}])*"
    syllable = f"[{_HANGUL_L}]*(?:[{_hangul_open()}][{_HANGUL_V}]*|[\uac00-\ud7a3]|[{_HANGUL_V}]+)[{_HANGUL_T}]*"
    cores = (
        f"{_FLAG}{_FLAG}",
        f"{picture}(?:{extend}\u200d{picture})*",
        f"{consonant}(?:{inside}{linker}{inside}{consonant})*",
        syllable,
        f"[{_HANGUL_L}]+",
        f"[{_HANGUL_T}]+",
        f"[^{_ranges(_unicode.CONTROL)}]",
    )
    prepend = f"[{_ranges(_unicode.PREPEND)}]*"
    return re.compile(f"\r\n|{prepend}(?:{'|'.join(cores)}){extend}|.", re.DOTALL)
