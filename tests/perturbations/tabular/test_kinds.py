"""The kind of a column is declared, or seen, or the reference's."""

import datetime

import numpy as np
import pandas as pd
import pytest

import perturbations as pt
from perturbations._modality import Context
from perturbations.errors import BadValue, NotApplicable
from perturbations.tabular._coding import encode
from perturbations.tabular._fit import fit
from tests.perturbations.tabular.frames import arrow_table, frame, polars_frame


def kinds_of(value, facts=None):
    table, _ = encode(value, Context(facts or {}), True)
    return dict(zip(table.names, table.kinds, strict=True))


def test_kinds_are_seen_in_dtypes_and_cells():
    assert {
        "float32": "numeric",
        "int8": "numeric",
        "bool": "boolean",
        "größe": "numeric",
        "text": "categorical",
        "category": "categorical",
        "Int64": "numeric",
        "Float64": "numeric",
        "boolean": "boolean",
        "date": "date",
        "zoned": "date",
        "object": "numeric",
        "never": "categorical",
    } == kinds_of(frame())


@pytest.mark.parametrize("value", [polars_frame(), arrow_table()], ids=["polars", "arrow"])
def test_kinds_are_seen_in_frames_of_other_libraries(value):
    found = kinds_of(value)
    assert {"int", "float", "span", "decimal"} >= {k for k, v in found.items() if v == "numeric"}
    assert ["flag"] == [k for k, v in found.items() if v == "boolean"]
    assert ["day", "time", "zoned"] == [k for k, v in found.items() if v == "date"]
    assert "categorical" == found["text"] == found["list"] == found["nothing"] == found["clock"]


def test_kinds_of_objects_are_those_of_their_cells():
    cells = {
        "numbers": [1, 2.5, np.int8(3)],
        "flags": [True, None, np.bool_(False)],
        "days": [datetime.date(2024, 1, 1), None, datetime.datetime.fromisoformat("2024-01-01")],
        "mixed": [1, "a", None],
        "flag and number": [True, 2, None],
        "nothing": [None, float("nan"), None],
    }
    rows = [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]
    found = kinds_of(rows)
    assert ["numeric", "boolean", "date"] + ["categorical"] * 3 == list(found.values())


def test_free_text_is_told_by_the_rows_and_not_by_one():
    rows = [{"note": f"note {i}", "kind": "ab"[i % 2]} for i in range(30)]
    assert ("text", "categorical") == fit(rows, {}).kinds
    assert ("categorical", "categorical") == fit(rows[:19], {}).kinds
    assert ("categorical", "text") == fit(
        rows, {"kinds": {"note": "categorical", "kind": "text"}}
    ).kinds


def test_declared_kinds_win_by_name_and_by_position():
    value = np.array([[1.0, 2.0, 3.0]])
    assert ["numeric", "categorical", "numeric"] == list(
        kinds_of(value, {"kinds": {1: "categorical"}}).values()
    )
    assert "categorical" == kinds_of(value, {"kinds": {"2": "categorical"}})[2]
    table, _ = encode({"a": 1, "b": 2}, Context({"kinds": {"b": "categorical"}}), False)
    assert ((2,),) == table.levels
    days = encode([{"d": "2024-03-04"}], Context({"kinds": {"d": "date"}}), True)[0]
    assert np.datetime64("2024-03-04") == days.moments.view("M8[us]")[0, 0]


def test_the_reference_decides_kinds_where_a_row_cannot():
    reference = fit([{"a": 1.0}, {"a": None}], {})
    table, _ = encode({"a": None}, Context(reference=reference), False)
    assert ("numeric",) == table.kinds


def test_protected_columns_are_closed_to_noise_of_every_kind():
    facts = {"protect": ["id", "x"]}
    value = pd.DataFrame({"id": [7, 8], "y": [1.0, 2.0], "x": ["a", "b"]})
    noisy = pt.get("tabular/missing").batch(value, 1.0, samples="ab", facts=facts, dose=None)
    assert noisy["id"].tolist() == [7, 8]
    assert noisy["id"].dtype == value["id"].dtype
    assert noisy["x"].tolist() == ["a", "b"]
    with pytest.raises(
        BadValue, match=r"column name or position, got protect='idd'[^\n]*\n.*mean id"
    ):
        encode(value, Context({"protect": "idd"}), True)


def test_a_table_can_be_narrowed_to_columns_and_kinds():
    table, _ = encode(frame(), Context(), True)
    assert ["bool", "boolean"] == [
        n for n, o in zip(table.names, table.only((), ("boolean",)).open, strict=True) if o
    ]
    assert ["int8"] == [
        n
        for n, o in zip(table.names, table.only(("int8", "text"), ("numeric",)).open, strict=True)
        if o
    ]
    with pytest.raises(
        NotApplicable,
        match=r"a table with a date column among int8, got columns=\{'numeric': 6, .*\n.*declare it: facts",
    ):
        table.only(("int8",), ("date",))
    assert 1 == table.only(("category",), ("categorical",), words=True).open.sum()
    with pytest.raises(NotApplicable, match="make it text first"):
        table.only(("boolean",), ("boolean",), words=True)


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ({"hieght": "numeric"}, "did you mean height?"),
        (
            {"height": "number"},
            r"expected one of numeric, categorical, boolean, text, date, got kinds\['height'\]='number'",
        ),
        ({7: "numeric"}, "expected a column name or position"),
        (["numeric"], "expected a mapping from column to kind"),
        ({"name": "numeric"}, "expected numbers in the numeric column 'name'"),
        ({"name": "date"}, "expected dates in the date column 'name'"),
    ],
)
def test_wrong_kinds_are_named(kinds, words):
    with pytest.raises(BadValue, match=words):
        encode({"height": 1.8, "name": "Ada"}, Context({"kinds": kinds}), False)
