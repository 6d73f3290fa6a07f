"""Models that misbehave: the sample is a row with a reason, the sweep goes on, the data stays clean."""

import importlib

import numpy as np
import pytest

from noisebench.audit import audit, load
from noisebench.errors import ModelError
from tests.noisebench.small import classify, dataset, digits

SWEEP = "image/occlusion"


def run(model, **options):
    chosen = {"perturbations": [SWEEP], "severities": [0.5, 1.0]} | options
    return audit(model, dataset(), **chosen)


def dark(images):
    return np.asarray(images).reshape(len(images), -1).mean(axis=1) < 72


def reasons(found):
    return {failure["reason"] for failure in found.failures}


def test_raising_on_some_samples():
    def model(images):
        if dark(images).any():
            raise ValueError("too dark")
        return classify(images)

    found = run(model)
    expected = {f"d{i}" for i in np.flatnonzero(dark(digits()[0]))}
    assert {f["id"] for f in found.failures if f["sweep"] == "clean"} == expected
    assert reasons(found) == {"ValueError: too dark"}
    assert found[SWEEP].n == 60
    assert found[SWEEP].missing.per_severity[0] == len(expected)


def test_nan_outputs():
    def model(images):
        return np.where(dark(images), np.nan, classify(images))

    found = run(model)
    assert reasons(found) == {"output is NaN"}
    assert found[SWEEP].n == 60


@pytest.mark.parametrize(
    ("model", "match"),
    [
        (lambda images: classify(images)[:-1], "expected 60 outputs, got an array of shape .59,."),
        (lambda images: np.zeros((500, 2)), "expected 60 outputs, got an array of shape .500, 2."),
        (lambda images: 1.0, "expected 60 outputs, got float"),
        (lambda images: None, "expected 60 outputs, got NoneType"),
        (lambda images: "seven", "expected 60 outputs, got str"),
        (lambda images: [np.nan] * len(images), "output is NaN"),
    ],
    ids=["one short", "wrong shape", "a number", "nothing", "text", "NaN"],
)
def test_outputs_that_fit_no_sample(model, match, tmp_path):
    with pytest.raises(ModelError, match=match):
        run(model, run_dir=tmp_path)
    found = load(tmp_path)
    assert len(found.failures) == 60
    assert all(f["reason"] for f in found.failures)


def test_changing_the_input_in_place():
    def model(images):
        answer = classify(images)
        images[:] = 0
        return answer

    found, honest = run(model), run(classify)
    assert np.array_equal(found[SWEEP].estimate, honest[SWEEP].estimate)
    assert "changed its input 'image' in place" in found.header["warnings"][0]


@pytest.mark.slow
def test_train_mode():
    torch = pytest.importorskip("torch", reason="needs torch")

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.drop = torch.nn.Dropout(0.9)
            self.line = torch.nn.Linear(64, 10)

        def forward(self, x):
            return self.line(self.drop(x.reshape(len(x), -1).float() / 255))

    net = Net().train()
    found = run(net)
    assert found.header["nondeterminism"]["changed"] == 0
    assert net.training


def test_noise_that_a_sample_cannot_take():
    from noisebench.data import Dataset

    waves = [np.full(200, 0.5, np.float32) for _ in range(6)]
    waves[2] = np.full(200, np.nan, np.float32)
    data = Dataset({"audio": waves}, [1] * 6, ids=list("abcdef"), facts={"audio": {"rate": 8000}})
    found = audit(lambda x: [1] * len(x), data, perturbations=["audio/white-noise"], severities=2)
    assert {f["id"] for f in found.failures if f["sweep"] != "clean"} <= {"c"}
    assert found["audio/white-noise"].n == 5
    assert list(found.data_problems["audio"]) == ["c"]


def test_a_third_partys_noise_that_raises():
    from perturbations import Dose, Ladder, perturbation

    @perturbation("image/brittle", family="test", registered=False)
    def brittle(image, draw, *, amount: Dose = Ladder(1, 2, 3, 4, 5, unit="x")):
        """Break on bright pictures."""
        if image.mean() > 0.33:
            raise ZeroDivisionError("bright")
        return image

    found = run(classify, perturbations=[brittle])
    bright = {f"d{i}" for i, image in enumerate(digits()[0]) if (image / 255.0).mean() > 0.33}
    assert 0 < len(bright) < 60
    for severity in (0.5, 1.0):
        assert {f["id"] for f in found.failures if f["severity"] == severity} == bright
    assert "ZeroDivisionError: bright" in found.failures[0]["reason"]


def test_the_evaluated_set_is_the_same_at_every_severity():
    def model(images):
        if dark(images).any():
            raise ValueError("too dark")
        return np.eye(10)[classify(images)] * 0.9 + 0.01

    curve = run(model, metric="log-loss")[SWEEP]
    assert curve.n == 60 - curve.missing.excluded
    assert curve.scores.shape == (3, curve.n)


def test_changing_noisy_input_and_then_raising():
    def model(images):
        bad = dark(images).any()
        answer = classify(images)
        images[:] = 255
        if bad:
            raise ValueError("too dark")
        return answer

    found, honest = run(model, severities=[0.5]), run(classify, severities=[0.5])
    at_half = [f["id"] for f in found.failures if f["severity"] == 0.5]
    cell = f"{SWEEP}|s=0.5|r=0"
    seen, expected = found._record.predictions(cell), honest._record.predictions(cell)
    assert 0 < len(at_half) < 60
    assert {n: p for n, p in seen.items() if p is not None} == {
        n: p for n, p in expected.items() if n not in at_half
    }


def test_a_model_that_always_fails_is_said_to_fail_and_not_to_be_at_chance():
    def unfitted(images):
        raise RuntimeError("call fit first")

    with pytest.raises(ModelError) as caught:
        run(unfitted)
    said = str(caught.value)
    assert "failed on all 60 clean samples" in said
    assert "RuntimeError: call fit first" in said
    assert "in test_bad_models.py, line" in said and 'raise RuntimeError("call fit first")' in said
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_a_model_that_fails_in_many_ways_is_said_to_fail():
    calls = []

    def unfitted(images):
        calls.append(1)
        raise RuntimeError(f"call fit first, {len(calls) % 2}")

    found = run(unfitted)
    assert "failed on all 60 clean samples: RuntimeError: call fit first" in found.verdict[0]
    view = importlib.import_module("noisebench.report._build").view(found)
    assert "RuntimeError: call fit first" in view.verdict


@pytest.mark.parametrize("size", [1, 7, 31])
def test_small_batches_do_not_give_up_a_model_that_fails_on_some(size):
    def first_is_bad(images):
        if dark(images).any():
            raise ValueError("too dark")
        return classify(images)

    assert run(first_is_bad, severities=[1.0], batch_size=size)[SWEEP].n == 60


def test_giving_up_takes_no_more_samples_than_needed():
    shown = []

    def unfitted(images):
        shown.extend(images)
        raise RuntimeError("call fit first")

    with pytest.raises(ModelError, match="all of the first 32 clean samples"):
        run(unfitted, batch_size=32, workers=0)
    assert len(shown) <= 32 * 13


def test_a_constant_number_of_rows_never_fits_a_part_by_chance():
    with pytest.raises(ModelError, match=r"expected 60 outputs, got an array of shape .3,."):
        run(lambda images: np.zeros(3, dtype=int))
