"""Rows of the data set besides the one in question: the partner, the row before, whole."""

from dataclasses import replace
from typing import Any

import numpy as np

from perturbations import Context, Draw, Peers
from perturbations._derangement import Pairing, pairing
from perturbations.tabular._coding import encode
from perturbations.tabular._columns import Ints
from perturbations.tabular._table import Cells, Table, merged


def register(peers: Peers, draw: Draw) -> Pairing:
    """Return the data set's samples with their places and partners in this run.

    Raises:
        NotApplicable: there are fewer than two samples.
    """
    return pairing(peers, draw)


def rows_at(value: Table, peers: Peers, places: Ints) -> Table:
    """Return rows of the data set by their places in it, read as the table is.

    Raises:
        BadValue: they have other columns.
    """
    take = getattr(peers, "take", None)
    one_by_one = (peers[peers.ids[place]] for place in places)
    container: Any = list(one_by_one) if take is None else take(places)
    return encode(container, Context({"kinds": dict(enumerate(value.kinds))}), True)[0]


def replaced(table: Table, rows: Ints, other: Table, cells: Cells | None = None) -> Table:
    """Return the table in which some rows hold other rows, in their open columns; nothing missing replaces a value.

    Args:
        table: what is changed.
        rows: which rows; the other table has as many, in their order.
        other: what stands there.
        cells: which cells of all rows; by default all of open columns.
    """
    levels, labels = list(table.levels), other.labels.copy()
    for j in range(len(levels)):
        levels[j], codes = merged(levels[j], other.levels[j])
        labels[:, j] = np.append(codes, -1)[labels[:, j]]
    made: dict[str, Any] = {}
    for i, (name, new) in enumerate(
        zip(Cells._fields, (other.numbers, labels, other.moments), strict=True)
    ):
        out = getattr(table, name).copy(order="K")
        free, there = table.allowed[i], other.present[i]
        for k in np.flatnonzero(free):
            hit = there[:, k] if cells is None else there[:, k] & cells[i][rows, k]
            out[rows[hit], k] = new[hit, k]
        made[name] = out
    return replace(table, levels=tuple(levels), **made)


def before(found: Pairing, draw: Draw) -> Ints:
    """Return the place of the row before each sample; -1 for the first, and for one that is not in the data set."""
    places = np.atleast_1d(found.places(draw))
    return np.where(places > 0, places - 1, -1)
