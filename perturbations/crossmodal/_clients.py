"""Clients that lack sensors of their own: how often each loses an input, and which.

Why: in a federation missing inputs are no accident of single samples. One site never bought a lidar, another has a bad
cable. The rate of a client follows the dose along one quantile of its distribution, so that it never falls as the dose rises.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw, Peers
from perturbations._draw import combine, hash64
from perturbations.crossmodal._labels import labels_of
from perturbations.crossmodal._remember import Remembered
from perturbations.crossmodal._sequence import NOWHERE, recorded


@dataclass(frozen=True, slots=True)
class Client:
    """One client."""

    quantile: float
    """Where it stands among clients: the larger, the more often it loses an input."""
    concentration: float
    bounds: NDArray[np.float64]
    """(inputs,): cumulative shares of the inputs among what it loses."""

    def rate(self, share: float) -> float:
        """Return the share of its samples that lose an input: a quantile of Beta(k s, k (1 - s))."""
        from scipy.special import betaincinv

        if share >= 1:
            return 1.0
        k = self.concentration
        return float(betaincinv(k * share, k * (1 - share), self.quantile))

    def which(self, number: float) -> int:
        """Return which input is lost, for a number in [0, 1)."""
        return min(int(np.searchsorted(self.bounds, number, side="right")), len(self.bounds) - 1)


_known: Remembered[dict[str, Client]] = Remembered()


def client_of(peers: Peers, by: str, draw: Draw, concentration: float, inputs: int) -> Client:
    """Return the client that the draw's sample belongs to; one that is not in the data set is its own.

    Raises:
        MissingFact: no labels of that name are declared.
    """
    labels = labels_of(peers, by)
    place = recorded(peers, by, draw).place(draw)
    name = f"sample {int(draw.keys)}" if place == NOWHERE else f"client {labels[place]}"
    known = _known.get(peers, (by, draw.run, concentration, inputs), dict)
    if name not in known:
        known[name] = _client(name, draw, concentration, inputs)
    return known[name]


def _client(name: str, draw: Draw, concentration: float, inputs: int) -> Client:
    from scipy.special import gammaincinv

    own = Draw(combine(np.asarray(np.uint64(draw.run)), hash64(name)), draw.run)
    # Logarithms, since most of a small shape's gamma numbers are too small for floating point.
    shape = concentration / inputs
    u = np.maximum(own.uniform(inputs, stream="inputs"), 2.0**-54)
    v = np.maximum(own.uniform(inputs, stream="inputs too"), 2.0**-54)
    logs = np.log(gammaincinv(shape + 1, v)) + np.log(u) / shape
    weights = np.exp(logs - logs.max())
    bounds = np.cumsum(weights) / weights.sum()
    return Client(float(own.uniform(stream="rate")), concentration, bounds)
