"""Runs that stop where their gates are decided: calls, answers, bands, resuming, refusals."""

import math

import numpy as np
import pytest

import noisebench as nb
from noisebench.errors import DataError, MetricError, PlanError
from noisebench.metrics import get_metric

LEVELS = np.repeat(np.arange(4), 250)
NOISES = ["image/gaussian-noise", "image/contrast"]
GATES = [
    nb.Gate(perturbation="image/gaussian-noise", retains=0.9, at=0.4),
    nb.Gate(perturbation="image/gaussian-noise", retains=0.95, at=1.0),
    nb.Gate(perturbation="image/contrast", tolerance_at_least=0.4),
]
OPTIONS = {"severities": [0.2, 0.4, 1.0], "bootstrap": 200, "distortion": "none", "gallery": False}


def data(n=1000, **options):
    images = np.repeat(LEVELS[:, None, None] / 3, 4, axis=1).repeat(4, axis=2)
    keep = np.random.default_rng(0).permutation(1000)[:n]
    return nb.Dataset({"image": images[keep]}, targets=LEVELS[keep], **options)


class Model:
    """Reads a corner of four pixels, and counts how often it was asked."""

    def __init__(self):
        self.asked = 0

    def predict(self, images):
        self.asked += len(images)
        return np.clip(np.round(images[:, :2, :2].mean(axis=(1, 2)) * 3), 0, 3).astype(int)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    model = Model()
    found = nb.audit(
        model, data(), perturbations=NOISES, gates=GATES, budget="auto",
        run_dir=tmp_path_factory.mktemp("stopped"), **OPTIONS,
    )  # fmt: skip
    return found, model.asked


@pytest.fixture(scope="module")
def whole():
    return nb.audit(Model(), data(), perturbations=NOISES, gates=GATES, claim="set", **OPTIONS)


def test_the_answers_are_those_of_a_full_run_for_a_share_of_its_calls(stopped, whole):
    found, asked = stopped
    assert [e.verdict.state for e in whole.gates] == [e.verdict.state for e in found.gates]
    assert ["pass", "fail", "pass"] == [e.verdict.state for e in found.gates]
    made, full = found.calls
    assert 4000 == full
    assert made < 0.25 * full
    assert asked < 0.25 * 7000
    assert found.complete


def test_only_what_a_gate_asks_about_is_run(stopped):
    found, _ = stopped
    assert (0.0, 0.4, 1.0) == found["image/gaussian-noise"].severities
    assert (0.0, 0.2, 0.4) == found["image/contrast"].severities
    counts = found["image/gaussian-noise"].counts
    assert counts[2] < counts[1] <= counts[0]


def test_bands_hold_what_a_full_run_finds(stopped, whole):
    found, _ = stopped
    for name in NOISES:
        curve, full = found[name], whole[name]
        for place, severity in enumerate(curve.severities):
            true = full.estimate[full.severities.index(severity)]
            assert curve.low[place] <= true <= curve.high[place]
        assert "band that holds whenever one stops, n = " in repr(curve)


def test_it_says_what_it_saved(stopped):
    found, _ = stopped
    said = " ".join(found.verdict)
    made, full = found.calls
    assert "Of 3 gates 2 pass and 1 fails: image/gaussian-noise (keeps 0.95 at 1)." in said
    assert f"All gates are decided after {made:,} of the {full:,} noisy model calls" in said
    assert "costs most" not in said


def test_read_again_it_says_the_same(stopped):
    found, _ = stopped
    again = nb.load(found.directory)
    assert [str(e.verdict) for e in found.gates] == [str(e.verdict) for e in again.gates]
    assert found.verdict == again.verdict
    assert found.to_table() == again.to_table()
    assert again.stopped
    assert again.complete


def test_a_finished_run_calls_the_model_only_to_know_it(stopped):
    found, _ = stopped
    model = Model()
    nb.audit(
        model, data(), perturbations=NOISES, gates=GATES, budget="auto",
        run_dir=found.directory, **OPTIONS,
    )  # fmt: skip
    assert model.asked <= 16


def test_a_full_run_goes_on_from_there(tmp_path, whole):
    asked = {"perturbations": NOISES, "gates": GATES, "run_dir": tmp_path, **OPTIONS}
    early = nb.audit(Model(), data(), budget="auto", **asked)
    made, _ = early.calls
    model = Model()
    found = nb.audit(model, data(), **asked)
    assert not found.stopped
    assert found.complete
    assert model.asked < 7000 - made + 300
    for name in NOISES:
        assert whole[name].estimate == pytest.approx(found[name].estimate)
    assert "stopped early" not in " ".join(found.verdict)


def test_another_order_is_another_plan(tmp_path):
    options = {"perturbations": NOISES, "gates": GATES, "run_dir": tmp_path, **OPTIONS}
    nb.audit(Model(), data(60), **options)
    with pytest.raises(nb.LedgerError, match="order: keyed -> data"):
        nb.audit(Model(), data(60), budget="auto", **options)


def test_what_needs_all_samples_is_refused_in_words(stopped):
    found, _ = stopped
    curve = found["image/gaussian-noise"]
    for answer in (
        lambda: curve.scores,
        found.summaries,
        lambda: found.flip_rate("image/contrast"),
    ):
        with pytest.raises(DataError, match="run it in full"):
            answer()
    assert math.isnan(curve.area.value)
    assert "stopped early" in curve.area.text
    assert {} == found.slices("image/contrast")
    for record in (
        curve.slope,
        curve.knee,
        curve.cliff,
        curve.monotone,
        curve.psychometric,
        curve.uncertainty,
    ):
        assert "stopped early" in record.text


def test_what_a_stopped_curve_can_answer_it_does(stopped):
    found, _ = stopped
    curve = found["image/gaussian-noise"]
    kept = curve.retained(at=1.0)
    assert kept.low < kept.value < kept.high < 1
    assert curve.drop(at=1.0).value == pytest.approx(curve.estimate[0] - curve.estimate[2], abs=0.1)
    tolerated = curve.tolerance(drop=0.1)
    assert 0.4 < tolerated.severity < 1
    assert tolerated.low <= tolerated.severity <= tolerated.high
    verdict = curve.retains(0.5, at=1.0)
    assert verdict.n == curve.counts[2]
    again = nb.Curve.from_json(curve.to_json())
    assert (curve.counts, curve.band) == (again.counts, again.band)
    assert repr(curve) == repr(again)


def test_a_claim_about_the_population_says_so():
    found = nb.audit(
        Model(), data(), perturbations=NOISES[:1], gates=GATES[:2], budget="auto",
        claim="population", **OPTIONS,
    )  # fmt: skip
    assert ["population"] * 2 == [each.verdict.claim for each in found.gates]
    assert ["pass", "fail"] == [each.verdict.state for each in found.gates]
    failed = found.gates[1].verdict
    assert failed.high <= 0.95
    assert "misses the aim" not in str(failed)
    assert "given up 10 % of the time" in str(failed)


def test_agreement_needs_no_targets_and_runs_the_clean_pass_first():
    inputs = data().take(data().ids).inputs
    bare = nb.Dataset(inputs, modalities={"image": "image"})
    model = Model()
    found = nb.audit(
        model, bare, perturbations=NOISES[:1], metric="agreement", gates=GATES[:2],
        budget="auto", **OPTIONS,
    )  # fmt: skip
    assert model.asked <= 1000 + 256 + found.calls[0], "the clean pass is made once"
    assert ["pass", "fail"] == [each.verdict.state for each in found.gates]
    assert "chance 0.250" in str(found.gates[0].verdict)
    again = nb.load(found.directory)
    assert [str(e.verdict) for e in found.gates] == [str(e.verdict) for e in again.gates]


def test_replicates_are_averaged_sample_by_sample(whole):
    found = nb.audit(
        Model(), data(), perturbations=NOISES[:1], gates=GATES[:2], replicates=3, budget="auto",
        **OPTIONS,
    )  # fmt: skip
    assert ["pass", "fail"] == [each.verdict.state for each in found.gates]
    assert found.calls[1] == 6000


def test_a_baseline_saves_calls_too(tmp_path):
    before = nb.audit(
        Model(), data(), perturbations=NOISES[:1], run_dir=tmp_path / "before", **OPTIONS
    )
    gates = [nb.Gate(no_worse_than=before.directory, margin=0.05)]
    found = nb.audit(
        Model(), data(), perturbations=NOISES[:1], gates=gates, budget="auto", **OPTIONS
    )
    (answer,) = found.gates
    assert "pass" == answer.verdict.state
    assert 0.0 == answer.verdict.value
    assert found.calls[0] < 0.2 * found.calls[1]


def test_a_baseline_that_had_a_budget_is_named(stopped):
    before, _ = stopped
    gates = [nb.Gate(perturbation=NOISES[0], no_worse_than=before.directory, margin=0.05, at=0.4)]
    for budget in ("auto", None):
        with pytest.raises(DataError, match=r"the baseline .+ had a budget") as caught:
            _ = nb.audit(
                Model(), data(), perturbations=NOISES[:1], gates=gates, budget=budget, **OPTIONS
            ).gates
        assert str(before.directory) in str(caught.value)


def test_grey_pictures_count_for_nothing_where_no_noise_comes_in():
    rng = np.random.default_rng(0)
    images = [(150 * (k % 2) + rng.integers(0, 60, (6, 6, 3))).astype(np.uint8) for k in range(90)]
    images[::3] = [image[..., 0] for image in images[::3]]
    bright = [int(image.mean() > 120) for image in images]
    found = nb.audit(
        lambda batch: [int(np.asarray(image).mean() > 120) for image in batch],
        nb.Dataset({"image": images}, targets=bright), perturbations=["image/saturate"],
        gates=[{"retains": 0.5, "at": 0.2}], budget="auto", **OPTIONS,
    )  # fmt: skip
    (answer,) = found.gates
    assert "pass" == answer.verdict.state
    assert "samples left out: no noise came into them" in str(answer.verdict)
    assert any("left out" in line for line in found.verdict)


LOSS = nb.Metric("far", lambda o, t: abs(o - t) / 3, higher_is_better=False, low=0.0, high=1.0)
STREAM = nb.Dataset.stream(
    lambda: ({"id": i, "inputs": {"image": np.full((4, 4), i / 9)}, "target": i} for i in range(9)),
    modalities={"image": "image"},
)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"data": STREAM}, PlanError, r"indexable data, to stop early(.|\n)*arrays or lists"),
        ({"gates": ()}, PlanError, "a gate to decide, to stop early"),
        ({"budget": "much"}, PlanError, "None, auto, bisect or locate"),
        ({"compose": 60}, PlanError, "chosen from full curves"),
        ({"claim": "all"}, PlanError, "set or population"),
        ({"metric": "f1"}, MetricError, "a mean of scores per sample"),
        ({"metric": "mae"}, MetricError, r"bounded scores(.|\n)*bounds=\(0, 10\)"),
        ({"metric": LOSS}, MetricError, "a known chance level, to stop early"),
        ({"metric": get_metric(lambda o, t: o == t)}, MetricError, "bounded scores"),
        (
            {"data": data(60, groups=[i // 3 for i in range(60)]), "claim": "population"},
            PlanError,
            "data without groups for a claim about the population",
        ),
    ],
)
def test_what_cannot_stop_early_is_refused_before_the_model_is_called(options, error, words):
    def never(images):
        raise AssertionError("the model was called")

    given = {"data": data(60), "budget": "auto", "gates": GATES[:1]} | options
    with pytest.raises(error, match=words):
        nb.audit(never, given.pop("data"), perturbations=NOISES, **given, **OPTIONS)


@pytest.mark.parametrize("claim", ["set", "population"])
def test_a_model_at_chance_is_known_from_the_clean_data_alone(claim, tmp_path):
    found = nb.audit(
        lambda images: np.zeros(len(images), int), data(), perturbations=NOISES, budget="auto",
        gates=[nb.Gate(retains=0.9, at=0.4)], claim=claim, run_dir=tmp_path, **OPTIONS,
    )  # fmt: skip
    assert ["inconclusive"] * 2 == [each.verdict.state for each in found.gates]
    assert (32, 2000) == found.calls
    for each in (found, nb.load(tmp_path)):
        assert each.complete
        assert "as the clean data alone show" in " ".join(each.verdict)
        said = str(each.gates[0].verdict)
        assert "n = 1,000 of 1,000 without noise, which alone show it" in said
        assert "accuracy 0.250 at severity 0, chance 0.250" in said
        assert 1000 == each.gates[0].verdict.n


def test_one_class_is_said():
    same = data().take([name for name, y in zip(data().ids, data().targets, strict=True) if y == 2])
    one = nb.Dataset({"image": same.inputs["image"]}, targets=np.full(len(same.ids), 2))
    found = nb.audit(
        Model(), one, perturbations=NOISES[:1], budget="auto",
        gates=[nb.Gate(retains=0.9, at=0.4)], **OPTIONS,
    )  # fmt: skip
    assert "one answer is right for all samples (one class)" in str(found.gates[0].verdict)


def test_a_run_that_took_all_calls_does_not_say_that_it_stopped_early():
    found = nb.audit(
        Model(), data(12), perturbations=NOISES[:1], gates=GATES[1:2], budget="auto", **OPTIONS
    )
    assert (12, 12) == found.calls
    said = " ".join(found.verdict)
    assert "Sampling did not stop early: " in said
    assert "Sampling stopped early" not in said
    with pytest.raises(DataError) as caught:
        found.flip_rate("image/gaussian-noise")
    assert "stopped early" not in str(caught.value)
    assert "run it in full" in str(caught.value)


def test_no_chance_level_is_made_up_for_a_function():
    """Of a squared error, a full run knows no chance level; neither may a run that stops early."""
    asked = {
        "perturbations": ["image/contrast"], "metric": lambda o, t: (o - t) ** 2.0,
        "gates": [nb.Gate(retains=0.9, at=1.0)], **OPTIONS,
    }  # fmt: skip
    whole = nb.audit(Model(), data(100), claim="set", **asked)
    assert "inconclusive" == whole.gates[0].verdict.state
    for budget, gates in (("auto", asked["gates"]), ("locate", ())):
        with pytest.raises(MetricError, match="a known chance level") as caught:
            nb.audit(Model(), data(100), bounds=[0, 9], budget=budget, **(asked | {"gates": gates}))
        assert "taken as higher is better" in str(caught.value)
        assert "higher_is_better=False" in str(caught.value)
    with pytest.raises(MetricError, match="bounded scores") as caught:
        nb.audit(Model(), data(100), budget="auto", **asked)
    assert "higher_is_better=False" in str(caught.value)


def test_a_function_of_right_and_wrong_is_measured_from_0_as_in_a_full_run():
    asked = {
        "perturbations": NOISES[:1],
        "metric": lambda o, t: o == t,
        "gates": GATES[:2],
        **OPTIONS,
    }
    whole = nb.audit(Model(), data(300), claim="set", **asked)
    early = nb.audit(Model(), data(300), bounds=[0, 1], budget="auto", **asked)
    assert ["pass", "fail"] == [each.verdict.state for each in whole.gates]
    assert ["pass", "fail"] == [each.verdict.state for each in early.gates]
    with pytest.raises(MetricError, match=r"scores of 0 or 1 from(.|\n)*score=0.5"):
        nb.audit(
            Model(), data(300), bounds=[0, 1], budget="auto",
            **(asked | {"metric": lambda o, t: (o == t) / 2}),
        )  # fmt: skip


def test_a_function_is_said_to_be_taken_as_higher_is_better(tmp_path):
    asked = {"perturbations": ["image/contrast"], "run_dir": tmp_path, **OPTIONS}

    def squared(outputs, targets):
        return (outputs - targets) ** 2.0

    found = nb.audit(Model(), data(100), metric=squared, **asked)
    words = "squared is a function, taken as higher is better"
    for each in (found, nb.load(tmp_path)):
        assert words in " ".join(each.verdict)
        each.report()
        assert words in (tmp_path / "report.md").read_text("utf-8")
    known = nb.Metric("squared", squared, higher_is_better=False)
    found = nb.audit(Model(), data(100), metric=known, **(asked | {"run_dir": None}))
    assert "taken as" not in " ".join(found.verdict)
    found = nb.audit(Model(), data(100), **(asked | {"run_dir": None}))
    assert "taken as" not in " ".join(found.verdict)


def test_a_score_outside_its_declared_bounds_stops_the_run_and_keeps_it(tmp_path):
    options = {
        "perturbations": NOISES[:1], "metric": nb.Metric("far", lambda o, t: np.abs(o - t).astype(float), higher_is_better=False, constant=lambda t: 1.0),
        "gates": GATES[:1], "budget": "auto", "run_dir": tmp_path, **OPTIONS,
    }  # fmt: skip
    far = lambda images: 1000 + np.zeros(len(images))
    with pytest.raises(MetricError, match=r"scores between the bounds 0 and 3 of far"):
        nb.audit(far, data(60), bounds=(0, 3), **options)


@pytest.mark.parametrize("n", [1, 3, 19])
def test_few_samples_are_decided_exactly(n):
    found = nb.audit(
        Model(), data(n), perturbations=NOISES[:1], gates=[{"retains": 0.5, "at": 0.4}], budget="auto", **OPTIONS
    )  # fmt: skip
    (answer,) = found.gates
    assert answer.verdict.state in ("pass", "inconclusive")
    assert "nan" not in str(answer.verdict)
    assert "nan" not in repr(found)


@pytest.mark.parametrize(("answer", "state"), [(-1, "inconclusive"), (None, "pass")])
def test_all_wrong_and_all_right_are_defined(answer, state, tmp_path):
    model = (lambda images: np.full(len(images), answer)) if answer else Model()
    found = nb.audit(
        model, data(200), perturbations=["image/contrast"], gates=[{"retains": 0.9, "at": 0.2}],
        budget="auto", run_dir=tmp_path, **OPTIONS,
    )  # fmt: skip
    assert state == found.gates[0].verdict.state
    found.report()
    assert "nan" not in (tmp_path / "report.md").read_text().lower()
