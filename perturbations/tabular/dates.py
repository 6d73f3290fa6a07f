"""Dates that are wrong: day and month exchanged, another zone, another year or century, known to the month only.

Why: all of them act on what the calendar and the clock show, whatever zone or type holds it; a date stays a date.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, did_you_mean, explain
from perturbations.tabular._columns import Ints, Mask
from perturbations.tabular._moments import DAY, NAT, representable
from perturbations.tabular._reference import TableReference
from perturbations.tabular._report import done
from perturbations.tabular._table import Columns, Table

_HOUR = 3_600_000_000
_STARTS = ("day", "month", "year")


@perturbation(coupling="mask", measure="changed")
def day_month_swap(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.25, 0.5, 1.0, unit="share of ambiguous dates", high=1.0),
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """Day and month are exchanged: 3 April is read as 4 March, as 03/04 is in another country.

    Dates whose day is at most 12 and not the month's number are ambiguous, about 36 % of a year; no other date can be
    misread so. The time of day stays. The same draw twice gives the clean row back.

    Severity: the probability that an ambiguous date is misread; 1 is a file read in the wrong order.

    Settings:
        columns: names or positions of the columns to change; all of dates when empty.

    Raises:
        NotApplicable: there is no column of dates.

    References:
        ISO 8601-1:2019 (year-month-day, which rules this out); the ladder is our choice.
    """
    table = on_dates(value, columns)
    year, month, day, clock = _parts(table.moments)
    ambiguous = (table.moments != NAT) & (day <= 12) & (day != month)
    swapped = _moment(year, np.where(ambiguous, day, month), np.where(ambiguous, month, day), clock)
    return _dated(value, table, draw, share, swapped, ambiguous)


@perturbation(coupling="mask", measure="changed")
def time_zone_error(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.25, 0.5, 1.0, unit="share of rows", high=1.0),
    hours: float = -8.0,
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """Time stamps of one source are in another zone: its local time is taken for everybody's, or the reverse.

    All moments of a hit row are off by `hours`. A date without a time of day stands for its midnight: eight hours before it
    is the day before, and eight hours after it is the same day. A column of dates keeps no hours, so a shift of less than a
    day forward leaves it as it was.

    Severity: the probability that a row comes from that source.

    Settings:
        hours: by how much its stamps are off; -8 is local time at UTC-8, or UTC where the others are at UTC+8. 1 or -1 is
            daylight saving time applied twice or not at all.
        columns: names or positions of the columns to change; all of dates when empty.

    Raises:
        BadSetting: no hours, or more than a day.
        NotApplicable: there is no column of dates.

    References:
        IANA time zone database (offsets from -12 to +14 hours); the ladder is our choice.
    """
    if not 0 < abs(hours) <= 24:
        hint = "such as -8, 1 or 5.5"
        raise BadSetting(explain("hours within a day, and not 0", "hours", hours, hint))
    table = on_dates(value, columns)
    there = table.moments != NAT
    shifted = np.where(there, table.moments + round(hours * _HOUR), NAT)
    if reference is not None:
        by_day = np.array([column.by_day for column in reference.dates], dtype=bool)
        shifted = np.where(by_day & there, shifted // DAY * DAY, shifted)
    row = table.hit_rows(draw, share)[:, None]
    return _dated(value, table, draw, share, shifted, there & (shifted != table.moments), rows=row)


@perturbation(coupling="mask", measure="changed")
def year_error(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.25, 0.5, unit="share of dates", high=1.0),
    years: int = -1,
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """A date is in the wrong year: in January people write last year's number.

    The year is off by `years`; month, day and time stay, but for 29 February, which becomes the 28th where there is none.

    Severity: the probability that a date is wrong; the ladder is our choice.

    Settings:
        years: by how many years it is off.
        columns: names or positions of the columns to change; all of dates when empty.

    Raises:
        BadSetting: no years.
        NotApplicable: there is no column of dates.

    References:
        our own choice of edit; Christen, Data Matching (2012): errors in dates.
    """
    if years == 0:
        raise BadSetting(explain("a number of years other than 0", "years", years))
    table = on_dates(value, columns)
    return _dated(value, table, draw, share, _in_year(table.moments, lambda y: y + years))


@perturbation(coupling="mask", measure="changed")
def century_error(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.25, 0.5, unit="share of dates", high=1.0),
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """A year of two digits is read in the wrong century: born in 1924 becomes born in 2024.

    Years up to 1999 are a hundred years later, years from 2000 on a hundred years earlier: on the other side of the pivot by
    which two digits are read. 29 February becomes the 28th where there is none.

    Severity: the probability that a date is wrong; 0.5 is our choice of the worst.

    Settings:
        columns: names or positions of the columns to change; all of dates when empty.

    Raises:
        NotApplicable: there is no column of dates.

    References:
        POSIX.1-2017, strptime %y: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068.
    """
    table = on_dates(value, columns)
    other = _in_year(table.moments, lambda y: np.where(y < 2000, y + 100, y - 100))
    return _dated(value, table, draw, share, other)


@perturbation(coupling="mask", measure="changed")
def date_truncation(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.25, 0.5, 1.0, unit="share of dates", high=1.0),
    to: str = "month",
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """A date is known to the month only, and stored as its first day; or a time stamp loses its time.

    A date becomes the start of its month, year or day. Dates that stand there stay.

    Severity: the probability that a date is known so far only.

    Settings:
        to: "month", "year" or "day".
        columns: names or positions of the columns to change; all of dates when empty.

    Raises:
        BadSetting: `to` is another word.
        NotApplicable: there is no column of dates.

    References:
        CDISC SDTMIG 3.4, section on partial dates (imputed to the first of the month); the ladder is our choice.
    """
    if to not in _STARTS:
        hint = did_you_mean(to, _STARTS)
        raise BadSetting(explain(f"one of {', '.join(_STARTS)}", "to", to, hint))
    table = on_dates(value, columns)
    year, month, day, _ = _parts(table.moments)
    none = np.zeros_like(table.moments)
    first = np.ones_like(table.moments)
    start = _moment(year, first if to == "year" else month, day if to == "day" else first, none)
    return _dated(value, table, draw, share, start)


def on_dates(value: Table, columns: Columns) -> Table:
    """Return the table with its columns of dates open.

    Raises:
        NotApplicable: there is none.
    """
    return value.only(columns, ("date",))


def _dated(
    value: Table,
    table: Table,
    draw: Draw,
    share: float,
    moments: Ints,
    eligible: Mask | None = None,
    *,
    rows: Mask | None = None,
) -> Noisy:
    """Put other moments where cells are hit and there is another one that can be held."""
    there = (table.moments != NAT) & (moments != table.moments) & representable(moments)
    able = there if eligible is None else there & eligible
    hit = able & table.allowed.moments
    hit &= table.hit(draw, share).moments if rows is None else rows
    noisy = replace(table, moments=np.where(hit, moments, table.moments))
    return done(value, noisy, requested=share, eligible=table.mark(moments=able))


def _parts(moments: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return year, month, day, and microseconds into the day; of a missing moment, those of 1970."""
    known = np.where(moments == NAT, 0, moments)
    stamps = known.view("M8[us]")
    months = stamps.astype("M8[M]").astype(np.int64)
    days = stamps.astype("M8[D]").astype(np.int64)
    first = months.view("M8[M]").astype("M8[D]").astype(np.int64)
    return months // 12 + 1970, months % 12 + 1, days - first + 1, known - days * DAY


def _moment(year: Ints, month: NDArray[np.int64], day: Ints, clock: Ints) -> Ints:
    """Return moments; a day that the month has not becomes its last."""
    months = (year - 1970) * 12 + month - 1
    starts = np.stack([months, months + 1]).view("M8[M]").astype("M8[D]").astype(np.int64)
    last = starts[1] - starts[0]
    return np.asarray((starts[0] + np.minimum(day, last) - 1) * DAY + clock)


def _in_year(moments: Ints, change: Callable[[Ints], Ints]) -> Ints:
    year, month, day, clock = _parts(moments)
    return _moment(np.asarray(change(year)), month, day, clock)
