"""Where a curve stands on an axis of dose that it shares with the curves of other noises.

Why: at equal severities two noises are not the same amount, so that a mean over severities says how far apart the severities
of a noise lie as much as what it costs. Where doses are known, noises are compared over doses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._records import Tolerance

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Level:
    """The equal doses of one noise over which it is compared with others."""

    places: tuple[tuple[float, float], ...]
    """Dose and its severity, of the doses that noises are compared over, as far as this noise reaches them."""
    missing: tuple[float, ...] = ()
    """Doses of these that it does not reach."""
    line: tuple[tuple[float, float], ...] = ()
    """Severity and its dose, both ascending from 0; empty where doses do not rise from 0."""

    @property
    def words(self) -> str:
        """What a mean over these doses is over."""
        doses = [f"{dose:g}" for dose, _ in self.places]
        over = (
            f"dose {doses[0]}"
            if len(doses) == 1
            else f"{len(doses)} doses, {doses[0]} to {doses[-1]}"
        )
        gone = ", ".join(f"{dose:g}" for dose in self.missing)
        return f"over {over}{f' ({gone} unreachable)' if gone else ''}"

    def weights(self, severities: Sequence[float]) -> Floats:
        """Return the weight of every severity in a mean over the doses."""
        chosen = {severity for _, severity in self.places}
        found = np.array([severity in chosen for severity in severities], dtype=np.float64)
        return np.asarray(found / found.sum())

    def dose(self, severity: float) -> float:
        """Return the dose at a severity, by lines between those that were measured; infinity stays."""
        if not np.isfinite(severity):
            return severity
        at, doses = zip(*self.line, strict=True)
        return float(np.interp(severity, at, doses))

    def told(self, found: Tolerance) -> Tolerance:
        """Return a tolerance in doses."""
        low, value, high = (self.dose(each) for each in (found.low, found.severity, found.high))
        return replace(found, severity=value, low=low, high=high)
