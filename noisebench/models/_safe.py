"""One model call that survives the model's faults: only the guilty samples fail, each with a reason.

Why copies: the model gets its own copy of every batch, compared with the original afterwards. Read-only
views would cost a checksum before and after, which is no cheaper, and would make innocent models fail
or warn (torch, Cython) while a C extension could still write through them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from noisebench.data._column import is_series, is_table, is_tensor, take, to_numpy
from noisebench.errors import ModelError
from noisebench.models._absent import filled
from noisebench.models._model import Inputs, Model
from perturbations._frames import cells, is_frame, same_frames, take_rows

LONGEST = 200
"""Characters of a reason that are kept."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a model said about n samples."""

    outputs: Any
    """n outputs, an array or a list; where a sample failed, a row of NaN or a None."""

    failures: dict[int, str]
    """Row of a failed sample to the reason, in one line."""

    warnings: tuple[str, ...] = ()
    """What else the reader should know, such as inputs changed in place."""


class MisfitError(ValueError):
    """What the model returned does not have one output a sample."""


def safe_predict(model: Model, inputs: Inputs, n: int) -> Outcome:
    """Call a model on n samples; on an exception, halve the batch until the guilty ones are alone.

    Args:
        model: what `as_model` returned.
        inputs: input name to n values; never changed, whatever the model does.
        n: how many samples.

    Raises:
        ModelError: the model cannot take inputs of this kind at all, whichever the sample.
    """
    warnings: dict[str, None] = {}
    parts: list[tuple[int, Any]] = []
    failures: dict[int, str] = {}
    _solve(model, inputs, (0, n), parts, failures, warnings)
    for start, outputs in parts:
        failures.update({start + row: why for row, why in missing(outputs).items()})
    return Outcome(_joined(parts, n), dict(sorted(failures.items())), tuple(warnings))


def predict_once(model: Model, inputs: Inputs, n: int, *, spare: Collection[str]) -> Outcome:
    """Call a model once, without a second try; inputs in `spare` are given as they are, others as copies.

    Args:
        model: what `as_model` returned.
        inputs: input name to n values.
        n: how many samples.
        spare: inputs that nobody reads after the model.

    Raises:
        Exception: whatever the model raises, or that its outputs are not n rows.
    """
    own = getattr(model, "copies_inputs", False)
    inputs = filled(model, inputs)
    given = {k: v if own or k in spare else copied(v) for k, v in inputs.items()}
    outputs = rows_of(model.predict(given), n)
    return Outcome(outputs, missing(outputs))


def _solve(
    model: Model,
    inputs: Inputs,
    span: tuple[int, int],
    parts: list[tuple[int, Any]],
    failures: dict[int, str],
    warnings: dict[str, None],
) -> None:
    """Predict rows start..stop of the inputs, or their halves when that fails."""
    start, stop = span
    if stop == start:
        return
    try:
        outputs = _call(model, inputs, stop - start, warnings)
    except ModelError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a model raises is the sample's reason
        if stop - start == 1:
            failures[start] = reason(error)
            return
        # A wrong number of rows may come out right by chance on a part, so it is tried one by one.
        parts_of = stop - start if isinstance(error, MisfitError) else 2
    else:
        parts.append((start, outputs))
        return
    # After the handler: an exception keeps alive all that the failed call held, such as a device's memory.
    edges = [(stop - start) * i // parts_of for i in range(parts_of + 1)]
    for first, last in pairwise(edges):
        rows = {name: _slice(values, first, last) for name, values in inputs.items()}
        _solve(model, rows, (start + first, start + last), parts, failures, warnings)


def _call(model: Model, inputs: Inputs, n: int, warnings: dict[str, None]) -> Any:
    """Call the model on copies, note what it changed, and return exactly n outputs."""
    own = getattr(model, "copies_inputs", False)
    inputs = filled(model, inputs)
    given = dict(inputs) if own else {name: copied(values) for name, values in inputs.items()}
    try:
        outputs = model.predict(given)
    finally:
        names = model.changed_inputs if own else _changed(inputs, given)  # type: ignore[attr-defined]
        for name in names:
            warnings[f"model {model.name} changed its input {name!r} in place; it was a copy"] = (
                None
            )
    return rows_of(outputs, n)


def rows_of(outputs: Any, n: int) -> Any:
    """Return outputs as an array or list of n rows.

    Raises:
        MisfitError: they are not n rows.
    """
    if is_tensor(outputs):
        outputs = to_numpy(outputs)
    elif is_frame(outputs):
        outputs = cells(outputs)
    elif is_table(outputs) or is_series(outputs):
        outputs = outputs.to_numpy()
    if isinstance(outputs, np.ndarray) and outputs.dtype != object:
        if outputs.ndim == 0 or len(outputs) != n:
            raise MisfitError(f"expected {n} outputs, got an array of shape {outputs.shape}")
        return outputs
    if isinstance(outputs, str | bytes | Mapping) or not hasattr(outputs, "__len__"):
        raise MisfitError(f"expected {n} outputs, got {type(outputs).__name__}")
    if len(outputs) != n:
        raise MisfitError(f"expected {n} outputs, got {len(outputs)}")
    return [to_numpy(row) if is_tensor(row) else row for row in outputs]


def missing(outputs: Any) -> dict[int, str]:
    """Return the rows without an answer (None or NaN), with the reason."""
    if isinstance(outputs, np.ndarray):
        if outputs.dtype.kind not in "fc":
            return {}
        holes = np.isnan(outputs)
        if not holes.any():
            return {}
        rows = holes.reshape(len(outputs), -1).any(axis=1)
        return {int(row): "output is NaN" for row in np.flatnonzero(rows)}
    if set(map(type, outputs)) <= {str, int, bool}:
        return {}
    return {row: why for row, each in enumerate(outputs) if (why := _hole(each))}


def reason(error: BaseException) -> str:
    """Return an exception in one line of at most `LONGEST` characters."""
    text = str(error) if isinstance(error, MisfitError) else f"{type(error).__name__}: {error}"
    line = " ".join(text.split()).removesuffix(":")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def copied(values: Any) -> Any:
    """Return a copy that a model may do with what it likes."""
    if is_frame(values):
        return take_rows(values, slice(None))
    if isinstance(values, np.ndarray) or is_table(values):
        return values.copy()
    if isinstance(values, list | tuple):
        return [v.copy() if _can_change(v) else v for v in values]
    return values


def _can_change(value: Any) -> bool:
    return isinstance(value, np.ndarray | dict | list) or is_table(value) or is_series(value)


def _changed(before: Inputs, after: Mapping[str, Any]) -> list[str]:
    """Return the inputs that are no longer what they were."""
    return [n for n, values in before.items() if n not in after or not same(values, after[n])]


def same(one: Any, other: Any) -> bool:
    """Tell whether two batches hold the same bits."""
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and one.dtype == other.dtype and _same_bits(one, other)
    if is_frame(one):
        return same_frames(one, other)
    if is_table(one) or is_series(one):
        return bool(one.equals(other))
    if len(one) != len(other):
        return False
    return all(
        a is b or (a == b if isinstance(a, dict | list) or not _can_change(a) else same(a, b))
        for a, b in zip(one, other, strict=True)
    )


def _same_bits(one: np.ndarray, other: np.ndarray) -> bool:
    if one.dtype.hasobject:
        return all(a is b or a == b for a, b in zip(one.ravel(), other.ravel(), strict=True))
    if one.flags.c_contiguous and other.flags.c_contiguous and one.nbytes % 8 == 0:
        one, other = one.reshape(-1).view(np.uint64), other.reshape(-1).view(np.uint64)
    elif one.dtype.kind in "fc":
        return bool(np.array_equal(one, other, equal_nan=True))
    return bool(np.array_equal(one, other))


def _slice(values: Any, start: int, stop: int) -> Any:
    return take(values, slice(start, stop)) if is_table(values) else values[start:stop]


def _hole(output: Any) -> str:
    if output is None:
        return "output is None"
    if isinstance(output, float | np.floating):
        return "output is NaN" if output != output else ""  # noqa: PLR0124 - NaN is unlike itself
    if isinstance(output, np.ndarray) and output.dtype.kind in "fc" and np.isnan(output).any():
        return "output is NaN"
    return ""


def _joined(parts: list[tuple[int, Any]], n: int) -> Any:
    """Return n outputs from the parts that were predicted, holes where a sample failed."""
    if len(parts) == 1 and len(parts[0][1]) == n:
        return parts[0][1]
    arrays = all(isinstance(outputs, np.ndarray) for _, outputs in parts)
    kinds = {(outputs.shape[1:], outputs.dtype) for _, outputs in parts} if arrays else set()
    if len(kinds) == 1:
        return _filled(parts, n)
    joined: list[Any] = [None] * n
    for start, outputs in parts:
        joined[start : start + len(outputs)] = list(outputs)
    return joined


def _filled(parts: list[tuple[int, Any]], n: int) -> Any:
    """Return the parts as one array; rows that cannot hold NaN make it a list with None."""
    first = parts[0][1]
    whole = sum(len(outputs) for _, outputs in parts) == n
    if not whole and first.dtype.kind not in "fc":
        return _joined([(start, list(outputs)) for start, outputs in parts], n)
    filled = np.empty((n, *first.shape[1:]), first.dtype)
    if not whole:
        filled[:] = np.nan
    for start, outputs in parts:
        filled[start : start + len(outputs)] = outputs
    return filled
