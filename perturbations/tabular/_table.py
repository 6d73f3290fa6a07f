"""A table as noise sees it: numbers in one array, categories in another, and the way back.

Why: rows come as arrays, frames, series and mappings, with integers, pandas categories, None and NaN. A noise
should see none of that. `encode` makes a `Table`; `decode` writes only the cells that the noise changed into a
copy of the original, so untouched cells keep their bytes, their Python type and their kind of missing.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from perturbations._modality import Context
from perturbations.errors import BadValue, did_you_mean, explain
from perturbations.tabular._cells import (
    absent,
    differing,
    evidence,
    read_categories,
    read_numbers,
    write_categories,
    write_numbers,
)
from perturbations.tabular._forms import Form, open_batch, open_row
from perturbations.tabular._reference import (
    TableReference,
)

Kind = Literal["numeric", "categorical"]
KINDS: tuple[Kind, ...] = ("numeric", "categorical")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """n rows of mixed columns, in the columns' own units."""

    numeric: NDArray[np.float64]
    """Shape (n, p); NaN is missing."""
    categorical: NDArray[np.object_]
    """Shape (n, q); None is missing."""
    names: tuple[Hashable, ...]
    """Names of all p + q columns, in the order of the original."""
    numeric_at: tuple[int, ...]
    """Where the numeric columns stand among `names`."""
    categorical_at: tuple[int, ...]
    """Where the categorical columns stand among `names`."""

    def __len__(self) -> int:
        return len(self.numeric)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the original; draw in this shape, so that a cell keeps its number."""
        return len(self), len(self.names)

    def split(self, cells: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Split an array of `shape` into the cells of numeric and of categorical columns."""
        return cells[:, list(self.numeric_at)], cells[:, list(self.categorical_at)]

    @property
    def present(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which numeric and which categorical cells hold a value."""
        return ~np.isnan(self.numeric), ~absent(self.categorical)

    def filled(self, reference: TableReference | None) -> "Table":
        """Return rows of column means and most frequent categories; of zeros and no category without a reference."""
        numeric = np.zeros_like(self.numeric)
        categorical = np.full_like(self.categorical, None)
        if reference is not None:
            numeric[:] = [column.mean for column in reference.numeric]
            for j, column in enumerate(reference.categorical):
                categorical[:, j] = column.most_frequent
        return replace(self, numeric=numeric, categorical=categorical)


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """The way back: the original container and the table that was read from it."""

    table: Table
    form: Form | None
    """None for a list of unlike rows: then `parts` has one token a row."""
    parts: tuple["Token", ...]
    nan_marks: tuple[bool, ...]
    """Per column: whether an object column marks missing by NaN (or by None)."""

    @property
    def kinds(self) -> dict[int, Kind]:
        """Kind of every column by position: the fact `kinds` that reads a like container alike."""
        kinds: dict[int, Kind] = dict.fromkeys(self.table.numeric_at, "numeric")
        return kinds | dict.fromkeys(self.table.categorical_at, "categorical")


def replace_numbers(table: Table, numeric: NDArray[np.float64]) -> Table:
    """Return the table with other numbers."""
    return replace(table, numeric=numeric)


def encode(value: object, context: Context, batched: bool) -> tuple[Table, Token]:  # noqa: FBT001 - the contract's form
    """Read a container of rows, or one row, into the working form.

    A column's kind comes from the reference, else from the fact `kinds`, else from its dtype and cells.

    Raises:
        BadValue: not a table, unlike rows, unknown kinds, or other columns than the reference has.
    """
    forms = open_batch(value) if batched else [open_row(value)]
    names = same_names(forms)
    kinds = known_kinds(forms, names, context)
    marks = _marks(kinds, context.reference)
    parts = tuple(_encode_one(form, kinds, marks) for form in forms)
    if forms[0].whole:
        return parts[0].table, parts[0]
    table = _concatenate([part.table for part in parts])
    return table, Token(table, None, parts, marks)


def decode(table: Table, token: Token, context: Context, batched: bool) -> Any:  # noqa: FBT001 - as above
    """Write the changed cells into a copy of the original, in its container and dtypes.

    A noise that may put missing values in changes columns that cannot hold one (integers, booleans,
    fixed-width text) to a dtype that can, whether or not this draw hit them: a dtype that depends on the draw would depend on the batch.
    """
    if token.form is None:
        return [decode(part, t, context, False) for part, t in _parts(table, token)]
    missing = context.missing
    changed = _changed_numbers(token.table.numeric, table.numeric)
    if token.form.block is not None:
        cells = write_numbers(token.form.block, changed, table.numeric, missing=missing)
        return token.form.close([cells])
    columns = list(token.form.columns)
    for j, at in enumerate(table.numeric_at):
        mark, cells = token.nan_marks[at], table.numeric[:, j]
        columns[at] = write_numbers(
            columns[at], changed[:, j], cells, missing=missing, nan_mark=mark
        )
    other = differing(token.table.categorical, table.categorical)
    for j, at in enumerate(table.categorical_at):
        columns[at] = write_categories(
            columns[at],
            other[:, j],
            table.categorical[:, j],
            missing=missing,
            nan_mark=token.nan_marks[at],
            label=table.names[at],
        )
    return token.form.close(columns)


def known_kinds(
    forms: Sequence[Form], names: Sequence[Hashable], context: Context
) -> tuple[Kind, ...]:
    """Return the kind of every column: the reference's, else declared, else numeric where every cell is a number.

    Raises:
        BadValue: the reference has other columns, or the fact `kinds` names no such column or kind.
    """
    reference: TableReference | None = context.reference
    if reference is None:
        declared = _declared(context.facts.get("kinds"), names)
        return tuple(declared[j] if j in declared else _seen(forms, j) for j in range(len(names)))
    if names != reference.names and not (
        forms[0].positional and len(names) == len(reference.names)
    ):
        hint = "fit the noise on rows with the same columns in the same order"
        expected = f"the columns of the reference {_few(reference.names)}"
        raise BadValue(explain(expected, "columns", _few(names), hint))
    return reference.kinds


def _declared(kinds: object, names: Sequence[Hashable]) -> dict[int, Kind]:
    if kinds is None:
        return {}
    if not isinstance(kinds, Mapping):
        raise BadValue(explain("a mapping from column to kind", "kinds", kinds))
    found: dict[int, Kind] = {}
    for label, kind in kinds.items():
        if kind not in KINDS:
            raise BadValue(explain("numeric or categorical", f"kinds[{label!r}]", kind))
        for j in _positions(label, names):
            found[j] = kind
    return found


def _positions(label: object, names: Sequence[Hashable]) -> list[int]:
    named = [j for j, name in enumerate(names) if name == label]
    if named:
        return named
    number = int(label) if isinstance(label, str) and label.isdecimal() else label
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(names):
        return [number]
    hint = did_you_mean(str(label), map(str, names))
    raise BadValue(explain("a column name or position", "kinds", label, hint))


def _seen(forms: Sequence[Form], j: int) -> Kind:
    signs = {evidence(form.columns[j]) for form in forms}
    return "numeric" if "numeric" in signs and "categorical" not in signs else "categorical"


def same_names(forms: Sequence[Form]) -> tuple[Hashable, ...]:
    """Return the column names that all forms share.

    Raises:
        BadValue: a row has other columns than the first.
    """
    names = forms[0].names
    for i, form in enumerate(forms):
        if form.names != names:
            expected = f"the columns of the first row {_few(names)}"
            raise BadValue(explain(expected, f"values[{i}]", _few(form.names)))
    return names


def _marks(kinds: Sequence[Kind], reference: TableReference | None) -> tuple[bool, ...]:
    if reference is not None:
        return tuple(column.nan_mark for column in reference.columns)
    return tuple(kind == "numeric" for kind in kinds)


def _encode_one(form: Form, kinds: Sequence[Kind], marks: tuple[bool, ...]) -> Token:
    numeric_at = tuple(j for j, kind in enumerate(kinds) if kind == "numeric")
    categorical_at = tuple(j for j, kind in enumerate(kinds) if kind == "categorical")
    if form.block is not None and categorical_at:
        form = replace(form, block=None)
    if form.block is not None:
        numbers = read_numbers(form.block, "all").view()
    else:
        columns = [read_numbers(form.columns[j], form.names[j]) for j in numeric_at]
        numbers = _beside(columns, form.rows, float)
    categories = _beside(
        [read_categories(form.columns[j]) for j in categorical_at], form.rows, object
    )
    table = Table(_fixed(numbers), _fixed(categories), form.names, numeric_at, categorical_at)
    return Token(table, form, (), marks)


def _fixed(cells: NDArray[Any]) -> NDArray[Any]:
    cells.flags.writeable = False
    return cells


def _beside(columns: Sequence[NDArray[Any]], rows: int, dtype: type) -> NDArray[Any]:
    out: NDArray[Any] = np.empty((rows, len(columns)), dtype=dtype)
    for j, column in enumerate(columns):
        out[:, j] = column
    return out


def _concatenate(tables: Sequence[Table]) -> Table:
    numeric = _fixed(np.concatenate([table.numeric for table in tables]))
    categorical = _fixed(np.concatenate([table.categorical for table in tables]))
    return replace(tables[0], numeric=numeric, categorical=categorical)


def _parts(table: Table, token: Token) -> Iterator[tuple[Table, Token]]:
    start = 0
    for part in token.parts:
        rows = slice(start, start + len(part.table))
        yield (
            replace(table, numeric=table.numeric[rows], categorical=table.categorical[rows]),
            part,
        )
        start = rows.stop


def _changed_numbers(old: NDArray[np.float64], new: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray((old != new) & ~(np.isnan(old) & np.isnan(new)))


def _few(names: Iterable[Hashable], *, most: int = 8) -> list[Hashable | str]:
    shown = list(names)
    return shown if len(shown) <= most else [*shown[:most], "..."]
