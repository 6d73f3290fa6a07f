"""What kind of column each is: the reference's word, else a declared fact, else what its cells look like."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, get_args

from perturbations._modality import Context
from perturbations.errors import BadValue, did_you_mean, explain
from perturbations.tabular._columns import Column, Kind, formatted
from perturbations.tabular._forms import Form, few

KINDS: tuple[Kind, ...] = get_args(Kind)
LABELLED = frozenset({"categorical", "boolean", "text"})
"""Kinds whose cells are labels."""
_FEW_CELLS = 20
"""Fewer cells than this do not tell free text from categories."""


def known_kinds(
    forms: Sequence[Form], columns: Sequence[Sequence[Column]], context: Context
) -> tuple[Kind, ...]:
    """Return the kind of every column; no columns are given of blocks of numbers.

    Raises:
        BadValue: the reference has other columns, or the fact `kinds` names no such column or kind.
    """
    reference = context.reference
    if reference is None:
        return _seen_kinds(forms[0], columns, context.facts)
    names = forms[0].names
    if names != reference.names and not (
        forms[0].positional and len(names) == len(reference.names)
    ):
        hint = "fit the noise on rows with the same columns in the same order"
        expected = f"the columns of the reference {few(reference.names)}"
        raise BadValue(explain(expected, "columns", few(names), hint))
    kinds: tuple[Kind, ...] = reference.kinds
    return kinds


def _seen_kinds(
    form: Form, columns: Sequence[Sequence[Column]], facts: Mapping[str, Any]
) -> tuple[Kind, ...]:
    declared = declared_kinds(facts, form.names) if facts.get("kinds") is not None else {}
    if not columns[0] and not declared:
        kind: Kind = "numeric"
        return (kind,) * form.width
    return tuple(declared[j] if j in declared else _seen(columns, j) for j in range(form.width))


def declared_kinds(facts: Mapping[str, Any], names: Sequence[Hashable]) -> dict[int, Kind]:
    """Return the kinds that the fact `kinds` declares, by position.

    Raises:
        BadValue: it is no mapping, or names no such column or kind.
    """
    kinds = facts.get("kinds")
    if kinds is None:
        return {}
    if not isinstance(kinds, Mapping):
        raise BadValue(explain("a mapping from column to kind", "kinds", kinds))
    found: dict[int, Kind] = {}
    for label, kind in kinds.items():
        if kind not in KINDS:
            hint = did_you_mean(str(kind), KINDS)
            raise BadValue(explain(f"one of {', '.join(KINDS)}", f"kinds[{label!r}]", kind, hint))
        for j in positions(label, names, "kinds"):
            found[j] = kind
    return found


def with_formats(
    columns: Sequence[Sequence[Column]],
    kinds: Sequence[Kind],
    names: Sequence[Hashable],
    facts: Mapping[str, Any],
    known: Sequence[str] = (),
) -> list[list[Column]]:
    """Return the columns of every form with those of dates that are text read by their format.

    That is what the fact `date_format` says (of all columns, or by column), else what the reference found (`known`), else
    the one that all cells fit.

    Raises:
        BadValue: the fact names no such column, or the cells do not tell day from month.
    """
    out = [list(each) for each in columns]
    given = declared_formats(facts, names)
    for j in [j for j, kind in enumerate(kinds) if kind == "date"]:
        form = given.get(j, "") or (known[j] if known else "")
        for each, piece in zip(
            out, formatted([each[j] for each in out], names[j], form), strict=True
        ):
            each[j] = piece
    return out


def declared_formats(facts: Mapping[str, Any], names: Sequence[Hashable]) -> dict[int, str]:
    """Return the formats that the fact `date_format` declares, by position.

    Raises:
        BadValue: it is neither a format nor a mapping from column to format, or names no such column.
    """
    given = facts.get("date_format")
    if isinstance(given, str):
        return dict.fromkeys(range(len(names)), given)
    if given is not None and not isinstance(given, Mapping):
        hint = 'such as "%d/%m/%Y"'
        raise BadValue(explain("a format, or one by column", "date_format", given, hint))
    pairs = (given or {}).items()
    return {j: str(form) for label, form in pairs for j in positions(label, names, "date_format")}


def positions(label: object, names: Sequence[Hashable], what: str) -> list[int]:
    """Return where a column stands that is given by name or by position; several may share a name.

    Raises:
        BadValue: there is none.
    """
    named = [j for j, name in enumerate(names) if name == label]
    if named:
        return named
    number = int(label) if isinstance(label, str) and label.isdecimal() else label
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(names):
        return [number]
    texts = [j for j, name in enumerate(names) if str(name) == label]
    if texts:
        return texts
    hint = did_you_mean(str(label), map(str, names))
    raise BadValue(explain("a column name or position", what, label, hint))


def is_free_text(labels: int, cells: int, levels: Sequence[object]) -> bool:
    """Tell whether words are free text or names of single rows: more than half of them stand in no other row."""
    return cells >= _FEW_CELLS and 2 * labels > cells and all(isinstance(x, str) for x in levels)


def _seen(columns: Sequence[Sequence[Column]], j: int) -> Kind:
    if not columns[0]:
        return "numeric"
    signs = {opened[j].looks() for opened in columns} - {""}
    return signs.pop() if len(signs) == 1 else "categorical"  # type: ignore[return-value]
