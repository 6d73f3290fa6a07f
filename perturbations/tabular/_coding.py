"""From containers of rows to tables and back.

Why: rows come as arrays, frames, series and mappings, with whole numbers, categories, zones of time, None and NaN. A noise
should see none of that. `encode` makes a `Table`; `decode` writes only the cells that the noise changed into a copy of the
original, so untouched cells keep their bytes, their Python type and their kind of missing.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._modality import Context
from perturbations.tabular._columns import (
    Column,
    Floats,
    Ints,
    Kind,
    Mask,
    PlainColumn,
    Writing,
    format_of,
)
from perturbations.tabular._forms import Form, open_batch, open_row, unlike
from perturbations.tabular._kinds import LABELLED, known_kinds, positions, with_formats
from perturbations.tabular._moments import NAT, representable
from perturbations.tabular._reference import TableReference
from perturbations.tabular._table import Places, Table, differing, merged


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """The way back: the original container and the table that was read from it."""

    table: Table
    form: Form | None
    """None for a list of unlike rows: then `parts` has one token a row."""
    parts: tuple["Token", ...]
    columns: Sequence[Column]
    """The columns read; none where the form is a block."""
    nan_marks: tuple[bool, ...]
    """Per column: whether an object column marks missing by NaN (or by None)."""

    @property
    def formats(self) -> dict[int, str]:
        """Formats of dates that are text, by position: the fact `date_format` that reads a like container alike."""
        columns = self.columns or (self.parts[0].columns if self.parts else ())
        return {j: form for j, column in enumerate(columns) if (form := format_of([column]))}

    @property
    def kinds(self) -> dict[int, Kind]:
        """Kind of every column by position: the fact `kinds` that reads a like container alike."""
        return dict(enumerate(self.table.kinds))


def encode(value: object, context: Context, batched: bool) -> tuple[Table, Token]:  # noqa: FBT001 - the contract's form
    """Read a container of rows, or one row, into the working form.

    A column's kind comes from the reference, else from the fact `kinds`, else from its dtype and cells. Columns that the
    fact `protect` names are not open to noise.

    Raises:
        BadValue: not a table, unlike rows, unknown kinds or columns, or other columns than the reference has.
    """
    forms = open_batch(value) if batched else [open_row(value)]
    if len(forms) > 1:
        same_names(forms)
    blocks = all(form.block is not None for form in forms)
    opened = [() if blocks else form.open() for form in forms]
    kinds = known_kinds(forms, opened, context)
    if not blocks or set(kinds) - {"numeric"}:
        forms = [replace(form, find_block=lambda: None) for form in forms]
        opened = [form.open() for form in forms] if blocks else opened
    if "date" in kinds:
        opened = with_formats(
            opened, kinds, forms[0].names, context.facts, _formats(context.reference)
        )  # type: ignore[assignment]
    marks = _marks(kinds, context.reference)
    free = _free(forms[0], context)
    parts = tuple(
        _encode_one(form, columns, kinds, marks, free)
        for form, columns in zip(forms, opened, strict=True)
    )
    if forms[0].whole:
        return parts[0].table, parts[0]
    table = _concatenate([part.table for part in parts])
    return table, Token(table, None, parts, (), marks)


def decode(table: Table, token: Token, context: Context, batched: bool) -> Any:  # noqa: FBT001 - as above
    """Write the changed cells into a copy of the original, in its container and dtypes.

    A noise that may put missing values in changes columns that are open to it and cannot hold one (whole numbers, truth
    values, text of fixed width of numpy) to a dtype that can, whether or not this draw hit them: a dtype that depends on
    the draw would depend on the batch.
    """
    if token.form is None:
        return [decode(part, t, context, False) for part, t in _parts(table, token)]
    form, before = token.form, token.table
    block = _at_once(form, table, missing=context.missing)
    if block is not None and form.close_block is not None:
        numbers = table.numbers, before.numbers
        return form.close_block(_block(block, *numbers, missing=context.missing))
    columns = token.columns or form.open()
    raw = [column.raw for column in columns]
    for j, at in enumerate(table.at.numbers):
        how = _writing(table, token, at, missing=context.missing)
        if how.missing or table.numbers is not before.numbers:
            raw[at] = _numbers(columns[at], table.numbers[:, j], before.numbers[:, j], how)
    for j, at in enumerate(table.at.labels):
        how = _writing(table, token, at, missing=context.missing)
        if how.missing or table.labels is not before.labels:
            raw[at] = _labels(columns[at], table, before, j, how)
    for j, at in enumerate(table.at.moments):
        if table.moments is not before.moments:
            how = _writing(table, token, at, missing=context.missing)
            raw[at] = _moments(columns[at], table.moments[:, j], before.moments[:, j], how)
    return form.close(raw)


def _at_once(form: Form, table: Table, *, missing: bool) -> NDArray[Any] | None:
    """Return the block of numbers where it can be written as one.

    Whole numbers that are closed to a noise that makes gaps keep their dtype, and are written column by column.
    """
    block = form.block
    if block is None or block.dtype.kind == "f" or table.open.all() or not missing:
        return block
    return None


def _writing(table: Table, token: Token, at: int, *, missing: bool) -> Writing:
    may_miss = missing and bool(table.open[at])
    return Writing(table.names[at], missing=may_miss, nan_mark=token.nan_marks[at])


def _block(block: NDArray[Any], new: Floats, old: Floats, *, missing: bool) -> NDArray[Any]:
    if np.may_share_memory(new, old):
        # Whoever gets the noisy table may write to it.
        new = new.copy(order="K")
    cells: NDArray[Any] = PlainColumn(block).with_numbers(new, old, Writing("all", missing=missing))
    return cells


def _numbers(column: Column, new: Floats, old: Floats, how: Writing) -> Any:
    if not how.missing and np.array_equal(new, old, equal_nan=True):
        return column.raw
    return column.with_numbers(new, old, how)


def _labels(column: Column, table: Table, before: Table, j: int, how: Writing) -> Any:
    at = np.flatnonzero(differing(table, before, j))
    if not len(at) and not how.missing:
        return column.raw
    chosen = np.zeros(len(table), dtype=bool)
    chosen[at] = True
    return column.with_labels(at, table.label_objects(j, chosen), how)


def _moments(column: Column, new: Ints, old: Ints, how: Writing) -> Any:
    at = np.flatnonzero((new != old) & ((new == NAT) | representable(new)))
    return column.with_moments(at, new[at], how) if len(at) else column.raw


def same_names(forms: Sequence[Form]) -> tuple[Hashable, ...]:
    """Return the column names that all forms share.

    Raises:
        BadValue: a row has other columns than the first.
    """
    names = forms[0].names
    for i, form in enumerate(forms):
        if form.names != names:
            raise unlike(names, form.names, i)
    return names


def _free(form: Form, context: Context) -> Mask:
    """Return which columns noise may touch: all but those that the fact `protect` names."""
    protected = context.facts.get("protect", ())
    listed = protected if isinstance(protected, tuple | list) else (protected,)
    free = np.ones(form.width, dtype=bool)
    for label in listed:
        free[positions(label, form.names, "protect")] = False
    return free


def _marks(kinds: Sequence[Kind], reference: TableReference | None) -> tuple[bool, ...]:
    if reference is not None:
        return tuple(column.nan_mark for column in reference.columns)
    return tuple(kind == "numeric" for kind in kinds)


def _formats(reference: TableReference | None) -> list[str]:
    columns = () if reference is None else reference.columns
    return [getattr(column, "format", "") for column in columns]


def _encode_one(
    form: Form,
    columns: Sequence[Column],
    kinds: tuple[Kind, ...],
    marks: tuple[bool, ...],
    free: Mask,
) -> Token:
    at, rows = _places(kinds), form.rows
    if form.block is not None:
        numbers = form.block.astype(np.float64, copy=False).view()
        names: Sequence[Hashable] = ()
    else:
        names = form.names
        numbers = _beside([columns[j].numbers(names[j]) for j in at.numbers], rows, np.float64)
    labelled = [columns[j].labels() for j in at.labels]
    table = Table(
        numbers=_fixed(numbers),
        labels=_fixed(_beside([found.codes for found in labelled], rows, np.int64)),
        moments=_fixed(_beside([columns[j].moments(names[j]) for j in at.moments], rows, np.int64)),
        levels=tuple(found.levels for found in labelled),
        naming=lambda: form.names,
        kinds=kinds,
        at=at,
        open=free,
        closed=np.array([columns[j].closed for j in at.labels], dtype=bool),
        holds=tuple(columns[j].holds for j in at.labels),
    )
    return Token(table, form, (), columns, marks)


@lru_cache(maxsize=64)
def _places(kinds: tuple[Kind, ...]) -> Places:
    return Places(
        np.array([j for j, kind in enumerate(kinds) if kind == "numeric"], dtype=np.intp),
        np.array([j for j, kind in enumerate(kinds) if kind in LABELLED], dtype=np.intp),
        np.array([j for j, kind in enumerate(kinds) if kind == "date"], dtype=np.intp),
    )


def _fixed(cells: NDArray[Any]) -> NDArray[Any]:
    cells.flags.writeable = False
    return cells


def _beside(columns: Sequence[NDArray[Any]], rows: int, dtype: type) -> NDArray[Any]:
    """Put columns beside each other, each in one piece of memory."""
    if not columns:
        return _nothing(rows, dtype)
    out: NDArray[Any] = np.empty((len(columns), rows), dtype=dtype).T
    for j, column in enumerate(columns):
        out[:, j] = column
    return out


@lru_cache(maxsize=16)
def _nothing(rows: int, dtype: type) -> NDArray[Any]:
    """Return rows without a column."""
    return _fixed(np.empty((rows, 0), dtype=dtype))


def _concatenate(tables: Sequence[Table]) -> Table:
    first = tables[0]
    levels = list(first.levels)
    labels = [np.empty((len(table), len(levels)), dtype=np.int64) for table in tables]
    for j in range(len(levels)):
        for table, codes in zip(tables, labels, strict=True):
            levels[j], found = merged(levels[j], table.levels[j])
            codes[:, j] = np.append(found, -1)[table.labels[:, j]]
    return replace(
        first,
        numbers=_fixed(np.concatenate([table.numbers for table in tables])),
        labels=_fixed(np.concatenate(labels)),
        moments=_fixed(np.concatenate([table.moments for table in tables])),
        levels=tuple(levels),
    )


def _parts(table: Table, token: Token) -> Iterator[tuple[Table, Token]]:
    start = 0
    for part in token.parts:
        rows = slice(start, start + len(part.table))
        yield (
            replace(
                table,
                numbers=table.numbers[rows],
                labels=table.labels[rows],
                moments=table.moments[rows],
            ),
            part,
        )
        start = rows.stop
