"""The chance that a cell is lost when it depends on a value: logistic, and on average what was asked for.

Why: "30 % missing at random" is a demand on the mean. The intercept of the logistic law is therefore solved on the frozen
reference, whose bins have exact counts: over the rows that were fitted on, the expected share is the dose.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import BadSetting, did_you_mean, explain
from perturbations.tabular._reference import (
    ColumnReference,
    DateColumn,
    LabelColumn,
    NumericColumn,
    TableReference,
    TextColumn,
)
from perturbations.tabular._thresholds import BINS, Words, thresholds

Floats = NDArray[np.float64]
_STEPS = 200


def _high(rank: Floats) -> Floats:
    return 2 * rank - 1


def _low(rank: Floats) -> Floats:
    return 1 - 2 * rank


def _tails(rank: Floats) -> Floats:
    return 2 * np.abs(2 * rank - 1) - 1


def _middle(rank: Floats) -> Floats:
    return 1 - 2 * np.abs(2 * rank - 1)


DIRECTIONS: Mapping[str, Any] = {"high": _high, "low": _low, "tails": _tails, "middle": _middle}
"""From the rank of a value in [0, 1] to a score in [-1, 1]: which values are lost more often."""


def check_law(direction: str, strength: float) -> None:
    """Check the settings of a logistic law.

    Raises:
        BadSetting: no such direction, or a strength that is not a positive finite number.
    """
    if direction not in DIRECTIONS:
        hint = did_you_mean(direction, DIRECTIONS)
        expected = f"one of {', '.join(DIRECTIONS)}"
        raise BadSetting(explain(expected, "direction", direction, hint))
    if not 0 < strength < np.inf:
        hint = "the log odds ratio of a value at the upper quartile against one at the lower"
        raise BadSetting(explain("a positive finite number", "strength", strength, hint))


def bins_of(column: ColumnReference) -> tuple[Floats, Floats]:
    """Return how many cells each bin holds, and the rank of its middle among them; missing cells are the last bin.

    The bins are those of numbers and dates, and the labels of categories: in their declared order, else from the most
    frequent to the rarest. Free text has one bin.
    """
    if isinstance(column, NumericColumn | DateColumn):
        counts = np.array(column.bins, dtype=np.float64)
        order = np.arange(len(counts))
    elif isinstance(column, LabelColumn):
        counts = np.array(column.counts, dtype=np.float64)
        plain = column.ordered or column.kind == "boolean"
        order = np.arange(len(counts)) if plain else np.argsort(-counts, kind="stable")
    else:
        counts, order = np.array([float(column.count)]), np.arange(1)
    ranks = np.empty(len(counts))
    ranked = counts[order]
    ranks[order] = (np.cumsum(ranked) - ranked / 2) / max(ranked.sum(), 1.0)
    return counts, ranks


def chances(
    column: ColumnReference, share: float, direction: str, strength: float, *, missing: bool
) -> Floats:
    """Return the chance of each bin of a column, and after the last that of a missing cell (of rank one half).

    The mean over the reference is `share`: over all cells with `missing`, else over those that are present.
    """
    counts, ranks = bins_of(column)
    weights = np.append(counts, float(column.missing if missing else 0))
    scores = np.append(DIRECTIONS[direction](ranks), DIRECTIONS[direction](np.array([0.5])))
    if isinstance(column, TextColumn) or not weights.sum():
        scores = np.zeros_like(scores)
    return logistic(weights, scores, share, strength)


def logistic(weights: Floats, scores: Floats, share: float, strength: float) -> Floats:
    """Return expit(a + strength * score) with the intercept a at which the weighted mean is `share`."""
    if share >= 1 or not weights.sum():
        return np.full(len(scores), min(share, 1.0))
    slopes = strength * scores
    logit = float(np.log(share / (1 - share)))
    low, high = logit - float(slopes.max()), logit - float(slopes.min())
    for _ in range(_STEPS):
        middle = (low + high) / 2
        mean = float(np.average(_expit(middle + slopes), weights=weights))
        if middle in (low, high) or mean == share:
            break
        low, high = (middle, high) if mean < share else (low, middle)
    return _expit((low + high) / 2 + slopes)


def value_tables(
    reference: TableReference, share: float, direction: str, strength: float
) -> tuple[Floats, Words]:
    """Return the edges and the thresholds of all numeric columns, for the kernel; made once a reference and dose."""
    key = ("value tables", share, direction, strength)
    if key not in reference.made:
        columns = reference.numeric
        edges = np.full((len(columns), BINS - 1), np.inf)
        words = np.zeros((len(columns), BINS), dtype=np.uint64)
        for j, column in enumerate(columns):
            ends, found = column.edges, chances(column, share, direction, strength, missing=False)
            edges[j, : len(ends)] = ends
            words[j, : len(found) - 1] = thresholds(found[:-1])
            if not ends:
                words[j, :] = thresholds(found[-1:])
        reference.made[key] = edges, words
    made: tuple[Floats, Words] = reference.made[key]
    return made


def place_in(column: NumericColumn | DateColumn, cells: NDArray[Any]) -> NDArray[np.int64]:
    """Return the bin that each number or moment falls in."""
    from perturbations.tabular._kernels import bins

    edges = np.array(column.edges, dtype=np.float64)
    return bins(cells.astype(np.float64, copy=False), edges)


def _expit(x: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))
