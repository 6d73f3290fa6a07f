"""Curves of samples that were followed: the check corrects them, and the band covers what following left out."""

import numpy as np
import pytest

from noisebench.curve._bisected import Followed, bisected_curve
from noisebench.metrics import get_metric

GRID = tuple(np.linspace(0.1, 1, 10))
ACCURACY = get_metric("accuracy")


def made(rng, n, *, back=0.0, checked=None):
    """Return what is known of n samples, a share of which comes back at some severities after they broke."""
    ends = rng.exponential(0.6, n)
    truth = (np.asarray(GRID)[:, None] < ends).astype(float)
    outcomes = truth.copy()
    returns = (rng.random((len(GRID), n)) < 0.5) & (rng.random(n) < back)
    truth = np.maximum(truth, returns)
    places = np.arange(checked or max(n // 10, 50))
    followed = Followed(np.ones(n), outcomes[:, None], places, truth[:, None][:, :, places])
    return followed, truth


def of(followed, **options):
    return bisected_curve(followed, ACCURACY, severities=GRID, chance=0.1, **options)


def test_where_nobody_comes_back_the_curve_is_that_of_the_full_grid():
    followed, truth = made(np.random.default_rng(0), 500)
    curve = of(followed)
    assert truth.mean(axis=1) == pytest.approx(curve.estimate[1:])
    assert (curve.low <= curve.estimate).all()
    assert (curve.estimate <= curve.high).all()
    assert (0 <= curve.low).all()
    assert (curve.high <= 1).all()
    assert "allows for what bisection left out" in repr(curve)


def test_the_mean_error_seen_on_the_check_is_taken_off():
    clean, ends = np.ones(4), np.zeros((1, 1, 4))
    measured = np.array([[[1.0, 0.0]]])
    followed = Followed(clean, ends, np.array([0, 1]), measured)
    curve = bisected_curve(followed, ACCURACY, severities=[1.0], chance=0.0)
    assert [1.0, 0.5] == curve.estimate.tolist()


def test_a_check_of_all_samples_leaves_nothing_to_allow_for():
    followed, _ = made(np.random.default_rng(1), 400, checked=400)
    some = Followed(
        followed.clean, followed.outcomes, followed.checked[:40], followed.measured[:, :, :40]
    )
    whole, part = of(followed), of(some)
    assert ((part.high - part.low)[1:] > (whole.high - whole.low)[1:]).all()
    assert part.high[0] - part.low[0] == pytest.approx(whole.high[0] - whole.low[0], rel=0.3)


def test_perfect_samples_still_leave_room_for_those_that_the_check_missed():
    ones = np.ones((10, 1, 1000))
    curve = of(Followed(np.ones(1000), ones, np.arange(100), ones[:, :, :100]))
    assert (1.0 == curve.estimate).all()
    assert 0.94 < curve.low[1] < 0.98
    verdict = curve.retains(0.99, at=1.0)
    assert "inconclusive" == verdict.state
    assert curve.retains(0.9, at=1.0)
    clean = curve.clean
    assert 0.99 < clean.low < clean.high == 1.0
    assert curve.low[0] <= clean.low
    assert 1.0 == curve.value(at=1.0).high
    assert "1.000]" in curve.value(at=1.0).text


def test_all_wrong_is_defined():
    none = np.zeros((10, 1, 200))
    curve = of(Followed(np.zeros(200), none, np.arange(50), none[:, :, :50]))
    assert (0.0 == curve.estimate).all()
    assert "worse than chance" in curve.retained(at=1.0).text
    assert not np.isnan([*curve.low, *curve.high]).any()


def test_groups_are_resampled_together():
    followed, _ = made(np.random.default_rng(2), 400)
    alone = of(followed)
    together = of(followed, groups=[i // 4 for i in range(400)])
    assert np.mean(together.high - together.low) > np.mean(alone.high - alone.low)


@pytest.mark.slow
@pytest.mark.parametrize("back", [0.0, 0.01, 0.06])
def test_the_band_covers_the_population(back):
    """200 draws of 600 samples, a tenth of them checked: at all severities at once, in at least 92 of 100."""
    rng = np.random.default_rng(3)
    _, many = made(rng, 200_000, back=back)
    true = np.append(1.0, many.mean(axis=1))
    covered = 0
    for _ in range(200):
        curve = of(made(rng, 600, back=back)[0], bootstrap=400)
        covered += bool(((curve.low <= true + 1e-9) & (true <= curve.high + 1e-9)).all())
    assert covered / 200 >= 0.92
