"""Which targets move with which input: declared once, checked before anything runs."""

from collections.abc import Mapping
from typing import Any

from noisebench.errors import DataError
from perturbations._moved import KINDS
from perturbations.errors import did_you_mean, explain

_ALSO = {
    "box": "boxes",
    "keypoint": "keypoints",
    "masks": "mask",
    "events": "times",
    "timestamps": "times",
    "segment": "segments",
    "point": "points",
}
"""Other words for the kinds."""

SCORED_BY = {
    "boxes": ("box-f1",),
    "keypoints": ("keypoint-error",),
    "mask": ("iou",),
    "spans": ("span-f1",),
    "times": ("event-f1",),
    "segments": ("segment-f1",),
    "frames": ("frame-accuracy", "frame-f1"),
    "points": ("point-iou",),
}
"""Kind of target to the metrics that are made for it."""

Moves = dict[str, tuple[str, ...]]
"""Input name to the kinds of target that move with it."""


def checked_moves(moves: Any, modalities: Mapping[str, str], *, labelled: bool) -> Moves:
    """Return the kinds of target that move with each input; {} where none are declared.

    Raises:
        DataError: there is no such input or kind, a kind moves with two inputs, or there are no targets.
    """
    if moves is None:
        return {}
    if not isinstance(moves, Mapping):
        hint = 'name the input that they belong to: moves={"image": "boxes"}'
        raise DataError(
            explain("a mapping from input name to kinds of target", "moves", moves, hint)
        )
    found = {name: _kinds(name, kinds, modalities) for name, kinds in moves.items()}
    listed = [kind for kinds in found.values() for kind in kinds]
    twice = sorted({kind for kind in listed if listed.count(kind) > 1})
    if twice:
        hint = "name the one input whose frame the targets are in"
        raise DataError(explain("each kind of target with one input", "moves", dict(moves), hint))
    if found and not labelled:
        raise DataError(explain("targets, which may then move", "targets", None))
    return found


def _kinds(name: object, kinds: Any, modalities: Mapping[str, str]) -> tuple[str, ...]:
    if name not in modalities:
        hint = did_you_mean(str(name), modalities)
        raise DataError(explain("inputs of the data set", "input", name, hint))
    given = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    listed = tuple(_ALSO.get(kind, kind) for kind in given)
    for kind in listed:
        if kind not in KINDS:
            hint = did_you_mean(str(kind), KINDS)
            raise DataError(explain("a kind of target that moves", f"moves[{name!r}]", kind, hint))
    # Those of which rows may be lost come last: their rows go from every other field.
    rows = {"boxes", "spans", "times", "segments"}
    return tuple(sorted(set(listed), key=lambda kind: (kind in rows, kind)))


def check_protected(moves: Moves, *, protect: bool) -> bool:
    """Return whether the spans that move are kept free of noise.

    Raises:
        DataError: no spans are declared.
    """
    if protect and not any("spans" in kinds for kinds in moves.values()):
        hint = 'declare them: moves={"text": "spans"}; regular expressions go into facts={"text": {"protect": ...}}'
        raise DataError(explain("spans to protect", "moves", moves, hint))
    return bool(protect)
