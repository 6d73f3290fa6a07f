"""Whether noise shows: a classifier learns to tell noisy samples from clean ones, and is asked about samples it has not seen.

The statistic is the area under its curve (AUC): 0.5 where noise does not show, 1 where it always does. A sample and its own
noisy version stand in the same fold: otherwise the classifier knows the one when it is asked about the other. The p-value
swaps clean and noisy within pairs and learns anew each time. Rows are the leading components of both together, their
squares (noise without a mean shows in the spread), and what the components leave over; none of that looks at the labels.

Why: noise that does harm and does not show is the worst: no guard at the input stops it.

References: Lopez-Paz and Oquab 2017 (classifier two-sample tests); Obuchowski 1997 (AUC of clustered data).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noisebench.calibration._logistic import coefficients, decide
from noisebench.calibration._threads import one_thread

Floats = NDArray[np.float64]

FOLDS = 5
COMPONENTS = 12
SWAPS = 99
"""Relabellings behind a p-value; the smallest is 1 / (SWAPS + 1)."""

RANK = 1e-9
"""Share of the largest variance below which a component is none."""

TINY = 1e-12

FEWEST = 10
"""Pairs from which folds can be made."""


@dataclass(frozen=True, slots=True)
class Detection:
    """How well noise shows at one severity."""

    auc: float
    low: float
    high: float
    p: float
    """Of the hypothesis that clean and noisy samples are alike."""
    n: int
    """Pairs."""


def detect(
    clean: Floats, noisy: Floats, *, confidence: float = 0.95, seed: int = 0
) -> Detection | None:
    """Return how well noisy features can be told from clean ones; None where there are too few pairs.

    Args:
        clean: features (n, d).
        noisy: features (n, d) of the same samples with noise in them.
        confidence: of the interval.
        seed: of folds and relabellings.
    """
    if len(clean) < FEWEST:
        return None
    with one_thread():
        return _detect(clean, noisy, confidence, seed)


def _detect(clean: Floats, noisy: Floats, confidence: float, seed: int) -> Detection:
    n = len(clean)
    rng = np.random.default_rng(seed)
    rows = _rows(clean, noisy)
    swaps = rng.random((SWAPS + 1, n)) < 0.5
    swaps[0] = False
    folds = np.array_split(rng.permutation(n), FOLDS)
    found = [_fold(rows, fold, swaps) for fold in folds]
    auc = np.sum([each.auc * each.n for each in found], axis=0) / n
    variance = (np.concatenate([each.pulls for each in found], axis=1) ** 2).sum(axis=1)
    p = (1 + int((auc[1:] >= auc[0] - 1e-12).sum())) / (SWAPS + 1)
    low, high = _interval(float(auc[0]), _variance(auc, variance / (n * (n - 1))), n, confidence)
    return Detection(float(auc[0]), low, high, p, n)


@dataclass(frozen=True, slots=True)
class _Fold:
    auc: Floats
    """One for every labelling."""
    pulls: Floats
    """(labellings, n): how much each pair pulls at it."""
    n: int


def _rows(clean: Floats, noisy: Floats) -> Floats:
    """Return (2, n, d) standardised rows, clean first."""
    n = len(clean)
    both = np.concatenate([clean, noisy])
    both = both - both.mean(axis=0)
    size = math.sqrt(float((both**2).mean())) or 1.0
    values, vectors = np.linalg.eigh((both / size) @ (both / size).T)
    # What lies in directions without variance is rounding, which may know in which order the rows came.
    there = int((values > RANK * values[-1]).sum())
    count = min(COMPONENTS, n // 4, there)
    lead = vectors[:, ::-1][:, :count] * np.sqrt(values[::-1][:count])
    left = np.clip(((both / size) ** 2).sum(axis=1) - (lead**2).sum(axis=1), 0, None)
    rest = np.log(left + 1e-9 * (1 + float(left.mean())))
    made = _standard(np.concatenate([_standard(lead), rest[:, None]], axis=1))
    made = np.concatenate([made, _standard(made[:, :count] ** 2)], axis=1)
    # Equal values get equal rows, whatever rounding did to them on the way.
    same = (clean == noisy).all(axis=1)
    made[n:][same] = made[:n][same]
    return np.stack([made[:n], made[n:]])


def _standard(columns: Floats) -> Floats:
    spread = columns.std(axis=0)
    return np.asarray((columns - columns.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0))


def _fold(rows: Floats, fold: NDArray[np.intp], swaps: NDArray[np.bool_]) -> _Fold:
    """Learn on the other folds, and return the AUC on this one under every labelling."""
    learnt = np.setdiff1d(np.arange(rows.shape[1]), fold)
    labels = np.concatenate([swaps[:, learnt], ~swaps[:, learnt]], axis=1).astype(np.float64)
    model = coefficients(np.concatenate(rows[:, learnt]), labels)
    first, second = (decide(side, model) for side in rows[:, fold])
    swapped = swaps[:, fold]
    clean = np.where(swapped, second, first)
    noisy = np.where(swapped, first, second)
    above = (noisy[:, :, None] > clean[:, None, :]) + 0.5 * (noisy[:, :, None] == clean[:, None, :])
    auc = above.mean(axis=(1, 2))
    pulls = above.mean(axis=1) + above.mean(axis=2) - 2 * auc[:, None]
    return _Fold(auc, pulls, len(fold))


def _variance(auc: Floats, within: Floats) -> float:
    """Return the variance of the first AUC.

    That among pairs leaves out that other pairs would have taught the classifier something else. How much that adds is
    seen in the relabellings, where there is nothing to learn.
    """
    known = float(within[1:].mean())
    more = float(auc[1:].var()) / known if known > 0 else 1.0
    return float(within[0]) * max(more, 1.0)


def _interval(auc: float, variance: float, n: int, confidence: float) -> tuple[float, float]:
    """Return exact bounds of a share that is known as well as this AUC; of n pairs where it has no spread."""
    from scipy.special import betaincinv

    count = float(n)
    if variance > TINY and 0 < auc < 1:
        count = float(np.clip(auc * (1 - auc) / variance, 1.0, 4.0 * n))
    tail = (1 - confidence) / 2
    hits, misses = auc * count, (1 - auc) * count
    low = 0.0 if hits < TINY else float(betaincinv(hits, misses + 1, tail))
    high = 1.0 if misses < TINY else float(betaincinv(hits + 1, misses, 1 - tail))
    return min(low, auc), max(high, auc)
