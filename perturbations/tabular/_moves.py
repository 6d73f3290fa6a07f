"""Cells that move to another column of their row."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import NotApplicable, explain
from perturbations.tabular._columns import Kind, Mask
from perturbations.tabular._moments import NAT
from perturbations.tabular._table import Cells, Table


def pairs(table: Table) -> list[tuple[int, int]]:
    """Return the pairs of open columns of one kind.

    Raises:
        NotApplicable: there is none.
    """
    free: list[tuple[int, Kind]] = [
        (j, kind) for j, kind in enumerate(table.kinds) if table.open[j]
    ]
    found = [
        (i, j) for n, (i, one) in enumerate(free) for j, other in free[n + 1 :] if one == other
    ]
    if not found and table.names:
        expected = "a table with two columns of one kind"
        raise NotApplicable(explain(expected, "columns", [kind for _, kind in free]))
    return found


def exchanged(table: Table, pair: tuple[int, int], rows: Mask) -> Table:
    """Return the table with two columns exchanged in some rows."""
    i, j = pair
    once = moved_into(table, table, i, j, rows)
    return moved_into(once, table, j, i, rows)


def moved_into(table: Table, source: Table, to: int, come: int, rows: Mask) -> Table:
    """Return the table with cells of a column of the source in another one; missing where it cannot hold them.

    Args:
        table: what is changed.
        source: where the cells come from.
        to: place of the column that gets them.
        come: place of the column that they come from; -1 for none: they are missing.
        rows: in which rows.
    """
    if not rows.any():
        return table
    for name, here in zip(Cells._fields, table.at, strict=True):
        if to in here:
            k = int(np.flatnonzero(here == to)[0])
            if name == "labels":
                return table.relabelled(k, rows, _labels_for(table, source, k, come, rows))
            cells = getattr(table, name).copy()
            cells[rows, k] = _cells_for(source, name, come, rows)
            return replace(table, **{name: cells})
    return table


def _cells_for(
    source: Table, name: str, come: int, rows: Mask
) -> NDArray[np.generic] | float | int:
    here = getattr(source.at, name)
    if come not in here:
        return float("nan") if name == "numbers" else NAT
    cells: NDArray[np.generic] = getattr(source, name)[rows, int(np.flatnonzero(here == come)[0])]
    return cells


def _labels_for(table: Table, source: Table, k: int, come: int, rows: Mask) -> NDArray[np.object_]:
    nothing = np.full(int(rows.sum()), None, dtype=object)
    to = int(table.at.labels[k])
    alike = {table.kinds[to], source.kinds[come] if come >= 0 else None} <= {"categorical", "text"}
    if come not in source.at.labels or not (alike or table.kinds[to] == source.kinds[come]):
        return nothing
    found = source.label_objects(int(np.flatnonzero(source.at.labels == come)[0]), rows)
    if not table.closed[k]:
        return found
    listed = set(table.levels[k])
    return np.array([label if label in listed else None for label in found], dtype=object)
