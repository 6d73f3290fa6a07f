"""Displacement in units of the distance between samples, against closed forms."""

import math

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from noisebench.calibration._space import displacement, mean, spread, squares
from noisebench.errors import CalibrationError

RNG = np.random.default_rng(1)


def test_the_spread_is_the_mean_distance_of_two_samples():
    features = RNG.normal(size=(40, 7)) + 100
    assert pdist(features).mean() == pytest.approx(spread(features, "x"))


def test_squares_are_squared_distances():
    one, other = RNG.normal(size=(5, 3)), RNG.normal(size=(6, 3))
    expected = ((one[:, None] - other[None]) ** 2).sum(axis=2)
    assert expected == pytest.approx(squares(one, other))


@pytest.mark.parametrize("sigma", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("d", [1, 8, 200])
def test_gaussian_noise_on_gaussian_samples_moves_them_by_its_ratio_over_root_two(sigma, d):
    # |z| and |x - x'| have the same law but for the scale: sigma against tau * sqrt(2).
    n, tau = 400, 3.0
    clean = tau * RNG.normal(size=(n, d))
    found = displacement(clean, clean + sigma * RNG.normal(size=(n, d)), spread(clean, "x"))
    expected = sigma / (tau * math.sqrt(2))
    # The distance between samples has an error of its own; it shrinks with n and d.
    slack = 4 * math.hypot(found.error, expected / math.sqrt(n * d))
    assert expected == pytest.approx(found.value, abs=slack)


def test_a_sample_replaced_by_another_is_moved_by_one():
    clean = RNG.normal(size=(300, 20))
    found = displacement(clean, np.roll(clean, 1, axis=0), spread(clean, "x"))
    assert found.value == pytest.approx(1.0, abs=4 * found.error + 0.01)


def test_nothing_moved_is_nothing():
    clean = RNG.normal(size=(10, 4))
    assert displacement(clean, clean, 1.0).value == 0.0


def test_means_leave_out_what_is_not_finite():
    found = mean(np.array([1.0, math.inf, 3.0, math.nan]))
    assert (2.0, 1.0) == (found.value, found.error)
    assert math.isnan(mean(np.array([math.inf])).value)


def test_one_sample_has_no_distance():
    with pytest.raises(CalibrationError, match="2 samples or more to calibrate on, got samples=1"):
        spread(np.ones((1, 3)), "image")


def test_features_that_are_all_the_same_are_refused():
    with pytest.raises(CalibrationError, match="features of image that differ between samples"):
        spread(np.full((9, 3), 7.25), "image")
