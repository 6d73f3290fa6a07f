"""The noise that costs most: its interval allows for the choice, and what may cost as much is named."""

import numpy as np
import pytest

from noisebench.curve import Curve
from noisebench.curve._most import most

GRID = (0.5, 1.0)


def noisy(rng: np.random.Generator, n: int, *losses: float) -> dict[str, Curve]:
    """Make a curve for each loss at severity 1, half of it at 0.5, on the same samples."""
    right = rng.random(n) < 0.9
    found = {}
    for place, loss in enumerate(losses):
        luck = rng.random(n)
        rows = np.array([right & (luck > share * loss / 0.9) for share in (0.0, 0.5, 1.0)])
        found[f"noise {place}"] = Curve.from_outcomes(
            severities=GRID, clean=rows[0].astype(float), outcomes=rows[1:].astype(float), chance=0.1,
            bootstrap=200,
        )  # fmt: skip
    return found


def worst(curves: dict[str, Curve]) -> str:
    return min(curves, key=lambda name: curves[name].area.value)


def test_the_loss_is_the_mean_over_severities() -> None:
    curves = noisy(np.random.default_rng(0), 500, 0.3)
    curve = curves["noise 0"]
    found = most(curves, "noise 0")
    assert found is not None
    a = curve.estimate
    assert found.loss.value == pytest.approx(a[0] - (a[0] + 2 * a[1] + a[2]) / 4)
    assert found.rivals == ()


def test_the_interval_is_wider_the_more_it_was_chosen_from() -> None:
    curves = noisy(np.random.default_rng(0), 500, *[0.3] * 12)
    name = worst(curves)
    alone, among = (most(each, name) for each in ({name: curves[name]}, curves))
    assert alone is not None
    assert among is not None
    assert among.loss.high - among.loss.low > 1.2 * (alone.loss.high - alone.loss.low)
    assert "allowing for the choice among 12" in str(among.loss)


def test_what_may_cost_as_much_is_named_and_what_surely_costs_less_is_not() -> None:
    found = most(noisy(np.random.default_rng(1), 400, 0.5, 0.49, 0.1), "noise 0")
    assert found is not None
    assert found.rivals == ("noise 1",)


def test_losses_of_a_loss_are_positive() -> None:
    rows = np.outer([1.0, 2.0, 3.0], np.random.default_rng(0).exponential(size=50))
    curve = Curve.from_outcomes(severities=GRID, clean=rows[0], outcomes=rows[1:], metric="mae")
    found = most({"a": curve}, "a")
    assert found is not None
    assert found.loss.value == pytest.approx(rows[0].mean())


def test_other_samples_and_one_sample_are_defined() -> None:
    curves = {**noisy(np.random.default_rng(0), 60, 0.4)}
    curves["other"] = noisy(np.random.default_rng(0), 50, 0.3)["noise 0"]
    assert most(curves, "noise 0") is not None
    one = Curve.from_outcomes(severities=GRID, clean=[1.0], outcomes=[[1.0], [0.0]])
    assert most({"a": one}, "a") is None
    assert most({"a": Curve.from_json(one.to_json())}, "a") is None


def test_equal_curves_are_rivals() -> None:
    curve = noisy(np.random.default_rng(0), 60, 0.4)["noise 0"]
    found = most({"a": curve, "b": curve}, "a")
    assert found is not None
    assert found.rivals == ("b",)


@pytest.mark.slow
def test_the_worst_of_many_is_covered_where_its_own_interval_is_not() -> None:
    """Twenty noises that cost the same: the one that came out worst came out too bad, and any of them may be the worst."""
    trials, hits, naive, named = 300, 0, 0, 0
    for trial in range(trials):
        curves = noisy(np.random.default_rng(trial), 150, *[0.3] * 20)
        name = worst(curves)
        found, alone = most(curves, name), most({name: curves[name]}, name)
        assert found is not None
        assert alone is not None
        hits += found.loss.low <= 0.15 <= found.loss.high
        naive += alone.loss.low <= 0.15 <= alone.loss.high
        named += "noise 7" in {name, *found.rivals}
    least = 0.95 - 4 * np.sqrt(0.05 * 0.95 / trials)
    assert hits / trials >= least
    assert naive / trials < least
    assert named / trials >= least
