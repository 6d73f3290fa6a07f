"""Misread print: what optical character recognition makes of shapes, gaps and dust."""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import graphemes, is_plain
from perturbations.text._lookalikes import lookalikes, shape, shapes
from perturbations.text._packed import replaced_many
from perturbations.text._places import (
    ARMENIAN,
    CYRILLIC,
    GEORGIAN,
    GREEK,
    LATIN,
    Place,
    demand_script,
    replaced,
    spans,
    words,
)
from perturbations.text._tokens import touched

_HYPHENATING = LATIN, GREEK, CYRILLIC, ARMENIAN, GEORGIAN
_HYPHENATING_LETTER = re.compile(f"[{''.join(_HYPHENATING)}]")

_HYPHENATED = 6
"""Words of fewer characters are not broken over two lines."""
_LEFT = 2
"""Characters that stay together on either side of a hyphen."""
_BREAKS = frozenset("\n\r\v\f\x85\u2028\u2029")
_GAP = re.compile(r"(?<=\S)[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+(?=\S)")
"""White space within a line."""
_MARKS = re.compile(r"[.,;:'’‘`´·\-]")
"""Marks so small that a threshold between ink and paper loses them."""
_SPECKS = tuple("....,,,''`:;·-")
"""What dust is read as."""


@perturbation(coupling="mask", keeps=(), batched=True)
def ocr_confusion(
    text: str | list[str],
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.01, 0.02, 0.05, 0.1, 0.2, unit="share of shapes with a look-alike", high=1.0
    ),
) -> Noisy:
    """A scanner takes a shape for its look-alike: 0 for O, 1 for l, m for rn, d for cl, e for c.

    A unit is a shape with a look-alike: one character, or two or three that run together when they touch
    (the longest from the left). The edit puts one of its look-alikes there, the likelier ones more often;
    letters change case only where both cases have one shape (c C, s S, v V). Four of five characters of
    English are in such a unit.

    Severity: share of the shapes that are misread: from about 0.9% (clean print) to 18% (old print) of all
        characters.

    Raises:
        NotApplicable: no letter of the text is Latin.

    References: Nguyen et al., Deep Statistical Analysis of OCR Errors for Effective Post-OCR Processing, JCDL
        2019 (kinds of error); the table and its weights are our own.
    """
    if isinstance(text, list):
        for each in text:
            demand_script(each, "the Latin alphabet", LATIN)
        return Noisy(
            replaced_many(text, lookalikes(), draw, share, partial(_confused, share=share))
        )
    demand_script(text, "the Latin alphabet", LATIN)
    return _confused(text, draw, share=share)


def _confused(text: str, draw: Draw, *, share: float) -> Noisy:
    known, alike = shape(), lookalikes()
    starts = shapes(text) if is_plain(text) else [start for start, _ in spans(known, text)]
    edits: list[Edit] = []
    for i, how in touched(draw, len(starts), share):
        start, stop = known.match(text, starts[i]).span()  # type: ignore[union-attr]
        options = alike[text[start:stop]]
        edits.append((start, stop, options[int(how * len(options))]))
    return noised(text, edits, requested=share, eligible=len(starts))


@perturbation(coupling="mask", keeps=())
def ocr_hyphen_break(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="share of long words", high=1.0),
) -> Noisy:
    """A word was broken over the end of a line, and its hyphen and line break are still in it.

    A unit is a word of six letters or more. The edit puts a hyphen and a line break between two of its
    letters, at least two from either end; it does not know syllables.

    Severity: share of the words of six letters or more that are broken.

    Raises:
        NotApplicable: the text is in a script that is not hyphenated, such as Chinese, Arabic or Thai.

    References: the kind of error: Namysl et al., Empirical Error Modeling Improves Robustness of Noisy Neural
        Sequence Labeling, Findings of ACL 2021; the least lengths are our choice.
    """
    demand_script(text, "an alphabet with hyphenation", *_HYPHENATING)
    long = [inner for inner in map(_inner(text), words(text)) if len(inner) > 0]
    edits: list[Edit] = []
    for i, how in touched(draw, len(long), share):
        place = long[i][int(how * len(long[i]))]
        edits.append((place, place, "-\n"))
    return noised(text, edits, requested=share, eligible=len(long))


def _inner(text: str) -> Callable[[tuple[int, int]], Sequence[int]]:
    """Return what gives the places in a word at which it may be broken."""
    units = graphemes(text)
    plain = isinstance(units.parts, str)

    def inner(word: tuple[int, int]) -> Sequence[int]:
        start, stop = word
        if _HYPHENATING_LETTER.match(text, start) is None:
            return ()
        if plain:
            starts: Sequence[int] = range(start, stop)
        else:
            starts = units.starts[
                bisect_left(units.starts, start) : bisect_left(units.starts, stop)
            ]
        return starts[_LEFT : 1 - _LEFT] if len(starts) >= _HYPHENATED else ()

    return inner


@perturbation(coupling="mask", keeps=())
def ocr_lost_space(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.03, 0.08, 0.15, 0.3, unit="share of gaps", high=1.0),
) -> Noisy:
    """Two words are read as one, because the gap between them was too narrow.

    A unit is a run of white space between two words of a line. The edit drops it; ends of lines stay. A text
    without spaces, as in Chinese or Thai, has no unit and comes back as it is.

    Severity: share of the gaps between words that are lost.

    References: the kind of error: Nguyen et al., Deep Statistical Analysis of OCR Errors for Effective Post-OCR
        Processing, JCDL 2019 ("run-on").
    """
    places: list[Place] = [(start, stop, ("",)) for start, stop in spans(_GAP, text)]
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=())
def ocr_spurious_space(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.002, 0.005, 0.01, 0.03, 0.08, unit="share of places in words", high=1.0),
) -> Noisy:
    """A word is read as two, because its letters stand wide.

    A unit is a place between two characters of a run without white space. The edit puts a space there.

    Severity: share of the places within words that get a space.

    References: the kind of error: Nguyen et al., Deep Statistical Analysis of OCR Errors for Effective Post-OCR
        Processing, JCDL 2019 ("incorrect split").
    """
    units = graphemes(text)
    places: list[Place] = [
        (at, at, (" ",))
        for at, (one, two) in zip(units.starts[1:], pairwise(units.parts), strict=False)
        if not (one[0].isspace() or two[0].isspace())
    ]
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=())
def ocr_specks(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.002, 0.005, 0.01, 0.03, 0.08, unit="share of characters", high=1.0),
) -> Noisy:
    """Dust on the glass is read as dots, commas and ticks.

    A unit is a character that does not end a line. The edit puts a small mark after it: a dot or a comma
    mostly, else a tick, a colon, a hyphen.

    Severity: share of the characters that a speck follows.

    References: the kind of error: Namysl et al., Empirical Error Modeling Improves Robustness of Noisy Neural
        Sequence Labeling, Findings of ACL 2021 ("insertion"); marks and their weights are our own.
    """
    units = graphemes(text)
    places: list[Place] = [
        (at, at, _SPECKS)
        for at, part in zip(units.starts[1:], units.parts, strict=True)
        if part[0] not in _BREAKS
    ]
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=())
def ocr_lost_marks(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of small marks", high=1.0),
) -> Noisy:
    """Dots, commas, apostrophes and hyphens are too small for the scan and vanish.

    A unit is one of . , ; : - and the apostrophes and middle dots. The edit drops it.

    Severity: share of the small marks that are lost.

    References: the kind of error: Namysl et al., Empirical Error Modeling Improves Robustness of Noisy Neural
        Sequence Labeling, Findings of ACL 2021 ("deletion"); which marks are small is our choice.
    """
    places: list[Place] = [(start, stop, ("",)) for start, stop in spans(_MARKS, text)]
    return replaced(text, places, draw, share)
