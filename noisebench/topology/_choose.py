"""Which noises to measure in twos, and at which severity each: where it leaves four fifths of the samples.

Why: all pairs of many noises cost more than the noises themselves. A noise of every group of like ones comes first, as two of
one group show less that is new; then the others, the most harmful first. At a matched share no pair is measured at a floor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from noisebench.curve._records import percent
from noisebench.errors import PlanError
from noisebench.modalities import Unsaid
from noisebench.topology._breaking import Breaking
from noisebench.topology._failure import Match, matched
from noisebench.topology._make import sound_profile
from noisebench.topology._profile import Profile
from noisebench.topology._topology import Topology
from perturbations.errors import did_you_mean, explain

if TYPE_CHECKING:
    from noisebench._audit import Audit

KEPT = 0.8
"""Share of the samples that a noise leaves where it is measured with others."""

LEAST = 0.97
"""A noise that leaves more than this at its highest severity breaks too few samples to combine with others."""

FINEST = 0.001
"""Severities are rounded to this, so that sweeps have short names."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A noise at the severity at which it is to be measured with others."""

    sweep: str
    severity: float
    kept: float
    """Share of the samples that it leaves there, by its curve."""

    @property
    def text(self) -> str:
        """The noise at its severity, as a plan writes it."""
        return f"{self.sweep}@{self.severity:g}"


def candidates(
    audit: "Audit",
    *,
    metric: str,
    kept: float = KEPT,
    noises: Sequence[str] | None = None,
) -> tuple[list[Candidate], list[Unsaid]]:
    """Return the noises that can be measured with others, the most telling first; and those that cannot, with reasons.

    Args:
        audit: finished, of the noises alone.
        metric: one of the audit's.
        kept: share of the samples that each leaves at its severity; one that never gets there is taken at its highest.
        noises: names, in the order in which they are wanted; None lets the topology choose.

    Raises:
        PlanError: there are no breaking severities to choose by, or a name is not one of the noises.
    """
    chosen = next(each for each in audit.metrics if each.name == metric)
    profile = sound_profile(audit, chosen)
    if isinstance(profile, str):
        raise PlanError(
            explain(
                "noises whose severities can be matched", "audit", str(audit.directory), profile
            )
        )
    order = (
        _order(profile, audit.topology(metric=metric))
        if noises is None
        else _named(profile, audit, noises)
    )
    known = {each.name: each for each in profile.noises}
    found: list[Candidate] = []
    left: list[Unsaid] = []
    for name in order:
        made = _candidate(known[name], kept)
        if isinstance(made, str):
            left.append(Unsaid(name, made))
        else:
            found.append(made)
    return found, left


def _candidate(noise: Breaking, kept: float) -> Candidate | str:
    at = matched(noise, kept)
    if isinstance(at, Match):
        return Candidate(noise.name, max(round(at.severity / FINEST) * FINEST, FINEST), kept)
    last = float(noise.kept[-1])
    if last > LEAST:
        return f"it leaves {percent(round(last, 3))} of the samples at its highest severity, too many to see what it does with another"
    return Candidate(noise.name, noise.severities[-1], last)


def _order(profile: Profile, topology: Topology) -> list[str]:
    """Return one noise of every group, the nearest to all of it, then the others, the most harmful first."""
    harm = {each.name: float(each.severity.mean()) for each in profile.noises}
    first = []
    if topology.groups is not None and topology.distances is not None:
        known = topology.distances
        for group in topology.groups.alike:
            sums = {
                a: sum(known[a, b].value for b in group.members if b != a) for a in group.members
            }
            first.append(min(sums, key=lambda name: sums[name]))
    first.sort(key=lambda name: harm[name])
    return [*first, *sorted((n for n in harm if n not in first), key=lambda name: harm[name])]


def _named(profile: Profile, audit: "Audit", noises: Sequence[str]) -> list[str]:
    found = [audit.find(name) for name in noises]
    for name, sweep in zip(noises, found, strict=True):
        if sweep not in profile.names:
            left = {each.what: each.why for each in profile.left_out}
            hint = left.get(sweep) or did_you_mean(name, profile.names)
            raise PlanError(explain("a noise with severities of its own", "noises", name, hint))
    return found
