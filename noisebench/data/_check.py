"""What a data set is checked for before anything runs, with errors that say what to do."""

import difflib
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from noisebench.data._column import is_series, is_table, is_tensor, to_numpy
from noisebench.errors import DataError
from perturbations import Context, modality
from perturbations._frames import cells, is_frame
from perturbations.errors import BadValue, did_you_mean, explain

_FACTS = (
    "rate", "kinds", "language", "layout", "channels", "time", "fields", "sensor", "protect", "protect_words", "date_format",
    "fov", "focal", "depth",
)  # fmt: skip
"""Facts that our own noises read."""
NAME = re.compile(r"[^\W\d][\w.-]*")
"""Input and slice names: a word, so that conditions such as `a:image/fog` can be read back."""


def check_inputs(inputs: Any) -> dict[str, Any]:
    """Return the named inputs as a dict, or say why they are none."""
    if not isinstance(inputs, Mapping):
        hint = 'name the input: Dataset({"image": images})'
        raise DataError(explain("a mapping from input name to values", "inputs", inputs, hint))
    if not inputs:
        raise DataError(explain("at least one input", "inputs", inputs))
    for name in inputs:
        check_name(name, "input")
        check_values(name, inputs[name])
    sizes = {name: len(values) for name, values in inputs.items()}
    if len(set(sizes.values())) > 1:
        hint = "row k of every input must belong to sample k"
        raise DataError(explain("inputs of equal length", "lengths", sizes, hint))
    if not next(iter(sizes.values())):
        hint = "check the filter or path that the data came from"
        raise DataError(explain("at least one sample", "length", 0, hint))
    return dict(inputs)


def check_name(name: object, kind: str) -> None:
    """Refuse names that a condition could not be written with."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        hint = "use letters, digits, '_', '-' or '.', beginning with a letter"
        raise DataError(explain(f"a word as {kind} name", "name", name, hint))


def check_values(name: str, values: Any) -> None:
    """Refuse values that have no samples to count and index."""
    if isinstance(values, str | bytes | Mapping):
        hint = "give a list with one value a sample"
        raise DataError(explain(f"a sequence of samples for input {name!r}", name, values, hint))
    if getattr(values, "ndim", 1) == 0 or not hasattr(values, "__len__"):
        hint = "data that can only be iterated goes into Dataset.stream(...)"
        raise DataError(explain(f"a sequence of samples for input {name!r}", name, values, hint))
    if not hasattr(values, "__getitem__"):
        hint = "give a list or an array, which have an order"
        raise DataError(explain(f"an indexable sequence for input {name!r}", name, values, hint))


def settle(name: str, values: Any, modality: str) -> Any:
    """Return values in the one form that their modality is read in, without a copy where possible.

    Raises:
        DataError: text that is not text, or a table without rows and columns.
    """
    if is_series(values):
        values = values.to_numpy()
    if modality == "text":
        return settle_text(name, values)
    if modality == "tabular":
        return settle_table(name, values)
    if modality == "timeseries" and is_table(values):
        hint = "give a list with one frame a sample; frame.to_numpy() where every row is a series"
        raise DataError(explain(f"several series for input {name!r}", name, values, hint))
    if isinstance(values, list | tuple):
        return [np.asarray(v) if isinstance(v, list | tuple) else v for v in values]
    return values


def settle_text(name: str, values: Any) -> Any:
    """Return texts as a list of str; a lazy source stays as it is."""
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if not isinstance(values, list | tuple):
        return values
    for row, value in enumerate(values):
        if not isinstance(value, str):
            hint = "drop the sample or write '' for an empty text"
            where = f"{name}[{row}]"
            raise DataError(explain(f"text in every row of input {name!r}", where, value, hint))
    return [str(value) if type(value) is not str else value for value in values]


def settle_table(name: str, values: Any) -> Any:
    """Return a table as a DataFrame, or an array or tensor of shape (rows, columns)."""
    if isinstance(values, list | tuple):
        try:
            values = np.asarray(values)
        except ValueError:
            values = np.empty(0)
    if is_table(values) or getattr(values, "ndim", 0) == 2:
        return values
    hint = "give an array of shape (n, columns) or a data frame of pandas, polars or pyarrow"
    raise DataError(explain(f"a table for tabular input {name!r}", name, values, hint))


def checked_ids(ids: Any, size: int) -> tuple[str, ...]:
    """Return the samples' ids as text; the positions where none are given.

    Raises:
        DataError: wrong number of ids, or two samples with the same.
    """
    if ids is None:
        return tuple(map(str, range(size)))
    listed = aligned("ids", ids, size)
    texts = tuple(map(str, listed))
    if len(set(texts)) < size:
        twice = [name for name, count in Counter(texts).most_common(3) if count > 1]
        hint = "noise is keyed by id: give every sample its own, or leave ids out"
        raise DataError(explain("ids that are all different", "ids given twice", twice, hint))
    return texts


def aligned(what: str, values: Any, size: int) -> Any:
    """Return n labels or targets as an array or list of exactly `size` rows.

    Raises:
        DataError: there is no length, or another one.
    """
    scalar = getattr(values, "ndim", 1) == 0 or not hasattr(values, "__len__")
    if scalar or isinstance(values, str | bytes | Mapping):
        hint = "give a list or an array"
        raise DataError(explain(f"{what}, one a sample", what, values, hint))
    rows = labels(values)
    if len(rows) != size:
        hint = f"the inputs hold {size} samples"
        raise DataError(explain(f"{size} {what}, one a sample", f"len({what})", len(rows), hint))
    return rows


def labels(values: Any) -> Any:
    """Return targets or labels as an array when they are numbers, else as a list."""
    if is_tensor(values):
        values = to_numpy(values)
    if is_frame(values):
        values = cells(values)
    if is_series(values) or is_table(values):
        values = values.to_numpy()
    if isinstance(values, np.ndarray):
        return values
    listed = list(values)
    if all(isinstance(v, int | float | np.number | np.bool_) for v in listed):
        return np.asarray(listed)
    return listed


def checked_slices(slices: Any, size: int) -> dict[str, Any]:
    """Return slice name to labels, each of the data's length."""
    if slices is None:
        return {}
    if not isinstance(slices, Mapping):
        hint = 'name the slice: slices={"site": sites}'
        raise DataError(explain("a mapping from slice name to labels", "slices", slices, hint))
    for name in slices:
        check_name(name, "slice")
    return {name: aligned(f"slices[{name!r}]", rows, size) for name, rows in slices.items()}


def _check_fact(name: str, fact: object) -> None:
    """Refuse a fact that looks like a misspelt one: noise of other packages may read facts of its own names."""
    meant = difflib.get_close_matches(str(fact), _FACTS, n=1, cutoff=0.7)
    if fact not in _FACTS and meant:
        hint = f"did you mean {meant[0]}?"
        raise DataError(explain("a fact that some noise reads", f"facts[{name!r}]", fact, hint))


def checked_facts(facts: Any, modalities: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return facts for every input; {} where none are given.

    Raises:
        DataError: facts for an input that there is not, or not by name, or malformed ones.
    """
    inputs = tuple(modalities)
    given = {} if facts is None else facts
    if not isinstance(given, Mapping):
        hint = 'give them by input: facts={"speech": {"rate": 16000}}'
        raise DataError(explain("a mapping from input name to facts", "facts", given, hint))
    for name, known in given.items():
        if name not in inputs:
            hint = did_you_mean(str(name), inputs)
            raise DataError(explain("facts of inputs of the data set", "input", name, hint))
        if not isinstance(known, Mapping):
            hint = f'for example facts={{"{name}": {{"rate": 16000}}}}'
            raise DataError(explain("facts by name", f"facts[{name!r}]", known, hint))
        for fact in known:
            _check_fact(name, fact)
        _check_language(name, known)
        _check_guarded(name, modalities[name], known)
    return {name: dict(given.get(name, {})) for name in inputs}


def _check_language(name: str, known: Mapping[str, Any]) -> None:
    """Refuse a language that is no code: texts of several languages are several data sets, or slices of one."""
    language = known.get("language")
    if language is not None and not isinstance(language, str):
        hint = 'one code for all texts, such as "de"; for several languages run one audit each'
        raise DataError(explain("a language code", f"facts[{name!r}]['language']", language, hint))


def _check_guarded(name: str, kind: str, known: Mapping[str, Any]) -> None:
    """Refuse facts that say in no readable way what noise may not touch."""
    guard = modality(kind).guard
    try:
        if guard is not None:
            guard(Context(known))
    except BadValue as error:
        raise DataError(f"facts of input {name!r}: {error}") from error
