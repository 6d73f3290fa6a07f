"""A series of a csv file with its moments: which column has the stamps, and the file of a noisy series."""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from noisebench.cli._sheet import Sheet

STAMPED = ("time", "timestamp", "date", "datetime", "index", "")
"""Names of columns of stamps, in small letters; pandas writes an index without a name under none."""
COUNTED = ("index", "")
"""Names under which whole numbers count rows and are no seconds."""


@dataclass(frozen=True)
class Stamped:
    """A sheet's columns of numbers as a data frame, indexed by its column of stamps, if it has one."""

    sheet: Sheet
    frame: Any
    column: str | None
    """Name of the column that is the index; None where rows are merely counted."""

    @property
    def remark(self) -> str:
        """What the user should know of how the columns were read."""
        left = [
            name
            for name in self.sheet.header
            if name not in self.frame.columns and name != self.column
        ]
        said = []
        if self.column is not None:
            said.append(f"times are those of the column {_named(self.column)}")
        if left:
            said.append(f"no readings and kept as they are: {', '.join(map(_named, left))}")
        return "; ".join(said)

    def to_bytes(self, noisy: Any) -> bytes:
        """Return the file with a noisy series; rows may have gone or come twice, and stamps may be others."""
        rows = self._rows(noisy)
        sheet = self.sheet.of_rows(rows)
        columns = {str(name): noisy[name].tolist() for name in noisy.columns}
        if self.column is not None:
            columns[self.column] = self._stamps(noisy.index, rows)
        return sheet.with_columns(columns)

    def _rows(self, noisy: Any) -> list[int]:
        """Return the clean row that each noisy one comes from: by its stamp, where their number is another."""
        if len(noisy) == len(self.frame) or not self.frame.index.is_unique:
            return list(range(len(noisy)))
        return [max(int(place), 0) for place in self.frame.index.get_indexer(noisy.index)]

    def _stamps(self, index: Any, rows: Sequence[int]) -> list[Any]:
        """Return the cells of the stamps: as they were written, where they are the same."""
        written = self.sheet.columns[str(self.column)]
        clean = self.frame.index
        pairs = zip(rows, index, strict=True)
        return [written[row] if clean[row] == stamp else _cell(stamp) for row, stamp in pairs]


def stamped(sheet: Sheet) -> Stamped | None:
    """Read a sheet as a frame; None where pandas is not installed.

    Raises:
        ConfigError: no column is of readings.
    """
    if importlib.util.find_spec("pandas") is None:
        return None
    import pandas as pd

    found = _column(sheet)
    column, index = (None, None) if found is None else found
    counted = [n for n in sheet.numeric if n != column and _counts(n, sheet.columns[n])]
    names = [name for name in sheet.numeric if name != column and name not in counted]
    values = sheet.series(names)
    return Stamped(sheet, pd.DataFrame(values, columns=names, index=index), column)


def _column(sheet: Sheet) -> tuple[str, Any] | None:
    """Return the column of stamps and its index: one of the usual names, else the first that holds dates."""
    usual = sorted(
        (name for name in sheet.header if _usual(name) in STAMPED),
        key=lambda name: STAMPED.index(_usual(name)),
    )
    texts = [name for name in sheet.header if name not in sheet.numeric and name not in usual]
    for name in (*usual, *texts):
        index = _index(name, sheet.columns[name])
        if index is not None:
            return name, index
    return None


def _index(name: str, values: Sequence[Any]) -> Any:
    """Return a column as moments: dates, or seconds; None where some cell is neither."""
    import pandas as pd

    if any(value is None for value in values) or _counts(name, values):
        return None
    if any(isinstance(value, str) for value in values):
        try:
            return pd.DatetimeIndex(pd.to_datetime(list(values), format="ISO8601"))
        except (ValueError, TypeError):
            return None
    return pd.Index(np.array(values, dtype=np.float64)) if _usual(name) in STAMPED else None


def _counts(name: str, values: Sequence[Any]) -> bool:
    """Tell whether a column only counts the rows."""
    if _usual(name) not in COUNTED:
        return False
    return values[0] in (0, 1) and list(values) == list(
        range(int(values[0]), int(values[0]) + len(values))
    )


def _usual(name: str) -> str:
    return name.strip().lower()


def _named(name: str) -> str:
    return name.strip() or "without a name"


def _cell(stamp: Any) -> str:
    return stamp.isoformat(" ") if hasattr(stamp, "isoformat") else str(stamp)
