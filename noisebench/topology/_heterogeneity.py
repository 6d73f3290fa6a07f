"""How far two maps of the same noises are apart: as two models see them, or one model on two slices or runs.

With D and E the distances by breaking severity of every two noises, the maps are apart by the root mean square of D - E, less
what samples of this size would show of one map alone. Whether they differ at all is tested by permutation: under one map, who
made which outcome is chance, so models are swapped sample by sample, and slices are dealt out anew. Both use the influence of
the pooled samples on D, which no swap changes, so the test is exact. How alike they are is the correlation of D and E, with a
p-value by permuting the noises of one (Mantel).

References: Mantel 1967, The detection of disease clustering; Hemerik and Goeman 2018 (permutation groups).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from noisebench.curve._bounds import normal, widen
from noisebench.curve._multiplicity import benjamini_hochberg
from noisebench.curve._records import Estimate, number, percent, span
from noisebench.modalities import Unsaid
from noisebench.topology._distances import apart
from noisebench.topology._groups import Groups, groups_of
from noisebench.topology._kendall import tau
from noisebench.topology._linkage import square
from noisebench.topology._map import STEPS, places_of, procrustes, smacof, stress
from noisebench.topology._permuted import PERMUTATIONS, dealt, share_of, swapped
from noisebench.topology._profile import FEWEST, Profile, too_few
from noisebench.topology._pull import Floats, Pulled

Places = tuple[tuple[float, float], ...]

SURE = 0.05
"""Below this p-value two maps surely differ; of noises and of pairs, the share of false ones among those called."""

FEW = 3
"""Noises from which there is a map."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A noise with its place on both maps."""

    name: str
    apart: float
    """Root mean square of the differences of its distances."""
    p: float
    """Of one place, adjusted over the noises."""
    nearest: tuple[str, str]
    """The noise that is nearest to it, on either map."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Two noises that are nearer on one map than on the other."""

    names: tuple[str, str]
    distances: tuple[float, float]
    """On either map."""
    difference: Estimate
    p: float
    """Of one distance, adjusted over all pairs of noises."""


@dataclass(frozen=True, slots=True, repr=False)
class Heterogeneity:
    """How far two maps of the same noises are apart; it prints as sentences."""

    labels: tuple[str, str]
    names: tuple[str, ...]
    """The noises that have a place on both."""
    paired: bool
    """Whether both are of the same samples."""
    n: tuple[int, int]
    apart: Estimate
    """Root mean square difference of distances, less what chance makes; 0 for one map."""
    p: float
    """Of one map."""
    likeness: float
    """Correlation of the distances of both."""
    likeness_p: float
    """Of maps that have nothing in common."""
    moved: tuple[Moved, ...]
    """The noises, the one that moved most first."""
    gaps: tuple[Gap, ...]
    """Pairs of noises whose distance surely differs, the largest difference first."""
    groups: tuple[Groups, Groups]
    places: tuple[Places, Places]
    """In a plane, the second map grown out of the first and turned onto it."""
    stress: tuple[float, float] = (0.0, 0.0)
    """Kruskal's stress-1 of either: how badly a plane shows its distances."""
    left_out: tuple[Unsaid, ...] = ()
    """Noises that have a place on one at most, and why."""

    @property
    def sure(self) -> bool:
        """Whether the maps surely differ."""
        return self.p < SURE

    @property
    def sentences(self) -> tuple[str, ...]:
        """What differs, in plain words."""
        from noisebench.topology._difference import sentences

        return sentences(self)

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "labels": list(self.labels), "noises": list(self.names), "paired": self.paired, "n": list(self.n),
            "stress": list(self.stress), "apart": self.apart.value, "low": self.apart.low, "high": self.apart.high, "p": self.p,
            "likeness": self.likeness, "likeness_p": self.likeness_p, "sentences": list(self.sentences),
            "moved": [
                {"noise": e.name, "apart": e.apart, "p": e.p, "nearest": list(e.nearest)} for e in self.moved
            ],
            "gaps": [
                {
                    "first": e.names[0], "second": e.names[1], "distances": list(e.distances),
                    "difference": e.difference.value, "low": e.difference.low, "high": e.difference.high, "p": e.p,
                }
                for e in self.gaps
            ],
            "left_out": [{"what": e.what, "why": e.why} for e in self.left_out],
        }  # fmt: skip


def heterogeneity_of(
    first: Profile, second: Profile, labels: tuple[str, str]
) -> Heterogeneity | str:
    """Return how far the maps of two profiles are apart, or why that cannot be said.

    Profiles over mostly the same samples are compared sample by sample; others as two sets of samples.
    """
    common = [name for name in first.ids if name in set(second.ids)]
    paired = len(common) >= min(first.n, second.n) / 2
    if paired:
        first, second = (_on(each, common) for each in (first, second))
    least = min((first, second), key=lambda each: each.n)
    if least.n < FEWEST:
        return too_few(least.n, least.of)
    one, other, left = _shared(first, second, labels)
    if len(one.noises) < FEW:
        few = "no noise has" if not one.noises else f"only {len(one.noises)} of the noises have"
        why = f"; such as {left[0].what}: {left[0].why}" if left else ""
        return f"it takes {FEW} noises, and {few} a place on both maps{why}"
    return _compared(one, other, labels, left, paired=paired)


def _on(profile: Profile, ids: Sequence[str]) -> Profile:
    place = {name: i for i, name in enumerate(profile.ids)}
    return profile.take(np.array([place[name] for name in ids], dtype=np.intp))


def _shared(
    first: Profile, second: Profile, labels: tuple[str, str]
) -> tuple[Profile, Profile, list[Unsaid]]:
    """Return both with the noises that have an order of breaking on either, at the same severities."""
    ranked = first.ranked(), second.ranked()
    grids = [{each.name: each.severities for each in known.noises} for known in ranked]
    names = [name for name in ranked[0].names if grids[1].get(name) == grids[0][name]]
    left = {
        each.what: f"{each.why} ({label})"
        for label, known in zip(labels, ranked, strict=True)
        for each in known.left_out
    }
    for name in (*grids[0], *grids[1]):
        if name not in names and name not in left:
            there = [label for label, grid in zip(labels, grids, strict=True) if name in grid]
            left[name] = (
                "it was measured at other severities"
                if len(there) > 1
                else f"it was measured for {there[0]} only"
            )
    return (
        ranked[0].only(names), ranked[1].only(names),
        [Unsaid(name, why) for name, why in left.items()],
    )  # fmt: skip


def _compared(
    one: Profile, other: Profile, labels: tuple[str, str], left: Sequence[Unsaid], *, paired: bool
) -> Heterogeneity:
    known = tuple(tau(each.severities, each.units) for each in (one, other))
    gap = _difference(known, paired=paired)
    observed, null = swapped(one, other) if paired else dealt(one, other)
    m = len(one.names)
    p = share_of((observed**2).sum(), (null**2).sum(axis=1))
    groups = tuple(groups_of(one.names, apart(each)) for each in known)
    places, stresses = _maps(known, m)
    return Heterogeneity(
        labels=labels,
        names=one.names,
        paired=paired,
        n=(one.n, other.n),
        apart=_rms(gap, one.confidence, (one.n, other.n)),
        p=p,
        **_alike(known, m),
        moved=_moved(one.names, known, observed, null),
        gaps=_gaps(one.names, known, gap, one.confidence, (one.n, other.n)),
        groups=(groups[0], groups[1]),
        places=places,
        stress=stresses,
        left_out=tuple(left),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Difference:
    """Distances of the first map less those of the second, with the pull of every unit of either."""

    value: Floats
    pull: Floats
    degrees: int | None
    real: int

    @property
    def error(self) -> Floats:
        squares = np.einsum("up,up->p", self.pull, self.pull)
        return np.asarray(np.sqrt(squares * self.real / max(self.real - 1, 1)))

    def critical(self, confidence: float) -> float:
        return widen(normal(confidence), self.degrees)


def _difference(known: Sequence[Pulled], *, paired: bool) -> _Difference:
    one, other = known
    value = other.value - one.value
    degrees = [each.units.degrees for each in known if each.units.degrees is not None]
    pull = other.pull - one.pull if paired else np.concatenate([-one.pull, other.pull])
    real = min(one.units.real, other.units.real)
    return _Difference(value, pull, min(degrees, default=None), real)


def _rms(gap: _Difference, confidence: float, n: tuple[int, int]) -> Estimate:
    """Return the root mean square of differences, freed of the variance that samples add, with its interval."""
    p = len(gap.value)
    chance = float((gap.error**2).mean())
    square_ = float((gap.value**2).mean()) - chance
    first = 2 / p * (gap.pull @ gap.value)
    inner = gap.pull @ gap.pull.T
    variance = float((first**2).sum()) + 2 * float((inner**2).sum()) / p**2
    half = gap.critical(confidence) * math.sqrt(variance)
    low, value, high = (
        math.sqrt(max(each, 0.0)) for each in (square_ - half, square_, square_ + half)
    )
    of = f"n = {n[0]}" if n[0] == n[1] else f"n = {n[0]} and {n[1]}"
    text = f"{number(value)} {span(low, high)} ({percent(confidence)} interval, {of})"
    return Estimate(value, low, high, min(n), text)


def _alike(known: Sequence[Pulled], m: int) -> dict[str, float]:
    """Return the correlation of both triangles, and its p-value by permuting the noises of one."""
    one, other = (square(each.value, m) for each in known)
    upper = np.triu_indices(m, 1)
    if min(one[upper].std(), other[upper].std()) < 1e-12:
        return {"likeness": 0.0, "likeness_p": 1.0}
    observed = float(np.corrcoef(one[upper], other[upper])[0, 1])
    rng = np.random.default_rng(known[0].units.seed + 4)
    centred = one[upper] - one[upper].mean()
    found = []
    for _ in range(PERMUTATIONS):
        order = rng.permutation(m)
        moved = other[order][:, order][upper]
        found.append(float(centred @ moved))
    scale = np.linalg.norm(centred) * np.linalg.norm(other[upper] - other[upper].mean())
    return {"likeness": observed, "likeness_p": share_of(observed, np.array(found) / scale)}


def _maps(known: Sequence[Pulled], m: int) -> tuple[tuple[Places, Places], tuple[float, float]]:
    """Return places of the noises on both maps, and the stress; the second grows out of the first, so that noises move no more than they must."""
    near, far = (np.maximum(square(1 - each.value, m), 0.0) for each in known)
    one = places_of(near)
    other = procrustes(smacof(far[None], one[None], STEPS)[0], one)
    return (_plain(one), _plain(other)), (stress(near, one), stress(far, other))


def _plain(places: Floats) -> Places:
    return tuple((float(x), float(y)) for x, y in places)


def _moved(
    names: tuple[str, ...], known: Sequence[Pulled], observed: Floats, null: Floats
) -> tuple[Moved, ...]:
    """Return how far every noise moved: its distances to all others on both maps, tested by the same permutations."""
    m = len(names)
    distances = [1 - square(each.value, m) for each in known]
    for each in distances:
        np.fill_diagonal(each, np.inf)
    rows, columns = np.triu_indices(m, 1)
    ps, sizes = [], []
    for i in range(m):
        own = (rows == i) | (columns == i)
        ps.append(share_of(float((observed[own] ** 2).sum()), (null[:, own] ** 2).sum(axis=1)))
        gap = (known[0].value - known[1].value)[own]
        sizes.append(float(np.sqrt((gap**2).mean())))
    found = [
        Moved(
            name, size, float(p), (names[int(distances[0][i].argmin())], names[int(distances[1][i].argmin())]),
        )
        for i, (name, size, p) in enumerate(zip(names, sizes, benjamini_hochberg(ps), strict=True))
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: -each.apart))


def _gaps(
    names: tuple[str, ...],
    known: Sequence[Pulled],
    gap: _Difference,
    confidence: float,
    n: tuple[int, int],
) -> tuple[Gap, ...]:
    """Return the pairs of noises whose distance surely differs."""
    critical, floor = gap.critical(confidence), 2 / min(n)
    error = np.maximum(gap.error, floor)
    wide = critical / normal(confidence)
    ps = benjamini_hochberg([math.erfc(abs(z) / math.sqrt(2)) for z in gap.value / error / wide])
    rows, columns = np.triu_indices(len(names), 1)
    found = []
    for k in np.flatnonzero(ps < SURE):
        value, half = float(gap.value[k]), critical * float(error[k])
        text = f"{number(value)} {span(value - half, value + half)}"
        found.append(
            Gap(
                names=(names[rows[k]], names[columns[k]]),
                distances=(1 - float(known[0].value[k]), 1 - float(known[1].value[k])),
                difference=Estimate(value, value - half, value + half, min(n), text),
                p=float(ps[k]),
            )
        )
    return tuple(sorted(found, key=lambda each: -abs(each.difference.value)))
