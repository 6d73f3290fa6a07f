"""Bounds of shares, differences, ratios and skewed means against published examples and other implementations."""

import numpy as np
import pytest
from scipy.stats import binomtest

from noisebench.curve._bounds import (
    clopper_pearson,
    equivalent,
    hall,
    newcombe,
    normal,
    ratio,
    widen,
    wilson,
)


@pytest.mark.parametrize(("k", "n"), [(0, 10), (1, 10), (7, 10), (10, 10), (499, 500)])
def test_clopper_pearson_equals_scipy(k: int, n: int) -> None:
    expected = binomtest(k, n).proportion_ci(0.95, method="exact")
    low, high = clopper_pearson(np.array([k / n]), np.array([float(n)]), normal(0.95))
    assert (expected.low, expected.high) == pytest.approx((low[0], high[0]), abs=1e-9)


@pytest.mark.parametrize(("k", "n"), [(0, 10), (7, 10), (10, 10), (499, 500)])
def test_wilson_equals_scipy(k: int, n: int) -> None:
    expected = binomtest(k, n).proportion_ci(0.95, method="wilson")
    low, high = wilson(np.array([k / n]), np.array([float(n)]), normal(0.95))
    assert (expected.low, expected.high) == pytest.approx((low[0], high[0]), abs=1e-9)


def paired(both: int, first: int, second: int, none: int) -> tuple[np.ndarray, np.ndarray]:
    """Return shares and covariance of a fourfold table."""
    n = both + first + second + none
    share = np.array([both + first, both + second]) / n
    cross = both / n - share[0] * share[1]
    return share, np.array(
        [[share[0] * (1 - share[0]), cross], [cross, share[1] * (1 - share[1])]]
    ) / n


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ((1, 1, 7, 12), (-0.507, -0.026)),
        ((59, 6, 16, 80), (-0.119, -0.005)),
        ((36, 12, 2, 0), (0.0569, 0.3404)),
    ],
)
def test_newcombe_equals_published_examples(
    table: tuple[int, int, int, int], expected: tuple[float, float]
) -> None:
    """Fagerland, Lydersen and Laake 2014, tables of airways and of complete responses; Newcombe 1998."""
    share, cov = paired(*table)
    found = newcombe(share, cov, np.full(2, float(sum(table))), normal(0.95))
    assert expected == pytest.approx(found, abs=6e-4 if expected[0] < 0 else 6e-5)


def test_newcombe_turns_with_the_two_shares() -> None:
    share, cov = paired(40, 9, 3, 8)
    n = np.full(2, 60.0)
    low, high = newcombe(share, cov, n, 1.96)
    assert (-high, -low) == pytest.approx(newcombe(share[::-1], cov[::-1, ::-1], n, 1.96))


@pytest.mark.slow
@pytest.mark.parametrize("n", [20, 50, 200])
def test_newcombe_covers_whether_samples_break_often_or_seldom(n: int) -> None:
    for breaks, recovers, right in ((0.02, 0.01, 0.9), (0.1, 0.01, 0.8), (0.3, 0.02, 0.6)):
        rest = 1 - breaks - recovers - right
        tables = np.random.default_rng(n).multinomial(n, [right, breaks, recovers, rest], 2000)
        hits = 0
        for table in tables:
            share, cov = paired(*table.tolist())
            low, high = newcombe(share, cov, np.full(2, float(n)), normal(0.95))
            hits += low <= breaks - recovers <= high
        assert hits / 2000 >= 0.94


def test_ratio_of_known_numbers_is_the_textbook_interval() -> None:
    low, high = ratio(np.array([2.0, 1.0]), np.array([[0.0, 0.0], [0.0, 0.01]]), 2.0)
    assert (low, high) == pytest.approx((0.4, 0.6))


def test_a_ratio_may_have_sides_of_their_own() -> None:
    mean, cov = np.array([2.0, 1.0]), np.array([[0.02, 0.01], [0.01, 0.03]])
    expected = ratio(mean, cov, 1.0)[0], ratio(mean, cov, 3.0)[1]
    assert expected == ratio(mean, cov, (1.0, 3.0))


def test_ratio_is_undefined_where_the_denominator_may_be_zero() -> None:
    assert np.isnan(ratio(np.array([0.1, 0.1]), np.eye(2) * 0.01, 2.0)).all()


@pytest.mark.parametrize("skewness", [-0.4, 0.1, 0.3])
def test_hall_inverts_the_cubic_transformation(skewness: float) -> None:
    for critical in (-1.96, 1.0, 1.96):
        t = hall(critical, skewness)
        back = t + skewness * t**2 / 3 + skewness**2 * t**3 / 27 + skewness / 6
        assert critical == pytest.approx(back)
    assert hall(1.96, 0.0) == 1.96


def test_what_has_the_variance_of_independent_samples_counts_as_so_many() -> None:
    share = np.array([0.2, 0.5])
    variance = share * (1 - share) / 80
    assert equivalent(share, variance, 80, 80.0, 1.0) == pytest.approx([80, 80])
    assert equivalent(share, variance / 4, 80, 80.0, 0.0) == pytest.approx([320, 320])
    drawn = equivalent(share, variance / 4, 80, 80.0, 1.0)
    assert ((drawn > 80) & (drawn < 320)).all()


def test_few_units_widen_a_critical_value_to_that_of_t() -> None:
    assert widen(normal(0.95), 4) == pytest.approx(2.776, abs=1e-3)
    assert widen(normal(0.95), None) == pytest.approx(1.96, abs=1e-3)
