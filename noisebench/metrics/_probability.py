"""Metrics on probabilities: log-loss and expected calibration error."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from noisebench.metrics._metric import Metric
from noisebench.metrics._outputs import Floats, array, codes, positions, probabilities, show_labels

CLIP = 1e-15
"""Smallest probability that log-loss believes; a certain error costs 34.5 nats."""

BINS = 15
"""Equal bins of the top probability for calibration; fixed, so that severities compare."""


def _chosen(rows: Floats, targets: Any, classes: Sequence[Any] | None) -> Floats:
    """Return the probability given to each target, NaN where either is missing."""
    index = positions(targets, classes, rows.shape[1])
    missing = np.isnan(index)
    column = np.where(missing, 0, index).astype(np.int64)
    found = rows[np.arange(len(rows)), column]
    return np.where(missing | np.isnan(rows).any(axis=1), np.nan, found)


def _log_loss(outputs: Any, targets: Any, *, classes: Sequence[Any] | None, logits: bool) -> Floats:
    rows = probabilities(outputs, logits=logits, metric="log-loss")
    return -np.log(np.clip(_chosen(rows, targets, classes), CLIP, 1.0))[:, None]


def entropy(targets: Any) -> float:
    """Return the entropy of the targets in nats: the log-loss of always predicting their shares."""
    labels = codes(array(targets, "targets"), "targets")
    counts = np.unique(labels[~np.isnan(labels)], return_counts=True)[1]
    shares = counts / counts.sum()
    return float(-(shares * np.log(shares)).sum())


def log_loss(classes: Sequence[Any] | None = None, *, logits: bool = False) -> Metric:
    """Mean of -log of the probability given to the target, in nats, clipped at 1e-15.

    Raw scores are refused unless `logits=True` asks for a softmax: a softmax taken where none was
    meant would give a plausible wrong number.
    """
    return Metric(
        "log-loss",
        partial(_log_loss, classes=classes, logits=logits),
        unit="nats",
        higher_is_better=False,
        low=0.0,
        constant=entropy,
        show=show_labels,
    )


def _ece_rows(outputs: Any, targets: Any, *, classes: Sequence[Any] | None, logits: bool) -> Floats:
    """Return (confidence, correct) of each sample."""
    rows = probabilities(outputs, logits=logits, metric="ece")
    index = positions(targets, classes, rows.shape[1])
    confidence = rows.max(axis=1)
    missing = np.isnan(index) | np.isnan(confidence)
    hit = np.argmax(np.where(np.isnan(rows), 0.0, rows), axis=1) == index
    return np.where(missing[:, None], np.nan, np.stack([confidence, hit.astype(np.float64)], 1))


def _ece_bins(scores: Floats) -> Floats:
    """Put (confidence - correct) into the sample's bin, zero elsewhere; bins are (a, b]."""
    bins = np.clip(np.ceil(scores[:, 0] * BINS) - 1, 0, BINS - 1).astype(np.int64)
    rows = np.zeros((len(scores), BINS))
    rows[np.arange(len(scores)), bins] = scores[:, 0] - scores[:, 1]
    return rows


def _ece_value(means: Floats) -> Floats:
    return np.asarray(np.abs(means).sum(axis=-1))


def _ece_failure(like: Floats) -> Floats:
    return np.tile([1.0, 0.0], (len(like), 1))


def _ece_single(scores: Floats) -> Floats:
    return np.abs(scores[:, 0] - scores[:, 1])


def ece(classes: Sequence[Any] | None = None, *, logits: bool = False) -> Metric:
    """Expected calibration error: sum over 15 bins of |confidence - accuracy| weighted by share.

    The estimate is biased upwards for small samples, as any sum of absolute values is.

    References: Guo et al. 2017, On Calibration of Modern Neural Networks.
    """
    return Metric(
        "ece",
        partial(_ece_rows, classes=classes, logits=logits),
        unit="probability",
        higher_is_better=False,
        low=0.0,
        high=1.0,
        expand=_ece_bins,
        combine=_ece_value,
        failure=_ece_failure,
        single=_ece_single,
        show=show_labels,
    )
