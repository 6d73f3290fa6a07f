"""What a model gets in the place of an input that is not there."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from perturbations._containers import is_pandas, to_numpy
from perturbations._modality import Context, modality
from perturbations.crossmodal._learned import LEARNED
from perturbations.crossmodal._reference import CrossReference, InputMean
from perturbations.errors import NotApplicable, explain

OWN_FILLS = ("absent", "zeros", "empty", "mean", "learned")
FILLS = (*OWN_FILLS, "last")
"""With what an earlier sample had."""

_LENGTHS = {"audio": -1, "timeseries": 0, "pointcloud": 0}
"""Axis along which a content may be empty, by modality."""


def stand_in(
    content: Any,
    name: str,
    fill: str,
    facts: Mapping[str, Any],
    reference: CrossReference | None,
) -> Any:
    """Return what stands in the place of a content; `last` is not among it, as it is another sample's.

    Raises:
        NotApplicable: a content of its kind has nothing of the sort.
    """
    known = facts.get(name) or {}
    kind = str(known.get("modality", ""))
    if fill == "zeros":
        return _zeros(content, name, kind)
    if fill == "empty":
        return _empty(content, name, kind, known)
    if fill == "mean":
        return _mean(content, name, reference.inputs.get(name) if reference else None)
    return LEARNED if fill == "learned" else None


def _zeros(content: Any, name: str, kind: str) -> Any:
    """Return content of the same kind that says nothing: zeros, an empty text, a row of zeros without categories."""
    if isinstance(content, str):
        return ""
    if is_pandas(content) and kind == "timeseries":
        return _frame(content, None)
    array, back = to_numpy(content)
    if isinstance(array, np.ndarray) and array.dtype != object:
        return back(np.zeros_like(array))
    if isinstance(array, list | tuple | int | float) or array is None:
        hint = "make it an array, or use fill=absent"
        raise NotApplicable(explain(f"an input {name!r} with a zero", name, content, hint))
    return _row(content, None)


def _empty(content: Any, name: str, kind: str, known: Mapping[str, Any]) -> Any:
    """Return content of the same kind without anything in it: no words, no points, no time."""
    if isinstance(content, str):
        return ""
    if is_pandas(content) and kind == "timeseries":
        return content.iloc[:0]
    array, back = to_numpy(content)
    if kind not in _LENGTHS or not isinstance(array, np.ndarray) or not array.ndim:
        hint = "what can be empty is text, a sound, a series or a cloud: use fill=zeros"
        raise NotApplicable(explain(f"an input {name!r} that can be empty", name, content, hint))
    axis = 0 if known.get("layout") == "TC" else _LENGTHS[kind]
    return back(np.take(array, np.arange(0), axis=axis))


def _mean(content: Any, name: str, known: InputMean | None) -> Any:
    """Return content of the same shape in which every element is its channel's mean over the clean data."""
    if known is None or isinstance(content, str):
        hint = "text has no mean: use fill=absent or fill=zeros"
        if not isinstance(content, str):
            hint = "the mean is that of the clean data: pass reference=noise.fit(rows), or use fill=zeros"
        raise NotApplicable(explain(f"an input {name!r} with a mean", name, content, hint))
    if known.table is not None:
        return _row(content, known)
    if is_pandas(content):
        return _frame(content, known)
    array, back = to_numpy(content)
    return back(known.like(np.asarray(array)))


def _frame(frame: Any, known: InputMean | None) -> Any:
    """Fill a data frame of readings: with zeros, or with means."""
    from perturbations.timeseries import _frames

    readings, _, _ = _frames.read(frame, None)
    filled = known.like(readings) if known else np.zeros_like(readings)
    return _frames.write(frame, filled, None, None, missing=False)


def _row(content: Any, known: InputMean | None) -> Any:
    """Fill one table row: with zeros and no categories, or with means and the most frequent category."""
    table = modality("tabular")
    context = Context(reference=known.table if known else None, missing=True)
    row, token = table.encode(content, context, False)
    return table.decode(row.filled(known.table if known else None), token, context, False)
