"""What a ledger's rows hold, and how they are packed, checked and put together."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of at most 256 consecutive samples in one cell."""

    cell: int
    start: int
    """Place of the first sample in the order of the visit."""
    scores: Floats
    """(n, k) per-sample columns; NaN is missing."""
    reasons: Mapping[int, str] = field(default_factory=dict)
    """Offset in the row to the reason why the sample is missing."""
    distortion: Mapping[str, Any] = field(default_factory=dict)
    """{"at": offsets, "measures": {name: numbers}, "moved": {kind of target: [count, lost, clipped]}}; what there is."""
    predictions: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Outcomes:
    """All that the ledger holds of one cell, in the order of the visit."""

    ids: tuple[str, ...]
    scores: Floats
    reasons: Mapping[str, str]
    distortion: Mapping[str, Mapping[str, float]]
    """Measure to {sample id: value} on the measured subset."""
    predictions: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """The samples of a block and what the data set says of them."""

    start: int
    ids: tuple[str, ...]
    facts: Mapping[str, Any]
    """Columns by name (targets, groups, slices), each as long as ids."""


def pack(scores: Floats) -> bytes:
    """Pack scores losslessly: float32 where that loses nothing, float64 otherwise."""
    with np.errstate(over="ignore"):  # what overflows is not equal below, and stays as it is
        short = scores.astype("<f4")
    if np.array_equal(short.astype("<f8"), scores, equal_nan=True):
        return b"4" + short.tobytes()
    return b"8" + np.ascontiguousarray(scores, dtype="<f8").tobytes()


def unpack(data: bytes, count: int) -> Floats:
    """Unpack what `pack` packed, as (count, k)."""
    flat = np.frombuffer(data, dtype=f"<f{data[:1].decode()}", offset=1)
    return flat.reshape(count, -1).astype(np.float64)


def checksum(*texts: str, data: bytes = b"") -> int:
    return zlib.crc32(data, zlib.crc32("\x1f".join(texts).encode("utf-8", "surrogatepass")))


def dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), default=_plain)


def dump_map(value: Mapping[Any, Any]) -> str:
    return json.dumps(dict(value), separators=(",", ":"), default=_plain) if value else ""


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def unnamed(reached: int, block: Block) -> Block | None:
    """Cut off what earlier blocks already named, as blocks overlap when the batch size changed on resume."""
    skip = max(0, reached - block.start)
    if skip == 0:
        return block
    facts = {name: column[skip:] for name, column in block.facts.items()}
    rest = block.ids[skip:]
    return Block(block.start + skip, rest, facts) if rest else None


def gathered(rows: Sequence[Row], ids: Mapping[int, str]) -> dict[str, dict[str, float]]:
    gathered: dict[str, dict[str, float]] = {}
    for row in rows:
        for measure, numbers in row.distortion.get("measures", {}).items():
            names = (ids[row.start + offset] for offset in row.distortion["at"])
            gathered.setdefault(measure, {}).update(zip(names, numbers, strict=True))
    return gathered
