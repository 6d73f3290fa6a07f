"""The reference holds what the clean columns are, once, and comes back from JSON as it was."""

import datetime
import decimal
import json
import pickle

import numpy as np
import pandas as pd
import pytest

from perturbations.errors import BadValue
from perturbations.tabular._fit import fit
from perturbations.tabular._moments import DAY
from perturbations.tabular._reference import GRID, TableReference
from tests.perturbations.tabular.frames import arrow_table, frame, polars_frame


def test_numbers_have_closed_form_statistics():
    cells = np.array([[1.0, np.nan, 7.0, np.inf], [2.0, np.nan, 7.0, 1.0], [3.0, np.nan, 7.0, 3.0]])
    first, nothing, constant, infinite = fit(cells, {}).numeric
    assert (first.count, first.mean, first.distinct, first.missing) == (3, 2.0, 3, 0)
    assert first.std == pytest.approx(np.sqrt(2 / 3), rel=1e-15)
    assert (nothing.count, nothing.mean, nothing.std, nothing.grid, nothing.missing) == (
        0,
        0,
        0,
        (),
        3,
    )
    assert (constant.mean, constant.std, set(constant.grid)) == (7.0, 0.0, {7.0})
    assert (infinite.count, infinite.mean, infinite.missing) == (2, 2.0, 1)
    assert len(first.grid) == GRID
    assert [first.grid.count(x) for x in (1.0, 2.0, 3.0)] == [67, 67, 67]
    assert (first.edges, first.bins) == ((1.0, 2.0, 3.0), (1, 1, 1, 0))


def test_bins_count_every_cell_once():
    cells = np.random.default_rng(0).normal(size=5000)
    column = fit(cells[:, None], {}).numeric[0]
    assert sum(column.bins) == 5000
    ends = np.append(column.edges, np.inf)
    assert np.diff(np.searchsorted(np.sort(cells), ends, side="right"), prepend=0).tolist() == list(
        column.bins
    )


@pytest.mark.parametrize(
    ("cells", "step"),
    [
        ([17.99, 20.57, 11.4], 0.01),
        ([18.0, 35.0, 72.0], 1.0),
        ([1500.0, 2500.0, 12000.0], 100.0),
        ([0.1, 0.25], 0.01),
        ([-0.5, 3.0], 0.5 * 0.2),
        ([0.0, 0.0], 1.0),
        ([7.0, 7.0], 1.0),
        ([2.0e-7, 5.0e-7], 1e-7),
        ([3e20, 5e20], 1e20),
    ],
)
def test_the_step_is_the_place_of_the_last_digit(cells, step):
    assert fit(np.array(cells)[:, None], {}).numeric[0].step == pytest.approx(step)


def test_the_step_of_measured_numbers_is_a_thousandth_of_their_spread_at_least():
    column = fit(np.random.default_rng(0).normal(50, 4, size=(300, 1)), {}).numeric[0]
    assert column.step == 0.001


def test_statistics_do_not_overflow():
    column = fit(np.array([[1e308], [-1e308]]), {}).numeric[0]
    assert (column.mean, column.std) == (0.0, 1e308)


def test_dates_have_the_statistics_of_their_days():
    rows = [{"d": datetime.date(2024, 1, k)} for k in (1, 3, 5)] + [{"d": None}]
    column = fit(rows, {}).dates[0]
    assert (column.count, column.missing, column.distinct, column.by_day) == (3, 1, 3, True)
    assert column.mean == 19725 * DAY
    assert column.std == pytest.approx(np.sqrt(8 / 3) * DAY)
    assert not fit([{"d": pd.Timestamp("2024-01-01 12:00")}], {}).dates[0].by_day


def test_labels_are_counted_in_their_declared_order_or_by_their_text():
    sizes = pd.Categorical(["L", "S", "L", None], categories=["S", "M", "L"], ordered=True)
    ordered, plain = fit(pd.DataFrame({"a": sizes, "b": ["y", "x", "y", "y"]}), {}).labelled
    assert (ordered.labels, ordered.counts, ordered.ordered, ordered.missing) == (
        ("S", "L"),
        (1, 2),
        True,
        1,
    )
    assert (plain.labels, plain.counts, plain.ordered) == (("x", "y"), (1, 3), False)
    assert plain.most_frequent == "y"


def test_of_free_text_a_sample_is_kept_and_not_all():
    rows = [{"note": f"note {i:04}"} for i in range(1000)]
    column = fit(rows, {}).labelled[0]
    assert (column.kind, column.count, column.distinct, len(column.sample)) == (
        "text",
        1000,
        1000,
        GRID,
    )
    assert column.sample == tuple(sorted(column.sample))


def test_the_order_of_rows_does_not_matter():
    rows = [{"a": "x", "b": 1.0}, {"a": "y", "b": 2.0}, {"a": "x", "b": 3.0}, {"a": None, "b": 3.0}]
    assert fit(rows, {}) == fit(rows[::-1], {})
    assert fit(rows, {}).labelled[0].counts == (2, 1)


@pytest.mark.parametrize("kind", ["numpy scalars", "python"])
def test_codes_find_labels_of_any_container(kind):
    reference = fit([{"a": 1}, {"a": 2}], {"kinds": {"a": "categorical"}})
    levels = (np.int64(2), 3, True, np.int8(1)) if kind == "numpy scalars" else (2, 3, True, 1)
    assert [1, -1, 0, 0] == reference.codes(0, levels).tolist()


def test_a_code_beside_a_gap_is_known_as_a_float_too():
    rows = [{"a": 1, "b": True}, {"a": 2, "b": False}]
    reference = fit(rows, {"kinds": {"a": "categorical"}})
    assert [1, 0, -1] == reference.codes(0, (2.0, 1.0, 2.5)).tolist()
    assert [1, 0] == reference.codes(1, (1.0, 0.0)).tolist()


def mixed():
    odd = [
        "x", 1, True, 2.5, b"\xff", (1, "a"), datetime.time(3), datetime.timedelta(1),
        decimal.Decimal("1.50"), pd.Timedelta(3), float("inf"), 1.5 - 2j, pd.Period("2024-03", "M"),
    ]  # fmt: skip
    cells = np.empty((len(odd), 1), dtype=object)
    cells[:, 0] = odd
    return cells


TABLES = {
    "frame": frame(),
    "polars frame": polars_frame().drop("list"),
    "arrow table": arrow_table().drop_columns(["list"]),
    "odd labels": mixed(),
    "numbers": np.zeros((2, 3)),
    "no rows": np.zeros((0, 3)),
    "names of many levels": pd.DataFrame(
        [[1.0, 2.0]], columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_it_reads_back_equal_from_json_and_pickles(name):
    reference = fit(TABLES[name], {})
    text = json.dumps(reference.to_json(), allow_nan=False)
    back = TableReference.from_json(json.loads(text))
    assert reference == back
    assert [type(v) for c in back.labelled for v in getattr(c, "labels", ())] == [
        type(v) for c in reference.labelled for v in getattr(c, "labels", ())
    ]
    assert reference == pickle.loads(pickle.dumps(reference))


def test_labels_that_cannot_be_stored_or_counted_are_named():
    with pytest.raises(BadValue, match="expected a category that can be stored"):
        fit([{"a": object()}], {}).to_json()
    with pytest.raises(BadValue, match="expected hashable categories"):
        fit([{"a": []}], {})
