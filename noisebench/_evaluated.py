"""The evaluated samples of a run: every sweep's scores side by side, and the curves that are made of them."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench._known import chance_on, doses, label, reproduce
from noisebench._left_out import LeftOut, said
from noisebench._record import Record
from noisebench.curve import Curve
from noisebench.errors import DataError
from noisebench.metrics import Metric
from noisebench.plan import Cell, Condition

CLEAN_KEY = Cell(Condition(None, 0.0)).key

LEAST = 2
"""Fewest samples of a curve from which others were left out: one sample is no curve."""
ENOUGH = 8
"""So many samples are a curve, however many were left out."""
LEAST_SHARE = 0.05
"""Where fewer are left, they are a curve if they are at least this share of all: of a twentieth, little is said of the data."""

Floats = NDArray[np.float64]
Index = NDArray[np.intp]


class Evaluated:
    """What a record says of each sweep, on the samples that every cell has."""

    def __init__(self, record: Record, metrics: tuple[Metric, ...], lost: LeftOut) -> None:
        """Read from a record; `lost` says which samples no noise came into."""
        self.record, self.metrics, self.lost = record, metrics, lost
        self.sweeps: dict[str, Mapping[str, Any]] = {
            each["sweep"]: each for each in record.header["sweeps"]
        }
        """What the header says of each sweep."""

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids of the evaluated samples, in the order of their rows."""
        return tuple(self.record.ids[i] for i in self.record.common)

    @cached_property
    def groups(self) -> list[Any] | None:
        """Group of each evaluated sample; None where none are declared."""
        return self.record.column("group")

    def keys(self, sweep: str) -> list[list[str]]:
        """Return the keys of a sweep's cells: by severity, then by replicate."""
        prefix, count = f"{sweep}|s=", self.sweeps[sweep]["replicates"]
        keys = [key for key in self.record.header["cells"] if key.startswith(prefix)]
        return [keys[i : i + count] for i in range(0, len(keys), count)]

    def by_severity(self, sweep: str) -> list[tuple[float, list[str]]]:
        """Return each severity of a sweep with the keys of its cells."""
        return list(zip(self.sweeps[sweep]["severities"], self.keys(sweep), strict=True))

    def kept(self, sweep: str, rows: Index | None = None) -> Index:
        """Return the places of the samples that a curve is made of, among all or some.

        There are none where the noise has no meaning for nearly all of them: then there is no curve.
        """
        lost = self.lost.by_sweep.get(sweep) or {}
        places = np.arange(len(self.ids)) if rows is None else rows
        left = [i for i in places if self.ids[i] not in lost]
        if len(left) == len(places):
            return places
        enough = len(left) >= max(LEAST, min(ENOUGH, LEAST_SHARE * len(places)))
        return np.array(left if enough else [], dtype=np.intp)

    def clean(self, metric: Metric) -> Floats:
        """Return the clean scores, (n, k)."""
        return self.record.scores(CLEAN_KEY, self._columns(metric))

    def noisy(self, sweep: str, metric: Metric) -> Floats:
        """Return the scores under a sweep, (severities, replicates, n, k)."""
        columns = self._columns(metric)
        levels = [[self.record.scores(key, columns) for key in keys] for keys in self.keys(sweep)]
        return np.stack([np.stack(level) for level in levels])

    def curve(self, sweep: str, metric: Metric, rows: Index | None, title: str) -> Curve:
        """Make a curve of all or some of the evaluated samples.

        Raises:
            DataError: no sample is left, or the noise broke.
        """
        if why := self.lost.broken.get(sweep):
            raise DataError(why)
        known, header = self.sweeps[sweep], self.record.header
        clean, chosen = self.clean(metric), self.kept(sweep, rows)
        lost = self.lost.by_sweep.get(sweep) or {}
        if not len(chosen) and lost and len(clean):
            raise DataError(said(lost, len(self.record.ids)))
        if not len(chosen):
            hint = "run the audit again with the same run_dir to go on"
            raise DataError(f"no sample has been through every cell yet\n  {hint}")
        curve = Curve.from_outcomes(
            severities=known["severities"],
            clean=clean[chosen],
            outcomes=self.noisy(sweep, metric)[:, :, chosen],
            metric=metric,
            name=title,
            groups=None if self.groups is None else [self.groups[i] for i in chosen],
            ids=[self.ids[i] for i in chosen],
            chance=self.chance(metric),
            confidence=header["config"]["confidence"],
            bootstrap=header["config"]["bootstrap"],
            seed=header["plan"]["seed"],
            doses=doses(known["doses"]),
            unit=known["unit"],
            reproduce=reproduce(known, header),
            shared=known.get("shared", False),
        )
        if not lost:
            return curve
        texts = [said(lost, len(self.record.ids)), curve.missing.text]
        return replace(curve, missing=replace(curve.missing, text="; ".join(filter(None, texts))))

    def chance(self, metric: Metric) -> float | None:
        """Return the best constant predictor's value on all evaluated samples, for slices too."""
        known = self.record.column("target")
        if metric.needs_clean:
            shown = self.record.predictions(CLEAN_KEY)
            known = [label(shown[name]) for name in self.ids]
        found = chance_on(metric, known)
        return self.record.header.get("chance", {}).get(metric.name) if found is None else found

    def _columns(self, metric: Metric) -> slice:
        widths = self.record.header.get("widths") or [1] * len(self.metrics)
        place = [each.name for each in self.metrics].index(metric.name)
        return slice(sum(widths[:place]), sum(widths[: place + 1]))
