"""Dates are wrong as people and systems get them wrong, and stay dates."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import perturbations as pt
from perturbations.errors import BadSetting, BadValue, NotApplicable
from tests.perturbations.tabular.statistics import within

SWAP, ZONE, YEAR, CENTURY, START = map(
    pt.get,
    (
        "tabular/day-month-swap",
        "tabular/time-zone-error",
        "tabular/year-error",
        "tabular/century-error",
        "tabular/date-truncation",
    ),
)
ALL = (SWAP, ZONE, YEAR, CENTURY, START)
DAYS = [dt.date(2020, 1, 1) + dt.timedelta(days=k) for k in range(4 * 365 + 1)]
"""Four years with their leap day, each day once."""


def forms(days=DAYS):
    stamps = pd.to_datetime(days)
    return {
        "objects": pd.DataFrame({"d": pd.Series(days, dtype=object)}),
        "stamps": pd.DataFrame({"d": stamps}),
        "zoned": pd.DataFrame({"d": (stamps + pd.Timedelta(hours=12)).tz_localize("Europe/Rome")}),
        "texts": pd.DataFrame({"d": [day.isoformat() for day in days]}),
        "polars": pl.DataFrame({"d": days}),
        "numpy": np.array(days, dtype="M8[D]")[:, None],
    }


def batch(noise, table, share=1.0, **given):
    facts = {"kinds": {0: "date"}}
    reference = noise.fit(table, facts=facts)
    return noise.batch(
        table,
        dose={"share": share},
        samples=range(len(table)),
        facts=facts,
        reference=reference,
        **given,
    )


def days_of(table):
    if isinstance(table, np.ndarray):
        return table[:, 0].astype("M8[D]").tolist()
    found = table["d"]
    if isinstance(table, pd.DataFrame) and hasattr(found, "dt"):
        return [each.date() for each in found]
    return [dt.date.fromisoformat(each) if isinstance(each, str) else each for each in found]


def exchanged(day):
    return day.replace(month=day.day, day=day.month) if day.day <= 12 else day


EARLY = ["03/04/2024", "25/12/2023", None, "01/02/2024"]


@pytest.mark.parametrize(
    "make",
    [
        lambda cells: pd.DataFrame({"born": cells}),
        lambda cells: pd.DataFrame({"born": pd.Categorical(cells)}),
        lambda cells: pl.DataFrame({"born": cells}),
        lambda cells: pa.table({"born": cells}),
    ],
    ids=["pandas", "category", "polars", "arrow"],
)
def test_dates_as_text_are_read_by_the_format_that_all_cells_fit_and_written_in_it(make):
    noise, facts = pt.get("tabular/day-month-swap"), {"kinds": {"born": "date"}}
    table = make(EARLY)
    reference = noise.fit(table, facts=facts)
    assert "%d/%m/%Y" == reference.dates[0].format
    given = {"facts": facts, "reference": reference}
    noisy = noise.batch(table, 1.0, samples="abcd", **given)
    found = noisy["born"].to_pylist() if isinstance(noisy, pa.Table) else list(noisy["born"])
    found = [None if pd.isna(cell) else cell for cell in found]
    assert ["04/03/2024", "25/12/2023", None, "02/01/2024"] == found
    assert {"changed": 0.5} == {
        k: v for k, v in pt.distance("tabular", table, noisy, facts=facts).items() if k == "changed"
    }
    alone = noise({"born": "03/04/2024"}, 1.0, sample="a", **given)
    assert {"born": "04/03/2024"} == alone


def test_month_first_and_other_signs_are_found_and_a_format_can_be_given():
    noise, kinds = pt.get("tabular/day-month-swap"), {"kinds": {0: "date"}}
    us = noise.fit([{"d": "12/25/2023 10:30"}, {"d": "1/2/2024 09:00"}], facts=kinds)
    assert "%m/%d/%Y %H:%M" == us.dates[0].format
    noisy = noise({"d": "1/2/2024 09:00"}, 1.0, sample="a", reference=us)
    assert {"d": "2/1/2024 09:00"} == noisy
    given = kinds | {"date_format": {"d": "%d.%m.%y"}}
    assert {"d": "05.04.24"} == noise({"d": "04.05.24"}, 1.0, sample="a", facts=given)


def test_day_and_month_that_cannot_be_told_apart_are_named():
    noise, kinds = pt.get("tabular/day-month-swap"), {"kinds": {"d": "date"}}
    with pytest.raises(BadValue, match=r"tell day from month(.|\n)*date_format"):
        noise({"d": "03/04/2024"}, 1.0, sample="a", facts=kinds)
    with pytest.raises(BadValue, match=r"dates as %d/%m/%Y in the date column 'd'"):
        noise({"d": "3 April"}, 1.0, sample="a", facts=kinds | {"date_format": "%d/%m/%Y"})
    with pytest.raises(BadValue, match="did you mean d"):
        noise(
            {"dd": "2024-01-01"},
            1.0,
            sample="a",
            facts={"date_format": {"ddd": "%d"}} | {"kinds": {"dd": "date"}},
        )


@pytest.mark.parametrize("form", forms())
def test_day_and_month_are_exchanged_where_that_is_a_date(form):
    table = forms()[form]
    noisy = batch(SWAP, table)
    assert [exchanged(day) for day in DAYS] == days_of(noisy)
    assert type(noisy) is type(table)
    again = batch(SWAP, noisy)
    assert DAYS == days_of(again), "the same misreading twice is none"


def test_a_third_of_all_dates_is_ambiguous_and_of_these_a_share_is_misread():
    table = forms()["stamps"]
    able = sum(exchanged(day) != day for day in DAYS)
    assert able / len(DAYS) == pytest.approx(0.36, abs=0.005)
    noisy = batch(SWAP, table, 0.3)
    assert within((noisy["d"] != table["d"]).sum(), able, 0.3)


def test_the_time_of_day_stays_with_a_wrong_date():
    stamp = pd.Timestamp("2024-03-04 05:06:07.000000008")
    table = pd.DataFrame({"d": [stamp]})
    for noise, wanted in ((SWAP, "2024-04-03"), (YEAR, "2023-03-04"), (CENTURY, "1924-03-04")):
        assert pd.Timestamp(f"{wanted} 05:06:07.000000008") == batch(noise, table)["d"][0]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Rome", "America/New_York"])
def test_a_zone_is_kept_and_its_clock_is_what_shows(zone):
    stamp = pd.Timestamp("2024-02-07 23:30", tz=zone)
    noisy = batch(SWAP, pd.DataFrame({"d": [stamp]}))["d"]
    assert pd.Timestamp("2024-07-02 23:30", tz=zone) == noisy[0]
    assert f"datetime64[us, {zone}]" == str(noisy.dtype)


@pytest.mark.parametrize(
    ("hours", "stamp", "wanted"),
    [
        (-8.0, "2024-03-01 05:00", "2024-02-29 21:00"),
        (5.5, "2023-12-31 20:00", "2024-01-01 01:30"),
        (1.0, "2024-06-01 12:00", "2024-06-01 13:00"),
    ],
)
def test_stamps_of_another_zone_are_hours_off(hours, stamp, wanted):
    table = pd.DataFrame({"d": [pd.Timestamp(stamp)]})
    assert pd.Timestamp(wanted) == batch(ZONE.with_settings(hours=hours), table)["d"][0]


@pytest.mark.parametrize("form", ["objects", "stamps", "polars", "numpy"])
@pytest.mark.parametrize(("hours", "days"), [(-8.0, -1), (8.0, 0)])
def test_a_date_without_a_time_is_the_day_before_or_the_same(form, hours, days):
    noisy = batch(ZONE.with_settings(hours=hours), forms()[form])
    assert [day + dt.timedelta(days=days) for day in DAYS] == days_of(noisy)


def test_all_stamps_of_a_row_are_of_one_source():
    stamps = pd.to_datetime(["2024-01-01 12:00"] * 500)
    table = pd.DataFrame({"a": stamps, "b": stamps})
    noisy = ZONE.batch(table, dose={"share": 0.4}, samples=range(500))
    off = noisy != table
    assert (off["a"] == off["b"]).all()
    assert within(off["a"].sum(), 500, 0.4)


@pytest.mark.parametrize(("years", "shift"), [(-1, -1), (3, 3)])
def test_a_year_is_off_and_leap_days_end_february(years, shift):
    noisy = days_of(batch(YEAR.with_settings(years=years), forms()["objects"]))
    for before, after in zip(DAYS, noisy, strict=True):
        assert (before.year + shift, before.month) == (after.year, after.month)
        leap = (before.month, before.day) == (2, 29)
        assert after.day == (28 if leap else before.day)


def test_a_year_of_two_digits_is_in_the_other_century():
    days = [dt.date(1924, 5, 6), dt.date(1999, 12, 31), dt.date(2000, 2, 29), dt.date(2024, 2, 29)]
    wanted = [
        dt.date(2024, 5, 6),
        dt.date(2099, 12, 31),
        dt.date(1900, 2, 28),
        dt.date(1924, 2, 29),
    ]
    assert wanted == days_of(batch(CENTURY, forms(days)["objects"]))


@pytest.mark.parametrize(
    ("to", "wanted"),
    [("month", "2024-05-01 00:00"), ("year", "2024-01-01 00:00"), ("day", "2024-05-17 00:00")],
)
def test_a_date_is_known_so_far_only(to, wanted):
    table = pd.DataFrame({"d": [pd.Timestamp("2024-05-17 13:14"), pd.NaT]})
    noisy = batch(START.with_settings(to=to), table)["d"]
    assert pd.Timestamp(wanted) == noisy[0]
    assert noisy[1] is pd.NaT


@pytest.mark.parametrize("noise", ALL, ids=str)
def test_dates_at_the_ends_of_their_type_stay(noise):
    ends = forms([dt.date.min, dt.date.max])["objects"]
    assert all(isinstance(each, dt.date) for each in batch(noise, ends)["d"])
    fine = pd.DataFrame(
        {"d": np.array([pd.Timestamp.min.ceil("D"), pd.Timestamp.max], dtype="M8[ns]")}
    )
    noisy = batch(noise, fine)
    assert noisy["d"].dtype == fine["d"].dtype
    assert noisy["d"].notna().all()


@pytest.mark.parametrize("noise", ALL, ids=str)
def test_missing_dates_stay_and_are_no_candidates(noise):
    row = {"a": None, "b": dt.date(2024, 5, 6), "c": 3.5}
    facts = {"kinds": {"a": "date", "b": "date"}}
    done = noise.apply(row, dose={"share": 1.0}, sample="a", facts=facts)
    assert done.value["a"] is None
    assert 1 == done.report["eligible"] == done.report["edits"]
    assert ("numeric",) == done.report["untouched_kinds"]


@pytest.mark.parametrize("noise", ALL, ids=str)
def test_a_table_without_dates_is_not_called_robust(noise):
    with pytest.raises(
        NotApplicable,
        match=r"a table with a date column, got columns=\{'numeric': 1, 'categorical': 1\}.*\n.*\"date\"",
    ):
        noise({"a": 1.0, "b": "2024-01-01"}, 1.0, sample="a")


@pytest.mark.parametrize(
    ("noise", "settings", "words"),
    [
        (ZONE, {"hours": 0.0}, "hours within a day, and not 0"),
        (ZONE, {"hours": 25.0}, "got hours=25.0"),
        (YEAR, {"years": 0}, "a number of years other than 0"),
        (START, {"to": "mont"}, "did you mean month"),
    ],
)
def test_settings_that_mean_nothing_are_named(noise, settings, words):
    with pytest.raises(BadSetting, match=words):
        batch(noise.with_settings(**settings), forms()["objects"])


def test_clocks_that_change_leave_a_moment():
    # 02:30 on 31 March 2024 does not exist in Rome: it is a moment beside it
    stamp = pd.Timestamp("2024-03-31 10:30", tz="Europe/Rome")
    noisy = batch(ZONE, pd.DataFrame({"d": [stamp]}))["d"][0]
    assert noisy.tz_convert(ZoneInfo("Europe/Rome")).hour in {1, 3}
