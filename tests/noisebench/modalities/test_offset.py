"""Offsets in time: the window, its sides, and a fault of synchronisation with its sign."""

import pytest

from tests.noisebench.modalities.toys import cells, told

TIMED = {"a": "audio", "b": "audio"}


def curve(values: dict[str, float], clean: float = 0.9, **options):
    grid = cells(clean, values, chance=0.1, **options)
    return told(grid, TIMED)


def test_a_symmetric_window_has_its_width_and_no_asymmetry():
    (found,) = curve({"b+40": 0.9, "b+80": 0.5, "b-40": 0.9, "b-80": 0.5}).offsets
    edge = 40 + 40 * 0.04 / 0.4
    assert edge == pytest.approx(found.late.ms)
    assert edge == pytest.approx(found.early.ms)
    assert 2 * edge == pytest.approx(found.width)
    assert 0 == pytest.approx(found.asymmetry[0])
    assert (40, 80) == (found.late.low, found.late.high)
    assert (-40, 40) == found.asymmetry[1:]
    assert not found.shifted
    assert (-80, -40, 0, 40, 80) == found.offsets


def test_lateness_may_be_tolerated_longer_than_earliness():
    (found,) = curve({"b+40": 0.9, "b+80": 0.9, "b+160": 0.5, "b-40": 0.5}).offsets
    assert found.asymmetry[0] == pytest.approx(80 + 8 - 4)
    assert (40, 160) == found.asymmetry[1:]


def test_an_input_that_is_120_ms_late_in_the_data_is_found_with_its_sign():
    values = {"b-60": 0.85, "b-120": 0.95, "b-180": 0.85, "b+60": 0.6, "b+120": 0.5}
    made = curve(values, clean=0.7)
    (found,) = made.offsets
    assert -120 == found.best == found.peak
    assert found.shifted
    assert (-180, -60) == (found.peak_low, found.peak_high)
    assert 0.25 == pytest.approx(found.gain)
    assert made.sentences[0].startswith(
        "In the data b seems to be about 120 ms late, a fault of synchronisation: "
        "the model does best with it 120 ms earlier"
    )
    assert "the offset is somewhere from 60 to 180 ms" in made.sentences[0]
    assert made.apart == (
        "In this data b seems to be about 120 ms late: accuracy is 0.950 with it 120 ms earlier, and "
        "0.700 as the data is.",
    )


def test_of_a_plateau_the_middle_is_the_offset_and_its_neighbours_bound_it():
    values = {
        "b-20": 0.8,
        "b-40": 1.0,
        "b-80": 1.0,
        "b-125": 1.0,
        "b-185": 1.0,
        "b-400": 0.6,
        "b+40": 0.5,
    }
    made = curve(values, clean=0.6)
    (found,) = made.offsets
    assert (-185, -40) == found.plateau
    assert -112.5 == found.peak
    assert -125 == found.best
    assert (-400, -20) == (found.peak_low, found.peak_high)
    assert "by any of the measured 40 to 185 ms earlier" in found.text
    assert "the offset is somewhere from 20 to 400 ms" in found.text
    assert {-112.5} == {row["peak_ms"] for row in made.to_tables()["offsets"]}


def test_a_plateau_that_reaches_the_last_offset_has_no_end():
    (found,) = curve({"b-40": 0.8, "b-80": 1.0, "b+40": 0.5}, clean=0.6).offsets
    assert "somewhere from 40 to 80 ms or more" in found.text


def test_data_that_is_in_time_has_no_such_headline():
    assert () == curve({"b-40": 0.8, "b+40": 0.8}).apart


def test_moving_the_first_of_two_inputs_is_the_other_sign_of_moving_the_last():
    (found,) = curve({"a+120": 0.95, "b+120": 0.5}, clean=0.7).offsets
    assert ("b", -120, True) == (found.input, found.peak, found.shifted)


def test_of_three_inputs_each_has_an_axis_of_its_own():
    grid = cells(0.9, {"a+40": 0.8, "b+40": 0.7}, inputs=("a", "b", "c"), chance=0.1)
    assert ["a", "b"] == [each.input for each in told(grid, {**TIMED, "c": "image"}).offsets]


def test_one_direction_alone_cannot_show_a_fault_of_synchronisation():
    made = curve({"b+40": 0.9, "b+80": 0.5})
    assert made.offsets[0].early is None
    assert made.offsets[0].asymmetry is None
    assert any("only moved later" in each.why for each in made.unsaid)


def test_a_window_that_ends_nowhere_is_open():
    (found,) = curve({"b+40": 0.9, "b-40": 0.9}).offsets
    assert (None, None) == (found.late.ms, found.width)
    assert "at least 40 ms" == str(found.late)
    assert "b may be at least 40 ms early and at least 40 ms late before" in found.text


def test_two_offsets_that_may_both_be_best_are_both_named():
    (found,) = curve({"b-40": 0.9, "b-80": 0.901, "b+40": 0.5}, clean=0.6).offsets
    assert (-80, -40) == found.plateau


def test_nothing_in_time_is_said_so():
    made = told(cells(0.9, {"a~": 0.8, "a0": 0.8}, chance=0.1))
    assert any(
        "it takes two inputs that are sampled in time (a is image and b is image)" in e.why
        for e in made.unsaid
    )
