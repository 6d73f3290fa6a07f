"""Tables of every container go into the working form and back without a scratch."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import perturbations as pt
from perturbations._laws._compare import same
from perturbations._modality import Context
from perturbations.errors import BadValue
from perturbations.tabular._fit import fit
from perturbations.tabular._table import decode, encode


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "float32": np.array([1.5, np.nan, -0.0], dtype=np.float32),
            "int8": np.array([127, -128, 3], dtype=np.int8),
            "bool": [True, False, True],
            "größe": [1.0, 2.0, np.nan],
            "text": ["a", None, "ß"],
            "category": pd.Categorical(
                ["x", None, "y"], categories=["y", "x", "unused"], ordered=True
            ),
            "Int64": pd.array([1, None, 2**60 + 1], dtype="Int64"),
            "Float64": pd.array([1.5, None, 2.5], dtype="Float64"),
            "boolean": pd.array([True, None, False], dtype="boolean"),
            "date": pd.to_datetime(["2024-01-01", None, "2024-01-03"]),
            "zoned": pd.to_datetime(["2024-01-01", None, "2024-01-03"]).tz_localize("Europe/Rome"),
            "object": np.array([None, 3, np.nan], dtype=object),
            "never": np.array([None, None, None], dtype=object),
        },
        index=pd.Index(["b", "a", "a"], name="id"),
    )


CONTAINERS = {
    "float array": np.array([[1.0, np.nan], [-0.0, np.inf]]),
    "float16 array": np.array([[1.0, np.nan], [-0.0, np.inf]], dtype=np.float16),
    "int array": np.array([[2**62 + 1, -5], [0, 1]]),
    "bool array": np.array([[True, False]]),
    "text array": np.array([["a", "bcd"], ["e", ""]]),
    "date array": np.array([["2024-01-01", "NaT"]], dtype="datetime64[ns]"),
    "object array": np.array([[1, 2.5, "x", None], [np.int8(3), np.nan, "", True]], dtype=object),
    "no rows": np.zeros((0, 3)),
    "no columns": np.zeros((3, 0)),
    "frame": frame(),
    "frame without rows": frame().iloc[:0],
    "frame of equal names": pd.DataFrame([[1, "a"], [2, "b"]], columns=["x", "x"]),
    "frame of many levels": pd.DataFrame(
        [[1.0, 2.0]], columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])
    ),
    "list of arrays": [np.array([1.0, 2.0]), np.array([3.0, np.nan])],
    "list of mappings": [{"a": 1, "b": None}, {"a": np.float32(2.5), "b": "x"}],
    "list of series": [
        pd.Series({"a": 1, "b": "x"}),
        pd.Series({"a": np.nan, "b": None}, name="r"),
    ],
    "list of one": [{"a": 1}],
}
ROWS = {
    "float array": np.array([1.0, np.nan]),
    "object array": np.array([1, "x", None], dtype=object),
    "mapping": {"a": 1, "b": None, "c": True},
    "series": pd.Series({"a": 1.0, "b": 2.0}, name="r"),
    "object series": pd.Series({"a": 1, "b": "x"}, dtype=object),
    "nullable series": pd.Series([1, None], index=["a", "b"], dtype="Int64"),
    "frame": frame().iloc[[0]],
}


def identical(a, b):
    if isinstance(a, pd.DataFrame):
        pd.testing.assert_frame_equal(a, b, check_exact=True)
        return all(
            same(list(x.array), list(y.array)) if x.dtype == object else True
            for (_, x), (_, y) in zip(a.items(), b.items(), strict=True)
        )
    if isinstance(a, list) and isinstance(a[0], pd.Series):
        return all(map(identical, a, b))
    if isinstance(a, pd.Series):
        pd.testing.assert_series_equal(a, b, check_exact=True)
        return True
    if isinstance(a, np.ndarray) and a.dtype != object:
        return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    return same(a, b)


@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize("missing", [False, True])
def test_untouched_containers_come_back_identical(name, missing):
    value = CONTAINERS[name]
    context = Context(missing=missing)
    table, token = encode(value, context, True)
    back = decode(table, token, context, True)
    if not missing:
        assert identical(value, back)
    assert type(back) is type(value)
    assert table.shape == (len(value), len(table.names))


@pytest.mark.parametrize("name", ROWS)
def test_untouched_rows_come_back_identical(name):
    table, token = encode(ROWS[name], Context(), False)
    assert identical(ROWS[name], decode(table, token, Context(), False))
    assert len(table) == 1


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(
        st.sampled_from([np.float64, np.float32, np.int64, np.uint8, np.uint64, np.bool_]),
        hnp.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=5),
    )
)
def test_any_array_comes_back_identical(value):
    table, token = encode(value, Context(), True)
    assert identical(value, decode(table, token, Context(), True))


def test_kinds_are_seen_in_dtypes_and_cells():
    reference = fit(frame(), {})
    found = dict(zip(reference.names, reference.kinds, strict=True))
    numeric = {name for name, kind in found.items() if kind == "numeric"}
    assert numeric == {"float32", "int8", "größe", "Int64", "Float64", "object"}


def test_declared_kinds_win_by_name_and_by_position():
    value = np.array([[1.0, 2.0, 3.0]])
    table, _ = encode(value, Context({"kinds": {1: "categorical"}}), True)
    assert (table.numeric_at, table.categorical_at) == ((0, 2), (1,))
    table, _ = encode(value, Context({"kinds": {"2": "categorical"}}), True)
    assert table.categorical_at == (2,)
    table, _ = encode({"a": 1, "b": 2}, Context({"kinds": {"b": "categorical"}}), False)
    assert table.categorical.tolist() == [[2]]


def test_the_reference_decides_kinds_where_a_row_cannot():
    reference = fit([{"a": 1.0}, {"a": None}], {})
    table, _ = encode({"a": None}, Context(reference=reference), False)
    assert table.numeric_at == (0,)


def test_whole_numbers_beyond_2_to_53_survive_next_to_a_change():
    noise = pt.get("tabular/unit-error").with_settings(factor=10.0)
    value = pd.DataFrame({"id": [2**62 + 1, 2**62 + 3], "x": [5, 6]})
    facts = {"kinds": {"id": "categorical"}}
    reference = noise.fit(value, facts=facts)
    noisy = noise.batch(value, 1.0, samples="ab", facts=facts, reference=reference)
    assert noisy["id"].tolist() == value["id"].tolist()
    assert noisy["x"].tolist() == [50, 60]
    assert noisy.dtypes.equals(value.dtypes)


@pytest.mark.parametrize(
    ("value", "batched", "words"),
    [
        (
            3.5,
            True,
            "expected a table: a 2-D array, a DataFrame, or a list of rows, got values=3.5",
        ),
        (3.5, False, "expected one row: a 1-D array, a mapping, a Series"),
        ([], True, "expected at least one row"),
        ([1.0, 2.0], True, r"got values\[0\]=1.0"),
        (np.zeros((2, 2, 2)), True, "expected a table"),
        (np.zeros(3, dtype=complex), False, "expected numbers, text, dates or objects"),
        (
            [{"a": 1}, {"b": 1}],
            True,
            r"expected the columns of the first row \['a'\], got values\[1\]",
        ),
        (pd.DataFrame({"a": pd.arrays.SparseArray([1, 0])}), True, "make it dense first"),
    ],
)
def test_what_is_no_table_is_named(value, batched, words):
    with pytest.raises(BadValue, match=words):
        encode(value, Context(), batched)


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ({"hieght": "numeric"}, "did you mean height?"),
        ({"height": "number"}, r"expected numeric or categorical, got kinds\['height'\]='number'"),
        ({7: "numeric"}, "expected a column name or position"),
        (["numeric"], "expected a mapping from column to kind"),
        ({"name": "numeric"}, "expected numbers in the numeric column 'name'"),
    ],
)
def test_wrong_kinds_are_named(kinds, words):
    with pytest.raises(BadValue, match=words):
        encode({"height": 1.8, "name": "Ada"}, Context({"kinds": kinds}), False)


def test_another_table_than_the_reference_is_named():
    reference = fit([{"a": 1.0, "b": 2.0}], {})
    with pytest.raises(
        BadValue, match=r"expected the columns of the reference \['a', 'b'\], got columns="
    ):
        encode({"b": 1.0, "a": 2.0}, Context(reference=reference), False)
    table, _ = encode(np.array([1.0, 2.0]), Context(reference=reference), False)
    assert table.shape == (1, 2)


def test_the_reference_holds_closed_form_statistics():
    cells = np.array([[1.0, np.nan, 7.0, np.inf], [2.0, np.nan, 7.0, 1.0], [3.0, np.nan, 7.0, 3.0]])
    first, nothing, constant, infinite = fit(cells, {}).numeric
    assert (first.count, first.mean) == (3, 2.0)
    assert first.std == pytest.approx(np.sqrt(2 / 3), rel=1e-15)
    assert (nothing.count, nothing.mean, nothing.std, nothing.grid) == (0, 0.0, 0.0, ())
    assert (constant.mean, constant.std, set(constant.grid)) == (7.0, 0.0, {7.0})
    assert (infinite.count, infinite.mean) == (2, 2.0)
    assert len(first.grid) == 201
    assert [first.grid.count(x) for x in (1.0, 2.0, 3.0)] == [67, 67, 67]


def test_the_reference_does_not_overflow():
    column = fit(np.array([[1e308], [-1e308]]), {}).numeric[0]
    assert (column.mean, column.std) == (0.0, 1e308)


def test_the_reference_does_not_depend_on_the_order_of_rows():
    rows = [{"a": "x", "b": 1.0}, {"a": "y", "b": 2.0}, {"a": "x", "b": 3.0}, {"a": None, "b": 3.0}]
    assert fit(rows, {}) == fit(rows[::-1], {})
    assert fit(rows, {}).categorical[0].counts == (2, 1)


def test_the_reference_reads_back_equal_from_json():
    import json

    odd = [
        "x",
        1,
        True,
        2.5,
        b"\xff",
        (1, "a"),
        datetime.date(2024, 2, 1),
        np.datetime64("2024-01-01", "s"),
    ]
    mixed = np.empty((len(odd), 1), dtype=object)
    mixed[:, 0] = odd
    for value in (frame(), mixed, np.zeros((2, 3)), CONTAINERS["frame of many levels"]):
        reference = fit(value, {})
        text = json.dumps(reference.to_json(), allow_nan=False)
        assert type(reference).from_json(json.loads(text)) == reference


def test_a_category_that_cannot_be_stored_is_named():
    with pytest.raises(BadValue, match="expected a category that can be stored"):
        fit([{"a": object()}], {}).to_json()
    with pytest.raises(BadValue, match="expected hashable categories"):
        fit([{"a": []}], {})


def test_distance_in_closed_form():
    clean = np.array([[0.0, 1.0, np.nan], [2.0, 1.0, 5.0]])
    noisy = np.array([[3.0, np.nan, np.nan], [2.0, 1.0, 5.0]])
    found = pt.distance("tabular", clean, noisy)
    # column 0 has standard deviation 1; four cells are numbers in both
    assert found == {"changed": 2 / 6, "displacement": 3 / 4, "missing": 1 / 6}
    assert set(pt.distance("tabular", clean, clean).values()) == {0.0}


def test_distance_of_one_row_counts_in_the_reference_columns():
    reference = fit(np.array([[0.0, 0.0], [4.0, 0.0]]), {})
    clean, noisy = np.array([1.0, 1.0]), np.array([3.0, 1.0])
    assert pt.distance("tabular", clean, noisy, reference=reference)["displacement"] == 0.5
    assert pt.distance("tabular", clean, noisy)["displacement"] == 1.0
    with pytest.raises(BadValue, match="rows and columns"):
        pt.distance("tabular", clean, np.zeros(3))


def test_distance_of_mixed_rows():
    clean = {"a": 1, "b": "x", "c": None, "d": True}
    noisy = {"a": 1, "b": None, "c": "new", "d": False}
    found = pt.distance("tabular", clean, noisy)
    assert found == {"changed": 0.75, "displacement": 0.0, "missing": 0.25}
