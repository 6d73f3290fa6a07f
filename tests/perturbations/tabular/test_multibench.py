"""MultiBench's noise in tables: what the protocol describes, and that what is swapped is swapped."""

from math import sqrt

import numpy as np
import pandas as pd
import pytest

import perturbations as pt
from perturbations.errors import BadSetting, NotApplicable

ROWS, COLUMNS = 2000, 6


def noise(*parts, **settings):
    chosen = {"parts": parts} if parts else {}
    return pt.get("multibench/tabular", **chosen, **settings)


@pytest.fixture(scope="module")
def table():
    return np.random.default_rng(6).normal(size=(ROWS, COLUMNS)) + 10.0


def noisy(made, table, level):
    return made.batch(table, level, samples=range(len(table)))


@pytest.mark.parametrize("level", [0.1, 0.3, 0.9])
def test_drop_makes_a_share_of_the_numbers_zero(table, level):
    after = noisy(noise("drop"), table, level)
    lost = after == 0
    assert level == pytest.approx(lost.mean(), abs=4 * sqrt(level * (1 - level) / table.size))
    np.testing.assert_array_equal(table[~lost], after[~lost])


@pytest.mark.parametrize("level", [0.1, 0.3, 1.0])
def test_a_swap_keeps_the_numbers_of_every_row(table, level):
    """The program writes the left neighbour over its right one: 3.8 % of rows keep their numbers at level 0.3."""
    after = noisy(noise("swap"), table, level)
    np.testing.assert_array_equal(np.sort(table, axis=1), np.sort(after, axis=1))
    assert (after != table).any()


def test_at_level_1_the_first_number_wanders_to_the_end(table):
    """In the program all numbers of a row become its first one."""
    np.testing.assert_array_equal(np.roll(table, -1, axis=1), noisy(noise("swap"), table, 1.0))


def test_a_number_changes_columns_as_often_as_swaps_let_it(table):
    """The last column keeps its number with probability 1 - level, the first one too."""
    after = noisy(noise("swap"), table, 0.3)
    for column in (0, COLUMNS - 1):
        kept = (after[:, column] == table[:, column]).mean()
        assert 0.7 == pytest.approx(kept, abs=4 * sqrt(0.21 / ROWS))


def test_parts_are_separable(table):
    both, dropped = noisy(noise(), table, 0.4), noisy(noise("drop"), table, 0.4)
    assert (both == 0).sum() == (dropped == 0).sum()
    np.testing.assert_array_equal(np.sort(dropped, axis=1), np.sort(both, axis=1))


def test_missing_cells_stay_missing_and_trade_with_nobody(table):
    gaps = table.copy()
    gaps[:, 2] = np.nan
    after = noisy(noise("swap"), gaps, 1.0)
    assert np.isnan(after[:, 2]).all()
    np.testing.assert_array_equal(gaps[:, [1, 0]], after[:, :2])
    np.testing.assert_array_equal(np.roll(gaps[:, 3:], -1, axis=1), after[:, 3:])
    assert np.isnan(noisy(noise(), gaps, 1.0)[:, 2]).all()


def test_other_kinds_of_column_stay_and_numbers_trade_across_them():
    frame = pd.DataFrame({"a": [1.5, 2.5], "kind": ["x", "y"], "b": [3, 4], "c": [5.0, 6.0]})
    after = noise("swap").batch(frame, 1.0, samples=[0, 1])
    assert ["x", "y"] == after["kind"].tolist()
    assert [3.0, 4.0] == after["a"].tolist()
    assert [5, 6] == after["b"].tolist()
    assert [1.5, 2.5] == after["c"].tolist()
    some = noise("swap", columns=("a", "c")).batch(frame, 1.0, samples=[0, 1])
    assert ([5.0, 6.0], [3, 4], [1.5, 2.5]) == tuple(some[c].tolist() for c in "abc")


def test_the_clean_table_is_not_written_to(table):
    before = table.copy()
    noisy(noise(), table, 0.9)
    np.testing.assert_array_equal(before, table)


def test_a_joint_level_is_divided(table):
    np.testing.assert_array_equal(
        noisy(noise(), table, 0.3), noisy(noise(divided_by=3.0), table, 0.9)
    )


def test_a_table_without_numbers_and_unknown_parts_are_refused():
    with pytest.raises(NotApplicable, match="numeric column"):
        noise()({"kind": "x", "colour": "red"}, 0.5)
    with pytest.raises(BadSetting, match="did you mean drop"):
        noise("drp")(np.ones(3), 0.5)
