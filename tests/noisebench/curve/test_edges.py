"""What is awkward is defined: values and bands are numbers, and an answer that there is none says why in words."""

import json
import math
import re

import numpy as np
import pytest

from noisebench.curve import Curve, difference
from noisebench.errors import MetricError
from noisebench.metrics import custom, get_metric

RNG = np.random.default_rng(0)
ONES, LOSS = np.ones(30), RNG.exponential(size=30)
GRID = (0.2, 0.4, 0.6, 0.8, 1.0)
SCORE = custom(lambda outputs, targets: outputs, name="score")
TENS = np.repeat(["a", "b", "c"], 10)

CASES: dict[str, dict[str, object]] = {
    "all right": {"clean": ONES, "outcomes": [ONES] * 5, "chance": 0.1},
    "all wrong": {"clean": 0 * ONES, "outcomes": [0 * ONES] * 5, "chance": 0.1},
    "all wrong at one severity": {"clean": ONES, "outcomes": [ONES, ONES, 0 * ONES, ONES, ONES], "chance": 0.1},
    "all right at one severity": {"clean": ONES * (LOSS < 1), "outcomes": [ONES * (LOSS < 1), ONES, *[ONES * (LOSS < 1)] * 3], "chance": 0.1},
    "all wrong but clean": {"clean": ONES, "outcomes": [0 * ONES] * 5, "chance": 0.1},
    "at chance": {"clean": ONES * (LOSS < 0.7), "outcomes": [ONES * (LOSS > 0.7)] * 5, "chance": 0.5},
    "one class": {"clean": ONES, "outcomes": [ONES * (LOSS < 1)] * 5, "chance": 1.0},
    "one sample": {"clean": [1.0], "outcomes": [[0.0]] * 5, "chance": 0.1},
    "two samples": {"clean": [1.0, 1.0], "outcomes": [[1.0, 0.0]] * 5, "chance": 0.1},
    "nineteen samples": {"clean": ONES[:19], "outcomes": [ONES[:19] * (LOSS[:19] < 2 - s) for s in GRID], "chance": 0.1},
    "one group": {"clean": ONES, "outcomes": [ONES * (LOSS < 1)] * 5, "groups": ["a"] * 30, "chance": 0.1},
    "three groups": {"clean": ONES, "outcomes": [ONES * (LOSS < 1)] * 5, "groups": TENS, "chance": 0.1},
    "no chance": {"clean": LOSS, "outcomes": [LOSS + s for s in GRID], "metric": "mae"},
    "one loss": {"clean": [1.0], "outcomes": [[2.0]] * 5, "metric": "mae", "chance": 5.0},
    "ties": {"clean": ONES, "outcomes": [ONES] * 5, "metric": "mae", "chance": 5.0},
    "ties that rise": {"clean": ONES, "outcomes": [ONES * (1 + s) for s in GRID], "metric": "mae", "chance": 5.0},
    "no loss, then some": {"clean": 0 * ONES, "outcomes": [s * ONES for s in GRID], "metric": "mae", "chance": 5.0},
    "one loss beyond all others": {"clean": LOSS, "outcomes": [np.where(np.arange(30) == 3, 1e9, LOSS)] * 5, "metric": "mae", "chance": 5.0},
    "losses hardly above zero": {"clean": 1e-9 * LOSS, "outcomes": [2e-9 * LOSS] * 5, "metric": "mae", "chance": 1e-8},
    "a loss that is infinite": {"clean": LOSS, "outcomes": [np.where(np.arange(30) == 3, np.inf, LOSS)] * 5, "metric": "mae", "chance": 5.0},
    "a loss that is nearly infinite": {"clean": LOSS, "outcomes": [np.where(np.arange(30) == 3, 1e300, LOSS)] * 5, "metric": "mae", "chance": 5.0},
    "no end of the range": {"clean": RNG.normal(size=30), "outcomes": RNG.normal(size=(5, 30)), "metric": SCORE},
    "hardly above chance": {"clean": 0.45 + RNG.normal(size=30), "outcomes": RNG.normal(size=(5, 30)), "metric": SCORE, "chance": 0.0},
    "no words at all": {"clean": np.zeros((30, 2)), "outcomes": np.zeros((5, 30, 2)), "metric": "wer", "chance": 1.0},
    "missing at one severity": {"clean": ONES, "outcomes": [ONES, ONES, np.nan * ONES, ONES, ONES], "chance": 0.1},
    "missing when clean": {"clean": np.nan * ONES, "outcomes": [ONES] * 5, "chance": 0.1},
    "replicates that are the same": {"clean": ONES, "outcomes": [[ONES * (LOSS < 1)] * 3] * 5, "chance": 0.1},
}  # fmt: skip

REASON = re.compile(r"undefined: |no fit: |no knee: |no step down|p unknown|its parts are not told")


def made(case: str) -> Curve:
    return Curve.from_outcomes(severities=GRID, bootstrap=100, **CASES[case])  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES)
def test_values_and_bands_are_numbers(case: str) -> None:
    curve = made(case)
    assert np.isfinite(curve.estimate).all()
    assert not np.isnan([*curve.low, *curve.high]).any()
    assert (curve.low <= curve.estimate).all()
    assert (curve.estimate <= curve.high).all()
    assert (curve.high > curve.low).any()


@pytest.mark.parametrize("case", CASES)
def test_every_answer_is_a_number_or_a_reason(case: str) -> None:
    curve = made(case)
    answers = [
        curve.clean, curve.area, curve.slope, curve.knee, curve.cliff, curve.monotone, curve.psychometric,
        curve.uncertainty, *(curve.tolerance(drop=share) for share in (0.05, 0.1, 0.5)),
        *(ask(at=s) for s in (0.2, 1.0) for ask in (curve.value, curve.drop, curve.retained)),
    ]  # fmt: skip
    for answer in answers:
        text = str(answer)
        assert text
        assert "nan" not in text.lower()
        assert "?" not in text
        value = getattr(
            answer, "value", getattr(answer, "severity", getattr(answer, "threshold", 0.0))
        )
        assert not math.isnan(value) or REASON.search(text), text
    json.dumps(curve.to_json(), allow_nan=False)


@pytest.mark.parametrize("case", CASES)
def test_verdicts_and_differences_are_defined(case: str) -> None:
    curve = made(case)
    for verdict in (
        curve.retains(0.9, at=0.6),
        curve.no_cliff(drop=0.3),
        curve.tolerance_at_least(0.6),
    ):
        assert verdict.state in {"pass", "fail", "inconclusive"}
        assert "nan" not in str(verdict).lower()
    same = difference(curve, curve)
    assert set(same.better) == {""}
    assert not np.isnan([*same.estimate, *same.low, *same.high]).any()


@pytest.mark.parametrize(
    ("expected", "case"),
    [
        ("undefined: the model is at chance", "at chance"),
        ("undefined: the model is at chance", "all wrong"),
        ("undefined: the model is at chance", "one class"),
        ("undefined: an interval needs at least 2 samples", "one sample"),
        ("undefined: an interval needs at least 2 samples", "one group"),
        ("undefined: no chance level is known for this metric", "no chance"),
        ("undefined: the model is at chance", "missing when clean"),
    ],
)
def test_the_reason_is_said(expected: str, case: str) -> None:
    assert expected == str(made(case).area)


def test_one_sample_may_be_anything_in_the_range() -> None:
    assert (made("one sample").drop(at=1.0).low, made("one sample").drop(at=1.0).high) == (-1, 1)
    loss = made("one loss")
    assert (loss.clean.low, loss.clean.high) == (0, math.inf)
    assert math.isinf(loss.drop(at=1.0).high)


def test_a_loss_that_is_no_number_leaves_every_severity_and_is_counted() -> None:
    for case in ("a loss that is infinite", "a loss that is nearly infinite"):
        curve = made(case)
        assert curve.n == 29
        assert "1 left out at every severity, as there is no worst value" in str(curve.missing)


def test_a_share_of_what_may_be_nothing_is_open() -> None:
    kept = made("hardly above chance").retained(at=1.0)
    assert math.isinf(kept.low) or math.isinf(kept.high) or str(kept).startswith("undefined")


def test_a_metric_that_is_not_per_sample_is_refused_with_the_reason() -> None:
    mean = custom(lambda outputs, targets: np.mean(outputs == targets), name="mean")
    with pytest.raises(MetricError, match="one row per sample"):
        mean.scores(np.zeros(5), np.zeros(5))
    two = custom(lambda outputs, targets: np.zeros(2), name="two")
    with pytest.raises(MetricError, match="a score for each sample, not their mean"):
        two.scores(np.zeros(5), np.zeros(5))


@pytest.mark.parametrize("name", ["accuracy", "f1", "log-loss", "ece", "wer", "rmse"])
@pytest.mark.parametrize("n", [1, 2, 19])
def test_one_class_is_defined_for_every_metric(name: str, n: int) -> None:
    metric = get_metric(name)
    labels = np.zeros(n, dtype=int)
    outputs: object = np.tile([0.9, 0.05, 0.05], (n, 1)) if name in {"log-loss", "ece"} else labels
    targets: object = ["a b"] * n if name == "wer" else labels
    rows = metric.scores(["a b"] * n if name == "wer" else outputs, targets)
    curve = Curve.from_outcomes(
        severities=GRID, clean=rows, outcomes=[rows] * 5, metric=metric, bootstrap=100,
        chance=metric.chance(targets),
    )  # fmt: skip
    assert not np.isnan([*curve.estimate, *curve.low, *curve.high]).any()
    assert "nan" not in str(curve.area).lower()
    json.dumps(curve.to_json(), allow_nan=False)
