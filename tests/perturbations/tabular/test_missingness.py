"""Cells, rows and columns are lost as often as asked for, by the mechanism that was asked for."""

import datetime

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.datasets import load_breast_cancer

import perturbations as pt
from perturbations.errors import BadSetting, BadValue, NotApplicable
from perturbations.tabular._chance import DIRECTIONS, bins_of, chances
from perturbations.tabular._fit import fit
from tests.perturbations.tabular.statistics import little, logistic_regression, within

MCAR, MAR, MNAR, ROWS = map(
    pt.get,
    ("tabular/missing", "tabular/missing-mar", "tabular/missing-mnar", "tabular/incomplete-rows"),
)
N = 4000
GENERATOR = np.random.default_rng(7)


def correlated(n=N):
    """Return three standard normal columns, each pair with a correlation of 0.6."""
    cov = np.full((3, 3), 0.6) + 0.4 * np.eye(3)
    return GENERATOR.normal(size=(n, 3)) @ np.linalg.cholesky(cov).T


@pytest.fixture(scope="module")
def cells():
    return correlated()


@pytest.fixture(scope="module")
def cancer():
    return load_breast_cancer().data


def lost(noise, table, share, /, *, seed=0, reference=None, **settings):
    noise = noise.with_settings(**settings)
    reference = reference or noise.fit(table)
    noisy = noise.batch(
        table, dose={"share": share}, samples=range(len(table)), reference=reference, seed=seed
    )
    return np.isnan(noisy) & ~np.isnan(table)


def score(column):
    """Return the rank of each number, from -1 for the least to 1 for the greatest."""
    return 2 * (stats.rankdata(column) - 0.5) / len(column) - 1


def test_a_share_of_cells_is_lost_completely_at_random(cancer):
    gone = lost(MCAR, cancer, 0.2)
    assert within(gone.sum(), gone.size, 0.2)
    # no column and no row has more than its share
    for axis in (0, 1):
        counts, trials = gone.sum(axis=axis), gone.shape[axis]
        statistic = ((counts - trials * 0.2) ** 2 / (trials * 0.2 * 0.8)).sum()
        assert stats.chi2.sf(statistic, len(counts)) > 0.001


@pytest.mark.parametrize("share", [0.05, 0.35])
@pytest.mark.parametrize("noise", [MCAR, MAR, MNAR], ids=str)
def test_the_expected_share_of_cells_is_the_dose(noise, share, cancer):
    reference, settings = noise.fit(cancer), {"driver": "3"} if noise is MAR else {}
    runs = [lost(noise, cancer, share, seed=s, reference=reference, **settings) for s in range(60)]
    gone = np.array(runs)
    if noise is MAR:
        assert not gone[:, :, 3].any(), "the driver is never lost"
        gone = np.delete(gone, 3, axis=2)
    assert within(gone.sum(), gone.size, share)
    # and that in every column
    by_column = gone.sum(axis=(0, 1))
    assert all(within(count, 60 * len(cancer), share, errors=4.5) for count in by_column)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("share", [0.01, 0.3, 0.9, 1.0])
def test_the_intercept_is_solved_exactly(direction, share):
    table = pd.DataFrame(
        {
            "normal": GENERATOR.normal(size=500),
            "tied": GENERATOR.integers(0, 4, 500),
            "constant": np.ones(500),
            "heavy": GENERATOR.standard_cauchy(500),
            "gaps": np.where(np.arange(500) % 3 == 0, np.nan, GENERATOR.normal(size=500)),
            "label": GENERATOR.choice(list("aaab"), 500),
            "flag": GENERATOR.random(500) < 0.1,
            "day": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(GENERATOR.integers(0, 99, 500), "D"),
        }
    )
    for column in fit(table, {}).columns:
        for strength in (0.5, 2.0, 20.0):
            for missing in (False, True):
                found = chances(column, share, direction, strength, missing=missing)
                weights = np.append(bins_of(column)[0], column.missing if missing else 0)
                assert np.average(found, weights=weights) == pytest.approx(share, abs=1e-12)
                assert ((found >= 0) & (found <= 1)).all()


def test_chances_follow_the_logistic_law_of_the_rank(cells):
    column = fit(cells, {}).numeric[0]
    found = chances(column, 0.3, "high", 2.0, missing=False)[:-1]
    ranks = bins_of(column)[1]
    slope = np.diff(np.log(found / (1 - found))) / np.diff(2 * ranks - 1)
    assert slope == pytest.approx(2.0, abs=1e-6)


def test_completely_at_random_depends_on_nothing(cells):
    gone = lost(MCAR, cells, 0.3)
    beta, se = logistic_regression(np.column_stack([score(c) for c in cells.T]), gone[:, 0])
    assert (np.abs(beta[1:]) < 4 * se[1:]).all()


@pytest.mark.parametrize("strength", [1.0, 3.0])
def test_at_random_depends_on_the_driver_and_given_it_on_nothing_else(cells, strength):
    gone = lost(MAR, cells, 0.3, driver="0", strength=strength)
    scores = np.column_stack([score(c) for c in cells.T])
    for lost_column in (1, 2):
        beta, se = logistic_regression(scores, gone[:, lost_column])
        assert abs(beta[1] - strength) < 4 * se[1], "the driver, by its strength"
        assert (np.abs(beta[2:]) < 4 * se[2:]).all(), "neither its own value nor the other's"
        # Without the driver, the column's own value seems to matter: they are correlated.
        alone, error = logistic_regression(scores[:, [lost_column]], gone[:, lost_column])
        assert alone[1] > 4 * error[1]


@pytest.mark.parametrize("strength", [1.0, 3.0])
def test_not_at_random_depends_on_the_value_itself(cells, strength):
    gone = lost(MNAR, cells, 0.3, strength=strength)
    scores = np.column_stack([score(c) for c in cells.T])
    for column in range(3):
        beta, se = logistic_regression(scores, gone[:, column])
        own = 1 + column
        assert abs(beta[own] - strength) < 4 * se[own], "its own value, by its strength"
        others = np.delete(np.arange(1, 4), column)
        assert (np.abs(beta[others]) < 4 * se[others]).all(), "and given it no other"


@pytest.mark.parametrize(("noise", "holds"), [(MCAR, True), (MAR, False)], ids=["MCAR", "MAR"])
def test_littles_test_tells_the_mechanisms_apart(noise, holds):
    cells = correlated(600)
    settings = {"driver": "0"} if noise is MAR else {}
    found = [
        little(np.where(lost(noise, cells, 0.2, seed=s, **settings), np.nan, cells))
        for s in range(3)
    ]
    assert min(found) > 0.001 if holds else max(found) < 1e-6


@pytest.mark.parametrize(
    ("direction", "sign"), [("high", 1), ("low", -1), ("middle", 0), ("tails", 0)]
)
@pytest.mark.parametrize("noise", [MAR, MNAR], ids=["MAR", "MNAR"])
def test_the_direction_says_which_values_are_lost(noise, direction, sign, cells):
    settings = {"driver": "0"} if noise is MAR else {}
    gone = lost(noise, cells, 0.3, direction=direction, strength=4.0, **settings)[:, 1]
    says = cells[:, 0 if noise is MAR else 1]
    error = np.sqrt(1 / gone.sum() + 1 / (~gone).sum())
    difference = (says[gone].mean() - says[~gone].mean()) / error
    assert abs(difference) < 4 if sign == 0 else sign * difference > 10
    spread = says[gone].std() - says[~gone].std()
    if sign == 0:
        assert (spread > 0.1) == (direction == "tails")


def test_a_missing_driver_counts_as_its_middle(cells):
    holes = cells.copy()
    holes[::2, 0] = np.nan
    gone = lost(MAR, holes, 0.3, driver="0")[:, 1:]
    assert within(gone.sum(), gone.size, 0.3)
    assert within(
        gone[::2].sum(),
        gone[::2].size,
        chances(fit(holes, {}).numeric[0], 0.3, "high", 2.0, missing=True)[-1],
    )


def test_the_driver_is_one_for_the_run_and_another_in_the_next(cells):
    drivers = [
        int(np.flatnonzero(~lost(MAR, cells[:200], 0.5, seed=s).any(axis=0))[0]) for s in range(12)
    ]
    assert {0, 1, 2} == set(drivers)


def mixed(n=3000):
    size = pd.Categorical(
        GENERATOR.choice(["S", "M", "L"], n), categories=["S", "M", "L"], ordered=True
    )
    return pd.DataFrame(
        {
            "kind": GENERATOR.choice(["often", "seldom"], n, p=[0.8, 0.2]),
            "size": size,
            "flag": GENERATOR.random(n) < 0.5,
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(n) % 100, "D"),
            "note": [f"note {i}" for i in range(n)],
        }
    )


def test_labels_flags_and_dates_are_lost_by_what_they_are():
    table = mixed()
    noise = MNAR.with_settings(strength=3.0)
    noisy = noise.batch(
        table, dose={"share": 0.3}, samples=range(len(table)), reference=noise.fit(table)
    )
    gone = noisy.isna()
    assert all(within(gone[name].sum(), len(table), 0.3) for name in table)
    rate = {
        name: gone[name].groupby(table[name], observed=True).mean()
        for name in ("kind", "size", "flag")
    }
    assert rate["kind"]["seldom"] > rate["kind"]["often"] + 0.2
    assert rate["size"]["L"] > rate["size"]["M"] + 0.1 > rate["size"]["S"] + 0.2
    assert rate["flag"][True] > rate["flag"][False] + 0.2
    late = table["day"] > pd.Timestamp("2024-02-20")
    assert gone["day"][late].mean() > gone["day"][~late].mean() + 0.2
    # free text has no rank: it is lost evenly
    half = np.arange(len(table)) < len(table) // 2
    assert abs(gone["note"][half].mean() - gone["note"][~half].mean()) < 4 * np.sqrt(
        0.84 / len(table)
    )


@pytest.mark.parametrize("driver", ["kind", "flag", "day"])
def test_any_kind_of_column_can_drive(driver):
    table = mixed()
    noise = MAR.with_settings(driver=driver, strength=3.0)
    noisy = noise.batch(
        table, dose={"share": 0.3}, samples=range(len(table)), reference=noise.fit(table)
    )
    gone = noisy.isna().drop(columns=driver)
    assert not noisy[driver].isna().any()
    # cells of one row share the driver: its spread is that of whole rows
    assert abs(gone.to_numpy().mean() - 0.3) < 4 * np.sqrt(0.21 / len(table))


def test_an_unknown_category_is_as_rare_as_the_rarest():
    table = pd.DataFrame({"kind": ["often"] * 80 + ["seldom"] * 20})
    reference, noise = MNAR.fit(table), MNAR.with_settings(strength=5.0)

    def make(label):
        new = pd.DataFrame({"kind": [label] * 2000})
        found = noise.batch(new, dose={"share": 0.2}, samples=range(2000), reference=reference)
        return found["kind"].isna().mean()

    assert make("never seen") == make("seldom") > make("often") + 0.3


@pytest.mark.parametrize("share", [0.1, 0.6, 1.0])
@pytest.mark.parametrize("cells_lost", [1, 3])
@pytest.mark.parametrize("mechanism", ["MCAR", "MAR", "MNAR"])
def test_a_share_of_rows_is_incomplete_and_lacks_so_many_cells(
    mechanism, cells_lost, share, cancer
):
    settings = {"mechanism": mechanism, "cells": cells_lost} | (
        {"driver": "3"} if mechanism == "MAR" else {}
    )
    reference = ROWS.fit(cancer)
    runs = [lost(ROWS, cancer, share, seed=s, reference=reference, **settings) for s in range(30)]
    gone = np.array(runs)
    rows = gone.any(axis=2)
    assert within(rows.sum(), rows.size, share), "rows are as asked for"
    assert {0, cells_lost} >= set(gone.sum(axis=2).ravel().tolist()), "and so are their cells"
    assert gone.mean() == pytest.approx(rows.mean() * cells_lost / cancer.shape[1]), (
        "cells are not rows"
    )


def test_rows_are_incomplete_by_driver_or_by_value(cells):
    scores = np.column_stack([score(c) for c in cells.T])
    rows = lost(ROWS, cells, 0.3, mechanism="MAR", driver="0").any(axis=1)
    beta, se = logistic_regression(scores, rows)
    assert abs(beta[1] - 2.0) < 4 * se[1]
    assert (np.abs(beta[2:]) < 4 * se[2:]).all()
    gone = lost(ROWS, cells, 0.6, mechanism="MNAR")
    for column in range(3):
        drawn, error = logistic_regression(scores[:, [column]], gone[:, column])
        assert drawn[1] > 4 * error[1]


def test_of_few_cells_all_are_lost_and_none_twice():
    value = np.array([[1.0, np.nan, np.nan], [np.nan] * 3, [1.0, 2.0, 3.0]])
    noisy = ROWS.with_settings(cells=2).batch(
        value, dose={"share": 1.0}, samples="abc", reference=ROWS.fit(value)
    )
    assert [3, 3, 2] == np.isnan(noisy).sum(axis=1).tolist()


def test_whole_records_are_lost(cancer):
    noise = pt.get("tabular/missing-rows")
    gone = np.isnan(noise.batch(cancer, dose={"share": 0.3}, samples=range(len(cancer))))
    assert {0, cancer.shape[1]} == set(gone.sum(axis=1).tolist())
    assert within(gone.any(axis=1).sum(), len(cancer), 0.3)
    part = noise.with_settings(columns=["2", "5"])
    gone = np.isnan(part.batch(cancer, dose={"share": 1.0}, samples=range(len(cancer))))
    assert [2, 5] == np.flatnonzero(gone.all(axis=0)).tolist()
    assert not np.delete(gone, [2, 5], axis=1).any()


def test_whole_columns_are_lost_and_stay_lost(cancer):
    noise, before = pt.get("tabular/missing-columns"), set()
    for count in (1, 2, 5, 30, 99):
        gone = np.isnan(noise.batch(cancer, dose={"count": count}, samples=range(len(cancer))))
        after = set(np.flatnonzero(gone.all(axis=0)).tolist())
        assert (gone.any(axis=0) == gone.all(axis=0)).all()
        assert len(after) == min(count, 30)
        assert before <= after
        before = after
    draws = {
        tuple(np.flatnonzero(np.isnan(noise(cancer[0], dose={"count": 2}, seed=s))).tolist())
        for s in range(20)
    }
    assert len(draws) > 10


def test_masks_of_missing_values_are_those_of_each_kind():
    noise = pt.get("tabular/disguised-missing")
    table = mixed(50).assign(x=1.5, whole=np.uint8(3))
    noisy = noise.batch(table, dose={"share": 1.0}, samples=range(50), reference=noise.fit(table))
    assert (noisy["x"] == -999).all()
    assert (noisy["whole"] == 0).all(), "an unsigned column saturates"
    assert (noisy[["kind", "note"]] == "unknown").all(axis=None)
    assert (noisy["size"].dropna() == "unknown").all() and noisy["size"].cat.ordered
    assert (noisy["day"] == pd.Timestamp("1970-01-01")).all()
    pd.testing.assert_frame_equal(noisy[["flag"]], table[["flag"]])
    rest = [name for name in table if name != "size"]
    assert noisy[rest].dtypes.equals(table[rest].dtypes)


@pytest.mark.parametrize(
    ("dtype", "mark"), [("int64", -999), ("uint8", 0), ("Int16", -999), ("float64", -999)]
)
def test_categories_that_are_numbers_by_their_dtype_have_the_mark_of_a_number(dtype, mark):
    noise = pt.get("tabular/disguised-missing")
    table = pd.DataFrame({"zip": pd.array([94, 10, 20], dtype=dtype)})
    facts = {"kinds": {"zip": "categorical"}}
    noisy = noise.batch(table, dose={"share": 1.0}, samples="abc", facts=facts)
    assert [mark] * 3 == noisy["zip"].tolist() and noisy.dtypes.equals(table.dtypes)
    other = noise.with_settings(number=0.0, label="n/a", date="1900-01-01")
    row = other(
        {"a": 2.5, "b": "x", "c": datetime.date(2024, 1, 1)}, dose={"share": 1.0}, sample="a"
    )
    assert {"a": 0.0, "b": "n/a", "c": datetime.date(1900, 1, 1)} == row


def test_only_the_columns_named_lose_cells(cells):
    gone = lost(MCAR, cells, 0.5, columns=[1])
    assert [False, True, False] == gone.any(axis=0).tolist()
    assert within(gone[:, 1].sum(), N, 0.5)
    gone = lost(MAR, cells, 0.5, driver="0", columns=["2"])
    assert [False, False, True] == gone.any(axis=0).tolist()


def test_a_row_says_what_it_lost():
    row = {"a": 1.0, "b": "x", "c": None}
    report = MCAR.apply(row, dose={"share": 1.0}, sample="a").report
    assert {
        "requested": 1.0,
        "eligible": 2,
        "edits": 2,
        "share": 1.0,
        "missing": 2 / 3,
        "columns": 3,
        "untouched_kinds": (),
    } == dict(report)


@pytest.mark.parametrize(
    ("noise", "settings", "words"),
    [
        (MAR, {"direction": "hihg"}, "did you mean high"),
        (MNAR, {"strength": 0.0}, "expected a positive finite number, got strength=0.0"),
        (MNAR, {"strength": float("inf")}, "log odds ratio"),
        (ROWS, {"mechanism": "mar"}, "expected one of MCAR, MAR, MNAR"),
        (ROWS, {"cells": 0}, "expected at least one cell, got cells=0"),
        (pt.get("tabular/disguised-missing"), {"date": "1.1.1970"}, "a date as year-month-day"),
        (pt.get("tabular/disguised-missing"), {"number": float("nan")}, "a finite number"),
    ],
)
def test_settings_that_mean_nothing_are_named(noise, settings, words, cells):
    with pytest.raises(BadSetting, match=words):
        lost(noise, cells[:5], 0.5, **settings)


def test_a_driver_that_is_not_there_or_alone_is_named(cells):
    with pytest.raises(BadValue, match="column name or position, got driver='agee'"):
        lost(MAR, cells[:5], 0.5, driver="agee")
    with pytest.raises(NotApplicable, match="another column besides the driver"):
        lost(MAR, cells[:, :1], 0.5)
    with pytest.raises(NotApplicable, match="two different values"):
        lost(MAR, np.ones((9, 2)), 0.5)


def test_pyampute_makes_incomplete_rows_as_often_and_of_the_same_kind(cells):
    ampute = pytest.importorskip(
        "pyampute.ampute", reason="pyampute, a second implementation, is not installed"
    )
    amputer = ampute.MultivariateAmputation(
        prop=0.3,
        patterns=[{"incomplete_vars": [1], "mechanism": "MAR", "weights": [1, 0, 0]}],
        seed=1,
    )
    theirs = np.isnan(amputer.fit_transform(cells)).any(axis=1)
    ours = lost(ROWS, cells, 0.3, mechanism="MAR", driver="0", columns=["1"]).any(axis=1)
    assert abs(theirs.mean() - ours.mean()) < 4 * np.sqrt(2 * 0.3 * 0.7 / N)
    for rows in (theirs, ours):
        beta, se = logistic_regression(cells, rows)
        assert beta[1] > 10 * se[1], "more is lost where the driver is high"
        assert (np.abs(beta[2:]) < 4 * se[2:]).all(), "whatever the others are"
