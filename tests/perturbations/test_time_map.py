"""Event times, segments and frame labels go where the noise moved the sound."""

import numpy as np
import pytest

from perturbations._moved import Mover
from perturbations._time_map import NO_LABEL, TimeMap
from perturbations.errors import BadValue

SHIFT = TimeMap.linear(10.0, delay=2.0)
FAST = TimeMap.linear(10.0, pace=0.5, after=5.0)


def test_it_is_a_mover():
    assert isinstance(SHIFT, Mover)


@pytest.mark.parametrize(
    ("mapping", "before", "after"),
    [(SHIFT, [0, 1.5, 8], [2, 3.5, 10]), (FAST, [0, 3, 10], [0, 1.5, 5])],
)
def test_moments_move_by_the_closed_form(mapping, before, after):
    np.testing.assert_allclose(after, mapping.times(before), atol=1e-12)


def test_moments_that_leave_the_clip_are_lost():
    assert np.isnan(SHIFT.times([8.1, 9.9])).all()
    assert np.isnan(TimeMap.linear(10.0, delay=-2.0).times([0, 1.9])).all()


def test_segments_are_cut_at_the_ends_and_counted():
    moved = SHIFT.move("segments", np.array([[0, 1], [7, 9], [8.5, 9.5]]))
    np.testing.assert_allclose([[2, 3], [9, 10]], moved.target)
    assert (3, 1, 1) == (moved.count, moved.lost, moved.clipped)


def test_labels_of_lost_segments_go_with_them():
    target = {"segments": [[0.0, 1.0], [9.0, 9.5]], "labels": ["a", "b"], "speaker": "x"}
    assert SHIFT.move("segments", target).target == {
        "segments": [[2.0, 3.0]], "labels": ["a"], "speaker": "x",
    }  # fmt: skip
    assert target["labels"] == ["a", "b"]


def test_frames_follow_and_uncovered_ones_have_no_label():
    moved = SHIFT.move("frames", np.arange(10))
    np.testing.assert_array_equal([NO_LABEL] * 2 + list(range(8)), moved.target)
    assert (10, 2) == (moved.count, moved.lost)


def test_frames_keep_their_duration_when_the_clip_gets_shorter():
    np.testing.assert_array_equal([1, 3, 5, 7, 9], FAST.frames(np.arange(10)))


def test_lost_steps_lose_what_is_in_them():
    mapping = TimeMap.of_source([0, 1, 4, 5], 6)
    np.testing.assert_allclose(
        [0.5, 1.4, np.nan, 2.5, 3.5], mapping.times([0.5, 1.4, 2.5, 4.5, 5.5])
    )
    np.testing.assert_allclose([[0.5, 2.2]], mapping.segments([[0.5, 4.2]]).times)
    assert mapping.segments([[2.1, 3.9]]).lost.all()


def test_a_repeated_step_is_where_it_stands_first():
    mapping = TimeMap.of_source([0, 1, 1, 2], 3, period=0.1)
    np.testing.assert_allclose([0.05, 0.15, 0.35], mapping.times([0.05, 0.15, 0.25]))
    np.testing.assert_array_equal([0, 1, 1, 2], mapping.frames([0, 1, 2]))


def test_steps_in_another_order_take_their_events_along():
    mapping = TimeMap.of_source([2, 0, 1], 3)
    np.testing.assert_allclose([1.5, 2.5, 0.5], mapping.times([0.5, 1.5, 2.5]))
    np.testing.assert_array_equal([7, 5, 6], mapping.frames([5, 6, 7]))


def test_one_step_and_no_step_are_defined():
    np.testing.assert_allclose([0.0, 0.9], TimeMap.of_source([0], 1).times([0.0, 0.9]))
    empty = TimeMap.of_source([], 0)
    assert np.isnan(empty.times([0.0])).all() and empty.frames([]).shape == (0,)
    assert TimeMap.of_source([-1, -1], 2).segments([[0, 2]]).lost.all()


@pytest.mark.parametrize(
    ("first", "tolerance"),
    # Beside a lost step the pace of the second link is taken as 1: 10 % of half a step.
    [(SHIFT, 1e-9), (FAST, 1e-9), (TimeMap.of_source([0, 1, 2, 3, 5, 6, 7, 8, 9], 10), 0.05)],
)
def test_a_chain_moves_as_its_links_do(first, tolerance):
    second = TimeMap.linear(first.after, delay=-0.5, pace=1.1)
    moments = np.linspace(0, 10, 41) + 0.013
    expected = first.times(moments)
    expected = np.where(np.isnan(expected), np.nan, second.times(np.nan_to_num(expected)))
    found = first.then(second).times(moments)
    np.testing.assert_array_equal(np.isnan(expected), np.isnan(found))
    np.testing.assert_allclose(expected, found, atol=tolerance, rtol=0)


@pytest.mark.parametrize("bad", [[[2, 1]], [[np.nan, 1]], [["a", "b"]], [1, 2, 3], [[1], [2]]])
def test_what_is_no_segment_is_refused(bad):
    with pytest.raises(BadValue, match="segments"):
        SHIFT.move("segments", bad)


def test_a_kind_of_picture_is_refused():
    with pytest.raises(BadValue, match="times, segments, frames"):
        SHIFT.move("boxes", [[0, 0, 1, 1]])
