"""Parts that one input consists of: patches, channels, segments, frames, sentences, beams; and what is left without some.

Why: an input is seldom gone as a whole. A lens is dirty in one corner, an electrode is off, a page of a report is missing,
some beams of a lidar are blind. Every kind of data has parts that fail on their own, so one dose serves all of them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._containers import to_numpy
from perturbations._modality import Context, modality
from perturbations._noisy import Noisy
from perturbations.crossmodal._inputs import check_content, check_word
from perturbations.errors import NotApplicable, explain

Flags = NDArray[np.bool_]
Guard = Callable[[Any, Any], Noisy]

KINDS: Mapping[str, tuple[str, ...]] = {
    "image": ("patch", "channel"),
    "video": ("patch", "channel", "frame"),
    "audio": ("segment", "channel"),
    "timeseries": ("channel", "segment"),
    "text": ("sentence", "word"),
    "pointcloud": ("beam", "sector"),
}
"""Parts by modality; the first is what is meant where nothing is said."""

GRID = 4
"""Rows and columns of patches."""
SEGMENTS = 16
"""Equal parts of time, sectors around a sensor, and slices of elevation where the beams are not known."""

_SENTENCE = re.compile(r"""[^.!?。！？…]*[.!?。！？…]+["'»”’)\]]*\s*|[^.!?。！？…]+$""")
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a content."""

    count: int
    without: Callable[[Flags], Noisy]
    """without(lost): the content without some of its parts; the mapping names them, or says where the rest went."""


def parts_of(content: Any, part: str, fill: str, name: str, known: Mapping[str, Any]) -> Parts:
    """Return the parts of a content.

    Raises:
        BadSetting: contents of its modality have no such parts.
        NotApplicable: contents of its modality have no parts, or it is no value of the modality.
    """
    kind = str(known.get("modality", ""))
    if kind not in KINDS:
        hint = "tabular/missing loses cells" if kind == "tabular" else "declare its modality"
        expected = f"an input {name!r} of {', '.join(KINDS)}"
        raise NotApplicable(explain(expected, "modality", kind, hint))
    check_word(part or KINDS[kind][0], KINDS[kind], "part")
    chosen = part or KINDS[kind][0]
    contract, context = modality(kind), Context(known, native=True, missing=True)
    array, back = to_numpy(content)
    check_content(name, kind, array, known)
    if kind == "text":
        return _of_text(array, chosen, contract.guard(context) if contract.guard else None)
    if kind == "pointcloud":
        return _of_cloud(array, chosen, known)
    working, token = contract.encode(array, context, False)
    values, places = _placed(working, kind, chosen)

    def without(lost: Flags) -> Noisy:
        noisy = np.array(values)
        noisy[lost[places]] = np.nan if fill == "missing" else 0
        noisy = np.where(np.isnan(values), values, noisy) if kind == "timeseries" else noisy
        left = contract.decode(noisy, token, context, False)
        return Noisy(back(left), mapping=tuple(np.flatnonzero(lost).tolist()))

    return Parts(int(places.max(initial=-1)) + 1, without)


def _placed(working: Any, kind: str, part: str) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return a content as an array, and which part each element belongs to."""
    values = working.values if kind == "timeseries" else working
    axes = {"image": (0, 1), "video": (1, 2)}
    if part == "patch":
        rows, columns = (values.shape[axis] for axis in axes[kind])
        across = min(GRID, columns)
        patch = _even(rows, GRID)[:, np.newaxis] * across + _even(columns, GRID)
        return values, np.broadcast_to(patch[..., np.newaxis], values.shape)
    axis = {"audio": {"channel": 0, "segment": 1}, "timeseries": {"channel": 2, "segment": 1},
            "image": {"channel": 2}, "video": {"channel": 3, "frame": 0}}[kind][part]  # fmt: skip
    length = values.shape[axis]
    which = _even(length, SEGMENTS) if part == "segment" else np.arange(length)
    shape = [1] * values.ndim
    shape[axis] = length
    return values, np.broadcast_to(which.reshape(shape), values.shape)


def _even(length: int, parts: int) -> NDArray[np.intp]:
    """Return which of some equal parts each place of a length is in; no part is empty."""
    return np.arange(length) * min(parts, length) // max(length, 1)


def _of_text(text: str, part: str, guard: Guard | None) -> Parts:
    """Return sentences or words; what the facts protect stays where it is."""
    from perturbations.text._edits import Edit, noised

    found = (_SENTENCE if part == "sentence" else _WORD).finditer(text)
    spans = [each.span() for each in found if each[0].strip()]

    def without(lost: Flags) -> Noisy:
        edits: list[Edit] = [
            (*span, "") for span, gone in zip(spans, lost.tolist(), strict=True) if gone
        ]
        done = noised(text, edits, requested=float(lost.mean()), eligible=len(spans))
        return guard(text, done) if guard else done

    return Parts(len(spans), without)


def _of_cloud(cloud: NDArray[Any], part: str, known: Mapping[str, Any]) -> Parts:
    from perturbations.pointcloud._beams import beams_of
    from perturbations.pointcloud._fields import find, place_of
    from perturbations.pointcloud._mapping import PointMap

    fields, sensor = known.get("fields"), known.get("sensor")
    if part == "beam":
        slices = SEGMENTS if find(fields, cloud.shape[1], "ring") is None else 0
        which = beams_of(cloud[np.newaxis], fields, sensor, slices, "partial-loss")[0]
    else:
        x, y = (cloud[:, :2] - place_of(sensor)[:2]).T
        turn = np.arctan2(y, x) / (2 * np.pi) % 1.0
        which = np.minimum((turn * SEGMENTS).astype(np.int64), SEGMENTS - 1)
    numbers, places = np.unique(which, return_inverse=True)

    def without(lost: Flags) -> Noisy:
        left = np.flatnonzero(~lost[places])
        return Noisy(cloud[left], PointMap(left, len(cloud), cloud[:0]))

    return Parts(len(numbers), without)
