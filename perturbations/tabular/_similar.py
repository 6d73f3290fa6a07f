"""Which label is most easily taken for another: the one that is spelled most like it, or the next number."""

import numbers
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations.tabular._reference import LabelColumn


def partners(column: LabelColumn) -> NDArray[np.int64]:
    """Return for each label which other is most like it, the more frequent of equals; -1 where there is no other.

    Alike are labels that stand next to each other in a declared order, numbers that are near, and texts with few edits
    (Levenshtein) for the longer one's length.
    """
    count = len(column.labels)
    if count < 2:
        return np.full(count, -1, dtype=np.int64)
    far = _distances(column)
    np.fill_diagonal(far, np.inf)
    nearest = far == far.min(axis=1, keepdims=True)
    return np.asarray(np.where(nearest, np.array(column.counts), -1).argmax(axis=1), dtype=np.int64)


def _distances(column: LabelColumn) -> NDArray[np.float64]:
    values = column.labels
    if column.ordered:
        return _apart(np.arange(len(values), dtype=np.float64))
    if all(isinstance(value, numbers.Real) for value in values):
        return _apart(np.array(values, dtype=np.float64))
    return _edits([str(value) for value in values])


def _apart(at: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.abs(at[:, None] - at[None, :])


def _edits(texts: Sequence[str]) -> NDArray[np.float64]:
    from perturbations.tabular._kernels import edit_distances

    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    letters = np.zeros((len(texts), max(int(lengths.max(initial=0)), 1)), dtype=np.int64)
    for i, text in enumerate(texts):
        letters[i, : len(text)] = [ord(sign) for sign in text]
    longer = np.maximum(lengths[:, None], lengths[None, :])
    return np.asarray(edit_distances(letters, lengths) / np.maximum(longer, 1))


def other_word(word: str, known: Sequence[Hashable]) -> Any:
    """Return a label that is not among the known ones: the word, or the next whole number where all are numbers."""
    if known and all(type(label) is int for label in known):
        return max(known) + 1  # type: ignore[type-var, operator]
    while word in known:
        word += "_"
    return word
