"""Detectors of noise: their regression, their error rates at the null, and what they find where there is something."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from noisebench.calibration._detect import FEWEST, detect
from noisebench.calibration._logistic import RIDGE, coefficients, decide, sigmoid

RNG = np.random.default_rng(4)


def test_coefficients_are_those_of_a_ridge_regression_for_every_labelling():
    rows = RNG.normal(size=(120, 6))
    rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    labels = (rows @ RNG.normal(size=(6, 3)) + RNG.normal(size=(120, 3)) > 0).T.astype(float)
    found = coefficients(rows, labels)
    for each, made in zip(labels, found, strict=True):
        known = LogisticRegression(C=1 / RIDGE, tol=1e-10, max_iter=1000).fit(rows, each)
        assert [*known.coef_[0], *known.intercept_] == pytest.approx(made, abs=1e-4)
    assert decide(rows, found).shape == (3, 120)


def test_the_sigmoid_does_not_overflow():
    assert [0, 0.5, 1] == pytest.approx(sigmoid(np.array([-1e4, 0, 1e4])))


def test_at_severity_0_nothing_is_told_apart():
    clean = RNG.normal(size=(80, 12))
    found = detect(clean, clean.copy())
    assert 0.5 == found.auc
    assert found.low < 0.5 < found.high
    assert 1.0 == found.p


def test_what_is_far_apart_is_always_told_apart():
    clean = RNG.normal(size=(60, 5))
    found = detect(clean, clean + 10)
    assert 1.0 == found.auc
    assert 0.9 < found.low < 1.0 == found.high
    assert 0.01 == found.p


def test_noise_without_a_mean_shows_in_the_spread():
    clean = RNG.normal(size=(120, 5))
    found = detect(clean, clean + RNG.normal(size=(120, 5)))
    assert found.low > 0.55
    assert 0.01 == found.p


def test_few_pairs_have_no_detector():
    clean = RNG.normal(size=(FEWEST - 1, 3))
    assert detect(clean, clean + 1) is None


def test_a_sample_and_its_noisy_self_stand_in_one_fold():
    # Were they apart, the sample would be told by its neighbour: noise here is far smaller than the distance of samples.
    clean = 100 * RNG.normal(size=(60, 40))
    noisy = clean + 1e-3 * RNG.normal(size=(60, 40))
    found = detect(clean, noisy)
    assert found.low < 0.5 < found.high


def test_features_that_do_not_vary_are_no_evidence():
    clean = np.concatenate([RNG.normal(size=(40, 2)), np.ones((40, 3))], axis=1)
    assert 0.5 == detect(clean, clean.copy()).auc


def test_the_auc_is_that_of_unseen_samples():
    clean = RNG.normal(size=(200, 3))
    noisy = clean + np.array([1.0, 0, 0])
    best = roc_auc_score(np.repeat([0, 1], 200), np.concatenate([clean[:, 0], noisy[:, 0]]))
    found = detect(clean, noisy)
    assert best == pytest.approx(found.auc, abs=0.03)
    assert found.low < best < found.high


@pytest.mark.slow
def test_alike_samples_are_called_apart_no_more_often_than_promised_and_intervals_hold():
    runs, called, covered = 200, 0, 0
    for run in range(runs):
        shared = RNG.normal(size=(64, 8))
        one, other = (shared + RNG.normal(size=(64, 8)) for _ in range(2))
        found = detect(one, other, seed=run)
        called += found.p <= 0.05
        covered += found.low <= 0.5 <= found.high
    # 4 standard errors of 200 runs at 5 %.
    assert called <= 200 * 0.05 + 4 * (200 * 0.05 * 0.95) ** 0.5
    assert covered >= 200 * 0.95 - 4 * (200 * 0.05 * 0.95) ** 0.5
