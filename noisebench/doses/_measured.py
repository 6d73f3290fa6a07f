"""One noise at one of the equal doses: what it costs, and how well it is noticed."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from noisebench.calibration import Calibration, Doses, Rung
from noisebench.curve import Curve

if TYPE_CHECKING:
    from noisebench._audit import Audit

HARM = 0.1
"""Share of the performance above chance that a harmful noise surely costs."""

NOTICED = 0.75
"""Share of pairs (AUC) in which a detector picks the noisy one; noise that it surely misses more often is silent. Ours."""

SILENT_HARMFUL, LOUD_HARMFUL, SILENT_HARMLESS, LOUD_HARMLESS = (
    "silent and harmful", "noticed and harmful", "silent and harmless", "noticed and harmless",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """One noise at one of the equal doses."""

    sweep: str
    input: str
    modality: str
    dose: float
    """The equal dose that was asked for."""
    state: str
    """`met`, `between steps` or `unreachable`."""
    severity: float | None
    """None where the dose is unreachable."""
    reached: float
    """The dose that was measured; of an unreachable one, the nearest that the noise gives."""
    native: float | str | None
    unit: str
    """Of the native dose."""
    displacement: float
    lost: float
    """Share of the bits that tell clean samples apart, which is lost."""
    value: float
    low: float
    high: float
    """The metric with its simultaneous band; NaN where the dose is unreachable."""
    kept: float
    kept_low: float
    kept_high: float
    """Retained performance with its own interval; NaN where that is undefined."""
    auc: float
    auc_low: float
    auc_high: float
    """How well a classifier tells noisy from clean; NaN where that was not asked."""
    p: float
    """Of the hypothesis that the noise cannot be noticed."""
    n: int
    pairs: int
    """Behind the detector."""

    @property
    def harmful(self) -> bool | None:
        """Whether it surely costs more than a tenth above chance, or surely less; None in between."""
        return _side(1 - self.kept_high, 1 - self.kept_low, HARM)

    @property
    def noticed(self) -> bool | None:
        """Whether a detector surely finds it in more than three pairs of four, or surely does not; None in between."""
        return _side(self.auc_low, self.auc_high, NOTICED)

    @property
    def kind(self) -> str:
        """Which of the four it is; empty where one side is not sure."""
        if self.harmful is None or self.noticed is None:
            return ""
        names = {
            (False, True): SILENT_HARMFUL, (True, True): LOUD_HARMFUL,
            (False, False): SILENT_HARMLESS, (True, False): LOUD_HARMLESS,
        }  # fmt: skip
        return names[self.noticed, self.harmful]


def _side(low: float, high: float, level: float) -> bool | None:
    """Tell on which side of a level an interval lies; None where on both, or unknown."""
    if low > level:
        return True
    return False if high < level else None


def measured_of(audit: "Audit", found: Calibration) -> tuple[Measured, ...]:
    """Return every calibrated noise that has a curve, at every equal dose."""
    return tuple(
        each
        for name, known in found.noises.items()
        if name in audit.curves
        for each in _rungs(audit.curves[name], known)
    )


def _rungs(curve: Curve, known: Doses) -> Iterator[Measured]:
    clean = known.grid[0].bits
    places = {severity: i for i, severity in enumerate(curve.severities)}
    for rung in known.rungs:
        place = places.get(rung.severity) if rung.severity is not None else None
        yield _measured(curve, known, rung, place, clean)


def _measured(curve: Curve, known: Doses, rung: Rung, place: int | None, clean: float) -> Measured:
    point, told = rung.point, rung.detection
    nan = math.nan
    value, kept = (nan, nan, nan), (nan, nan, nan)
    if place is not None:
        value = (float(curve.estimate[place]), float(curve.low[place]), float(curve.high[place]))
        left = curve.retained(at=curve.severities[place])
        kept = (left.value, left.low, left.high)
    seen = (nan,) * 4 if told is None else (told.auc, told.low, told.high, told.p)
    return Measured(
        known.sweep, known.input, known.modality, rung.dose,
        rung.state, None if place is None else rung.severity, point.dose, point.native, known.unit,
        point.displacement, 1 - point.bits / clean if clean > 0 else nan,
        *value, *kept,
        *seen, curve.n, 0 if told is None else told.n,
    )  # fmt: skip
