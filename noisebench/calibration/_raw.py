"""Features of the raw input, for data without an encoder: standardised pixels, samples and cells, n-grams of texts, points.

All are fixed functions of the value and of the spread of the clean samples; nothing is learned.

image, video     values of every channel, in its standard deviations
audio            samples, in standard deviations
timeseries       readings of every channel, in its standard deviations; a missing one is its mean and one step aside
tabular          numbers and dates in standard deviations of their column; two labels are 1 apart, and so is a missing cell
text             frequencies of runs of 1 to 3 characters, hashed, of length 1: they know spelling, and no meaning
pointcloud       means over points of waves in random directions (a kernel mean), which know no order of the points

Values of different sizes are filled up to the largest with the mean. Of more than `COORDINATES` numbers a fixed choice is taken:
a ratio of distances is hardly changed by that.

References: Rahimi and Recht 2007 (random waves); Weinberger et al. 2009 (hashed features).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench._values import one
from perturbations import Context, modality
from perturbations._draw import hash64, mix

Floats = NDArray[np.float64]

VERSION = 1
"""Of these features; a change of them changes every dose."""

COORDINATES = 8192
"""Most numbers kept of a value."""

BUCKETS = 4096
"""Of hashed runs of characters."""

GRAMS = (1, 2, 3)
"""Lengths of the runs."""

LABELS = 64
"""Buckets of the labels of one column."""

WAVES = 256
"""Waves over a cloud of points."""

SEED = 20261127
"""Of the fixed choices; part of the version."""

MEANINGS = {
    "text": "hashed runs of 1 to 3 characters, which know spelling and no meaning",
    "tabular": "standardised cells",
    "timeseries": "standardised readings",
    "audio": "standardised samples of the waveform",
    "pointcloud": "means over points of waves in fixed random directions",
}
"""What the raw features of a modality are, in words; of images and clips, standardised pixels."""


Raw = Callable[[Any], Floats]
"""Features of the raw values of one input: (n, d) for n values."""


def raw_features(kind: str, values: Any, facts: Mapping[str, Any]) -> Raw:
    """Fit features of a modality's raw values on clean ones."""
    special: dict[str, Callable[[Any, Mapping[str, Any]], Raw]] = {
        "text": lambda *_: grams,
        "tabular": _cells,
        "pointcloud": _points,
    }
    if kind in special:
        return special[kind](values, facts)
    grids = arrays(kind, values, facts)
    shape = tuple(int(n) for n in np.max([each.shape for each in grids], axis=0))
    pooled = [_widened(each.reshape(-1, each.shape[-1]), shape[-1]) for each in grids]
    centre, scale = _moments(np.concatenate(pooled))
    size = math.prod(shape) * (2 if kind == "timeseries" else 1)
    return Dense(kind, dict(facts), shape, centre, scale, _choice(size))


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """Numbers on a grid, in standard deviations of their channel over the clean samples."""

    kind: str
    facts: Mapping[str, Any]
    shape: tuple[int, ...]
    """Of the largest clean value, channels last."""
    centre: Floats
    scale: Floats
    chosen: NDArray[np.intp] | None
    """Places of the numbers that are kept; None keeps all."""

    def __call__(self, values: Any) -> Floats:
        """Return (n, d) for n values."""
        rows = [self._row(each) for each in arrays(self.kind, values, self.facts)]
        return np.stack(rows) if rows else np.zeros((0, 1))

    def _row(self, value: Floats) -> Floats:
        channels = slice(min(value.shape[-1], self.shape[-1]))
        standard = (value[..., channels] - self.centre[channels]) / self.scale[channels]
        gone = np.isnan(standard)
        row = self._filled(np.where(gone, 0.0, standard)).ravel()
        if self.kind == "timeseries":
            row = np.concatenate([row, self._filled(gone.astype(np.float64)).ravel()])
        return row if self.chosen is None else np.asarray(row[self.chosen])

    def _filled(self, value: Floats) -> Floats:
        """Return the value cut or filled up to the common shape; channels that are gone or new count too."""
        if value.shape == self.shape:
            return value
        whole = np.zeros(self.shape)
        both = tuple(slice(min(a, b)) for a, b in zip(self.shape, value.shape, strict=True))
        whole[both] = value[both]
        return whole


def _widened(rows: Floats, channels: int) -> Floats:
    """Return rows with as many channels as any value has; those that a value lacks are missing."""
    lacking = channels - rows.shape[1]
    return np.pad(rows, ((0, 0), (0, lacking)), constant_values=np.nan) if lacking else rows


def _moments(pooled: Floats) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of every channel; 1 where it has no spread or no value."""
    with np.errstate(invalid="ignore", divide="ignore"):
        there = ~np.isnan(pooled)
        count = np.maximum(there.sum(axis=0), 1)
        centre = np.where(there, pooled, 0.0).sum(axis=0) / count
        away = np.where(there, pooled - centre, 0.0)
        scale = np.sqrt((away**2).sum(axis=0) / count)
    return centre, np.where(scale > 0, scale, 1.0)


def _choice(size: int) -> NDArray[np.intp] | None:
    """Return which of many numbers are kept: the same ones everywhere."""
    if size <= COORDINATES:
        return None
    return np.sort(np.argsort(_words(size))[:COORDINATES])


def _words(size: int) -> NDArray[np.uint64]:
    """Return random numbers of 64 bits, the same ones everywhere."""
    return mix(np.arange(1, size + 1, dtype=np.uint64) * np.uint64(SEED | 1))


def arrays(kind: str, values: Any, facts: Mapping[str, Any]) -> list[Floats]:
    """Return every value as numbers on a grid, channels last."""
    contract, context = modality(kind), Context(facts)
    found = []
    for row in range(len(values)):
        working = contract.encode(one(values, row), context, False)[0]
        if kind == "timeseries":
            working = working.values[0]
        elif kind == "audio":
            working = np.moveaxis(working, 0, -1)
        found.append(np.asarray(working, dtype=np.float64))
    return found


# -- texts -----------------------------------------------------------------------------------------------


def grams(texts: Any) -> Floats:
    """Return hashed frequencies of runs of characters, each row of length 1; an empty text is 0."""
    return np.stack([_grams(str(text)) for text in texts]) if len(texts) else np.zeros((0, BUCKETS))


def _grams(text: str) -> Floats:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    counts = np.zeros(BUCKETS)
    for length in GRAMS:
        if len(codes) >= length:
            counts += np.bincount(_hashed(codes.astype(np.uint64), length), minlength=BUCKETS)
    size = float(np.linalg.norm(counts))
    return counts / size if size > 0 else counts


def _hashed(codes: NDArray[np.uint64], length: int) -> NDArray[np.intp]:
    """Return the bucket of every run of a length."""
    found = np.full(len(codes) - length + 1, SEED + length, dtype=np.uint64)
    for place in range(length):
        found = mix(found + codes[place : place + len(found)] + np.uint64(1))
    return np.asarray(found % np.uint64(BUCKETS), dtype=np.intp)


# -- tables ----------------------------------------------------------------------------------------------


def _cells(values: Any, facts: Mapping[str, Any]) -> Raw:
    table = modality("tabular").encode(values, Context(facts), True)[0]
    moments = _times(table)
    known = np.concatenate([table.numbers, moments], axis=1)
    centre, scale = _moments(np.where(np.isfinite(known), known, np.nan))
    kinds = dict(zip(table.names, table.kinds, strict=True))
    return Cells(dict(facts) | {"kinds": kinds}, centre, scale)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Rows of a table as numbers."""

    facts: Mapping[str, Any]
    centre: Floats
    scale: Floats

    def __call__(self, values: Any) -> Floats:
        """Return (n, d) for n rows."""
        table = modality("tabular").encode(values, Context(self.facts), True)[0]
        known = np.concatenate([table.numbers, _times(table)], axis=1)
        there = np.isfinite(known)
        standard = np.where(there, (np.where(there, known, 0.0) - self.centre) / self.scale, 0.0)
        labels = [_labels(table, j) for j in range(table.labels.shape[1])]
        return np.concatenate([standard, ~there, *labels], axis=1, dtype=np.float64)


def _times(table: Any) -> Floats:
    from perturbations.tabular._moments import NAT

    moments = table.moments
    return np.where(moments == NAT, np.nan, moments.astype(np.float64))


def _labels(table: Any, j: int) -> Floats:
    """Return the labels of one column: any two are 1 apart, and a missing one is 1 from each."""
    levels = [hash64(f"{type(each).__name__}:{each}") % LABELS for each in table.levels[j]]
    places = np.array([*levels, LABELS], dtype=np.intp)  # the last is what is missing
    found = np.zeros((len(table), LABELS + 1))
    found[np.arange(len(table)), places[table.labels[:, j]]] = math.sqrt(0.5)
    return found


# -- clouds ----------------------------------------------------------------------------------------------


def _points(values: Any, facts: Mapping[str, Any]) -> Raw:  # noqa: ARG001 - as the others
    from scipy.special import ndtri

    clouds = [np.asarray(each, dtype=np.float64) for each in values]
    columns = min((each.shape[1] for each in clouds), default=3)
    every = [each[:, :columns] for each in clouds if len(each)]
    centre, scale = _moments(np.concatenate(every or [np.zeros((1, columns))]))
    drawn = ((_words((columns + 1) * WAVES) >> np.uint64(11)) + 0.5) * 2.0**-53
    directions, phases = ndtri(drawn[WAVES:]).reshape(columns, WAVES), 2 * math.pi * drawn[:WAVES]
    return Waves(centre, scale, directions, np.asarray(phases))


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """A cloud's mean of waves; its distance is one of the distributions of points."""

    centre: Floats
    scale: Floats
    directions: Floats
    phases: Floats

    def __call__(self, values: Sequence[Any]) -> Floats:
        """Return (n, d) for n clouds; an empty one is 0."""
        rows = [self._row(np.asarray(each, dtype=np.float64)) for each in values]
        return np.stack(rows) if rows else np.zeros((0, WAVES))

    def _row(self, cloud: Floats) -> Floats:
        if not len(cloud):
            return np.zeros(len(self.phases))
        standard = (cloud[:, : len(self.centre)] - self.centre) / self.scale
        return np.asarray(np.cos(standard @ self.directions + self.phases).mean(axis=0))
