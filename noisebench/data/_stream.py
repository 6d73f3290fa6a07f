"""Samples that can only be read one after another, in their own order, as often as needed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np

from noisebench.data._batch import Batch
from noisebench.data._check import labels
from noisebench.data._column import plain
from noisebench.data._hash import Fingerprint
from noisebench.errors import DataError
from perturbations.errors import did_you_mean, explain

FIELDS = ("id", "inputs", "target", "group", "slices")
"""The keys of a record; only `inputs` is required."""

Record = Mapping[str, Any]
Source = Iterable[Record] | Callable[[], Iterable[Record]]
"""Records that can be read more than once: an object with `__iter__`, or a function that returns one."""


class Streamed:
    """Samples read one after another; their number is known after the first whole pass."""

    def __init__(self, source: Source, inputs: tuple[str, ...]) -> None:
        if not callable(source) and not hasattr(source, "__iter__"):
            raise DataError(explain("an iterable of records, or a function", "source", source))
        if isinstance(source, Iterator):
            hint = "it can be read only once: pass the function that makes it, or a list"
            raise DataError(explain("a source that can be read again", "source", source, hint))
        self._source = source
        self._inputs = inputs
        self.size: int | None = None

    def batches(self, size: int) -> Iterator[Batch]:
        """Yield all samples once, in the stream's own order."""
        records = self.records()
        while block := list(islice(records, size)):
            yield self._batch(block)

    def records(self) -> Iterator[Record]:
        """Yield checked records; at the end the number of samples is known.

        Raises:
            DataError: a record is not one, an id comes twice, the stream is empty, or it gave
                another number of samples than before.
        """
        seen: set[str] = set()
        source = self._source() if callable(self._source) else self._source
        for place, record in enumerate(source):
            self._check(record, place)
            name = str(record.get("id", place))
            if name in seen:
                hint = "noise is keyed by id: give every sample its own"
                raise DataError(explain("ids that are all different", "id given twice", name, hint))
            seen.add(name)
            yield {**record, "id": name}
        self._count(len(seen))

    def add_to(self, fingerprint: Fingerprint) -> None:
        """Add every record, in one pass over the stream."""
        for record in self.records():
            for key in ("id", "target", "inputs"):
                fingerprint.add(record.get(key))

    def _count(self, size: int) -> None:
        if not size:
            hint = "check the filter or path that the stream reads"
            raise DataError(explain("at least one sample", "records in the stream", 0, hint))
        if self.size not in (None, size):
            hint = "an audit reads the stream more than once: it must give the same each time"
            raise DataError(explain(f"{self.size} records, as before", "records", size, hint))
        self.size = size

    def _check(self, record: object, place: int) -> None:
        where = f"record {place}"
        if not isinstance(record, Mapping) or not isinstance(record.get("inputs"), Mapping):
            hint = 'for example {"id": "a", "inputs": {"image": image}, "target": 3}'
            raise DataError(explain("records with inputs by name", where, record, hint))
        for key in record:
            if key not in FIELDS:
                hint = did_you_mean(str(key), FIELDS)
                expected = f"records of {', '.join(FIELDS)}"
                raise DataError(explain(expected, f"key in {where}", key, hint))
        if set(record["inputs"]) != set(self._inputs):
            hint = "write None for a value that a sample lacks"
            names = sorted(map(str, record["inputs"]))
            expected = f"the inputs {', '.join(self._inputs)} in every record"
            raise DataError(explain(expected, f"inputs of {where}", names, hint))

    def _batch(self, block: list[Record]) -> Batch:
        return Batch(
            ids=tuple(record["id"] for record in block),
            inputs={
                name: stacked([plain(record["inputs"][name]) for record in block])
                for name in self._inputs
            },
            targets=column(block, "target"),
            groups=column(block, "group"),
            slices=slices_of(block),
        )


def stacked(values: list[Any]) -> Any:
    """Return equally shaped arrays as one array, and anything else as the list it is."""
    if not all(isinstance(value, np.ndarray) for value in values):
        return values
    kinds = {(value.shape, value.dtype) for value in values}
    return np.stack(values) if len(kinds) == 1 else values


def column(block: list[Record], key: str) -> Any:
    """Return one label a record, or None where no record has any.

    Raises:
        DataError: some records have it and some lack it.
    """
    have = [record["id"] for record in block if key in record]
    if not have:
        return None
    if len(have) < len(block):
        lack = next(record["id"] for record in block if key not in record)
        raise DataError(explain(f"a {key} in every record or in none", "record without", lack))
    return labels([record[key] for record in block])


def slices_of(block: list[Record]) -> dict[str, Any]:
    """Return the slice labels of a block, by slice name.

    Raises:
        DataError: the records name different slices.
    """
    names = set(block[0].get("slices", {}))
    for record in block:
        if set(record.get("slices", {})) != names:
            raise DataError(explain("the same slices in every record", "record", record["id"]))
    return {name: labels([record["slices"][name] for record in block]) for name in sorted(names)}
