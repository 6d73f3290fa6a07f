"""The smallest suite that predicts the profile: one noise of every family, and honest about what it cannot predict."""

import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import PredefinedSplit, cross_val_predict

from noisebench.topology._breaking import Breaking
from noisebench.topology._make import topology
from noisebench.topology._suite import _folds, suite_of
from tests.noisebench.topology.planted import GRID, noise, planted, profile

RARE = np.linspace(0.002, 0.01, len(GRID))[:, None, None]
"""Share of the samples that a noise breaks which hardly breaks any, by severity."""


def test_one_noise_of_every_family_is_enough():
    found = suite_of(planted(2000, [0] * 4 + [1] * 4 + [2] * 4, family=2.0, own=0.4))
    assert {"a", "b", "c"} == {name[0] for name in found.names}
    assert 3 == len(found.names)
    assert found.small
    for each in found.predicted:
        assert each.name[0] == each.by[0][0][0]


def test_unrelated_noises_need_each_other():
    found = suite_of(planted(1000, range(6), shared=0.0, family=0.0))
    assert not found.enough
    assert not found.small
    assert 3 == len(found.names) == len(found.predicted)
    assert all(each.explained.value < 0.05 for each in found.predicted)


def test_noises_with_many_breaks_do_not_stand_for_those_with_few():
    """By the sum of variances two of six would explain most of it, themselves."""
    rng = np.random.default_rng(4)
    many = [noise(f"many{i}", rng.normal(size=2000)) for i in range(2)]
    few = [Breaking(f"few{i}", GRID, rng.random((1, 1, 2000)) < RARE, True) for i in range(4)]
    found = suite_of(profile(*many, *few))
    assert not found.enough
    assert found.explained.value < 0.05


def test_what_is_enough_is_the_mean_over_the_noises_left_out():
    found = suite_of(planted(2000, [0] * 4 + [1] * 4 + [2] * 4, family=2.0, own=0.4))
    left = [each.explained.value for each in found.predicted]
    assert np.isclose(np.mean(left), found.explained.value)
    assert found.explained.value >= found.target
    assert found.path[len(found.names) - 2].explained < found.target


def test_a_suite_that_predicts_nothing_is_not_called_enough():
    said = topology(planted(1000, range(6), shared=0.0, family=0.0)).findings[-1]
    assert said.startswith("No small suite will do: ")
    assert ", 3 of 6 noises, predict" in said
    assert "less than half of each of the 3; to know what they all do, run them all" in said


def test_a_suite_that_is_enough_speaks_of_the_noises_left_out():
    said = topology(planted(2000, [0] * 4 + [1] * 4 + [2] * 4, family=2.0, own=0.4)).findings[-1]
    assert said.startswith("3 of 12 noises are enough: ")
    assert "under the other 9 noises, each weighing the same" in said


def test_what_is_explained_is_cross_validated_least_squares():
    made = planted(300, [0, 0, 1, 1])
    found = suite_of(made)
    left = found.predicted[0]
    chosen = [made.names.index(name) for name in found.names]
    split = PredefinedSplit(_folds(made))
    values = made.severities
    target = values[:, made.names.index(left.name)]
    predicted = cross_val_predict(LinearRegression(), values[:, chosen], target, cv=split)
    mean = cross_val_predict(LinearRegression(), np.zeros((300, 1)), target, cv=split)
    expected = 1 - ((target - predicted) ** 2).sum() / ((target - mean) ** 2).sum()
    assert np.isclose(expected, left.explained.value, atol=1e-6)
    assert left.explained.low < left.explained.value < left.explained.high


def test_the_path_ends_with_all_noises_so_that_nothing_is_left_out():
    found = suite_of(planted(400, [0, 0, 1, 2, 2]))
    shares = [step.explained for step in found.path]
    assert 5 == len(shares)
    assert 1.0 == shares[-1]
    assert np.isclose(found.explained.value, shares[len(found.names) - 1], atol=1e-6)


def test_the_same_noise_twice_is_no_obstacle():
    values = np.random.default_rng(0).normal(size=(2, 300))
    made = profile(noise("a", values[0]), noise("a again", values[0]), noise("b", values[1]))
    found = suite_of(made)
    assert 2 == len(found.names)
    assert np.isclose(1, found.predicted[0].explained.value, atol=1e-6)


def test_samples_of_a_group_are_in_one_fold():
    made = planted(200, [0, 1, 2])
    groups = np.arange(200) // 5
    grouped = profile(*made.noises, groups=groups)
    folds = _folds(grouped)
    assert all(len(set(folds[groups == g].tolist())) == 1 for g in range(40))
    assert {0, 1, 2, 3, 4} == set(folds.tolist())
