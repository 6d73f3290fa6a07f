"""Two stages: which severities, on how many samples, and how well they place a loss."""

import numpy as np
import pytest

from tests.noisebench.run.located import GRID, falling, located, tolerance


def test_the_second_stage_is_around_the_loss():
    found = located(falling(np.random.default_rng(0), 600))
    assert found.complete
    near = found.near["a"]
    assert 4 == len(near)
    assert near[0] <= 0.32 <= near[-1]
    assert {600} == {found.stopper.count("a", s) for s in near}
    assert {found.first, 600} >= {found.stopper.count("a", s) for s in found.coarse("a")}
    made, full = found.calls()
    assert made < 0.36 * full


@pytest.mark.parametrize("start", [0.02, 2.0])
def test_a_loss_before_the_first_and_none_at_all_are_defined(start):
    found = located(falling(np.random.default_rng(1), 300, at=start, width=0.01))
    said = tolerance(found)
    assert found.complete
    assert said.censored == (start > 1)
    assert "nan" not in said.text


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_all_wrong_and_all_right_are_defined(value):
    found = located(np.full((17, 200), value), chance=0.25)
    assert found.complete
    said = tolerance(found)
    assert "nan" not in said.text
    assert ("not shown that the model is above chance" in said.text) == (value == 0.0)


@pytest.mark.parametrize("levels", [1, 2, 4, 6])
def test_a_short_grid_is_run_as_far_as_it_goes(levels):
    grid = tuple(np.linspace(1 / levels, 1, levels))
    found = located(falling(np.random.default_rng(2), 120, grid=grid), grid=grid)
    assert found.complete
    assert found.coarse("a")[-1] == 1.0


def test_how_a_run_is_cut_changes_nothing():
    truth = falling(np.random.default_rng(3), 200)
    one, other = located(truth, most=200), located(truth, most=13)
    assert one.near == other.near
    assert one.calls() == other.calls()


@pytest.mark.slow
def test_the_interval_covers_where_the_population_loses_a_tenth():
    rng = np.random.default_rng(4)
    many = falling(rng, 400_000).mean(axis=1)
    true = float(np.interp(0.9, many[::-1], np.array([0.0, *GRID])[::-1]))
    runs = 100
    said = [tolerance(located(falling(rng, 300))) for _ in range(runs)]
    assert sum(each.low <= true <= each.high for each in said) / runs >= 0.92
