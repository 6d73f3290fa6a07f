"""The verdict says in one sentence what came out."""

from types import SimpleNamespace as Makers
from typing import Any

import pytest

from noisebench.report import _build

FLAT = [0.96, 0.96, 0.955, 0.95, 0.955, 0.95]


def verdict(audit: Any) -> str:
    return _build.view(audit).verdict


def test_names_worst_noise_its_dose_and_what_is_withstood(audits: Makers) -> None:
    assert (
        "On 500 samples the model's accuracy is 0.96 [0.94, 0.98] when clean; of 2 noises tried, "
        "image/gaussian-noise hurts most, costing 10 % of the accuracy above chance from "
        "0.14 σ (severity 0.45), while image/contrast never costs that much."
    ) == verdict(audits.audit())


def test_nothing_is_claimed_below_the_mildest_severity(audits: Makers) -> None:
    curve = audits.curve([0.9, 0.5, 0.4, 0.3, 0.2, 0.1], tolerance=0.03)
    text = verdict(audits.audit({"image/gaussian-noise": curve}))
    assert "already at 0.08 σ (severity 0.2, the mildest tried)" in text


def test_one_noise(audits: Makers) -> None:
    text = verdict(
        audits.audit({"image/gaussian-noise": audits.curve([0.96, 0.9, 0.8, 0.7, 0.5, 0.4])})
    )
    assert "image/gaussian-noise costs 10 % of the accuracy above chance from" in text
    assert "noises" not in text


def test_one_flat_noise(audits: Makers) -> None:
    text = verdict(audits.audit({"image/contrast": audits.curve(FLAT, tolerance=None)}))
    assert text.endswith("when clean; image/contrast costs it less than 10 % up to severity 1.")


def test_all_flat(audits: Makers) -> None:
    names = ("image/contrast", "image/motion-blur")
    text = verdict(audits.audit({name: audits.curve(FLAT, tolerance=None) for name in names}))
    assert "of 2 noises tried, none costs it 10 % up to severity 1; image/contrast comes" in text


def test_nothing_tested(audits: Makers) -> None:
    audit = audits.audit({}, clean=None, skipped={"audio/low-pass": "needs the fact `rate`"})
    assert (
        "Nothing was tested: 1 noise could not run, so this report says nothing about the model."
    ) == verdict(audit)


def test_model_at_chance(audits: Makers) -> None:
    text = verdict(audits.audit(clean=audits.estimate(0.11, 0.03)))
    assert text.startswith("The model is at chance on clean data (accuracy 0.11 [0.08, 0.14]")
    assert text.endswith("retention is undefined.")


def test_loss_is_at_chance_from_above(audits: Makers) -> None:
    curve = audits.curve([2.2, 2.3], chance=2.3, metric="log-loss", higher=False)
    audit = audits.audit({"image/contrast": curve}, clean=audits.estimate(2.25, 0.1))
    assert "at chance" in verdict(audit)


def test_metric_without_chance(audits: Makers) -> None:
    text = verdict(
        audits.audit({"image/contrast": audits.curve([0.96, 0.9, 0.8, 0.7, 0.5, 0.4], chance=None)})
    )
    assert "costs 10 % of the accuracy from" in text


def test_undecided_tolerance(audits: Makers) -> None:
    def undefined(**arguments: object) -> None:
        raise ValueError(arguments)

    curve = audits.curve(FLAT)
    curve.tolerance = undefined
    assert "cannot be told from this data" in verdict(audits.audit({"image/contrast": curve}))


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        ("1 evaluation failed", {"failures": [{"cell": "a|s=0.2|r=0", "id": "1", "reason": "x"}]}),
        ("1 noise could not be tested.", {"skipped": {"image/fog": "needs an extra"}}),
        ("Synthetic noise is not field data.", {}),
    ],
)
def test_remarks_follow_the_verdict(expected: str, changes: Any, audits: Makers) -> None:
    remarks = _build.view(audits.audit(**changes)).remarks
    assert any(expected in remark for remark in remarks)


def test_few_samples_are_said(audits: Makers) -> None:
    remarks = _build.view(audits.audit(clean=audits.estimate(0.96, 0.02, n=12))).remarks
    assert "Only 12 samples: the bands are wide." in remarks


def test_unfinished_run_is_said_first(audits: Makers) -> None:
    audit = audits.audit()
    audit.header["status"] = "interrupted"
    assert "not finished" in _build.view(audit).remarks[0]
