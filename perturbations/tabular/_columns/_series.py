"""Series of the libraries that narwhals knows: polars, pyarrow and others."""

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from perturbations.tabular import _moments
from perturbations.tabular._columns._column import (
    ANYTHING,
    WORDS,
    Floats,
    Ints,
    Kind,
    Labels,
    Mask,
    Writing,
    absent,
    cannot_hold,
    cast,
    moved,
    not_dates,
    not_numbers,
)
from perturbations.tabular._columns._numpy import ObjectColumn, PlainColumn, boxed

_WORDS = ("String", "Categorical", "Enum")


@dataclass(frozen=True, slots=True, eq=False)
class SeriesColumn:
    """A column as narwhals sees it; `with_...` return narwhals series too."""

    raw: Any

    @property
    def closed(self) -> bool:
        """Whether its dtype lists all labels that there are, or has none at all."""
        return self._type in ("Enum", "Unknown")

    @property
    def holds(self) -> str:
        """Objects may be anything; the list of an Enum can be made longer."""
        if self._type == "Object":
            return ANYTHING
        return WORDS if self._type in _WORDS else str(self.raw.dtype)

    @property
    def _type(self) -> str:
        return type(self.raw.dtype).__name__

    def looks(self) -> Kind | Literal[""]:
        """Tell by the dtype; of Python objects, by the cells."""
        dtype = self.raw.dtype
        if self._type == "Object":
            return ObjectColumn(self._objects()).looks()
        if self._type in ("Date", "Datetime"):
            return "date"
        if self._type == "Boolean":
            return "boolean"
        return "numeric" if dtype.is_numeric() or self._type == "Duration" else "categorical"

    def numbers(self, label: Hashable) -> Floats:
        """Return the cells as numbers; spans of time in their unit."""
        dtype = self.raw.dtype
        if self._type == "Duration":
            return PlainColumn(self.raw.to_numpy()).numbers(label)
        if not (dtype.is_numeric() or self._type == "Boolean"):
            if self._type == "Object":
                return ObjectColumn(self._objects()).numbers(label)
            raise not_numbers(self.raw.to_list()[:3], label)
        series = self.raw if dtype.is_float() or dtype.is_integer() else self.raw.cast(_float())
        cells = series.to_numpy()
        if cells.dtype.kind == "O":
            cells = self.raw.cast(_float()).to_numpy()
        return np.asarray(cells, dtype=np.float64)

    def labels(self) -> Labels:
        """Return the cells as labels."""
        gone = self._gone()
        if self._type not in _WORDS:
            cells = self._objects()
            cells[gone] = None
            return ObjectColumn(cells).labels()
        levels = sorted(self.raw.drop_nulls().unique().to_list())
        if not levels:
            return Labels(np.full(len(self.raw), -1, dtype=np.int64), ())
        import narwhals

        found = self.raw.replace_strict(
            levels, list(range(len(levels))), return_dtype=narwhals.Int64
        )
        codes = np.nan_to_num(found.to_numpy(), nan=-1).astype(np.int64)
        return Labels(np.where(gone, -1, codes), tuple(levels))

    def moments(self, label: Hashable) -> Ints:
        """Return the cells as wall time of their zone."""
        if self._type not in ("Date", "Datetime"):
            if self._type in ("String", "Object"):
                return ObjectColumn(self._objects()).moments(label)
            raise not_dates(self.raw.to_list()[:3], label)
        moments = _moments.read_m8(self._m8())
        zone = self._zone()
        return moments if zone is None else _moments.to_wall(moments, zone)

    def with_numbers(self, values: Floats, old: Floats, how: Writing) -> Any:  # noqa: ARG002 - nulls need no care
        """Return the series with other numbers."""
        gone = np.isnan(values)
        if self.raw.dtype.is_float() and not np.isnan(old).any():
            return self._whole(values, gaps=bool(gone.any()))
        changed = moved(values, old)
        at, lost = np.flatnonzero(changed & ~gone), np.flatnonzero(changed & gone)
        return _scattered(_scattered(self.raw, lost, None), at, self._cells(values[at]))

    def _whole(self, values: Floats, *, gaps: bool) -> Any:
        """Return a series of floats made anew, with nulls for NaN."""
        import narwhals

        cells = cast(values, np.dtype(self._type.lower()))
        backend, dtype = self.raw.implementation, self.raw.dtype
        made = narwhals.new_series(self.raw.name, cells, dtype, backend=backend)
        return made.fill_nan(None) if gaps else made

    def with_labels(self, at: Ints, values: NDArray[np.object_], how: Writing) -> Any:
        """Return the series with other labels."""
        gone = absent(values)
        try:
            lost = _scattered(self._listing(values[~gone]), at[gone], None)
            return _scattered(lost, at[~gone], list(values[~gone]))
        except Exception as error:
            raise cannot_hold(values[~gone], self.raw.dtype, how) from error

    def _listing(self, labels: NDArray[np.object_]) -> Any:
        """Return the series; of an Enum, with these labels in its list too, behind its own."""
        if self._type != "Enum":
            return self.raw
        import narwhals

        listed = tuple(self.raw.dtype.categories)
        more = sorted(set(labels) - set(listed))
        return self.raw.cast(narwhals.Enum([*listed, *more])) if more else self.raw

    def with_moments(self, at: Ints, values: Ints, how: Writing) -> Any:
        """Return the series with other moments, in its unit and zone."""
        if self._type not in ("Date", "Datetime"):
            written = ObjectColumn(self._objects()).with_moments(at, values, how)
            return _scattered(self.raw, at, list(written[at]))
        zone = self._zone()
        utc = values if zone is None else _moments.to_utc(values, zone)
        gone = values == _moments.NAT
        new = _moments.write_m8(utc[~gone], self._m8()[at[~gone]])
        cells: list[Any] = new.astype("M8[D]" if self._type == "Date" else "M8[us]").tolist()
        if zone is not None:
            cells = [cell.replace(tzinfo=dt.UTC) for cell in cells]
        return _scattered(_scattered(self.raw, at[gone], None), at[~gone], cells)

    def _cells(self, values: Floats) -> list[Any]:
        """Return numbers as cells of the dtype."""
        if self._type == "Duration":
            unit = np.datetime_data(self.raw.to_numpy().dtype)[0]
            return list(cast(values, np.dtype(f"m8[{unit}]")).astype("m8[us]").tolist())
        dtype = self.raw.dtype
        if dtype.is_integer():
            inner = np.dtype(self._type.lower()) if self._type[-3:] != "128" else np.dtype(np.int64)
            return list(cast(values, inner).tolist())
        if dtype.is_float():
            return list(cast(values, np.dtype(self._type.lower())).tolist())
        if self._type == "Boolean":
            return list((np.rint(values) > 0).tolist())
        from decimal import Decimal

        return [Decimal(repr(value)) for value in values.tolist()]

    def _gone(self) -> Mask:
        return np.asarray(self.raw.is_null().to_numpy(), dtype=bool)

    def _objects(self) -> NDArray[np.object_]:
        return boxed(self.raw.to_list(), len(self.raw)).raw

    def _m8(self) -> NDArray[Any]:
        cells = np.asarray(self.raw.to_numpy())
        return cells if cells.dtype.kind == "M" else cells.astype("M8[us]")

    def _zone(self) -> dt.tzinfo | None:
        name = getattr(self.raw.dtype, "time_zone", None)
        return None if name is None else _zone_of(name)


def _scattered(series: Any, at: Ints, cells: list[Any] | None) -> Any:
    """Return a series with other cells at some places; None is missing."""
    if not len(at):
        return series
    import narwhals

    values = [None] * len(at) if cells is None else cells
    backend = series.implementation
    if cells is not None and getattr(series.dtype, "time_zone", None):
        # Times of another zone are converted, where a list of them would be taken for the column's own.
        moments = narwhals.new_series("", values, narwhals.Datetime("us", "UTC"), backend=backend)
        return series.scatter(at.tolist(), moments.cast(series.dtype))
    return series.scatter(
        at.tolist(), narwhals.new_series("", values, series.dtype, backend=backend)
    )


def _zone_of(name: str) -> dt.tzinfo:
    """Return a zone by its name, or by an offset such as +02:00."""
    if name[:1] in "+-":
        hours, _, minutes = name[1:].partition(":")
        ahead = dt.timedelta(hours=int(hours), minutes=int(minutes or 0))
        return dt.timezone(-ahead if name[0] == "-" else ahead)
    return ZoneInfo(name)


def _float() -> Any:
    import narwhals

    return narwhals.Float64
