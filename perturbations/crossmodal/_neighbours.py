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
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The samples of a data set with the figures of one input."""

    name: str
    kind: str
    scale: NDArray[np.float64]
    """What each figure is multiplied by, to be a whole number."""
    figures: NDArray[np.int64]
    """(n, figures); all 0 where the input is missing."""
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
            return self._nearest(self._figures(content), np.ones(len(self.figures), bool), most)
        key = place, by, most
        if key not in self.found:
            others = np.ones(len(self.figures), bool) if codes is None else codes != codes[place]
            self.found[key] = self._nearest(self.figures[place], others, most)
        return self.found[key]

    def _nearest(
        self, own: NDArray[np.int64], others: NDArray[np.bool_], most: int
    ) -> NDArray[np.int64]:
        far = ((self.figures - own) ** 2).sum(axis=1)
        free = self.there & others & (far > 0)
        order = np.argsort(np.where(free, far, np.iinfo(np.int64).max), kind="stable")
        return order[: min(most, int(free.sum()))]

    def _figures(self, content: Any) -> NDArray[np.int64]:
        found = features(content, self.kind, self.name)
        if found.shape != self.scale.shape:
            hint = "its channels are others than those of the data set"
            expected = f"{self.scale.size} figures of the input {self.name!r}"
            raise NotApplicable(explain(expected, "figures", found.size, hint))
        return np.rint(found * self.scale).astype(np.int64)


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
    whole = np.rint(figures * scale).astype(np.int64)
    return Neighbours(name, kind, scale, whole, there)


def _of_one(value: object, sample: str, name: str, kind: str) -> NDArray[np.float64] | None:
    if not isinstance(value, Mapping) or name not in value:
        raise BadValue(explain(f"the input {name!r} in the sample {sample!r}", "inputs", value))
    return None if value[name] is None else features(value[name], kind, name)
