"""Files of point clouds: the points as an array, x, y and z first, and the same kind of file with noisy ones.

Read are .npy (an array), .csv (columns by name), .xyz (numbers in rows), .ply (ascii and binary, its vertices) and .bin (KITTI: x, y,
z, intensity in 32 bits; five numbers a point where it is named .pcd.bin, as nuScenes does).
"""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from noisebench.cli._sheet import read_sheet
from noisebench.errors import ConfigError
from perturbations.errors import explain

AXES = ("x", "y", "z")

_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2",
    "ushort": "u2", "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4",
    "float": "f4", "float32": "f4", "double": "f8", "float64": "f8",
}  # fmt: skip
"""Types of properties of a .ply file, as numpy calls them."""
_FORMATS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}


@dataclass(frozen=True, slots=True)
class CloudFile:
    """A file of points."""

    points: Any
    fields: tuple[str, ...] | None
    """What the columns after x, y and z are; None where the file does not say."""
    to_bytes: Callable[[Any], bytes]
    remark: str = ""


class _Ply(NamedTuple):
    """The header of a .ply file."""

    format: str
    vertices: int
    properties: tuple[tuple[str, str], ...]
    """Names and types of the vertices' properties."""
    others: tuple[str, ...]
    """Elements besides the vertices."""
    comments: tuple[str, ...]
    begin: int
    """Where the data begins."""


def read_cloud(data: bytes, file: Path) -> CloudFile:
    """Read a file of points by its suffix.

    Raises:
        ConfigError: it is no such file.
    """
    readers: Mapping[str, Callable[[bytes, Path], CloudFile]] = {
        ".npy": _npy,
        ".csv": _csv,
        ".xyz": _xyz,
        ".ply": _ply,
        ".bin": _bin,
    }
    return readers[file.suffix.lower()](data, file)


def _npy(data: bytes, file: Path) -> CloudFile:
    def to_bytes(points: Any) -> bytes:
        buffer = io.BytesIO()
        np.save(buffer, points)
        return buffer.getvalue()

    try:
        points = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise _bad(file, "an array saved by numpy", error) from error
    return CloudFile(points, None, to_bytes)


def _csv(data: bytes, file: Path) -> CloudFile:
    sheet = read_sheet(data, file)
    names = [name.strip().lower() for name in sheet.numeric]
    order = _ordered(names)
    if len(names) < 3:
        raise ConfigError(explain("three columns of numbers", "file", str(file)))
    points = sheet.series()[:, order]
    header = [sheet.numeric[i] for i in order]

    def to_bytes(noisy: Any) -> bytes:
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=sheet.delimiter, lineterminator="\n")
        writer.writerows([header, *noisy.tolist()])
        return buffer.getvalue().encode("utf-8", "surrogatepass")

    left = [name for name in sheet.header if name not in sheet.numeric]
    remark = f"not numeric and left out: {', '.join(left)}" if left else ""
    return CloudFile(points, tuple(names[i] for i in order[3:]), to_bytes, remark)


def _ordered(names: Sequence[str]) -> list[int]:
    """Return the order of columns with x, y and z first; as they are where there are none of these names."""
    if not set(AXES) <= set(names):
        return list(range(len(names)))
    first = [names.index(axis) for axis in AXES]
    return [*first, *(i for i in range(len(names)) if i not in first)]


def _xyz(data: bytes, file: Path) -> CloudFile:
    try:
        rows = [line.split() for line in data.decode("utf-8").splitlines()]
        points = np.array([row for row in rows if row and not row[0].startswith("#")], np.float64)
    except ValueError as error:
        raise _bad(file, "rows of as many numbers each, with spaces between", error) from error
    return CloudFile(points.reshape(len(points), -1), None, _lines)


def _lines(points: Any) -> bytes:
    return "".join(" ".join(map(repr, row)) + "\n" for row in points.tolist()).encode()


def _bin(data: bytes, file: Path) -> CloudFile:
    width = 5 if file.name.lower().endswith(".pcd.bin") else 4
    if not data or len(data) % (4 * width):
        expected = f"points of {width} numbers of 32 bits"
        raise ConfigError(explain(expected, "file", str(file), f"it has {len(data)} bytes"))
    points = np.frombuffer(data, "<f4").astype(np.float32).reshape(-1, width)
    fields = ("intensity", "ring")[: width - 3]
    return CloudFile(points, fields, lambda noisy: noisy.astype("<f4").tobytes())


def _ply(data: bytes, file: Path) -> CloudFile:
    head = _ply_head(data, file)
    names = [name for name, _ in head.properties]
    table = _vertices(data[head.begin :], head, file)
    order = _ordered(names)
    if not set(AXES) <= set(names):
        raise ConfigError(explain("vertices with x, y and z", "file", str(file), ", ".join(names)))
    points = np.stack([table[names[i]].astype(np.float64) for i in order], axis=1)

    def to_bytes(noisy: Any) -> bytes:
        back = {names[i]: noisy[:, place] for place, i in enumerate(order)}
        return _ply_bytes(back, head)

    remark = f"left out, as points come and go: {', '.join(head.others)}" if head.others else ""
    return CloudFile(points, tuple(names[i] for i in order[3:]), to_bytes, remark)


def _ply_head(data: bytes, file: Path) -> _Ply:
    end = re.search(rb"^end_header\r?\n", data, re.MULTILINE)
    lines = data[: end.start()].decode("latin-1").splitlines() if end else []
    if end is None or not lines or lines[0].strip() != "ply":
        raise ConfigError(explain("a .ply file with a whole header", "file", str(file)))
    elements: list[tuple[str, int, list[tuple[str, str]]]] = []
    kind = ""
    for words in (line.split() for line in lines[1:]):
        if words[:1] == ["format"] and len(words) > 1:
            kind = words[1]
        elif words[:1] == ["element"] and len(words) == 3 and words[2].isdigit():
            elements.append((words[1], int(words[2]), []))
        elif words[:1] == ["property"] and elements and len(words) >= 3:
            elements[-1][2].append((words[-1], words[1]))
    known = elements and elements[0][0] == "vertex" and kind in _FORMATS
    if not known or any(written not in _TYPES for _, written in elements[0][2]):
        hint = "vertices come first and have single numbers for properties; ascii or binary"
        raise ConfigError(explain("a .ply file of vertices", "file", str(file), hint))
    comments = tuple(line for line in lines if line.startswith("comment"))
    others = tuple(name for name, _, _ in elements[1:])
    return _Ply(kind, elements[0][1], tuple(elements[0][2]), others, comments, end.end())


def _vertices(body: bytes, head: _Ply, file: Path) -> Any:
    """Return the vertices as a structured array."""
    sign = _FORMATS[head.format]
    dtype = np.dtype([(name, f"{sign}{_TYPES[written]}") for name, written in head.properties])
    try:
        if sign:
            return np.frombuffer(body, dtype, count=head.vertices)
        rows = [tuple(line.split()) for line in body.decode("latin-1").splitlines() if line.strip()]
        if len(rows) < head.vertices:
            raise _bad(file, f"{head.vertices} vertices", f"it has {len(rows)}")
        return np.array(rows[: head.vertices], dtype)
    except ValueError as error:
        raise _bad(file, f"{head.vertices} vertices as its header says", error) from error


def _ply_bytes(columns: Mapping[str, Any], head: _Ply) -> bytes:
    sign = _FORMATS[head.format]
    dtype = np.dtype([(name, f"{sign}{_TYPES[written]}") for name, written in head.properties])
    count = len(next(iter(columns.values())))
    table = np.empty(count, dtype)
    for name, _ in head.properties:
        values = columns[name]
        if dtype[name].kind in "iu":
            limits = np.iinfo(dtype[name])
            values = np.clip(np.rint(values), limits.min, limits.max)
        table[name] = values
    lines = ["ply", f"format {head.format} 1.0", *head.comments, f"element vertex {count}"]
    lines += [f"property {written} {name}" for name, written in head.properties]
    header = "\n".join([*lines, "end_header"]).encode("latin-1") + b"\n"
    if sign:
        return header + table.tobytes()
    columns_of_text = [map(str, table[name]) for name, _ in head.properties]
    rows = zip(*columns_of_text, strict=True)
    return header + "".join(f"{' '.join(row)}\n" for row in rows).encode()


def _bad(file: Path, expected: str, why: object) -> ConfigError:
    return ConfigError(explain(expected, "file", str(file), str(why)))
