"""`budget="locate"`: where a tenth is lost, for a share of the model calls."""

import numpy as np
import pytest

import noisebench as nb
from noisebench.errors import DataError, MetricError, PlanError
from tests.noisebench.audit.test_bisect import NOISES, Model, data

OPTIONS = {"perturbations": NOISES, "severities": 16, "gallery": False, "batch_size": 64}


@pytest.fixture(scope="module")
def located(tmp_path_factory):
    model = Model()
    folder = tmp_path_factory.mktemp("located")
    return nb.audit(model, data(), budget="locate", run_dir=folder, **OPTIONS), model


def test_the_places_are_those_of_a_full_run_for_a_share_of_its_calls(located):
    found, model = located
    whole = nb.audit(Model(), data(), **OPTIONS)
    made, full = found.calls
    assert 600 * 16 * 2 == full
    assert made < 0.4 * full
    assert model.asked <= made + 600 + 256
    for name in NOISES:
        ours, theirs = found[name].tolerance(), whole[name].tolerance()
        assert theirs.severity == pytest.approx(ours.severity, abs=0.02)
        assert ours.low <= theirs.severity <= ours.high


def test_it_says_where_and_what_it_saved(located, tmp_path):
    found, _ = located
    said = " ".join(found.verdict)
    assert "Sampling in two stages" in said
    assert f"{NOISES[0]} loses 10 % at severity" in said
    found.report(tmp_path)
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "around the place where those show that 10 %" in text
    assert "gate" not in text.lower()
    assert "nan" not in text.lower()


def test_read_again_it_says_the_same_and_a_full_run_goes_on(located):
    found, _ = located
    again = nb.load(found.directory)
    assert found.verdict == again.verdict
    assert again.complete
    model = Model()
    nb.audit(model, data(), budget="locate", run_dir=found.directory, **OPTIONS)
    assert model.asked <= 64


def test_agreement_and_a_loss_with_bounds_can_be_located():
    bare = nb.Dataset(data().take(data().ids).inputs, modalities={"image": "image"})
    found = nb.audit(Model(), bare, metric="agreement", budget="locate", **OPTIONS)
    assert found.complete
    assert 0 < found[NOISES[0]].tolerance().severity <= 1
    loss = nb.Metric(
        "far", lambda o, t: abs(o - t) / 3.0, higher_is_better=False, low=0.0, high=1.0,
        constant=lambda t: float(np.mean(np.abs(np.asarray(t) - np.median(t))) / 3),
    )  # fmt: skip
    found = nb.audit(Model(), data(), metric=loss, budget="locate", **OPTIONS)
    assert 0 < found[NOISES[0]].tolerance().severity <= 1


def test_a_model_at_chance_has_no_place_and_the_reason_is_said(tmp_path):
    found = nb.audit(
        lambda images: np.full(len(images), 2), data(), budget="locate", run_dir=tmp_path, **OPTIONS
    )
    assert "not shown that the model is above chance" in found[NOISES[0]].tolerance().text
    assert "No loss could be located" in " ".join(found.verdict)
    found.report()
    assert "nan" not in (tmp_path / "report.md").read_text("utf-8").lower()


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"gates": [{"retains": 0.9, "at": 0.5}]}, PlanError, "no gates, to locate a loss"),
        ({"metric": "mae"}, MetricError, "bounded scores"),
        ({"metric": "f1"}, MetricError, "a mean of scores per sample"),
    ],
)
def test_what_cannot_be_located_is_refused_before_the_model_is_called(options, error, words):
    def never(images):
        raise AssertionError("the model was called")

    with pytest.raises(error, match=words):
        nb.audit(never, data(60), budget="locate", **(OPTIONS | options))


def test_what_needs_all_samples_is_refused_in_words(located):
    found, _ = located
    with pytest.raises(DataError, match="run it in full"):
        found.flip_rate(NOISES[0])
    assert () == found.gates
