"""Which samples are nearest to a sample by one input, found when they are first asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Peers
from perturbations.crossmodal._features import features
from perturbations.crossmodal._remember import Remembered
from perturbations.errors import BadValue, NotApplicable, explain

_LEVELS = 1000
"""Steps that the spread of all figures is divided into: whole numbers have the same sums on every machine."""
_BLOCK = 64
"""Samples whose neighbours are looked for together."""
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The samples of a data set with the figures of one input."""

    name: str
    kind: str
    origin: NDArray[np.float64]
    """The smallest of each figure."""
    scale: NDArray[np.float64]
    """What each figure is multiplied by, to be a whole number."""
    figures: NDArray[np.float64]
    """(n, figures), whole numbers; all 0 where the input is missing."""
    there: NDArray[np.bool_]
    """Which samples have the input."""
    found: dict[tuple[int, str, int], NDArray[np.int64]] = field(default_factory=dict)

    def nearest(
        self, place: int, content: Any, most: int, *, codes: Codes | None = None, by: str = ""
    ) -> NDArray[np.int64]:
        """Return up to `most` other samples, the nearest first; only of another label where there are codes of labels.

        Contents that are the same in all figures are no neighbours: in their place nothing would change. A sample that is
        not in the data set (-1) has its content looked at, and no label.
        """
        if place < 0:
            far = self._far(self._figures(content)[np.newaxis])[0]
            return _first(np.where(self.there & (far > 0), far, np.inf), most)
        if (place, by, most) not in self.found:
            self._find(place - place % _BLOCK, codes, by, most)
        return self.found[place, by, most]

    def _find(self, start: int, codes: Codes | None, by: str, most: int) -> None:
        """Find the neighbours of a block of samples, which one product of matrices serves."""
        block = range(start, min(start + _BLOCK, len(self.figures)))
        for place, far in zip(
            block, self._far(self.figures[block.start : block.stop]), strict=True
        ):
            free = self.there & (far > 0)
            if codes is not None:
                free &= codes != codes[place]
            self.found[place, by, most] = _first(np.where(free, far, np.inf), most)

    def _far(self, own: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return squared distances (k, n) to all samples.

        Figures are whole and small, so that sums of their products are exact in any order, on every machine.
        """
        squares = (self.figures**2).sum(axis=1)
        return np.asarray((own**2).sum(axis=1)[:, np.newaxis] + squares - 2 * own @ self.figures.T)

    def _figures(self, content: Any) -> NDArray[np.float64]:
        found = features(content, self.kind, self.name)
        if found.shape != self.scale.shape:
            hint = "its channels are others than those of the data set"
            expected = f"{self.scale.size} figures of the input {self.name!r}"
            raise NotApplicable(explain(expected, "figures", found.size, hint))
        return np.asarray(np.rint((found - self.origin) * self.scale))


def _first(far: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """Return the places of the smallest distances, of equal ones the first; not those that are infinite."""
    most = min(most, int(np.isfinite(far).sum()))
    if not most:
        return np.zeros(0, dtype=np.int64)
    near = np.flatnonzero(far <= np.partition(far, most - 1)[most - 1])
    return near[np.argsort(far[near], kind="stable")][:most]


_known: Remembered[Neighbours] = Remembered()


def neighbours(peers: Peers, name: str, kind: str) -> Neighbours:
    """Return the samples of a data set with the figures of one input, made once.

    Raises:
        NotApplicable: contents of its kind have no figures, or those of different samples have different ones.
        BadValue: a sample has no input of that name.
    """
    return _known.get(peers, (name, kind), lambda: _read(peers, name, kind))


def _read(peers: Peers, name: str, kind: str) -> Neighbours:
    found = [_of_one(peers[sample], sample, name, kind) for sample in peers.ids]
    there = np.array([each is not None for each in found], dtype=bool)
    sizes = {each.size for each in found if each is not None}
    if len(sizes) != 1:
        hint = "name an input whose contents have the same channels with like="
        expected = f"contents of the input {name!r} that can be compared"
        raise NotApplicable(explain(expected, "figures of each", sorted(sizes), hint))
    none = np.zeros(sizes.pop())
    figures = np.stack([none if each is None else each for each in found])
    spread = figures[there].std(axis=0)
    scaled = kind in {"timeseries", "tabular", "pointcloud"}
    scale = 1 / np.where(spread > 0, spread, 1.0) if scaled else np.ones(figures.shape[1])
    scale *= _LEVELS / (float((np.ptp(figures[there], axis=0) * scale).max()) or 1.0)
    origin = figures[there].min(axis=0)
    whole = np.where(there[:, np.newaxis], np.rint((figures - origin) * scale), 0.0)
    return Neighbours(name, kind, origin, scale, whole, there)


def _of_one(value: object, sample: str, name: str, kind: str) -> NDArray[np.float64] | None:
    if not isinstance(value, Mapping) or name not in value:
        raise BadValue(explain(f"the input {name!r} in the sample {sample!r}", "inputs", value))
    return None if value[name] is None else features(value[name], kind, name)
