"""`budget="bisect"`: whole curves for a share of the model calls, and what it says of them."""

import json

import numpy as np
import pytest

import noisebench as nb
from noisebench.errors import DataError, MetricError, PlanError
from noisebench.metrics import get_metric

NOISES = ["image/gaussian-noise", "image/contrast"]
OPTIONS = {"perturbations": NOISES, "severities": 8, "gallery": False, "batch_size": 64}
LEVELS = np.random.default_rng(0).permutation(np.repeat(np.arange(4), 150))


def data(n=600, **options):
    images = np.repeat(LEVELS[:n, None, None] / 3, 4, axis=1).repeat(4, axis=2)
    return nb.Dataset({"image": images}, targets=LEVELS[:n], **options)


class Model:
    """Reads a corner of four pixels, and counts how often it was asked, and for how many samples."""

    def __init__(self):
        self.asked, self.calls = 0, 0

    def predict(self, images):
        self.asked += len(images)
        self.calls += 1
        return np.clip(np.round(images[:, :2, :2].mean(axis=(1, 2)) * 3), 0, 3).astype(int)


@pytest.fixture(scope="module")
def bisected(tmp_path_factory):
    model = Model()
    folder = tmp_path_factory.mktemp("bisected")
    return nb.audit(model, data(), budget="bisect", run_dir=folder, **OPTIONS), model


@pytest.fixture(scope="module")
def whole():
    return nb.audit(Model(), data(), **OPTIONS)


def test_curves_are_those_of_a_full_run_for_a_share_of_its_calls(bisected, whole):
    found, model = bisected
    made, full = found.calls
    assert 600 * 8 * 2 == full
    assert made < 0.5 * full
    assert made + 600 <= model.asked <= made + 600 + 256, (
        "the clean pass, once, and what is predicted twice"
    )
    for name in NOISES:
        assert whole[name].estimate == pytest.approx(found[name].estimate, abs=0.05)
        assert (found[name].low <= whole[name].estimate + 1e-9).all()
        assert (whole[name].estimate <= found[name].high + 1e-9).all()
        assert 600 == found[name].n


def test_it_says_what_it_saved_and_on_what_it_rests(bisected):
    found, _ = bisected
    said = " ".join(found.verdict)
    made, full = found.calls
    assert f"{made:,} of the {full:,} noisy model calls" in said
    assert "60 of 600, drawn at random, were measured at every severity" in said
    assert "costs most" in said
    assert found.complete
    assert not found.stopped


def test_the_report_says_so_too_and_its_bands_hold(bisected, tmp_path):
    found, _ = bisected
    found.report(tmp_path)
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "Sampling by bisection" in text
    assert "difference estimator" in text
    assert "nan" not in text.lower()


def test_read_again_it_says_the_same(bisected):
    found, _ = bisected
    again = nb.load(found.directory)
    assert found.verdict == again.verdict
    assert found.to_table() == again.to_table()
    assert again.complete


def test_a_finished_run_calls_the_model_only_to_know_it(bisected):
    found, _ = bisected
    model = Model()
    nb.audit(model, data(), budget="bisect", run_dir=found.directory, **OPTIONS)
    assert model.asked <= 64


def test_batches_and_workers_change_nothing(bisected):
    found, _ = bisected
    other = nb.audit(
        Model(), data(), budget="bisect", **(OPTIONS | {"batch_size": 23, "workers": 0})
    )
    assert found.calls == other.calls
    for name in NOISES:
        assert (found[name].estimate == other[name].estimate).all()


def test_an_interrupted_run_goes_on(tmp_path, bisected):
    class Tired(Model):
        def predict(self, images):
            if self.calls > 20:
                raise KeyboardInterrupt
            return super().predict(images)

    options = {"budget": "bisect", "run_dir": tmp_path, **OPTIONS}
    with pytest.raises(KeyboardInterrupt, match="go on"):
        nb.audit(Tired(), data(), **options)
    early = nb.load(tmp_path)
    assert not early.complete
    assert "No curve could be made." in early.verdict
    found = nb.audit(Model(), data(), **options)
    assert bisected[0].calls == found.calls
    assert (bisected[0][NOISES[0]].estimate == found[NOISES[0]].estimate).all()


def test_a_full_run_goes_on_from_there(tmp_path, whole):
    nb.audit(Model(), data(), budget="bisect", run_dir=tmp_path, **OPTIONS)
    model = Model()
    found = nb.audit(model, data(), run_dir=tmp_path, **OPTIONS)
    assert model.asked < 8000
    assert not found.bisected
    for name in NOISES:
        assert whole[name].estimate == pytest.approx(found[name].estimate)


def test_gates_are_judged_on_the_curves():
    gates = [
        {"retains": 0.5, "at": 0.25},
        {"tolerance_at_least": 1.0, "drop": 0.1},
        {"no_cliff": 0.9},
    ]
    found = nb.audit(Model(), data(), budget="bisect", gates=gates, **OPTIONS)
    assert {"population"} == {each.verdict.claim for each in found.gates}
    states = [each.verdict.state for each in found.gates]
    assert "pass" == states[0]
    assert "fail" == states[2]


def test_agreement_needs_no_targets():
    bare = nb.Dataset(data().take(data().ids).inputs, modalities={"image": "image"})
    model = Model()
    found = nb.audit(model, bare, metric="agreement", budget="bisect", **OPTIONS)
    assert model.asked <= 600 + 256 + found.calls[0], "the clean pass is made once"
    assert 1.0 == found[NOISES[0]].estimate[0]


def test_replicates_and_groups_are_followed_each_on_its_own(whole):
    found = nb.audit(
        Model(), data(groups=[i // 2 for i in range(600)]), budget="bisect", replicates=2, **OPTIONS
    )
    assert found.calls[1] == 2 * 600 * 8 * 2
    assert whole[NOISES[0]].estimate == pytest.approx(found[NOISES[0]].estimate, abs=0.06)


def test_a_noise_that_samples_recover_from_is_measured_in_full():
    def odd(images):
        return (np.asarray(images).sum(axis=(1, 2)) * 1000).astype(int) % 4

    options = OPTIONS | {"perturbations": NOISES[:1]}
    found = nb.audit(odd, data(), metric="agreement", budget="bisect", **options)
    assert found.calls[0] == found.calls[1]
    assert "Measured in full" in " ".join(found.verdict)


def test_what_needs_all_samples_is_refused_in_words(bisected):
    found, _ = bisected
    for answer in (found.summaries, found.mpc, lambda: found.flip_rate(NOISES[0])):
        with pytest.raises(DataError, match=r"followed to where they break(.|\n)*run it in full"):
            answer()
    assert "followed to where they break" in str(found.topology().unsaid)
    assert {} == found.slices(NOISES[0])


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"claim": "set"}, PlanError, "a claim about the population, to bisect"),
        (
            {"gates": [{"no_worse_than": "before", "margin": 0.1}]},
            PlanError,
            "gates without a baseline, to bisect",
        ),
        ({"metric": "mae"}, MetricError, "scores of 0 or 1, to see where a sample breaks"),
        ({"compose": 60}, PlanError, "chosen from full curves"),
    ],
)
def test_what_cannot_be_bisected_is_refused_before_the_model_is_called(options, error, words):
    def never(images):
        raise AssertionError("the model was called")

    with pytest.raises(error, match=words):
        nb.audit(never, data(60), budget="bisect", **(OPTIONS | options))


@pytest.mark.parametrize("n", [1, 3, 19])
def test_few_samples_are_measured_in_full(n, tmp_path):
    found = nb.audit(Model(), data(n), budget="bisect", run_dir=tmp_path, **OPTIONS)
    assert found.calls[0] == found.calls[1]
    found.report()
    assert "nan" not in (tmp_path / "report.md").read_text("utf-8").lower()


@pytest.mark.parametrize("answer", [-1, 2])
def test_all_wrong_and_one_class_are_defined(answer, tmp_path):
    found = nb.audit(
        lambda images: np.full(len(images), answer), data(200), budget="bisect", run_dir=tmp_path, **OPTIONS
    )  # fmt: skip
    found.report()
    assert "nan" not in (tmp_path / "report.md").read_text("utf-8").lower()
    json.dumps([curve.to_json() for curve in found.curves.values()])
    assert "undefined" in found[NOISES[0]].retained(at=1.0).text


def test_a_users_own_metric_of_zeros_and_ones_is_followed_and_another_is_not():
    own = get_metric(lambda o, t: (o == t).astype(float))
    found = nb.audit(Model(), data(), budget="bisect", metric=own, **OPTIONS)
    assert found.calls[0] < found.calls[1]
    half = get_metric(lambda o, t: (o == t) / 2)
    with pytest.raises(MetricError, match="scores of 0 or 1"):
        nb.audit(Model(), data(), budget="bisect", metric=half, **OPTIONS)
