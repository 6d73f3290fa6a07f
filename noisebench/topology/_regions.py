"""Whether the noises of two inputs make maps of their own: how far apart they are within each, and from one to the other.

Two inputs have no noise in common, so their maps are compared by shape: by how far the noises of each are apart, the whole
distribution of it. The distance of two such distributions (Wasserstein) is a lower bound of Gromov and Wasserstein's distance of
the maps. It is tested by dealing the same noises to the inputs at random, and so is whether an input is a region of its own.

References: Mémoli 2011, Gromov-Wasserstein distances and the metric approach to object matching (second lower bound).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from noisebench.curve._records import Estimate, number, percent, span
from noisebench.modalities._sentences import sentence
from noisebench.topology._distances import ground
from noisebench.topology._kendall import tau
from noisebench.topology._linkage import square
from noisebench.topology._permuted import PERMUTATIONS, share_of
from noisebench.topology._profile import Profile
from noisebench.topology._pull import Floats, Ints, Pulled

FEW = 3
"""Noises that an input must have for its map to have a shape."""

SURE = 0.05
"""Below this p-value a difference is called."""

QUANTILES = np.linspace(0.005, 0.995, 100)
"""Where the distributions of distances are compared."""


@dataclass(frozen=True, slots=True, repr=False)
class Regions:
    """The noises of two inputs; it prints as sentences."""

    labels: tuple[str, str]
    within: tuple[Estimate, Estimate]
    """Mean distance of the noises of each."""
    across: Estimate
    """Mean distance of a noise of one to a noise of the other."""
    own_p: float
    """Of inputs that are no regions of their own."""
    apart: float
    """Distance of the two distributions of distances; 0 for one shape."""
    p: float
    """Of one shape."""
    ground: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """What differs, in plain words."""
        one, other = self.labels
        own = (
            "noises of one input surely break the same samples more than those of two"
            if self.own_p < SURE
            else "that noises of one input break the same samples more than those of two is not shown"
        )
        shape = (
            "their maps surely differ in shape"
            if self.p < SURE
            else "no difference in the shape of their maps is shown"
        )
        dealt = "where noises are dealt to the inputs at random"
        return tuple(
            map(
                sentence,
                (
                    f"noises on {one} are {_said(self.within[0])} apart in the mean, those on {other} {_said(self.within[1])}, and "
                    f"from one to the other {_said(self.across)} ({self.ground}): {own} (p = {self.own_p:.2g} {dealt})",
                    f"{shape}: distances within {one} and within {other} are {self.apart:.2f} apart (p = {self.p:.2g} {dealt})",
                ),
            )
        )

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "labels": list(self.labels), "within": [each.value for each in self.within], "across": self.across.value,
            "own_p": self.own_p, "apart": self.apart, "p": self.p, "sentences": list(self.sentences),
        }  # fmt: skip


def regions_of(profile: Profile) -> tuple[Regions, ...] | str:
    """Return how the noises of every two inputs lie, or why that cannot be said."""
    ranked = profile.ranked()
    inputs = [each.inputs[0] if len(each.inputs) == 1 else "" for each in ranked.noises]
    known = [name for name in dict.fromkeys(inputs) if name and inputs.count(name) >= FEW]
    if len(known) < 2:
        counts = {name: inputs.count(name) for name in dict.fromkeys(inputs) if name}
        said = ", ".join(f"{name} has {count}" for name, count in counts.items())
        return f"it takes two inputs with {FEW} noises each that have an order in which samples break; {said or 'none has any'}"
    return tuple(_pairs(ranked, inputs, known))


def _pairs(profile: Profile, inputs: list[str], known: list[str]) -> Iterator[Regions]:
    for one, other in combinations(known, 2):
        names = [
            each.name
            for each, name in zip(profile.noises, inputs, strict=True)
            if name in {one, other}
        ]
        part = profile.only(names)
        label = np.array([int(name == other) for name in inputs if name in {one, other}])
        yield _regions(tau(part.severities, part.units), label, (one, other), part.confidence)


def _regions(likeness: Pulled, label: Ints, labels: tuple[str, str], confidence: float) -> Regions:
    m = len(label)
    rows, columns = np.triu_indices(m, 1)
    first, second = label[rows], label[columns]
    parts = ((first == 0) & (second == 0), (first == 1) & (second == 1), first != second)
    means = [_mean(likeness, part / part.sum(), confidence) for part in parts]
    distances = square(1 - likeness.value, m)
    rng = np.random.default_rng(likeness.units.seed + 5)
    null = np.array([_statistics(distances, rng.permutation(label)) for _ in range(PERMUTATIONS)])
    own, shape = _statistics(distances, label)
    return Regions(
        labels=labels,
        within=(means[0], means[1]),
        across=means[2],
        own_p=share_of(own, null[:, 0]),
        apart=shape,
        p=share_of(shape, null[:, 1]),
        ground=ground(likeness, confidence),
    )


def _mean(likeness: Pulled, weights: Floats, confidence: float) -> Estimate:
    """Return a weighted mean of distances with its interval."""
    value = float(weights @ (1 - likeness.value))
    pull = likeness.pull @ weights
    real = likeness.units.real
    error = math.sqrt(float(pull @ pull) * real / max(real - 1, 1))
    half = likeness.critical(confidence) * error
    n = len(likeness.units.of)
    text = f"{number(value)} {span(value - half, value + half)} ({percent(confidence)} interval, n = {n})"
    return Estimate(value, value - half, value + half, n, text)


def _statistics(distances: Floats, label: Ints) -> tuple[float, float]:
    """Return how much farther noises are across inputs than within, and how far the distances within each are apart."""
    one, other = np.flatnonzero(label == 0), np.flatnonzero(label == 1)
    inside = [distances[np.ix_(own, own)][np.triu_indices(len(own), 1)] for own in (one, other)]
    across = float(distances[np.ix_(one, other)].mean())
    within = float(np.concatenate(inside).mean())
    gaps = np.abs(np.quantile(inside[0], QUANTILES) - np.quantile(inside[1], QUANTILES))
    return across - within, float(gaps.mean())


def _said(found: Estimate) -> str:
    return f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"
