"""Moments of date columns: microseconds of the calendar and clock that the cell shows, whatever holds them.

Why: who mistakes a day for a month, or reads one zone's clock as another's, does so on what is written. So noise in dates
works on wall time; a zone is taken off when a cell is read and put back when it is written.
"""

import datetime as dt
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

NAT = int(np.iinfo(np.int64).min)
"""A missing moment."""
SECOND = 1_000_000
DAY = 86_400 * SECOND
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - wall time has no zone
_FIRST = (dt.date.min.toordinal() - _EPOCH.toordinal()) * DAY
_LAST = (dt.date.max.toordinal() - _EPOCH.toordinal() + 1) * DAY - 1
_WEEK = 7 * 86_400
_NANO = "ns"


def representable(moments: Ints) -> NDArray[np.bool_]:
    """Tell which moments lie in the years 1 to 9999, beyond which hardly any column can hold one."""
    return np.asarray((moments >= _FIRST) & (moments <= _LAST))


def read_m8(cells: NDArray[Any]) -> Ints:
    """Return numpy's dates as microseconds."""
    return cells.astype("M8[us]").view(np.int64)


def write_m8(moments: Ints, old: NDArray[Any]) -> NDArray[Any]:
    """Return microseconds in the unit of the old cells, whose nanoseconds stay; what it cannot hold stays as it was."""
    if np.datetime_data(old.dtype)[0] != _NANO:
        return moments.view("M8[us]").astype(old.dtype)
    top = int(np.iinfo(np.int64).max) // 1000 - 1
    fine = np.where(np.isnat(old), 0, old.view(np.int64) % 1000)
    new = (np.clip(moments, -top, top) * 1000 + fine).view(old.dtype)
    held = np.where(np.abs(moments) > top, old, new)
    return np.where(moments == NAT, np.datetime64("NaT"), held).astype(old.dtype)


def read_object(cell: object) -> int:
    """Return a date, a datetime or a text in ISO 8601 as microseconds.

    Raises:
        ValueError: the text is no date.
        TypeError: it is none of these.
    """
    if isinstance(cell, str):
        cell = dt.datetime.fromisoformat(cell)
    if isinstance(cell, dt.datetime):
        wall = dt.datetime(cell.year, cell.month, cell.day, cell.hour, cell.minute, cell.second)  # noqa: DTZ001
        return (wall - _EPOCH) // dt.timedelta(microseconds=1) + cell.microsecond
    if isinstance(cell, dt.date):
        return (cell.toordinal() - _EPOCH.toordinal()) * DAY
    if isinstance(cell, np.datetime64):
        return int(cell.astype("M8[us]").astype(np.int64))
    raise TypeError(f"no date: {cell!r}")


def as_datetime(moment: int) -> dt.datetime:
    """Return a moment of the years 1 to 9999 as a datetime without a zone."""
    return _EPOCH + dt.timedelta(microseconds=moment)


def write_object(moment: int, old: object) -> object:
    """Return a moment as an object of the kind of the old one; a missing one gives a date, or a datetime by day time."""
    if not _FIRST <= moment <= _LAST:
        return old
    if isinstance(old, str):
        return _iso(moment, old)
    if isinstance(old, np.datetime64):
        return write_m8(np.array([moment]), np.array([old]))[0]
    wall = _EPOCH + dt.timedelta(microseconds=moment)
    if isinstance(old, dt.datetime):
        return _stamp(moment, old) if hasattr(old, "tz_localize") else _shown(wall, old)
    return wall if old is None and moment % DAY else wall.date()


def _shown(wall: dt.datetime, old: dt.datetime) -> dt.datetime:
    return wall.replace(tzinfo=old.tzinfo, fold=old.fold)


def _stamp(moment: int, old: Any) -> Any:
    """Return a pandas Timestamp with the old one's zone, unit and nanoseconds."""
    bare = old.tz_localize(None)
    moved = type(old)(write_m8(np.array([moment]), np.array([bare.to_datetime64()]))[0])
    zone = old.tzinfo
    if zone is None:
        return moved
    return moved.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")


def _iso(moment: int, old: str) -> str:
    before = dt.datetime.fromisoformat(old)
    wall = _shown(_EPOCH + dt.timedelta(microseconds=moment), before)
    if len(old) <= len("2024-01-01"):
        return wall.date().isoformat()
    text = wall.isoformat(sep=old[10], timespec="auto")
    return text.removesuffix("+00:00") + "Z" if old.endswith("Z") else text


def to_wall(utc: Ints, zone: dt.tzinfo) -> Ints:
    """Return what clocks of a zone show at moments in UTC."""
    return np.where(utc == NAT, NAT, utc + _offsets(utc, zone))


def to_utc(wall: Ints, zone: dt.tzinfo) -> Ints:
    """Return moments in UTC at which clocks of a zone show these; one of two, or a near one, where clocks change."""
    near = wall - _offsets(wall, zone)
    return np.where(wall == NAT, NAT, wall - _offsets(near, zone))


def _offsets(utc: Ints, zone: dt.tzinfo) -> Ints:
    """Return by how much a zone's clocks are ahead of UTC."""
    present = utc[utc != NAT]
    if not len(present):
        return np.zeros_like(utc)
    years = (np.array([present.min(), present.max()]).view("M8[us]")).astype("M8[Y]")
    first, last = (int(year) + 1970 for year in years.astype(np.int64))
    starts, ahead = _changes(zone, max(first - 1, 2), min(last + 2, 9998))
    found = np.searchsorted(starts, utc // SECOND, side="right") - 1
    return ahead[np.maximum(found, 0)] * SECOND


@lru_cache(maxsize=64)
def _changes(zone: dt.tzinfo, first: int, last: int) -> tuple[Ints, Ints]:
    """Return when the offset of a zone changes between two years, and the offset from then on, in seconds."""
    begin, end = (int(dt.datetime(year, 1, 1, tzinfo=dt.UTC).timestamp()) for year in (first, last))
    starts, ahead = [begin], [_ahead(zone, begin)]
    for after in range(begin + _WEEK, end, _WEEK):
        new = _ahead(zone, after)
        if new != ahead[-1]:
            starts.append(_change(zone, after - _WEEK, after))
            ahead.append(new)
    return np.array(starts, dtype=np.int64), np.array(ahead, dtype=np.int64)


def _change(zone: dt.tzinfo, low: int, high: int) -> int:
    """Return the second between two at which the offset changes."""
    before = _ahead(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _ahead(zone, middle) == before else (low, middle)
    return high


def _ahead(zone: dt.tzinfo, second: int) -> int:
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=second)
    ahead = moment.astimezone(zone).utcoffset()
    return int(ahead.total_seconds()) if ahead is not None else 0
