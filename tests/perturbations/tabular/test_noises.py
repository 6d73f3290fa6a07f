"""Noise in tables does what its dose says, in closed form."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.datasets import load_breast_cancer

import perturbations as pt
from perturbations._draw import Draw
from perturbations._laws._compare import same
from perturbations.errors import BadDose, BadSetting, BadValue, MissingReference
from perturbations.tabular._corpus import corpus

NOISE, MISSING, SWAP, UNITS = map(
    pt.get, ("tabular/numeric-noise", "tabular/missing", "tabular/cell-swap", "tabular/unit-error")
)
ALL = (NOISE, MISSING, SWAP, UNITS)
IDS = [f"row-{i}" for i in range(569)]


@pytest.fixture(scope="module")
def cancer():
    return load_breast_cancer(as_frame=True).data


@pytest.fixture(scope="module")
def wines():
    return pd.DataFrame(corpus(178)).astype({"cultivar": "category"})


def batch(noise, value, severity=None, **given):
    reference = given.pop("reference", None) or noise.fit(value)
    ids = IDS[: len(value)]
    return noise.batch(value, severity, samples=ids, reference=reference, **given)


def test_numeric_noise_has_the_standard_deviation_of_its_dose(cancer):
    cells = cancer.to_numpy()
    z = (batch(NOISE, cells, dose={"sigma": 0.5}) - cells) / (0.5 * cells.std(axis=0))
    assert z.size == 17_070
    assert stats.kstest(z.ravel(), "norm").pvalue > 0.001
    # every column on its own: (n) s^2 / sigma^2 is chi-squared with n degrees of freedom
    low, high = stats.chi2.ppf([0.0001, 0.9999], len(cells)) / len(cells)
    assert ((z**2).mean(axis=0) > low).all()
    assert ((z**2).mean(axis=0) < high).all()


def test_numeric_noise_is_exactly_the_draw_times_the_spread():
    value = np.array([[1.0, 10.0], [3.0, 30.0]])
    noisy = batch(NOISE, value, dose={"sigma": 0.25}, seed=7)
    draw = Draw.of(
        pt.sample_keys(IDS[:2]), seed=7, perturbation=NOISE.name, input="", position=0, replicate=0
    )
    assert np.array_equal(noisy, value + 0.25 * np.array([1.0, 10.0]) * draw.normal((2, 2)))


def test_numeric_noise_is_proportional_to_the_dose(cancer):
    cells = cancer.to_numpy()[:20]
    small, large = (batch(NOISE, cells, dose={"sigma": s}) - cells for s in (0.1, 1.6))
    np.testing.assert_allclose(large, 16 * small, rtol=1e-6, atol=1e-9)


def test_numeric_noise_leaves_missing_constant_and_categorical_cells(wines):
    noisy = batch(NOISE, wines, 1.0)
    for name in ("cultivar", "strong", "vintages", "comment"):
        pd.testing.assert_series_equal(noisy[name], wines[name])
    assert (noisy["Säure"].isna() == wines["Säure"].isna()).all()
    assert noisy.dtypes.equals(wines.dtypes)
    assert (noisy["proline"] != wines["proline"]).mean() > 0.95


def test_whole_columns_are_rounded_and_saturate():
    value = np.array([[0], [255], [128]], dtype=np.uint8)
    noisy = batch(NOISE, value, dose={"sigma": 5.0})
    exact = batch(NOISE, value.astype(float), dose={"sigma": 5.0})
    assert noisy.dtype == np.uint8
    assert np.array_equal(noisy, np.clip(np.rint(exact), 0, 255))
    assert {0, 255} & set(noisy.ravel().tolist())


def test_missing_takes_its_share_of_cells(cancer):
    noisy = batch(MISSING, cancer, dose={"share": 0.2})
    lost = noisy.isna().to_numpy()
    interval = stats.binomtest(int(lost.sum()), lost.size, 0.2).proportion_ci(0.9999)
    assert interval.low <= 0.2 <= interval.high
    # completely at random: no column and no row has more than its share
    for axis, trials in ((0, 569), (1, 30)):
        counts = lost.sum(axis=axis)
        expected = trials * 0.2
        statistic = ((counts - expected) ** 2 / (expected * 0.8)).sum()
        assert stats.chi2.sf(statistic, len(counts)) > 0.001


def test_missing_does_not_look_at_the_value(cancer):
    lost = batch(MISSING, cancer, dose={"share": 0.5}).isna().to_numpy()
    cells = cancer.to_numpy()
    z = (cells - cells.mean(axis=0)) / cells.std(axis=0)
    rows = np.where(lost, z, 0).mean(axis=1)
    assert abs(stats.ttest_1samp(rows, 0).statistic) < 4


@pytest.mark.parametrize("noise", [MISSING, SWAP, UNITS], ids=str)
def test_masks_are_nested_and_their_values_stay(noise, wines):
    before = None
    for severity in (0.1, 0.3, 0.6, 1.0):
        after = batch(noise, wines, severity).astype(object)
        if before is not None:
            clean = wines.astype(object)
            moved = ~((before == clean) | (before.isna() & clean.isna()))
            kept = (after == before) | (after.isna() & before.isna())
            assert kept.to_numpy()[moved.to_numpy()].all()
        before = after


def test_missing_is_written_as_each_column_writes_it():
    value = pd.DataFrame(
        {
            "float": [1.5],
            "int": [1],
            "bool": [True],
            "Int64": pd.array([1], dtype="Int64"),
            "text": pd.array(["a"], dtype="str"),
            "category": pd.Categorical(["x"]),
            "date": pd.to_datetime(["2024-01-01"]),
            "object": pd.Series(["a"], dtype=object),
            "mixed": np.array([3], dtype=object),
        }
    )
    noisy = batch(MISSING, value, dose={"share": 1.0})
    assert noisy.isna().all(axis=None)
    expected = {"int": "float64", "bool": "float64"}
    assert {name: str(dtype) for name, dtype in noisy.dtypes.items()} == {
        name: expected.get(name, str(dtype)) for name, dtype in value.dtypes.items()
    }
    assert noisy["object"].iloc[0] is None
    assert isinstance(noisy["mixed"].iloc[0], float)
    assert noisy["Int64"].iloc[0] is pd.NA
    assert noisy["date"].iloc[0] is pd.NaT


def test_missing_text_is_marked_as_the_reference_column_marks_it():
    rows = [{"a": "x"}, {"a": float("nan")}, {"a": "y"}]
    reference = SWAP.fit(rows)
    marked = MISSING(rows[0], dose={"share": 1.0}, sample="s", reference=reference)["a"]
    assert isinstance(marked, float)
    assert MISSING(rows[0], dose={"share": 1.0}, sample="s")["a"] is None


def test_the_dtype_of_missing_does_not_depend_on_the_draw(wines):
    dtypes = [batch(MISSING, wines[i : i + 1], 0.05).dtypes for i in range(8)]
    assert all(each.equals(dtypes[0]) for each in dtypes)
    arrays = [batch(MISSING, np.ones((1, 2), dtype=int), 0.05) for _ in range(2)]
    assert {each.dtype for each in arrays} == {np.dtype(float)}


def test_cell_swap_keeps_every_marginal(cancer):
    noisy = batch(SWAP, cancer, dose={"share": 1.0})
    values = [stats.ks_2samp(noisy[name], cancer[name]).pvalue for name in cancer.columns]
    assert min(values) > 0.05 / len(values)
    assert all(noisy[name].isin(cancer[name]).all() for name in cancer.columns)
    # the rows no longer fit together
    assert abs(np.corrcoef(noisy["mean radius"], noisy["mean area"])[0, 1]) < 0.2


def test_cell_swap_keeps_category_frequencies(wines):
    noisy = batch(SWAP, wines, dose={"share": 1.0})
    clean = wines["cultivar"].value_counts()
    found = noisy["cultivar"].value_counts().reindex(clean.index)
    assert stats.chisquare(found, clean).pvalue > 0.001
    assert (noisy["cultivar"].isna() == wines["cultivar"].isna()).all()
    assert noisy.dtypes.equals(wines.dtypes)


def test_cell_swap_reports_what_really_changed(wines):
    row = wines.iloc[[0]]
    reference = SWAP.fit(wines)
    done = SWAP.apply(row, dose={"share": 1.0}, sample="a", reference=reference)
    assert done.report["changed"] == pt.distance("tabular", row, done.value)["changed"]
    assert 0 < done.report["changed"] < 1


@pytest.mark.parametrize("factor", [1000.0, 10.0, 0.001])
def test_unit_error_multiplies_one_number_of_its_share_of_rows(cancer, factor):
    noise = UNITS.with_settings(factor=factor)
    cells = cancer.to_numpy()
    noisy = batch(noise, cells, dose={"share": 0.4})
    changed = noisy != cells
    assert set(changed.sum(axis=1).tolist()) == {0, 1}
    assert np.array_equal(noisy[changed], cells[changed] * factor)
    interval = stats.binomtest(int(changed.sum()), len(cells), 0.4).proportion_ci(0.9999)
    assert interval.low <= 0.4 <= interval.high
    hit = changed.any(axis=0)
    assert hit.sum() > 25, "columns are drawn evenly"


def test_unit_error_hits_every_row_at_1_among_the_numbers_that_are_there(wines):
    noisy = batch(UNITS, wines, dose={"share": 1.0})
    numbers = wines.select_dtypes("number")
    assert ((noisy[numbers.columns] != numbers) & numbers.notna()).sum(axis=1).eq(1).all()
    value = np.array([[np.nan, 0.0, 2.0], [np.nan, 0.0, np.inf]])
    assert same(batch(UNITS, value, 1.0), np.array([[np.nan, 0.0, 2000.0], [np.nan, 0.0, np.inf]]))


def test_unit_error_saturates_instead_of_overflowing():
    assert batch(UNITS, np.array([[1e307]]), 1.0)[0, 0] == pytest.approx(np.finfo(float).max)
    small = np.array([[60000.0]], dtype=np.float16)
    assert batch(UNITS, small, 1.0)[0, 0] == np.finfo(np.float16).max


@pytest.mark.parametrize("factor", [0.0, -1.0, 1.0, float("inf"), float("nan")])
def test_a_factor_that_is_none_is_named(factor):
    with pytest.raises(
        BadSetting, match="expected a positive finite number other than 1, got factor="
    ):
        batch(UNITS.with_settings(factor=factor), np.ones((2, 2)), 0.5)


@pytest.mark.parametrize("noise", ALL, ids=str)
def test_a_batch_equals_its_rows_in_any_order_and_container(noise, wines):
    reference = noise.fit(wines)
    whole = batch(noise, wines, 0.7, reference=reference)
    order = [5, 2, 9]
    part = noise.batch(wines.iloc[order], 0.7, samples=[IDS[i] for i in order], reference=reference)
    pd.testing.assert_frame_equal(part, whole.iloc[order])
    alone = noise(wines.iloc[[5]], 0.7, sample=IDS[5], reference=reference)
    pd.testing.assert_frame_equal(alone, whole.iloc[[5]])
    mapping = noise(corpus(6)[5], 0.7, sample=IDS[5], reference=reference)
    assert pd.DataFrame([mapping]).isna().equals(alone.reset_index(drop=True).isna())


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(ALL),
    st.floats(0.01, 1.0),
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.floats(-1e6, 1e6), st.integers(-1000, 1000)),
            st.one_of(st.none(), st.text(max_size=3), st.booleans()),
        ),
        min_size=1,
        max_size=6,
    ),
)
def test_any_mixed_rows_keep_columns_types_and_what_is_missing(noise, severity, cells):
    rows = [{"ß": number, "b": other} for number, other in cells]
    noisy = batch(noise, rows, severity)
    assert [list(row) for row in noisy] == [["ß", "b"]] * len(rows)
    for before, after in zip(rows, noisy, strict=True):
        if before["ß"] is None:
            assert after["ß"] is None
        elif noise is not MISSING:
            assert type(after["ß"]) is type(before["ß"])


@pytest.mark.parametrize("noise", ALL, ids=str)
@pytest.mark.parametrize(
    "value",
    [
        np.zeros((0, 3)),
        np.zeros((3, 0)),
        np.full((3, 2), np.nan),
        np.ones((3, 2)),
        np.array([["a", "b"]]),
        pd.DataFrame({"a": pd.Categorical(["x", "y"])}),
        pd.DataFrame({"a": np.array([None, None], dtype=object)}),
    ],
    ids=["no rows", "no columns", "all missing", "constant", "text", "categories", "nothing"],
)
def test_edge_tables_are_defined(noise, value):
    for severity in (0.0, 0.3, 1.0):
        noisy = batch(noise, value, severity)
        assert type(noisy) is type(value)
        assert noisy.shape == value.shape
        if not noise.missing and isinstance(value, pd.DataFrame):
            assert noisy.dtypes.equals(value.dtypes)
        elif not noise.missing:
            assert noisy.dtype.kind == value.dtype.kind


def test_the_frame_given_is_never_written_to(wines):
    before = wines.copy(deep=True)
    for noise in ALL:
        noisy = batch(noise, wines, 1.0)
        noisy.iloc[:, 0] = 0.0
    pd.testing.assert_frame_equal(wines, before)
    cells = np.ones((4, 3))
    for noise in ALL:
        batch(noise, cells, 1.0)[:] = 5
    assert (cells == 1).all()


def test_text_of_any_width_can_be_swapped_in():
    reference = SWAP.fit(np.array([["abcdefgh"]]))
    noisy = SWAP.batch(np.array([["x"]]), dose={"share": 1.0}, samples=["a"], reference=reference)
    assert noisy.tolist() == [["abcdefgh"]]


def test_a_category_that_the_column_lacks_is_named():
    reference = SWAP.fit(pd.DataFrame({"a": ["new"]}))
    value = pd.DataFrame({"a": pd.Categorical(["old"])})
    with pytest.raises(
        BadValue, match=r"expected values that column 'a' of category can hold, got cells=\['new'\]"
    ):
        SWAP(value, dose={"share": 1.0}, sample="s", reference=reference)


def test_what_is_needed_is_named():
    row = np.ones(3)
    with pytest.raises(MissingReference, match="reference for tabular/numeric-noise"):
        NOISE(row, 0.5, sample="a")
    with pytest.raises(BadDose, match="share"):
        MISSING(row, dose={"share": 1.5}, sample="a")
    assert MISSING(row, 0.5, sample="a").shape == (3,)


def test_a_batch_without_reference_says_that_it_fits_on_itself():
    with pytest.warns(pt.FittedOnBatch, match="numeric-noise"):
        first = NOISE.batch(np.arange(6.0).reshape(3, 2), 0.5, samples="abc")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        second = batch(NOISE, np.arange(6.0).reshape(3, 2), 0.5)
    assert first.shape == second.shape


@pytest.mark.parametrize("noise", ALL, ids=str)
def test_ladders_have_units_and_shares_stay_shares(noise):
    ladder = next(iter(noise.ladders.values()))
    assert ladder.unit
    assert noise is NOISE or (ladder.low, ladder.high) == (0.0, 1.0)
