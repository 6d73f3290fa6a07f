"""Text damaged on its way between systems: bytes read in the wrong encoding, lost, or ends of lines changed."""

import re
from collections.abc import Sequence
from functools import cache, partial

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._places import Place, changed, clusters, demand_setting, replaced, spans

_CODECS = ("cp1252", "latin-1")
_TIMES = (1, 2)
_WINDOWS = dict(
    zip(
        (0x80, *range(0x82, 0x8D), 0x8E, *range(0x91, 0x9D), 0x9E, 0x9F),
        "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ",
        strict=True,
    )
)
"""Bytes that Windows-1252 reads otherwise than Latin-1; its five gaps are control characters, as browsers read them."""
_BEYOND_ASCII = re.compile("[^\x00-\x7f\ud800-\udfff]")
_NOT_LOST = re.compile("[^\x00-\x7f\ud800-\udfff\ufffd]")
_MISSING = {
    "ascii": _BEYOND_ASCII,
    "latin-1": re.compile("[^\x00-\xff\ud800-\udfff]"),
    "cp1252": re.compile(f"[^\x00-\x7f\xa0-\xff\ud800-\udfff{''.join(_WINDOWS.values())}]"),
}
"""What each character set lacks; lone surrogates are in no encoding and stay as they are."""
_BREAK = re.compile(r"\r\n|[\r\n]")


@perturbation(coupling="mask", keeps=())
def mojibake(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of non-ASCII characters", high=1.0),
    codec: str = "cp1252",
    times: int = 1,
) -> Noisy:
    """Bytes of UTF-8 are read in another encoding: Ã© for é, â‚¬ for €.

    A unit is a character that is not ASCII, with its marks. The edit writes its UTF-8 bytes as the codec reads
    them; at share 1 the whole text is what such a reader sees, and encoding it back restores it. A text in
    ASCII has no unit and comes back as it is, and so do lone surrogates, which UTF-8 cannot hold.

    Severity: share of the characters beyond ASCII that are misread.

    Settings:
        codec: "cp1252" (Windows, as browsers read it) or "latin-1".
        times: how often it happened; 2 is double encoding.

    Raises:
        BadSetting: no such codec, or times is neither 1 nor 2.

    References: WHATWG Encoding Standard (windows-1252).
    """
    demand_setting("codec", codec, _CODECS)
    demand_setting("times", times, _TIMES)
    misread = partial(_misread, codec=codec, times=times)
    return changed(text, clusters(_BEYOND_ASCII, text), misread, draw, share)


@cache
def _reading(codec: str) -> dict[int, str]:
    return {byte: char for byte, char in _WINDOWS.items() if codec == "cp1252"}


def _misread(part: str, codec: str, times: int) -> tuple[str]:
    for _ in range(times):
        part = part.encode("utf-8").decode("latin-1").translate(_reading(codec))
    return (part,)


@perturbation(coupling="mask", keeps=())
def replacement_character(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of non-ASCII characters", high=1.0),
    each: str = "character",
) -> Noisy:
    """Bytes that could not be decoded are shown as the replacement character �, and what they were is lost.

    A unit is a character that is not ASCII, with its marks. The edit puts U+FFFD there: one for each code
    point (bytes of a one-byte encoding read as UTF-8) or one for each byte (UTF-8 read as ASCII). A text in
    ASCII has no unit and comes back as it is.

    Severity: share of the characters beyond ASCII that are lost.

    Settings:
        each: what one U+FFFD stands for, "character" or "byte".

    Raises:
        BadSetting: each is neither.

    References: the Unicode Standard, section 5.22 (U+FFFD substitution).
    """
    demand_setting("each", each, ("character", "byte"))
    if each == "byte":
        return changed(text, clusters(_BEYOND_ASCII, text), _lost_bytes, draw, share)
    return changed(text, clusters(_NOT_LOST, text), _lost, draw, share)


def _lost(part: str) -> tuple[str]:
    return (_BEYOND_ASCII.sub("\ufffd", part),)


def _lost_bytes(part: str) -> tuple[str]:
    return (part.encode("utf-8").decode("ascii", "replace"),)


@perturbation(coupling="mask", keeps=())
def question_mark(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.1, 0.25, 0.5, 0.75, 1.0, unit="share of characters without a code", high=1.0
    ),
    charset: str = "ascii",
) -> Noisy:
    """A system writes ? for each character that its character set lacks.

    A unit is a character, with its marks, of which a code point is not in the set. The edit puts a question
    mark for each such code point. A text within the set has no unit and comes back as it is.

    Severity: share of the characters outside the set that become question marks.

    Settings:
        charset: "ascii", "latin-1" or "cp1252".

    Raises:
        BadSetting: no such character set.

    References: Python's codec error handler "replace"; the behaviour of most databases and terminals.
    """
    demand_setting("charset", charset, tuple(_MISSING))
    missing = _MISSING[charset]
    return changed(
        text, clusters(missing, text), lambda part: (missing.sub("?", part),), draw, share
    )


@perturbation(coupling="mask", keeps=())
def line_ending(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of line ends", high=1.0),
    kind: str = "any",
) -> Noisy:
    r"""Ends of lines come out otherwise: as those of another system, doubled, as a space, or not at all.

    A unit is a line feed, a carriage return, or both. The edit puts another end of line there (\r\n, \n, \r),
    two of its kind, a space or nothing, each as likely. A text of one line has no unit and comes back as it is.

    Severity: share of the ends of lines that are damaged.

    Settings:
        kind: "any", or only "system" (another end of line), "doubled", "space" or "lost".

    Raises:
        BadSetting: no such kind.

    References: Unicode Technical Report 13, Newline Guidelines; the kinds of damage are our choice.
    """
    demand_setting("kind", kind, ("any", "system", "doubled", "space", "lost"))
    places: list[Place] = [(a, b, _ended(text[a:b], kind)) for a, b in spans(_BREAK, text)]
    return replaced(text, places, draw, share)


@cache
def _ended(clean: str, kind: str) -> Sequence[str]:
    ways = {
        "system": tuple(end for end in ("\n", "\r\n", "\r") if end != clean),
        "doubled": (clean * 2,),
        "space": (" ",),
        "lost": ("",),
    }
    return tuple(end for name, ends in ways.items() if kind in ("any", name) for end in ends)
