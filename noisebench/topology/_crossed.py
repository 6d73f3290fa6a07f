"""The cells of two noises at once, and of each of them alone, over the samples that all have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._curve import need
from noisebench.curve._sample import Sample
from noisebench.errors import DataError, MetricError
from noisebench.metrics import Metric
from noisebench.modalities import Unsaid
from noisebench.topology._breaking import broken_in, unbounded, unfit
from noisebench.topology._profile import FEWEST, SHARE, too_few
from noisebench.topology._pull import Floats, Units

if TYPE_CHECKING:
    from noisebench._audit import Audit

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Noise:
    """One noise at one severity or dose."""

    sweep: str
    """Its own sweep, such as `image/fog@0.4`."""
    text: str
    """The noise without its severity."""
    inputs: tuple[str, ...]
    at: Any
    """The severity, or doses by name."""
    coupling: str

    @property
    def key(self) -> tuple[Any, ...]:
        """What two cells must share to hold the same noise."""
        at = tuple(sorted(self.at.items())) if isinstance(self.at, Mapping) else self.at
        return (self.inputs, self.text, at)


@dataclass(frozen=True, slots=True)
class Square:
    """Two noises with the sweeps that hold both of them."""

    first: Noise
    second: Noise
    forward: str
    """The sweep in which the first acts first; of noises that act at once, the one sweep."""
    backward: str | None
    """The other order; None where there is none, or it was not measured."""
    joint: bool
    """They act at the same time, on different inputs."""


@dataclass(frozen=True, eq=False)
class Crossed:
    """Which samples every cell leaves unbroken."""

    squares: tuple[Square, ...]
    itself: Mapping[str, tuple[Noise, str]]
    """Sweep of a noise alone to the noise, and the sweep in which it comes after itself."""
    kept: Mapping[str, Floats]
    """Sweep to the share of draws (n,) in which each sample is not broken; of samples that are right without noise."""
    right: Mapping[str, Floats]
    """Sweep to the share of draws (N,) in which each evaluated sample is right; of 0/1 scores, else empty."""
    clean: Floats
    """(N,): whether each evaluated sample is right without noise."""
    units: Units
    """Of the samples that are right without noise."""
    all_units: Units
    metric: Metric
    chance: float | None
    confidence: float
    ids: tuple[str, ...] = ()
    """Of the samples that are right without noise."""
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Facts of the inputs, by name."""
    left_out: tuple[Unsaid, ...] = ()

    @property
    def n(self) -> int:
        """Samples that are right without noise."""
        return len(self.units.of)


def crossed_of(audit: "Audit", metric: Metric) -> Crossed | str:
    """Return the cells of pairs of noises in an audit, or why there are none."""
    if why := unfit(metric):
        return why
    sweeps = {each["sweep"]: each for each in audit.header["sweeps"]}
    squares, itself = _squares(sweeps)
    names = [
        name
        for square in squares
        for name in (square.first.sweep, square.second.sweep, square.forward, square.backward)
        if name
    ] + [name for noise, twice in itself.values() for name in (noise.sweep, twice)]
    samples: dict[str, Sample] = {}
    left: list[Unsaid] = []
    for name in dict.fromkeys(names):
        read = _read(audit, name, metric)
        if isinstance(read, Sample):
            samples[name] = read
        else:
            left.append(Unsaid(name, read))
    squares = tuple(
        s for s in squares if {s.first.sweep, s.second.sweep, s.forward} <= set(samples)
    )
    if not squares:
        return (
            left[0].why
            if left
            else "no two noises were measured at once, and each alone at the same severity"
        )
    return _crossed(audit, metric, squares, itself, samples, left)


def _squares(
    sweeps: Mapping[str, Mapping[str, Any]],
) -> tuple[tuple[Square, ...], dict[str, tuple[Noise, str]]]:
    """Return every two noises with their cells, and the noises that come after themselves."""
    alone = {noise.key: noise for each in sweeps.values() if (noise := _alone(each))}
    found: dict[frozenset[Any], Square] = {}
    itself: dict[str, tuple[Noise, str]] = {}
    for name, known in sweeps.items():
        parts = known["parts"]
        if len(parts) != 2 or any(part["at"] is None for part in parts):
            continue
        one, other = (alone.get(_noise(part, name, known).key) for part in parts)
        if one is None or other is None:
            continue
        if one.key == other.key:
            itself[one.sweep] = (one, name)
            continue
        joint = parts[0]["position"] == parts[1]["position"]
        pair = frozenset({one.key, other.key})
        if pair in found:
            before = found[pair]
            found[pair] = Square(before.first, before.second, before.forward, name, False)
        else:
            found[pair] = Square(one, other, name, None, joint)
    return tuple(found.values()), itself


def _alone(known: Mapping[str, Any]) -> Noise | None:
    parts = known["parts"]
    if known["reference"] or len(parts) != 1 or parts[0]["at"] is None:
        return None
    return _noise(parts[0], known["sweep"], known)


def _noise(part: Mapping[str, Any], sweep: str, known: Mapping[str, Any]) -> Noise:
    return Noise(sweep, part["text"], tuple(part["inputs"]), part["at"], known["coupling"])


def _read(audit: "Audit", name: str, metric: Metric) -> Sample | str:
    try:
        sample = need(audit.curve(name, metric=metric.name), "a topology").sample
    except (DataError, MetricError) as error:
        return " ".join(str(error).split())
    if sample.n < SHARE * len(audit.ids):
        return f"only {sample.n} of {len(audit.ids)} samples can have these noises"
    return sample


def _crossed(
    audit: "Audit",
    metric: Metric,
    squares: Sequence[Square],
    itself: Mapping[str, tuple[Noise, str]],
    samples: Mapping[str, Sample],
    left: Sequence[Unsaid],
) -> Crossed | str:
    first = next(iter(samples.values()))
    common = set(first.ids).intersection(*(each.ids for each in samples.values()))
    ids = [name for name in first.ids if name in common]
    whole = {}
    can = np.ones(len(ids), dtype=bool)
    for name, sample in samples.items():
        place = {each: i for i, each in enumerate(sample.ids)}
        read = broken_in(sample.take(np.array([place[each] for each in ids], dtype=np.int64)))
        if read is None:
            return unbounded(metric)
        whole[name] = 1.0 - read[0][-1].mean(axis=0)
        can &= read[1]
    rows = np.flatnonzero(can)
    if len(rows) < FEWEST:
        return too_few(len(rows), len(ids))
    place = {each: i for i, each in enumerate(first.ids)}
    groups = None if first.groups is None else first.groups[[place[each] for each in ids]]
    seed = int(audit.header["plan"]["seed"])
    return Crossed(
        squares=tuple(squares),
        itself={name: each for name, each in itself.items() if each[1] in samples},
        kept={name: each[rows] for name, each in whole.items()},
        right=whole if first.binary else {},
        clean=can.astype(np.float64),
        units=Units.make(_codes(groups, rows), len(rows), seed=seed),
        all_units=Units.make(_codes(groups, np.arange(len(ids))), len(ids), seed=seed),
        metric=metric,
        chance=audit.chance(metric.name),
        confidence=audit.header["config"]["confidence"],
        ids=tuple(ids[i] for i in rows),
        facts=audit.header["data"].get("facts") or {},
        left_out=tuple(left),
    )


def _codes(groups: Any, rows: NDArray[np.intp]) -> Any:
    return None if groups is None else np.unique(groups[rows], return_inverse=True)[1]
