"""Changed cells are written as their column holds them, and the others keep their bytes."""

import datetime as dt
import decimal

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from perturbations.errors import BadValue
from perturbations.tabular._columns import (
    ExtensionColumn,
    PlainColumn,
    SeriesColumn,
    Writing,
    array_column,
    boxed,
    can_hold,
    label_key,
)
from perturbations.tabular._moments import DAY, NAT

NAN = float("nan")


def polars(cells, dtype=None):
    return SeriesColumn(nw.from_native(pl.Series("c", cells, dtype=dtype), series_only=True))


def arrow(cells, dtype=None):
    column = pa.chunked_array([pa.array(cells, type=dtype)])
    return SeriesColumn(nw.from_native(column, series_only=True))


def pandas(cells, dtype):
    return ExtensionColumn(pd.array(cells, dtype=dtype))


def listed(raw):
    cells = raw.to_list() if hasattr(raw, "to_list") else list(raw)
    return [None if cell is pd.NA or cell is pd.NaT else cell for cell in cells]


BIG = 2**62 + 1
NUMBERS = {
    "int64": (array_column(np.array([1, 2, BIG])), [1, 7, BIG]),
    "uint8": (array_column(np.array([1, 2, 255], dtype=np.uint8)), [1, 7, 255]),
    "float32": (array_column(np.array([1, 2, 0.1], dtype=np.float32)), [1, 7, np.float32(0.1)]),
    "objects": (boxed([1, 2, BIG], 3), [1, 7, BIG]),
    "Int64": (pandas([1, 2, BIG], "Int64"), [1, 7, BIG]),
    "Float32": (pandas([1, 2, 0.5], "Float32"), [1, 7, 0.5]),
    "int64 of Arrow": (pandas([1, 2, BIG], "int64[pyarrow]"), [1, 7, BIG]),
    "polars Int64": (polars([1, 2, BIG]), [1, 7, BIG]),
    "polars UInt8": (polars([1, 2, 255], pl.UInt8), [1, 7, 255]),
    "polars Float32": (polars([1, 2, 0.5], pl.Float32), [1, 7, 0.5]),
    "polars Decimal": (
        polars([decimal.Decimal(1), decimal.Decimal(2), decimal.Decimal("0.5")]),
        [1, 7, 0.5],
    ),
    "arrow int64": (arrow([1, 2, BIG]), [1, 7, BIG]),
    "arrow double": (arrow([1.0, 2.0, 0.1]), [1, 7, 0.1]),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_changed_number_is_written_and_the_others_stay_exact(name):
    column, expected = NUMBERS[name]
    old = column.numbers("c")
    new = old.copy()
    new[1] = 7.0
    raw = column.with_numbers(new, old, Writing("c"))
    assert expected == listed(raw)
    assert raw.dtype == column.raw.dtype
    assert "numeric" == column.looks()


@pytest.mark.parametrize("name", [name for name in NUMBERS if name != "objects"])
def test_a_lost_number_is_missing_and_whole_ones_stay_whole_where_they_can(name):
    column, expected = NUMBERS[name]
    old = column.numbers("c")
    new = old.copy()
    new[1] = NAN
    raw = column.with_numbers(new, old, Writing("c", missing=True))
    found = listed(raw)
    assert found[1] is None or found[1] != found[1]
    assert [expected[0], pytest.approx(expected[2])] == [found[0], found[2]]
    whole = isinstance(column, PlainColumn) and column.raw.dtype.kind in "iu"
    assert raw.dtype == (np.dtype(float) if whole else column.raw.dtype)


def test_numbers_are_rounded_and_saturate_at_the_ends_of_their_dtype():
    for column in (
        array_column(np.array([0, 0, 0], dtype=np.int8)),
        pandas([0, 0, 0], "Int8"),
        polars([0, 0, 0], pl.Int8),
    ):
        raw = column.with_numbers(np.array([1e9, -1e9, 2.5]), np.zeros(3), Writing("c"))
        assert [127, -128, 2] == listed(raw)
    top = np.iinfo(np.int64).max
    for column in (
        array_column(np.zeros(2, dtype=np.int64)),
        polars([0, 0]),
        pandas([0, 0], "Int64"),
    ):
        assert [top, -top - 1] == listed(
            column.with_numbers(np.array([1e30, -1e30]), np.zeros(2), Writing("c"))
        )
    assert [np.finfo(np.float32).max, np.inf] == PlainColumn(
        np.zeros(2, dtype=np.float32)
    ).with_numbers(np.array([1e300, np.inf]), np.zeros(2), Writing("c")).tolist()


@pytest.mark.parametrize(
    "column",
    [
        array_column(np.array([3, "NaT", 5], dtype="m8[us]")),
        ExtensionColumn(pd.array(np.array([3, "NaT", 5], dtype="m8[us]"))),
        polars([dt.timedelta(microseconds=3), None, dt.timedelta(microseconds=5)]),
        arrow([dt.timedelta(microseconds=3), None, dt.timedelta(microseconds=5)]),
    ],
    ids=["numpy", "pandas", "polars", "arrow"],
)
def test_spans_of_time_are_numbers_in_their_unit(column):
    old = column.numbers("c")
    assert "numeric" == column.looks()
    assert [3.0, 5.0] == old[[0, 2]].tolist()
    assert np.isnan(old[1])
    raw = column.with_numbers(np.array([NAN, NAN, 70.4]), old, Writing("c", missing=True))
    found = listed(raw)
    assert dt.timedelta(microseconds=70) == pd.Timedelta(found[2]).to_pytimedelta()
    assert [True, True] == [pd.isna(found[0]), pd.isna(found[1])]


TEXTS = {
    "fixed width": array_column(np.array(["a", "bcd", "a"])),
    "objects": boxed(["a", "bcd", "a"], 3),
    "str": pandas(["a", "bcd", "a"], "str"),
    "string of Arrow": pandas(["a", "bcd", "a"], "string[pyarrow]"),
    "categories": ExtensionColumn(pd.Categorical(["a", "bcd", "a"])),
    "polars String": polars(["a", "bcd", "a"]),
    "polars Categorical": polars(["a", "bcd", "a"], pl.Categorical),
    "polars Enum": polars(["a", "bcd", "a"], pl.Enum(["bcd", "a"])),
    "arrow string": arrow(["a", "bcd", "a"]),
    "arrow dictionary": SeriesColumn(
        nw.from_native(
            pa.chunked_array([pa.array(["a", "bcd", "a"]).dictionary_encode()]), series_only=True
        )
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_labels_are_read_and_written(name):
    column = TEXTS[name]
    codes, levels = column.labels()
    assert ["a", "bcd", "a"] == [levels[code] for code in codes]
    assert "categorical" == column.looks()
    new = np.array(["bcd", None], dtype=object)
    raw = column.with_labels(np.array([0, 1]), new, Writing("c", missing=True))
    assert ["bcd", None, "a"] == [None if pd.isna(cell) else cell for cell in listed(raw)]


@pytest.mark.parametrize("name", TEXTS)
def test_a_new_label_is_written_and_listed_where_the_dtype_lists_its_labels(name):
    column = TEXTS[name]
    new = np.array(["a longer one"], dtype=object)
    assert column.closed == (name in {"categories", "polars Enum"})
    assert can_hold(column.holds, "a longer one")
    raw = column.with_labels(np.array([1]), new, Writing("c"))
    assert ["a", "a longer one", "a"] == listed(raw)
    if not column.closed:
        return
    kind = raw.dtype if name == "categories" else nw.to_native(raw).dtype
    assert ["a", "bcd", "a longer one"] == [*sorted(kind.categories[:2]), kind.categories[2]]
    assert ["a", "bcd", "a"] == listed(column.raw)


def test_an_order_of_categories_stays_and_new_ones_come_behind():
    sizes = pd.Categorical(["S", "M"], categories=["S", "M"], ordered=True)
    column = ExtensionColumn(sizes)
    raw = column.with_labels(np.array([0]), np.array(["s "], dtype=object), Writing("c"))
    assert raw.ordered and ["S", "M", "s "] == raw.categories.tolist()
    assert ["S", "M"] == sizes.categories.tolist()


@pytest.mark.parametrize(
    ("column", "able", "unable"),
    [
        (array_column(np.array([1, 2])), [5, -999, 2**63 - 1], ["unknown", 1.5, 2**63, True]),
        (array_column(np.array([1], dtype=np.uint8)), [0, 255], [-1, 256]),
        (array_column(np.array([1.5])), [-999, 0.5], ["x"]),
        (array_column(np.array([1j])), [], ["x", 1.5]),
        (array_column(np.array([b"x"])), [], ["x", 1]),
        (pandas([1, None], "Int64"), [7], ["x", 1.5]),
        (ExtensionColumn(pd.period_range("2024", periods=2, freq="M").array), [], ["x", 1]),
        (polars([b"x"]), [], ["x", 1]),
        (boxed([1, "x"], 2), ["x", 1j, None], []),
    ],
    ids=[
        "ints",
        "bytes of numbers",
        "floats",
        "complex",
        "bytes",
        "Int64",
        "periods",
        "Binary",
        "objects",
    ],
)
def test_what_a_column_can_hold_follows_from_its_dtype(column, able, unable):
    assert all(can_hold(column.holds, label) for label in able)
    assert not any(can_hold(column.holds, label) for label in unable)


@pytest.mark.parametrize(
    "column",
    [
        array_column(np.array([True, False])),
        boxed([True, False], 2),
        pandas([True, False], "boolean"),
        polars([True, False]),
        arrow([True, False]),
    ],
    ids=["numpy", "objects", "pandas", "polars", "arrow"],
)
def test_truth_values_are_labels(column):
    codes, levels = column.labels()
    assert [True, False] == [levels[code] for code in codes]
    assert "boolean" == column.looks()
    raw = column.with_labels(np.array([0]), np.array([False], dtype=object), Writing("c"))
    assert [False, False] == listed(raw)


def test_labels_of_objects_are_told_apart_by_type():
    codes, levels = boxed([1, True, 1.0, "1", None, NAN, np.int8(1), [1], [1]], 9).labels()
    assert [0, 1, 2, 3, -1, -1, 0, 4, 5] == codes.tolist()
    assert (1, True, 1.0, "1", [1], [1]) == levels
    assert label_key(np.str_("a")) == label_key("a")


DAYS = {
    "numpy days": array_column(np.array(["2024-01-31", "NaT"], dtype="M8[D]")),
    "numpy nanoseconds": array_column(np.array(["2024-01-31", "NaT"], dtype="M8[ns]")),
    "texts": array_column(np.array(["2024-01-31", "2024-01-01"])),
    "objects": boxed([dt.date(2024, 1, 31), None], 2),
    "pandas": ExtensionColumn(pd.array(np.array(["2024-01-31", "NaT"], dtype="M8[s]"))),
    "pandas with a zone": ExtensionColumn(
        pd.DatetimeIndex(["2024-01-31", None]).tz_localize("Europe/Rome").array
    ),
    "date of Arrow": pandas([dt.date(2024, 1, 31), None], pd.ArrowDtype(pa.date32())),
    "timestamp of Arrow": pandas(
        [dt.datetime.fromisoformat("2024-01-31"), None], pd.ArrowDtype(pa.timestamp("us"))
    ),
    "polars Date": polars([dt.date(2024, 1, 31), None]),
    "polars Datetime": polars([dt.datetime.fromisoformat("2024-01-31"), None], pl.Datetime("ms")),
    "polars with a zone": SeriesColumn(
        nw.from_native(
            pl.Series("c", [dt.datetime.fromisoformat("2024-01-31"), None]).dt.replace_time_zone(
                "Asia/Tokyo"
            ),
            series_only=True,
        )
    ),
    "polars text": polars(["2024-01-31", None]),
    "arrow date": arrow([dt.date(2024, 1, 31), None]),
    "arrow with an offset": arrow(
        [dt.datetime.fromisoformat("2024-01-31T00:00+02:00"), None], pa.timestamp("us", tz="+02:00")
    ),
}


@pytest.mark.parametrize("name", DAYS)
def test_dates_are_read_as_wall_time_and_written_in_their_zone(name):
    column = DAYS[name]
    moments = column.moments("c")
    assert np.datetime64("2024-01-31") == moments.view("M8[us]")[0]
    assert name == "texts" or moments[1] == NAT
    raw = column.with_moments(np.array([0]), moments[:1] + 29 * DAY, Writing("c"))
    assert "2024-02-29" == str(listed(raw)[0])[:10]
    same = type(column)(raw) if name != "texts" else array_column(raw)
    assert np.datetime64("2024-02-29") == same.moments("c").view("M8[us]")[0]
    assert name == "texts" or raw.dtype == column.raw.dtype
    lost = column.with_moments(np.array([0]), np.array([NAT]), Writing("c"))
    assert pd.isna(listed(lost)[0])


@pytest.mark.parametrize(
    "column",
    [
        boxed(["x"], 1),
        polars(["x"]),
        polars([1.5]),
        pandas(["x"], "str"),
        array_column(np.array([1.5])),
    ],
)
def test_what_is_no_date_is_named(column):
    with pytest.raises(BadValue, match=r"dates in the date column 'day'"):
        column.moments("day")


@pytest.mark.parametrize(
    "column", [boxed(["x"], 1), polars(["x"]), pandas(["x"], "str"), array_column(np.array(["x"]))]
)
def test_what_is_no_number_is_named(column):
    with pytest.raises(BadValue, match=r"numbers in the numeric column 'age'"):
        column.numbers("age")
