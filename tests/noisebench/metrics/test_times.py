"""Metrics on labels of frames, segments and events, counted over the corpus."""

import numpy as np
import pytest

from noisebench.errors import MetricError
from noisebench.metrics import get_metric


def value(name, outputs, targets):
    metric = get_metric(name)
    return metric.of(metric.scores(outputs, targets))


def test_frames_are_counted_over_the_corpus_and_not_per_clip():
    assert value("frame-accuracy", [[1, 1, 1, 0], [0]], [[1, 1, 1, 1], [1]]) == pytest.approx(3 / 5)


def test_frames_without_a_label_do_not_count():
    assert value("frame-accuracy", [[1, 0, 0]], [[1, -1, 0]]) == 1
    assert value("frame-f1", [[1, 1, 0]], [[1, -1, 0]]) == 1


def test_a_frame_without_an_output_is_wrong_and_one_too_many_is_not_counted():
    assert value("frame-accuracy", [[1, 1]], [[1, 1, 0, 0]]) == 0.5
    assert value("frame-accuracy", [[1, 1, 0]], [[1, 1]]) == 1


def test_frame_f1_is_two_hits_over_all_that_was_found_or_wanted():
    # found 2, false 1, missed 1
    assert value("frame-f1", [[1, 1, 1, 0, 0]], [[1, 1, 0, 1, 0]]) == pytest.approx(4 / 6)


def test_frame_chance_is_the_best_constant_label():
    targets = [[1, 1, 0, -1], [1]]
    assert get_metric("frame-accuracy").chance(targets) == 0.75
    always = value("frame-f1", [[1] * len(each) for each in targets], targets)
    assert get_metric("frame-f1").chance(targets) == always


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        ([[0.0, 1.0], [2.0, 3.0]], 1.0),
        ([[0.0, 0.5], [2.0, 2.49]], 0.5),  # an IoU of exactly a half is found, less is not
        ([[0.0, 1.0]], 2 / 3),
        ([], 0.0),
    ],
)
def test_segments_are_found_from_an_overlap_of_a_half(came, expected):
    assert value("segment-f1", [came], [[[0.0, 1.0], [2.0, 3.0]]]) == pytest.approx(expected)


def test_each_segment_and_event_is_found_once():
    assert value("segment-f1", [[[0, 1], [0, 1]]], [[[0, 1]]]) == pytest.approx(2 / 3)
    assert value("event-f1", [[1.0, 1.1]], [[1.05]]) == pytest.approx(2 / 3)


def test_labels_must_agree_where_both_have_them():
    target = {"segments": [[0, 1], [2, 3]], "labels": ["a", "b"]}
    assert value("segment-f1", [target | {"labels": ["a", "a"]}], [target]) == 0.5
    assert value("segment-f1", [{"segments": [[0, 1], [2, 3]]}], [target]) == 1


def test_events_are_found_within_the_collar():
    assert value("event-f1", [[0.2, 1.21]], [[0.0, 1.0]]) == 0.5


def test_events_take_the_nearest_first():
    # 0.9 is nearer to 1.0 than 1.15 is; the other event is out of the collar of 1.15
    assert value("event-f1", [[1.15, 0.9]], [[1.0, 0.75]]) == pytest.approx(0.5)


def test_a_clip_without_events_in_which_none_are_found_is_right():
    for name in ("segment-f1", "event-f1"):
        metric = get_metric(name)
        assert metric.per_sample(metric.scores([[]], [[]]))[0] == 1


@pytest.mark.parametrize("name", ["frame-accuracy", "frame-f1", "segment-f1", "event-f1"])
def test_a_failed_sample_counts_as_nothing_found(name):
    metric = get_metric(name)
    targets = {"f": [1, 1, 0], "s": [[0, 1], [2, 3]], "e": [0.5, 1.5]}[name[0]]
    outputs = [targets, None]
    rows = metric.scores(outputs, [targets, targets])
    assert np.isnan(rows[1]).all() and not np.isnan(rows[0]).any()
    worst = metric.worst(rows[:1])
    assert metric.of(worst) == 0


@pytest.mark.parametrize(
    ("name", "output", "words"),
    [
        ("frame-accuracy", [[0.2, 0.8]], "whole numbers"),
        ("frame-f1", [[[0, 1], [1, 0]]], "one label a frame"),
        ("segment-f1", [[1.0, 2.0, 3.0]], "start and stop"),
        ("segment-f1", [{"boxes": []}], "segments"),
        ("event-f1", [[[1, 2], [3, 4]]], "in seconds"),
        ("event-f1", [["soon"]], "times as numbers"),
    ],
)
def test_other_outputs_are_refused_with_what_was_expected(name, output, words):
    target = {"f": [1, 0], "s": [[0, 1]], "e": [0.5]}[name[0]]
    with pytest.raises(MetricError, match=words):
        get_metric(name).scores(output, [target])


def test_outputs_are_shown_in_short():
    assert get_metric("frame-f1").prediction([np.array([0, 1, 1, 0, 1]), None]) == [
        "▁██▁█ 3 of 5 frames in 2 runs", None,
    ]  # fmt: skip
    assert get_metric("segment-f1").prediction([{"segments": [[0, 1]]}, [[0, 1]]]) == [
        "1 segments", "1 places in time",
    ]  # fmt: skip
