"""When samples break, noise by noise, in numbers and words."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from noisebench.curve._records import Estimate, number, percent, span
from noisebench.topology._breaking import RECOVERED, Breaking
from noisebench.topology._profile import Profile
from noisebench.topology._pull import Pulled


@dataclass(frozen=True, slots=True)
class Survival:
    """When samples break under one noise."""

    name: str
    mean: Estimate
    """Mean breaking severity up to the last one: the area under the share of samples that are left."""
    never: float
    """Share of samples that no severity breaks."""
    recovered: float
    """Share of samples that are right at a severity though a milder one broke them, the mean over severities."""
    draws: int

    @property
    def valid(self) -> bool:
        """Whether hardly any sample recovers, so that the first break says when it breaks."""
        return self.recovered <= RECOVERED

    def __repr__(self) -> str:
        return self.mean.text

    def row(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "noise": self.name,
            "mean_breaking_severity": self.mean.value,
            "low": self.mean.low,
            "high": self.mean.high,
            "never_broken": self.never,
            "recovered": self.recovered,
            "draws": self.draws,
            "n": self.mean.n,
        }


def survival_of(noise: Breaking, profile: Profile) -> Survival:
    """Return when the samples of a profile break under one of its noises."""
    mean = float(noise.severity.mean())
    known = Pulled.of(np.array([mean]), [noise.severity - mean], profile.units)
    half = known.critical(profile.confidence) * float(known.error[0])
    last = noise.severities[-1]
    low, high = max(mean - half, 0.0), min(mean + half, last)
    text = (
        f"{noise.name}: samples break at severity {number(mean)} {span(low, high)} on average, "
        f"{percent(round(noise.never, 3))} never up to {last:g}"
    )
    if noise.recovered > RECOVERED:
        text += f"; {percent(round(noise.recovered, 3))} are right again under more noise, so the first break says less"
    text += f" ({percent(profile.confidence)} interval, n = {profile.n})"
    estimate = Estimate(mean, low, high, profile.n, text)
    return Survival(noise.name, estimate, noise.never, noise.recovered, noise.draws)
