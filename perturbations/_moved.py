"""Targets that move with the value: what the mapping of a noise must offer, and what it gives back.

Why: a picture that was turned has its boxes elsewhere. Scored against the old ones, a model that is perfectly
equivariant looks broken; so a mapping moves targets of the kinds it knows, and says what left the frame. The same holds
for the entities of a text in which a word was dropped, and for the labels of points that a scan lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np

KINDS = ("boxes", "keypoints", "mask", "spans", "times", "segments", "frames", "points")
"""Kinds of target that some mapping moves."""

NO_PLACE = "the order of the words is destroyed: spans have no place in it"
"""Why targets do not move with a noise that reorders."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One sample's target after the noise, and how much of it is left."""

    target: Any
    """Like the one that was given; what was lost is taken out or marked as missing."""
    count: int
    """Boxes, keypoints, labelled regions or spans before the noise."""
    lost: int
    """How many of them are no longer in the frame, or have no text left."""
    clipped: int
    """How many of them are cut by its edge, or by an edit, but not lost."""


@runtime_checkable
class Mover(Protocol):
    """A mapping that moves targets."""

    def move(self, kind: str, target: Any) -> Moved:
        """Move one sample's target of a kind in `KINDS`; the one given is never written to."""

    def then(self, after: Self) -> Self:
        """Return the mapping of this noise followed by another."""


def project_spans(spans: Any, mapping: Mover | None) -> Any:
    """Return spans of the clean text where they are in the noisy one; those whose text is all gone are left out.

    Args:
        spans: {"start": 3, "end": 8, ...} or (3, 8, ...) each, or an array (n, 2); offsets count code points.
        mapping: of `noise.apply(...)`; of a chain, `first.then(second)`. None moves nothing.

    Raises:
        BadValue: the spans have none of these forms or lie beyond the text, or the mapping is not one of a text, or of
            a noise that puts words in each other's places, in which spans have none.

    Examples:
        >>> import perturbations as pt
        >>> noisy = pt.get("text/drop-character").apply("I saw Anna", 1.0, sample="a")
        >>> start, stop = pt.project_spans([(6, 10)], noisy.mapping)[0]
        >>> noisy.value[start:stop]
        'Ana'
    """
    return spans if mapping is None else mapping.move("spans", spans).target


def rows_left(value: Any, left: Sequence[int], count: int) -> Any:
    """Return the rows of a field that belong to what is left of `count` places; a field of another length as it is."""
    if isinstance(value, np.ndarray) and value.ndim and len(value) == count:
        return value[list(left)]
    if isinstance(value, list | tuple) and len(value) == count:
        return type(value)(value[int(row)] for row in left)
    return value
