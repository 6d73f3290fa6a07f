"""Rising lines through measured doses: the fit, Kendall's tau, and what is done where a dose does not rise."""

import math

import numpy as np
import pytest
from scipy.stats import kendalltau

from noisebench.calibration._isotonic import MONOTONE, fit, kendall, rising

GRID = np.linspace(0, 1, 9)


def test_tau_of_distinct_doses_is_kendalls():
    doses = np.random.default_rng(0).permutation(12) / 12.0
    expected = kendalltau(np.arange(12), doses).statistic
    assert expected == pytest.approx(kendall(doses))


def test_a_dose_that_has_reached_its_end_is_monotone_although_it_trembles():
    doses = np.array([0, 0.2, 0.4, 0.6, 0.8, 0.8, 0.799, 0.801, 0.8])
    assert fit(GRID, doses).tau == 1.0


def test_a_dose_that_falls_again_is_not_monotone_and_the_largest_so_far_is_taken():
    doses = [0, 0.2, 0.5, 0.8, 0.7, 0.5, 0.3, 0.2, 0.1]
    found = fit(GRID, doses)
    assert found.tau < MONOTONE
    assert not found.monotone
    assert np.maximum.accumulate(doses) == pytest.approx(found.values)


def test_small_falls_are_levelled_in_least_squares():
    doses = [0.0, 0.1, 0.3, 0.28, 0.5, 0.6, 0.7, 0.8, 0.9]
    found = fit(GRID, doses)
    assert found.monotone
    assert [0, 0.1, 0.29, 0.29, 0.5, 0.6, 0.7, 0.8, 0.9] == pytest.approx(found.values.tolist())


def test_noise_that_changes_nothing_has_no_tau():
    found = fit(GRID, np.zeros(9))
    assert math.isnan(found.tau)
    assert not found.monotone
    assert found.range == 0
    assert found.bracket(0.05) is None


def test_a_clean_psnr_is_infinite_and_stays_so():
    doses = np.array([-math.inf, -40, -35, -36, -30])
    assert [-math.inf, -40, -35.5, -35.5, -30] == pytest.approx(rising(doses).tolist())
    assert fit(np.linspace(0, 1, 5), np.sort(doses)).monotone


def test_the_bracket_is_where_the_line_first_reaches_a_dose():
    found = fit(GRID, np.linspace(0, 0.8, 9))
    assert found.bracket(0.25) == (2, 3)
    assert found.bracket(0.8) == (7, 8)
    assert found.bracket(0.81) is None
    assert found.bracket(0.0) == (0, 1)
