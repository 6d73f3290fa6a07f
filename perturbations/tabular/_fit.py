"""Clean rows summarised, once, for the noises that need to know the columns."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from perturbations._modality import Context
from perturbations.tabular._cells import missing_cells, read_categories, read_numbers
from perturbations.tabular._forms import open_batch
from perturbations.tabular._reference import (
    CategoricalColumn,
    NumericColumn,
    TableReference,
    categorical_column,
    numeric_column,
)
from perturbations.tabular._table import Kind, known_kinds, same_names


def fit(values: Any, facts: Mapping[str, Any]) -> TableReference:
    """Summarise the columns of clean rows.

    Raises:
        BadValue: not a table, unlike rows, unknown kinds, or categories that cannot be counted.
    """
    forms = open_batch(values)
    names = same_names(forms)
    kinds = known_kinds(forms, names, Context(facts))
    columns: list[NumericColumn | CategoricalColumn] = []
    for j, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        pieces = [form.columns[j] for form in forms]
        mark = _nan_mark(pieces, kind)
        if kind == "numeric":
            cells = np.concatenate([read_numbers(piece, name) for piece in pieces])
            columns.append(numeric_column(cells, nan_mark=mark))
        else:
            texts = np.concatenate([read_categories(piece) for piece in pieces])
            columns.append(categorical_column(texts, nan_mark=mark))
    return TableReference(names, tuple(columns))


def _nan_mark(pieces: Sequence[Any], kind: Kind) -> bool:
    """Return how objects of a column mark missing: as its first missing cell does."""
    for piece in pieces:
        if isinstance(piece, np.ndarray) and piece.dtype.kind == "O":
            gone = np.flatnonzero(missing_cells(piece))
            if len(gone):
                return piece[gone[0]] is not None
    return kind == "numeric"
