"""Metrics on boxes, masks and keypoints against sums done by hand."""

import numpy as np
import pytest

from noisebench.errors import MetricError
from noisebench.metrics import get_metric
from noisebench.metrics._places import overlaps

F1, IOU, ERROR = (get_metric(name) for name in ("box-f1", "iou", "keypoint-error"))


def test_overlap_of_boxes_is_shared_over_united_area():
    a = np.array([[0, 0, 2, 2.0]])
    b = np.array([[1, 0, 3, 2], [0, 0, 2, 2], [2, 0, 4, 2], [0, 0, 1, 1], [5, 5, 5, 5]])
    np.testing.assert_allclose([[1 / 3, 1, 0, 1 / 4, 0]], overlaps(a, b))


def test_box_f1_counts_over_the_corpus():
    targets = [np.array([[0, 0, 10, 10], [20, 0, 30, 10]]), np.zeros((0, 4)), [[0, 0, 4, 4]]]
    outputs = [
        np.array(
            [[0, 0, 10, 9], [0, 0, 10, 10], [50, 0, 60, 10]]
        ),  # one found, one double, one false
        np.zeros((0, 4)),
        [],
    ]
    scores = F1.scores(outputs, targets)
    np.testing.assert_array_equal([[1, 2, 1], [0, 0, 0], [0, 0, 1]], scores)
    assert F1.of(scores) == pytest.approx(2 * 1 / (2 * 1 + 2 + 2))
    np.testing.assert_allclose([0.4, 1, 0], F1.per_sample(scores))


def test_an_overlap_of_exactly_a_half_is_found():
    assert F1.of(F1.scores([[[0, 0, 10, 5]]], [[[0, 0, 10, 10]]])) == 1
    assert F1.of(F1.scores([[[0, 0, 10, 4.9]]], [[[0, 0, 10, 10]]])) == 0


def test_labels_must_agree_and_better_scores_choose_first():
    target = {"boxes": [[0, 0, 10, 10]], "labels": [3]}
    assert F1.of(F1.scores([{"boxes": [[0, 0, 10, 10]], "labels": [4]}], [target])) == 0
    assert F1.of(F1.scores([[[0, 0, 10, 10]]], [target])) == 1
    two = {"boxes": [[0, 0, 10, 10], [5, 0, 15, 10]]}
    sure = {"boxes": [[2, 0, 12, 10], [0, 0, 10, 10]], "scores": [0.3, 0.9]}
    assert (
        F1.of(F1.scores([sure], [two])) == 1
    )  # the sure one takes the first, the other gets the second
    assert F1.scores([{**sure, "scores": [0.9, 0.3]}], [two])[0].tolist() == [1, 1, 1]


def test_a_failed_sample_counts_as_nothing_found():
    like = F1.scores([[[0, 0, 10, 10]]], [[[0, 0, 10, 10], [20, 0, 30, 10]]])
    np.testing.assert_array_equal([[0, 0, 2]], F1.worst(like))
    assert np.isnan(F1.scores([None], [[[0, 0, 1, 1]]])).all()
    assert F1.chance([[[0, 0, 1, 1]]]) == 0


def test_iou_is_the_mean_over_labels_then_images():
    target = np.array([[1, 1, 0, 0]])
    output = np.array([[1, 0, 0, 0]])
    assert IOU.of(IOU.scores([output], [target])) == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert IOU.of(IOU.scores([output, target], [target, target])) == pytest.approx((7 / 12 + 1) / 2)
    assert IOU.of(IOU.scores(np.array([[[2, 2]]]), np.array([[[1, 1]]]))) == 0


def test_iou_leaves_out_what_is_marked_as_unknown():
    target = np.array([[1, 1, -1, -1]])
    assert IOU.of(IOU.scores([np.array([[1, 1, 5, 5]])], [target])) == 1


def test_the_chance_of_iou_is_that_of_the_best_single_label():
    targets = [np.array([[0, 0, 0, 1]]), np.array([[0, 0, 0, 0]])]
    constant = [np.zeros((1, 4), int)] * 2
    assert IOU.chance(targets) == pytest.approx(IOU.of(IOU.scores(constant, targets))) == 0.6875


def test_keypoint_error_is_the_mean_distance_over_known_keypoints():
    target = np.array([[0, 0, 2], [10, 10, 1], [5, 5, 0], [np.nan, np.nan, 2]])
    output = np.array([[3, 4], [10, 10], [99, 99], [1, 1]])
    scores = ERROR.scores([output, output[:, :2] * 0], [target, np.full((4, 2), np.nan)])
    np.testing.assert_array_equal([[5, 2], [0, 0]], scores)
    assert ERROR.of(scores) == 2.5
    assert not ERROR.higher_is_better and ERROR.unit == "px"
    assert np.isnan(ERROR.of(scores[1:]))  # nothing is left to be right about: missing, not perfect


@pytest.mark.parametrize(
    ("metric", "output", "target", "match"),
    [
        (F1, np.zeros((2, 3)), np.zeros((1, 4)), "shape \\(n, 4\\)"),
        (F1, {"box": []}, np.zeros((1, 4)), "the field boxes"),
        (F1, "boxes", np.zeros((1, 4)), "numbers"),
        (IOU, np.zeros((2, 4, 4), int), np.zeros((4, 4), int), "a label for every pixel"),
        (IOU, np.zeros((3, 4)), np.zeros((3, 4)), "box-f1"),
        (IOU, np.zeros((3, 4), bool), [[0.5, 1, 2, 3]], "box-f1"),
        (IOU, np.zeros(4, int), np.zeros(4, int), "label maps"),
        (IOU, {"boxes": []}, {"boxes": []}, "box-f1"),
        (ERROR, np.zeros((3, 2)), np.zeros((4, 2)), "x and y of every keypoint"),
    ],
)
def test_outputs_of_another_form_are_named_errors(metric, output, target, match):
    with pytest.raises(MetricError, match=match):
        metric.scores([output], [target])


def test_predictions_are_compact():
    assert F1.prediction([{"boxes": np.zeros((3, 4))}, None]) == ["3 boxes", None]
    assert ERROR.prediction([np.array([[1.25, 2], [3, 4]])]) == [[1.2, 2.0]]
    assert IOU.prediction(np.array([[[0, 1, 2, 2]]])) == ["3 labels"]
