"""What a noise really did to each row: the realised share, and the kinds of column that it has nothing to do with."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Noisy
from perturbations.tabular._columns import Ints, Mask
from perturbations.tabular._table import Cells, Table, differing

Number = NDArray[Any] | float | None
Later = Callable[[], Any]


class Report(Mapping[str, Any]):
    """Numbers that are worked out when one of them is asked for: a batch that is only used for its values never pays."""

    def __init__(self, make: Callable[[], dict[str, Any]]) -> None:
        """Take the function that works them out."""
        self._make = make

    @cached_property
    def _made(self) -> dict[str, Any]:
        return self._make()

    def __getitem__(self, name: str) -> Any:
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    def __repr__(self) -> str:
        return repr(self._made)

    def __reduce__(self) -> tuple[type, tuple[dict[str, Any]]]:
        return dict, (self._made,)


def done(
    before: Table,
    after: Table,
    *,
    requested: float,
    eligible: Cells | Mask | Later | None = None,
    edits: Mask | Callable[[], Mask] | None = None,
    **more: Later,
) -> Noisy:
    """Return the noisy table with a report: of one row plain numbers, of several an array with one for each.

    Args:
        before: the clean table.
        after: the noisy one; its open columns are those that the noise was for.
        requested: the dose that was asked for.
        eligible: which cells, or which rows where a row is the unit, the noise could have changed, or how to find out; by
            default the cells of open columns that are present.
        edits: which rows it changed, or how to find out, where a row is the unit; by default the cells that differ are counted.
        more: how to work out further numbers of this noise, one a row.
    """

    def make() -> dict[str, Any]:
        found = eligible() if callable(eligible) else eligible
        able = _count(after, before.present if found is None else found)
        rows = edits() if callable(edits) else edits
        changed = changed_cells(before, after) if rows is None else rows.astype(np.int64)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = changed / able
        numbers = {"eligible": able, "edits": changed, "share": share}
        numbers |= {name: later() for name, later in more.items()}
        kinds = {kind for kind, free in zip(after.kinds, after.open, strict=True) if free}
        return {
            "requested": requested,
            **{name: _shown(each, len(before)) for name, each in numbers.items()},
            "columns": int(after.open.sum()),
            "untouched_kinds": tuple(sorted(set(after.kinds) - kinds)),
        }

    return Noisy(after, report=Report(make))


def changed_cells(before: Table, after: Table) -> Ints:
    """Return how many cells of each row differ; missing equals missing."""
    old, new = before.numbers, after.numbers
    count = np.zeros(len(before), dtype=np.int64)
    if old is not new:
        count += ((old != new) & ~(np.isnan(old) & np.isnan(new))).sum(axis=1)
    for j in range(len(before.levels)):
        count += differing(after, before, j)
    count += (before.moments != after.moments).sum(axis=1)
    return count


def newly_missing(before: Table, after: Table) -> Ints:
    """Return how many cells of each row are missing and were not."""
    found: Ints = np.zeros(len(before), dtype=np.int64)
    for old, new in zip(before.present, after.present, strict=True):
        found += (old & ~new).sum(axis=1)
    return found


def _count(table: Table, eligible: Cells | Mask) -> Ints:
    """Return how many units of each row are eligible."""
    if isinstance(eligible, np.ndarray):
        return eligible.astype(np.int64)
    pairs = zip(eligible, table.allowed, strict=True)
    found: Ints = np.zeros(len(table), dtype=np.int64)
    for cells, free in pairs:
        found += (cells & free).sum(axis=1)
    return found


def _shown(number: Any, rows: int) -> Any:
    """Return a number of each row, or of one row the number itself; None for a share of nothing."""
    if rows != 1:
        return np.asarray(number)
    found = np.asarray(number).reshape(-1)[0].item()
    return None if found != found else found  # noqa: PLR0124 - NaN
