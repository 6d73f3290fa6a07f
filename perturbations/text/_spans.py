"""Spans of one text moved as the text was changed: entities, answers, whatever has a start and an end.

A target is a sequence of spans, each in its own form, or a mapping that holds it under "spans", as a data set may do:

    {"start": 3, "end": 8, ...}   offsets in code points, end exclusive; other fields stay ("stop" may be the end's name)
    (3, 8), (3, 8, "PER"), ...    the same in order; what follows the two offsets stays
    an array (n, 2) of integers   comes back as an array

A moved span neither starts nor ends with white space, unless it did so before. Spans whose text is all gone are
taken out; in a mapping row k of every other field of n rows goes with span k.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from perturbations._moved import Moved, rows_left
from perturbations.errors import BadValue, explain

if TYPE_CHECKING:
    from perturbations.text._edits import Edits

_FORM = 'give {"start": 3, "end": 8} or (3, 8), in code points, the end exclusive'


class Place(NamedTuple):
    """Where a span is after the noise."""

    start: int
    stop: int
    lost: bool
    """It had text, and none is left."""
    clipped: bool
    """An edit goes across one of its borders, so that text was lost, or taken in, at an end."""


def move(edits: "Edits", kind: str, target: Any) -> Moved:
    """Move one sample's spans.

    Raises:
        BadValue: the kind is not "spans", or the target does not have its form.
    """
    if kind != "spans":
        hint = 'a text has spans: moves={"text": "spans"}'
        raise BadValue(explain("the kind of target that moves with a text", "kind", kind, hint))
    if not isinstance(target, Mapping):
        spans, places = _placed(edits, target)
        return _counted(_kept(spans, places, target), places)
    if "spans" not in target:
        raise BadValue(explain("a target with the field 'spans'", "target", list(target), _FORM))
    spans, places = _placed(edits, target["spans"])
    left = [i for i, place in enumerate(places) if not place.lost]
    fields = {name: rows_left(value, left, len(places)) for name, value in target.items()}
    fields["spans"] = _kept(spans, places, target["spans"])
    return _counted(fields, places)


def offsets(span: Any) -> tuple[int, int]:
    """Return start and end of a span in any of its forms.

    Raises:
        BadValue: it has none of them, or ends before it starts.
    """
    try:
        if isinstance(span, Mapping):
            pair = span["start"], span["end" if "end" in span else "stop"]
        else:
            pair = span[0], span[1]
        whole = all(isinstance(each, int | np.integer) for each in pair)
        start, stop = (int(each) for each in pair)
    except (KeyError, IndexError, TypeError, ValueError):
        raise BadValue(explain("a span", "span", span, _FORM)) from None
    if not whole or not 0 <= start <= stop:
        raise BadValue(explain("a span with 0 <= start <= end", "span", span, _FORM))
    return start, stop


def listed(spans: Any) -> Sequence[Any]:
    """Return spans as a sequence.

    Raises:
        BadValue: it is none.
    """
    if isinstance(spans, np.ndarray):
        return list(spans)
    if not isinstance(spans, Sequence) or isinstance(spans, str | bytes):
        raise BadValue(explain("a sequence of spans", "spans", spans, _FORM))
    return spans


def _placed(edits: "Edits", spans: Any) -> tuple[Sequence[Any], list[Place]]:
    given = listed(spans)
    noisy = None if edits.text is None else edits.apply(edits.text)
    return given, [_place(edits, noisy, *offsets(span)) for span in given]


def _place(edits: "Edits", noisy: str | None, start: int, stop: int) -> Place:
    first, last = edits.project(start, stop)
    if noisy is not None and edits.text is not None:
        first, last = _without_blanks(noisy, (first, last), edits.text[start:stop])
    lost = first == last and start < stop
    across = any(a < border < b for a, b, _ in edits for border in (start, stop))
    return Place(first, last, lost, across and not lost)


def _without_blanks(noisy: str, place: tuple[int, int], clean: str) -> tuple[int, int]:
    """Take white space off the ends of a moved span that the clean one does not have there: a lost word leaves it."""
    first, last = place
    while first < last and noisy[last - 1].isspace() and not clean[-1:].isspace():
        last -= 1
    while first < last and noisy[first].isspace() and not clean[:1].isspace():
        first += 1
    return first, last


def _kept(spans: Sequence[Any], places: Sequence[Place], like: Any) -> Any:
    pairs = zip(spans, places, strict=True)
    rows = [_at(span, place) for span, place in pairs if not place.lost]
    if isinstance(like, np.ndarray):
        return np.array(rows, dtype=like.dtype).reshape(len(rows), *like.shape[1:])
    return tuple(rows) if isinstance(like, tuple) else rows


def _at(span: Any, place: Place) -> Any:
    """Return a span of the same form at its place after the noise."""
    if isinstance(span, Mapping):
        end = "end" if "end" in span else "stop"
        return {**span, "start": place.start, end: place.stop}
    if isinstance(span, np.ndarray):
        return [place.start, place.stop, *span[2:]]
    return type(span)((place.start, place.stop, *span[2:]))


def _counted(target: Any, places: Sequence[Place]) -> Moved:
    lost, clipped = sum(place.lost for place in places), sum(place.clipped for place in places)
    return Moved(target, len(places), lost, clipped)
