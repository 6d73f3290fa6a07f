"""What was understood of a table, in words: the kinds of its columns, and what somebody who knows the data may want to mend.

Why: an integer that is a code gets measurement error, a date in a text column gets none, and no curve says so. The kinds are
therefore shown wherever an audit is announced or reported.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from perturbations.tabular._fit import fit
from perturbations.tabular._kinds import KINDS, declared_kinds, positions
from perturbations.tabular._reference import (
    ColumnReference,
    DateColumn,
    LabelColumn,
    NumericColumn,
    TextColumn,
)

MOST_CODES = 12
"""More different whole numbers than this are taken for amounts without a word."""
_OFTEN = 4
"""Codes come at least so often each, in the mean."""
_SHOWN = 8
"""Names that are listed of one kind."""
_WORDS = {
    "numeric": "numbers",
    "date": "dates",
    "categorical": "categories",
    "boolean": "truth values",
    "text": "free text, or names of single rows",
}


def describe(values: Any, facts: Mapping[str, Any]) -> dict[str, str]:
    """Return what was understood of a table: the columns of each kind, and by column what is in doubt.

    Raises:
        BadValue: it is no table, or the facts do not fit it.
    """
    reference = fit(values, facts)
    declared = declared_kinds(facts, reference.names)
    free = facts.get("protect", ())
    listed = free if isinstance(free, tuple | list) else (free,)
    kept = {j for label in listed for j in positions(label, reference.names, "protect")}
    named = list(zip(map(str, reference.names), reference.columns, strict=True))
    said: dict[str, str] = {}
    for kind in KINDS:
        found = [(name, column) for name, column in named if column.kind == kind]
        if found:
            said[f"{_WORDS[kind]} ({len(found)})"] = _listed(found)
    for j, (name, column) in enumerate(named):
        doubt = _emptiness(column) or ("" if j in declared or j in kept else _doubt(column))
        if doubt:
            said[f"note on {name}"] = doubt
    return said


def _listed(found: Sequence[tuple[str, ColumnReference]]) -> str:
    shown = [_shown(name, column) for name, column in found[:_SHOWN]]
    more = f", and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(shown) + more


def _shown(name: str, column: ColumnReference) -> str:
    if isinstance(column, LabelColumn) and column.kind == "categorical":
        return f"{name} ({column.distinct} label{'s' * (column.distinct != 1)})"
    return name


def _emptiness(column: ColumnReference) -> str:
    if not column.count:
        return "holds nothing: noise has nothing to change in it"
    if column.distinct == 1 and column.count > 1:
        return "holds one value only"
    return ""


def _doubt(column: ColumnReference) -> str:
    """Say why the kind that was seen may be the wrong one; nothing where there is no doubt."""
    if isinstance(column, NumericColumn):
        return _doubt_of_numbers(column)
    words = _words(column)
    if words and all(map(_reads_as_date, words)):
        return 'holds text that reads as dates; if it is, declare its kind: "date"'
    if words and all(map(_reads_as_number, words)):
        return "holds text that reads as numbers; if it is, make the column numeric first"
    return ""


def _doubt_of_numbers(column: NumericColumn) -> str:
    whole = column.step >= 1
    if not whole or column.count < _OFTEN * 2:
        return ""
    if column.distinct == 2:
        return 'holds two whole numbers only; if it is a flag, declare its kind: "boolean"'
    if column.distinct <= MOST_CODES and column.count >= _OFTEN * column.distinct:
        return (
            f"holds {column.distinct} different whole numbers only; if they are codes and no amounts, "
            'declare its kind: "categorical"'
        )
    span = column.grid[-1] - column.grid[0]
    if column.distinct == column.count and span <= 1.01 * column.count:
        return 'counts the rows; if it is their number or key, keep noise off it with the fact "protect"'
    return ""


def _words(column: ColumnReference) -> tuple[str, ...]:
    if isinstance(column, DateColumn | NumericColumn):
        return ()
    values = column.sample if isinstance(column, TextColumn) else column.labels
    return tuple(value for value in values if isinstance(value, str)) if _all_text(values) else ()


def _all_text(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _reads_as_date(word: str) -> bool:
    try:
        dt.datetime.fromisoformat(word)
    except ValueError:
        return False
    return "-" in word


def _reads_as_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
