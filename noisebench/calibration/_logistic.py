"""Logistic regression with a ridge, for many labellings of the same rows at once."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RIDGE = 1.0
"""Weight of half the squared coefficients beside the sum of the losses; rows are standardised."""

STEPS = 6
"""Of Newton's method: with a ridge and standardised rows, the rest is rounding."""


def coefficients(rows: Floats, labels: Floats) -> Floats:
    """Return (labellings, d + 1) coefficients, the intercept last.

    Args:
        rows: (n, d), standardised.
        labels: (labellings, n) of 0 and 1.
    """
    n, d = rows.shape
    design = np.concatenate([rows, np.ones((n, 1))], axis=1)
    products = (design[:, :, None] * design[:, None, :]).reshape(n, -1)
    penalty = np.diag([RIDGE] * d + [1e-8])
    found = np.zeros((len(labels), d + 1))
    for _ in range(STEPS):
        share = sigmoid(found @ design.T)
        slope = (share - labels) @ design + found @ penalty
        curved = ((share * (1 - share)) @ products).reshape(len(labels), d + 1, d + 1) + penalty
        found -= np.linalg.solve(curved, slope[:, :, None])[:, :, 0]
    return found


def sigmoid(x: Floats) -> Floats:
    """Return 1 / (1 + exp(-x)) without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))


def decide(rows: Floats, found: Floats) -> Floats:
    """Return (labellings, n) scores of rows; larger ones mean label 1."""
    return np.asarray(found[:, :-1] @ rows.T + found[:, -1:])
