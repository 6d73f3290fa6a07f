"""Average linkage of a matrix of distances."""

from dataclasses import dataclass

import numpy as np

from noisebench.topology._pull import Floats


@dataclass(frozen=True, slots=True)
class Merge:
    """Two branches that join."""

    first: tuple[int, ...]
    """Noises of a branch, by place, in the order in which the tree is drawn."""
    second: tuple[int, ...]
    height: float
    """Mean distance between the two."""

    @property
    def members(self) -> tuple[int, ...]:
        """All noises below."""
        return (*self.first, *self.second)


def merges(distances: Floats) -> tuple[Merge, ...]:
    """Return the merges of average linkage, the nearest first.

    Args:
        distances: of every two, in the order of `np.triu_indices(m, 1)`.
    """
    from scipy.cluster.hierarchy import linkage

    steps = linkage(np.maximum(distances, 0.0), "average")
    branches: list[tuple[int, ...]] = [(i,) for i in range(len(steps) + 1)]
    found = []
    for first, second, height, _ in steps:
        one, other = branches[int(first)], branches[int(second)]
        found.append(Merge(one, other, float(height)))
        branches.append((*one, *other))
    return tuple(found)


def square(distances: Floats, m: int) -> Floats:
    """Return the symmetric matrix of distances, zero on the diagonal."""
    found = np.zeros((m, m))
    rows, columns = np.triu_indices(m, 1)
    found[rows, columns] = found[columns, rows] = distances
    return found
