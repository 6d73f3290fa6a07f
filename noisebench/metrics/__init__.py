"""Metrics: how outputs are scored, per sample, with direction, range and chance level."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from noisebench.errors import MetricError
from noisebench.metrics import (
    _labels,
    _places,
    _points,
    _probability,
    _quantity,
    _spans,
    _text,
    _times,
)
from noisebench.metrics._metric import Floats, Metric
from perturbations.errors import did_you_mean, explain

__all__ = ["Metric", "custom", "direction", "get_metric", "names"]

_WITH_CLASSES: dict[str, Callable[..., Metric]] = {
    "accuracy": _labels.accuracy,
    "f1": _labels.f1,
}
_WITH_LOGITS: dict[str, Callable[..., Metric]] = {
    "ece": _probability.ece,
    "log-loss": _probability.log_loss,
}
_PLAIN: dict[str, Callable[[], Metric]] = {
    "agreement": _labels.agreement,
    "box-f1": _places.box_f1,
    "cer": _text.cer,
    "event-f1": _times.event_f1,
    "exact-match": _labels.exact_match,
    "frame-accuracy": _times.frame_accuracy,
    "frame-f1": _times.frame_f1,
    "iou": _places.iou,
    "keypoint-error": _places.keypoint_error,
    "mae": _quantity.mae,
    "point-iou": _points.point_iou,
    "rmse": _quantity.rmse,
    "segment-f1": _times.segment_f1,
    "span-f1": _spans.span_f1,
    "wer": _text.wer,
}


def names() -> tuple[str, ...]:
    """Return the names of all metrics in alphabetical order."""
    return tuple(sorted(_WITH_CLASSES | _WITH_LOGITS | _PLAIN))


def get_metric(
    metric: str | Metric | Callable[..., Any],
    *,
    classes: Sequence[Any] | None = None,
    logits: bool = False,
) -> Metric:
    """Return a metric by name, or make one of a function (outputs, targets) -> scores (n,).

    Args:
        metric: a name, a metric, or a function.
        classes: the labels that the columns of (n, K) outputs stand for, in order; without it,
            targets count the columns from 0.
        logits: take a softmax of the outputs first (log-loss and ece).

    Raises:
        MetricError: no metric of that name, or it takes no such argument.
    """
    if isinstance(metric, Metric):
        return metric
    if callable(metric):
        return replace(custom(metric), assumed=True)
    name = str(metric).strip().lower().replace("_", "-")
    _refuse(name, classes, logits=logits)
    if name in _WITH_LOGITS:
        return _WITH_LOGITS[name](classes, logits=logits)
    if name in _WITH_CLASSES:
        return _WITH_CLASSES[name](classes)
    return _PLAIN[name]()


def direction(metric: Metric) -> str:
    """Say how a loss is given, where a bare function was given; empty for any other metric."""
    if not metric.assumed:
        return ""
    return (
        f"; {metric.name} is taken as higher is better, and a loss is given as "
        'nb.Metric("name", function, higher_is_better=False)'
    )


def _refuse(name: str, classes: Sequence[Any] | None, *, logits: bool) -> None:
    if name not in names():
        hint = did_you_mean(name, names())
        raise MetricError(explain("the name of a metric", "metric", name, hint))
    if classes is not None and name in _PLAIN:
        hint = "only metrics on labels and probabilities take classes"
        raise MetricError(explain(f"no classes for {name}", "classes", list(classes), hint))
    if logits and name not in _WITH_LOGITS:
        hint = f"{', '.join(_WITH_LOGITS)} take logits; the others only look at the largest"
        raise MetricError(explain(f"no logits for {name}", "logits", logits, hint))


def custom(
    function: Callable[..., Any],
    *,
    name: str | None = None,
    higher_is_better: bool = True,
    low: float | None = None,
    high: float | None = None,
    unit: str = "",
) -> Metric:
    """Make a metric of a function (outputs, targets) -> scores (n,); its value is their mean.

    A higher score is better and the range is open unless said otherwise. Scores that are all 0 or 1
    are treated as shares of samples.
    """
    found = str(name or getattr(function, "__name__", type(function).__name__))
    return Metric(
        found.replace("_", "-"),
        _Scored(function),
        unit=unit,
        higher_is_better=higher_is_better,
        low=low,
        high=high,
        binary=None,
        needs_targets=False,
    )


class _Scored:
    """Calls the user's function and reads what it returns as numbers."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, outputs: Any, targets: Any) -> Floats:
        from noisebench.metrics._outputs import array

        return np.asarray(array(self.function(outputs, targets), "scores"), dtype=np.float64)
