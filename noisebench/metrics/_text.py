"""Metrics on texts: word and character error rate, counted over the whole corpus.

Rates are edits over reference length of all samples together, never a mean of ratios. Words are what
white space separates, characters are what is left after stripping; case and punctuation count, as in
jiwer's default. A failed sample counts as the empty text.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from noisebench.errors import MetricError
from noisebench.metrics._metric import Metric
from noisebench.metrics._outputs import Array, Floats, array, is_text, show_values
from perturbations.errors import explain


def _words(text: str) -> Sequence[str]:
    return text.split()


def _characters(text: str) -> Sequence[str]:
    return text.strip()


def _distance() -> Callable[[Sequence[str], Sequence[str]], int]:
    try:
        from rapidfuzz.distance import Levenshtein
    except ImportError:
        raise MetricError(
            'wer and cer need the package rapidfuzz\n  pip install "noisebench[text]"'
        ) from None
    return Levenshtein.distance


def _texts(values: Any, name: str) -> Array:
    found = array(values, name)
    if not is_text(found):
        hint = "return a list of texts, one per sample"
        raise MetricError(explain("texts", name, found, hint))
    return found


def _edits(outputs: Any, targets: Any, *, parts: Callable[[str], Sequence[str]]) -> Floats:
    """Return (edits, reference length) of each sample."""
    came, wanted = _texts(outputs, "outputs"), _texts(targets, "targets")
    distance = _distance()
    rows = np.full((len(came), 2), np.nan)
    for place, (text, reference) in enumerate(zip(came, wanted, strict=True)):
        if text is not None and reference is not None:
            units = parts(reference)
            rows[place] = distance(units, parts(text)), len(units)
    return rows


def _rate(means: Floats) -> Floats:
    """Return edits / length; an empty corpus is right when nothing was written."""
    edits, length = np.moveaxis(np.asarray(means, dtype=np.float64), -1, 0)
    ratio = np.divide(edits, length, out=np.full_like(edits, np.inf), where=length > 0)
    return np.where((length == 0) & (edits == 0), 0.0, ratio)


def _empty(like: Floats) -> Floats:
    return like[:, [1, 1]]


def _single(scores: Floats) -> Floats:
    return scores[:, 0] / np.maximum(scores[:, 1], 1)


def _one(_targets: Any) -> float:
    return 1.0


def _error_rate(name: str, unit: str, parts: Callable[[str], Sequence[str]]) -> Metric:
    return Metric(
        name,
        partial(_edits, parts=parts),
        unit=unit,
        higher_is_better=False,
        low=0.0,
        combine=_rate,
        constant=_one,
        failure=_empty,
        single=_single,
        show=show_values,
    )


def wer() -> Metric:
    """Word error rate: edits to reach the reference over its words; the empty text scores 1."""
    return _error_rate("wer", "errors per word", _words)


def cer() -> Metric:
    """Character error rate: edits over the reference's characters; the empty text scores 1."""
    return _error_rate("cer", "errors per character", _characters)
