"""The value contract of tables: a value is a row, a batch is a container of rows."""

from dataclasses import replace
from typing import Any

import numpy as np

from perturbations._modality import Context, Measure, Modality
from perturbations.errors import BadValue, explain
from perturbations.tabular._coding import decode, encode, same_names
from perturbations.tabular._columns import Floats
from perturbations.tabular._corpus import bad, corpus, edges
from perturbations.tabular._describe import describe
from perturbations.tabular._fit import fit
from perturbations.tabular._forms import check_batch, is_row, open_batch, open_row, rows_of
from perturbations.tabular._moments import DAY, NAT
from perturbations.tabular._reference import Known, TableReference
from perturbations.tabular._report import changed_cells, newly_missing
from perturbations.tabular._table import Levels, Table

FAMILIES = (
    "missingness",
    "measurement",
    "digits",
    "units",
    "categories",
    "labels",
    "dates",
    "structure",
)
"""What is wrong with a cell: it is gone, its number is off, its label, its date; then what is wrong with the table."""


def check(value: Any, context: Context, batched: bool) -> None:
    """Check that the value is one row, or a container of like rows.

    Raises:
        BadValue: it is not.
    """
    if batched:
        if isinstance(value, list):
            same_names(open_batch(value))
        else:
            check_batch(value)
    else:
        open_row(value)


def distance(clean: Any, noisy: Any, context: Context) -> dict[str, float]:
    """Return how far noisy cells are from the clean ones; both are one row, or both are containers of rows.

    `changed` is the share of cells that differ (missing equals missing), `displacement` the mean absolute change of
    numbers and dates present in both, `missing` the share of cells newly missing. Displacement counts in standard deviations
    of the reference's column, else of the clean batch; a column without spread counts in its own unit (dates in days).

    Raises:
        BadValue: one of them is no table, or their shapes differ.
    """
    before, after = _pair(clean, noisy, context, batched=not is_row(clean))
    spread = _spread_of_batch if context.reference is None and len(before) > 1 else _spread
    sums = [float(each.sum()) for each in _sums(before, after, spread(before, context.reference))]
    return _shares(*sums, cells=max(before.shape[0] * before.shape[1], 1))


def distances(clean: Any, noisy: Any, context: Context) -> list[dict[str, float]]:
    """Return the distance of every row of two containers, as of the rows one by one."""
    before, after = _pair(clean, noisy, context, batched=True)
    sums = _sums(before, after, _spread(before, context.reference))
    width = max(before.shape[1], 1)
    return [
        _shares(*row, cells=width) for row in zip(*(each.tolist() for each in sums), strict=True)
    ]


def _pair(clean: Any, noisy: Any, context: Context, *, batched: bool) -> tuple[Table, Table]:
    before, token = encode(clean, context, batched)
    after, _ = encode(noisy, Context({"kinds": token.kinds, "date_format": token.formats}), batched)
    if before.shape != after.shape:
        raise BadValue(explain(f"{before.shape} rows and columns", "noisy", noisy))
    return before, replace(after, levels=tuple(map(_alike, after.levels, before.levels)))


def _alike(levels: Levels, clean: Levels) -> Levels:
    """Return labels in the type that they had: a flag or a whole number beside a gap is a float in some containers."""
    known = Known(clean)
    codes = map(known.code, levels)
    return tuple(
        level if code < 0 else clean[code] for level, code in zip(levels, codes, strict=True)
    )


def _shares(
    changed: float, displaced: float, both: float, missing: float, *, cells: int
) -> dict[str, float]:
    return {
        "changed": changed / cells,
        "displacement": displaced / max(both, 1),
        "missing": missing / cells,
    }


def _sums(before: Table, after: Table, spread: tuple[Floats, Floats]) -> tuple[Any, ...]:
    """Return for every row: cells changed, changes in standard deviations, cells in both, cells newly missing."""
    both = np.isfinite(before.numbers) & np.isfinite(after.numbers)
    dated = (before.moments != NAT) & (after.moments != NAT)
    delta = np.zeros(before.numbers.shape)
    delta[both] = np.abs(after.numbers[both] - before.numbers[both])
    apart = np.where(dated, np.abs(after.moments - before.moments), 0).astype(np.float64)
    displaced = (delta / spread[0]).sum(axis=1) + (apart / spread[1]).sum(axis=1)
    present = both.sum(axis=1) + dated.sum(axis=1)
    return changed_cells(before, after), displaced, present, newly_missing(before, after)


def _spread(table: Table, reference: TableReference | None) -> tuple[Floats, Floats]:
    """Return the standard deviations of the reference; ones and days where there are none."""
    if reference is None:
        return np.ones(table.numbers.shape[1]), np.full(table.moments.shape[1], float(DAY))
    return _usable(reference.std, np.array([column.std for column in reference.dates]))


def _spread_of_batch(table: Table, reference: None) -> tuple[Floats, Floats]:
    times = np.where(table.moments == NAT, np.nan, table.moments.astype(np.float64))
    numbers, dates = (
        np.array([_std(column) for column in cells.T], dtype=np.float64)
        for cells in (table.numbers, times)
    )
    return _usable(numbers, dates)


def _usable(numbers: Floats, dates: Floats) -> tuple[Floats, Floats]:
    return np.where(numbers > 0, numbers, 1.0), np.where(dates > 0, dates, float(DAY))


def _std(column: Floats) -> float:
    finite = column[np.isfinite(column)]
    return float(finite.std()) if len(finite) else 0.0


MODALITY = Modality(
    name="tabular",
    check=check,
    encode=encode,
    decode=decode,
    measures={
        "changed": Measure("share of cells", +1),
        "displacement": Measure("column standard deviations", +1),
        "missing": Measure("share of cells", +1),
    },
    distance=distance,
    distances=distances,
    edges=edges,
    corpus=corpus,
    unstack=rows_of,
    fit=fit,
    read_reference=TableReference.from_json,
    columnar=True,
    describe=describe,
    bad=bad,
    families=FAMILIES,
)
