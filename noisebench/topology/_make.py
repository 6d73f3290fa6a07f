"""Makes a topology: every part that an audit allows, and the reason for every one that it does not."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from noisebench.curve._curve import need
from noisebench.curve._records import Estimate, number, span
from noisebench.metrics import Metric
from noisebench.modalities import Unsaid
from noisebench.topology._breaking import Breaking
from noisebench.topology._composition import Composition, composition_of
from noisebench.topology._crossed import Crossed, crossed_of
from noisebench.topology._distances import Distances, apart, distances_of, ground
from noisebench.topology._failure import failure_distances
from noisebench.topology._groups import groups_of
from noisebench.topology._kendall import tau
from noisebench.topology._map import map_of
from noisebench.topology._profile import NO_NOISE, Profile, profile_of
from noisebench.topology._pull import Pulled
from noisebench.topology._sentences import some
from noisebench.topology._suite import suite_of
from noisebench.topology._survival import survival_of
from noisebench.topology._topology import Topology

if TYPE_CHECKING:
    from noisebench._audit import Audit

T = TypeVar("T")

BREAKING = "breaking severity"
FEW = 3
"""Noises from which there is a tree and a map."""

PLAN = "compose=60 measures noises in twos after the run, pairs(...) in the plan does within it"

MEANING = (
    "1 - Kendall's tau-b of the severities at which samples break; 0: the same samples break first, 1: unrelated, "
    "2: the other way round"
)


def topology_of(audit: "Audit", *, metric: str, kept: float | None = None) -> Topology:
    """Return the topology of an audit.

    Args:
        audit: whose noises are compared.
        metric: one of the audit's.
        kept: share of the samples that is left unbroken where failures are compared; None takes 0.8 or 0.5, whichever
            more noises can be brought to.
    """
    chosen = next(each for each in audit.metrics if each.name == metric)
    head = {"metric": metric, "confidence": audit.header["config"]["confidence"]}
    profile = sound_profile(audit, chosen)
    if isinstance(profile, str):
        unsaid = (Unsaid("the topology of noises", profile),)
        found = Topology(**head, n=0, of=len(audit.ids), unsaid=unsaid)
        if profile != NO_NOISE:
            return found
        pairs = _pairs_alone(audit, chosen)
        return replace(found, composition=pairs, n=pairs.n) if pairs else found
    found = topology(profile, kept=kept)
    combined = _composition(audit, chosen, profile)
    if isinstance(combined, str):
        return replace(found, unsaid=(*found.unsaid, Unsaid("how noises combine", combined)))
    return replace(found, composition=combined)


def _pairs_alone(audit: "Audit", metric: Metric) -> Composition | None:
    """Return how noises combine where no noise was measured at several severities; None where that is unknown, too."""
    found = crossed_of(audit, metric)
    if isinstance(found, str) or _at_chance(audit, found.squares[0].forward, metric):
        return None
    return composition_of(found)


def sound_profile(audit: "Audit", metric: Metric) -> Profile | str:
    """Return when the samples of an audit break, or why that says nothing."""
    if audit.partial:
        return f"it {audit._not_everywhere}"  # noqa: SLF001 - a part of the audit in a file of its own
    profile = profile_of(audit, metric)
    if isinstance(profile, str):
        return profile
    return _at_chance(audit, profile.names[0], metric) or profile


def _composition(audit: "Audit", metric: Metric, profile: Profile) -> Composition | str:
    """Return how noises combine, by the pairs that were chosen after the run, else by those of its own plan; or why not."""
    sources = [each for each in (audit.pairs, audit) if each is not None]
    found: Crossed | str = ""
    for source in sources:
        found = crossed_of(source, metric)
        if isinstance(found, Crossed):
            break
    if isinstance(found, str):
        return f"{found}; {PLAN}"
    place = {name: i for i, name in enumerate(profile.ids)}
    if not set(found.ids) <= set(place):
        return composition_of(found)
    rows = np.array([place[name] for name in found.ids], dtype=np.intp)
    return composition_of(found, {each.name: each.take(rows) for each in profile.noises})


def topology(profile: Profile, *, kept: float | None = None) -> Topology:
    """Return the topology of a profile."""
    open_: list[Unsaid] = []
    ranked = profile.ranked()
    open_ += unplaced(ranked.left_out)
    count = len(ranked.noises)
    likeness = tau(ranked.severities, ranked.units) if count else None

    def made(what: str, least: int, make: Callable[[], T | str]) -> T | None:
        if count < least:
            known = (
                "no noise has"
                if not count
                else "one noise has"
                if count == 1
                else f"{count} noises have"
            )
            found: T | str = f"it takes {least} noises, and {known} an order in which samples break"
        else:
            found = make()
        if isinstance(found, str):
            open_.append(Unsaid(what, found))
            return None
        return found

    def tree(make: Callable[[Any, Pulled], T]) -> Callable[[], T]:
        return lambda: make(ranked.names, apart(_known(likeness)))

    return Topology(
        metric=profile.metric.name,
        confidence=profile.confidence,
        n=profile.n,
        of=profile.of,
        survival=tuple(survival_of(each, profile) for each in profile.noises),
        distances=made("how far noises are apart", 2, lambda: _breaking(ranked, _known(likeness))),
        failure=made("how alike noises are in failure", 2, lambda: failure_distances(ranked, kept)),
        groups=made("which noises are alike", FEW, tree(groups_of)),
        map=made("a map of noises", FEW, tree(map_of)),
        suite=made("which few noises are enough", FEW, lambda: suite_of(ranked)),
        unsaid=tuple(open_),
    )


def unplaced(left_out: Sequence[Unsaid]) -> list[Unsaid]:
    """Say which noises have no place, those with one reason together."""
    by_reason: dict[str, list[str]] = {}
    for each in left_out:
        by_reason.setdefault(each.why, []).append(each.what)
    return [
        Unsaid(f"where {some(names)} {'lies' if len(names) == 1 else 'lie'}", why)
        for why, names in by_reason.items()
    ]


def _known(likeness: Pulled | None) -> Pulled:
    assert likeness is not None
    return likeness


def _breaking(ranked: Profile, likeness: Pulled) -> Distances:
    own = {each.name: found for each in ranked.noises if (found := _own(each, ranked))}
    return distances_of(
        BREAKING,
        MEANING,
        ranked.names,
        likeness,
        confidence=ranked.confidence,
        own=own,
        left_out=ranked.left_out,
    )


def _own(noise: Breaking, profile: Profile) -> Estimate | None:
    """Return the distance of a noise to another draw of itself, the mean over pairs of draws; None where it has one draw."""
    pairs = [
        tau(noise.each[[a, b]].T, profile.units)
        for a, b in combinations(range(noise.draws), 2)
        if all(len(np.unique(row)) > 1 for row in noise.each[[a, b]])
    ]
    if not pairs:
        return None
    likeness = Pulled(
        np.mean([each.value for each in pairs], axis=0),
        np.mean([each.pull for each in pairs], axis=0),
        profile.units,
    )
    found = distances_of("", "", ("", ""), likeness, confidence=profile.confidence)
    value, low, high = (float(edge[0, 1]) for edge in (found.values, found.low, found.high))
    text = (
        f"{noise.name} and another draw of it: {BREAKING} distance {number(value)} {span(low, high)} "
        f"({ground(likeness, profile.confidence)})"
    )
    return Estimate(value, low, high, profile.n, text)


def _at_chance(audit: "Audit", sweep: str, metric: Metric) -> str:
    """Say that the model is no better than chance without noise; empty where it is."""
    known = need(audit.curve(sweep, metric=metric.name), "a topology")
    reason = known.retention.undefined(known.confidence)
    if not reason.endswith("chance"):
        return ""
    clean = known.value(0)
    came = f"{metric.name} {number(clean.value)} {span(clean.low, clean.high)} without noise"
    said = reason.removeprefix("undefined: ")
    return f"{said} ({came}, chance {number(known.reference or 0.0)}, n = {clean.n}), so which samples break is luck"
