"""Extension arrays of pandas: nullable numbers, strings, categories, dates with and without a zone, Arrow's types."""

import datetime as dt
import importlib
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from perturbations.tabular import _moments
from perturbations.tabular._columns._column import (
    ANYTHING,
    NAN,
    WORDS,
    Floats,
    Ints,
    Kind,
    Labels,
    Writing,
    absent,
    cannot_hold,
    cast,
    label_key,
    moved,
    not_dates,
    not_numbers,
)
from perturbations.tabular._columns._numpy import ObjectColumn, PlainColumn

_KINDS: dict[str, Kind] = {
    "b": "boolean",
    "M": "date",
    "i": "numeric",
    "u": "numeric",
    "f": "numeric",
    "m": "numeric",
}


@dataclass(frozen=True, slots=True, eq=False)
class ExtensionColumn:
    """A pandas extension array."""

    raw: Any

    @property
    def closed(self) -> bool:
        """Whether it is categorical: then its dtype lists all labels that there are."""
        return type(self.raw).__name__ == "Categorical"

    @property
    def holds(self) -> str:
        """A list of labels can be made longer; texts of pandas and Arrow are alike."""
        name = str(self.raw.dtype)
        texts = name == "str" or name.startswith(("string", "large_string"))
        return ANYTHING if self.closed else WORDS if texts else name

    @property
    def _datetimes(self) -> bool:
        return type(self.raw).__name__ == "DatetimeArray"

    def looks(self) -> Kind | Literal[""]:
        """Tell by the dtype; of objects in it (dates of Arrow), by the cells."""
        if self.closed:
            return "categorical"
        kind = str(getattr(self.raw.dtype, "kind", "O"))
        if kind == "O" and str(self.raw.dtype).startswith("date"):
            return "date"
        return _KINDS.get(kind, "categorical")

    def numbers(self, label: Hashable) -> Floats:
        """Return the cells as numbers; spans of time in their unit."""
        if type(self.raw).__name__ == "TimedeltaArray":
            return PlainColumn(self.raw.to_numpy()).numbers(label)
        try:
            return np.asarray(self.raw.to_numpy(dtype="float64", na_value=NAN))
        except (TypeError, ValueError) as error:
            raise not_numbers(self.raw, label) from error

    def labels(self) -> Labels:
        """Return the cells as labels."""
        if self.closed:
            return Labels(self.raw.codes.astype(np.int64), _levels(self.raw.categories))
        codes, levels = self.raw.factorize()
        return Labels(np.asarray(codes, dtype=np.int64), _levels(levels))

    def moments(self, label: Hashable) -> Ints:
        """Return the cells as wall time of their zone."""
        if not self._datetimes:
            cells = np.array(self.raw.astype(object), dtype=object)
            try:
                return ObjectColumn(cells).moments(label)
            except ValueError as error:
                raise not_dates(self.raw, label) from error
        moments = _moments.read_m8(
            self.raw.to_numpy(dtype="M8[ns]" if self._unit == "ns" else "M8[us]")
        )
        return moments if self.raw.tz is None else _moments.to_wall(moments, self.raw.tz)

    @property
    def _unit(self) -> str:
        return str(self.raw.unit)

    def with_numbers(self, values: Floats, old: Floats, how: Writing) -> Any:  # noqa: ARG002 - NA needs no care
        """Return the array with other numbers."""
        changed = moved(values, old)
        out = self.raw.copy()
        gone = np.isnan(values)
        at, lost = np.flatnonzero(changed & ~gone), np.flatnonzero(changed & gone)
        if type(self.raw).__name__ == "TimedeltaArray":
            ticks = cast(values[at], self.raw.dtype)
            out[at] = type(self.raw)._from_sequence(ticks, dtype=self.raw.dtype)  # noqa: SLF001 - the extension interface
        else:
            out[at] = cast(values[at], _inner(self.raw))
        out[lost] = None
        return out

    def with_labels(self, at: Ints, values: NDArray[np.object_], how: Writing) -> Any:
        """Return the array with other labels."""
        gone = absent(values)
        out = self._listing(values[~gone]) if self.closed else self.raw.copy()
        try:
            out[at[~gone]] = values[~gone]
        except (TypeError, ValueError) as error:
            raise cannot_hold(values[~gone], self.raw.dtype, how) from error
        out[at[gone]] = None
        return out

    def _listing(self, labels: NDArray[np.object_]) -> Any:
        """Return a copy whose categories list these labels too: behind its own, so above them where these have an order."""
        known = {label_key(each) for each in _levels(self.raw.categories)}
        new = {key: label for label in labels if (key := label_key(label)) not in known}
        more = sorted(new.values(), key=str)
        return self.raw.add_categories(more) if more else self.raw.copy()

    def with_moments(self, at: Ints, values: Ints, how: Writing) -> Any:
        """Return the array with other moments, in its unit and zone."""
        out = self.raw.copy()
        if not self._datetimes:
            cells = ObjectColumn(np.array(self.raw.astype(object), dtype=object))
            out[at] = list(cells.with_moments(at, values, how)[at])
            return out
        zone: dt.tzinfo | None = self.raw.tz
        old = self.raw.to_numpy(dtype=f"M8[{self._unit}]")[at]
        utc = values if zone is None else _moments.to_utc(values, zone)
        new = importlib.import_module("pandas").DatetimeIndex(_moments.write_m8(utc, old))
        out[at] = new if zone is None else new.tz_localize("UTC").tz_convert(zone)
        return out


def _levels(found: Any) -> tuple[Any, ...]:
    return tuple(found.tolist() if hasattr(found, "tolist") else found)


def _inner(raw: Any) -> np.dtype[Any]:
    """Return the numpy dtype inside an extension dtype."""
    inner = getattr(raw.dtype, "numpy_dtype", None)
    return inner if isinstance(inner, np.dtype) else np.dtype(np.float64)
