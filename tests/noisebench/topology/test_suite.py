"""The smallest suite that predicts the profile: one noise of every family, and honest about what it cannot predict."""

import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import PredefinedSplit, cross_val_predict

from noisebench.topology._suite import _folds, suite_of
from tests.noisebench.topology.planted import noise, planted, profile


def test_one_noise_of_every_family_is_enough():
    found = suite_of(planted(2000, [0] * 4 + [1] * 4 + [2] * 4, family=2.0, own=0.4))
    assert {"a", "b", "c"} == {name[0] for name in found.names}
    assert 3 == len(found.names)
    assert found.small
    for each in found.predicted:
        assert each.name[0] == each.by[0][0][0]


def test_unrelated_noises_need_each_other():
    found = suite_of(planted(1000, range(6), shared=0.0, family=0.0))
    assert 5 == len(found.names)
    assert not found.small
    assert found.predicted[0].explained.value < 0.05


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


def test_the_path_ends_with_all_noises_and_never_explains_less():
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
