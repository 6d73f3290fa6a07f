"""Data from the field as the command line names it: `package.module:object`, an array, a table, a text a line, a folder of files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from noisebench.cli._files import SUFFIXES, open_file
from noisebench.config import load_object
from noisebench.errors import ConfigError
from perturbations import get, names
from perturbations._extras import require
from perturbations.errors import explain


def read_field(where: str, modality: str, facts: Any, *, rows: bool = False) -> Any:
    """Return samples from the field: a Dataset, or the values of one input.

    Args:
        where: what the command line says.
        modality: of the input.
        facts: of the input.
        rows: whether a table is an array of numbers rather than a frame.

    Raises:
        ConfigError: there is no such file, folder or object, or it holds nothing of the modality.
    """
    path = Path(where)
    if path.is_dir():
        return _folder(path, modality, facts)
    if path.is_file():
        return _file(path, modality, rows=rows)
    if ":" not in where:
        hint = "a folder of files, an .npy, .csv or .txt file, or package.module:object"
        raise ConfigError(explain("data from the field", "field", where, hint))
    found = load_object(where, folder=Path.cwd())
    return found() if callable(found) and not hasattr(found, "inputs") else found


def _file(path: Path, modality: str, *, rows: bool = False) -> Any:
    """Return the samples that one file holds."""
    if path.suffix == ".npy":
        try:
            return np.load(path, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise ConfigError(explain("an array", "field", str(path), str(error))) from error
    if modality == "tabular" and path.suffix == ".csv":
        frame = require("pandas", extra="demo").DataFrame(_opened(path, modality, {}))
        return frame.to_numpy(dtype=np.float64) if rows else frame
    if modality == "text":
        return [line for line in _opened(path, modality, {}).splitlines() if line.strip()]
    hint = "a folder of files, or an .npy file with an axis of samples"
    raise ConfigError(explain(f"samples of {modality}", "field", str(path), hint))


def _folder(path: Path, modality: str, facts: Any) -> list[Any]:
    """Return one sample a file, in the order of their names."""
    known: Sequence[str] = SUFFIXES.get(modality, (".txt",))
    files = sorted(each for each in path.iterdir() if each.suffix.lower() in (*known, ".npy"))
    if not files:
        hint = f"files named {', '.join(known)} or .npy"
        raise ConfigError(explain(f"a folder of {modality}", "field", str(path), hint))
    return [
        _file(each, modality) if each.suffix == ".npy" else _opened(each, modality, facts)
        for each in files
    ]


def _opened(path: Path, modality: str, facts: Any) -> Any:
    any_noise = get(names(modality=modality)[0])
    rate = facts.get("rate") if modality == "timeseries" else None
    return open_file(any_noise, path, rate).value
