"""A run directory read back: header, samples, and every cell's scores aligned sample by sample."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench._moved import counted
from noisebench._rundir import HEADER, LEDGER
from noisebench._specimen import unpack
from noisebench.errors import LedgerError
from noisebench.ledger import Ledger, Row
from perturbations.errors import explain

Floats = NDArray[np.float64]
Index = NDArray[np.intp]


class Record:
    """What a run left behind, read when asked for."""

    def __init__(self, directory: Path) -> None:
        """Open the record of a run.

        Raises:
            LedgerError: the directory holds no run, or a damaged one.
        """
        self.directory = directory
        path = directory / HEADER
        if not path.exists():
            hint = "give the run_dir of an audit"
            raise LedgerError(explain("the directory of a run", "path", str(directory), hint))
        try:
            self.header: dict[str, Any] = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            hint = "run the audit again with the same run_dir to write it anew"
            raise LedgerError(f"the header {path} is damaged: {error}\n  {hint}") from error
        self.ledger = Ledger(directory / LEDGER, read_only=True)
        self.numbers = self.ledger.cells()

    @cached_property
    def columns(self) -> dict[str, list[Any]]:
        """What the data set says of the samples: id, target, group and slices, in the order of the visit."""
        found: dict[str, list[Any]] = {"id": []}
        for block in self.ledger.blocks():
            found["id"] += block.ids
            for name, column in block.facts.items():
                found.setdefault(name, []).extend(column)
        return found

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids of all samples seen, in the order of the visit."""
        return tuple(self.columns["id"])

    @cached_property
    def complete(self) -> bool:
        """Whether every cell has every sample of the data set."""
        expected = self.ledger.get("samples")
        return expected is not None and len(self.common) == expected == len(self.ids)

    @cached_property
    def common(self) -> Index:
        """Places of the samples that every cell has: the evaluated set.

        Where sampling stopped early, every cell that was run; where samples were followed, the clean one.
        """
        covered = np.zeros(len(self.ids), dtype=np.int64)
        done, budget = self.ledger.done(), self.header.get("budget")
        if budget and budget["mode"] == "bisect":
            done = {0: done.get(0, [])}
        for ranges in done.values():
            for start, stop in ranges:
                covered[start:stop] += 1
        return np.flatnonzero(covered == len(done if budget else self.numbers))

    def rows(self, cell: str) -> Iterator[Row]:
        """Yield the ledger's rows of a cell by its key."""
        return self.ledger.rows(self.numbers[cell])

    def scores(self, cell: str, columns: slice = slice(None)) -> Floats:
        """Return the scores (n, k) of a cell on the evaluated set; NaN is missing."""
        rows = list(self.rows(cell))
        width = max((row.scores.shape[1] for row in rows), default=1)
        found = np.full((len(self.ids), width), np.nan)
        for row in rows:
            n, k = row.scores.shape
            found[row.start : row.start + n, :k] = row.scores
        return found[self.common, columns]

    def distortion(self, cell: str) -> dict[str, float]:
        """Return the mean of every measure over the measured samples; infinite ones left out."""
        gathered: dict[str, list[float]] = {}
        for row in self.rows(cell):
            for name, numbers in row.distortion.get("measures", {}).items():
                gathered.setdefault(name, []).extend(n for n in numbers if np.isfinite(n))
        return {name: float(np.mean(numbers)) for name, numbers in gathered.items() if numbers}

    def measured(self, cell: str, measure: str) -> dict[str, float]:
        """Return one measure of every measured sample of a cell that has it, by id."""
        ids, found = self.ids, {}
        for row in self.rows(cell):
            numbers = row.distortion.get("measures", {}).get(measure, ())
            pairs = zip(row.distortion.get("at", ()), numbers, strict=False)
            found.update({ids[row.start + at]: number for at, number in pairs})
        return found

    def embedded(self, cell: str) -> dict[str, dict[str, float]]:
        """Return what the embeddings of the measured samples of a cell are like: measure to id to number."""
        return self._told(cell, "embedded")

    def followed(self, cell: str) -> dict[str, dict[str, float]]:
        """Return how the outputs of the measured samples went along with a group action: column of the score to id to number."""
        return self._told(cell, "followed")

    def _told(self, cell: str, field: str) -> dict[str, dict[str, float]]:
        ids = self.ids
        found: dict[str, dict[str, float]] = {}
        for row in self.rows(cell):
            known = dict(row.distortion.get(field, {}))
            at = known.pop("at", ())
            for name, numbers in known.items():
                pairs = zip(at, numbers, strict=True)
                found.setdefault(name, {}).update({ids[row.start + i]: v for i, v in pairs})
        return found

    def moved(self, cell: str) -> dict[str, list[int]]:
        """Return, by kind, how many targets moved with the noise, how many were lost and how many clipped."""
        return counted([row.distortion.get("moved", {}) for row in self.rows(cell)])

    def failures(self, cell: str) -> list[tuple[str, str]]:
        """Return id and reason of every missing sample of a cell."""
        ids = self.ids
        return [
            (ids[row.start + i], why) for row in self.rows(cell) for i, why in row.reasons.items()
        ]

    def predictions(self, cell: str) -> dict[str, Any]:
        """Return the compact prediction of every sample of a cell."""
        ids = self.ids
        return {
            ids[r.start + i]: each for r in self.rows(cell) for i, each in enumerate(r.predictions)
        }

    def samples(self) -> list[dict[str, Any]]:
        """Return the gallery's records."""
        return [unpack(record, data) for record, data in self.ledger.specimens()]

    def column(self, name: str) -> list[Any] | None:
        """Return one column of the evaluated set; None when the data set does not have it."""
        column = self.columns.get(name)
        return None if column is None else [column[i] for i in self.common]

    def slices(self) -> Mapping[str, list[Any]]:
        """Return the declared slices of the evaluated set by name."""
        names = [name for name in self.columns if name.startswith("slice:")]
        return {n.removeprefix("slice:"): self.column(n) or [] for n in names}
