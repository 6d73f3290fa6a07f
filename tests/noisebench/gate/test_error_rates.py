"""How often a gate that stops early errs, and how many model calls it takes, over many simulated runs."""

import math

import numpy as np
import pytest

from tests.benchmarks.stopping import AIM, BARS, FIXED, MANY, TOLERANCE, runs

RUNS = 300


def at_most(chance, count=RUNS):
    """Return the share that a chance stays below, but for three standard errors."""
    return chance + 3 * math.sqrt(chance * (1 - chance) / count)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("drop", "wrong", "chance"),
    [(TOLERANCE, ["pass"], 0.05), (TOLERANCE, ["fail"], 0.10), (AIM, ["fail", "missed"], 0.10)],
)
def test_a_model_at_a_threshold_is_taken_for_the_other_side_as_rarely_as_promised(
    drop, wrong, chance
):
    _, states = runs(drop, MANY, finite=False, count=RUNS)
    assert 0 < sum(map(states.count, wrong)) / RUNS <= at_most(chance)
    assert "open" not in states


@pytest.mark.slow
@pytest.mark.parametrize("drop", [drop for drop, bar in BARS.items() if bar])
def test_clear_cases_take_a_share_of_a_fixed_tests_calls(drop):
    calls, states = runs(drop, MANY, finite=False, count=RUNS)
    assert calls.mean() / FIXED <= BARS[drop]
    right = ["pass"] if drop <= AIM else ["fail", "missed"]
    assert sum(map(states.count, right)) / RUNS >= 0.97
    if drop >= 4 * TOLERANCE:
        assert states.count("fail") / RUNS >= 0.9


@pytest.mark.slow
def test_a_set_never_takes_more_than_all_of_it():
    for drop in BARS:
        calls, states = runs(drop, FIXED, finite=True, count=50)
        assert calls.max() <= FIXED
        assert np.isin(states, ["pass", "fail"]).all()
