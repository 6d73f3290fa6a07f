"""Metrics on labels: accuracy, exact match, agreement with the clean prediction, macro F1."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from noisebench.metrics._metric import Metric
from noisebench.metrics._outputs import (
    Floats,
    array,
    codes,
    is_text,
    predicted,
    show_labels,
    show_values,
)

NO_ANSWER = -0.5
"""The predicted code of a failed sample: equal to no class, since codes are whole numbers."""


def _pair(outputs: Any, targets: Any, classes: Sequence[Any] | None) -> tuple[Floats, Floats]:
    wanted = array(targets, "targets")
    text = is_text(wanted)
    return codes(wanted, "targets"), predicted(outputs, classes, text_targets=text)


def _hits(wanted: Floats, came: Floats) -> Floats:
    missing = np.isnan(wanted) | np.isnan(came)
    return np.where(missing, np.nan, (wanted == came).astype(np.float64))[:, None]


def _accuracy(outputs: Any, targets: Any, *, classes: Sequence[Any] | None) -> Floats:
    return _hits(*_pair(outputs, targets, classes))


def _agreement(outputs: Any, clean: Any) -> Floats:
    return _hits(_own(clean), _own(outputs))


def _own(outputs: Any) -> Floats:
    values = array(outputs, "outputs")
    return predicted(values, None, text_targets=is_text(values))


def _exact(outputs: Any, targets: Any) -> Floats:
    """Compare whole values: labels, texts byte for byte, or rows of numbers entry for entry."""
    came, wanted = array(outputs, "outputs"), array(targets, "targets")
    if is_text(came) or is_text(wanted) or came.shape != wanted.shape or came.ndim == 1:
        return _accuracy(outputs, targets, classes=None)
    came, wanted = came.reshape(len(came), -1), wanted.reshape(len(wanted), -1)
    missing = ~np.isfinite(came).all(axis=1) | ~np.isfinite(wanted).all(axis=1)
    return np.where(missing, np.nan, (came == wanted).all(axis=1).astype(np.float64))[:, None]


def _shares(labels: Floats) -> Floats:
    known = labels[~np.isnan(labels)]
    if not len(known):
        return np.array([np.nan])
    return np.unique(known, return_counts=True)[1] / len(known)


def majority(targets: Any) -> float:
    """Return the share of the most frequent label: what always answering it would score."""
    values = array(targets, "targets")
    if values.ndim > 1:
        rows = values.reshape(len(values), -1)
        return float(np.unique(rows, axis=0, return_counts=True)[1].max() / len(rows))
    return float(_shares(codes(values, "targets")).max())


def _majority_predicted(clean: Any) -> float:
    return float(_shares(_own(clean)).max())


def accuracy(classes: Sequence[Any] | None = None) -> Metric:
    """Share of samples whose predicted label is the target."""
    return Metric(
        "accuracy",
        partial(_accuracy, classes=classes),
        unit="share of samples",
        low=0.0,
        high=1.0,
        binary=True,
        constant=majority,
        show=show_labels,
    )


def exact_match() -> Metric:
    """Share of samples whose output equals the target entirely; texts byte for byte."""
    return Metric(
        "exact-match",
        _exact,
        unit="share of samples",
        low=0.0,
        high=1.0,
        binary=True,
        constant=majority,
        show=show_values,
    )


def agreement() -> Metric:
    """Share of samples whose prediction is the one for the clean value: needs no targets."""
    return Metric(
        "agreement",
        _agreement,
        unit="share of samples",
        low=0.0,
        high=1.0,
        binary=True,
        needs_targets=False,
        needs_clean=True,
        constant=_majority_predicted,
        show=show_labels,
    )


def _f1_rows(outputs: Any, targets: Any, *, classes: Sequence[Any] | None) -> Floats:
    return np.stack(_pair(outputs, targets, classes), axis=1)


def _f1_counts(scores: Floats) -> Floats:
    """Expand (target, predicted) to true positives, false positives, false negatives per class."""
    labels = np.unique(scores[scores != NO_ANSWER])
    wanted = scores[:, :1] == labels
    came = scores[:, 1:] == labels
    counts = (wanted & came, came & ~wanted, wanted & ~came)
    return np.concatenate(counts, axis=1).astype(np.float64)


def _f1_value(means: Floats) -> Floats:
    """Average F1 over the classes that occur as target or as prediction."""
    true, false, missed = np.split(np.asarray(means, dtype=np.float64), 3, axis=-1)
    total = 2 * true + false + missed
    each = np.divide(2 * true, total, out=np.zeros_like(total), where=total > 0)
    present = (total > 0).sum(axis=-1)
    return np.asarray(each.sum(axis=-1) / np.maximum(present, 1))


def _f1_constant(targets: Any) -> float:
    """Return macro F1 of always answering the most frequent class: 2p / (1 + p) over C classes."""
    shares = _shares(codes(array(targets, "targets"), "targets"))
    largest = float(shares.max())
    return 2 * largest / (1 + largest) / len(shares)


def _f1_failure(like: Floats) -> Floats:
    rows = like.copy()
    rows[:, 1] = np.where(np.isnan(rows[:, 0]), np.nan, NO_ANSWER)
    return rows


def _f1_single(scores: Floats) -> Floats:
    return np.asarray(scores[:, 0] == scores[:, 1], dtype=np.float64)


def f1(classes: Sequence[Any] | None = None) -> Metric:
    """Macro F1: the mean over classes of 2 TP / (2 TP + FP + FN), as in scikit-learn."""
    return Metric(
        "f1",
        partial(_f1_rows, classes=classes),
        unit="macro F1",
        low=0.0,
        high=1.0,
        expand=_f1_counts,
        combine=_f1_value,
        constant=_f1_constant,
        failure=_f1_failure,
        single=_f1_single,
        show=show_labels,
    )
