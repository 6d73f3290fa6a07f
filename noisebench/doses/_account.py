"""Everything that a calibrated audit says of noises at equal dose, in numbers and in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from noisebench.calibration import Calibration
from noisebench.doses._measured import Measured, measured_of
from noisebench.doses._sentences import findings
from noisebench.doses._versus import Versus, versus

if TYPE_CHECKING:
    from noisebench._audit import Audit


@dataclass(frozen=True, slots=True, repr=False)
class EqualDoses:
    """Noises at equal dose: what each costs, whether it is noticed, and whether one input takes noise better than another.

    It prints as sentences.
    """

    axis: str
    """What doses are equal in."""
    unit: str
    doses: tuple[float, ...]
    metric: str
    measured: tuple[Measured, ...]
    """Every noise at every dose."""
    versus: tuple[Versus, ...]
    """Every two inputs."""
    features: str
    """Where displacement, bits and the detectors are measured."""
    note: str
    inside: int
    """Samples that doses were measured on and that are evaluated, too."""
    confidence: float
    elsewhere: bool = False
    """Whether doses were measured on other data."""

    @property
    def silent(self) -> tuple[Measured, ...]:
        """What surely does harm and surely is not noticed."""
        return tuple(each for each in self.measured if each.harmful and each.noticed is False)

    @property
    def unreachable(self) -> tuple[Measured, ...]:
        """Doses that a noise does not reach."""
        return tuple(each for each in self.measured if each.severity is None)

    @property
    def findings(self) -> tuple[str, ...]:
        """What follows, in words."""
        return findings(self)

    def __repr__(self) -> str:
        return "\n".join(self.findings)

    def to_table(self) -> list[dict[str, Any]]:
        """Return a row per noise and dose."""
        return [
            {name: getattr(each, name) for name in Measured.__slots__} | {"kind": each.kind}
            for each in self.measured
        ]

    def to_json(self) -> dict[str, Any]:
        """Return plain data; NaN becomes None."""
        return {
            "axis": self.axis, "unit": self.unit, "doses": list(self.doses), "metric": self.metric,
            "features": self.features, "findings": list(self.findings),
            "measured": [{k: _plain(v) for k, v in row.items()} for row in self.to_table()],
            "versus": [_versus(each) for each in self.versus],
        }  # fmt: skip


def doses_of(audit: "Audit", found: Calibration) -> EqualDoses:
    """Read it off a calibrated audit."""
    measured = measured_of(audit, found)
    confidence = float(audit.header["config"]["confidence"])
    return EqualDoses(
        found.axis, found.unit, found.doses, audit.metrics[0].name, measured,
        _pairs(audit, measured, confidence), found.encoder["name"], found.encoder["note"],
        int(audit.header["calibration"].get("evaluated too", 0)), confidence, found.elsewhere,
    )  # fmt: skip


def _pairs(audit: "Audit", measured: Sequence[Measured], confidence: float) -> tuple[Versus, ...]:
    inputs = dict.fromkeys(each.input for each in measured)
    return tuple(
        versus(audit.curves, measured, first, second, confidence)
        for first, second in combinations(inputs, 2)
    )


def _versus(found: Versus) -> dict[str, Any]:
    sides = [
        {
            "axis": side.axis, "doses": list(side.doses), "value": _plain(side.value), "low": _plain(side.low),
            "high": _plain(side.high), "noises": [list(each) for each in side.noises], "short": list(side.short),
            "pivot": side.pivot, "means": [list(each) for each in side.means],
        }
        for side in found.sides
    ]  # fmt: skip
    return {
        "first": found.first, "second": found.second, "better": found.better or None, "n": found.n,
        "reason": found.reason or None, "sides": sides,
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value
