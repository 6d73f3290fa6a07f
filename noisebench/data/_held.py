"""Samples that can be counted and indexed: in memory, mapped from disk, or read lazily."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from noisebench.data._batch import Batch
from noisebench.data._column import Rows, is_table, is_tensor, take
from noisebench.data._hash import Fingerprint
from noisebench.data._order import keyed_order
from noisebench.errors import DataError
from perturbations.errors import did_you_mean, explain


@dataclass(frozen=True)
class Held:
    """Samples that can be counted and indexed; every field has one row a sample."""

    inputs: Mapping[str, Any]
    ids: tuple[str, ...]
    targets: Any = None
    groups: Any = None
    slices: Mapping[str, Any] = field(default_factory=dict)
    places: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", {name: row for row, name in enumerate(self.ids)})

    @property
    def labels(self) -> dict[str, Any]:
        """What samples are known by besides their values and targets: slices by name, and groups as "group"."""
        groups = {} if self.groups is None else {"group": self.groups}
        return {**groups, **self.slices}

    @property
    def size(self) -> int:
        """How many samples there are."""
        return len(self.ids)

    def batch(self, rows: Rows) -> Batch:
        """Return the samples at some positions."""
        return Batch(
            ids=self.ids[rows] if isinstance(rows, slice) else tuple(self.ids[i] for i in rows),
            inputs={name: take(values, rows) for name, values in self.inputs.items()},
            targets=_rows(self.targets, rows),
            groups=_rows(self.groups, rows),
            slices={name: _rows(values, rows) for name, values in self.slices.items()},
        )

    def batches(self, size: int, order_seed: int | None) -> Iterator[Batch]:
        """Yield all samples once, `size` at a time."""
        order = None if order_seed is None else keyed_order(self.size, order_seed)
        for start in range(0, self.size, size):
            rows = slice(start, min(start + size, self.size))
            yield self.batch(rows if order is None else order[rows])

    def positions(self, ids: Sequence[str]) -> np.ndarray:
        """Return the positions of some ids.

        Raises:
            DataError: an id is not in the data set.
        """
        for name in ids:
            if name not in self.places:
                hint = did_you_mean(str(name), self.ids)
                raise DataError(explain("ids of samples in the data set", "id", name, hint))
        return np.array([self.places[name] for name in ids], dtype=np.intp)

    def subset(self, rows: np.ndarray) -> "Held":
        """Return some samples as data of their own; lazy sources stay lazy."""
        return Held(
            inputs={name: _narrowed(values, rows) for name, values in self.inputs.items()},
            ids=tuple(self.ids[i] for i in rows),
            targets=_rows(self.targets, rows),
            groups=_rows(self.groups, rows),
            slices={name: _rows(values, rows) for name, values in self.slices.items()},
        )

    def add_to(self, fingerprint: Fingerprint) -> None:
        """Add ids, targets and the inputs' contents; a lazy source is read item by item."""
        fingerprint.add(self.ids)
        fingerprint.add(self.targets)
        for name, values in self.inputs.items():
            fingerprint.add(name)
            if _whole(values):
                fingerprint.add(values)
            else:
                for row in range(self.size):
                    fingerprint.add(values[row])


@dataclass(frozen=True, slots=True)
class Picked:
    """Some items of a lazy source, read when they are asked for."""

    source: Any
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, row: int) -> Any:
        return self.source[int(self.rows[row])]


def _whole(values: Any) -> bool:
    """Tell whether values are all there, rather than made item by item."""
    return isinstance(values, np.ndarray | list | tuple) or is_table(values) or is_tensor(values)


def _narrowed(values: Any, rows: np.ndarray) -> Any:
    if is_tensor(values):
        return values[rows]
    if isinstance(values, list | tuple):
        return [values[i] for i in rows]
    return take(values, rows) if _whole(values) else Picked(values, rows)


def _rows(values: Any, rows: Rows) -> Any:
    if values is None or isinstance(values, np.ndarray):
        return values if values is None else values[rows]
    return values[rows] if isinstance(rows, slice) else [values[i] for i in rows]
