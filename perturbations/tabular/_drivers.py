"""What says which cells are lost: one column's value for a whole row, or every cell's own."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw
from perturbations.errors import NotApplicable, explain
from perturbations.tabular._chance import chances, place_in
from perturbations.tabular._columns import Floats
from perturbations.tabular._kinds import positions
from perturbations.tabular._moments import NAT
from perturbations.tabular._reference import (
    DateColumn,
    LabelColumn,
    NumericColumn,
    TableReference,
    TextColumn,
)
from perturbations.tabular._table import Cells, Table


def driver_of(value: Table, draw: Draw, driver: str | None, reference: TableReference) -> int:
    """Return the place of the column that says which rows lose cells.

    Raises:
        NotApplicable: no column has two different values.
    """
    if driver is not None:
        return positions(driver, value.names, "driver")[0]
    known = [
        (j, column)
        for j, column in enumerate(reference.columns)
        if column.count and not isinstance(column, TextColumn)
    ]
    varied = [j for j, column in known if column.distinct > 1]
    # One row does not say which columns vary.
    able = varied or [j for j, column in known if column.count == 1]
    if not able:
        expected = "a column with two different values, to drive what is lost"
        raise NotApplicable(explain(expected, "columns", list(value.kinds)))
    return able[int(draw.shared("driver").integers(0, len(able)))]


def without(value: Table, at: int) -> Table:
    """Return the table with a column closed.

    Raises:
        NotApplicable: there is no other.
    """
    left = value.open.copy()
    left[at] = False
    if not left.any():
        expected = "another column besides the driver"
        raise NotApplicable(explain(expected, "columns", list(value.names)))
    return replace(value, open=left)


def row_chance(
    value: Table, at: int, reference: TableReference, share: float, direction: str, strength: float
) -> Floats:
    """Return the chance of every row, by the value of its driver."""
    column = reference.columns[at]
    by_bin = _once(reference, at, share, direction, strength, missing=True)
    return by_bin[_bin(value, at, column, reference)]


def _once(
    reference: TableReference,
    at: int,
    share: float,
    direction: str,
    strength: float,
    *,
    missing: bool,
) -> Floats:
    """Return the chances of a column's bins, made once a reference and dose."""
    key = ("chances", at, share, direction, strength, missing)
    if key not in reference.made:
        column = reference.columns[at]
        reference.made[key] = chances(column, share, direction, strength, missing=missing)
    made: Floats = reference.made[key]
    return made


def _bin(value: Table, at: int, column: Any, reference: TableReference) -> NDArray[np.intp]:
    """Return the bin of every cell of a column; the last for one that is missing."""
    if isinstance(column, NumericColumn | DateColumn):
        numeric = isinstance(column, NumericColumn)
        places, cells = (
            (value.at.numbers, value.numbers) if numeric else (value.at.moments, value.moments)
        )
        held = cells[:, int(np.flatnonzero(places == at)[0])]
        gone = np.isnan(held) if numeric else held == NAT
        return np.where(gone, -1, place_in(column, held))
    j = int(np.flatnonzero(value.at.labels == at)[0])
    codes = value.labels[:, j]
    if isinstance(column, TextColumn):
        return np.where(codes < 0, -1, 0)
    return np.where(codes < 0, -1, _known(reference, j, column, value)[codes])


def _known(
    reference: TableReference, j: int, column: LabelColumn, value: Table
) -> NDArray[np.int64]:
    """Return which of the reference's labels each level is; one that it lacks is as rare as its rarest."""
    found = reference.codes(j, value.levels[j])
    rarest = column.counts.index(min(column.counts)) if column.counts else -1
    return np.append(np.where(found < 0, rarest, found), -1)


def cell_chances(
    table: Table,
    reference: TableReference,
    share: float,
    direction: str,
    strength: float,
    *,
    numbers: bool,
) -> Cells:
    """Return the chance of every cell of open columns by its own value; 0 for one that is missing, or a number unless asked."""
    out = Cells(*(np.zeros(cells.shape) for cells in table.present))
    for chance, places, there in list(zip(out, table.at, table.present, strict=True))[
        not numbers :
    ]:
        for k, at in enumerate(places.tolist()):
            if table.open[at]:
                by_bin = _once(reference, at, share, direction, strength, missing=False)
                found = by_bin[_bin(table, at, reference.columns[at], reference)]
                chance[:, k] = np.where(there[:, k], found, 0.0)
    return out
