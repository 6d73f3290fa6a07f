"""Who may be whose partner: of the same class, of another, or one of two that exchange their contents.

Why: at share 1 the model is to see every content once, so that only the pairing is wrong. A rule gives a permutation
wherever there is one.
"""

import math

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw
from perturbations._derangement import Partners, Rows
from perturbations.crossmodal._labels import UNLABELLED


def exchange() -> Partners:
    """Return the rule of two that exchange; of an odd number of samples one stays."""

    def partners(at: Rows, draw: Draw) -> Rows:
        order = draw.permutation(len(at), stream="pairs")
        even = order[: len(order) // 2 * 2].reshape(-1, 2)
        partner = np.arange(len(at))
        partner[even] = even[:, ::-1]
        return partner

    return partners


def alike(codes: NDArray[np.int64]) -> Partners:
    """Return the rule of one cycle within each class; a sample that is alone in its class has no partner."""

    def partners(at: Rows, draw: Draw) -> Rows:
        own = codes[at]
        order = _by_class(own, draw)
        beyond = np.roll(order, -1)
        ends = np.flatnonzero(own[order] != own[beyond])
        starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else np.zeros(0, dtype=np.int64)
        beyond[ends] = order[starts]
        partner = np.arange(len(at))
        partner[order] = beyond
        return np.where(own == UNLABELLED, np.arange(len(at)), partner)

    return partners


def apart(codes: NDArray[np.int64]) -> Partners:
    """Return the rule of partners of other classes: a random permutation of all labelled samples.

    Where one class holds more than half of them there is none; then each draws its partner from the other classes.
    """

    def partners(at: Rows, draw: Draw) -> Rows:
        own = codes[at]
        order = _by_class(own, draw)
        order = order[own[order] != UNLABELLED]
        partner = np.arange(len(at))
        sizes = np.bincount(own[order]) if len(order) else np.zeros(1, dtype=np.int64)
        if len(order) == sizes.max():
            return partner
        if 2 * sizes.max() > len(order):
            partner[order] = _drawn(own, order, sizes, draw)
            return partner
        partner[order] = np.roll(order, -int(sizes.max()))
        return _mixed(partner, own, order, draw)

    return partners


def _by_class(own: NDArray[np.int64], draw: Draw) -> Rows:
    """Return all places, class by class, in random order within each."""
    order = draw.permutation(len(own), stream="partners")
    return order[np.argsort(own[order], kind="stable")]


def _drawn(own: NDArray[np.int64], order: Rows, sizes: Rows, draw: Draw) -> Rows:
    """Return for each place of the order one of another class, each as likely."""
    start = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    size, first = sizes[own[order]], start[own[order]]
    number = draw.uniform(len(order), stream="others") * (len(order) - size)
    place = number.astype(np.int64)
    return order[place + np.where(place >= first, size, 0)]


def _mixed(partner: Rows, own: NDArray[np.int64], order: Rows, draw: Draw) -> Rows:
    """Let pairs of samples exchange their partners at random, wherever both still are of another class than their new one."""
    for turn in range(8 + 4 * math.ceil(math.log2(len(order)))):
        shuffled = order[draw.permutation(len(order), stream=f"mix {turn}")]
        one, other = shuffled[: len(order) // 2 * 2].reshape(-1, 2).T
        free = (own[partner[other]] != own[one]) & (own[partner[one]] != own[other])
        one, other = one[free], other[free]
        partner[one], partner[other] = partner[other], partner[one]
    return partner
