"""Gates on curves of a full run: bounds, corrections, words."""

import math

import numpy as np
import pytest

from noisebench.curve import Curve, heard
from noisebench.errors import DataError, PlanError
from noisebench.gate import Gate, judge_curves
from noisebench.gate._found import rejected
from noisebench.gate._paired import score_bounds


def steps(*levels: float, n: int = 800, name: str = "image/fog", **settings) -> Curve:
    """Make a curve of nested 0/1 outcomes with the given shares, the clean one first."""
    rows = np.array([np.arange(n) < round(n * level) for level in levels]).astype(float)
    grid = np.linspace(0, 1, len(levels))[1:]
    known = {"chance": 0.1, "doses": [10 * s for s in grid], "name": name} | settings
    return Curve.from_outcomes(severities=grid, clean=rows[0], outcomes=rows[1:], **known)


CURVE = steps(0.95, 0.93, 0.91, 0.88, 0.70, 0.40)


def test_a_cliff_is_the_largest_share_lost_in_a_step():
    found = CURVE.no_cliff(drop=0.2)
    assert "fail" == found.state
    assert not found
    assert found.value == pytest.approx((0.70 - 0.40) / (0.95 - 0.1))
    assert found.low < found.value < found.high
    assert "image/fog from severity 0.8 to 1: loses 0.353" in found.explanation[0]
    assert CURVE.no_cliff(drop=0.5)
    unsure = CURVE.no_cliff(drop=0.36)
    assert "inconclusive" == unsure.state
    assert unsure.needed > 800
    assert "samples would decide" in str(unsure)


def test_a_step_may_be_a_step_up():
    rising = steps(0.8, 0.9, 0.95)
    found = rising.no_cliff(drop=0.1)
    assert found
    assert found.value < 0


def test_a_tolerance_holds_up_to_a_severity_or_a_dose():
    assert CURVE.tolerance_at_least(0.4)
    found = CURVE.tolerance_at_least(0.8)
    assert "fail" == found.state
    assert found.at == 0.8
    assert CURVE.tolerance_at_least(dose=3.9)
    assert "fail" == CURVE.tolerance_at_least(dose=8.0).state
    with pytest.raises(DataError, match="a severity or a dose"):
        CURVE.tolerance_at_least()


def test_a_baseline_is_compared_sample_by_sample():
    before = steps(0.96, 0.94, 0.90, 0.89, 0.71, 0.40)
    found = CURVE.no_worse_than(before, 0.02)
    assert found
    assert found.value == pytest.approx(0.01)
    assert found.claim == "population"
    assert "baseline 0.960" in str(found)
    worse = CURVE.no_worse_than(steps(0.95, 0.95, 0.95, 0.95, 0.95, 0.95), 0.02)
    assert "fail" == worse.state
    assert worse.at == 1.0
    better = steps(0.95, 0.95, 0.95, 0.95, 0.95, 0.95).no_worse_than(CURVE, 0.0, at=1.0)
    assert better
    assert "0.550 better than the baseline" in str(better)


def test_pairing_decides_what_two_curves_side_by_side_would_not():
    rng = np.random.default_rng(0)
    rows = (rng.random(2000) < 0.7).astype(float)
    shuffled = rng.permutation(rows)
    clean = Curve.from_outcomes(severities=[1.0], clean=rows, outcomes=rows[None])
    paired = Curve.from_outcomes(severities=[1.0], clean=rows, outcomes=rows[None])
    crossed = Curve.from_outcomes(severities=[1.0], clean=rows, outcomes=shuffled[None])
    assert clean.no_worse_than(paired, 0.01, at=1.0)
    assert "inconclusive" == clean.no_worse_than(crossed, 0.01, at=1.0).state


def test_a_baseline_must_fit():
    with pytest.raises(PlanError, match=r"a baseline at severity 0.2, 0.4"):
        CURVE.no_worse_than(steps(0.9, 0.8), 0.1)
    with pytest.raises(DataError, match="a baseline in accuracy"):
        CURVE.no_worse_than(steps(0.95, 0.93, 0.91, 0.88, 0.70, 0.40, metric="agreement"), 0.1)
    other = steps(0.95, 0.93, 0.91, 0.88, 0.70, 0.40, ids=[f"x{i}" for i in range(800)])
    with pytest.raises(DataError, match="samples in common"):
        CURVE.no_worse_than(other, 0.1)
    with pytest.raises(DataError, match="give a curve, an audit or the run directory of one"):
        CURVE.no_worse_than(3, 0.1)


def test_samples_that_the_baseline_lacks_are_left_out_and_counted():
    before = steps(0.95, 0.93, 0.91, 0.88, 0.70, 0.40, n=600)
    found = CURVE.no_worse_than(before, 0.5)
    assert 600 == found.n
    assert "200 samples are not in both" in str(found)


def test_losses_and_groups_have_a_baseline_too():
    rng = np.random.default_rng(1)
    loss = rng.exponential(size=600)
    groups = np.repeat(np.arange(60), 10)
    ours = Curve.from_outcomes(
        severities=[1.0], clean=loss, outcomes=[2 * loss], metric="mae", groups=groups
    )
    theirs = Curve.from_outcomes(
        severities=[1.0], clean=loss, outcomes=[1.9 * loss], metric="mae", groups=groups
    )
    found = ours.no_worse_than(theirs, 0.2, at=1.0)
    assert found
    assert found.value == pytest.approx(0.1 * loss.mean())
    assert "fail" == ours.no_worse_than(theirs, 0.01, at=1.0).state


@pytest.mark.parametrize("share", [0.0, 1.0, 0.1])
def test_all_right_all_wrong_and_chance_are_defined(share):
    curve = steps(share, share, share)
    for verdict in (curve.no_cliff(drop=0.2), curve.tolerance_at_least(1.0)):
        assert verdict.state == ("pass" if share == 1 else "inconclusive")
        assert "nan" not in str(verdict)
    assert curve.no_worse_than(steps(share, share, share), 0.1)


def test_three_samples_are_inconclusive_in_words():
    few = steps(1.0, 1.0, 1.0, n=3)
    for verdict in (few.no_cliff(drop=0.2), few.no_worse_than(few, 0.1)):
        assert "inconclusive" == verdict.state
        assert "would decide" in str(verdict)


def test_a_curve_without_scores_says_so():
    kept = Curve.from_json(CURVE.to_json())
    with pytest.raises(DataError, match="load the audit"):
        kept.no_cliff(drop=0.2)
    with pytest.raises(DataError, match="load the audit"):
        CURVE.no_worse_than(kept, 0.1)


def test_every_verdict_is_heard():
    said = []
    with heard(lambda name, verdict: said.append((name, verdict.asked, verdict.state))):
        CURVE.retains(0.9, at=0.4)
        CURVE.no_cliff(drop=0.2)
    assert [
        ("image/fog", "keeps 0.9 at 0.4", "pass"),
        ("image/fog", "loses at most 0.2 in a step", "fail"),
    ] == said


def test_an_inconclusive_verdict_can_be_tolerated():
    with heard(lambda name, verdict: None, tolerant=True):
        assert CURVE.no_cliff(drop=0.36)
        assert not CURVE.no_cliff(drop=0.2)
    assert not CURVE.no_cliff(drop=0.36)


def test_failing_is_corrected_over_all_that_is_judged_together():
    rows = np.zeros((2, 400))
    rows[0, :360] = 1
    rows[1, :312] = 1
    borderline = Curve.from_outcomes(
        severities=[1.0], clean=rows[0], outcomes=rows[1:], chance=0.1, name="a"
    )
    gate = Gate(retains=0.895, at=1.0)
    alone = judge_curves({"a": borderline}, [gate], confidence=0.95)
    assert ["fail"] == [each.verdict.state for each in alone]
    others = {f"b{i}": steps(0.95, 0.94, name=f"b{i}") for i in range(60)}
    together = judge_curves({"a": borderline, **others}, [gate], confidence=0.95)
    assert "inconclusive" == together[0].verdict.state
    assert "failing is corrected over the 61 numbers judged together (Holm)" in str(
        together[0].verdict
    )
    assert {"pass"} == {each.verdict.state for each in together[1:]}


def test_holm_steps_down():
    p = [0.012, 0.02, 0.04, 0.9]
    assert {0} == rejected(lambda k, level: p[k] <= level, 4, 0.05)
    p = [0.012, 0.016, 0.02, 0.04]
    assert {0, 1, 2, 3} == rejected(lambda k, level: p[k] <= level, 4, 0.05)
    assert frozenset() == rejected(lambda k, level: False, 4, 0.05)
    assert frozenset() == rejected(lambda k, level: True, 0, 0.05)


def test_about_these_samples_alone_the_answer_is_exact():
    gates = [Gate(retains=0.91, at=0.6), Gate(retains=0.92, at=0.6), Gate(no_cliff=0.36)]
    found = judge_curves({"image/fog": CURVE}, gates, confidence=0.95, claim="set")
    assert ["pass", "fail", "pass"] == [each.verdict.state for each in found]
    verdict = found[0].verdict
    assert verdict.value == verdict.low == verdict.high == pytest.approx(0.78 / 0.85)
    assert "set" == verdict.claim
    assert "about these 800 samples under this noise, all of which were evaluated" in str(verdict)


@pytest.mark.parametrize(("n", "z"), [(44, 1.959964), (518, 1.644854)])
def test_score_bounds_without_any_change_in_closed_form(n, z):
    """With no pair that differs, the score statistic of a difference d is n d / sqrt(n d (1 - d)) in size."""
    end = z**2 / (n + z**2)
    assert (-end, end) == pytest.approx(score_bounds(0, 0, n, z))


def test_score_bounds_are_where_the_score_statistic_is_critical():
    """Against the maximum of the restricted likelihood, found by brute force."""
    lost, won, n, z = 12, 2, 518, 1.644854
    low, high = score_bounds(lost, won, n, z)
    assert low < (lost - won) / n < high
    for gap in (low, high):
        recovers = np.linspace(max(-gap, 0) + 1e-9, (1 - gap) / 2 - 1e-9, 400_001)
        likelihood = (
            lost * np.log(recovers + gap)
            + won * np.log(recovers)
            + (n - lost - won) * np.log1p(-2 * recovers - gap)
        )
        best = recovers[int(np.argmax(likelihood))]
        variance = n * (2 * best + gap - gap**2)
        assert z == pytest.approx(abs(lost - won - n * gap) / math.sqrt(variance), rel=1e-3)
    assert score_bounds(50, 0, 50, z)[1] == 1.0


def test_the_score_bound_holds_its_level_at_the_margin():
    rng = np.random.default_rng(0)
    draws, n, margin = 4000, 518, 0.05
    counts = rng.multinomial(n, [margin + 0.01, 0.01, 1 - margin - 0.02], size=draws)
    seen: dict[tuple[int, int], bool] = {}
    wrong = 0
    for lost, won, _ in counts.tolist():
        if (lost, won) not in seen:
            seen[lost, won] = score_bounds(lost, won, n, 1.644854)[1] <= margin
        wrong += seen[lost, won]
    assert wrong / draws <= 0.05 + 4 * math.sqrt(0.05 * 0.95 / draws)
