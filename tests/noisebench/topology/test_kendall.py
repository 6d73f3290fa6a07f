"""Kendall's tau-b of breaking severities against its definition, and the pull of samples against leaving them out."""

import numpy as np
import pytest
from scipy.stats import kendalltau

from noisebench.topology._kendall import ranks, tau
from noisebench.topology._pull import MOST_UNITS, Units
from tests.noisebench.topology.planted import GRID, broken, noise, strengths


def order(low, high) -> np.ndarray:
    """Return 1 where i surely breaks before j, -1 where after, 0 where their intervals (low, high] overlap."""
    before = high[:, None] <= low[None]
    return before.astype(int) - before.T.astype(int)


def by_definition(first, second) -> float:
    a, b = order(*first), order(*second)
    return (a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())


def intervals(hurt: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where samples (severities, n) break: in (low, high], open to the right where they never do."""
    grid = np.array([0.0, *GRID, np.inf])
    step = np.where(hurt.any(axis=0), np.argmax(hurt, axis=0), len(GRID))
    return grid[step], grid[step + 1]


def test_tau_with_censoring_is_the_sum_over_all_pairs_whose_order_is_known():
    latent = strengths(60, [0, 0, 1], seed=3)
    hurt = [broken(column) for column in latent.T]
    severities = np.stack([noise("x", column).severity for column in latent.T], axis=1)
    found = tau(severities, Units.make(None, 60)).value
    pairs = [(0, 1), (0, 2), (1, 2)]
    expected = [by_definition(intervals(hurt[i]), intervals(hurt[j])) for i, j in pairs]
    assert np.allclose(expected, found, atol=1e-12)


def test_a_censored_sample_comes_after_all_that_break_and_ties_with_the_censored():
    hurt = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0]], bool)
    low, high = intervals(hurt)
    assert [[0, 1, 1, 1], [-1, 0, 1, 1], [-1, -1, 0, 0], [-1, -1, 0, 0]] == order(
        low, high
    ).tolist()


def test_tau_is_scipys_where_nothing_is_censored():
    values = np.random.default_rng(1).integers(0, 7, (200, 4)).astype(float)
    found = tau(values, Units.make(None, 200)).value
    rows, columns = np.triu_indices(4, 1)
    expected = [
        kendalltau(values[:, i], values[:, j]).statistic for i, j in zip(rows, columns, strict=True)
    ]
    assert np.allclose(expected, found, atol=1e-12)


def test_the_mean_of_several_draws_is_ranked_as_it_is():
    values = np.array([[0.1, 0.5], [0.15, 0.5], [0.1, 0.7]])
    assert [[0, 0], [1, 0], [0, 1]] == ranks(values).tolist()


def test_the_pull_of_a_sample_is_what_leaving_it_out_changes():
    values = np.random.default_rng(2).integers(0, 5, (120, 2)).astype(float)
    values[:, 1] = np.minimum(values[:, 0] + values[:, 1] % 2, 4)
    made = tau(values, Units.make(None, 120))
    left = np.array([
        kendalltau(*np.delete(values, i, axis=0).T).statistic for i in range(120)
    ])  # fmt: skip
    jackknife = 119 * (made.value[0] - left)
    assert 0.999 < np.corrcoef(jackknife, made.pull[:, 0])[0, 1]
    assert np.isclose(jackknife.std() / np.sqrt(119), made.error[0], rtol=0.03)


def test_pulls_sum_to_nothing_and_resamples_scatter_around_the_value():
    made = tau(strengths(300, [0, 1, 2]), Units.make(None, 300))
    assert np.allclose(0, made.pull.sum(axis=0), atol=1e-12)
    draws = made.draws(4000)
    assert np.allclose(made.value, draws.mean(axis=0), atol=4 * made.error / np.sqrt(4000))
    assert np.allclose(made.error, draws.std(axis=0), rtol=0.06)


def test_samples_of_a_group_are_drawn_together():
    """Every sample four times in a group of its own: as sure as each sample once."""
    values = np.random.default_rng(4).integers(0, 6, (100, 2)).astype(float)
    values[:, 1] += values[:, 0]
    once = tau(values, Units.make(None, 100))
    fourfold = tau(np.repeat(values, 4, axis=0), Units.make(np.repeat(np.arange(100), 4), 400))
    assert np.allclose(once.value, fourfold.value)
    assert np.allclose(once.error, fourfold.error, rtol=1e-9)


def test_many_units_are_pooled_without_a_change_of_the_error():
    values = strengths(5000, [0, 0], seed=5)
    steps = np.stack(
        [np.digitize(column, np.quantile(column, [0.3, 0.6])) for column in values.T], 1
    )
    units = Units.make(None, 5000)
    assert MOST_UNITS == units.count
    own = Units(np.arange(5000), 5000, 5000, grouped=False)
    assert np.allclose(tau(steps, own).error, tau(steps, units).error, rtol=0.05)


@pytest.mark.parametrize("n", [1, 2])
def test_one_unit_has_no_error(n):
    found = tau(np.array([[0.0, 1.0], [1.0, 0.0]]), Units.make(np.arange(2) % n, 2))
    assert np.isnan(found.error[0]) == (n == 1)
