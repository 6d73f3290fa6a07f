"""Which noise costs most is told at equal dose where doses were measured, and not over its own severities."""

import numpy as np
import pytest

import noisebench as nb
from noisebench._levels import levels_of
from noisebench._rank import worst_first
from noisebench._sentences import verdict
from noisebench.cli._table import curve_table
from noisebench.curve import Curve
from noisebench.curve._level import Level
from noisebench.curve._most import most
from noisebench.report import _html, _markdown
from noisebench.report._build import view
from tests.noisebench.calibration.made import Shows, pairs

NOISES = ["image/contrast", "image/gaussian-noise", "text/drop-character", "text/swap"]


def curve(name, kept, *, n=400, severities, level=None):
    """A curve of accuracy that starts at 1 and keeps a share at every severity."""
    outcomes = [np.arange(n) < round(share * n) for share in kept]
    made = Curve.from_outcomes(
        severities=severities, clean=np.ones(n), outcomes=np.array(outcomes, float), name=name,
        chance=0.0, ids=[str(i) for i in range(n)],
    )  # fmt: skip
    return made if level is None else Curve(**{k: getattr(made, k) for k in made.__slots__} | {"level": level})  # fmt: skip


def two():
    """`steep` spends its range of severities on doses that no other noise needs; `early` costs more at every dose."""
    doses = (0.1, 0.2, 0.4)
    early, steep = (0.80, 0.85, 0.9), (0.05, 0.1, 0.2)
    return {
        "early": curve("early", [0.9, 0.8, 0.7], severities=early, level=Level(tuple(zip(doses, early, strict=True)))),
        "steep": curve("steep", [0.95, 0.85, 0.75], severities=steep, level=Level(tuple(zip(doses, steep, strict=True)))),
    }  # fmt: skip


def test_the_worst_noise_is_the_one_that_costs_most_at_equal_dose():
    curves = two()
    assert ["early", "steep"] == worst_first(curves)
    found = most(curves, "early")
    assert 0.2 == pytest.approx(found.loss.value)
    assert "on average over 3 doses, 0.1 to 0.4" in found.loss.text


def test_area_is_the_mean_over_equal_doses():
    assert 0.8 == pytest.approx(two()["early"].area.value)
    assert "over 3 doses, 0.1 to 0.4" in two()["early"].area.text


def test_a_noise_without_equal_doses_comes_after_those_that_have_them():
    other = curve("other", [0.1], severities=(1.0,))
    assert "other" == worst_first({"other": other} | two())[-1]


def test_a_tolerance_is_told_in_doses():
    level = Level(((0.1, 0.5),), line=((0.0, 0.0), (0.5, 0.1), (1.0, 0.3)))
    assert [0.0, 0.05, 0.2] == pytest.approx([level.dose(s) for s in (0.0, 0.25, 0.75)])
    found = level.told(curve("a", [0.9, 0.5], severities=(0.5, 1.0)).tolerance())
    assert 0.1 == pytest.approx(found.severity)


def test_doses_that_are_not_reached_are_said():
    assert "over dose 0.1 (0.4 unreachable)" == Level(((0.1, 0.5),), (0.4,)).words


@pytest.fixture(scope="module")
def audit():
    return nb.audit(Shows(), pairs(), perturbations=NOISES, calibrated=True, bootstrap=200)


def test_noises_are_compared_over_the_doses_that_half_of_them_reach(audit):
    found = levels_of(audit.calibration, audit.curves)
    counts = {d: sum(d in [r.dose for r in each.reached] for each in audit.calibration.noises.values()) for d in audit.calibration.doses}  # fmt: skip
    most_reach = [dose for dose, count in counts.items() if 2 * count >= len(found)]
    for level in found.values():
        assert most_reach == sorted([*(dose for dose, _ in level.places), *level.missing])


def test_an_audit_ranks_by_the_mean_loss_over_these_doses(audit):
    levels = levels_of(audit.calibration, audit.curves)
    kept = {
        name: np.mean([found.retained(at=severity).value for _, severity in levels[name].places])
        for name, found in audit.curves.items()
    }
    ranked = sorted(kept, key=kept.get)
    assert ranked[0] == worst_first(audit.curves)[0] == view(audit).ranked[0].name
    assert any("doses, 0.05 to" in line for line in verdict(audit))


def test_tolerances_are_doses_on_the_terminal_and_in_reports(audit):
    table = curve_table(audit, 200)
    column = next(each for each in table.columns if each.header == "loses 10 % at dose")
    assert all("(severity " in cell for cell in column.cells)
    assert "10 % lost from dose" in _html.render(view(audit))
    assert "10 % lost from dose" in _markdown.render(view(audit))
    assert all("dose 0." in each.outcome for each in view(audit).ranked if "10 %" in each.outcome)


def test_an_audit_at_equal_severities_has_no_doses_in_its_words():
    found = nb.audit(Shows(), pairs(40), perturbations=NOISES, bootstrap=100)
    assert all(each.level is None for each in found.curves.values())
    assert any("on average over severity 0 to 1" in line for line in verdict(found))
    assert "10 % lost from dose" not in _html.render(view(found))
