"""Values that another row might hold, drawn from the reference."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations.tabular._columns import Floats, Ints, Mask
from perturbations.tabular._reference import LabelColumn, TableReference, TextColumn
from perturbations.tabular._table import Cells, Table, merged


def from_reference(table: Table, cells: Cells, uniform: Cells, reference: TableReference) -> Table:
    """Return the table in which some cells hold values of the reference, each as often as it came.

    Args:
        table: what is changed.
        cells: which cells.
        uniform: a number in [0, 1) for every cell, which says what is drawn.
        reference: the columns' statistics.
    """
    numbers, moments = table.numbers.copy(order="K"), table.moments.copy(order="K")
    for j, column in enumerate(reference.numeric):
        _fill(numbers[:, j], cells.numbers[:, j], uniform.numbers[:, j], column.grid)
    for j, dates in enumerate(reference.dates):
        _fill(moments[:, j], cells.moments[:, j], uniform.moments[:, j], dates.grid)
    labels, levels = table.labels.copy(order="K"), list(table.levels)
    for j, known in enumerate(reference.labelled):
        rows = cells.labels[:, j]
        if known.count and rows.any():
            values = known.labels if isinstance(known, LabelColumn) else known.sample
            levels[j], codes = merged(levels[j], values)
            labels[rows, j] = codes[_of_labels(known, uniform.labels[rows, j])]
    return replace(table, numbers=numbers, moments=moments, labels=labels, levels=tuple(levels))


def _fill(out: NDArray[Any], hit: Mask, uniform: Floats, grid: Sequence[float]) -> None:
    """Put an observed value of the column where a cell is hit."""
    if grid:
        out[hit] = np.array(grid, dtype=out.dtype)[(uniform[hit] * len(grid)).astype(np.int64)]


def _of_labels(column: LabelColumn | TextColumn, uniform: Floats) -> Ints:
    """Return a label, as often as it was counted, or a text of the sample, for every number uniform in [0, 1)."""
    if isinstance(column, TextColumn):
        return (uniform * len(column.sample)).astype(np.int64)
    ends = np.cumsum(column.counts)
    return np.asarray(np.searchsorted(ends, uniform * ends[-1], side="right"), dtype=np.int64)
