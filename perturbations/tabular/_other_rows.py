"""Rows of the data set besides the one in question: the partner, the row before, whole."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from perturbations import Context, Draw, Peers
from perturbations._derangement import Pairing, pairing
from perturbations.tabular._coding import encode
from perturbations.tabular._columns import Ints, Mask
from perturbations.tabular._table import Cells, Table, merged


def register(peers: Peers, draw: Draw) -> Pairing:
    """Return the data set's samples with their places and partners in this run.

    Raises:
        NotApplicable: there are fewer than two samples.
    """
    return pairing(peers, draw)


def rows_at(value: Table, peers: Peers, places: Sequence[int]) -> Table:
    """Return rows of the data set, read as the table is.

    Raises:
        BadValue: they have other columns.
    """
    ids = [peers.ids[place] for place in places]
    take = getattr(peers, "take", None)
    container: Any = [peers[each] for each in ids] if take is None else take(ids)
    return encode(container, Context({"kinds": dict(enumerate(value.kinds))}), True)[0]


def replaced(table: Table, rows: Mask, other: Table, cells: Cells | None = None) -> Table:
    """Return the table in which some rows hold other rows, in their open columns, or in some cells of these.

    Args:
        table: what is changed.
        rows: which rows; the other table has as many, in their order.
        other: what stands there.
        cells: which cells of all rows; by default all of open columns.
    """
    chosen = table.allowed if cells is None else Cells(*(each[rows] for each in cells))
    numbers, moments = table.numbers.copy(), table.moments.copy()
    numbers[rows] = np.where(chosen.numbers, other.numbers, numbers[rows])
    moments[rows] = np.where(chosen.moments, other.moments, moments[rows])
    labels, levels = table.labels.copy(), list(table.levels)
    for j in range(len(levels)):
        levels[j], codes = merged(levels[j], other.levels[j])
        new = np.append(codes, -1)[other.labels[:, j]]
        labels[rows, j] = np.where(chosen.labels[..., j], new, labels[rows, j])
    return replace(table, numbers=numbers, moments=moments, labels=labels, levels=tuple(levels))


def before(found: Pairing, draw: Draw) -> Ints:
    """Return the place of the row before each sample; -1 for the first, and for one that is not in the data set."""
    places = np.atleast_1d(found.places(draw))
    return np.where(places > 0, places - 1, -1)
