"""What a curve answers, in numbers that can be worked out by hand and in words."""

import json
import math

import numpy as np
import pytest

from noisebench.curve import Curve, Tolerance, difference
from noisebench.curve._records import told
from noisebench.errors import DataError, PlanError
from noisebench.metrics import custom


def steps(*levels: float, n: int = 400, **settings: object) -> Curve:
    """Make a curve of nested 0/1 outcomes with the given shares, the clean one first."""
    rows = np.array([np.arange(n) < round(n * level) for level in levels]).astype(float)
    grid = np.linspace(0, 1, len(levels))[1:]
    return Curve.from_outcomes(
        severities=grid, clean=rows[0], outcomes=rows[1:], **{"chance": 0.1, **settings}
    )  # type: ignore[arg-type]


def test_a_curve_starts_at_the_clean_point() -> None:
    curve = steps(0.9, 0.7, 0.5)
    assert (0.0, 0.5, 1.0) == curve.severities
    assert [0.9, 0.7, 0.5] == pytest.approx(curve.estimate)
    assert (curve.low < curve.estimate).all()
    assert (curve.estimate < curve.high).all()
    assert curve.n == 400
    assert curve.clean.value == pytest.approx(0.9)


def test_retention_area_and_drop_in_closed_form() -> None:
    curve = steps(0.9, 0.7, 0.5)
    assert curve.retained(at=0.5).value == pytest.approx(0.75)
    assert curve.retained(at=0).value == 1.0
    assert curve.area.value == pytest.approx((1 + 2 * 0.75 + 0.5) / 4)
    assert curve.drop(at=1.0).value == pytest.approx(0.4)


def test_a_paired_drop_is_known_better_than_an_unpaired_one() -> None:
    paired = steps(0.7, 0.65)
    rows = np.array([np.arange(400) < 280, np.arange(400) >= 140]).astype(float)
    crossed = Curve.from_outcomes(severities=[1.0], clean=rows[0], outcomes=rows[1:], chance=0.1)
    drops = [curve.drop(at=1.0) for curve in (paired, crossed)]
    widths = [drop.high - drop.low for drop in drops]
    assert drops[0].value == pytest.approx(drops[1].value)
    assert widths[0] < 0.5 * widths[1]


def test_tolerance_is_read_off_the_line_between_severities() -> None:
    found = steps(0.9, 0.7, 0.5).tolerance(drop=0.1)
    assert found.severity == pytest.approx(0.5 * 0.1 / 0.25)
    assert found.low < found.severity < found.high
    assert not found.censored
    later = steps(0.9, 0.9, 0.5).tolerance(drop=0.1)
    assert str(later).startswith("loses 10 % at severity 0.600 [")


def test_a_tolerance_below_the_mildest_severity_says_so() -> None:
    text = str(steps(0.9, 0.7, 0.5).tolerance(drop=0.1))
    assert text.startswith(
        "loses 10 % before severity 0.5, the mildest measured: by a straight line from the clean value at severity 0.200 ["
    )


@pytest.mark.parametrize(
    ("expected", "found", "low", "high"),
    [
        (("0.45", "[0.35, 0.55]"), 0.45, 0.35, 0.55),
        (("≤ 0.2", ""), 0.1, 0.05, 0.15),
        (("≤ 0.2", "[≤ 0.2, 0.30]"), 0.1, 0.05, 0.3),
        (("0.96", "[0.92, > 1]"), 0.96, 0.92, math.inf),
        (("> 1", "[0.90, > 1]"), None, 0.9, math.inf),
        (("> 1", ""), None, 1.0, math.inf),
    ],
)
def test_a_tolerance_is_told_no_finer_than_it_was_measured(
    expected: tuple[str, str], found: float | None, low: float, high: float
) -> None:
    never = found is None
    record = Tolerance(1.0 if found is None else found, low, high, never, 0.1, 100, "")
    assert expected == told(record, (0.0, 0.2, 0.6, 1.0))


def test_a_tolerance_beyond_a_ladder_that_ends_early_is_open_at_its_end() -> None:
    rows = np.ones((3, 50))
    curve = Curve.from_outcomes(severities=[0.3, 0.6], clean=rows[0], outcomes=rows[1:], chance=0.1)
    found = curve.tolerance(drop=0.5)
    assert (found.severity, found.low, found.high) == (0.6, 0.6, math.inf)
    assert told(found, curve.severities) == ("> 0.6", "")


def test_tolerance_never_reached_is_censored() -> None:
    found = steps(0.9, 0.9, 0.9).tolerance(drop=0.5)
    assert found.censored
    assert found.severity == 1.0
    assert math.isinf(found.high)
    assert "loses 50 % nowhere up to severity 1, and the interval agrees" in str(found)


def test_losses_are_turned_before_they_are_compared() -> None:
    rng = np.random.default_rng(0)
    noise = rng.exponential(size=500)
    curve = Curve.from_outcomes(
        severities=[0.5, 1.0], clean=noise, outcomes=[2 * noise, 3 * noise], metric="mae",
        chance=5 * noise.mean(),
    )  # fmt: skip
    assert curve.retained(at=0.5).value == pytest.approx(0.75)
    assert curve.drop(at=0.5).value == pytest.approx(noise.mean())
    assert curve.cliff.drop == pytest.approx(noise.mean())
    assert curve.monotone


def test_at_chance_retention_is_undefined_in_words() -> None:
    curve = steps(0.12, 0.1, 0.08)
    for answer in (curve.retained(at=1.0), curve.area, curve.tolerance(drop=0.1)):
        assert str(answer) == "undefined: the model is at chance"
    verdict = curve.retains(0.9, at=1.0)
    assert not verdict
    assert verdict.state == "inconclusive"
    assert "the model is at chance" in str(verdict)


def test_below_chance_and_without_chance_retention_is_undefined() -> None:
    below = steps(0.1, 0.1, chance=0.5)
    assert str(below.area) == "undefined: the model is worse than chance"
    errors = np.arange(1.0, 9.0)
    loss = Curve.from_outcomes(severities=[1.0], clean=errors, outcomes=[errors], metric="mae")
    assert str(loss.area) == "undefined: no chance level is known for this metric"


def test_without_chance_a_share_is_measured_from_zero() -> None:
    assert steps(0.8, 0.4, chance=None).retained(at=1.0).value == pytest.approx(0.5)


def test_a_verdict_has_three_states() -> None:
    curve = steps(0.9, 0.82, 0.5)
    assert curve.retains(0.8, at=0.5).state == "pass"
    assert curve.retains(0.8, at=1.0).state == "fail"
    assert curve.retains(0.9, at=0.5).state == "inconclusive"
    assert curve.retains(0.8, at=0.5)
    assert not curve.retains(0.8, at=1.0)
    assert not curve.retains(0.9, at=0.5)


def test_a_verdict_explains_itself() -> None:
    curve = steps(0.9, 0.7, 0.5, name="image/fog", reproduce="noisebench run --only image/fog")
    lines = str(curve.retains(0.9, at=0.5)).splitlines()
    expected = "fail: image/fog at severity 0.5: keeps 0.750 of the clean performance above chance"
    assert lines[0].startswith(expected)
    assert lines[0].endswith("at least 0.9 asked")
    assert "one-sided 95 % bounds, n = 400" in lines[1]
    assert lines[2] == "accuracy 0.900 at severity 0, 0.700 at 0.5, chance 0.100"
    assert lines[3].startswith("worst samples: 280, 281")
    assert lines[4] == "reproduce: noisebench run --only image/fog"


def test_an_inconclusive_verdict_says_how_many_samples_would_decide() -> None:
    few = steps(0.95, 0.88, n=100, chance=0.0).retains(0.9, at=1.0)
    assert few.state == "inconclusive"
    line = next(row for row in few.explanation if "would decide" in row)
    needed = int(line.split()[1].replace(",", ""))
    assert needed > 100
    assert steps(0.95, 0.88, n=needed, chance=0.0).retains(0.9, at=1.0)


def test_a_demand_equal_to_the_value_cannot_be_decided() -> None:
    verdict = steps(0.9, 0.7, 0.5).retains(0.75, at=0.5)
    assert "no number of samples would decide" in str(verdict)


def test_the_worst_samples_are_those_that_broke_first() -> None:
    clean = np.ones(6)
    noisy = np.array([[1, 1, 0, 1, 1, 1], [1, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1]])
    curve = Curve.from_outcomes(
        severities=[0.2, 0.4, 0.6], clean=clean, outcomes=noisy, ids=list("abcdef")
    )
    assert curve.worst(at=0.6) == ("c", "b", "a")
    assert curve.worst(at=0.4) == ("c", "b")


def test_the_worst_samples_of_a_loss_are_those_that_lost_most() -> None:
    curve = Curve.from_outcomes(
        severities=[1.0], clean=[0, 0, 0], outcomes=[[1, 5, 0]], metric="mae", ids=["a", "b", "c"]
    )
    assert curve.worst(at=1.0) == ("b", "a")


def test_off_the_grid_the_error_names_the_grid() -> None:
    curve = steps(0.9, 0.7, 0.5)
    for ask in (curve.retained, curve.drop, curve.value, curve.worst):
        with pytest.raises(PlanError, match=r"0, 0.5, 1, got at=0.3"):
            ask(at=0.3)
    with pytest.raises(PlanError, match="measure at that severity too"):
        curve.retains(0.9, at=0.3)


@pytest.mark.parametrize("share", [0, 1.5, -1])
def test_a_share_outside_its_range_is_refused(share: float) -> None:
    with pytest.raises(DataError, match="a share between 0 and 1"):
        steps(0.9, 0.7).retains(share, at=1.0)


def test_a_bend_is_found_and_a_line_has_none() -> None:
    bent = steps(0.95, 0.95, 0.94, 0.94, 0.5, 0.1, n=1000)
    assert bent.knee.severity == pytest.approx(0.6)
    straight = steps(0.95, 0.8, 0.65, 0.5, 0.35, 0.2, n=1000)
    assert math.isnan(straight.knee.severity)
    assert str(straight.knee).startswith("no knee: a straight line serves")
    assert "fewer than four" in str(steps(0.9, 0.5).knee)


def test_the_cliff_is_the_largest_loss() -> None:
    cliff = steps(0.95, 0.94, 0.94, 0.94, 0.5, 0.4).cliff
    assert (cliff.start, cliff.end) == pytest.approx((0.6, 0.8))
    assert cliff.drop == pytest.approx(0.44)
    assert cliff.low < 0.44 < cliff.high
    assert cliff.p < 0.01
    assert str(steps(0.9, 0.9).cliff) == "no step down"


def test_slopes_are_per_unit_of_severity() -> None:
    slope = steps(0.9, 0.8, 0.4).slope
    assert slope.at_zero == pytest.approx(-0.2)
    assert slope.steepest == pytest.approx(-0.8)
    assert (slope.start, slope.end) == (0.5, 1.0)
    assert slope.low < -0.2 < slope.high


def test_noise_that_helps_is_flagged() -> None:
    curve = steps(0.7, 0.9, 0.5)
    assert not curve.monotone
    assert curve.monotone.helps == (0.5,)
    assert curve.monotone.p < 0.01
    assert "better at severity 0.5 than at a milder one" in str(curve.monotone)
    assert "more noise never helps, as far as 400 samples" in str(steps(0.9, 0.7).monotone)


def test_replicates_are_averaged_per_sample() -> None:
    noisy = np.array([[[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]])
    curve = Curve.from_outcomes(severities=[1.0], clean=np.ones(3), outcomes=noisy)
    assert curve.estimate[1] == pytest.approx(4 / 6)
    assert curve.scores.tolist() == [[1, 1, 1], [1, 0.5, 0.5]]


def test_a_missing_output_counts_as_wrong_and_is_told() -> None:
    noisy = np.array([[1.0, np.nan, 1.0, 1.0]])
    curve = Curve.from_outcomes(severities=[1.0], clean=np.ones(4), outcomes=noisy)
    assert curve.n == 4
    assert curve.estimate[1] == 0.75
    assert curve.missing.per_severity == (0, 1)
    assert str(curve.missing) == (
        "1 of 4 samples have no output at some severity: 1 counted as the worst value"
    )
    assert "have no output" in str(curve.retains(0.5, at=1.0))


def test_without_a_worst_value_a_failing_sample_leaves_every_severity() -> None:
    noisy = np.array([[1.0, np.nan, 3.0], [2.0, 9.0, 4.0]])
    curve = Curve.from_outcomes(
        severities=[0.5, 1.0], clean=[0, 9, 0], outcomes=noisy, metric="mae", ids=["a", "b", "c"]
    )
    assert curve.ids == ("a", "c")
    assert curve.estimate.tolist() == [0, 2, 3]
    assert curve.missing.excluded == 1
    assert "left out at every severity" in str(curve.missing)


def test_a_failed_text_counts_as_the_empty_text() -> None:
    clean = np.array([[0.0, 4.0], [0.0, 6.0]])
    noisy = np.array([[[1.0, 4.0], [np.nan, np.nan]]])
    curve = Curve.from_outcomes(severities=[1.0], clean=clean, outcomes=noisy, metric="wer")
    assert curve.estimate[1] == pytest.approx(0.7)


def test_nothing_left_is_an_error() -> None:
    with pytest.raises(DataError, match="at least one sample with an output"):
        Curve.from_outcomes(severities=[1.0], clean=[0, 1], outcomes=[[np.nan] * 2], metric="mae")


def test_one_sample_has_the_whole_range_as_interval() -> None:
    curve = Curve.from_outcomes(severities=[1.0], clean=[1.0], outcomes=[[0.0]], chance=0.5)
    assert (curve.low.tolist(), curve.high.tolist()) == ([0, 0], [1, 1])
    assert "at least 2 samples" in str(curve.area)
    assert curve.retains(0.9, at=1.0).state == "inconclusive"
    json.dumps(curve.to_json(), allow_nan=False)
    loss = Curve.from_outcomes(severities=[1.0], clean=[1.0], outcomes=[[2.0]], metric="mae")
    assert (loss.low[0], loss.high[0]) == (0, math.inf)
    assert math.isinf(loss.clean.high)


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_all_right_and_all_wrong_still_have_width(level: float) -> None:
    curve = steps(level, level, n=50)
    assert (curve.high - curve.low > 0.05).all()
    json.dumps(curve.to_json(), allow_nan=False)
    if level == 1.0:
        assert curve.retained(at=1.0).value == 1.0
        assert curve.retained(at=1.0).low < 0.97
        assert curve.retains(0.9, at=1.0)


def test_no_errors_at_all_still_have_width_where_a_worst_case_is_known() -> None:
    rows = np.stack([np.zeros(60), np.full(60, 5.0)], axis=1)
    curve = Curve.from_outcomes(
        severities=[1.0], clean=rows, outcomes=[rows], metric="wer", chance=1.0
    )
    assert curve.low.tolist() == [0, 0]
    assert (curve.high > 0.03).all()


def test_constant_scores_of_unknown_range_have_no_width() -> None:
    level = custom(lambda outputs, targets: outputs, name="level")
    curve = Curve.from_outcomes(
        severities=[1.0], clean=np.full(9, 2.5), outcomes=np.full((1, 9), 2.5), metric=level
    )
    assert curve.low[0] == curve.high[0] == 2.5


def test_a_function_of_zeros_and_ones_is_a_share() -> None:
    level = custom(lambda outputs, targets: outputs, name="hit")
    curve = Curve.from_outcomes(
        severities=[1.0], clean=np.ones(30), outcomes=[[1.0] * 29 + [np.nan]], metric=level
    )
    assert curve.low[0] < 0.9
    assert curve.estimate[1] == pytest.approx(29 / 30)


def test_a_curve_survives_json() -> None:
    curve = steps(0.9, 0.7, 0.5, name="x", doses=[2.0, math.inf], unit="dB", reproduce="again")
    again = Curve.from_json(json.loads(json.dumps(curve.to_json(), allow_nan=False)))
    assert repr(curve) == repr(again)
    assert curve.doses == again.doses == (None, 2.0, math.inf)
    assert np.array_equal(curve.low, again.low)
    for ask in ("area", "slope", "knee", "cliff", "monotone", "clean", "missing"):
        assert repr(getattr(curve, ask)) == repr(getattr(again, ask))
    assert repr(curve.tolerance(drop=0.1)) == repr(again.tolerance(drop=0.1))
    assert repr(curve.retains(0.8, at=1.0)) == repr(again.retains(0.8, at=1.0))
    with pytest.raises(DataError, match="keeps the scores of every sample"):
        _ = again.scores


def test_a_curve_prints_as_a_sentence() -> None:
    text = repr(steps(0.9, 0.5, name="image/fog"))
    assert text.startswith("accuracy under image/fog: 0.900 [")
    assert text.endswith("at 1 (95 % simultaneous band, n = 400)")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"severities": [0.0, 0.5]}, "leave severity 0 out"),
        ({"severities": [0.5, 0.2]}, "ascending"),
        ({"severities": []}, "ascending"),
        ({"severities": [0.5]}, "outcomes of 1 severities"),
        ({"clean": []}, "at least one sample"),
        ({"outcomes": np.ones((2, 3))}, "outcomes for each clean sample"),
        ({"ids": ["a"] * 4}, "distinct ids"),
        ({"groups": [1]}, "one group for each"),
        ({"confidence": 95}, "between 0.5 and 1"),
        ({"bootstrap": 1}, "100 resamples"),
        ({"doses": [1.0]}, "2 doses"),
    ],
)
def test_what_does_not_fit_is_explained(change: dict[str, object], message: str) -> None:
    given = {"severities": [0.5, 1.0], "clean": np.ones(4), "outcomes": np.ones((2, 4)), **change}
    with pytest.raises(DataError, match=message):
        Curve.from_outcomes(**given)  # type: ignore[arg-type]


def test_difference_is_paired_over_common_samples() -> None:
    base = np.arange(200) < 160
    rows = np.array([base, np.arange(200) < 140, np.arange(200) < 100]).astype(float)
    names = [str(i) for i in range(200)]
    made = {"severities": [0.5, 1.0], "ids": names}
    one = Curve.from_outcomes(**made, clean=rows[0], outcomes=rows[1:], name="one")
    two = Curve.from_outcomes(
        severities=[0.5, 1.0], clean=rows[0, ::-1], outcomes=[rows[0, ::-1], rows[0, ::-1]],
        ids=names[::-1], name="two",
    )  # fmt: skip
    found = difference(one, two)
    assert found.estimate == pytest.approx([0, -0.1, -0.3])
    assert found.better == ("", "two", "two")
    assert found.low[0] < 0 < found.high[0]
    assert "largest difference -0.300" in repr(found)
    assert "one - two" in repr(found)


def test_curves_on_other_grids_are_not_compared() -> None:
    with pytest.raises(DataError, match="one metric on one grid"):
        difference(steps(0.9, 0.5), steps(0.9, 0.5, 0.4))
