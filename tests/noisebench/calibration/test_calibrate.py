"""Calibrating: closed forms, costs, what is left out and what is refused."""

import json
import math
from itertools import pairwise

import numpy as np
import pytest

import noisebench as nb
from noisebench.calibration import LADDER, prepare
from noisebench.calibration._sample import hashed, how_many, left_over
from noisebench.data import Dataset
from noisebench.errors import CalibrationError, ModelError, PlanError
from perturbations import Dose, Ladder, perturbation
from tests.noisebench.calibration.made import Shows, pairs, white


@pytest.fixture(scope="module")
def noisy():
    return nb.calibrate(white(), ["timeseries/additive-noise"], seed=3)


def test_gaussian_noise_has_the_dose_that_its_formula_says(noisy):
    # Of white series with a spread of 1: sigma over the square root of 2.
    found = noisy["timeseries/additive-noise"]
    for point in found.grid[1:]:
        expected = point.native / math.sqrt(2)
        # The distance between samples, of 128 x 40 numbers, is known to 1.5 %.
        assert expected == pytest.approx(point.dose, abs=4 * point.error + 0.015 * expected)


def test_every_reached_dose_is_within_tolerance_and_severities_rise(noisy):
    found = noisy["timeseries/additive-noise"]
    top = found.grid[-1].dose
    assert ["met"] * 4 + ["unreachable"] == [each.state for each in found.rungs]
    for rung in found.reached:
        allowed = max(0.01 * top, rung.point.error)
        assert rung.dose == pytest.approx(rung.point.dose, abs=allowed)
    assert list(found.severities) == sorted(set(found.severities))
    assert noisy.severity("timeseries/additive-noise", 0.2) == found.rungs[2].severity


def test_severity_0_is_untouched_in_every_axis(noisy):
    first = noisy["timeseries/additive-noise"].grid[0]
    assert (0.0, 0.0, 0.0) == (first.severity, first.dose, first.displacement)
    assert first.bits == pytest.approx(7, abs=0.01)
    assert 1.0 == first.kept


def test_it_prints_as_sentences_and_rows(noisy):
    said = str(noisy)
    assert "Doses 0.05, 0.1, 0.2, 0.4, 0.8 (feature displacement" in said
    assert "0.8 is unreachable (0.5" in said
    assert "among 128 clean ones, so at most log2 128 = 7" in said
    rows = noisy.to_table()
    assert 5 == len(rows)
    assert [None] == [row["severity"] for row in rows if row["state"] == "unreachable"]
    json.dumps(noisy.to_json(), allow_nan=False)


def test_it_is_the_same_again_and_in_any_order_of_the_data():
    data = pairs()
    order = np.random.default_rng(0).permutation(len(data))
    one = nb.calibrate(data, ["image/contrast", "text/swap"], detect=False)
    other = nb.calibrate(data.subset(order), ["image/contrast", "text/swap"], detect=False)
    assert set(one.source.ids) == set(other.source.ids)
    assert one.to_json()["noises"] == other.to_json()["noises"]


def test_no_model_is_called_for_raw_input_and_as_often_as_was_said_for_features():
    data, model = pairs(), Shows()
    nb.calibrate(data, ["image/contrast"], model=model, encoder="input", detect=False)
    assert 0 == model.shown
    job = prepare(data, ["image/contrast", "text/swap"], model=model, detect=False, batch_size=32)
    found = job.run()
    assert model.shown == found.calls <= job.cost.calls
    assert "2 noises on 64 clean samples: 8 severities each" in job.cost.text
    assert f"at most {job.cost.calls} calls of the encoder" in job.cost.text


def test_the_models_features_are_the_axis_where_it_shows_them():
    found = nb.calibrate(pairs(), ["image/contrast", "text/swap"], model=Shows(), detect=False)
    assert "model" == found.encoder["kind"]
    other = nb.calibrate(pairs(), ["image/contrast"], model=Shows(scale=7.0), detect=False)
    # A ratio of distances does not depend on the scale of the features.
    assert found.severity("image/contrast", 0.2) == other.severity("image/contrast", 0.2)


def test_bits_are_an_axis():
    found = nb.calibrate(pairs(), ["image/flip", "image/contrast"], axis="bits", detect=False)
    for rung in found["image/flip"].reached:
        lost = 1 - rung.point.bits / found.source.clean_bits
        assert lost == pytest.approx(rung.point.dose, abs=1e-6)
        assert rung.state != "met" or rung.dose == pytest.approx(lost, abs=0.25 * rung.dose)


def test_distortion_is_an_axis_in_its_own_unit():
    found = nb.calibrate(
        pairs(), ["image/gaussian-noise", "image/contrast", "text/swap"], axis="distortion",
        doses=[35, 25, 15], detect=False,
    )  # fmt: skip
    for noise in ("image/gaussian-noise", "image/contrast"):
        rungs = {each.dose: each for each in found[noise].rungs}
        assert {15.0, 25.0, 35.0} == set(rungs)
        assert rungs[25.0].point.distortion == pytest.approx(25, abs=0.6)
        assert rungs[35.0].severity < rungs[25.0].severity < rungs[15.0].severity
    assert "measured as tokens_changed, not as psnr" in found.left_out["text/swap"]


def test_what_acts_on_several_inputs_or_is_fixed_has_no_dose():
    found = nb.calibrate(
        pairs(),
        ["image/contrast", "image/contrast@0.4", "image/contrast + text/swap", "crossmodal/mispairing"],
        detect=False,
    )  # fmt: skip
    assert ["image/contrast"] == list(found.noises)
    assert "its severity is fixed" == found.left_out["image/contrast@0.4"]
    assert "several inputs" in found.left_out["image,text:crossmodal/mispairing"]
    assert "several inputs" in found.left_out["image/contrast + text/swap"]
    with pytest.raises(CalibrationError, match="it has no dose: its severity is fixed"):
        found["image/contrast@0.4"]


def test_a_chain_on_one_input_has_a_dose():
    found = nb.calibrate(pairs(), ["image/contrast > image/gaussian-noise"], detect=False)
    (chain,) = found.noises.values()
    assert len(chain.reached) >= 4


def test_noise_that_changes_nothing_is_said_to():
    @perturbation("image/none-at-all", family="made", registered=False, exempt={})
    def none_at_all(image, draw, *, much: Dose = Ladder(1, 2, 3, 4, 5, unit="nothing")):
        """Nothing happens.

        Severity: none.

        References: none.
        """
        return image

    found = nb.calibrate(pairs(), [none_at_all, "image/contrast"], detect=False)
    (name,) = (each for each in found.noises if "none" in each)
    assert () == found[name].reached
    assert "changes nothing that is measured here" in str(found)
    with pytest.raises(CalibrationError, match=r"0.1 is unreachable \(0 at severity 1\)"):
        found.severity(name, 0.1)


def test_noise_whose_dose_falls_again_is_named():
    @perturbation("image/there-and-back", family="made", registered=False, coupling="transform")
    def there_and_back(image, draw, *, turn: Dose = Ladder(0.2, 0.4, 0.6, 0.8, 1.0, unit="turns")):
        """Goes bright and comes back.

        Severity: turns.

        References: none.
        """
        return image * (1 - np.float32(np.sin(np.pi * turn)))

    found = nb.calibrate(pairs(), [there_and_back], detect=False)
    (name,) = found.noises
    assert "is not dose-monotone (Kendall's tau" in str(found)
    assert all(rung.point.severity <= 0.51 for rung in found[name].reached)


def test_detectors_stand_beside_doses():
    found = nb.calibrate(pairs(), ["image/contrast"])
    aucs = [rung.detection.auc for rung in found["image/contrast"].reached]
    assert aucs[-1] > 0.95
    assert found["image/contrast"].reached[-1].detection.p == 0.01


def test_features_are_refused_where_they_are_none():
    with pytest.raises(ModelError, match="average over time"):
        nb.calibrate(pairs(), ["image/contrast"], encoder={"image": lambda images: images})
    with pytest.raises(CalibrationError, match="features of image that differ between samples"):
        nb.calibrate(
            pairs(), ["image/contrast"], encoder={"image": lambda images: np.ones((len(images), 2))}
        )
    with pytest.raises(ModelError, match="a model that shows features"):
        nb.calibrate(pairs(), ["image/contrast"], encoder="model")


def test_one_sample_is_not_enough():
    data = pairs().subset([0])
    with pytest.raises(CalibrationError, match="2 samples or more to calibrate on, got samples=1"):
        nb.calibrate(data, ["image/contrast"])


def test_few_samples_make_rough_doses_and_that_is_said():
    found = nb.calibrate(pairs().subset(range(5)), ["image/contrast"])
    assert 5 == found.source.count
    assert "Only 5 samples: doses are rough" in str(found)
    assert all(rung.detection is None for rung in found["image/contrast"].rungs)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"axis": "displacment"}, "did you mean displacement"),
        ({"axis": "distortion"}, "say which, in the noises' own measure"),
        ({"doses": [0.1, -0.2]}, "doses, each above 0"),
        ({"doses": []}, "doses, each above 0"),
        ({"doses": "many"}, "a list of numbers"),
        ({"doses": [0.1, math.nan]}, "doses, each above 0"),
        ({"axis": "bits", "doses": [0.5, 1.5]}, r"a share in \(0, 1\]"),
        ({"levels": 2}, "a whole number of at least 3"),
        ({"samples": 1}, "2 samples or more"),
        ({"samples": 10_000}, "at most the 300 samples"),
        ({"batch_size": 0}, "a whole number of at least 1"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_the_reason(options, said):
    with pytest.raises(CalibrationError, match=said):
        nb.calibrate(pairs(), ["image/contrast"], **options)


def test_what_is_no_data_or_no_noise_is_refused():
    with pytest.raises(CalibrationError, match="a Dataset"):
        nb.calibrate([1, 2], ["image/contrast"])
    with pytest.raises(PlanError, match="did you mean"):
        nb.calibrate(pairs(), ["image/contrst"])
    with pytest.raises(PlanError, match="a noise that has a dose on this data"):
        nb.calibrate(pairs(), ["image/contrast@0.4"])


def test_a_noise_that_no_sample_can_take_is_left_out_with_the_reason():
    texts = [f"line {k} without a kana" for k in range(40)]
    known = Dataset({"text": texts})
    chosen = prepare(known, ["text/swap"], samples=4).chosen.clean.ids
    outside = next(i for i in known.ids if i not in chosen)
    texts[int(outside)] = "東京でラーメンを食べました"
    data = Dataset({"text": texts})
    noises = ["text/swap", "text/dakuten-error"]
    found = nb.calibrate(data, noises, samples=4, detect=False)
    assert ["text/swap"] == list(found.noises)
    assert "it could be put into none of 4 samples" in found.left_out["text/dakuten-error"]
    assert "No dose: text/dakuten-error: it could be put into none" in str(found)


def test_a_stream_is_calibrated_on_its_first_samples():
    rows = [
        {"inputs": {"image": i}} for i in pairs().take([f"p{k}" for k in range(80)]).inputs["image"]
    ]
    data = Dataset.stream(rows, modalities={"image": "image"})
    found = nb.calibrate(data, ["image/contrast"], samples=64, detect=False)
    assert 64 == found.source.count
    assert (data, 64) == left_over(data, found.source.ids)


def test_calibration_samples_are_left_out_where_enough_others_are():
    assert [2, 64, 64, 64, 125, 256, 256] == [
        how_many(n) for n in (2, 64, 256, 512, 1000, 2048, 10**6)
    ]
    data = pairs(300)
    ids = data.ids[:64]
    rest, inside = left_over(data, hashed(ids))
    assert (236, 0) == (len(rest), inside)
    assert set(rest.ids).isdisjoint(ids)
    few = data.subset(range(200))
    assert (few, 64) == left_over(few, hashed(ids))
    other = data.subset(range(100, 300))
    assert (other, 0) == left_over(other, hashed(ids))


def test_ladder_is_geometric():
    assert [2.0] * 4 == pytest.approx([b / a for a, b in pairwise(LADDER)])
