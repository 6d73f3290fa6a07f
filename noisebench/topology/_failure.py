"""Failure distance: whether two noises break the same samples where both leave the same share unbroken.

rho_ij = corr(f_i, f_j) / sqrt(R_i R_j), with f the share of draws in which a sample is broken, between the two severities where
a noise keeps just that share of the samples, and R the reliability of f: what another set of draws would agree with. The
correlation of two draws gives it for their mean by Spearman and Brown; a noise that draws nothing has reliability 1.

Why: a noise that falls on other pixels at every draw breaks partly other samples each time. Without the division, a map would
part the random noises from the fixed ones and nothing else. Below 0.2 the division would blow up chance.

References: Spearman 1904, The proof and measurement of association between two things (attenuation); Brown 1910.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from noisebench.curve._bands import falling
from noisebench.curve._records import number, percent
from noisebench.modalities import Unsaid
from noisebench.topology._breaking import Breaking
from noisebench.topology._distances import Distances, distances_of
from noisebench.topology._profile import Profile
from noisebench.topology._pull import Floats, Pulled, Units

KEPT = (0.8, 0.5)
"""Shares of the samples that are left unbroken where noises are compared; the one that more noises can be brought to."""

RELIABLE = 0.2
"""Least reliability of a noise that is compared."""

NEAR = 0.1
"""How far below the share a noise may be at its mildest severity and still be compared there."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a noise leaves a share of the samples unbroken."""

    severity: float
    place: int
    """Of the measured severity above."""
    part: float
    """How much of the step below that severity is taken."""


def matched(noise: Breaking, kept: float) -> Match | str:
    """Return where a noise keeps a share of the samples, by a line between severities of the falling fit; or why nowhere."""
    grid = np.array([0.0, *noise.severities])
    fit = falling(np.array([1.0, *noise.kept]))
    if fit[-1] > kept:
        left = (
            f"it keeps {percent(round(float(fit[-1]), 3))} of the samples at severity {grid[-1]:g}"
        )
        return f"{left}, and never as little as {percent(kept)}"
    place = int(np.argmax(fit <= kept))
    part = float((fit[place - 1] - kept) / (fit[place - 1] - fit[place]))
    severity = float(grid[place - 1] + part * (grid[place] - grid[place - 1]))
    return Match(severity, place - 1, part)


def failure_distances(profile: Profile, kept: float | None = None) -> Distances | str:
    """Return the failure distances of all noises that can be compared, or why none can."""
    shares = KEPT if kept is None else (kept,)
    read = {share: _readings(profile, share) for share in shares}
    share = max(shares, key=lambda each: len(read[each][0]))
    readings, left = read[share]
    if len(readings) < 2:
        why = next((each.why for each in left), "there is one noise only")
        return (
            f"fewer than two noises can be compared, such as: {left[0].what}: {why}"
            if left
            else why
        )
    names = [name for name, _, _ in readings]
    rho = _disattenuated([(mean, rel) for _, mean, rel in readings], profile.units)
    return distances_of(
        "failure",
        f"where each keeps {percent(share)} of the samples, 0: the same samples break; 1: breaking is unrelated; 2: opposite",
        names,
        rho,
        confidence=profile.confidence,
        left_out=[*profile.left_out, *left],
    )


Reading = tuple[str, Floats, Pulled | None]
"""Name of a noise, the share of draws in which each sample is broken, and its reliability; None where that is 1."""


def _readings(profile: Profile, kept: float) -> tuple[list[Reading], list[Unsaid]]:
    found: list[Reading] = []
    left: list[Unsaid] = []
    for noise in profile.noises:
        broken = _broken_at(noise, kept)
        if isinstance(broken, str):
            left.append(Unsaid(noise.name, broken))
            continue
        rel = None if noise.deterministic else reliability(broken, profile.units)
        if isinstance(rel, str):
            left.append(Unsaid(noise.name, rel))
        else:
            found.append((noise.name, broken.mean(axis=0), rel))
    return found, left


def _broken_at(noise: Breaking, kept: float) -> Floats | str:
    """Return the share (draws, n) by which samples are broken where the noise keeps a share of them."""
    at = matched(noise, kept)
    if isinstance(at, str):
        return at
    if noise.kept[0] < kept - NEAR:
        mildest = percent(round(float(noise.kept[0]), 3))
        return f"it keeps only {mildest} at its mildest severity, {noise.severities[0]:g}; measure milder ones"
    above = noise.broken[at.place].astype(np.float64)
    below = noise.broken[at.place - 1].astype(np.float64) if at.place else np.zeros_like(above)
    return np.asarray((1 - at.part) * below + at.part * above)


def reliability(broken: Floats, units: Units) -> Pulled | str:
    """Return what another set of draws would agree with, of shares (draws, n); or why it cannot be used."""
    draws = len(broken)
    if draws < 2:
        return "another draw may break other samples, and there is one; audit with replicates=2 or more"
    pairs = [correlation(broken[a], broken[b]) for a, b in combinations(range(draws), 2)]
    one = float(np.mean([value for value, _ in pairs]))
    value = draws * one / (1 + (draws - 1) * one) if one > 0 else 0.0
    if value < RELIABLE:
        return (
            f"the reliability of its {draws} draws is {number(max(value, 0.0))}, below {RELIABLE:g}: other draws break "
            "other samples; more replicates would tell"
        )
    slope = draws / (1 + (draws - 1) * one) ** 2
    pull = slope * np.mean([influence for _, influence in pairs], axis=0)
    return Pulled.of(np.array([value]), [pull], units)


def correlation(one: Floats, other: Floats) -> tuple[float, Floats]:
    """Return Pearson's correlation and every sample's influence on it."""
    u, v = _standard(one), _standard(other)
    value = float((u * v).mean())
    return value, np.asarray(u * v - value * (u**2 + v**2) / 2)


def _standard(values: Floats) -> Floats:
    spread = float(values.std())
    return np.asarray((values - values.mean()) / (spread if spread > 0 else 1.0))


def _disattenuated(readings: Sequence[tuple[Floats, Pulled | None]], units: Units) -> Pulled:
    values, pulls = [], []
    for (one, first), (other, second) in combinations(readings, 2):
        raw, influence = correlation(one, other)
        pull = units.sums(influence) / len(units.of)
        known = [each for each in (first, second) if each is not None]
        scale = float(np.prod([each.value[0] for each in known])) ** -0.5
        for each in known:
            pull = pull - raw * each.pull[:, 0] / (2 * each.value[0])
        values.append(raw * scale)
        pulls.append(pull * scale)
    return Pulled(np.clip(values, -1.0, 1.0), np.stack(pulls, axis=1), units)
