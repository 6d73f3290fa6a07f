"""Data from the field as a batch, checked against the clean data: what is of another kind is far away for that alone."""

from typing import Any

import numpy as np

from noisebench._values import select
from noisebench.calibration._sample import ranked
from noisebench.calibration._search import FEWEST
from noisebench.data import Batch, Dataset
from noisebench.errors import CalibrationError, DataError
from perturbations import sample_keys
from perturbations.errors import PerturbationError, explain

Kind = tuple[str, tuple[int, ...]]
"""Type of the numbers, and shape."""


def field_samples(field: Any, data: Dataset, name: str, samples: int) -> Batch:
    """Return at most so many samples from the field.

    Raises:
        CalibrationError: they are too few, lack the input, or are of another modality, type or shape than the clean ones.
    """
    held = field if isinstance(field, Dataset) else _held(field, data, name)
    if name not in held.inputs:
        hint = f"the clean data has it as {data.modalities[name]}"
        expected = f"the input {name} in the field data"
        raise CalibrationError(explain(expected, "inputs", list(held.inputs), hint))
    if held.modalities[name] != data.modalities[name]:
        expected = f"field data of modality {data.modalities[name]}, as the clean {name} is"
        raise CalibrationError(explain(expected, "modality", held.modalities[name]))
    if not held.indexable:
        hint = "read it into lists"
        raise CalibrationError(explain("field data in memory", "field", "a stream", hint))
    if len(held) < FEWEST:
        hint = "the distance of so few samples is all chance"
        expected = f"{FEWEST} samples from the field or more"
        raise CalibrationError(explain(expected, "field", len(held), hint))
    order = ranked(sample_keys(held.ids))[:samples]
    batch = held.take([held.ids[i] for i in order])
    _check_alike(batch.inputs[name], data, name)
    return _completed(batch, data)


def _completed(batch: Batch, data: Dataset) -> Batch:
    """Return the batch with clean values of the inputs that the field lacks: a model asks for all of them."""
    lacking = [name for name in data.inputs if name not in batch.inputs]
    if not lacking:
        return batch
    pool = data.take(data.ids[: len(batch)])
    rows = np.arange(len(batch)) % len(pool)
    clean = select({name: pool.inputs[name] for name in lacking}, rows)
    return Batch(batch.ids, {**batch.inputs, **clean}, groups=batch.groups)


def _held(field: Any, data: Dataset, name: str) -> Dataset:
    kinds, facts = {name: data.modalities[name]}, {name: data.facts.get(name, {})}
    try:
        return Dataset({name: field}, modalities=kinds, facts=facts)
    except (DataError, PerturbationError) as error:
        raise CalibrationError(f"the field data is not what {name} is: {error}") from error


def _check_alike(field: Any, data: Dataset, name: str) -> None:
    """Refuse arrays of another type or shape; sizes that vary among clean values may vary in the field."""
    if data.modalities[name] in {"text", "tabular"}:
        return
    clean = next(iter(data.batches(min(len(data), 64)))).inputs[name]
    known, seen = _kinds(clean), _kinds(field)
    if not known:
        return
    types, axes = {kind for kind, _ in known}, {len(shape) for _, shape in known}
    shapes = {shape for _, shape in known}
    fits = bool(seen) and all(
        kind in types and len(shape) in axes and (len(shapes) > 1 or shape in shapes)
        for kind, shape in seen
    )
    if not fits:
        hint = "convert it to what the clean data is: type, range of values, axes, size"
        expected = f"field data of {name} as {_said(known)}"
        raise CalibrationError(explain(expected, "field", _said(seen), hint))


def _kinds(values: Any) -> set[Kind]:
    """Return the types and shapes of arrays; nothing for frames."""
    if not isinstance(values, np.ndarray | list):
        return set()
    return {
        (str(each.dtype), each.shape)
        for each in map(np.asarray, values)
        if each.dtype.kind in "biuf"
    }


def _said(kinds: set[Kind]) -> str:
    words = sorted(f"{kind} of shape {shape}" for kind, shape in kinds)
    if not words:
        return "no arrays of numbers"
    return words[0] if len(words) == 1 else f"{words[0]} and {len(words) - 1} others"
