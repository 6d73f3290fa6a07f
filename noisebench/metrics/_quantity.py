"""Metrics on quantities: root mean squared error and mean absolute error."""

from typing import Any

import numpy as np

from noisebench.errors import MetricError
from noisebench.metrics._metric import Metric
from noisebench.metrics._outputs import Floats, array, is_text, show_values
from perturbations.errors import explain


def _errors(outputs: Any, targets: Any) -> Floats:
    """Return output - target as (n, d)."""
    came, wanted = array(outputs, "outputs"), array(targets, "targets")
    for name, values in (("outputs", came), ("targets", wanted)):
        if is_text(values):
            hint = 'for texts use the metric "wer", "cer" or "exact-match"'
            raise MetricError(explain("numbers", name, values, hint))
    if came.shape != wanted.shape:
        hint = "return one number, or one row of numbers, for each target"
        raise MetricError(explain(f"outputs of shape {wanted.shape}", "outputs", came, hint))
    return (came.astype(np.float64) - wanted.astype(np.float64)).reshape(len(came), -1)


def _squared(outputs: Any, targets: Any) -> Floats:
    return np.asarray(np.square(_errors(outputs, targets)).mean(axis=1, keepdims=True))


def _absolute(outputs: Any, targets: Any) -> Floats:
    return np.asarray(np.abs(_errors(outputs, targets)).mean(axis=1, keepdims=True))


def _root(means: Floats) -> Floats:
    return np.sqrt(np.asarray(means, dtype=np.float64)[..., 0])


def _rows(targets: Any) -> Floats:
    values = array(targets, "targets").astype(np.float64)
    rows = values.reshape(len(values), -1)
    return rows[np.isfinite(rows).all(axis=1)]


def _spread(targets: Any) -> float:
    """Return the standard deviation of the targets: the error of always answering their mean."""
    return float(np.sqrt(_rows(targets).var(axis=0).mean()))


def _deviation(targets: Any) -> float:
    """Return the mean distance to the median: the error of always answering the median."""
    rows = _rows(targets)
    return float(np.abs(rows - np.median(rows, axis=0)).mean())


def _single_root(scores: Floats) -> Floats:
    return np.sqrt(scores[:, 0])


def rmse() -> Metric:
    """Root mean squared error in units of the target; several outputs of a sample are averaged."""
    return Metric(
        "rmse",
        _squared,
        unit="units of the target",
        higher_is_better=False,
        low=0.0,
        combine=_root,
        constant=_spread,
        single=_single_root,
        show=show_values,
    )


def mae() -> Metric:
    """Mean absolute error in units of the target; several outputs of a sample are averaged."""
    return Metric(
        "mae",
        _absolute,
        unit="units of the target",
        higher_is_better=False,
        low=0.0,
        constant=_deviation,
        show=show_values,
    )
