"""Models and data that say little: every kind of run answers in words, and shows no number that is none."""

import numpy as np
import pytest

import noisebench as nb
from noisebench.errors import MetricError
from tests.noisebench.audit.test_bisect import LEVELS, Model

NOISE = ["image/gaussian-noise"]
GATES = [{"retains": 0.9, "at": 0.5}, {"no_cliff": 0.5}, {"tolerance_at_least": 0.25, "drop": 0.1}]
OPTIONS = {"perturbations": NOISE, "severities": 4, "batch_size": 64, "bootstrap": 200}
BUDGETS = [None, "auto", "bisect", "locate"]


def perfect(images):
    return np.full(len(images), 1)


def constant(images):
    return np.full(len(images), 2)


def wrong(images):
    return np.full(len(images), -1)


CASES = {
    "all right, one class": (perfect, np.full(120, 1), 120, "undefined|not shown"),
    "all wrong": (wrong, LEVELS, 120, "undefined|not shown"),
    "at chance": (constant, LEVELS, 120, "undefined|not shown"),
    "two samples": (Model(), LEVELS, 2, ""),
    "nineteen samples": (Model(), LEVELS, 19, ""),
    "all samples alike": (Model(), np.zeros(600, dtype=int), 120, ""),
}
"""Model, true levels of grey, samples, and what is said."""


def made(levels, n):
    images = np.repeat(levels[:n, None, None] / 3, 4, axis=1).repeat(4, axis=2)
    return nb.Dataset({"image": images}, targets=levels[:n])


@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize("case", CASES)
def test_it_is_defined_and_said(case, budget, tmp_path):
    model, levels, n, words = CASES[case]
    gates = () if budget == "locate" else GATES
    found = nb.audit(
        model, made(levels, n), gates=gates, budget=budget, run_dir=tmp_path, **OPTIONS
    )
    found.report()
    shown = [(tmp_path / "report.md").read_text("utf-8"), repr(found), *map(str, found.gates)]
    shown += [str(each.verdict) for each in found.gates]
    curve = found[NOISE[0]]
    shown += [curve.tolerance().text, curve.retained(at=curve.severities[-1]).text, repr(curve)]
    assert not [text for text in shown if "nan" in text.lower().replace("finance", "")]
    assert len(gates) == len(found.gates)
    assert {each.verdict.state for each in found.gates} <= {"pass", "fail", "inconclusive"}
    if words:
        said = curve.retained(at=curve.severities[-1]).text
        assert any(word in said for word in words.split("|"))
        assert {"inconclusive"} >= {each.verdict.state for each in found.gates}


@pytest.mark.parametrize("budget", ["auto", "locate"])
def test_a_loss_without_bounds_asks_for_them_and_takes_them(budget):
    loss = nb.Metric(
        "far", lambda o, t: np.abs(o - t).astype(float), higher_is_better=False,
        constant=lambda t: float(np.mean(np.abs(np.asarray(t) - np.median(t)))),
    )  # fmt: skip
    gates = GATES[:1] if budget == "auto" else ()
    options = OPTIONS | {"metric": loss, "budget": budget, "gates": gates}
    with pytest.raises(MetricError, match=r"bounded scores(.|\n)*bounds=\(0, 10\)"):
        nb.audit(Model(), made(LEVELS, 60), **options)
    found = nb.audit(Model(), made(LEVELS, 300), bounds=(0, 3), **options)
    assert found.complete


@pytest.mark.parametrize("budget", ["auto", "bisect", "locate"])
def test_a_metric_that_is_no_mean_over_samples_is_refused_with_the_way_out(budget):
    gates = GATES[:1] if budget == "auto" else ()
    with pytest.raises(MetricError, match=r"run it in full \(budget=None\)"):
        nb.audit(Model(), made(LEVELS, 60), metric="f1", budget=budget, gates=gates, **OPTIONS)
