"""Exactness, projection, and the measured coverage of intervals (facts: methods F3 and F4)."""

import numpy as np
import pytest
from scipy.optimize import isotonic_regression
from scipy.special import expit
from scipy.stats import binomtest

from noisebench.curve import Curve, difference
from noisebench.curve._bands import falling
from noisebench.curve._bounds import clopper_pearson, normal
from noisebench.metrics import get_metric

GRID = np.linspace(0, 1, 11)


def survivors(
    rng: np.random.Generator,
    n: int,
    *,
    start: float = 4,
    fall: float = 8,
    replicates: int = 1,
    cluster: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Coupled 0/1 outcomes of samples whose difficulty has a standard deviation of 2."""
    ease = np.repeat(rng.normal(size=n // cluster) * 2, cluster)
    luck = rng.random((replicates, n))
    noisy = np.array([luck < expit(start - fall * s + ease) for s in GRID[1:]]).astype(float)
    return (luck[0] < expit(start + ease)).astype(float), noisy


def truth(start: float = 4, fall: float = 8) -> np.ndarray:
    ease = np.random.default_rng(0).normal(size=200_000) * 2
    return np.array([expit(start - fall * s + ease).mean() for s in GRID])


def inside(curve: Curve, expected: np.ndarray) -> bool:
    return bool(((curve.low <= expected + 1e-9) & (expected <= curve.high + 1e-9)).all())


def test_falling_equals_scipy_isotonic_regression() -> None:
    rows = np.random.default_rng(0).normal(size=(40, 7))
    expected = [isotonic_regression(row, increasing=False).x for row in rows]
    assert np.allclose(expected, falling(rows))


def test_pointwise_interval_of_the_clean_value_is_exact() -> None:
    scores = np.array([1.0] * 45 + [0.0] * 5)
    curve = Curve.from_outcomes(severities=[1.0], clean=scores, outcomes=[scores])
    expected = binomtest(45, 50).proportion_ci(0.95, method="exact")
    assert (curve.clean.low, curve.clean.high) == pytest.approx((expected.low, expected.high))


def test_the_band_is_wider_than_pointwise_and_narrower_than_bonferroni() -> None:
    clean, noisy = survivors(np.random.default_rng(0), 300)
    curve = Curve.from_outcomes(severities=GRID[1:], clean=clean, outcomes=noisy)
    bonferroni = clopper_pearson(curve.estimate, np.full(11, 300.0), normal(1 - 0.05 / 11))
    width = curve.high - curve.low
    assert curve.clean.high - curve.clean.low < width[0]
    assert (width <= bonferroni[1] - bonferroni[0] + 1e-9).all()


def test_copies_in_a_group_add_no_knowledge() -> None:
    clean, noisy = survivors(np.random.default_rng(1), 100)
    alone = Curve.from_outcomes(severities=GRID[1:], clean=clean, outcomes=noisy)
    copied = {"clean": np.repeat(clean, 8), "outcomes": np.repeat(noisy, 8, axis=2)[:, 0]}
    naive = Curve.from_outcomes(severities=GRID[1:], **copied)
    grouped = Curve.from_outcomes(
        severities=GRID[1:], **copied, groups=np.repeat(np.arange(100), 8)
    )
    width = [(c.high - c.low).mean() for c in (naive, alone, grouped)]
    assert width[0] < 0.5 * width[1]
    assert width[1] == pytest.approx(width[2], rel=0.15)


def test_order_of_samples_changes_nothing() -> None:
    rng = np.random.default_rng(2)
    clean, noisy = survivors(rng, 200)
    order = rng.permutation(200)
    one = Curve.from_outcomes(severities=GRID[1:], clean=clean, outcomes=noisy)
    two = Curve.from_outcomes(severities=GRID[1:], clean=clean[order], outcomes=noisy[..., order])
    assert np.array_equal(one.low, two.low)
    assert str(one.tolerance(drop=0.1)) == str(two.tolerance(drop=0.1))


def test_the_same_seed_gives_the_same_band_and_another_nearly() -> None:
    clean, noisy = survivors(np.random.default_rng(3), 200)
    bands = [
        Curve.from_outcomes(severities=GRID[1:], clean=clean, outcomes=noisy, seed=seed).low
        for seed in (0, 0, 1)
    ]
    assert np.array_equal(bands[0], bands[1])
    assert np.allclose(bands[0], bands[2], atol=0.01)


def test_a_rise_that_is_surely_there_stays_in_the_band() -> None:
    levels = np.array([0.9, 0.4, 0.8])
    rows = np.array([np.arange(400) < 400 * level for level in levels]).astype(float)
    curve = Curve.from_outcomes(severities=[0.5, 1.0], clean=rows[0], outcomes=rows[1:])
    assert not curve.monotone
    assert curve.high[1] < curve.low[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "start", "fall"), [(100, 6, 4), (400, 4, 14), (100, 4, 8), (200, 8, 3)]
)
def test_bands_cover_at_floors_and_ceilings(n: int, start: float, fall: float) -> None:
    expected, hits = truth(start, fall), 0
    for trial in range(300):
        clean, noisy = survivors(np.random.default_rng(trial), n, start=start, fall=fall)
        curve = Curve.from_outcomes(
            severities=GRID[1:], clean=clean, outcomes=noisy, bootstrap=300, seed=trial
        )
        hits += inside(curve, expected)
    assert hits / 300 >= 0.92


@pytest.mark.slow
@pytest.mark.parametrize("bump", [0.02, 0.05, 0.1])
def test_bands_cover_curves_that_rise(bump: float) -> None:
    expected, hits = 0.85 - 0.3 * GRID + bump * np.sin(GRID * 3 * np.pi), 0
    for trial in range(300):
        luck = np.random.default_rng(trial).random(200)
        rows = np.array([luck < level for level in expected]).astype(float)
        curve = Curve.from_outcomes(
            severities=GRID[1:], clean=rows[0], outcomes=rows[1:], bootstrap=300, seed=trial
        )
        hits += inside(curve, expected)
    assert hits / 300 >= 0.92


@pytest.mark.slow
@pytest.mark.parametrize(("n", "replicates", "mean"), [(200, 5, 0), (200, 20, 0), (200, 20, 3)])
def test_replicates_averaged_by_sample_cover_and_a_mean_over_seeds_does_not(
    n: int, replicates: int, mean: float
) -> None:
    """Difficulty with a standard deviation of 2, on the logit scale."""
    ease = np.random.default_rng(0).normal(size=1_000_000) * 2
    expected, hits, naive = float(expit(mean + ease).mean()), 0, 0
    for trial in range(1000):
        rng = np.random.default_rng(trial)
        luck = rng.random((replicates, n))
        right = (luck < expit(mean + 2 * rng.normal(size=n))).astype(float)
        curve = Curve.from_outcomes(
            severities=[1.0], clean=right[0], outcomes=right[None], bootstrap=100, seed=trial
        )
        found = curve.value(at=1.0)
        hits += found.low <= expected <= found.high
        seeds = right.mean(axis=1)
        naive += abs(seeds.mean() - expected) <= 2.1 * seeds.std(ddof=1) / np.sqrt(replicates)
    assert 0.92 <= hits / 1000 <= 0.97
    assert naive / 1000 < 0.85


@pytest.mark.slow
@pytest.mark.parametrize(("n", "replicates", "cluster"), [(200, 5, 1), (400, 1, 4), (200, 1, 10)])
def test_clusters_cover_where_naive_rows_do_not(n: int, replicates: int, cluster: int) -> None:
    expected, hits, naive = truth(), 0, 0
    for trial in range(250):
        rng = np.random.default_rng(trial)
        clean, noisy = survivors(rng, n, replicates=replicates, cluster=cluster)
        groups = np.repeat(np.arange(n // cluster), cluster) if cluster > 1 else None
        made = {"severities": GRID[1:], "bootstrap": 300, "seed": trial}
        curve = Curve.from_outcomes(**made, clean=clean, outcomes=noisy, groups=groups)
        hits += inside(curve, expected)
        flat = noisy.reshape(10, -1)
        rows = Curve.from_outcomes(**made, clean=np.tile(clean, replicates), outcomes=flat)
        naive += inside(rows, expected)
    assert hits / 250 >= 0.92
    assert naive < hits


@pytest.mark.slow
@pytest.mark.parametrize(
    ("people", "alike", "widest"), [(5, 0.02, 0.4), (5, 0.3, 0.65), (10, 0.1, 0.25), (20, 0.5, 0.3)]
)
def test_few_people_with_many_windows_are_covered_by_bands_that_still_say_something(
    people: int, alike: float, widest: float
) -> None:
    share, hits, widths = 0.86, 0, []
    for trial in range(300):
        rng = np.random.default_rng(trial)
        rate = 1 / alike - 1
        skill = rng.beta(share * rate, (1 - share) * rate, people)
        right = (rng.random((people, 50)) < skill[:, None]).astype(float).ravel()
        curve = Curve.from_outcomes(
            severities=[1.0], clean=right, outcomes=right[None], groups=np.repeat(np.arange(people), 50),
            bootstrap=100, seed=trial,
        )  # fmt: skip
        hits += curve.clean.low <= share <= curve.clean.high
        widths.append(curve.clean.high - curve.clean.low)
    assert hits / 300 >= 0.93
    assert np.mean(widths) <= widest


@pytest.mark.slow
@pytest.mark.parametrize(("bad", "widest"), [(0.0, 0.035), (0.05, 0.07)])
def test_scores_that_vary_little_get_narrow_intervals_that_cover(bad: float, widest: float) -> None:
    """Clips of 125 frames, 2 % of them wrong; of a share `bad` of the clips, half of them."""
    expected, hits, widths = 1 - 0.02 * (1 - bad) - 0.5 * bad, 0, []
    for trial in range(400):
        rng = np.random.default_rng(trial)
        wrong = np.where(rng.random(160) < bad, 0.5, rng.beta(2, 98, 160))
        rows = np.stack([125 - rng.binomial(125, wrong), np.full(160, 125)], axis=1)
        curve = Curve.from_outcomes(
            severities=[1.0], clean=rows, outcomes=rows[None], metric="frame-accuracy",
            bootstrap=200, seed=trial,
        )  # fmt: skip
        hits += curve.clean.low <= expected <= curve.clean.high
        widths.append(curve.clean.high - curve.clean.low)
    assert hits / 400 >= 0.93
    assert np.mean(widths) <= widest


def overlaps(rng: np.random.Generator, n: int, *, failing: float) -> np.ndarray:
    """Return scores like IoU, (levels, n): all fall smoothly, and of a share `failing` the score is lost on the way."""
    base, keeps, luck = rng.beta(10, 2, size=n), rng.beta(4, 4, size=n), rng.random(n)
    return np.array([np.where(luck < failing * s, 0.0, base * (1 - 0.5 * s * keeps)) for s in GRID])


@pytest.mark.slow
@pytest.mark.parametrize(("failing", "widest"), [(0.0, 1.3), (0.2, 1.45)])
def test_scores_between_zero_and_one_are_covered_by_bands_that_are_little_wider_than_needed(
    failing: float, widest: float
) -> None:
    """A band that holds for all severities at once is some 1.2 times as wide as a pointwise interval."""
    expected = overlaps(np.random.default_rng(0), 400_000, failing=failing).mean(axis=1)
    area = float(np.trapezoid(expected, GRID) / expected[0])
    hits, middle, widths = np.zeros(4), [], []
    for trial in range(300):
        rows = overlaps(np.random.default_rng(trial + 1), 100, failing=failing)
        curve = Curve.from_outcomes(
            severities=GRID[1:], clean=rows[0], outcomes=rows[1:], metric="iou", chance=0.0,
            bootstrap=300, seed=trial,
        )  # fmt: skip
        drop, kept = curve.drop(at=0.1), curve.area
        hits += [
            inside(curve, expected),
            curve.clean.low <= expected[0] <= curve.clean.high,
            drop.low <= expected[0] - expected[1] <= drop.high,
            kept.low <= area <= kept.high,
        ]
        middle.append(curve.estimate[5])
        widths.append(curve.high[5] - curve.low[5])
    assert (hits / 300 >= 0.92).all(), hits / 300
    assert np.mean(widths) <= widest * 2 * 1.96 * np.std(middle)


@pytest.mark.slow
@pytest.mark.parametrize("n", [20, 100])
def test_losses_with_a_long_tail_are_covered(n: int) -> None:
    ease = np.random.default_rng(0).normal(size=(1_000_000,)) * 2
    expected = np.array([np.logaddexp(0, 4 * s - 3 - ease).mean() for s in (0, 0.2, 1)])
    hits = np.zeros(3)
    for trial in range(500):
        ease = np.random.default_rng(trial).normal(size=n) * 2
        rows = np.array([np.logaddexp(0, 4 * s - 3 - ease) for s in (0, 0.2, 1)])
        curve = Curve.from_outcomes(
            severities=[0.2, 1.0], clean=rows[0], outcomes=rows[1:], metric="log-loss",
            bootstrap=300, seed=trial,
        )  # fmt: skip
        drops = [curve.drop(at=0.2), curve.drop(at=1.0)]
        hits += [curve.clean.low <= expected[0] <= curve.clean.high] + [
            drop.low <= gap <= drop.high
            for drop, gap in zip(drops, expected[1:] - expected[0], strict=True)
        ]
    assert (hits / 500 >= 0.92).all(), hits / 500


@pytest.mark.slow
@pytest.mark.parametrize(("n", "start", "fall"), [(50, 4, 6), (200, 4, 8)])
def test_a_sum_over_severities_is_no_wider_than_it_must_be(
    n: int, start: float, fall: float
) -> None:
    expected, hits, found, widths = truth(start, fall), 0, [], []
    area = float(np.trapezoid(expected, GRID) / expected[0])
    for trial in range(400):
        clean, noisy = survivors(np.random.default_rng(trial), n, start=start, fall=fall)
        kept = Curve.from_outcomes(
            severities=GRID[1:], clean=clean, outcomes=noisy, chance=0.0, bootstrap=100, seed=trial
        ).area
        hits += kept.low <= area <= kept.high
        found.append(kept.value)
        widths.append(kept.high - kept.low)
    assert hits / 400 >= 0.93
    assert np.mean(widths) <= 1.4 * 2 * 1.96 * np.std(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["f1", "wer", "log-loss"])
def test_bands_of_other_metrics_cover(name: str) -> None:
    expected, hits = np.array([get_metric(name).of(r) for r in _rows(name, 0, 200_000)]), 0
    for trial in range(500):
        rows = _rows(name, trial + 1, 200)
        curve = Curve.from_outcomes(
            severities=[0.5, 1.0], clean=rows[0], outcomes=rows[1:], metric=name,
            bootstrap=300, seed=trial,
        )  # fmt: skip
        hits += inside(curve, expected)
    assert hits / 500 >= 0.92


def _rows(name: str, seed: int, n: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    if name == "f1":
        y, luck = rng.integers(0, 3, n), rng.random(n)
        other = (y + rng.integers(1, 3, n)) % 3
        return np.array([np.stack([y, np.where(luck < a, y, other)], 1) for a in (0.97, 0.8, 0.5)])
    if name == "wer":
        length = rng.integers(3, 12, n)
        return np.array([np.stack([rng.binomial(length, p), length], 1) for p in (0.02, 0.2, 0.5)])
    ease = rng.normal(size=n) * 2
    return np.array([np.logaddexp(0, -(3 - 4 * s + ease))[:, None] for s in (0, 0.5, 1)])


@pytest.mark.slow
def test_intervals_of_drop_retention_area_and_tolerance_cover() -> None:
    expected, trials = truth(6, 8), 300
    kept = (expected - 0.1) / (expected[0] - 0.1)
    area = float(np.trapezoid(kept, GRID))
    lost = float(np.interp(-0.9, -kept, GRID))
    hits = np.zeros(4)
    for trial in range(trials):
        clean, noisy = survivors(np.random.default_rng(trial), 150, start=6)
        curve = Curve.from_outcomes(
            severities=GRID[1:], clean=clean, outcomes=noisy, bootstrap=200, seed=trial, chance=0.1
        )
        drop, retained, found = curve.drop(at=0.5), curve.retained(at=0.5), curve.area
        tolerance = curve.tolerance(drop=0.1)
        hits += [
            drop.low <= expected[0] - expected[5] <= drop.high,
            retained.low <= kept[5] <= retained.high,
            found.low <= area <= found.high,
            tolerance.low <= lost <= tolerance.high,
        ]
    assert (hits / trials >= 0.92).all(), hits / trials


@pytest.mark.slow
@pytest.mark.parametrize(("n", "start", "fall"), [(100, 6, 8), (200, 4, 8), (800, 8, 3)])
def test_a_verdict_is_seldom_wrong_at_the_demand_itself(n: int, start: float, fall: float) -> None:
    kept = truth(start, fall)
    demand, said = float(kept[5] / kept[0]), []
    for trial in range(1000):
        rng = np.random.default_rng(trial)
        clean, noisy = survivors(rng, n, start=start, fall=fall)
        curve = Curve.from_outcomes(
            severities=[0.5], clean=clean, outcomes=noisy[4:5], bootstrap=100, chance=0.0
        )
        said.append(curve.retains(demand, at=0.5).state)
    allowed = 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1000)
    assert said.count("pass") / 1000 <= allowed
    assert said.count("fail") / 1000 <= allowed


@pytest.mark.slow
def test_difference_of_equal_models_includes_zero() -> None:
    hits = 0
    for trial in range(250):
        rng = np.random.default_rng(trial)
        curves = []
        for _ in range(2):
            clean, noisy = survivors(rng, 150)
            curves.append(
                Curve.from_outcomes(
                    severities=GRID[1:], clean=clean, outcomes=noisy, bootstrap=200, seed=trial
                )
            )
        hits += not any(difference(*curves).better)
    assert hits / 250 >= 0.92
