"""Cells of the wrong row: off-by-one pastes, sorted columns, joins on the wrong key."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.tabular._cells import differing
from perturbations.tabular._reference import CategoricalColumn, NumericColumn, TableReference
from perturbations.tabular._table import Table


@perturbation(coupling="mask", measure="changed")
def cell_swap(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of cells", high=1.0),
    reference: TableReference,
) -> Noisy:
    """A cell holds the value of another row: every column keeps its distribution, the row no longer fits together.

    The other row's value is drawn from the reference: one of 201 observed quantiles of a numeric column, a category by
    its frequency. It is the same at every severity. Missing cells stay missing. A cell may draw the value that it has;
    the report's `changed` is the share of cells that really differ.

    Severity: the probability that a cell is replaced.

    References:
        Schelter et al., JENGA (EDBT 2021): swapped values.
    """
    where = draw.uniform(value.shape, stream="where") < share
    hit, hit_text = value.split(where)
    other, other_text = value.split(draw.uniform(value.shape, stream="other row"))
    numbers, texts = value.present
    noisy = replace(
        value,
        numeric=np.where(hit & numbers, _numbers(value, other, reference), value.numeric),
        categorical=np.where(
            hit_text & texts, _texts(value, other_text, reference), value.categorical
        ),
    )
    changed = int((noisy.numeric != value.numeric)[numbers].sum()) + int(
        differing(noisy.categorical, value.categorical).sum()
    )
    return Noisy(noisy, report={"changed": changed / max(where.size, 1)})


def _numbers(
    table: Table, uniform: NDArray[np.float64], reference: TableReference
) -> NDArray[np.float64]:
    out = table.numeric.copy()
    for j, column in enumerate(reference.numeric):
        if column.count:
            out[:, j] = pick_number(column, uniform[:, j])
    return out


def _texts(
    table: Table, uniform: NDArray[np.float64], reference: TableReference
) -> NDArray[np.object_]:
    out = table.categorical.copy()
    for j, column in enumerate(reference.categorical):
        if column.values:
            out[:, j] = pick_category(column, uniform[:, j])
    return out


def pick_number(column: NumericColumn, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return an observed value of the column for every number uniform in [0, 1)."""
    grid = np.array(column.grid)
    return np.asarray(grid[(uniform * len(grid)).astype(np.int64)])


def pick_category(column: CategoricalColumn, uniform: NDArray[np.float64]) -> NDArray[Any]:
    """Return a category, as often as it was counted, for every number uniform in [0, 1)."""
    values = np.empty(len(column.values), dtype=object)
    values[:] = column.values
    ends = np.cumsum(column.counts)
    return np.asarray(values[np.searchsorted(ends, uniform * ends[-1], side="right")])
