"""The value contract of tables: a value is a row, a batch is a container of rows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._modality import Context, Measure, Modality
from perturbations.errors import BadValue, explain
from perturbations.tabular._cells import differing
from perturbations.tabular._corpus import bad, corpus, edges
from perturbations.tabular._fit import fit
from perturbations.tabular._forms import is_row, open_batch, open_row, rows_of
from perturbations.tabular._reference import TableReference
from perturbations.tabular._table import Table, decode, encode, same_names


def check(value: Any, context: Context, batched: bool) -> None:
    """Check that the value is one row, or a container of like rows.

    Raises:
        BadValue: it is not.
    """
    if batched:
        same_names(open_batch(value))
    else:
        open_row(value)


def distance(clean: Any, noisy: Any, context: Context) -> dict[str, float]:
    """Return how far noisy cells are from the clean ones; both are one row, or both are containers of rows.

    `changed` is the share of cells that differ (missing equals missing), `displacement` the mean absolute change of
    numbers present in both, `missing` the share of cells newly missing. Displacement counts in standard deviations
    of the reference's column, else of the clean batch; a column without spread counts in its own unit.

    Raises:
        BadValue: one of them is no table, or their shapes differ.
    """
    batched = not is_row(clean)
    before, token = encode(clean, context, batched)
    after, _ = encode(noisy, Context({"kinds": token.kinds}), batched)
    if before.shape != after.shape:
        raise BadValue(explain(f"{before.shape} rows and columns", "noisy", noisy))
    (old, old_text), (new, new_text) = before.present, after.present
    both = np.isfinite(before.numeric) & np.isfinite(after.numeric)
    delta = np.abs(np.where(both, after.numeric, 0.0) - np.where(both, before.numeric, 0.0))
    differs = (before.numeric != after.numeric) & (old | new)
    differs_text = differing(before.categorical, after.categorical)
    gone = (old & ~new).sum() + (old_text & ~new_text).sum()
    cells = max(before.numeric.size + before.categorical.size, 1)
    return {
        "changed": float(differs.sum() + differs_text.sum()) / cells,
        "displacement": float((delta / _spread(before, context)).sum()) / max(int(both.sum()), 1),
        "missing": float(gone) / cells,
    }


def _spread(table: Table, context: Context) -> NDArray[np.float64]:
    reference: TableReference | None = context.reference
    if reference is not None:
        std = reference.std
    elif len(table) > 1:
        std = np.array([_std(column) for column in table.numeric.T], dtype=np.float64)
    else:
        std = np.zeros(table.numeric.shape[1])
    return np.where(std > 0, std, 1.0)


def _std(column: NDArray[np.float64]) -> float:
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
    edges=edges,
    corpus=corpus,
    unstack=rows_of,
    fit=fit,
    read_reference=TableReference.from_json,
    columnar=True,
    bad=bad,
)
