"""How close a model's embeddings of two inputs are, and how they fill the sphere: clean and under noise.

Alignment = E |u - v|^2 of a sample's two embeddings, 0 where they are the same; uniformity = log E exp(-2 |u - u'|^2) over
pairs of samples, lower where they spread. Rows of length 1. Neither is read alone: embeddings that all are one
point are perfectly aligned and say nothing.

Why: the mean over pairs of samples varies twice as much as that of as many single numbers (Hoeffding's projection),
which its interval allows for.

References: Wang and Isola 2020.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench._embedded import ALIGNMENT
from noisebench.curve._bounds import normal, widen
from noisebench.curve._records import Estimate, number, percent, span

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run knows of embeddings: measures of single samples, by cell."""

    clean: Mapping[str, Mapping[str, float]]
    """Measure to id to number."""
    noisy: Sequence[tuple[str, str, float, Mapping[str, Mapping[str, float]]]]
    """Sweep, title, severity and the same under it."""
    groups: Mapping[str, Any] | None
    """Id to group; None where none are declared."""
    confidence: float


@dataclass(frozen=True, slots=True)
class Embedding:
    """One measure of the embeddings, clean and under one noise."""

    kind: str
    """`alignment` or `uniformity`."""
    inputs: tuple[str, ...]
    sweep: str
    noise: str
    severity: float
    clean: Estimate
    value: Estimate
    change: Estimate
    """Noisy minus clean, paired."""

    @property
    def text(self) -> str:
        """The sentence that a report shows."""
        what = f"{self.kind} of {' and '.join(self.inputs)}"
        return (
            f"{self.noise} at severity {self.severity:g} takes the {what} from "
            f"{number(self.clean.value)} to {number(self.value.value)}, by {self.change.text}"
        )

    def __repr__(self) -> str:
        return self.text

    def row(self) -> dict[str, Any]:
        """Return plain data."""
        found: dict[str, Any] = {
            "kind": self.kind, "inputs": list(self.inputs), "sweep": self.sweep,
            "severity": self.severity,
        }  # fmt: skip
        for name, each in (("clean", self.clean), ("value", self.value), ("change", self.change)):
            found |= {name: each.value, f"{name}_low": each.low, f"{name}_high": each.high}
        return found | {"n": self.value.n}


def embeddings(seen: Seen) -> tuple[Embedding, ...]:
    """Return every measure under every noise, where two samples or more have both."""
    found = []
    for sweep, title, severity, measures in seen.noisy:
        for name, noisy in measures.items():
            clean = seen.clean.get(name, {})
            ids = [each for each in clean if each in noisy]
            if len(ids) > 1:
                kind, _, inputs = name.partition(" ")
                before, after = (np.array([each[i] for i in ids]) for each in (clean, noisy))
                estimates = _estimates(kind, before, after, ids, seen)
                found.append(
                    Embedding(kind, tuple(inputs.split(",")), sweep, title, severity, *estimates)
                )
    return tuple(found)


def _estimates(
    kind: str, clean: Floats, noisy: Floats, ids: Sequence[str], seen: Seen
) -> tuple[Estimate, Estimate, Estimate]:
    """Return the measure clean and noisy, and its paired change."""
    before, pull_before = _influence(kind, clean)
    after, pull_after = _influence(kind, noisy)
    return (
        _estimate(before, pull_before, ids, seen),
        _estimate(after, pull_after, ids, seen),
        _estimate(after - before, pull_after - pull_before, ids, seen),
    )


def _influence(kind: str, numbers: Floats) -> tuple[float, Floats]:
    """Return a measure, and how much each sample pulls at it."""
    mean = float(numbers.mean())
    if kind == ALIGNMENT:
        return mean, numbers - mean
    return math.log(mean), 2 * (numbers - mean) / mean


def _estimate(value: float, influence: Floats, ids: Sequence[str], seen: Seen) -> Estimate:
    n, sums = len(ids), influence
    if seen.groups is not None:
        codes = np.unique([str(seen.groups[i]) for i in ids], return_inverse=True)[1]
        sums = np.asarray(np.bincount(codes, weights=influence), dtype=np.float64)
    units = len(sums)
    if units < 2:
        return Estimate(value, value, value, n, f"{number(value)} (no interval: one group)")
    error = math.sqrt(float((sums**2).sum()) * units / (units - 1)) / n
    half = widen(normal(seen.confidence), units - 1) * error
    low, high = value - half, value + half
    said = f"{percent(seen.confidence)} interval, n = {n}"
    return Estimate(value, low, high, n, f"{number(value)} {span(low, high)} ({said})")
