"""Kendall's tau-b of censored numbers: how far two noises break the same samples first, with every sample's pull on it.

The order of two samples under a noise is known where their intervals of breaking do not overlap. With a_ij = 1, -1, or 0
where it is not known, tau_b = sum a_ij b_ij / sqrt(sum a_ij^2 sum b_ij^2). On one grid of severities that every sample goes
through, intervals are steps of the grid, and the step that is never reached lies after all others; so an order is unknown
just where two samples are in the same step, and the sums follow from the table of steps.

References: Kendall 1945, The treatment of ties in ranking problems; Brown, Hollander and Korwar 1974 (censoring).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noisebench.topology._pull import Floats, Ints, Pulled, Units

CHUNK = 16_384
"""Samples that are counted at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class _Tables:
    """What the ranks of every noise say of every other one's."""

    codes: Ints
    """(n, m): rank of each sample's step, from 0."""
    above: Floats
    """(m, m, L, L): the mean of a b between a sample in steps (s, t) and all samples."""
    agreement: Floats
    """(m, m): the mean of a b over all pairs of samples."""
    known: Floats
    """(m, L): the share of samples that are not in a step."""
    spread: Floats
    """(m,): the share of pairs whose order is known."""


def ranks(values: Floats) -> Ints:
    """Return the ranks of each column's distinct values, from 0."""
    columns = [np.unique(column, return_inverse=True)[1] for column in values.T]
    return np.stack(columns, axis=1).astype(np.int64)


def tau(values: Floats, units: Units) -> Pulled:
    """Return tau-b of every two columns of breaking severities (n, m), in the order of `np.triu_indices(m, 1)`.

    No column may be constant.
    """
    return Pulled.of(*influences(values), units)


def influences(values: Floats) -> tuple[Floats, Iterator[Floats]]:
    """Return tau-b of every two columns, and one by one the influence (n,) of every sample on it."""
    made = _tables(ranks(values))
    rows, columns = np.triu_indices(made.codes.shape[1], 1)
    found = made.agreement / np.sqrt(np.outer(made.spread, made.spread))
    own = np.take_along_axis(made.known.T, made.codes, axis=0)
    drift = own / made.spread - 1.0
    pulls = (
        2 * (made.above[i, j][made.codes[:, i], made.codes[:, j]] - made.agreement[i, j])
        / np.sqrt(made.spread[i] * made.spread[j])
        - found[i, j] * (drift[:, i] + drift[:, j])
        for i, j in zip(rows, columns, strict=True)
    )  # fmt: skip
    return found[rows, columns], pulls


def _tables(codes: Ints) -> _Tables:
    n, _m = codes.shape
    steps = int(codes.max()) + 1
    counts = _counts(codes, steps)
    before = np.cumsum(counts, axis=3) - counts
    after = counts.sum(axis=3, keepdims=True) - np.cumsum(counts, axis=3)
    lower = np.cumsum(before - after, axis=2) - (before - after)
    upper = (before - after).sum(axis=2, keepdims=True) - np.cumsum(before - after, axis=2)
    above = (lower - upper) / n
    agreement = (counts * above).sum(axis=(2, 3)) / n
    shares = np.stack([np.bincount(column, minlength=steps) for column in codes.T]) / n
    known = 1.0 - shares
    return _Tables(codes, above, agreement, known, (shares * known).sum(axis=1))


def _counts(codes: Ints, steps: int) -> Floats:
    """Return how many samples are in each pair of steps under each pair of noises, (m, m, steps, steps)."""
    n, m = codes.shape
    total = np.zeros((m * steps, m * steps))
    for start in range(0, n, CHUNK):
        part = codes[start : start + CHUNK]
        there: NDArray[np.float32] = np.zeros((len(part), m * steps), dtype=np.float32)
        there[np.arange(len(part))[:, None], part + np.arange(m) * steps] = 1.0
        total += there.T @ there
    return total.reshape(m, steps, m, steps).transpose(0, 2, 1, 3)
