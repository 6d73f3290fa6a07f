"""A run: what is called, in which order, and that nothing but the plan decides the numbers."""

import threading

import numpy as np
import pytest

import perturbations as pt
from noisebench.audit import audit
from noisebench.data import Dataset
from noisebench.errors import MetricError
from noisebench.metrics import get_metric
from tests.noisebench.small import classify, dataset, digits, logical, pair, read

SWEEPS = ["image/contrast", "image/occlusion"]


def run(data, model=classify, **options):
    chosen = {"perturbations": SWEEPS, "severities": [0.4, 1.0]} | options
    return audit(model, data, **chosen)


@pytest.fixture(scope="module")
def undisturbed():
    return logical(run(dataset()))


@pytest.mark.parametrize(
    "options", [{"batch_size": 7}, {"batch_size": 1000}, {"workers": 0}, {"workers": 3}]
)
def test_batches_and_workers_change_nothing(data, undisturbed, options):
    assert undisturbed == logical(run(data, **options))


def test_scores_are_those_of_a_bare_loop(data):
    found = run(data, perturbations=["image/occlusion"], severities=[0.6])
    images, labels = digits()
    noisy = pt.get("image/occlusion").batch(images, 0.6, samples=data.ids, input="image")
    expected = np.mean(classify(noisy) == labels)
    assert found["image/occlusion"].estimate[1] == pytest.approx(expected)


def test_the_model_is_called_from_the_calling_thread(data):
    threads = set()

    def model(images):
        threads.add(threading.current_thread())
        return classify(images)

    run(data, model, workers=2)
    assert threads == {threading.current_thread()}


def test_the_clean_pass_comes_first_and_is_repeated_once(data):
    images = digits()[0]
    seen = []

    def model(given):
        seen.append(any((given[0] == image).all() for image in images))
        return classify(given)

    run(data, model)
    assert seen[:2] == [True, True]
    assert len(seen) == 2 + 4


def test_a_stream_keeps_its_order(data):
    images, labels = digits()
    records = [
        {"id": f"d{i}", "inputs": {"image": images[i]}, "target": labels[i]} for i in range(60)
    ]
    stream = Dataset.stream(records, modalities={"image": "image"})
    found = run(stream, batch_size=16)
    assert found._record.ids == tuple(f"d{i}" for i in range(60))
    kept = found["image/occlusion"].estimate
    assert np.allclose(kept, run(data)["image/occlusion"].estimate)


def test_conditions_on_several_inputs():
    sweeps = [
        "image/contrast + text/swap",
        "text/swap@1 > text/drop-character",
        "image,text:crossmodal/mispairing",
        "text,image:crossmodal/missing-input(fill=zeros)",
    ]
    found = audit(read, pair(), perturbations=sweeps, severities=[1.0], replicates=2)
    assert found.failures == []
    assert set(found.sweeps) == set(sweeps)
    assert found["image,text:crossmodal/mispairing"].estimate[1] < 0.4
    assert found["text,image:crossmodal/missing-input(fill=zeros)"].estimate[1] == 1.0
    assert found.distortion["image,text:crossmodal/mispairing"][1.0]["changed"] > 0.8
    assert {"image.psnr", "text.edit_rate"} <= set(found.distortion[sweeps[0]][1.0])


def test_position_and_input_are_in_the_key():
    chain = "text/drop-character@0.6 > text/drop-character@0.6"
    data = Dataset({"a": ["some words to drop"] * 8, "b": ["some words to drop"] * 8}, list(range(8)),
                   modalities={"a": "text", "b": "text"})  # fmt: skip
    seen = []

    def model(inputs):
        seen.append(dict(inputs))
        return list(range(8))

    sweeps = ["a:text/drop-character@0.6", "b:text/drop-character@0.6", f"a:{chain.replace('> ', '> a:')}",
              "a,b:text/drop-character@0.6"]  # fmt: skip
    audit(model, data, perturbations=sweeps, workers=0)
    first, second, chained, common = seen[2:]
    assert first["a"] != second["b"]
    assert sum(map(len, chained["a"])) < sum(map(len, first["a"]))
    assert common["a"] == common["b"] != first["a"]


def test_distortion_on_all_or_none(data):
    assert len(measured(run(data, distortion="all"))) == 60
    assert measured(run(data, distortion="none")) == {}


def measured(found):
    outcomes = found._record.ledger.outcomes("image/occlusion|s=1|r=0")
    return outcomes.distortion.get("psnr", {})


def test_agreement_needs_no_targets():
    unlabelled = Dataset({"image": digits()[0]})
    found = run(unlabelled, metric="agreement", perturbations=["image/contrast"])
    assert found.clean.value == 1.0
    assert found["image/contrast"].estimate[-1] < 1.0
    with pytest.raises(MetricError, match="agreement"):
        run(unlabelled)


def test_several_metrics_share_one_pass(data):
    calls = []

    def model(images):
        calls.append(1)
        return classify(images)

    found = run(data, model, metric=["accuracy", "f1"], perturbations=["image/contrast"])
    assert len(calls) == 2 + 2
    accuracy, f1 = found["image/contrast"], found.curve("image/contrast", metric="f1")
    assert (accuracy.metric, f1.metric) == ("accuracy", "f1")
    assert accuracy.estimate[0] != f1.estimate[0] or accuracy.estimate[-1] != f1.estimate[-1]


def test_a_users_metric(data):
    def half_right(outputs, targets):
        return np.where(np.asarray(outputs) == np.asarray(targets), 1.0, 0.5)

    found = run(data, metric=half_right, perturbations=["image/contrast"])
    assert 0.5 <= found["image/contrast"].estimate[-1] < found.clean.value <= 1


def test_a_metric_that_fits_nothing_stops_the_run(data):
    with pytest.raises(MetricError):
        run(data, metric=lambda outputs, targets: 0.5)


def test_a_model_that_does_not_repeat_itself_is_found_out(data):
    rng = np.random.default_rng(0)
    found = run(data, lambda images: rng.integers(0, 10, len(images)))
    assert found.header["nondeterminism"]["changed"] > 0.5
    assert run(data).header["nondeterminism"] == {
        "changed": 0.0, "score_difference": 0.0, "samples": 60,
    }  # fmt: skip


def test_progress_ends_at_the_total(data):
    told = []
    run(data, batch_size=25, progress=lambda *step: told.append(step))
    assert told[-1][:2] == (15, 15)
    assert [step[0] for step in told] == sorted(step[0] for step in told)
    assert told[0][2] == "clean|s=0"


def test_references_are_fitted_once_and_kept():
    rng = np.random.default_rng(0)
    table = rng.normal(size=(40, 3)) * [1, 10, 100]
    data = Dataset({"table": table}, np.arange(40) % 2, modalities={"table": "tabular"})
    found = audit(
        lambda x: (x[:, 0] > 0).astype(int), data, perturbations=["tabular/numeric-noise"]
    )
    assert "table" in found.references


def test_the_metric_can_be_an_object(data):
    assert run(data, metric=get_metric("accuracy")).metrics[0].name == "accuracy"


def test_progress_goes_on_where_a_run_stopped(tmp_path):
    steps = []

    def stop(done, total, what):
        steps.append((done, total))
        if len(steps) == 3:
            raise KeyboardInterrupt

    options = {"perturbations": ["image/occlusion"], "severities": [0.5, 1.0], "run_dir": tmp_path}
    with pytest.raises(KeyboardInterrupt):
        audit(classify, dataset(), batch_size=16, progress=stop, **options)
    again = []
    audit(
        classify, dataset(), batch_size=16, progress=lambda *step: again.append(step[:2]), **options
    )
    assert again[0][0] >= 3
    assert again[-1][0] == again[-1][1] == 12
