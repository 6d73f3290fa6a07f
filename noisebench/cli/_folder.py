"""A folder of exported samples: one file a value, one table an input of rows, made whole or not at all."""

import csv
import hashlib
import io
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from noisebench._specimen import plain_value
from noisebench._values import one
from noisebench.data import Dataset
from noisebench.data._column import is_series, is_table
from noisebench.errors import ConfigError, DataError
from perturbations._frames import is_frame, mappings
from perturbations.crossmodal._learned import LEARNED
from perturbations.errors import explain

SLUG = 40
"""Most characters of an id that a file's name keeps."""


def check_new(out: Path) -> None:
    """Check that a folder is not there yet, or is empty.

    Raises:
        ConfigError: something would be mixed or overwritten.
    """
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise ConfigError(explain("a new or empty folder", "out", str(out), "name another one"))


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Make a folder that appears under its name only when everything is in it.

    Raises:
        ConfigError: something is there already, or the place cannot be written to.
    """
    check_new(out)
    whole = out.absolute()
    beside = whole.with_name(f".{whole.name}.{os.getpid()}.part")
    try:
        beside.mkdir(parents=True)
        yield beside
        if whole.exists():
            whole.rmdir()
        beside.rename(whole)
    except OSError as error:
        hint = f"{error.strerror or error}: {error.filename or beside}"
        raise ConfigError(
            explain("a folder that can be written to", "out", str(out), hint)
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def slug(name: str) -> str:
    """Return a file name that is safe everywhere and differs wherever the names do."""
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:SLUG].strip("-")
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
    return f"{safe}-{digest}" if safe else digest


class Folder:
    """Where samples are written to, input by input."""

    def __init__(self, place: Path, data: Dataset) -> None:
        self._place = place
        self._data = data
        plainly = re.compile(r"[a-z0-9_-]{1,40}")
        self._names = {n: n if plainly.fullmatch(n) else slug(n) for n in data.inputs}
        self._tables: dict[str, _Rows] = {}

    def write(self, ids: Sequence[str], inputs: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Write the values of some samples; return for each, by input, where they are (None: absent)."""
        found: list[dict[str, Any]] = [{} for _ in ids]
        inputs = {name: _absent(values) for name, values in inputs.items()}
        for name in self._data.inputs:
            if self._data.modalities[name] == "tabular":
                table = self._tables.setdefault(name, _Rows())
                places: list[Any] = table.add(ids, inputs[name])
            else:
                places = [
                    self._value(name, each, one(inputs[name], i)) for i, each in enumerate(ids)
                ]
            for record, place in zip(found, places, strict=True):
                record[name] = place
        return found

    def finish(self) -> dict[str, dict[str, Any]]:
        """Write the tables; return where they are."""
        return {name: self._table(name, rows) for name, rows in self._tables.items()}

    def _value(self, name: str, sample: str, value: Any) -> dict[str, Any] | None:
        if value is None:
            return None
        suffix, data, about = _encoded(value, self._data.facts.get(name, {}), name, sample)
        return self._put(f"{self._names[name]}/{slug(sample)}{suffix}", data) | about

    def _table(self, name: str, rows: "_Rows") -> dict[str, Any]:
        suffix, data = rows.encoded()
        return self._put(f"{self._names[name]}{suffix}", data)

    def _put(self, relative: str, data: bytes) -> dict[str, Any]:
        path = self._place / relative
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return {"file": relative, "sha256": hashlib.sha256(data).hexdigest()}


def _absent(values: Any) -> Any:
    """Return values in which what a model would fill by itself is absent: a folder has no model."""
    return [None if v is LEARNED else v for v in values] if isinstance(values, list) else values


class _Rows:
    """The rows of one table, in the order of the export."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.chunks: list[Any] = []

    def add(self, ids: Sequence[str], values: Any) -> list[dict[str, int] | None]:
        """Keep some rows; return the number of each, or None where the row is absent."""
        gone = [not is_table(values) and values[i] is None for i in range(len(ids))]
        kept = [i for i, absent in enumerate(gone) if not absent]
        numbers = iter(range(len(self.ids), len(self.ids) + len(kept)))
        self.ids += [ids[i] for i in kept]
        self.chunks.append(values if len(kept) == len(ids) else [values[i] for i in kept])
        return [None if absent else {"row": next(numbers)} for absent in gone]

    def encoded(self) -> tuple[str, bytes]:
        """Return one array where all rows are numbers in one, else a csv whose first column is the id."""
        chunks = [chunk for chunk in self.chunks if len(chunk)]
        if chunks and all(isinstance(c, np.ndarray) and c.dtype.kind in "fiub" for c in chunks):
            return ".npy", _npy(np.concatenate(chunks))
        rows = [row for chunk in chunks for row in _cells(chunk)]
        names = list(dict.fromkeys(name for row in rows for name in row))
        key = "id"
        while key in names:
            key = f"_{key}"
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow([key, *names])
        for sample, row in zip(self.ids, rows, strict=True):
            writer.writerow([sample, *(_cell(row.get(name)) for name in names)])
        # A lone surrogate has no UTF-8; it is written as its escape.
        return ".csv", buffer.getvalue().encode("utf-8", "backslashreplace")


def _encoded(
    value: Any, facts: Mapping[str, Any], name: str, sample: str
) -> tuple[str, bytes, dict[str, Any]]:
    if isinstance(value, str):
        return _encoded_text(value)
    if is_table(value) or is_series(value):
        about = {"shape": list(value.shape), "index": str(value.index.dtype)}
        return ".csv", value.to_csv().encode("utf-8", "backslashreplace"), about
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        where = f"an array, a text or a row in input {name!r} of sample {sample!r}"
        raise DataError(explain(where, "value", value))
    about = {"dtype": str(array.dtype), "shape": list(array.shape)}
    if _is_picture(array) and facts.get("layout") != "CHW":
        from noisebench.report._picture import png

        return ".png", png(array), about
    return ".npy", _npy(array), about


def _encoded_text(value: str) -> tuple[str, bytes, dict[str, Any]]:
    try:
        return ".txt", value.encode(), {}
    except UnicodeEncodeError:
        # A lone surrogate has no UTF-8; a JSON string holds it as an escape.
        return ".json", json.dumps(value).encode(), {}


def _is_picture(array: Any) -> bool:
    channels = array.shape[2:] or (1,)
    return (
        array.dtype == np.uint8
        and array.ndim in (2, 3)
        and channels[0] in (1, 3, 4)
        and array.size > 0
    )


def _npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _cells(chunk: Any) -> Iterator[dict[str, Any]]:
    if is_frame(chunk):
        yield from mappings(chunk)
        return
    if hasattr(chunk, "itertuples"):
        names = list(map(str, chunk.columns))
        for row in chunk.itertuples(index=False, name=None):
            yield dict(zip(names, row, strict=True))
        return
    for row in chunk:
        if is_frame(row):
            yield from mappings(row)
        elif hasattr(row, "iloc"):
            row = row.iloc[0] if row.ndim == 2 else row  # noqa: PLW2901 - a frame of one row is a row
            yield {str(name): cell for name, cell in row.to_dict().items()}
        elif isinstance(row, Mapping):
            yield {str(name): cell for name, cell in row.items()}
        else:
            yield {f"column {i + 1}": cell for i, cell in enumerate(row)}


def _cell(value: Any) -> Any:
    plain = plain_value(value)
    missing = plain is None or plain != plain or str(plain) in ("<NA>", "NaT")  # noqa: PLR0124 - NaN
    return "" if missing else plain
