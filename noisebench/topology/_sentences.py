"""A topology in plain words."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from noisebench.curve._records import Estimate
from noisebench.modalities._sentences import sentence
from noisebench.modalities._words import listed
from noisebench.topology._composition import DEPENDS, UNKNOWN, WORSE, Composition, Pair
from noisebench.topology._distances import Distances
from noisebench.topology._groups import NEAR, Groups
from noisebench.topology._suite import Predicted, Suite

if TYPE_CHECKING:
    from noisebench.topology._topology import Topology

MOST = 6
"""Noises that a sentence names."""

SCALE = "0 where the same samples break first, 1 where they are unrelated"

HALF = 0.5
"""Share of the variance below which a noise is told to be badly predicted."""


def findings(topology: "Topology") -> tuple[str, ...]:
    """Return what was found: which noises are alike, which stand alone, how they combine, and which few are enough."""
    found = (
        *_alike(topology.groups, topology.distances),
        *_combined(topology.composition),
        *_enough(topology.suite),
    )
    return tuple(map(sentence, found))


def unanswered(topology: "Topology") -> tuple[str, ...]:
    """Return what cannot be said."""
    return tuple(sentence(f"cannot be said: {each.what}: {each.why}") for each in topology.unsaid)


def some(names: Sequence[str]) -> str:
    """Join names as a sentence does, the first few of many."""
    if len(names) <= MOST + 1:
        return listed(names)
    return f"{', '.join(names[:MOST])} and {len(names) - MOST} more"


def _alike(groups: Groups | None, distances: Distances | None) -> Iterator[str]:
    if groups is None or distances is None:
        return
    if not groups.alike:
        spread = _spread(distances, groups.names)
        yield (
            f"of {len(groups.names)} noises, none surely behave alike: distances are {spread}, {SCALE}; "
            f"alike is {NEAR:g} or less ({distances.ground})"
        )
        return
    parts = "; ".join(
        f"{some(group.members)} ({_spread(distances, group.members)})" for group in groups.alike
    )
    yield (
        f"noises that behave alike, as they break the same samples first: {parts}; "
        f"distances are {SCALE}, and no two of a group are more than {NEAR:g} apart ({distances.ground})"
    )
    yield from _alone(groups, distances)


def _alone(groups: Groups, distances: Distances) -> Iterator[str]:
    """Name the loneliest of the noises that surely have none near enough to be called alike."""
    alone = [name for name in groups.alone if _least(distances, name) > NEAR]
    if not alone:
        return
    loneliest = max(alone, key=lambda name: _least(distances, name))
    nearest = distances.nearest(loneliest)
    found = distances[loneliest, nearest]
    more = len(alone) - 1
    others = f"; {more} more {'has' if more == 1 else 'have'} none within {NEAR:g}" if more else ""
    yield (
        f"{loneliest} stands alone: even the nearest noise, {nearest}, is {found.value:.2f} "
        f"[{found.low:.2f}, {found.high:.2f}] away{others}"
    )


def _combined(found: Composition | None) -> Iterator[str]:
    """Tell of the two noises that break most beyond what either breaks, and of the order that matters most."""
    if found is None:
        return
    sure = [pair for pair in found.pairs if pair.sure and pair.interaction.value < 0]
    if not sure:
        yield f"none of {len(found.pairs)} pairs of noises surely break samples that neither breaks alone (n = {found.n})"
    else:
        yield _worst(sure, found)
    ordered = [pair for pair in found.pairs if pair.ordered and pair.order is not None]
    if ordered:
        most = max(ordered, key=lambda pair: abs(pair.order.value if pair.order else 0.0))
        yield _order(most, len(ordered), sum(pair.order is not None for pair in found.pairs))


def _worst(sure: Sequence[Pair], found: Composition) -> str:
    """Tell of the two that break most beyond either; the worst are they only where no scale says otherwise."""
    called = [pair for pair in sure if pair.verdict == WORSE]
    pair = min(called or sure, key=lambda pair: pair.interaction.value)
    alone = pair.both.value - pair.interaction.value
    names = f"{at(pair.first)} and {at(pair.second)}"
    head = (
        f"{names} combine worst"
        if called
        else f"{names} break the most samples that neither breaks alone"
    )
    open_ = {DEPENDS, UNKNOWN} & {pair.verdict}
    ending = f", but whether losses combine worse {pair.verdict}" if open_ else ""
    more = (
        f"; {len(sure)} of {len(found.pairs)} pairs surely break such samples"
        if len(found.pairs) > 1
        else ""
    )
    return (
        f"{head}: both leave {_left(pair)}, though {_whole(alone)} % survive each of them alone, and "
        f"{_whole(pair.both.value - pair.excess.value)} % would be left if the two were independent{ending}{more} (n = {found.n})"
    )


def _left(pair: Pair) -> str:
    """Write what both leave; of two orders, the mean and each."""
    if pair.backward is None:
        return f"{_percent(pair.both)} % of the samples"
    return (
        f"{_percent(pair.both)} % of the samples in the mean of both orders "
        f"({_whole(pair.forward.value)} and {_whole(pair.backward.value)} %)"
    )


def _order(pair: Pair, count: int, of: int) -> str:
    assert pair.backward is not None
    return (
        f"the order matters in {count} of {of} pairs, most where {at(pair.first)} comes before {at(pair.second)}: "
        f"{_percent(pair.forward)} % of the samples are left, and {_percent(pair.backward)} % the other way round"
    )


def at(sweep: str) -> str:
    """Write a noise with its severity, or its dose."""
    name, _, amount = sweep.rpartition("@")
    return f"{name} at {amount}" if "=" in amount else f"{name} at severity {amount}"


def _percent(found: Estimate) -> str:
    return f"{_whole(found.value)} [{_whole(found.low)}, {_whole(found.high)}]"


def _enough(suite: Suite | None) -> Iterator[str]:
    if suite is None:
        return
    share = f"{_whole(suite.explained.value)} % [{_whole(suite.explained.low)}, {_whole(suite.explained.high)}]"
    count, of, left = len(suite.names), len(suite.path), len(suite.predicted)
    other = "the other noise" if left == 1 else f"the other {left} noises, each weighing the same"
    does = "predicts" if count == 1 else "predict"
    knows = f"{does} {share} of the variance of when samples break under {other}"
    what = f"{some(suite.names)} {knows}"
    weak = _weak(suite.predicted)
    if not suite.enough:
        ending = weak or f"; {_whole(suite.target)} % is asked for"
        yield (
            f"no small suite will do: {some(suite.names)}, {count} of {of} noises, {knows}{ending}; "
            "to know what they all do, run them all"
        )
    elif not suite.small:
        yield f"no small suite will do: it takes {count} of {of} noises; {what}{weak}"
    else:
        yield f"{count} of {of} noises {'is' if count == 1 else 'are'} enough: {what}{weak}"


def _weak(predicted: Sequence[Predicted]) -> str:
    """Name the noises of which a suite knows less than half: the worst predicted first."""
    names = [each.name for each in predicted if each.explained.value < HALF]
    if not names:
        return ""
    if len(names) == len(predicted):
        count = "it" if len(names) == 1 else f"each of the {len(names)}"
        return f", less than half of {count}"
    return f", less than half under {len(names)} of the {len(predicted)} ({some(names)})"


def _whole(share: float) -> str:
    return f"{100 * share:.0f}"


def _spread(distances: Distances, names: Sequence[str]) -> str:
    places = [distances.names.index(name) for name in names]
    part = distances.values[np.ix_(places, places)][np.triu_indices(len(places), 1)]
    low, high = float(part.min()), float(part.max())
    return f"{low:.2f} to {high:.2f}" if high - low >= 0.005 else f"{low:.2f}"


def _least(distances: Distances, name: str) -> float:
    """Return how far from all others a noise surely is."""
    return distances[name, distances.nearest(name)].low
