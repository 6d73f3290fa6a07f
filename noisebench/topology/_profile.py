"""Reads an audit into the breaking severities of its noises, over the samples that all of them have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._curve import need
from noisebench.curve._sample import Sample
from noisebench.errors import DataError, MetricError
from noisebench.metrics import Metric
from noisebench.modalities import Unsaid
from noisebench.topology._breaking import Breaking, broken_in, unbounded, unfit
from noisebench.topology._pull import Floats, Units

if TYPE_CHECKING:
    from noisebench._audit import Audit

Index = NDArray[np.intp]

FEWEST = 20
"""Samples that can break, below which their ranks say nothing."""

SHARE = 0.5
"""Share of the evaluated samples that a noise must have; with fewer all noises would rest on too few."""

NO_NOISE = "no noise of its own with a varying severity was measured"

APART = 10
"""Samples that must break in another step than most do, for their order to say something."""


@dataclass(frozen=True, eq=False)
class Profile:
    """When each sample breaks under each noise; only of samples that are right without noise."""

    noises: tuple[Breaking, ...]
    ids: tuple[str, ...]
    units: Units
    metric: Metric
    confidence: float
    of: int
    """Samples that were evaluated, those included that have nothing to break."""
    left_out: tuple[Unsaid, ...] = ()
    """Noises that are in no comparison, and why."""

    @property
    def names(self) -> tuple[str, ...]:
        """The noises."""
        return tuple(each.name for each in self.noises)

    @property
    def n(self) -> int:
        """Samples that can break."""
        return len(self.ids)

    @cached_property
    def severities(self) -> Floats:
        """(n, noises): breaking severities."""
        columns = [each.severity for each in self.noises]
        return np.stack(columns, axis=1) if columns else np.zeros((self.n, 0))

    def take(self, rows: Index) -> "Profile":
        """Return some of the samples, all noises kept."""
        groups = self.units.of[rows] if self.units.grouped else None
        codes = None if groups is None else np.unique(groups, return_inverse=True)[1]
        units = Units.make(codes, len(rows), seed=self.units.seed)
        noises = tuple(each.take(rows) for each in self.noises)
        ids = tuple(self.ids[i] for i in rows)
        return replace(self, noises=noises, ids=ids, units=units)

    def only(self, names: Iterable[str]) -> "Profile":
        """Return some of the noises, in the order of the names."""
        known = {each.name: each for each in self.noises}
        return replace(self, noises=tuple(known[name] for name in names))

    def ranked(self) -> "Profile":
        """Return the noises whose breaking severities have an order; the others are told why they do not."""
        left = {each.name: why for each in self.noises if (why := _unranked(each))}
        unsaid = tuple(Unsaid(name, why) for name, why in left.items())
        noises = tuple(each for each in self.noises if each.name not in left)
        return replace(self, noises=noises, left_out=(*self.left_out, *unsaid))


def profile_of(audit: "Audit", metric: Metric) -> Profile | str:
    """Return the profile of an audit, or why there is none."""
    if why := unfit(metric):
        return why
    found: dict[str, tuple[Sample, Mapping[str, Any]]] = {}
    left: list[Unsaid] = []
    for known in audit.header["sweeps"]:
        read = _read(audit, known, metric)
        if isinstance(read, Sample):
            found[known["sweep"]] = read, known
        elif read:
            left.append(Unsaid(known["sweep"], read))
    if not found:
        return left[0].why if left else NO_NOISE
    return _profile([*found.values()], audit, metric, left)


def _read(audit: "Audit", known: Mapping[str, Any], metric: Metric) -> Sample | str:
    """Return the scores of a noise, or why it is left out; nothing for what is not one noise at several severities."""
    name = known["sweep"]
    if known["reference"] or len(known["parts"]) != 1 or known["parts"][0]["at"] is not None:
        return ""
    try:
        sample = need(audit.curve(name, metric=metric.name), "a topology").sample
    except (DataError, MetricError) as error:
        return " ".join(str(error).split())
    if sample.n < SHARE * len(audit.ids):
        return f"only {sample.n} of {len(audit.ids)} samples can have this noise"
    return sample


def _profile(
    found: Sequence[tuple[Sample, Mapping[str, Any]]],
    audit: "Audit",
    metric: Metric,
    left: Sequence[Unsaid],
) -> Profile | str:
    samples = [sample for sample, _ in found]
    common = set(samples[0].ids).intersection(*(each.ids for each in samples[1:]))
    ids = [name for name in samples[0].ids if name in common]
    noises, fragile = [], np.ones(len(ids), dtype=bool)
    for sample, known in found:
        place = {name: i for i, name in enumerate(sample.ids)}
        read = broken_in(sample.take(np.array([place[name] for name in ids])))
        if read is None:
            return unbounded(metric)
        broken, can = read
        fragile &= can
        fixed, inputs = known["coupling"] == "codec", tuple(known["inputs"])
        noises.append(Breaking(known["sweep"], tuple(known["severities"]), broken, fixed, inputs))
    place = {name: i for i, name in enumerate(samples[0].ids)}
    groups = samples[0].groups
    codes = None if groups is None else groups[[place[name] for name in ids]]
    whole = Profile(
        noises=tuple(noises),
        ids=tuple(ids),
        units=Units.make(codes, len(ids), seed=int(audit.header["plan"]["seed"])),
        metric=metric,
        confidence=audit.header["config"]["confidence"],
        of=len(ids),
        left_out=tuple(left),
    )
    kept = np.flatnonzero(fragile)
    if len(kept) < FEWEST:
        return too_few(len(kept), len(ids))
    return whole.take(kept)


def too_few(n: int, of: int) -> str:
    """Say that too few samples can break."""
    right = (
        f"{n} of {of} samples are right without noise" if n else "no sample is right without noise"
    )
    return f"{right}, and the order in which fewer than {FEWEST} break says nothing"


def _unranked(noise: Breaking) -> str:
    """Say why the samples have no order under a noise; empty where they have."""
    steps, counts = np.unique(noise.severity, return_counts=True)
    n = len(noise.severity)
    apart = n - int(counts.max())
    if noise.never == 1:
        return f"none of the {n} samples breaks at any severity"
    if len(steps) == 1:
        return f"all {n} samples break in one step of the severities, so they have no order"
    if apart < APART:
        return f"fewer than {APART} of {n} samples break in another step of the severities than the rest"
    return ""
