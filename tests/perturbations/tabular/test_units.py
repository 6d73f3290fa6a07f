"""Numbers in another unit are off by its factor, and by nothing else."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer

import perturbations as pt
from perturbations._laws._compare import same
from perturbations.errors import BadSetting, NotApplicable
from perturbations.tabular._corpus import corpus
from tests.perturbations.tabular.statistics import within

UNITS, CHANGED = map(pt.get, ("tabular/unit-error", "tabular/changed-unit"))


@pytest.fixture(scope="module")
def cancer():
    return load_breast_cancer().data


def batch(noise, value, severity=None, **given):
    return noise.batch(
        value, severity, samples=range(len(value)), reference=noise.fit(value), **given
    )


@pytest.mark.parametrize("factor", [1000.0, 10.0, 0.001])
def test_one_number_of_a_share_of_rows_is_multiplied(cancer, factor):
    noisy = batch(UNITS.with_settings(factor=factor), cancer, dose={"share": 0.4})
    changed = noisy != cancer
    assert {0, 1} == set(changed.sum(axis=1).tolist())
    assert np.array_equal(noisy[changed], cancer[changed] * factor)
    assert within(changed.sum(), len(cancer), 0.4)
    assert changed.any(axis=0).sum() > 25, "columns are drawn evenly"


def test_every_row_is_hit_at_1_among_the_numbers_that_are_there():
    wines = pd.DataFrame(corpus(178))
    noisy = batch(UNITS, wines, dose={"share": 1.0})
    numbers = wines.select_dtypes("number")
    assert ((noisy[numbers.columns] != numbers) & numbers.notna()).sum(axis=1).eq(1).all()
    value = np.array([[np.nan, 0.0, 2.0], [np.nan, 0.0, np.inf]])
    assert same(batch(UNITS, value, 1.0), np.array([[np.nan, 0.0, 2000.0], [np.nan, 0.0, np.inf]]))


def test_a_column_can_be_named_as_in_pounds_for_kilograms():
    people = pd.DataFrame({"height": [1.8, 1.7], "weight": [80.0, 60.0]})
    noise = pt.get("tabular/unit-error(columns=[weight], factor=2.20462)")
    noisy = batch(noise, people, 1.0)
    assert [80 * 2.20462, 60 * 2.20462] == noisy["weight"].tolist()
    assert people["height"].equals(noisy["height"])


def test_a_factor_saturates_instead_of_overflowing():
    assert batch(UNITS, np.array([[1e307]]), 1.0)[0, 0] == pytest.approx(np.finfo(float).max)
    small = np.array([[60000.0]], dtype=np.float16)
    assert batch(UNITS, small, 1.0)[0, 0] == np.finfo(np.float16).max


def test_whole_columns_change_their_unit_in_every_row(cancer):
    before = set()
    for count in (1, 3, 8, 40):
        noisy = batch(CHANGED, cancer, dose={"count": count})
        ratio = np.where(cancer != 0, noisy / np.where(cancer != 0, cancer, 1), np.nan)
        hit = set(np.flatnonzero(np.nanmax(ratio, axis=0) > 2).tolist())
        assert np.array_equal(noisy[:, sorted(hit)], cancer[:, sorted(hit)] * 1000)
        assert before <= hit
        assert len(hit) == min(count, 30)
        before = hit


@pytest.mark.parametrize("factor", [0.0, -1.0, 1.0, float("inf"), float("nan")])
@pytest.mark.parametrize("noise", [UNITS, CHANGED], ids=str)
def test_a_factor_that_is_none_is_named(noise, factor):
    with pytest.raises(BadSetting, match="a positive finite number other than 1, got factor="):
        batch(noise.with_settings(factor=factor), np.ones((2, 2)), 0.5)


@pytest.mark.parametrize("noise", [UNITS, CHANGED], ids=str)
def test_a_table_without_numbers_is_not_called_robust(noise):
    with pytest.raises(NotApplicable, match="a table with a numeric column"):
        batch(noise, pd.DataFrame({"a": ["x"]}), 0.5)
