"""Reads what models return: labels, probabilities, scores, numbers or texts, from any container.

Labels become numbers that do not depend on the batch: whole numbers stay what they are, texts become a
hash. So batches scored apart can be put together without a table of classes.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench.errors import MetricError
from perturbations.errors import explain

Floats = NDArray[np.float64]
"""Float64 array; NaN means missing."""

Array = NDArray[Any]
"""Numbers, or objects that are texts with None for missing."""

SUM_TOLERANCE = 1e-2
"""How far a row of probabilities may be from 1: half-precision softmax over a thousand classes."""


def size(values: Any) -> int:
    """Return the number of samples in a container."""
    try:
        return len(values)
    except TypeError:
        raise MetricError(
            explain("one row per sample", "outputs", values, "return an array, a tensor or a list")
        ) from None


def array(values: Any, name: str) -> Array:
    """Return a container as numbers (n, ...), or as objects (n,) that are texts or None.

    Raises:
        MetricError: rows of different shapes, or things that are neither numbers nor texts.
    """
    plain = _plain(values, name)
    if plain.ndim == 0:
        raise MetricError(explain("one row per sample", name, values, "return an array of n rows"))
    if plain.dtype.kind == "U":
        plain = plain.astype(object)
    if plain.dtype.kind == "b":
        plain = plain.astype(np.int64)
    if plain.dtype.kind == "O":
        plain = _objects(plain, name)
    if plain.dtype.kind not in "iufO":
        raise MetricError(explain("numbers or texts", name, plain, "convert them first"))
    return plain[:, 0] if plain.ndim == 2 and plain.shape[1] == 1 else plain


def _plain(values: Any, name: str) -> Array:
    if hasattr(values, "detach"):
        return _tensor(values)
    if hasattr(values, "to_numpy"):
        return np.asarray(values.to_numpy())
    if isinstance(values, list | tuple):
        return _stack([_tensor(v) if hasattr(v, "detach") else v for v in values], name)
    return np.asarray(values)


def _tensor(tensor: Any) -> Array:
    host = tensor.detach().cpu()
    return np.asarray((host.float() if "bfloat16" in str(host.dtype) else host).numpy())


def _stack(values: Sequence[Any], name: str) -> Array:
    """Stack rows; a None among numbers is a row of NaN."""
    known = [value for value in values if value is not None]
    if not known or isinstance(known[0], str | bytes):
        return np.array([*values, None], dtype=object)[:-1]
    try:
        rows = np.asarray(known)
        if len(known) == len(values):
            return rows
        full = np.full((len(values), *rows.shape[1:]), np.nan)
        full[[i for i, value in enumerate(values) if value is not None]] = rows
    except ValueError as cause:
        hint = "every sample needs an output of the same shape"
        raise MetricError(explain("rows of one shape", name, list(values), hint)) from cause
    return full


def _objects(values: Array, name: str) -> Array:
    if values.ndim == 1 and all(value is None or isinstance(value, str) for value in values):
        return values
    try:
        return values.astype(np.float64)
    except (TypeError, ValueError) as cause:
        hint = "give texts, or numbers of one shape; None stands for a missing one"
        raise MetricError(explain("numbers or texts", name, values, hint)) from cause


def is_text(values: Array) -> bool:
    """Tell whether the values are texts."""
    return values.dtype.kind == "O"


def codes(values: Array, name: str) -> Floats:
    """Return a number for each label: itself, or a hash for a text; NaN for a missing one.

    Raises:
        MetricError: fractional numbers are no labels.
    """
    if is_text(values):
        table = {text: _hash(text) for text in set(values.tolist()) if text is not None}
        return np.array([table.get(text, np.nan) for text in values.tolist()], dtype=np.float64)
    numbers = values.astype(np.float64)
    numbers = np.where(np.isinf(numbers), np.nan, numbers)
    known = numbers[~np.isnan(numbers)]
    if numbers.ndim != 1 or np.any(known != np.round(known)):
        raise MetricError(
            explain(
                "labels: whole numbers or texts, one per sample",
                name,
                values,
                "for scores of one class give (n, 2) probabilities or threshold them; "
                'for quantities use the metric "rmse" or "mae"',
            )
        )
    return numbers


def _hash(text: str) -> float:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).digest()
    return -1.0 - int.from_bytes(digest)


def predicted(outputs: Any, classes: Sequence[Any] | None, *, text_targets: bool) -> Floats:
    """Return the code of each predicted label, NaN where the output is missing.

    Rows of K scores stand for their largest; the first of equals wins, as in numpy.
    """
    values = array(outputs, "outputs")
    if values.ndim == 2 and not is_text(values):
        return _from_index(top(values), values.shape[1], classes, text_targets=text_targets)
    if values.ndim != 1:
        hint = "give labels (n,), probabilities (n, K) or scores (n, K)"
        raise MetricError(explain("one prediction per sample", "outputs", values, hint))
    if is_text(values) == text_targets:
        return codes(values, "outputs")
    if text_targets:
        index = codes(values, "outputs")
        return _from_index(index, None, classes, text_targets=text_targets)
    if not any(value is not None for value in values):
        return np.full(len(values), np.nan)
    hint = "give targets as texts too, or return the number of the class"
    raise MetricError(explain("numeric labels, as the targets are", "outputs", values, hint))


def top(rows: Array) -> Floats:
    """Return the position of the largest entry of each row, NaN where the row is not finite."""
    finite = np.isfinite(rows).all(axis=1)
    return np.where(finite, np.argmax(np.where(np.isfinite(rows), rows, 0), axis=1), np.nan)


def _from_index(
    index: Floats, width: int | None, classes: Sequence[Any] | None, *, text_targets: bool
) -> Floats:
    if classes is None:
        if text_targets:
            hint = 'name the columns: get_metric("accuracy", classes=["cat", "dog"])'
            raise MetricError(explain("classes, as the targets are texts", "classes", None, hint))
        return index
    if width is not None and width != len(classes):
        hint = "classes names the columns of the outputs, in order"
        raise MetricError(explain(f"{width} classes", "classes", list(classes), hint))
    known = ~np.isnan(index)
    if np.any(index[known] >= len(classes)) or np.any(index[known] < 0):
        hint = f"there are {len(classes)} classes; numbers start at 0"
        raise MetricError(explain("positions in classes", "outputs", index, hint))
    labels = codes(array(list(classes), "classes"), "classes")
    found = np.full(len(index), np.nan)
    found[known] = labels[index[known].astype(np.int64)]
    return found


def probabilities(outputs: Any, *, logits: bool, metric: str) -> Floats:
    """Return (n, K) probabilities; a single column is the probability of class 1.

    Raises:
        MetricError: labels, or scores that are no probabilities.
    """
    values = array(outputs, "outputs")
    if is_text(values) or values.dtype.kind in "iu" or values.ndim not in (1, 2):
        hint = "return model.predict_proba(x), not labels"
        raise MetricError(explain(f"probabilities (n, K) for {metric}", "outputs", values, hint))
    rows = values.astype(np.float64)
    rows[~np.isfinite(rows)] = np.nan
    if logits:
        return _softmax(rows if rows.ndim == 2 else np.stack([np.zeros_like(rows), rows], axis=1))
    if rows.ndim == 1:
        rows = np.stack([1.0 - rows, rows], axis=1)
    finite = rows[~np.isnan(rows).any(axis=1)]
    if np.any(finite < 0) or np.any(np.abs(finite.sum(axis=1) - 1) > SUM_TOLERANCE):
        hint = f'for raw scores ask for a softmax: get_metric("{metric}", logits=True)'
        raise MetricError(explain(f"rows that sum to 1 for {metric}", "outputs", values, hint))
    return rows


def _softmax(scores: Floats) -> Floats:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def positions(targets: Any, classes: Sequence[Any] | None, width: int) -> Floats:
    """Return the column of each target among K columns, NaN where the target is missing.

    Raises:
        MetricError: a target is no column.
    """
    values = array(targets, "targets")
    if classes is None and is_text(values):
        hint = 'name the columns: get_metric("log-loss", classes=["cat", "dog"])'
        raise MetricError(explain("classes, as the targets are texts", "classes", None, hint))
    found = codes(values, "targets")
    if classes is not None:
        found = _lookup(found, codes(array(list(classes), "classes"), "classes"))
    known = found[~np.isnan(found)]
    if np.any(known < 0) or np.any(known >= width):
        hint = "targets count the columns from 0; otherwise name the columns with classes=[...]"
        raise MetricError(explain(f"targets among {width} columns", "targets", values, hint))
    return found


def _lookup(labels: Floats, classes: Floats) -> Floats:
    order = np.argsort(classes)
    place = np.clip(np.searchsorted(classes[order], labels), 0, len(classes) - 1)
    found = order[place].astype(np.float64)
    wrong = classes[order][place] != labels
    return np.where(np.isnan(labels), np.nan, np.where(wrong, -1.0, found))


def show_labels(outputs: Any) -> list[Any]:
    """Return (label, top probability) per row of K columns, else the labels; None for missing."""
    values = array(outputs, "outputs")
    if values.ndim == 1:
        whole = values.dtype.kind in "biu"
        return values.tolist() if whole else [_shown(value) for value in values.tolist()]
    if values.ndim != 2:
        return [None] * len(values)
    best, index = np.max(values, axis=1), top(values)
    shares = np.all(values >= 0, axis=1) & (np.abs(values.sum(axis=1) - 1) <= SUM_TOLERANCE)
    rounded = np.round(best, 4).astype(float).tolist()
    if shares.all() and np.isfinite(index).all():
        return list(zip(index.astype(int).tolist(), rounded, strict=True))
    return [
        None if np.isnan(at) else (int(at), p if share else None)
        for at, p, share in zip(index, rounded, shares, strict=True)
    ]


def show_values(outputs: Any) -> list[Any]:
    """Return the texts or numbers themselves; None for missing."""
    return [_shown(value) for value in array(outputs, "outputs").tolist()]


def _shown(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    if not np.isfinite(value):
        return None
    return int(value) if value.is_integer() else value
