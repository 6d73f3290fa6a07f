"""Explains the noises of a report from their own declarations in `perturbations`."""

import inspect
import math
import re
from collections.abc import Iterable
from typing import Any

from noisebench.report import _numbers
from noisebench.report._text import line
from noisebench.report._view import Entry, Facts


_HEADINGS = re.compile(r"^(References?|Severity|Source|Args|Raises|Examples?|Returns|Notes?):\s*", re.M)

COUPLINGS = {
    "mask": "mask: what is hit at a severity is hit at every higher one",
    "additive": "additive: the same noise, grown in proportion",
    "count": "count: the same draw read from a wider distribution",
    "prefix": "prefix: the same edits in the same order, more of them",
    "transform": "transform: the same direction, further",
    "codec": "codec: no chance involved",
}


def entries(names: Iterable[str]) -> tuple[Entry, ...]:
    """Return one entry per distinct text form of a noise, in order of name."""
    return tuple(entry(name) for name in sorted(set(names)))


def entry(name: str) -> Entry:
    """Return what is known of a noise; a noise that is not installed here is named only."""
    import perturbations
    from perturbations.errors import PerturbationError

    try:
        noise = perturbations.get(name)
    except (PerturbationError, ValueError):
        return Entry(line(name), "Not known to this installation.", (), (), ())
    doc = inspect.cleandoc(noise.doc or "")
    return Entry(
        name=line(name),
        summary=line(noise.summary),
        ladders=tuple(_ladder(key, ladder) for key, ladder in dict(noise.ladders).items()),
        facts=_facts(noise, doc),
        references=_section(doc, ("Reference", "References", "Source")),
    )


def _ladder(name: str, ladder: Any) -> str:
    """Write a ladder: its rungs at severity 0.2 to 1.0 and what no noise is."""
    rungs = getattr(ladder, "rungs", None) or ()
    shown = ", ".join(_numbers.number(float(rung)) for rung in rungs)
    return line(f"{name}: {shown} {ladder.unit or ''}; none = {_none(ladder.none)}")


def _none(value: object) -> str:
    """Write the dose that is no noise."""
    if isinstance(value, int | float) and not math.isnan(value):
        return _numbers.number(float(value))
    return str(value)


def _facts(noise: Any, doc: str) -> Facts:
    """Return family, coupling, severity text and exemptions."""
    pairs = [
        ("family", f"{noise.modality} / {noise.family}"),
        ("across severities", COUPLINGS.get(str(noise.coupling), str(noise.coupling))),
        ("severity", " ".join(_section(doc, ("Severity",)))),
        ("exempt from", _exemptions(noise.exempt)),
    ]
    return tuple((name, line(text)) for name, text in pairs if text)


def _exemptions(exempt: Any) -> str:
    """Write the laws that a noise need not keep, with the reasons."""
    items = exempt.items() if hasattr(exempt, "items") else exempt or ()
    return "; ".join(": ".join(map(str, pair)) if isinstance(pair, tuple) else str(pair) for pair in items)


def _section(doc: str, titles: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines of a docstring's section."""
    found: list[str] = []
    inside = False
    for text in doc.splitlines():
        heading = _HEADINGS.match(text)
        if heading:
            inside = heading[1] in titles
            text = text[heading.end() :]
        elif not text.strip():
            inside = False
        if inside and text.strip():
            found.append(line(text))
    return tuple(found)
