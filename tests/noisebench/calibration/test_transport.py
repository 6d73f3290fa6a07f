"""The sliced Wasserstein distance against closed forms and a slow reference."""

import numpy as np
import pytest

from noisebench.calibration._transport import beside, directions, paired, ranked, squared


def slow(one, other):
    """Pair by order, with every sample repeated until both sets are as large."""
    size = np.lcm(one.shape[-1], other.shape[-1])
    first, second = (np.repeat(each, size // each.shape[-1], axis=-1) for each in (one, other))
    return ((first - second) ** 2).mean()


@pytest.mark.parametrize(("n", "m"), [(12, 12), (12, 18), (7, 5), (5, 7), (1, 9), (30, 1)])
def test_it_is_the_distance_of_the_optimal_plan_whatever_the_sizes(n, m):
    rng = np.random.default_rng(1)
    sets, targets = ranked(rng.normal(size=(3, 4, n))), ranked(rng.normal(size=(2, 4, m)))
    expected = np.array([[slow(one, other) for other in targets] for one in sets])
    np.testing.assert_allclose(expected, squared(sets, targets), atol=1e-12)
    np.testing.assert_allclose(np.diag(expected), beside(sets[:2], targets), atol=1e-12)


def test_the_mean_over_ranks_is_kept():
    ordered = ranked(np.random.default_rng(0).normal(size=(2, 9)))
    np.testing.assert_allclose(ordered.mean(axis=1), paired(ordered, 4).mean(axis=1), atol=1e-12)


def test_a_shift_by_a_standard_deviation_in_every_feature_is_1_along_single_features():
    clean = np.random.default_rng(0).normal(size=(4000, 6)) * [1, 2, 3, 4, 5, 6]
    along = directions(clean, 400, 0)
    sides = [ranked(along(each)) for each in (clean, clean + clean.std(axis=0))]
    found = squared(*(each[None] for each in sides))[0, 0]
    # Random directions mix features whose shifts add or cancel, so the mean of the squares is 1, too.
    assert 1.0 == pytest.approx(found, abs=0.15)


def test_normal_sets_are_as_far_apart_as_their_means_and_spreads():
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=40_000), 0.5 + 2 * rng.normal(size=40_000)
    found = squared(ranked(one)[None, None], ranked(other)[None, None])[0, 0]
    assert 0.5**2 + 1**2 == pytest.approx(found, rel=0.03)


def test_every_direction_has_spread_1_but_where_features_hardly_vary():
    clean = np.random.default_rng(0).normal(size=(500, 10))
    clean[:, 3] = 7.0
    projections = directions(clean, 80, 0)(clean)
    spread = projections.std(axis=1)
    assert spread.max() == pytest.approx(1, abs=1e-6)
    assert {0.0, 1.0} == set(np.round(spread, 6))


def test_what_one_feature_says_of_another_is_taken_off():
    rng = np.random.default_rng(0)
    first = rng.normal(size=400)
    clean = np.stack([first, first + 0.5 * rng.normal(size=400)], axis=1)
    along = directions(clean, 40, 0).along
    noisy = clean + 0.4 * rng.normal(size=clean.shape)
    most = (noisy @ along).std(axis=0).max()
    assert most > 1.3  # a single feature grows by 8 %


def test_directions_are_the_same_for_the_same_seed():
    clean = np.random.default_rng(0).normal(size=(50, 9))
    assert (directions(clean, 16, 3).along == directions(clean, 16, 3).along).all()
    assert (directions(clean, 16, 3).along != directions(clean, 16, 4).along).any()
