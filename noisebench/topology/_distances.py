"""Distances of noises with intervals, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from noisebench.curve._records import Estimate, number, percent, span
from noisebench.errors import PlanError
from noisebench.modalities import Unsaid
from noisebench.topology._linkage import square
from noisebench.topology._pull import Floats, Pulled
from perturbations.errors import did_you_mean, explain

MOST = 12
"""Noises whose whole matrix is printed; of more, the nearest of each."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Distances:
    """How far apart noises are, in one sense of the word; it prints as a table."""

    kind: str
    """In which sense, such as `breaking severity`."""
    meaning: str
    """What 0, 1 and 2 stand for, in a sentence."""
    names: tuple[str, ...]
    values: Floats
    """(noises, noises)"""
    low: Floats
    high: Floats
    n: int
    ground: str
    """What intervals rest on, in words."""
    own: dict[str, Estimate] = field(default_factory=dict)
    """Distance of a noise to another draw of itself, where it was drawn more than once."""
    left_out: tuple[Unsaid, ...] = ()
    """Noises that have none, and why."""

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, pair: tuple[str, str]) -> Estimate:
        """Return the distance of two noises with its interval."""
        i, j = (self._place(name) for name in pair)
        value, low, high = (float(edge[i, j]) for edge in (self.values, self.low, self.high))
        text = f"{pair[0]} and {pair[1]}: {self.kind} distance {number(value)} {span(low, high)} ({self.ground})"
        return Estimate(value, low, high, self.n, text)

    def nearest(self, name: str) -> str:
        """Return the noise that is nearest to another."""
        place = self._place(name)
        row = np.where(np.arange(len(self)) == place, np.inf, self.values[place])
        return self.names[int(np.argmin(row))]

    def rows(self) -> list[dict[str, Any]]:
        """Return a row per pair of noises."""
        return [
            {
                "distance": self.kind,
                "first": self.names[i],
                "second": self.names[j],
                "value": float(self.values[i, j]),
                "low": float(self.low[i, j]),
                "high": float(self.high[i, j]),
                "n": self.n,
            }
            for i in range(len(self))
            for j in range(i + 1, len(self))
        ]

    def __repr__(self) -> str:
        head = f"{self.kind} distance of {len(self)} noises: {self.meaning} ({self.ground})"
        body = self._matrix() if len(self) <= MOST else self._neighbours()
        left = [f"left out: {each}" for each in self.left_out]
        return "\n".join([head, *body, *left])

    def _matrix(self) -> list[str]:
        width = max((len(name) for name in self.names), default=0) + 3
        columns = " ".join(f"{i + 1:>5}" for i in range(len(self)))
        lines = [f"{'':{width}} {columns}"]
        for i, name in enumerate(self.names):
            cells = [f"{self.values[i, j]:5.2f}" if i != j else "    -" for j in range(i + 1)]
            lines.append(f"{f'{i + 1:>2} {name}':{width}} {' '.join(cells)}")
        return lines

    def _neighbours(self) -> list[str]:
        return [str(self[name, self.nearest(name)]) for name in self.names]

    def _place(self, name: str) -> int:
        if name not in self.names:
            left = {each.what: each.why for each in self.left_out}
            hint = left.get(name) or did_you_mean(name, self.names)
            raise PlanError(explain("a noise of these distances", "name", name, hint))
        return self.names.index(name)


def distances_of(
    kind: str,
    meaning: str,
    names: Sequence[str],
    likeness: Pulled,
    *,
    confidence: float,
    own: dict[str, Estimate] | None = None,
    left_out: Sequence[Unsaid] = (),
) -> Distances:
    """Return 1 - likeness as distances, of correlations in [-1, 1] in the order of `np.triu_indices(m, 1)`."""
    m, n = len(names), len(likeness.units.of)
    low, high = correlated(likeness, confidence)
    return Distances(
        kind=kind,
        meaning=meaning,
        names=tuple(names),
        values=square(1 - likeness.value, m),
        low=square(1 - high, m),
        high=square(1 - low, m),
        n=n,
        ground=ground(likeness, confidence),
        own=own or {},
        left_out=tuple(left_out),
    )


def correlated(likeness: Pulled, confidence: float) -> tuple[Floats, Floats]:
    """Return bounds of correlations, symmetric on Fisher's scale and never narrower than one sample could make them.

    References: Fisher 1921.
    """
    n = len(likeness.units.of)
    value = np.clip(likeness.value, -1.0, 1.0)
    half = likeness.critical(confidence) * np.maximum(likeness.error, 2 / n)
    inside = np.clip(value, -1 + 1 / n, 1 - 1 / n)
    z, spread = np.arctanh(inside), half / (1 - inside**2)
    return np.minimum(np.tanh(z - spread), value), np.maximum(np.tanh(z + spread), value)


def ground(likeness: Pulled, confidence: float) -> str:
    """Write what intervals rest on."""
    units = likeness.units
    groups = f" in {units.real} groups" if units.grouped else ""
    return f"{percent(confidence)} intervals, n = {len(units.of)}{groups}"


def apart(likeness: Pulled) -> Pulled:
    """Return 1 - likeness: what trees and maps are made of."""
    return Pulled(1 - likeness.value, -likeness.pull, likeness.units)
