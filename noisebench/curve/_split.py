"""How much of a band is which samples were drawn, how much how noise fell on them, and what would narrow it.

    Var = s_b^2 / n + s_w^2 / (n S)

for n samples and S replicates. A value that is not a mean is taken by its gradient, so that one formula serves all metrics.

References: Searle, Casella and McCulloch 1992 (variance components).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._bounds import TINY
from noisebench.curve._moments import Moments
from noisebench.curve._records import Uncertainty, number, p_words, percent
from noisebench.curve._retention import Retention
from noisebench.curve._sample import Sample
from noisebench.curve._shared import held
from noisebench.curve._verdict import round_up

Floats = NDArray[np.float64]

WIDE = 0.1
"""Share of the performance above chance: a band that reaches farther is wider than the loss that a tolerance looks for."""

MANY = 100
"""Replicates beyond which nobody would go."""

SURE = 0.01
"""Below this p-value noise moves samples together: there is one such test for every curve."""

COLUMNS = 256
"""Directions of a gradient that are tried at a time."""


class Parts(NamedTuple):
    """Variance of a value, and what it is made of."""

    total: float
    """What the band holds."""
    draws: float
    """The part that is how noise fell on the samples, each for itself."""
    together: float
    """P-value of draws that move samples each for itself only."""


def uncertainty(
    sample: Sample, known: Moments, retention: Retention, low: Floats, high: Floats, confidence: float
) -> Uncertainty:  # fmt: skip
    """Take the band apart where it is widest.

    Args:
        sample: the scores.
        known: moments of them.
        retention: what a loss is measured against.
        low: the band.
        high: the band.
        confidence: of the band.
    """
    half = (high - low) / 2
    place = 1 + int(np.argmax(half[1:]))
    severity, width, s = sample.severities[place], float(half[place]), len(sample.scores[place])
    units = "samples" if sample.groups is None else "groups"
    if known.units < 2:
        return refused("an interval needs at least 2 samples", severity, s)
    parts = split(sample, known, place)
    if sample.shared and s > 1:
        draws = float(held(sample, confidence)[place, place])
        parts = Parts(parts.total, min(draws, parts.total), 1.0)
    share = _share(parts)
    scale = math.nan
    if retention.reference is not None and not retention.undefined(confidence):
        scale = WIDE * abs(float(known.mean[0]) - retention.reference)
    wide = width > scale
    wanted, again = _needed(parts, known.units, s, width / scale) if wide else (None, None)
    if wide and sample.shared and s > 1:
        wanted = _against_draws(parts, known.units, width / scale)
    said = [f"± {number(width)} at severity {severity:g}, where the band is widest", *_of(parts, s)]
    if wide and wanted is None and again is not None:
        said.append(
            f"about {again} replicates of these would bring it to ± {number(scale)}, no number of {units} would"
        )
    elif wide and sample.shared and wanted is None and s > 1:
        said.append(f"only more {units} in more replicates would bring it to ± {number(scale)}")
    if wide and wanted is not None:
        varied = parts.draws > TINY**2
        said.append(_narrowed(wanted, again, units, scale, s if varied else 1))
        said += _told(parts, s, width, again, shared=sample.shared)
    return Uncertainty(severity, width, 1 - share, share, s, wide, wanted, again, "; ".join(said))


def refused(why: str, severity: float, replicates: int) -> Uncertainty:
    """Return no account, and why there is none."""
    nan, text = math.nan, f"its parts are not told: {why}"
    return Uncertainty(severity, nan, nan, nan, replicates, False, None, None, text)


def split(sample: Sample, known: Moments, place: int) -> Parts:
    """Return what the variance at one severity is made of; NaN for draws where there is one replicate."""
    total = float(known.cov[place, place])
    s = len(sample.scores[place])
    if s < 2:
        return Parts(total, math.nan, math.nan)
    rows = _linear(sample, place)
    unit, units = sample.units(), known.units
    sums = np.stack([np.bincount(unit, weights=row, minlength=units) for row in rows])
    draws = float(sums.var(axis=0, ddof=1).sum()) / (s * sample.n**2)
    shared = float(rows.mean(axis=1).var(ddof=1)) / s
    return Parts(total, min(draws, total), _together(shared, draws, s, units))


def _together(shared: float, draws: float, s: int, units: int) -> float:
    """Return how often means of replicates vary as much where every unit draws for itself."""
    from scipy.special import fdtrc

    if draws <= TINY**2:
        return 1.0
    return float(fdtrc(s - 1, (s - 1) * (units - 1), shared / draws))


def _linear(sample: Sample, place: int) -> Floats:
    """Return (replicates, n): what each score adds to the value, up to a constant."""
    rows = sample.scores[place]
    flat = sample.metric.statistics(rows.reshape(-1, rows.shape[2]))
    slope = _gradient(sample, flat.mean(axis=0))
    return np.asarray((flat @ slope).reshape(rows.shape[:2]), dtype=np.float64)


def _gradient(sample: Sample, mean: Floats) -> Floats:
    """Return how the value changes with the mean of each statistic."""
    step = 1e-5 * np.maximum(np.abs(mean), 1e-3)
    found = []
    for start in range(0, len(mean), COLUMNS):
        away = np.diag(step)[start : start + COLUMNS]
        up, down = (sample.metric.value(mean + side * away) for side in (1, -1))
        found.append((up - down) / (2 * step[start : start + COLUMNS]))
    slope = np.concatenate(found)
    return np.where(np.isfinite(slope), slope, 0.0)


def _share(parts: Parts) -> float:
    """Return the share of the variance that is draws."""
    return parts.draws / parts.total if parts.total > TINY**2 else 0.0 * parts.draws


def _needed(parts: Parts, units: int, s: int, ratio: float) -> tuple[int | None, int | None]:
    """Return how many samples, or how many replicates of the same ones, make the band narrower by a ratio.

    Where no sample differs, an exact bound shrinks with n, not with its root.
    """
    power = 2 if parts.total > TINY**2 else 1
    samples = math.inf if ratio == math.inf else units * ratio**power
    wanted = round_up(max(samples, units + 1)) if math.isfinite(samples) else None
    if math.isnan(parts.draws):
        return wanted, None
    room = parts.total / ratio**2 - (parts.total - parts.draws)
    again = math.ceil(parts.draws * s / room - 1e-9) if room > 0 else MANY + 1
    return wanted, again if again <= MANY else None


def _against_draws(parts: Parts, units: int, ratio: float) -> int | None:
    """Return how many samples make the band narrower by a ratio where all share a draw, which none of them narrows."""
    room = parts.total / ratio**2 - parts.draws
    return round_up(units * (parts.total - parts.draws) / room) if room > 0 else None


def _of(parts: Parts, s: int) -> list[str]:
    if s < 2:
        return []
    share = _share(parts)
    if parts.draws <= TINY**2:
        return [f"all of it is which samples were drawn, as {s} replicates are the same"]
    said = [
        f"{_percent(1 - share)} of its variance is which samples were drawn, {_percent(share)} how noise fell on them"
    ]
    if parts.together < SURE:
        said.append(
            f"draws move samples together ({p_words(parts.together)}), which no band here holds: only more replicates show it"
        )
    return said


def _percent(share: float) -> str:
    return percent(round(share, 2))


def _narrowed(wanted: int, again: int | None, units: str, goal: float, s: int) -> str:
    """Say what would bring the band to what a tolerance needs."""
    replicas = "" if s < 2 else f" with {s} replicates"
    or_else = "" if again is None else f", or {again} replicates of these,"
    return (
        f"about {wanted:,} {units}{replicas}{or_else} would bring it to ± {number(goal)}, "
        f"a tenth of the performance above chance"
    )


def _told(
    parts: Parts, s: int, width: float, again: int | None, *, shared: bool = False
) -> list[str]:
    """Say what more replicates would do where they would not do alone."""
    if s < 2:
        return (
            []
            if shared
            else [
                "one replicate does not tell how much is how noise fell on them; replicates=3 would"
            ]
        )
    if again is not None or parts.draws <= TINY**2:
        return []
    least = width * math.sqrt(max(1 - _share(parts), 0.0))
    return [f"no number of replicates alone would bring it below ± {number(least)}"]
