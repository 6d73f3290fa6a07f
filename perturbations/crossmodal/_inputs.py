"""Inputs of one crossmodal value: which one is meant, and what is known of it."""

from collections.abc import Mapping
from typing import Any

from perturbations._modality import Context, modality
from perturbations.errors import (
    BadSetting,
    BadValue,
    MissingFact,
    NotApplicable,
    did_you_mean,
    explain,
)


def last(value: Mapping[str, Any]) -> str:
    """Return the name of the last input, which is the one that a noise between inputs changes."""
    return list(value)[-1]


def ends(value: Mapping[str, Any], count: int, setting: str = "lost") -> list[str]:
    """Return the names of the last inputs, as many as a setting says.

    Raises:
        BadSetting: that is none of them, or all.
    """
    names = list(value)
    if not 0 < count < len(names):
        hint = "at least one input must remain; name more of them, or set fewer"
        raise BadSetting(
            explain(f"1 to {len(names) - 1} of {len(names)} inputs", setting, count, hint)
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


def check_burst(burst: float) -> None:
    """Check a mean length of runs.

    Raises:
        BadSetting: it is below 1.
    """
    if not 1 <= burst < float("inf"):
        raise BadSetting(explain("a mean run of at least 1 sample", "burst", burst))


def check_content(name: str, kind: str, content: Any, known: Mapping[str, Any]) -> None:
    """Check that a content is a value of its modality.

    Raises:
        NotApplicable: it is not.
    """
    try:
        modality(kind).check(content, Context(known), False)
    except BadValue as error:
        raise NotApplicable(f"the input {name!r}: {error}") from error
