"""What can be asked, what is refused, and which noises it is about."""

import pytest

from noisebench.errors import ConfigError, PlanError
from noisebench.gate import Gate, demand, gates_of, grid_with

GRID = (0.2, 0.4, 0.6, 0.8, 1.0)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "expected one demand, got gate=None"),
        ({"retains": 0.9, "no_cliff": 0.1, "at": 0.4}, "got gate='retains and no_cliff'"),
        ({"retains": 0.9}, "a severity for retains"),
        ({"retains": 0.0, "at": 0.4}, "retains=0.0"),
        ({"retains": 0.9, "at": 1.4}, "at=1.4"),
        ({"no_cliff": -0.1}, "no_cliff=-0.1"),
        ({"no_worse_than": "x"}, "a margin with no_worse_than"),
        ({"no_worse_than": "x", "margin": -1.0}, "margin=-1.0"),
        ({"retains": 0.9, "at": 0.4, "margin": 0.1}, "a margin with no_worse_than, and only there"),
        ({"tolerance_at_least": {"sigma": 3}}, "a severity or a dose"),
        ({"tolerance_at_least": 1.5}, "tolerance_at_least=1.5"),
        ({"no_cliff": 0.1, "inconclusive": "pass"}, "warn or fail"),
    ],
)
def test_what_makes_no_sense_is_refused(said, expected):
    with pytest.raises(ConfigError) as caught:
        Gate(**said)
    assert expected in str(caught.value)


def test_a_mapping_is_a_gate_and_an_unknown_key_an_error():
    assert (Gate(retains=0.9, at=0.4),) == gates_of({"retains": 0.9, "at": 0.4})
    assert () == gates_of(())
    with pytest.raises(ConfigError, match="did you mean retains"):
        gates_of([{"retain": 0.9, "at": 0.4}])
    with pytest.raises(ConfigError, match="a gate"):
        gates_of([0.9])


def test_what_was_said_makes_the_same_gate_again():
    for gate in (
        Gate(perturbation="image/*", retains=0.9, at=(0.4, 0.2), inconclusive="fail"),
        Gate(tolerance_at_least={"dose": 0.1}, drop=0.2),
        Gate(no_worse_than="runs/before", margin=0.02, aim=0.0),
    ):
        (again,) = gates_of([gate.to_json()])
        assert gate.to_json() == again.to_json()


@pytest.mark.parametrize(
    ("pattern", "sweep", "fits"),
    [
        ("*", "image/fog", True),
        ("image/*", "thermal:image/fog", True),
        ("image/fog", "thermal:image/fog(seed=3)", True),
        ("thermal:*", "thermal:image/fog", True),
        ("text/*", "image/fog", False),
    ],
)
def test_a_pattern_is_about_a_condition_or_the_name_of_its_noise(pattern, sweep, fits):
    assert fits == Gate(perturbation=pattern, no_cliff=0.1).matches(sweep)


def test_a_gate_about_nothing_is_an_error():
    with pytest.raises(ConfigError, match="tested: image/fog"):
        Gate(perturbation="audio/*", no_cliff=0.1).chosen(["image/fog"])


@pytest.mark.parametrize(
    ("severities", "expected"),
    [
        (5, [0.2, 0.3, 0.4, 0.6, 0.8, 1.0]),
        ([0.5], [0.3, 0.5]),
        ("bisect", "bisect"),
    ],
)
def test_severities_that_gates_name_join_the_grid(severities, expected):
    gates = [Gate(retains=0.9, at=0.3), Gate(tolerance_at_least={"dose": 2.0})]
    assert expected == grid_with(severities, gates)


def test_without_gates_the_grid_stays_as_it_was_given():
    assert 5 == grid_with(5, [])


def test_a_tolerance_asks_at_every_severity_up_to_it():
    found = demand(Gate(tolerance_at_least=0.6, drop=0.2), "image/fog", GRID)
    assert [0.2, 0.4, 0.6] == [part.severity for part in found.parts]
    assert {0.8} == {part.level for part in found.parts}
    assert "loses less than 0.2 up to 0.6" == found.asked


@pytest.mark.parametrize(
    ("dose", "doses", "last"),
    [
        (0.1, (0.08, 0.12, 0.18, 0.26, 0.38), 0.4),
        (0.12, (0.08, 0.12, 0.18, 0.26, 0.38), 0.4),
        (30.0, (60, 25, 12, 5, 3), 0.4),
        (60.0, (60, 25, 12, 5, 3), 0.2),
    ],
)
def test_a_dose_is_reached_at_the_mildest_severity_that_is_no_milder(dose, doses, last):
    found = demand(Gate(tolerance_at_least={"dose": dose}), "image/fog", GRID, doses)
    assert last == found.parts[-1].severity


@pytest.mark.parametrize(
    ("gate", "doses", "expected"),
    [
        (Gate(retains=0.9, at=0.5), None, "0.2, 0.4, 0.6, 0.8, 1"),
        (Gate(tolerance_at_least={"dose": 9.0}), (1, 2, 3, 4, 5), "a dose that is measured"),
        (Gate(tolerance_at_least={"dose": 9.0}), None, "a noise with doses"),
        (Gate(no_worse_than="x", margin=0.1, at=0.3), None, "measure at that severity too"),
    ],
)
def test_what_is_not_measured_cannot_be_asked(gate, doses, expected):
    with pytest.raises(PlanError) as caught:
        demand(gate, "image/fog", GRID, doses)
    assert expected in str(caught.value)


def test_a_cliff_is_asked_of_every_step_from_the_clean_value_on():
    found = demand(Gate(no_cliff=0.1), "image/fog", GRID)
    assert [(0.0, 0.2), (0.2, 0.4)] == [(part.start, part.severity) for part in found.parts[:2]]
    assert 5 == len(found.parts)


def test_a_good_model_loses_two_fifths_of_what_is_allowed_unless_said_otherwise():
    (part,) = demand(Gate(retains=0.9, at=0.4), "image/fog", GRID).parts
    assert part.aim == pytest.approx(0.96)
    (part,) = demand(Gate(retains=0.9, at=0.4, aim=0.98), "image/fog", GRID).parts
    assert part.aim == pytest.approx(0.98)
    with pytest.raises(ConfigError, match=r"an aim of at least 0.9"):
        demand(Gate(retains=0.9, at=0.4, aim=0.8), "image/fog", GRID)
    with pytest.raises(ConfigError, match=r"an aim of at most 0.1"):
        demand(Gate(no_cliff=0.1, aim=0.2), "image/fog", GRID)
