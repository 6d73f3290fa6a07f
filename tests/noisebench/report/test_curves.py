"""Tolerances are told no finer than the severities that were tried."""

import math
from types import SimpleNamespace as Makers

import pytest

from noisebench.report import _build, render_html, render_markdown


@pytest.mark.parametrize(
    ("expected", "severity", "low", "high"),
    [
        (("0.45", "[0.35, 0.55]"), 0.45, 0.35, 0.55),
        (("≤ 0.2", ""), 0.1, 0.05, 0.15),
        (("≤ 0.2", "[≤ 0.2, 0.30]"), 0.1, 0.05, 0.3),
        (("0.96", "[0.92, > 1]"), 0.96, 0.92, math.inf),
        (("> 1", "[0.90, > 1]"), None, 0.9, math.inf),
        (("> 1", "[1.00, > 1]"), None, 0.9999985, math.inf),
        (("> 1", ""), None, 1.0, math.inf),
        (("–", ""), math.nan, math.nan, math.nan),
        (("0.5", ""), 0.5, math.nan, math.nan),
    ],
)
def test_tolerance_is_told_within_the_grid(
    expected: tuple[str, str], severity: float | None, low: float, high: float, audits: Makers
) -> None:
    curve = audits.curve([0.96, 0.9, 0.8, 0.7, 0.6, 0.5], tolerance=severity)
    found = curve.tolerance(drop=0.1)
    found.low, found.high = low, high
    view = _build.view(audits.audit({"image/contrast": curve}))
    assert expected == view.ranked[0].tolerance_parts


@pytest.mark.parametrize(
    ("noise", "onset"),
    [
        ("tabular/swapped-columns", "from 2 σ (severity 0.4)"),
        ("tabular/missing-columns", "from 2 σ (severity 0.4)"),
        ("image/contrast", "(severity 0.3)"),
    ],
)
def test_between_whole_doses_the_first_measured_one_that_costs_is_said(
    noise: str, onset: str, audits: Makers
) -> None:
    curve = audits.curve([0.96, 0.95, 0.7, 0.6, 0.5, 0.4], tolerance=0.3)
    card = _build.view(audits.audit({noise: curve})).ranked[0]
    assert card.onset.endswith(onset)


def test_effect_of_failures_names_the_condition(audits: Makers) -> None:
    curve = audits.curve([0.96, 0.5])
    curve.missing = Makers(text="3 samples counted as the worst value")
    failures = [{"cell": "image/contrast|s=1.0|r=0", "id": "7", "reason": "x"}]
    view = _build.view(audits.audit({"image/contrast": curve}, failures=failures))
    assert "image/contrast: 3 samples counted as the worst value" == view.failure_effect


def test_worst_curve_comes_first_whatever_the_direction(audits: Makers) -> None:
    curves = {
        "image/contrast": audits.curve([0.5, 0.6], higher=False, chance=2.3, area=math.nan),
        "image/swirl": audits.curve([0.5, 2.0], higher=False, chance=2.3, area=math.nan),
    }
    assert ["image/swirl", "image/contrast"] == [
        curve.name for curve in _build.view(audits.audit(curves)).ranked
    ]


@pytest.mark.parametrize(("expected", "drop"), [("0.4–0.6", 0.2), ("none", 0.002)])
def test_a_cliff_is_a_loss_that_matters(expected: str, drop: float, audits: Makers) -> None:
    curve = audits.curve([0.96, 0.95, 0.94, 0.74, 0.7, 0.7])
    curve.cliff.drop = drop
    assert expected == _build.view(audits.audit({"image/contrast": curve})).ranked[0].cliff


def test_what_stands_in_for_files_of_the_users_is_told(audits: Makers) -> None:
    curve = audits.curve([0.96, 0.5])
    names = ["audio/background-noise", "audio/background-noise(file=street)", "image/contrast"]
    shown = {
        each.name: each for each in _build.view(audits.audit(dict.fromkeys(names, curve))).ranked
    }
    assert "no recording, in place of file=..." in shown[names[0]].stand_in
    assert ["", ""] == [shown[name].stand_in for name in names[1:]]


def test_a_condition_at_one_dose_is_no_curve_but_a_row_with_its_dose(audits: Makers) -> None:
    swept = audits.curve([0.96, 0.9, 0.8, 0.7, 0.6, 0.5])
    alone = audits.curve([0.96, 0.5])
    alone.doses, alone.unit = ((None,), (0.05,)), "sigma"
    known = {"image/contrast": swept, "image/gaussian-noise@sigma=0.05": alone}
    view = _build.view(audits.audit(known))
    assert ["image/contrast"] == [curve.title for curve in view.ranked]
    [row] = view.fixed
    assert ("image/gaussian-noise at 0.05 sigma", 0.05, "loses 10 %") == (
        row.title,
        row.fixed,
        row.outcome,
    )
    page = render_html(audits.audit(known))
    assert "Conditions at one dose of their own" in page
    assert f'data-chart="{row.anchor}"' not in page
    assert "| image/gaussian-noise |" in render_markdown(audits.audit(known))


def test_a_loss_that_is_marked_does_not_look_like_the_clean_value(audits: Makers) -> None:
    curve = audits.curve([0.84, 0.83, 0.75], chance=0.1, half=0.3)
    points = _build.view(audits.audit({"image/contrast": curve})).ranked[0].points
    assert ["0.84", "0.83", "0.75"] == [point.text for point in points]
    flat = audits.curve([0.84, 0.83, 0.82], chance=0.1, half=0.3)
    points = _build.view(audits.audit({"image/contrast": flat})).ranked[0].points
    assert ["0.8", "0.8", "0.8"] == [point.text for point in points]
