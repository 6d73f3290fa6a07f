"""How well the model does with each subset of its inputs: the others absent, those that are there clean."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

from noisebench.curve._records import Estimate
from noisebench.modalities._grid import Grid
from noisebench.modalities._words import ground, interval, listed

TOLD = 7
"""Subsets that the sentence names."""


@dataclass(frozen=True, slots=True)
class Subset:
    """The metric with some of the inputs, clean, and without the others."""

    inputs: tuple[str, ...]
    """Those that are there."""
    fill: str
    """What the model got in the place of the others; empty where all are there."""
    value: Estimate

    def row(self) -> dict[str, Any]:
        """Return plain data."""
        found = self.value
        return {
            "inputs": list(self.inputs), "fill": self.fill,
            "value": found.value, "low": found.low, "high": found.high, "n": found.n,
        }  # fmt: skip


def subsets_there(grid: Grid) -> tuple[Subset, ...]:
    """Return every subset that was measured, the largest first, the best of a size first; nothing where only all were."""
    names = grid.inputs
    found = [Subset(tuple(names), "", grid.clean)]
    for size in range(len(names) - 1, 0, -1):
        same = []
        for kept in combinations(names, size):
            cell = grid.absence(frozenset(names) - set(kept))
            if cell is not None:
                same.append(Subset(kept, cell[1], grid.value(cell[0])))
        found += sorted(same, key=lambda each: -grid.sign * each.value.value)
    return tuple(found) if len(found) > 1 else ()


def in_words(found: tuple[Subset, ...], grid: Grid) -> str:
    """Say how well the model does with which inputs; empty where no subset was measured."""
    if not found:
        return ""
    values = [
        f"with {_names(each)} {interval(each.value.value, each.value.low, each.value.high)}"
        for each in found[:TOLD]
    ]
    more = f" and {len(found) - TOLD} more" if len(found) > TOLD else ""
    return f"{grid.metric} by the inputs that are there: {', '.join(values)}{more} ({ground(grid)})"


def _names(each: Subset) -> str:
    if not each.fill:
        return "all inputs"
    return f"{each.inputs[0]} alone" if len(each.inputs) == 1 else listed(each.inputs)
