"""Contrasts of cells with intervals: sums of cells by weights, ratios of two such sums, and curved functions of cells.

Why: for 0/1 scores an interval needs a pseudo-sample for and one against it, without which it has no width where no
sample changed. They are as large as the contrast can be in one sample: 1 for a difference of two cells.

References: Bonett and Price 2012 (paired proportions); Fieller 1954 (ratio); Montiel Olea and Plagborg-Møller 2019 (sup-t).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._bands import quantile
from noisebench.curve._bounds import TINY, normal, ratio, widen
from noisebench.modalities._grid import Grid

Floats = NDArray[np.float64]


class Band(NamedTuple):
    """Contrasts with bounds, one a column of weights."""

    estimate: Floats
    low: Floats
    high: Floats


def band(grid: Grid, weights: Floats, *, together: bool = True) -> Band:
    """Return contrasts with bounds that hold for all of them at once, or for each on its own.

    Args:
        grid: the cells.
        weights: (cells, m), as `Grid.one` makes them.
        together: whether the bounds hold at once.
    """
    known, confidence = grid.answers.moments, grid.answers.confidence
    critical = normal(confidence)
    if together and weights.shape[1] > 1:
        critical = quantile(grid.answers.resamples, confidence, linear=weights)
    half = widen(critical, known.degrees)
    estimate = known.mean @ weights
    centre, error = _centred(grid, weights, estimate)
    low = np.minimum(centre - half * error, estimate)
    high = np.maximum(centre + half * error, estimate)
    return Band(estimate, low, high)


def _centred(grid: Grid, weights: Floats, estimate: Floats) -> tuple[Floats, Floats]:
    """Return centre and standard error of contrasts; of bounded scores with pseudo-samples each way."""
    known = grid.answers.moments
    variance = np.maximum(np.einsum("im,ij,jm->m", weights, known.cov, weights), 0.0)
    most = np.abs(weights).sum(axis=0) / 2
    if not known.bounded:
        return estimate, np.sqrt(np.where(variance > TINY, variance, known.unseen * most**2))
    return known.drawn_in(estimate, variance, known.width * most)


def quotient(grid: Grid, above: Floats, below: Floats) -> tuple[float, float, float]:
    """Return the ratio of two contrasts with Fieller's bounds; NaN where the lower one may be zero."""
    mean, cov = drawn_in(grid)
    rows = np.stack([below, above])
    known = grid.answers.moments
    low, high = ratio(rows @ mean, rows @ cov @ rows.T, known.critical(grid.answers.confidence))
    down, up = rows @ known.mean
    if math.isnan(low) or not down > 0:
        return math.nan, math.nan, math.nan
    value = float(up / down)
    return value, min(low, value), max(high, value)


def drawn_in(grid: Grid) -> tuple[Floats, Floats]:
    """Return means and covariance of all cells; in a bounded range drawn in by pseudo-samples at both ends in every cell."""
    known = grid.answers.moments
    if not known.bounded:
        return known.mean, known.cov
    n, more = known.weight, known.weight + 2 * known.pseudo
    mean = (n * known.mean + known.pseudo * (known.low + known.high)) / more
    spread = known.pseudo * ((known.high - mean) ** 2 + (mean - known.low) ** 2) / more**2
    return mean, known.cov * (n / more) ** 2 + np.diag(spread)


def curved(grid: Grid, values: Floats, slopes: Floats) -> Band:
    """Return bounds of curved functions of the cells, at once for all of them, by the delta method.

    Args:
        grid: the cells.
        values: (m,), of the functions at the means that `drawn_in` gives.
        slopes: (cells, m), of the functions there.
    """
    known, confidence = grid.answers.moments, grid.answers.confidence
    critical = normal(confidence)
    if slopes.shape[1] > 1:
        critical = quantile(grid.answers.resamples, confidence, linear=slopes)
    variance = np.einsum("im,ij,jm->m", slopes, drawn_in(grid)[1], slopes)
    half = widen(critical, known.degrees) * np.sqrt(np.maximum(variance, 0.0))
    return Band(values, values - half, values + half)
