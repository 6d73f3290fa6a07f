"""Tables of every container go into the working form and back without a scratch."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import perturbations as pt
from perturbations._frames import is_frame, same_frames
from perturbations._laws._compare import same
from perturbations._modality import Context
from perturbations.errors import BadValue
from perturbations.tabular._coding import decode, encode
from perturbations.tabular._fit import fit
from tests.perturbations.tabular.frames import arrow_table, frame, polars_frame

CONTAINERS = {
    "polars frame": polars_frame(),
    "polars frame without rows": polars_frame()[:0],
    "arrow table": arrow_table(),
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
    "list of frames": [
        pd.DataFrame({"a": [1], "b": ["x"]}),
        pd.DataFrame({"a": [2.5], "b": ["y"]}),
    ],
    "list of polars frames": [
        pl.DataFrame({"a": [1], "b": ["x"]}),
        pl.DataFrame({"a": [2], "b": ["y"]}),
    ],
    "spans": np.array([[3, 5], [7, -1]], dtype="m8[s]"),
}
ROWS = {
    "float array": np.array([1.0, np.nan]),
    "object array": np.array([1, "x", None], dtype=object),
    "mapping": {"a": 1, "b": None, "c": True},
    "series": pd.Series({"a": 1.0, "b": 2.0}, name="r"),
    "object series": pd.Series({"a": 1, "b": "x"}, dtype=object),
    "nullable series": pd.Series([1, None], index=["a", "b"], dtype="Int64"),
    "frame": frame().iloc[[0]],
    "polars frame": polars_frame()[:1],
    "arrow table": arrow_table()[2:],
}


def identical(a, b):
    if is_frame(a):
        return same_frames(a, b)
    if isinstance(a, pd.DataFrame):
        pd.testing.assert_frame_equal(a, b, check_exact=True)
        return all(
            same(list(x.array), list(y.array)) if x.dtype == object else True
            for (_, x), (_, y) in zip(a.items(), b.items(), strict=True)
        )
    if isinstance(a, list) and not isinstance(a[0], dict | np.ndarray):
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
            "expected a table: a 2-D array, a data frame, or a list of rows, got values=3.5",
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
        (pl.LazyFrame({"a": [1]}), True, r"compute it first: frame\.collect\(\)"),
    ],
)
def test_what_is_no_table_is_named(value, batched, words):
    with pytest.raises(BadValue, match=words):
        encode(value, Context(), batched)


def test_another_table_than_the_reference_is_named():
    reference = fit([{"a": 1.0, "b": 2.0}], {})
    with pytest.raises(
        BadValue, match=r"expected the columns of the reference \['a', 'b'\], got columns="
    ):
        encode({"b": 1.0, "a": 2.0}, Context(reference=reference), False)
    table, _ = encode(np.array([1.0, 2.0]), Context(reference=reference), False)
    assert table.shape == (1, 2)
