"""Models in order under one noise: who wins how often, and the weights that this amounts to.

Why ordinal: the losses of two noises have no common unit, so columns of a matrix of losses cannot be compared. Who is better, and
how often, can.

References: Zamir et al. 2018, "Taskonomy" (ordinal normalisation by the analytic hierarchy process); Saaty 1987.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST = 0.001
"""Share of wins below which, and beyond the rest of which, odds are cut off, as in Taskonomy."""

ROUNDS = 200
"""Of the power iteration; the matrix is positive, so it converges fast."""


def duels(scores: Floats) -> Floats:
    """Return (models, models, n): 1 where the model of the row has the better score, 0.5 where they tie.

    Args:
        scores: (models, n), higher is better.
    """
    gap = scores[:, None] - scores[None]
    return np.where(gap > 0, 1.0, np.where(gap < 0, 0.0, 0.5))


def weights(won: Floats) -> Floats:
    """Return the weights of models, which add up to 1: the principal eigenvector of their odds.

    Args:
        won: (models, models), the share of the samples in which the model of the row wins.
    """
    share = np.clip(won, LEAST, 1 - LEAST)
    odds = share / share.T
    found = np.full(len(won), 1 / len(won))
    for _ in range(ROUNDS):
        found = odds @ found
        found /= found.sum()
    return found
