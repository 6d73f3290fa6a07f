"""How bright, loud, long or large a content is, and the chance that an input is lost because of it.

Why: cameras fail in the dark and microphones where it is loud, so that inputs are missing where they matter. The chance is
logistic in the rank of the level among the clean samples, and its intercept is solved on the frozen reference: over the
samples that were fitted on, the expected share is exactly the dose.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from perturbations._containers import is_pandas, to_numpy
from perturbations.tabular._chance import DIRECTIONS, logistic

BINS = 256
"""Levels that are told apart, at most."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of one input over the clean data."""

    edges: tuple[float, ...]
    """Ascending; a level is in the first bin whose edge is not below it."""
    counts: tuple[int, ...]
    """Samples in each bin; there is one more than edges."""
    missing: int
    """Samples without the input."""

    @property
    def differ(self) -> bool:
        """Whether there are two levels at least."""
        return sum(count > 0 for count in self.counts) > 1

    def chance(self, level: float | None, share: float, direction: str, strength: float) -> float:
        """Return the chance at a level, (None for a missing one, whose rank is one half)."""
        chances = _chances(self, share, direction, strength)
        if level is None:
            return chances[-1]
        return chances[int(np.searchsorted(self.edges, level, side="left"))]

    def to_json(self) -> dict[str, Any]:
        """Return plain data that `from_json` reads back."""
        return {"edges": list(self.edges), "counts": list(self.counts), "missing": self.missing}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Levels":
        """Read what `to_json` returned."""
        return cls(tuple(data["edges"]), tuple(data["counts"]), data["missing"])


def levels_of(found: Sequence[float | None]) -> Levels | None:
    """Return the levels of samples; None where none has one."""
    known = np.sort([each for each in found if each is not None])
    if not known.size:
        return None
    cuts = known[(np.arange(1, BINS) * len(known) // BINS).clip(0, len(known) - 1)]
    edges = np.unique(cuts)
    places = np.searchsorted(edges, known, side="left")
    counts = np.bincount(places, minlength=len(edges) + 1)
    missing = len(found) - len(known)
    return Levels(tuple(edges.tolist()), tuple(counts.tolist()), missing)


def levels(content: Any, kind: str) -> dict[str, float]:
    """Return the levels of a content by name: one without a name, of a row each number by its column.

    The mean brightness of pictures and clips, the root mean square of sounds and series, the number of words of a text, of
    points of a cloud.
    """
    if content is None:
        return {}
    if isinstance(content, str):
        return {"": float(len(content.split()))}
    if kind == "tabular" or isinstance(content, Mapping):
        return _of_row(content)
    frame = is_pandas(content)
    array = content.to_numpy(dtype="float64", na_value=np.nan) if frame else to_numpy(content)[0]
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf" or not array.ndim:
        return {}
    if kind == "pointcloud":
        return {"": float(len(array))}
    numbers = array[np.isfinite(array)].astype(np.float64)
    square = kind in {"audio", "timeseries"}
    mean = float((numbers**2 if square else numbers).mean()) if numbers.size else None
    return {} if mean is None else {"": float(np.sqrt(mean)) if square else mean}


def _of_row(row: Any) -> dict[str, float]:
    frame = is_pandas(row) and row.ndim == 2
    cells = row.iloc[0].to_dict() if frame else dict(row)
    return {
        f".{name}": float(cell)
        for name, cell in cells.items()
        if isinstance(cell, int | float | np.number) and np.isfinite(cell)
    }


@lru_cache(maxsize=64)
def _chances(known: Levels, share: float, direction: str, strength: float) -> tuple[float, ...]:
    """Return the chance of every bin, and of a missing level last, with the share as their weighted mean."""
    counts = np.array(known.counts, dtype=np.float64)
    ranks = (np.cumsum(counts) - counts / 2) / max(counts.sum(), 1.0)
    weights = np.append(counts, float(known.missing))
    scores = DIRECTIONS[direction](np.append(ranks, 0.5))
    return tuple(logistic(weights, scores, share, strength).tolist())
