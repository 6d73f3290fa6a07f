"""From a dose back to a severity: within tolerance, in order, and what is not reached is marked and never clipped."""

import math
from dataclasses import replace

import numpy as np
import pytest

from noisebench.calibration._isotonic import fit
from noisebench.calibration._measure import Reading
from noisebench.calibration._rungs import TRIES, Solver
from noisebench.calibration._table import MET, STEPPED, UNREACHABLE, Point

LADDER = (0.05, 0.1, 0.2, 0.4, 0.8)
GRID = [round(s, 4) for s in np.linspace(0, 1, 9)]


def reading(severity, dose, error):
    point = Point(severity, dose, error, dose, math.nan, 8.0, math.nan, None, 100)
    return Reading(point, np.arange(100), np.zeros((100, 1)))


def solver(function, error=0.001, asked=None):
    asked = [] if asked is None else asked

    def measure(severity):
        asked.append(severity)
        return reading(severity, function(severity), error)

    known = {s: reading(s, function(s) if s else 0.0, error) for s in GRID}
    return Solver(fit(GRID, [known[s].point.dose for s in GRID]), known, measure)


CURVES = {
    "straight": lambda s: s,
    "steep first": lambda s: 1 - math.exp(-30 * s),
    "late": lambda s: 1.2 * s**4,
    "logistic": lambda s: 1 / (1 + math.exp(-25 * (s - 0.6))),
    "far": lambda s: 40 * s,
}


@pytest.mark.parametrize("name", CURVES)
def test_the_dose_at_the_severity_found_is_the_dose_asked_for(name):
    function = CURVES[name]
    found = solver(function).solve(LADDER)
    for each in found:
        assert MET == each.state
        tolerance = max(0.01 * function(1.0), 0.001)
        assert each.dose == pytest.approx(function(each.reading.point.severity), abs=tolerance)
    severities = [each.reading.point.severity for each in found]
    assert severities == sorted(set(severities))


def test_a_wide_error_does_not_put_doses_out_of_order():
    found = solver(lambda s: s, error=0.5).solve(LADDER)
    severities = [each.reading.point.severity for each in found]
    assert severities == sorted(set(severities))
    assert all(abs(e.reading.point.dose - e.dose) <= 0.25 * e.dose for e in found)


def test_a_dose_beyond_the_end_is_unreachable_and_says_what_the_end_is():
    found = solver(lambda s: 0.3 * s).solve(LADDER)
    assert [MET, MET, MET, UNREACHABLE, UNREACHABLE] == [each.state for each in found]
    assert (1.0, 0.3) == (found[-1].reading.point.severity, found[-1].reading.point.dose)


def test_an_end_within_tolerance_reaches_the_dose():
    found = solver(lambda s: 0.797 * s).solve(LADDER)
    assert MET == found[-1].state
    assert 1.0 == found[-1].reading.point.severity


def test_noise_that_changes_nothing_reaches_nothing():
    found = solver(lambda s: 0.0).solve(LADDER)
    assert {UNREACHABLE} == {each.state for each in found}


def test_a_dose_that_jumps_is_met_by_its_nearest_step_once():
    found = solver(lambda s: 0.07 * math.floor(4 * s + 1e-9)).solve(LADDER)
    # Steps of 0.07, 0.14, 0.21 and 0.28.
    assert [STEPPED] * 3 + [UNREACHABLE] * 2 == [e.state for e in found]
    assert [0.07, 0.14, 0.21] == pytest.approx([e.reading.point.dose for e in found][:3])
    reached = [e.reading.point.dose for e in found if e.state != UNREACHABLE]
    assert reached == sorted(set(reached))


def test_a_jump_beyond_the_dose_is_unreachable():
    found = solver(lambda s: 2.0 * (s > 0)).solve(LADDER)
    assert {UNREACHABLE} == {each.state for each in found}


def test_a_dose_that_falls_again_is_taken_where_it_is_first_reached():
    found = solver(lambda s: math.sin(math.pi * s)).solve((0.2, 0.8))
    assert [MET, MET] == [each.state for each in found]
    assert all(each.reading.point.severity < 0.5 for each in found)


def test_a_psnr_has_no_finite_clean_value():
    function = lambda s: -math.inf if s == 0 else -50 + 30 * s
    known = {s: reading(s, function(s), 0.05) for s in GRID}
    made = solver(function, error=0.05)
    made = replace(made, known=known, fit=fit(GRID, [known[s].point.dose for s in GRID]))
    found = made.solve((-48.0, -40.0, -25.0))
    assert [MET] * 3 == [each.state for each in found]
    assert [2 / 30, 1 / 3, 25 / 30] == pytest.approx(
        [e.reading.point.severity for e in found], abs=0.02
    )


def test_few_measurements_are_made():
    for function in CURVES.values():
        asked = []
        solver(function, asked=asked).solve(LADDER)
        assert len(asked) <= 12
        assert len(set(asked)) == len(asked)
    asked = []
    solver(lambda s: 0.07 * math.floor(4 * s + 1e-9), asked=asked).solve(LADDER)
    assert len(asked) <= TRIES * len(LADDER)


def test_severities_have_four_digits():
    found = solver(CURVES["steep first"]).solve(LADDER)
    assert all(float(f"{e.reading.point.severity:.4g}") == e.reading.point.severity for e in found)
