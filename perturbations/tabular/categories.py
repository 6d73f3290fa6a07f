"""Wrong categories: the neighbour in a list is ticked, look-alikes are taken for each other, new ones appear."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.tabular._columns import Ints, Mask
from perturbations.tabular._reference import LabelColumn, TableReference
from perturbations.tabular._report import done
from perturbations.tabular._similar import other_word, partners
from perturbations.tabular._table import Columns, Table, merged, uniform_at


@perturbation(coupling="mask", measure="changed")
def category_swap(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="share of categories", high=1.0),
    columns: Columns = (),
    reference: TableReference,
) -> Noisy:
    """Another category is recorded: the wrong code is typed, the wrong box is ticked.

    A category becomes another one of its column, as often as that one comes in the clean data: never itself, and never a new
    one. `cell-swap` may draw the same one again, and keeps the frequencies.

    Severity: the probability that a category is wrong; the ladder is our choice.

    Settings:
        columns: names or positions of the columns to change; all categorical ones when empty.

    Raises:
        NotApplicable: there is no categorical column.

    References:
        Natarajan et al., Learning with noisy labels, NeurIPS 2013: class-conditional noise, here in a feature.
    """
    table = value.only(columns, ("categorical",))
    hit, picked = table.hit(draw, share).labels, uniform_at(draw, "other", table.at.labels)
    return _recoded(
        value, table, reference, share, hit, lambda c, own, j, rows: _other(c, own, picked[rows, j])
    )


@perturbation(coupling="mask", measure="changed")
def similar_category(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="share of categories", high=1.0),
    columns: Columns = (),
    reference: TableReference,
) -> Noisy:
    """A category is taken for the one most like it: Austria for Australia, "agree" for "disagree", 3 for 4.

    Most like it is the neighbour in a declared order; of numbers the nearest; of texts the one with the fewest edits for its
    length. Of equals it is the most frequent one. It is the same for every row.

    Severity: the probability that a category is taken for its look-alike; the ladder is our choice.

    Settings:
        columns: names or positions of the columns to change; all categorical ones when empty.

    Raises:
        NotApplicable: there is no categorical column.

    References:
        Levenshtein, Soviet Physics Doklady 10 (1966): distance by edits.
        Christen, Data Matching (2012): confusion of similar values.
    """
    table = value.only(columns, ("categorical",))
    hit = table.hit(draw, share).labels

    def alike(column: LabelColumn, own: Ints, j: int, rows: Mask) -> Ints:
        key = ("partners", j)
        if key not in reference.made:
            reference.made[key] = np.append(partners(column), -1)
        return np.asarray(reference.made[key][own])

    return _recoded(value, table, reference, share, hit, alike)


@perturbation(coupling="mask", measure="changed")
def unseen_category(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="share of categories", high=1.0),
    label: str = "unseen",
    columns: Columns = (),
    reference: TableReference,
) -> Noisy:
    """A category that no clean row has: a new product, a renamed code, a country that was not there before.

    It is one new label a column: `label`, or the next whole number where all categories are whole numbers. A dtype that
    lists its categories (pandas Categorical, polars Enum) lists it too from then on, behind its own. A column that cannot
    hold the label (of complex numbers, of periods) stays.

    Severity: the probability that a category is replaced by the new one; the ladder is our choice.

    Settings:
        label: the new category.
        columns: names or positions of the columns to change; all categorical ones when empty.

    Raises:
        NotApplicable: there is no categorical column that can hold a new label.

    References:
        Schelter et al., JENGA (EDBT 2021): categorical shift; Breck et al., Data validation for machine learning, MLSys
        2019: values outside the domain.
    """
    table = value.only(columns, ("categorical",))
    new = [
        other_word(label, column.labels) if isinstance(column, LabelColumn) else label
        for column in reference.labelled
    ]
    table = table.holding(new)
    hit, noisy = table.hit(draw, share).labels & table.present.labels, table
    for j in _open_to(table):
        if (rows := hit[:, j]).any() and isinstance(reference.labelled[j], LabelColumn):
            noisy = noisy.relabelled(j, rows, [new[j]] * int(rows.sum()))
    return done(value, noisy, requested=share)


@perturbation(coupling="mask", measure="changed")
def flag_flip(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.25, 0.5, unit="share of truth values", high=1.0),
    columns: Columns = (),
    reference: TableReference,
) -> Noisy:
    """A flag is wrong: yes for no, a box ticked or left, a default that nobody changed.

    A truth value becomes the other one. A column of other values is one when it is declared "boolean" and has two of them (0
    and 1, yes and no). The same draw twice gives the clean row back. At 0.5 the flag says nothing any more.

    Severity: the probability that a truth value is wrong; the ladder is our choice.

    Settings:
        columns: names or positions of the columns to change; all boolean ones when empty.

    Raises:
        NotApplicable: there is no boolean column.

    References:
        Bross, Misclassification in 2 x 2 tables, Biometrics 10 (1954).
    """
    table = value.only(columns, ("boolean",))
    hit, noisy, able = (
        table.hit(draw, share).labels,
        table,
        np.zeros(table.labels.shape, dtype=bool),
    )
    for j in _open_to(table):
        levels, other = _negation(reference.labelled[j], table, j)
        to = np.append(other, -1)[table.labels[:, j]]
        able[:, j] = to >= 0
        codes = np.where(hit[:, j] & able[:, j], to, table.labels[:, j])
        noisy = _with_codes(noisy, j, codes, levels)
    return done(value, noisy, requested=share, eligible=table.mark(labels=able))


def _negation(column: object, table: Table, j: int) -> tuple[tuple[object, ...], Ints]:
    """Return the levels with both values of a flag, and which is the other of each."""
    own = table.levels[j]
    known = column.labels if isinstance(column, LabelColumn) else ()
    both = (
        (False, True)
        if all(isinstance(level, bool | np.bool_) for level in (*own, *known))
        else known
    )
    levels, codes = merged(own, both)
    other = np.full(len(levels), -1, dtype=np.int64)
    if len(codes) == 2:
        other[codes] = codes[::-1]
    return levels, other


def _recoded(
    value: Table, table: Table, reference: TableReference, share: float, hit: Mask, choose: object
) -> Noisy:
    """Put other categories of the reference where cells are hit; `choose` says which."""
    noisy, able = table, np.zeros(table.labels.shape, dtype=bool)
    for j in _open_to(table):
        column = reference.labelled[j]
        if not isinstance(column, LabelColumn) or len(column.labels) < 2:
            continue
        own = np.append(reference.codes(j, table.levels[j]), -1)[table.labels[:, j]]
        able[:, j] = table.labels[:, j] >= 0
        rows = hit[:, j] & able[:, j]
        new = choose(column, own[rows], j, rows)  # type: ignore[operator]
        levels, codes = merged(table.levels[j], column.labels)
        to = table.labels[:, j].copy()
        to[rows] = np.where(new >= 0, codes[new], to[rows])
        noisy = _with_codes(noisy, j, to, levels)
    return done(value, noisy, requested=share, eligible=table.mark(labels=able))


def _other(column: LabelColumn, own: Ints, uniform: NDArray[np.float64]) -> Ints:
    """Return another category for each, by frequency among all others; any for one that the reference lacks."""
    counts = np.array(column.counts)
    ends = np.cumsum(counts)
    start = np.where(own >= 0, ends[own] - counts[own], ends[-1])
    held = np.where(own >= 0, counts[own], 0)
    at = np.floor(uniform * (ends[-1] - held)).astype(np.int64)
    picked = np.searchsorted(ends, at + np.where(at >= start, held, 0), side="right")
    return np.asarray(picked, dtype=np.int64)


def _with_codes(table: Table, j: int, codes: Ints, levels: tuple[object, ...]) -> Table:
    """Return the table with other codes and levels of its j-th labelled column."""
    labels = table.labels.copy()
    labels[:, j] = codes
    return replace(
        table,
        labels=labels,
        levels=(*table.levels[:j], levels, *table.levels[j + 1 :]),
    )


def _open_to(table: Table) -> list[int]:
    return [int(j) for j in np.flatnonzero(table.allowed.labels)]
