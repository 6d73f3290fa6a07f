"""Targets that move with the value: what the mapping of a noise must offer, and what it gives back.

Why: a picture that was turned has its boxes elsewhere. Scored against the old ones, a model that is perfectly
equivariant looks broken; so a mapping moves targets of the kinds it knows, and says what left the frame.
"""

from dataclasses import dataclass
from typing import Any, Protocol, Self, runtime_checkable

KINDS = ("boxes", "keypoints", "mask")
"""Kinds of target that some mapping moves."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One sample's target after the noise, and how much of it is left."""

    target: Any
    """Like the one that was given; what was lost is taken out or marked as missing."""
    count: int
    """Boxes, keypoints or labelled regions before the noise."""
    lost: int
    """How many of them are no longer in the frame."""
    clipped: int
    """How many of them are cut by its edge, but not lost."""


@runtime_checkable
class Mover(Protocol):
    """A mapping that moves targets."""

    def move(self, kind: str, target: Any) -> Moved:
        """Move one sample's target of a kind in `KINDS`; the one given is never written to."""

    def then(self, after: Self) -> Self:
        """Return the mapping of this noise followed by another."""
