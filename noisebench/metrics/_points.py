"""Metrics on the points of a cloud: a label for each of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from noisebench.errors import MetricError
from noisebench.metrics import _places
from noisebench.metrics._metric import Metric
from noisebench.metrics._outputs import Floats
from perturbations.errors import explain


def point_iou() -> Metric:
    """Intersection over union of the labels of points (N,): mean over the labels of a cloud, then over clouds.

    Labels are whole numbers or bool, or a mapping that holds them as "points". A cloud's labels are those of its target or
    its output. Points whose target is negative, as that of an added point is, are not counted.
    """
    return Metric(
        "point-iou", _iou, unit="share", low=0.0, high=1.0, constant=_one_label, show=_nothing
    )


def _iou(outputs: Any, targets: Any) -> Floats:
    return _places.masks_iou(_maps(outputs, "outputs"), _maps(targets, "targets"))


def _one_label(targets: Any) -> float:
    return _places.one_label(_maps(targets, "targets"))


def _nothing(outputs: Any) -> list[None]:
    """Show none of the labels: there are too many."""
    return [None for _ in outputs]


def _maps(values: Any, name: str) -> list[Any]:
    """Return the labels of every cloud as a mask of one row; None where there are none."""
    return [None if value is None else _map(value, name) for value in values]


def _map(value: Any, name: str) -> Any:
    given = value
    if isinstance(value, Mapping):
        if "points" not in value:
            raise MetricError(explain("the field points", name, list(value)))
        given = value["points"]
    labels = np.asarray(given.detach().cpu() if hasattr(given, "detach") else given)
    if labels.ndim != 1 or labels.dtype.kind not in "biu":
        hint = "return a label for every point; of scores for every class the best label"
        expected = "labels (N,) of whole numbers or bool for point-iou"
        raise MetricError(explain(expected, name, given, hint))
    return labels[None]
