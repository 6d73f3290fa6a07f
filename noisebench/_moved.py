"""Targets that move with an input: taken along by the mappings of the noise, and counted when they leave the frame.

Why: a model is to be asked for what is there. Scored against boxes of the untouched picture, a detector that follows
a shift perfectly would look broken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from noisebench._noise import Noised, reason
from noisebench.data._column import plain
from noisebench.errors import DataError
from perturbations._moved import Mover

Counts = dict[str, list[int]]
"""Kind of target to how many there were, how many are lost, how many clipped."""

FOUND = ("boxes", "spans", "times", "segments")
"""Kinds of target that a model is to find: with none of them left, an empty answer would be a perfect one."""

GONE = "nothing left to find: "
"""How the reason begins why a sample has a noisy value and cannot be scored by it."""


def move_targets(noised: Noised, targets: Any, moves: Mapping[str, Sequence[str]]) -> Noised:
    """Take the targets of a batch where their inputs went; a sample whose target cannot go is a failure.

    So is one whose boxes, spans, segments or events are all lost: finding nothing would score as well as finding all of them.

    Raises:
        DataError: the targets of the whole batch are not of the declared kind.
    """
    if not noised.mappings or targets is None:
        return noised
    found = [targets[row] for row in range(len(targets))]
    rows = range(len(found)) if noised.rows is None else noised.rows.tolist()
    moved: dict[int, Counts] = {}
    faults: dict[int, str] = {}
    for place, row in enumerate(rows):
        try:
            found[row], moved[row] = _move(found[row], noised.mappings, place, moves)
        except Exception as error:  # noqa: BLE001 - a target of the user's own making may fail in any way
            faults[row] = f"target: {reason(error)}"
            fault = error
    gone = {row: GONE + said for row, counts in moved.items() if (said := _gone(counts))}
    if faults and len(faults) == len(rows):
        raise DataError(f"no target could move with its input as declared: {fault}") from fault
    failures = {**noised.failures, **faults, **gone}
    return replace(noised, targets=_together(found, targets), moved=moved, failures=failures)


def _gone(counts: Counts) -> str:
    """Say that all that was to be found in a sample is lost; nothing where some is left, or there never was any."""
    kinds = [kind for kind, (count, _, _) in counts.items() if kind in FOUND and count]
    lost = kinds and all(counts[kind][0] == counts[kind][1] for kind in kinds)
    return f"all of its {' and '.join(kinds)} are lost" if lost else ""


def counted(rows: Sequence[Counts]) -> Counts:
    """Add up counts."""
    total: Counts = {}
    for row in rows:
        for kind, numbers in row.items():
            before = total.get(kind, [0, 0, 0])
            total[kind] = [a + b for a, b in zip(before, numbers, strict=True)]
    return total


def shares(counts: Counts) -> dict[str, dict[str, float]]:
    """Return how many targets of each kind there were, and the shares that were lost and clipped."""
    return {
        kind: {"count": count, "lost": lost / max(count, 1), "clipped": clipped / max(count, 1)}
        for kind, (count, lost, clipped) in counts.items()
    }


def moved_target(
    target: Any,
    mappings: Mapping[str, Sequence[Mover]],
    place: int,
    moves: Mapping[str, Sequence[str]],
) -> Any:
    """Return what is like one sample's target where its inputs went."""
    return _move(target, mappings, place, moves)[0]


def _move(
    target: Any,
    mappings: Mapping[str, Sequence[Mover]],
    place: int,
    moves: Mapping[str, Sequence[str]],
) -> tuple[Any, Counts]:
    counts: Counts = {}
    if isinstance(target, Mapping):
        target = {name: plain(value) for name, value in target.items()}
    for name, each in mappings.items():
        for kind in moves[name]:
            after = each[place].move(kind, plain(target))
            target = after.target
            counts[kind] = [after.count, after.lost, after.clipped]
    return target, counts


def _together(found: list[Any], targets: Any) -> Any:
    """Return moved targets as an array where they were one and still have one shape."""
    if not isinstance(targets, np.ndarray) or targets.dtype == object:
        return found
    shapes = {np.shape(each) for each in found}
    return np.stack(found) if len(shapes) == 1 else found
