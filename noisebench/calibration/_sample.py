"""Which clean samples doses are measured on, and which are left to evaluate on.

Why: they are chosen by their ids alone, so that they are the same in any order of the data, and hardly others when it grows.
No label is read.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noisebench.data import Batch, Dataset
from noisebench.data._hash import fingerprint
from noisebench.errors import CalibrationError
from perturbations import sample_keys
from perturbations._draw import Keys, mix
from perturbations.errors import explain

FEWEST, MOST = 64, 256
"""Samples that doses are measured on: a share of the data between these."""

SHARE = 8
"""One of so many samples."""

LEFT = 3
"""How many times as many must be left to evaluate on; otherwise doses are measured on what is evaluated, and that is said."""

_APART = np.uint64(0xA24BAED4963EE407)
"""Keeps the choice apart from every other use of the ids."""

HEX = 12
"""Digits of the hash of an id in a lock file: the ids themselves are nobody's business."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The calibration samples of a data set, and clean candidates among which they are looked for."""

    clean: Batch
    candidates: Batch
    own: NDArray[np.intp]
    """For each calibration sample, which candidate it is."""


def how_many(size: int) -> int:
    """Return how many samples of a data set doses are measured on."""
    return min(max(FEWEST, size // SHARE), MOST, size)


def choose(data: Dataset, count: int | None, candidates: int) -> Chosen:
    """Choose the calibration samples of a data set: by their ids; the first ones of a stream.

    Raises:
        CalibrationError: more are asked for than there are, or fewer than 2.
    """
    size = data.size
    wanted = how_many(MOST * SHARE if size is None else size) if count is None else count
    if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < 2:
        hint = "64 to 256 make good doses; the distance between samples is their unit"
        raise CalibrationError(
            explain("2 samples or more to calibrate on", "samples", wanted, hint)
        )
    if size is not None and wanted > size:
        raise CalibrationError(
            explain(f"at most the {size} samples of the data", "samples", wanted)
        )
    many = max(wanted, candidates)
    if data.indexable:
        order = ranked(sample_keys(data.ids))[:many]
        batch = data.take([data.ids[i] for i in order])
    else:
        batch = next(iter(data.batches(many)))
    n = min(wanted, len(batch))
    if n < 2:
        raise CalibrationError(explain("2 samples or more to calibrate on", "samples", n))
    clean = batch if n == len(batch) else _first(batch, n)
    return Chosen(clean, batch, np.arange(n))


def _first(batch: Batch, n: int) -> Batch:
    from noisebench._values import select, take

    rows = np.arange(n)
    groups = None if batch.groups is None else take(batch.groups, rows)
    return Batch(batch.ids[:n], select(batch.inputs, rows), groups=groups)


def ranked(keys: Keys) -> NDArray[np.intp]:
    """Return places in a random order that depends on the ids alone."""
    return np.argsort(mix(keys ^ _APART), kind="stable")


def hashed(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return the hashes of ids."""
    return tuple(f"{int(key):016x}"[:HEX] for key in sample_keys(ids))


def content_of(batch: Batch, inputs: Iterable[str]) -> str:
    """Return the hash of ids and values."""
    return fingerprint([list(batch.ids), {name: batch.inputs[name] for name in inputs}])


def refound(data: Dataset, hashes: tuple[str, ...], candidates: int) -> Batch:
    """Return the samples whose ids have these hashes, in this order, as far as they are among data; the first ones of a stream."""
    if data.indexable:
        places = dict(zip(hashed(data.ids), data.ids, strict=True))
        return data.take([places[each] for each in hashes if each in places])
    batch = next(iter(data.batches(max(len(hashes), candidates))))
    return _first(batch, min(len(hashes), len(batch)))


def left_over(data: Dataset, hashes: tuple[str, ...]) -> tuple[Dataset, int]:
    """Return the data without the calibration samples, and how many of those are still in it.

    Where too few samples would be left, and in a stream, all stay.
    """
    if not data.indexable:
        return data, len(hashes)
    known = set(hashes)
    mine = np.array([each in known for each in hashed(data.ids)])
    inside = int(mine.sum())
    if not inside or len(mine) - inside < LEFT * inside:
        return data, inside
    return data.subset(~mine), 0
