"""What differs between two maps of the same noises, in plain words."""

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from noisebench.modalities._sentences import sentence
from noisebench.topology._groups import Groups
from noisebench.topology._sentences import some

if TYPE_CHECKING:
    from noisebench.topology._heterogeneity import Heterogeneity

SURE = 0.05
"""Below this p-value something is called."""

ENOUGH = 5
"""Noises of which there are enough orders for a permutation to be rare."""


def sentences(found: "Heterogeneity") -> tuple[str, ...]:
    """Return whether the maps differ and how far, what both see alike, and what only one does."""
    more = (*_only(found), *_most(found), *_nearest(found)) if found.sure else ()
    return tuple(map(sentence, (_whether(found), *_both(found), *more)))


def _whether(found: "Heterogeneity") -> str:
    one, other = found.labels
    how = "models are swapped sample by sample" if found.paired else "samples are dealt out anew"
    size = f"distances of {len(found.names)} noises differ by {found.apart.text} in the root mean square"
    test = f"p {_p(found.p)} where {how}"
    pattern = _pattern(found)
    if found.sure:
        return f"{one} and {other} do not see one map: {size}, {test}; {pattern}"
    return (
        f"no difference between the maps of {one} and {other} is shown: {size}, {test}; {pattern}"
    )


def _pattern(found: "Heterogeneity") -> str:
    """Say whether noises that are near on one map are near on the other."""
    known = f"correlation {found.likeness:.2f}"
    if len(found.names) < ENOUGH:
        return f"{len(found.names)} noises are too few to tell whether their pattern is shared ({known})"
    known += f", p {_p(found.likeness_p)} where noises are permuted"
    if found.likeness_p < SURE and found.likeness > 0:
        return f"their pattern is shared ({known})"
    return f"no pattern is shown to be shared ({known})"


def _both(found: "Heterogeneity") -> Iterator[str]:
    both = _shared(*found.groups)
    if both:
        yield f"alike for both: {'; '.join(some(each) for each in both)}"


def _only(found: "Heterogeneity") -> Iterator[str]:
    """Tell of the noises that are alike on one map only."""
    one, other = found.groups
    for label, own, rest in ((found.labels[0], one, other), (found.labels[1], other, one)):
        only = [each.members for each in own.alike if not _together(each.members, rest)]
        if only:
            yield f"alike for {label} only: {'; '.join(some(each) for each in only)}"


def _shared(one: Groups, other: Groups) -> list[tuple[str, ...]]:
    """Return the noises that are together in a group of either."""
    found = []
    for group in one.alike:
        for rest in other.alike:
            common = tuple(name for name in group.members if name in rest.members)
            if len(common) > 1:
                found.append(common)
    return found


def _together(members: tuple[str, ...], groups: Groups) -> bool:
    """Tell whether any two noises are in one group."""
    return any(
        groups.of(a) is not None and groups.of(a) == groups.of(b)
        for a, b in combinations(members, 2)
    )


def _most(found: "Heterogeneity") -> Iterator[str]:
    """Tell of the two noises whose distance differs most."""
    if not found.gaps:
        return
    most, pairs = found.gaps[0], len(found.names) * (len(found.names) - 1) // 2
    (first, second), (one, other) = most.names, most.distances
    yield (
        f"{first} and {second} differ most: {one:.2f} apart for {found.labels[0]}, {other:.2f} for {found.labels[1]} "
        f"(difference {most.difference.text}); {len(found.gaps)} of {pairs} distances surely differ"
    )


def _nearest(found: "Heterogeneity") -> Iterator[str]:
    """Tell of the noise that moved most."""
    moved = [each for each in found.moved if each.p < SURE and each.nearest[0] != each.nearest[1]]
    if not moved:
        return
    first, sure = moved[0], sum(each.p < SURE for each in found.moved)
    one, other = found.labels
    yield (
        f"{sure} of {len(found.names)} noises surely have another place, such as {first.name}: "
        f"nearest to {first.nearest[0]} for {one}, to {first.nearest[1]} for {other}"
    )


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.2g}"
