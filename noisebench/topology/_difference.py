"""What differs between two maps of the same noises, in plain words."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from noisebench.modalities._sentences import sentence
from noisebench.topology._groups import Groups
from noisebench.topology._sentences import some

if TYPE_CHECKING:
    from noisebench.topology._heterogeneity import Heterogeneity
    from noisebench.topology._several import Known

REST = "the rest"
"""What a slice is compared with: all other samples."""

SURE = 0.05
"""Below this p-value something is called."""

ENOUGH = 5
"""Noises of which there are enough orders for a permutation to be rare."""


def sentences(found: "Heterogeneity") -> tuple[str, ...]:
    """Return whether the maps differ and how far, what both see alike, and what only one does."""
    more = (*_only(found), *_most(found), *_nearest(found)) if found.sure else ()
    return tuple(map(sentence, (_whether(found), *_both(found), *more)))


def together(found: Sequence["Known"]) -> tuple[str, ...]:
    """Return what differs between maps of inputs and slices, those of slices that are not shown to differ in one sentence."""
    from noisebench.modalities import Unsaid
    from noisebench.topology._heterogeneity import Heterogeneity

    made = [each for each in found if not isinstance(each, Unsaid)]
    same = [
        each
        for each in made
        if isinstance(each, Heterogeneity) and not each.sure and each.labels[1] == REST
    ]
    if len(same) < 2:
        return tuple(said for each in made for said in each.sentences)
    others = [each for each in made if each not in same]
    return (*(said for each in others for said in each.sentences), sentence(_same(same)))


def _same(found: Sequence["Heterogeneity"]) -> str:
    """Say of several slices that none is shown to differ from the rest."""
    sizes = [each.apart.value for each in found]
    most, least = max(each.apart.high for each in found), min(each.p for each in found)
    shared = sum(_is_shared(each) for each in found)
    pattern = f"; the pattern of {shared} of {len(found)} is shown to be shared" if shared else ""
    return (
        f"no difference from the map of the rest is shown for {some([each.labels[0] for each in found])}: distances differ by "
        f"{min(sizes):.2f} to {max(sizes):.2f} in the root mean square (up to {most:.2f} by the upper ends of their intervals), "
        f"p {_p(least)} or more where samples are dealt out anew{pattern}"
    )


def _is_shared(found: "Heterogeneity") -> bool:
    return len(found.names) >= ENOUGH and found.likeness_p < SURE and found.likeness > 0


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
    if _is_shared(found):
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
