"""One clean and one noisy value of every noise, kept for the gallery as plain data and raw arrays."""

import copy
import io
import json
import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from noisebench._grammar import CROSSMODAL, Sweep
from noisebench._noise import Noised
from noisebench._values import one
from perturbations._frames import is_frame, mappings
from perturbations.crossmodal._learned import LEARNED

SHOWN_AT = 0.4
"""Severity that the gallery shows besides the worst; the nearest one on the grid is taken."""


def shown(severities: Sequence[float]) -> frozenset[float]:
    """Return the severities of a sweep that the gallery shows."""
    return frozenset({min(severities, key=lambda s: abs(s - SHOWN_AT)), severities[-1]})


def specimens(
    sweep: Sweep, clean: Mapping[str, Any], noised: Noised, modalities: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the batch's first sample, clean and noisy, for every input that the sweep touches."""
    if noised.rows is not None and (not len(noised.rows) or noised.rows[0] != 0):
        return []
    names = sweep.inputs
    before = {name: one(clean[name], 0) for name in names}
    # Copied, because the model gets the noisy values and may change them before they are written.
    after = {name: copy.copy(one(noised.inputs[name], 0)) for name in names}
    after = {name: None if each is LEARNED else each for name, each in after.items()}
    if any(part.noise.modality == CROSSMODAL for part in sweep.parts):
        return [{"input": ",".join(names), "modality": CROSSMODAL, "clean": before, "noisy": after}]
    return [
        {"input": n, "modality": modalities[n]}
        | {"clean": _drawn(before[n], modalities[n]), "noisy": _drawn(after[n], modalities[n])}
        for n in names
    ]


def _drawn(value: Any, modality: str) -> Any:
    """Return a value as the gallery draws it: of a series in a data frame, its readings."""
    if modality == "timeseries" and hasattr(value, "iloc"):
        return value.to_numpy(dtype="float64", na_value=np.nan)
    return value


def pack(record: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Take arrays out of a record: plain data with references, and the arrays' bytes, compressed."""
    buffer = io.BytesIO()
    plain = {key: _packed(value, buffer) for key, value in record.items()}
    return plain, zlib.compress(buffer.getvalue(), 1)


def unpack(record: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    """Put the arrays back into a record."""
    raw = zlib.decompress(data)
    return {key: _unpacked(value, raw) for key, value in record.items()}


def export(records: Iterable[Mapping[str, Any]], directory: Path) -> None:
    """Write the gallery as `samples.json` and `arrays.npz`, each complete or not at all."""
    arrays: dict[str, np.ndarray] = {}
    plain = [{key: _named(value, arrays) for key, value in record.items()} for record in records]
    directory.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    replace_file(directory / "arrays.npz", buffer.getvalue())
    text = json.dumps(plain, indent=1, default=str)
    replace_file(directory / "samples.json", text.encode("utf-8", "surrogatepass"))


def replace_file(path: Path, data: bytes) -> None:
    """Write a file beside its place and move it there, so that no half of it is ever seen."""
    beside = path.with_name(f".{path.name}.part")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def plain_value(value: Any) -> Any:
    """Turn a value into what JSON can hold: a data frame's row becomes a mapping, a row of numbers a list, a larger array words."""
    if is_frame(value):
        value = mappings(value)[0]
    elif hasattr(value, "iloc"):
        value = value.iloc[0].to_dict()
    if isinstance(value, np.generic):
        return plain_value(value.item())
    if isinstance(value, np.ndarray) and value.ndim == 1:
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain_value(each) for each in value]
    if isinstance(value, Mapping):
        return {str(k): plain_value(v) for k, v in value.items()}
    if isinstance(value, float | int | str | bool) or value is None:
        return value
    return str(value)


def _packed(value: Any, buffer: io.BytesIO) -> Any:
    if isinstance(value, np.ndarray) and value.dtype != object:
        place = buffer.tell()
        buffer.write(np.ascontiguousarray(value).tobytes())
        return {"__array__": place, "dtype": value.dtype.str, "shape": list(value.shape)}
    if isinstance(value, np.ndarray):
        return plain_value(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): _packed(each, buffer) for key, each in value.items()}
    return plain_value(value)


def _unpacked(value: Any, raw: bytes) -> Any:
    if isinstance(value, Mapping) and "__array__" in value:
        shape = tuple(value["shape"])
        count = int(np.prod(shape))
        flat = np.frombuffer(raw, np.dtype(value["dtype"]), count=count, offset=value["__array__"])
        return flat.reshape(shape)
    if isinstance(value, Mapping):
        return {key: _unpacked(each, raw) for key, each in value.items()}
    return value


def _named(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, np.ndarray):
        name = f"a{len(arrays)}"
        arrays[name] = value
        return {"array": name}
    if isinstance(value, Mapping):
        return {str(key): _named(each, arrays) for key, each in value.items()}
    return plain_value(value)
