"""Numbers are off by what the dose says, in closed form."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.datasets import load_breast_cancer

import perturbations as pt
from perturbations._draw import Draw
from perturbations.errors import BadSetting, NotApplicable
from tests.perturbations.tabular.statistics import within

NOISE, SHARE, OUTLIER, FLIP, ROUND, HEAP = map(
    pt.get,
    (
        "tabular/numeric-noise",
        "tabular/proportional-noise",
        "tabular/outlier",
        "tabular/sign-flip",
        "tabular/rounding",
        "tabular/heaping",
    ),
)


@pytest.fixture(scope="module")
def cancer():
    return load_breast_cancer().data


def batch(noise, value, **given):
    return noise.batch(value, samples=range(len(value)), reference=noise.fit(value), **given)


def drawn(noise, shape, *, seed=0, stream=""):
    keys = pt.sample_keys(range(shape[0]))
    draw = Draw.of(keys, seed=seed, perturbation=noise.name, input="", position=0, replicate=0)
    return draw.normal(shape, stream=stream)


def test_errors_have_the_standard_deviation_of_the_dose(cancer):
    z = (batch(NOISE, cancer, dose={"sigma": 0.5}) - cancer) / (0.5 * cancer.std(axis=0))
    assert z.size == 17_070
    assert stats.kstest(z.ravel(), "norm").pvalue > 0.001
    # every column on its own: (n) s^2 / sigma^2 is chi-squared with n degrees of freedom
    low, high = stats.chi2.ppf([0.0001, 0.9999], len(cancer)) / len(cancer)
    assert ((z**2).mean(axis=0) > low).all()
    assert ((z**2).mean(axis=0) < high).all()


@pytest.mark.parametrize("order", ["C", "F"])
def test_errors_are_exactly_the_draw_times_the_spread(order):
    value = np.array([[1.0, 10.0], [3.0, 30.0]], order=order)
    noisy = batch(NOISE, value, dose={"sigma": 0.25}, seed=7)
    assert np.array_equal(
        noisy, value + 0.25 * np.array([1.0, 10.0]) * drawn(NOISE, (2, 2), seed=7)
    )


def test_errors_are_proportional_to_the_dose(cancer):
    small, large = (batch(NOISE, cancer, dose={"sigma": s}) - cancer for s in (0.1, 1.6))
    np.testing.assert_allclose(large, 16 * small, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("sigma", [0.2, 0.8, 1.6])
def test_reliability_falls_as_the_error_model_says(sigma):
    # The squared correlation of a number with itself measured is 1 / (1 + sigma^2), and so is that of two readings.
    clean = np.random.default_rng(0).normal(5, 3, size=(20_000, 1))
    first, second = (batch(NOISE, clean, dose={"sigma": sigma}, seed=s)[:, 0] for s in (1, 2))
    reliability = 1 / (1 + sigma**2)
    error = 4 * (1 - reliability**2) / np.sqrt(len(clean))
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(reliability, abs=error)
    assert np.corrcoef(first, clean[:, 0])[0, 1] ** 2 == pytest.approx(reliability, abs=2 * error)
    # and a slope on the measured number is attenuated by it
    slope = np.polyfit(first, clean[:, 0], 1)[0]
    assert slope == pytest.approx(reliability, abs=error)


def test_constant_missing_and_infinite_numbers_stay():
    value = np.array([[1.0, np.nan, 7.0, np.inf], [2.0, 4.0, 7.0, 1.0], [4.0, 5.0, 7.0, 2.0]])
    for noise, dose in (
        (NOISE, {"sigma": 1.0}),
        (SHARE, {"sigma": 0.5}),
        (OUTLIER, {"share": 1.0}),
    ):
        noisy = batch(noise, value, dose=dose)
        assert (np.isnan(noisy) == np.isnan(value)).all()
        assert noisy[0, 3] == np.inf
        assert noise is SHARE or (noisy[:, 2] == 7.0).all()
        assert (noisy[:, 0] != value[:, 0]).all()


def test_whole_columns_are_rounded_and_saturate():
    value = np.array([[0], [255], [128]], dtype=np.uint8)
    noisy = batch(NOISE, value, dose={"sigma": 5.0})
    exact = batch(NOISE, value.astype(float), dose={"sigma": 5.0})
    assert noisy.dtype == np.uint8
    assert np.array_equal(noisy, np.clip(np.rint(exact), 0, 255))
    assert {0, 255} & set(noisy.ravel().tolist())


def test_errors_in_proportion_have_the_coefficient_of_variation_of_the_dose(cancer):
    positive = cancer[:, :10]
    ratio = (
        batch(SHARE, positive, dose={"sigma": 0.2}) / np.where(positive > 0, positive, np.nan) - 1
    ) / 0.2
    assert stats.kstest(ratio[np.isfinite(ratio)], "norm").pvalue > 0.001
    assert np.array_equal(batch(SHARE, np.zeros((3, 2)), dose={"sigma": 0.4}), np.zeros((3, 2)))
    assert np.isfinite(batch(SHARE, np.full((50, 2), 1.7e308), dose={"sigma": 0.4})).all()


def test_outliers_are_so_many_standard_deviations_away(cancer):
    noisy = batch(OUTLIER, cancer, dose={"share": 0.1})
    z = (noisy - cancer) / cancer.std(axis=0)
    hit = noisy != cancer
    assert within(hit.sum(), hit.size, 0.1)
    np.testing.assert_allclose(np.abs(z[hit]), 10.0, rtol=1e-9)
    assert within((z[hit] > 0).sum(), hit.sum(), 0.5)
    near = batch(OUTLIER.with_settings(distance=3.0), cancer, dose={"share": 1.0})
    np.testing.assert_allclose(np.abs(near - cancer) / cancer.std(axis=0), 3.0, rtol=1e-9)


def test_signs_flip_and_flip_back(cancer):
    value = cancer - cancer.mean(axis=0)
    once = batch(FLIP, value, dose={"share": 0.3})
    assert within((once != value).sum(), value.size, 0.3)
    assert np.array_equal(np.abs(once), np.abs(value))
    assert np.array_equal(batch(FLIP, once, dose={"share": 0.3}), value)


def test_zero_has_no_sign_to_lose():
    report = FLIP.apply(np.array([0.0, 1.0, np.nan]), dose={"share": 1.0}, sample="a").report
    assert (1, 1, 1.0) == (report["eligible"], report["edits"], report["share"])


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        (5, [123.46, 0.0012346, -98765.0, 1000.0]),
        (3, [123.0, 0.00123, -98800.0, 1000.0]),
        (1, [100.0, 0.001, -100000.0, 1000.0]),
    ],
)
def test_numbers_are_rounded_to_significant_digits(digits, expected):
    value = np.array([[123.456, 0.00123456, -98765.4, 1000.0]])
    assert expected == ROUND.batch(value, dose={"digits": digits}, samples="a")[0].tolist()


@pytest.mark.parametrize("digits", [1, 2, 4, 8])
def test_rounding_is_that_of_decimal_formatting(digits):
    generator = np.random.default_rng(0)
    value = generator.normal(size=(300, 1)) * 10.0 ** generator.integers(-12, 12, (300, 1))
    written = np.array([[float(f"{x:.{digits - 1}e}")] for x in value[:, 0]])
    np.testing.assert_allclose(
        ROUND.batch(value, dose={"digits": digits}, samples=range(300)), written, rtol=1e-15
    )


def test_rounding_moves_a_number_by_half_a_unit_at_most_and_draws_nothing(cancer):
    for digits in (1, 2, 3):
        noisy = ROUND.batch(cancer, dose={"digits": digits}, samples=range(len(cancer)), seed=1)
        there = cancer != 0
        relative = np.abs(noisy - cancer)[there] / np.abs(cancer[there])
        assert relative.max() <= 0.5 * 10.0 ** (1 - digits) * (1 + 1e-12)
        assert np.array_equal(
            noisy, ROUND.batch(cancer, dose={"digits": digits}, samples=range(1000, 1569))
        )


def test_extreme_numbers_are_rounded_or_left():
    value = np.array([[5e-324, 1.7976e308, -np.inf, 0.0, np.nan]])
    noisy = ROUND.batch(value, dose={"digits": 2}, samples="a")
    assert noisy[0, 0] == 5e-324
    assert noisy[0, 1] == np.finfo(float).max, "two digits of it are beyond the largest float"
    assert (noisy[0, 2], noisy[0, 3]) == (-np.inf, 0.0)


@pytest.mark.parametrize(("base", "ends"), [(5, {0, 5}), (10, {0})])
def test_ages_heap_at_round_numbers(base, ends):
    ages = np.random.default_rng(0).integers(18, 90, size=(3000, 1))
    heaped = batch(HEAP.with_settings(base=base), ages, dose={"share": 1.0})
    assert ends >= set((heaped % 10).ravel().tolist())
    assert np.abs(heaped - ages).max() <= base // 2
    some = batch(HEAP.with_settings(base=base), ages, dose={"share": 0.4})
    moving = heaped != ages
    assert within((some != ages).sum(), moving.sum(), 0.4)
    assert np.array_equal(some[some != ages], heaped[some != ages])


def test_heaps_stand_at_the_last_digit_of_the_column():
    weights = np.array([[61.3], [70.0], [55.7], [82.1]])
    assert [61.5, 70.0, 55.5, 82.0] == batch(HEAP, weights, dose={"share": 1.0})[:, 0].tolist()


def test_whipples_index_rises_to_that_of_full_heaping():
    # 100 for no preference of ages that end in 0 and 5, 500 where there are no others (United Nations 1955).
    ages = np.arange(23, 63).repeat(100)[:, None]

    def whipple(found):
        return 500 * np.isin(found % 10, (0, 5)).mean()

    assert whipple(ages) == 100
    half = whipple(batch(HEAP, ages, dose={"share": 0.5}))
    assert half == pytest.approx(300, abs=4 * 500 * 0.5 / np.sqrt(len(ages)))
    assert whipple(batch(HEAP, ages, dose={"share": 1.0})) == 500


@pytest.mark.parametrize(
    ("noise", "settings", "words"),
    [
        (OUTLIER, {"distance": 0.0}, "a positive finite number, got distance=0.0"),
        (HEAP, {"base": 1}, "a base of at least 2, got base=1"),
    ],
)
def test_settings_that_mean_nothing_are_named(noise, settings, words):
    with pytest.raises(BadSetting, match=words):
        batch(noise.with_settings(**settings), np.ones((2, 2)), severity=0.5)


@pytest.mark.parametrize("noise", [NOISE, SHARE, OUTLIER, FLIP, ROUND, HEAP], ids=str)
def test_a_table_without_numbers_is_not_called_robust(noise):
    with pytest.raises(
        NotApplicable,
        match=r"a table with a numeric column, got columns=\{'categorical': 1, 'boolean': 1\}",
    ):
        batch(noise, pd.DataFrame({"a": ["x"], "b": [True]}), severity=0.5)


@pytest.mark.parametrize("noise", [NOISE, SHARE, OUTLIER, FLIP, HEAP], ids=str)
def test_only_the_columns_named_change(noise):
    value = np.random.default_rng(0).normal(size=(200, 3)).round(2)
    noisy = batch(noise.with_settings(columns=["1"]), value, severity=1.0)
    assert [False, True, False] == (noisy != value).any(axis=0).tolist()


def test_a_row_says_how_far_its_numbers_are_off():
    value = np.array([[0.0, 0.0], [2.0, 20.0]])
    reference = NOISE.fit(value)
    done = NOISE.apply(value[0], dose={"sigma": 0.5}, sample="a", reference=reference)
    assert done.report["rms"] == pytest.approx(np.sqrt(np.mean((done.value / [1.0, 10.0]) ** 2)))
    assert ("untouched_kinds", ()) == ("untouched_kinds", done.report["untouched_kinds"])
    mixed = {"a": 1.0, "b": "x", "c": True}
    assert ("boolean", "categorical") == FLIP.apply(mixed, 1.0, sample="a").report[
        "untouched_kinds"
    ]
