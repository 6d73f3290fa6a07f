"""Labels of points: overlap by hand."""

import numpy as np
import pytest

from noisebench.errors import MetricError
from noisebench.metrics import get_metric

IOU = get_metric("point-iou")


def test_overlap_is_the_mean_over_labels_then_clouds():
    """Labels 0 and 1 overlap by 1/2 and 2/3; the second cloud is right."""
    outputs = [np.array([0, 0, 1, 1]), np.array([2, 2, 5])]
    targets = [np.array([0, 1, 1, 1]), np.array([2, 2, 5])]
    scores = IOU.scores(outputs, targets)
    np.testing.assert_allclose([[(1 / 2 + 2 / 3) / 2], [1]], scores)
    assert (7 / 12 + 1) / 2 == pytest.approx(IOU.of(scores))


def test_points_without_a_label_are_not_counted():
    scores = IOU.scores([{"points": np.array([1, 1, 0, 7])}], [np.array([1, 1, -1, -1])])
    assert [[1.0]] == scores.tolist()


def test_chance_is_the_best_single_label():
    targets = [np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])]
    assert (0.75 / 2 + 0.5 / 2) / 2 == pytest.approx(IOU.chance(targets))


def test_a_missing_answer_is_missing():
    assert np.isnan(IOU.scores([None], [np.array([1])])).all()


@pytest.mark.parametrize(
    ("output", "match"),
    [
        (np.zeros((4, 3)), "the best label"),
        (np.zeros(4), "whole numbers"),
        (np.zeros((2, 2), int), r"labels \(N,\)"),
        ({"labels": np.zeros(4, int)}, "the field points"),
        (np.zeros(3, int), "a label for every pixel"),
    ],
)
def test_other_answers_are_named_errors(output, match):
    with pytest.raises(MetricError, match=match):
        IOU.scores([output], [np.zeros(4, int)])
