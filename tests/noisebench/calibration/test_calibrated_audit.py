"""Audits at equal dose: severities, the samples that are set aside, locks, and resuming."""

import json

import numpy as np
import pytest

import noisebench as nb
from noisebench.calibration._sample import hashed
from noisebench.errors import CalibrationError, LedgerError, PlanError
from noisebench.report import _markdown
from noisebench.report._build import view
from perturbations import Dose, Ladder, perturbation
from tests.noisebench import small
from tests.noisebench.calibration.made import Shows, pairs

NOISES = ["image/contrast", "image/gaussian-noise", "text/drop-character"]


@pytest.fixture(scope="module")
def audit():
    return nb.audit(Shows(), pairs(), perturbations=NOISES, calibrated=True, bootstrap=200)


def test_every_noise_runs_at_its_severities_of_equal_dose(audit):
    found = audit.calibration
    assert {*found.noises} == {*audit.curves}
    for sweep, curve in audit.curves.items():
        assert (0.0, *found[sweep].severities) == curve.severities
        assert all(found[sweep].at(s) is not None for s in curve.severities[1:])


def test_calibration_samples_are_not_evaluated(audit):
    assert 300 - 64 == audit.clean.n
    assert set(hashed(audit.ids)).isdisjoint(audit.calibration.source.ids)
    assert 0 == audit.header["calibration"]["evaluated too"]


def test_it_is_in_the_header_and_in_the_rows(audit):
    assert 0.05 == audit.header["calibration"]["doses"][0]
    rows = [row for row in audit.to_table() if row["sweep"] == "image/contrast"]
    assert [0, *audit.calibration.doses] == [row["equal_dose"] for row in rows]
    assert rows[1]["displacement"] == pytest.approx(0.05, abs=0.0125)
    assert rows[0]["displacement"] == 0
    json.dumps(audit.header, allow_nan=False)


def test_an_audit_that_is_not_calibrated_has_none():
    found = nb.audit(Shows(), pairs(20), perturbations=["image/contrast"], bootstrap=100)
    assert found.calibration is None
    assert "equal_dose" not in found.to_table()[0]
    assert "severities of equal dose" not in found.header["plan"]


def test_few_samples_are_calibrated_on_what_is_evaluated_and_that_is_said():
    found = nb.audit(
        small.classify, small.dataset(60), perturbations=["image/contrast"], calibrated=True, bootstrap=100
    )  # fmt: skip
    assert 60 == found.clean.n
    assert 60 == found.header["calibration"]["evaluated too"]


def test_a_lock_file_decides_the_severities(tmp_path):
    lock = tmp_path / "x.json"
    frozen = nb.calibrate(pairs(), NOISES, model=Shows(), lock=lock, samples=64)
    options = {"perturbations": ["text/drop-character"], "bootstrap": 100}
    one = nb.audit(Shows(), pairs(), calibrated=str(lock), **options)
    other = nb.audit(Shows(), pairs(), calibrated=frozen, **options)
    assert one.calibration.to_json() == frozen.to_json()
    assert one["text/drop-character"].severities == other["text/drop-character"].severities
    with pytest.raises(CalibrationError, match="noise image/flip: not calibrated") as error:
        nb.audit(Shows(), pairs(), calibrated=lock, perturbations=["image/flip"])
    assert str(lock) in str(error.value)
    with pytest.raises(CalibrationError, match="features: model features of Shows"):
        nb.audit(Shows(scale=3.0), pairs(), calibrated=lock, **options)
    with pytest.raises(CalibrationError, match="a lock file"):
        nb.audit(Shows(), pairs(), calibrated=tmp_path / "none.json", **options)


def flipped(data):
    """Other values under the same ids."""
    every = data.take(data.ids)
    images = np.stack(every.inputs["image"])[:, ::-1]
    return nb.Dataset({"image": images, "text": every.inputs["text"]}, every.targets, ids=every.ids)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (flipped, "64 of hash .* -> 64 of hash "),
        (lambda data: data.subset(range(15)), "64 of hash .* -> [0-9]+ of their ids are in the data"),
    ],
)  # fmt: skip
def test_doses_of_other_data_are_refused(tmp_path, other, said):
    lock = tmp_path / "x.json"
    frozen = nb.calibrate(pairs(), ["image/contrast"], lock=lock, encoder="input", samples=64)
    for known in (lock, frozen):
        with pytest.raises(CalibrationError, match=f"calibration samples: {said}") as error:
            nb.audit(Shows(), other(pairs()), perturbations=["image/contrast"], calibrated=known)
        assert "noisebench calibrate TARGET --fresh" in str(error.value)
        assert "--other-data" in str(error.value)


def test_data_that_grew_by_other_samples_keep_their_doses():
    frozen = nb.calibrate(pairs(300).subset(range(250)), ["image/contrast"], encoder="input")
    found = nb.audit(
        Shows(), pairs(300), perturbations=["image/contrast"], calibrated=frozen, bootstrap=100
    )
    assert 300 - 64 == found.clean.n


def test_severities_serve_other_data_where_that_is_said(tmp_path):
    lock = tmp_path / "x.json"
    frozen = nb.calibrate(pairs(), ["image/contrast"], lock=lock, encoder="input")
    found = nb.audit(
        Shows(), flipped(pairs()), perturbations=["image/contrast"], bootstrap=100,
        calibrated=nb.Calibration.load(lock).for_other_data(), run_dir=tmp_path / "r",
    )  # fmt: skip
    assert 300 == found.clean.n
    assert (0.0, *frozen["image/contrast"].severities) == found["image/contrast"].severities
    assert all(0 == each.pairs and np.isnan(each.auc) for each in found.doses().measured)
    assert "Doses were measured on other data" in repr(found)
    assert "Doses were measured on other data" in repr(found.doses())
    assert "Doses were measured on other data" in _markdown.render(view(found))
    assert nb.load(tmp_path / "r").calibration.elsewhere


def test_a_second_run_measures_nothing_again(tmp_path):
    model = Shows()
    options = {
        "perturbations": NOISES,
        "calibrated": True,
        "run_dir": tmp_path / "r",
        "bootstrap": 100,
    }
    first = nb.audit(model, pairs(), **options)
    shown = model.shown
    second = nb.audit(model, pairs(), **options)
    assert first.calibration.to_json() == second.calibration.to_json()
    # A few samples show that the features are the same, and the clean ones are rerun.
    assert model.shown - shown <= 6
    with pytest.raises(LedgerError, match="another plan"):
        nb.audit(model, pairs(), **options | {"calibrated": False})


def test_severities_that_are_listed_run_besides():
    found = nb.audit(
        Shows(), pairs(), perturbations=["image/contrast"], calibrated=True, severities=[0.5, 1.0], bootstrap=100
    )  # fmt: skip
    grid = found["image/contrast"].severities
    assert {0.5, 1.0, *found.calibration["image/contrast"].severities} == {*grid} - {0.0}


def test_what_has_no_dose_runs_at_the_severities_of_the_plan():
    found = nb.audit(
        Shows(), pairs(), perturbations=["image/contrast", "crossmodal/mispairing", "text/drop-character@0.4"],
        calibrated=True, severities=2, bootstrap=100,
    )  # fmt: skip
    assert (0.0, 0.5, 1.0) == found["image,text:crossmodal/mispairing"].severities
    assert (0.0, 0.4) == found["text/drop-character@0.4"].severities
    assert {"image,text:crossmodal/mispairing", "text/drop-character@0.4"} == set(
        found.calibration.left_out
    )


@perturbation("image/faint", family="made", registered=False, coupling="transform")
def faint(image, draw, *, much: Dose = Ladder(0.001, 0.002, 0.003, 0.004, 0.005, unit="share")):
    """Gets a little darker.

    Severity: share of the light that is gone.

    References: none.
    """
    return image * (1 - much)


def test_noise_that_reaches_no_dose_is_not_run_and_says_why():
    data = pairs()
    found = nb.audit(
        Shows(), data, perturbations=[faint, "image/contrast"], calibrated=True, bootstrap=100
    )  # fmt: skip
    assert ["image/contrast"] == list(found.curves)
    assert "reaches no dose of the ladder" in found.skipped[str(faint)]
    with pytest.raises(PlanError, match="a noise that reaches one of the equal doses") as error:
        nb.audit(Shows(), data, perturbations=[faint], calibrated=True)
    assert "at severity 1" in str(error.value)


def test_modalities_can_be_asked_for_and_are_told_what_is_missing():
    found = nb.audit(
        Shows(), pairs(), perturbations=["modalities(image=image/contrast, text=text/drop-character)"],
        calibrated=True, severities=2, bootstrap=100,
    )  # fmt: skip
    account = found.modalities()
    assert account.cells
    assert "NaN" not in json.dumps(account.to_json())


def test_models_are_compared_at_the_same_severities():
    found = nb.compare(
        {"a": Shows(), "b": Shows(scale=5.0)}, pairs(), perturbations=["image/contrast"], calibrated=True, bootstrap=100
    )  # fmt: skip
    assert ("input", "input") == tuple(a.calibration.encoder["kind"] for a in found.audits.values())
    assert found.difference("image/contrast", "a", "b").estimate == pytest.approx(np.zeros(6))


@pytest.mark.parametrize("given", [1, "", 3.5, ["x"]])
def test_what_is_no_calibration_is_refused(given):
    with pytest.raises(CalibrationError):
        nb.audit(Shows(), pairs(20), perturbations=["image/contrast"], calibrated=given)
