"""Moments are wall time, whatever holds them, and go back to what held them."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from perturbations.tabular._moments import (
    DAY,
    NAT,
    SECOND,
    read_m8,
    read_object,
    representable,
    to_utc,
    to_wall,
    write_m8,
    write_object,
)

ZONES = (
    "Europe/Rome",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "UTC",
)


@pytest.mark.parametrize("zone", ZONES)
def test_wall_time_is_that_of_pandas(zone):
    utc = np.random.default_rng(0).integers(-2_000_000_000, 3_000_000_000, 5000) * SECOND
    stamps = pd.DatetimeIndex(utc.view("M8[us]")).tz_localize("UTC").tz_convert(zone)
    wall = to_wall(utc, ZoneInfo(zone))
    assert (wall.view("M8[us]") == stamps.tz_localize(None).to_numpy()).all()
    back = to_utc(wall, ZoneInfo(zone))
    # An hour that the clocks show twice is one of the two.
    assert set(np.abs(back - utc).tolist()) <= {0, 1800 * SECOND, 3600 * SECOND}
    assert (back == utc).mean() > 0.999


def test_clocks_change_at_the_second_that_they_do():
    spring = dt.datetime(2024, 3, 31, 1, 0, 0, tzinfo=dt.UTC)
    utc = np.array([spring.timestamp() - 1, spring.timestamp()], dtype=np.int64) * SECOND
    assert [1, 2] == ((to_wall(utc, ZoneInfo("Europe/Rome")) - utc) // (3600 * SECOND)).tolist()


def test_an_hour_that_does_not_exist_is_a_moment_near_it():
    gap = np.array([read_object(dt.datetime.fromisoformat("2024-03-31T02:30"))])
    utc = to_utc(gap, ZoneInfo("Europe/Rome"))
    shown = to_wall(utc, ZoneInfo("Europe/Rome")).view("M8[us]")[0]
    assert shown in {np.datetime64("2024-03-31T01:30"), np.datetime64("2024-03-31T03:30")}


def test_missing_stays_missing():
    assert [NAT] == read_m8(np.array(["NaT"], dtype="M8[s]")).tolist()
    assert [NAT] == to_wall(np.array([NAT]), ZoneInfo("Europe/Rome")).tolist()
    assert [NAT] == to_utc(np.array([NAT]), ZoneInfo("Europe/Rome")).tolist()
    assert np.isnat(write_m8(np.array([NAT]), np.array(["2024-01-01"], dtype="M8[ns]"))).all()
    assert np.isnat(write_m8(np.array([NAT]), np.array(["2024-01-01"], dtype="M8[D]"))).all()


@pytest.mark.parametrize("unit", ["D", "h", "s", "ms", "us", "ns"])
def test_numpy_units_come_back(unit):
    old = np.array(["2024-02-29", "1969-12-31"]).astype(f"M8[{unit}]")
    moments = read_m8(old)
    assert (write_m8(moments, old) == old).all()
    later = write_m8(moments + DAY, old)
    assert later.dtype == old.dtype
    assert (later.astype("M8[D]") == np.array(["2024-03-01", "1970-01-01"], "M8[D]")).all()


def test_nanoseconds_stay_and_what_they_cannot_hold_is_left_as_it_was():
    old = np.array(["2024-01-01T00:00:00.000000007"], dtype="M8[ns]")
    assert np.datetime64("2024-01-02T00:00:00.000000007") == write_m8(read_m8(old) + DAY, old)[0]
    year_9000 = read_m8(np.array(["9000-01-01"], dtype="M8[D]"))
    assert (write_m8(year_9000, old) == old).all()


@pytest.mark.parametrize(
    "old",
    [
        dt.date(2024, 1, 31),
        dt.datetime.fromisoformat("2024-01-31T03:04:05.000006"),
        dt.datetime(2024, 1, 31, 3, tzinfo=ZoneInfo("Europe/Rome")),
        pd.Timestamp("2024-01-31 03:04:05.123456789"),
        pd.Timestamp("2024-01-31", tz="Europe/Rome"),
        np.datetime64("2024-01-31", "D"),
        np.datetime64("2024-01-31T01:02:03.000000005", "ns"),
        "2024-01-31",
        "2024-01-31T03:04:05Z",
        "2024-01-31 03:04:05",
        "2024-01-31T03:04:05+02:00",
    ],
    ids=repr,
)
def test_objects_come_back_in_their_type_zone_and_form(old):
    moment = read_object(old)
    same, later = write_object(moment, old), write_object(moment + 29 * DAY, old)
    assert type(same) is type(later) is type(old)
    assert old == same
    assert "2024-02-29" == str(later)[:10]
    assert str(old)[10:] == str(later)[10:]


def test_a_cell_without_a_model_is_a_date_or_a_datetime_by_its_time():
    assert dt.date(1970, 1, 2) == write_object(DAY, None)
    assert dt.datetime.fromisoformat("1970-01-02T00:00:01") == write_object(DAY + SECOND, None)


def test_the_calendar_ends_with_the_year_9999():
    first, last = (read_object(each) for each in (dt.date.min, dt.date.max))
    assert [False, True, True, False] == representable(
        np.array([first - 1, first, last + DAY - 1, last + DAY])
    ).tolist()
    assert dt.date.max == write_object(last + DAY, dt.date.max)


def test_what_is_no_date_is_refused():
    with pytest.raises(ValueError, match="Invalid isoformat"):
        read_object("31/01/2024")
    with pytest.raises(TypeError, match="no date: 3"):
        read_object(3)
