"""Escapes and tags of web pages and file formats that nobody undid, or that were undone once too often."""

import html
import json
import re

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._places import (
    Place,
    changed,
    clusters,
    demand_setting,
    found,
    replaced,
    spans,
)

_TIMES = (1, 2)
_ENTITIES = {
    "&": ("&amp;",),
    "<": ("&lt;",),
    ">": ("&gt;",),
    '"': ("&quot;", "&#34;"),
    "'": ("&#39;", "&apos;", "&#x27;"),
}
_ESCAPED = re.compile("[&<>\"']|[^\x00-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What may be written as an entity: not what HTML reads as another character, or as none."""
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_IN_JSON = re.compile(r"[^ !#-\[\]-~]")
_QUOTE = re.compile('"')
_HTML = ("<br>{}", "<br/>{}", "<p>{}", "{}</p>", "{}</div>", "&nbsp;{}", "<b>{}</b>", "<i>{}</i>")
_MARKDOWN = ("**{}**", "*{}*", "_{}_", "`{}`", "# {}", "[{}](#)", "> {}", "~~{}~~")
_RESIDUE = {"any": _HTML + _MARKDOWN, "html": _HTML, "markdown": _MARKDOWN}
_WORD = re.compile(r"\S+")


@perturbation(coupling="mask", keeps=())
def html_escape(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.1, 0.25, 0.5, 0.75, 1.0, unit="share of characters that HTML escapes", high=1.0
    ),
    times: int = 1,
) -> Noisy:
    """Characters come as the entities of a web page: &amp; for &, &#39; for an apostrophe, &#233; for é.

    A unit is one of & < > " ', or a character that is not ASCII, with its marks. The edit writes its entity:
    the named one or the number, each way as likely. At share 1, undoing the escapes as often as they were made
    restores the text.

    Severity: share of these characters that are escaped.

    Settings:
        times: how often it was escaped; 2 gives &amp;amp; for &.

    Raises:
        BadSetting: times is neither 1 nor 2.

    References: HTML Living Standard, section 13.1.4 (character references).
    """
    demand_setting("times", times, _TIMES)

    def ways(part: str) -> list[str]:
        written = [_ESCAPED.sub(way, part) for way in _WAYS]
        named = _ENTITIES.get(part, written)
        return [way.replace("&", "&amp;") for way in named] if times == 2 else list(named)

    return changed(text, clusters(_ESCAPED, text), ways, draw, share)


def _decimal(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def _hexadecimal(match: re.Match[str]) -> str:
    return f"&#x{ord(match[0]):X};"


_WAYS = (_decimal, _hexadecimal)


@perturbation(coupling="mask", keeps=())
def html_unescape(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of entities", high=1.0),
) -> Noisy:
    """Entities that belong to a text are read as markup once too often: & for &amp;, <b> for &lt;b&gt;.

    A unit is an entity, named or numbered, that ends in a semicolon. The edit writes the character that it
    stands for; at share 1 the text is as any reader of HTML sees it. A text without entities has no unit and
    comes back as it is.

    Severity: share of the entities that are undone.

    References: HTML Living Standard, section 13.5 (named character references).
    """
    places: list[Place] = [
        (a, b, (html.unescape(text[a:b]),))
        for a, b in spans(_ENTITY, text)
        if html.unescape(text[a:b]) != text[a:b]
    ]
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=())
def markup_residue(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.03, 0.08, 0.15, 0.3, unit="share of words", high=1.0),
    kind: str = "any",
) -> Noisy:
    """Tags and signs of markup were left in the text: <br>, &nbsp;, **bold**.

    A unit is a run without white space. The edit puts a tag or a sign at it or around it, each as likely;
    nothing of the text is lost.

    Severity: share of the words with markup at them.

    Settings:
        kind: "any", or only "html" or "markdown".

    Raises:
        BadSetting: no such kind.

    References: the forms are those of HTML and CommonMark; which ones is our choice.
    """
    demand_setting("kind", kind, tuple(_RESIDUE))
    forms = _RESIDUE[kind]

    def marked(word: str) -> list[str]:
        return [form.replace("{}", word) for form in forms]

    return changed(text, found(_WORD, text), marked, draw, share)


@perturbation(coupling="mask", keeps=())
def escape_sequence(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.1, 0.25, 0.5, 0.75, 1.0, unit="share of characters that are escaped", high=1.0
    ),
    form: str = "json",
) -> Noisy:
    r"""Escapes of a file format were never undone: \" for a quote, \n for an end of line, \u00e9 for é.

    A unit is a character that the format escapes: for JSON quotes, backslashes, control characters and, with
    its marks, what is not ASCII; for CSV the double quote. The edit writes its escape. At share 1 the text is
    the inside of a JSON or CSV string. A text without such characters comes back as it is.

    Severity: share of these characters that are escaped.

    Settings:
        form: "json" or "csv".

    Raises:
        BadSetting: no such form.

    References: RFC 8259, section 7; RFC 4180, section 2.
    """
    demand_setting("form", form, ("json", "csv"))
    if form == "csv":
        places: list[Place] = [(a, b, ('""',)) for a, b in spans(_QUOTE, text)]
        return replaced(text, places, draw, share)
    return changed(text, clusters(_IN_JSON, text), _json, draw, share)


def _json(part: str) -> tuple[str]:
    return (_IN_JSON.sub(lambda match: json.dumps(match[0])[1:-1], part),)
