"""How far noisy rows are from clean ones, in closed form."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import perturbations as pt
from perturbations._modality import Context
from perturbations.errors import BadValue
from perturbations.tabular._fit import fit
from perturbations.tabular._forms import rows_of


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


def test_distance_of_dates_counts_in_standard_deviations_and_days():
    clean = [{"d": datetime.date(2024, 1, 1)}, {"d": datetime.date(2024, 1, 5)}]
    noisy = [{"d": datetime.date(2024, 1, 4)}, {"d": None}]
    found = pt.distance("tabular", clean, noisy)
    # the standard deviation is two days; one of two dates is there before and after
    assert found == {"changed": 1.0, "displacement": 1.5, "missing": 0.5}
    assert pt.distance("tabular", clean[0], noisy[0])["displacement"] == 3.0


@pytest.mark.parametrize("kind", ["frame", "polars", "arrow", "mappings"])
def test_distances_of_rows_at_once_are_those_one_by_one(kind):
    make = {
        "frame": pd.DataFrame,
        "polars": pl.DataFrame,
        "arrow": pa.table,
        "mappings": lambda d: [
            dict(zip(d, row, strict=True)) for row in zip(*d.values(), strict=True)
        ],
    }[kind]
    old = {
        "a": [1.0, 2.0, 3.0],
        "b": ["x", "y", None],
        "d": [datetime.date(2024, 1, k) for k in (1, 2, 3)],
    }
    new = {
        "a": [1.0, 5.0, None],
        "b": ["x", None, "z"],
        "d": [datetime.date(2024, 1, k) for k in (1, 2, 9)],
    }
    reference = fit(make(old), {})
    found = pt.modality("tabular").distances(make(old), make(new), Context(reference=reference))
    rows = zip(rows_of(make(old)), rows_of(make(new)), strict=True)
    assert found == [pt.distance("tabular", a, b, reference=reference) for a, b in rows]
    assert [0.0, 2 / 3, 1.0] == [each["changed"] for each in found]


def test_a_flag_beside_a_gap_is_the_same_flag_where_it_is_a_float():
    clean = pd.DataFrame({"a": [True, False, True], "b": [3, 4, 5]})
    noisy = pd.DataFrame({"a": [1.0, 0.0, None], "b": [3.0, None, 5.0]})
    facts = {"kinds": {"b": "categorical"}}
    assert pt.distance("tabular", clean, noisy, facts=facts)["changed"] == pytest.approx(2 / 6)
