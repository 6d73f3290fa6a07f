"""Inputs of one crossmodal value: which one is meant, what is known of it, and what stands in for it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from perturbations._containers import to_numpy
from perturbations._modality import Context, modality
from perturbations.crossmodal._reference import InputMean
from perturbations.errors import BadSetting, MissingFact, NotApplicable, did_you_mean, explain


def last(value: Mapping[str, Any]) -> str:
    """Return the name of the last input, which is the one that a noise between inputs changes."""
    return list(value)[-1]


def ends(value: Mapping[str, Any], count: int) -> list[str]:
    """Return the names of the last inputs, `count` of them.

    Raises:
        BadSetting: that is none of them, or all.
    """
    names = list(value)
    if not 0 < count < len(names):
        hint = "at least one input must remain; name more of them, or set fewer"
        raise BadSetting(
            explain(f"1 to {len(names) - 1} of {len(names)} inputs", "lost", count, hint)
        )
    return names[-count:]


def put(value: Mapping[str, Any], name: str, changed: Any) -> dict[str, Any]:
    """Return the value with another content of one input."""
    return {**value, name: changed}


def fact(facts: Mapping[str, Any], name: str, wanted: str, example: object) -> Any:
    """Return a fact of one input.

    Raises:
        MissingFact: it is not given.
    """
    known = facts.get(name)
    if isinstance(known, Mapping) and wanted in known:
        return known[wanted]
    hint = f"pass facts={{{name!r}: {{{wanted!r}: {example!r}}}}}, or declare it on the data set's input"
    raise MissingFact(explain(f"the fact {wanted!r} of the input {name!r}", "facts", known, hint))


def check_word(word: str, known: tuple[str, ...], setting: str) -> None:
    """Check a setting that is one of a few words.

    Raises:
        BadSetting: it is none of them.
    """
    if word not in known:
        hint = did_you_mean(word, known)
        raise BadSetting(explain(f"one of {', '.join(known)}", setting, word, hint))


def check_count(count: int, setting: str) -> None:
    """Check a setting that counts something.

    Raises:
        BadSetting: it is below 1.
    """
    if count < 1:
        raise BadSetting(explain("a number of at least 1", setting, count))


def zeros(content: Any, name: str) -> Any:
    """Return content of the same kind that says nothing: zeros, an empty text, a row of zeros without categories.

    Raises:
        NotApplicable: the content is of a kind without a zero.
    """
    if isinstance(content, str):
        return ""
    array, back = to_numpy(content)
    if isinstance(array, np.ndarray) and array.dtype != object:
        return back(np.zeros_like(array))
    if isinstance(array, list | tuple | int | float) or array is None:
        hint = "make it an array, or use fill=absent"
        raise NotApplicable(explain(f"an input {name!r} with a zero", name, content, hint))
    return _row(content, None)


def mean(content: Any, name: str, known: InputMean | None) -> Any:
    """Return content of the same shape in which every element is its channel's mean over the clean data.

    Raises:
        NotApplicable: the content has no mean, such as text.
    """
    if known is None or isinstance(content, str):
        hint = "text has no mean: use fill=absent or fill=zeros"
        raise NotApplicable(explain(f"an input {name!r} with a mean", name, content, hint))
    if known.table is not None:
        return _row(content, known)
    array, back = to_numpy(content)
    return back(known.like(np.asarray(array)))


def _row(content: Any, known: InputMean | None) -> Any:
    """Fill one table row: with zeros and no categories, or with means and the most frequent category."""
    table = modality("tabular")
    context = Context(reference=known.table if known else None, missing=True)
    row, token = table.encode(content, context, False)
    return table.decode(row.filled(known.table if known else None), token, context, False)
