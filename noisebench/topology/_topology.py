"""The topology of noises, as one model sees it: how they relate to each other, and what follows."""

from dataclasses import dataclass
from typing import Any

from noisebench.curve._records import pack
from noisebench.modalities import Unsaid
from noisebench.topology._composition import Composition
from noisebench.topology._distances import Distances
from noisebench.topology._groups import Groups
from noisebench.topology._map import NoiseMap
from noisebench.topology._sentences import findings, unanswered
from noisebench.topology._suite import Suite
from noisebench.topology._survival import Survival

Tables = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True, repr=False)
class Topology:
    """How the noises of an audit relate to each other; it prints as sentences.

    It is about the samples that are right without noise, as only these can break.
    """

    metric: str
    confidence: float
    n: int
    """Samples that are right without noise."""
    of: int
    """Samples that were evaluated on all of the noises."""
    survival: tuple[Survival, ...] = ()
    """When samples break, noise by noise; of all noises that were read."""
    distances: Distances | None = None
    """By breaking severity: which samples break first. The tree, the groups and the map are made of these."""
    failure: Distances | None = None
    """By failure where noises keep the same share of the samples, freed of the chance of their draws."""
    groups: Groups | None = None
    map: NoiseMap | None = None
    suite: Suite | None = None
    composition: Composition | None = None
    """How noises combine; None where none were measured in twos."""
    unsaid: tuple[Unsaid, ...] = ()
    """What cannot be said, and why."""

    @property
    def names(self) -> tuple[str, ...]:
        """The noises that have a place."""
        return () if self.distances is None else self.distances.names

    @property
    def geometries(self) -> dict[str, Distances]:
        """Every sense in which noises are near or far, by name; they are never mixed."""
        found = (self.distances, self.failure)
        return {each.kind: each for each in found if each is not None}

    @property
    def findings(self) -> tuple[str, ...]:
        """What was found, in plain words."""
        return findings(self)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, then what cannot be said."""
        return (*self.findings, *unanswered(self))

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def to_tables(self) -> Tables:
        """Return everything as rows of plain data, by the name of the part."""
        return {
            "survival": [each.row() for each in self.survival],
            "distances": [row for each in self.geometries.values() for row in each.rows()],
            "groups": _group_rows(self.groups),
            "map": _map_rows(self.map),
            "suite": [] if self.suite is None else self.suite.rows(),
            "pairs": [] if self.composition is None else self.composition.rows(),
            "itself": []
            if self.composition is None
            else [e.row() for e in self.composition.itself],
            "unsaid": [{"what": each.what, "why": each.why} for each in self.unsaid],
        }

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data without NaN."""
        head = {
            "metric": self.metric,
            "confidence": self.confidence,
            "n": self.n,
            "of": self.of,
            "names": list(self.names),
            "sentences": list(self.sentences),
        }
        plain: dict[str, Any] = pack(head | self.to_tables())
        return plain


def _group_rows(groups: Groups | None) -> list[dict[str, Any]]:
    if groups is None:
        return []
    return [
        {"noise": name, "group": number, "stability": group.stability, "p": group.p}
        for number, group in enumerate(groups.alike, 1)
        for name in group.members
    ]


def _map_rows(shown: NoiseMap | None) -> list[dict[str, Any]]:
    if shown is None:
        return []
    return [
        {"noise": name, "x": x, "y": y, "stress": shown.stress}
        for name, (x, y) in zip(shown.names, shown.places, strict=True)
    ]
