"""What data from the field is nearest to, in numbers and in a sentence."""

import math
from dataclasses import dataclass
from typing import Any

SURE = 0.05
"""p-value up to which data from the field differs from clean data, or a noise is nearer to it."""

RIVAL = 0.05
"""Share of resamples from which another noise is named as well."""

HALF = 0.5
"""Share of the squared distance that a noise must take away to be called near."""

NEAR, NONE_NEAR, NOTHING = "near", "none near", "nothing"


@dataclass(frozen=True, slots=True)
class Rival:
    """One noise at its nearest severity."""

    noise: str
    severity: float
    distance: float
    share: float
    """Of resamples in which it is the nearest; 0 for noises that were too far to be resampled."""


@dataclass(frozen=True, slots=True, repr=False)
class Nearest:
    """The noise that is nearest to data from the field; it prints as sentences, and is true where one is near.

    Distances are sliced Wasserstein distances: 1 is a shift of all samples by a standard deviation.
    """

    state: str
    """`near`; `none near`: the field differs from clean data otherwise; `nothing`: it does not differ."""
    noise: str
    """The nearest of all that were tried, near or not."""
    severity: float
    low: float
    high: float
    dose: float | str | None
    """Its native dose."""
    unit: str
    distance: float
    """From the field to clean data with that noise."""
    clean: float
    """From the field to clean data."""
    itself: float
    """From clean data to other clean data, in the mean: what chance makes of nothing."""
    alone: float
    """From clean data with that noise to other clean data with it, at most; NaN where too few others can take it."""
    explained: float
    """Share of the squared distance beyond chance that the noise takes away."""
    differs: float
    """p-value of the hypothesis that the field is clean data."""
    nearer: float
    """p-value of the hypothesis that the field is no nearer to any noise than clean data is."""
    rivals: tuple[Rival, ...]
    """Every noise at its nearest severity, the nearest first."""
    n: int
    n_field: int
    confidence: float
    features: str
    note: str

    @property
    def tied(self) -> tuple[str, ...]:
        """Other noises that may as well be the nearest."""
        return tuple(
            each.noise
            for each in self.rivals
            if each.share >= RIVAL and each.noise != self.noise
        )  # fmt: skip

    @property
    def sentences(self) -> tuple[str, ...]:
        """The answer in words."""
        return said(self)

    def __bool__(self) -> bool:
        return self.state == NEAR

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def to_table(self) -> list[dict[str, Any]]:
        """Return a row per noise: its nearest severity, its distance and its share of resamples, the nearest first."""
        return [
            {"noise": r.noise, "severity": r.severity, "distance": r.distance, "share": r.share}
            for r in self.rivals
        ]

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        names = (
            "state", "noise", "severity", "low", "high", "dose", "unit", "distance", "clean", "itself", "alone",
            "explained", "differs", "nearer", "n", "n_field", "confidence", "features", "note",
        )  # fmt: skip
        return {
            **{name: getattr(self, name) for name in names},
            "tied": list(self.tied), "noises": self.to_table(), "sentences": list(self.sentences),
        }  # fmt: skip


def said(found: Nearest) -> tuple[str, ...]:
    """Return the answer in words."""
    tried = f"{len(found.rivals)} noise" + ("" if len(found.rivals) == 1 else "s")
    field = f"The {found.n_field} samples from the field"
    if found.state == NOTHING:
        return (
            f"Nothing: {field[0].lower()}{field[1:]} cannot be told from clean data (distance {found.clean:.3g}, clean data is "
            f"{found.itself:.3g} from itself, p = {_p(found.differs)}), and none of {tried} is nearer (p = {_p(found.nearer)}).",
        )
    if found.state == NONE_NEAR:
        return (_none_near(found, field, tried),)
    return (
        f"{field} are nearest to {found.noise} at severity {found.severity:.3g} "
        f"[{found.low:.3g}, {found.high:.3g}]{_dose(found)}: it takes the distance from {found.clean:.3g} to "
        f"{found.distance:.3g} (p = {_p(found.nearer)}, {found.n} clean samples, {tried}).",
        _told(found),
        _rest(found),
    )


def _none_near(found: Nearest, field: str, tried: str) -> str:
    head = (
        f"{field} differ from clean data (distance {found.clean:.3g}, clean data is {found.itself:.3g} from itself, "
        f"p = {_p(found.differs)}), but none of {tried} is near: "
    )
    if found.nearer > SURE:
        return f"{head}the nearest, {found.noise}, is no nearer than chance makes one (p = {_p(found.nearer)})."
    share = f"{100 * found.explained:.0f} % of the squared distance"
    return f"{head}the nearest, {found.noise} at severity {found.severity:.3g}, takes away only {share}."


def _dose(found: Nearest) -> str:
    if not isinstance(found.dose, float | int) or not math.isfinite(found.dose):
        return ""
    return f" ({found.dose:.3g} {found.unit.partition(' (')[0]})"


def _told(found: Nearest) -> str:
    shares = {each.noise: each.share for each in found.rivals}
    others = [f"{noise} ({_percent(shares[noise])})" for noise in found.tied]
    share = f"It is the nearest in {_percent(shares[found.noise])} of resamples"
    if not others:
        return f"{share}; no other noise comes near."
    return f"{share}; it cannot be told from {', '.join(others)}."


def _rest(found: Nearest) -> str:
    if math.isnan(found.alone):
        return "Whether something else differs is not known: too few other clean samples can take the noise."
    if found.distance <= found.alone:
        return f"Nothing else needs to differ: the noise alone leaves up to {found.alone:.3g}."
    return (
        f"Something else differs as well: the noise alone would leave at most {found.alone:.3g}, "
        f"and takes away {_percent(found.explained)} of the squared distance."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _p(value: float) -> str:
    return f"{value:.2g}"
