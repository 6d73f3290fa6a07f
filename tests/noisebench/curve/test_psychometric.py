"""Fitted sigmoids: what they find where the truth is one, that they misfit no more often than promised, and when they refuse."""

import json
import math

import numpy as np
import pytest

from noisebench.curve import Curve
from noisebench.curve._sigmoid import SHAPES, Shape

GRID = np.array([0.2, 0.4, 0.6, 0.8, 1.0])
FINE = np.linspace(0.1, 1, 10)


def falls(
    shape: Shape, *, half: float = 0.5, b: float = 0.4, top: float = 0.95, floor: float = 0.1, grid: np.ndarray = GRID
) -> np.ndarray:  # fmt: skip
    """Return the true values, the clean one first."""
    return floor + (top - floor) * np.append(1.0, shape.kept(np.log(grid / half) / b))


def drawn(levels: np.ndarray, n: int, seed: int, **settings: object) -> Curve:
    """Make a curve of samples that break at a severity of their own, in a random order."""
    rows = (np.random.default_rng(seed).random(n) < levels[:, None]).astype(float)
    return made(rows, seed=seed, **settings)


def counted(levels: np.ndarray, n: int, **settings: object) -> Curve:
    """Make a curve of exactly these shares."""
    return made((np.arange(n) < np.round(n * levels)[:, None]).astype(float), **settings)


def made(rows: np.ndarray, **settings: object) -> Curve:
    given = {"severities": np.linspace(1 / (len(rows) - 1), 1, len(rows) - 1), "chance": 0.1}
    return Curve.from_outcomes(
        clean=rows[0], outcomes=rows[1:], **{**given, "bootstrap": 100, **settings}
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_exact_shares_give_threshold_and_slope_back(shape: Shape) -> None:
    found = counted(falls(shape, grid=FINE), 100_000).psychometric
    assert found.shape == shape.name
    assert found.threshold == pytest.approx(0.5, abs=0.002)
    assert found.slope == pytest.approx(shape.slope / 0.4, rel=0.01)
    assert (found.top, found.floor) == pytest.approx((0.95, 0.1), abs=1e-3)
    assert found.guessed
    assert found.p > 0.9


def test_every_shape_is_one_half_at_its_threshold_and_falls_there_as_it_says() -> None:
    for shape in SHAPES:
        assert shape.kept(np.array(0.0)) == pytest.approx(0.5)
        gap = float(shape.kept(np.array(-1e-5)) - shape.kept(np.array(1e-5)))
        assert gap / 2e-5 == pytest.approx(shape.slope, rel=1e-6)


def test_a_curve_that_levels_off_above_chance_has_its_floor_fitted() -> None:
    found = counted(falls(SHAPES[1], floor=0.5, b=0.25, half=0.4, grid=FINE), 20_000).psychometric
    assert not found.guessed
    assert found.floor == pytest.approx(0.5, abs=0.01)
    assert found.threshold == pytest.approx(0.4, abs=0.005)
    assert "where it levels off" in str(found)


def test_losses_are_fitted_upside_down() -> None:
    rng = np.random.default_rng(0)
    size, kept = (
        rng.exponential(size=4000),
        np.append(1.0, SHAPES[0].kept(np.log(FINE / 0.5) / 0.4)),
    )
    rows = np.outer(3 - 2 * kept, size)
    found = made(rows, metric="mae", chance=3 * size.mean()).psychometric
    assert found.threshold == pytest.approx(0.5, abs=0.01)
    assert found.floor > found.top


def test_it_prints_as_a_sentence_and_survives_json() -> None:
    curve = drawn(falls(SHAPES[1]), 400, 0)
    text = str(curve.psychometric)
    assert text.startswith("half of the way from 0.9")
    assert "of it per e-fold of severity (" in text
    assert text.endswith("95 % interval, n = 400)")
    again = Curve.from_json(json.loads(json.dumps(curve.to_json(), allow_nan=False)))
    assert again.psychometric == curve.psychometric


@pytest.mark.parametrize(
    ("expected", "levels", "n"),
    [
        ("flat: nothing is surely lost up to severity 1", [1.0] * 6, 100),
        ("flat: nothing is surely lost up to severity 1", [0.9, 0.9, 0.91, 0.9, 0.89, 0.9], 300),
        ("the model is worse than chance", [0.0] * 6, 100),
        ("the model is at chance", [0.11, 0.1, 0.1, 0.1, 0.1, 0.1], 200),
        ("fewer than 4 severities", [0.9, 0.8, 0.4, 0.2], 200),
        ("fewer than 20 samples", [0.9, 0.8, 0.7, 0.4, 0.2, 0.1], 19),
        ("half is lost before severity 0.2, the mildest measured", [0.9, 0.3, 0.2, 0.12, 0.1, 0.1], 400),
        ("less than half is lost up to severity 1", [0.95, 0.95, 0.94, 0.92, 0.88, 0.81], 400),
        ("it falls within one step, near severity 0.4 to 0.6", [0.9, 0.9, 0.9, 0.1, 0.1, 0.1], 400),
        ("no sigmoid fits (misfit p < 0.001)", [0.9, 0.5, 0.9, 0.5, 0.3, 0.1], 400),
    ],
)  # fmt: skip
def test_what_no_sigmoid_says_is_refused_in_words(
    expected: str, levels: list[float], n: int
) -> None:
    found = counted(np.array(levels), n).psychometric
    assert not found
    assert math.isnan(found.threshold)
    assert str(found).startswith(f"no fit: {expected}")


def test_few_groups_are_few_units() -> None:
    levels = np.repeat(falls(SHAPES[0])[:, None], 200, axis=1)
    rows = (np.random.default_rng(0).random(200) < levels).astype(float)
    found = made(rows, groups=np.arange(200) % 10).psychometric
    assert str(found) == "no fit: fewer than 20 groups"


def test_without_chance_a_loss_has_no_floor() -> None:
    rows = np.outer([1, 1.1, 1.5, 2, 2.5, 3.0], np.random.default_rng(0).exponential(size=50))
    found = made(rows, metric="mae", chance=None).psychometric
    assert str(found) == "no fit: no chance level is known for this metric"


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "n"), [(0, 60), (1, 300), (2, 300)])
def test_threshold_and_slope_are_covered_and_a_true_shape_is_seldom_refused(
    shape: int, n: int
) -> None:
    trials, hits, refused = 200, np.zeros(2), 0
    for trial in range(trials):
        found = drawn(falls(SHAPES[shape]), n, trial).psychometric
        refused += not found
        hits += [
            found.low <= 0.5 <= found.high,
            found.slope_low <= SHAPES[shape].slope / 0.4 <= found.slope_high,
        ]
    served = trials - refused
    assert refused / trials <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / trials)
    assert (hits / served >= 0.95 - 4 * np.sqrt(0.05 * 0.95 / served)).all(), hits / served


@pytest.mark.slow
def test_a_curve_with_two_falls_is_refused() -> None:
    """Half of the samples break near 0.15, the other half near 0.8."""
    kept = 0.5 * SHAPES[1].kept(np.log(FINE / 0.15) / 0.1) + 0.5 * SHAPES[1].kept(
        np.log(FINE / 0.8) / 0.1
    )
    levels = 0.1 + 0.85 * np.append(1.0, kept)
    found = [drawn(levels, 300, trial).psychometric for trial in range(60)]
    assert np.mean([bool(each) for each in found]) < 0.05


@pytest.mark.slow
def test_the_fit_finds_the_threshold_better_than_lines_between_points_do() -> None:
    """Five severities, as methods that locate a threshold are compared; the truth is in the family."""
    away = []
    for trial in range(150):
        curve = drawn(falls(SHAPES[1]), 1000, trial)
        found = curve.psychometric
        if found:
            away.append([found.threshold - 0.5, curve.tolerance(drop=0.5).severity - 0.5])
    fit, lines = np.sqrt(np.mean(np.square(away), axis=0))
    assert fit < 0.9 * lines
