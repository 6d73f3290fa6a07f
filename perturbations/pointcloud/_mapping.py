"""Which point of the clean cloud each noisy point is: labels of points move with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._moved import Moved
from perturbations.errors import BadValue, explain

NO_LABEL = -1
"""What a point is labelled that is none of the clean cloud's."""


@dataclass(frozen=True, slots=True, eq=False)
class PointMap:
    """Where the points of a noisy cloud come from."""

    source: NDArray[np.int64]
    """(M,): the row of the clean cloud that each noisy point was; -1 for one that was added."""
    count: int
    """Points of the clean cloud."""
    added: NDArray[Any]
    """(k, 3 + F): the points that were added, in order."""

    def __iter__(self) -> Iterator[Any]:
        """Yield what changed: the rows that were lost, then the points that were added, in order.

        A point in the place of another is one change, which the added point stands for.
        """
        replaced = len(self.added) and len(self.source) == self.count
        yield from () if replaced else self.lost.tolist()
        for number, point in enumerate(self.added):
            yield "added", number, point.tobytes()

    @property
    def lost(self) -> NDArray[np.int64]:
        """Rows of the clean cloud that are in the noisy one no more."""
        left = np.zeros(self.count, dtype=bool)
        left[self.source[self.source >= 0]] = True
        return np.flatnonzero(~left)

    def then(self, after: "PointMap") -> "PointMap":
        """Return the map of this noise followed by another."""
        kept = after.source >= 0
        source = np.where(kept, self.source[np.where(kept, after.source, 0)], -1)
        return PointMap(source, self.count, after.added)

    def move(self, kind: str, target: Any) -> Moved:
        """Move the labels of the points, (N, ...), or a mapping that holds them as "points"; added points get `NO_LABEL`.

        Raises:
            BadValue: the target is of another kind, or has not one row a point.
        """
        if kind != "points":
            hint = "of a cloud, the labels of its points move"
            raise BadValue(explain("points as kind of target", "kind", kind, hint))
        inner = isinstance(target, Mapping)
        if inner and kind not in target:
            raise BadValue(explain("a target with the field 'points'", "fields", list(target)))
        labels = np.asarray(target[kind] if inner else target)
        if not labels.ndim or len(labels) != self.count:
            raise BadValue(explain(f"a label for each of {self.count} points", "points", labels))
        kept = (self.source >= 0).reshape(-1, *(1,) * (labels.ndim - 1))
        none = np.array(NO_LABEL).astype(labels.dtype if labels.dtype.kind in "if" else np.int64)
        moved = np.where(kept, labels[np.maximum(self.source, 0)], none) if len(labels) else labels
        whole = {**target, kind: moved} if inner else moved
        return Moved(whole, self.count, len(self.lost), 0)
