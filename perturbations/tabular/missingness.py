"""Cells that are not there: fields left empty, sensors off, records lost, joins without a match.

Why: "30 % missing" may mean cells or rows, and how much it harms depends on why the cells are lost. The three mechanisms of
Rubin have a noise each in which the dose counts cells; `incomplete-rows` has all three with a dose that counts rows.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, did_you_mean, explain
from perturbations.tabular._chance import check_law, value_tables
from perturbations.tabular._columns import Floats, Ints, Mask, ends_of
from perturbations.tabular._drivers import cell_chances, driver_of, row_chance, without
from perturbations.tabular._moments import NAT, read_object
from perturbations.tabular._reference import TableReference
from perturbations.tabular._report import done, newly_missing
from perturbations.tabular._table import Cells, Columns, Table, any_cell, uniform_at

MECHANISMS = ("MCAR", "MAR", "MNAR")
_SHARE_OF_CELLS = Ladder(0.05, 0.1, 0.2, 0.35, 0.5, unit="share of cells", high=1.0)


@perturbation(coupling="mask", missing=True, measure="missing")
def missing(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.35, 0.5, unit="share of cells", high=1.0),
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """Values are lost completely at random: each cell on its own, whatever it holds (MCAR).

    A share of cells, not of rows: with p columns a row stays complete with probability (1 - share)^p; `incomplete-rows`
    counts rows. A cell lost at one severity is lost at every higher one. Cells are lost as their column writes it (NaN, NA,
    NaT, null or None). Integer and boolean columns of numpy become float64.

    Severity: the probability that a cell is lost.

    Settings:
        columns: names or positions of the columns that lose cells; all when empty.

    References:
        Rubin, Inference and missing data, Biometrika 63 (1976): missing completely at random.
    """
    return _lose(value, value.only(columns), draw, share, share)


@perturbation(coupling="mask", missing=True, measure="missing")
def missing_mar(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.05, 0.1, 0.2, 0.35, 0.5, unit="share of cells of other columns", high=1.0
    ),
    driver: str | None = None,
    direction: str = "high",
    strength: float = 2.0,
    columns: Columns = (),
    reference: TableReference,
) -> Noisy:
    """Values are lost where another column says so: income is not given by the old, a test is not run on the small (MAR).

    The driver is one column, which is never lost. A cell of any other column in row i is lost with the probability
    expit(a + strength * s_i), independently given the driver; s_i in [-1, 1] is the score of the driver's value: 2 r - 1 of
    its rank r among the clean values (its mid-distribution in 201 bins; categories from the most frequent to the rarest). The
    intercept a is solved so that the mean over the clean rows is the dose, exactly. A missing driver has rank 1/2.

    Severity: the expected share of lost cells, of the columns other than the driver.

    Settings:
        driver: name or position of the column; drawn once for the run when not given.
        direction: the driver's values where more is lost: "high", "low", "tails" (both ends) or "middle".
        strength: log odds ratio between the upper and the lower quartile of the driver; 2 is our choice (odds 7 to 1).
        columns: names or positions of the columns that lose cells; all others than the driver when empty.

    Raises:
        BadSetting: no such direction, or a strength that is not positive.
        NotApplicable: there is no column that could drive, or none besides it.

    References:
        Rubin, Inference and missing data, Biometrika 63 (1976): missing at random.
        Schouten, Lugtig and Vink, Generating missing values for simulation purposes, J. Stat. Comput. Simul. 88 (2018).
    """
    check_law(direction, strength)
    at = driver_of(value, draw, driver, reference)
    table = without(value, at).only(columns)
    chance = row_chance(value, at, reference, share, direction, strength)
    return _lose(value, table, draw, chance, share)


@perturbation(coupling="mask", missing=True, measure="missing")
def missing_mnar(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.35, 0.5, unit="share of cells", high=1.0),
    direction: str = "high",
    strength: float = 2.0,
    columns: Columns = (),
    reference: TableReference,
) -> Noisy:
    """Values are lost because of what they are: high incomes are withheld, readings beyond the range fail (MNAR).

    A cell is lost with the probability expit(a + strength * s), independently; s in [-1, 1] is the score 2 r - 1 of the
    cell's own rank r among the clean values of its column (its mid-distribution in 201 bins; categories from the most
    frequent to the rarest, where their order is not declared; free text has no rank). The intercept a is solved for every
    column so that the mean over its clean cells is the dose, exactly.

    Severity: the expected share of lost cells.

    Settings:
        direction: the values that are lost more: "high", "low", "tails" (both ends) or "middle".
        strength: log odds ratio between the upper and the lower quartile of a column; 2 is our choice (odds 7 to 1).
        columns: names or positions of the columns that lose cells; all when empty.

    Raises:
        BadSetting: no such direction, or a strength that is not positive.

    References:
        Rubin, Inference and missing data, Biometrika 63 (1976): missing not at random.
        Schouten, Lugtig and Vink, Generating missing values for simulation purposes, J. Stat. Comput. Simul. 88 (2018).
    """
    from perturbations.tabular._kernels import lose_by_value

    check_law(direction, strength)
    table = value.only(columns)
    edges, words = value_tables(reference, share, direction, strength)
    words = np.where(table.allowed.numbers[:, None], words, np.uint64(0))
    numbers = lose_by_value(table.numbers, draw.key("where"), table.at.numbers, edges, words)
    chance = cell_chances(table, reference, share, direction, strength, numbers=False)
    labels, moments = (uniform_at(draw, "where", at) for at in table.at[1:])
    noisy = replace(
        table,
        numbers=numbers,
        labels=np.where(labels < chance.labels, -1, table.labels),
        moments=np.where(moments < chance.moments, NAT, table.moments),
    )
    return _told(value, noisy, share)


@perturbation(coupling="mask", missing=True, measure="missing")
def incomplete_rows(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.25, 0.5, 1.0, unit="share of rows", high=1.0),
    mechanism: str = "MCAR",
    cells: int = 1,
    driver: str | None = None,
    direction: str = "high",
    strength: float = 2.0,
    columns: Columns = (),
    reference: TableReference,
) -> Noisy:
    """Records are incomplete: a share of the rows lacks some fields, and all other rows lack none.

    A share of rows: with p columns, the share of cells lost is share * cells / p. The cells are drawn evenly among those
    that the row holds. MCAR: every row with the same probability. MAR: with that of `missing-mar`, by a driver which is
    never lost. MNAR: with that of `missing-mnar`, by the value of the first cell drawn; further cells go with it.

    Severity: the expected share of rows that become incomplete.

    Settings:
        mechanism: "MCAR", "MAR" or "MNAR".
        cells: how many cells an incomplete row lacks; all of them where it holds fewer.
        driver: of MAR: name or position of the column; drawn once for the run when not given.
        direction: of MAR and MNAR: "high", "low", "tails" or "middle".
        strength: of MAR and MNAR: log odds ratio between the quartiles.
        columns: names or positions of the columns that lose cells; all when empty.

    Raises:
        BadSetting: no such mechanism or direction, no cell, or a strength that is not positive.
        NotApplicable: MAR, and there is no column that could drive, or none besides it.

    References:
        Rubin, Inference and missing data, Biometrika 63 (1976).
        Schouten, Lugtig and Vink, Generating missing values for simulation purposes, J. Stat. Comput. Simul. 88 (2018),
        whose proportion counts rows.
    """
    _check_rows(mechanism, cells)
    check_law(direction, strength)
    table: Table = value
    chance: float | Floats = share
    if mechanism == "MAR":
        at = driver_of(value, draw, driver, reference)
        table = without(value, at)
        chance = row_chance(value, at, reference, share, direction, strength)
    table = table.only(columns)
    asked = (
        np.arange(len(table))
        if mechanism == "MNAR"
        else np.flatnonzero(table.hit_rows(draw, chance))
    )
    some, own = table.some(asked), Draw(draw.keys[asked], draw.run)
    able = some.join(some.usable)
    order = np.where(able, some.join(some.uniform(own, "cell")), 2.0)
    if mechanism == "MNAR" and order.size:
        law = (share, direction, strength)
        by_cell = some.join(cell_chances(some, reference, *law, numbers=True))
        hit = some.hit_rows(own, by_cell[np.arange(len(some)), order.argmin(axis=1)])
        asked, able, order = asked[hit], able[hit], order[hit]
    lost = able & (order <= np.sort(order, axis=1)[:, min(cells, order.shape[1]) - 1 :][:, :1])
    edits = np.zeros(len(value), dtype=bool)
    edits[asked] = lost.any(axis=1)
    noisy = _emptied_in(table, asked, table.split(lost))
    return _told(value, noisy, share, lambda: any_cell(table.usable), edits)


@perturbation(coupling="mask", missing=True, measure="missing")
def missing_rows(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.25, 0.5, 1.0, unit="share of rows", high=1.0),
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """A record is not there at all: a join finds no match, a message never arrives, and every field is empty.

    Severity: the probability that a row loses all its cells.

    Settings:
        columns: names or positions of the columns that the lost source delivers; all when empty.

    References:
        Rubin, Inference and missing data, Biometrika 63 (1976); survey statistics call it unit nonresponse.
    """
    table = value.only(columns)
    hit = table.hit_rows(draw, share)[:, None]
    lost = Cells(*(hit & free for free in table.allowed))
    noisy = _emptied(table, lost)
    able = any_cell(table.usable)
    return _told(value, noisy, share, lambda: able, able & hit[:, 0])


@perturbation(
    coupling="mask",
    missing=True,
    measure="missing",
    scope="device",
    exempt={
        "different-samples": "one source for the whole run: its columns are gone from every row"
    },
)
def missing_columns(
    value: Table,
    draw: Draw,
    *,
    count: Dose = Ladder(1, 2, 3, 5, 8, unit="columns", scale="integer"),
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """A source is off or was renamed: whole columns are empty, in every row.

    Columns are drawn once for the run, each as likely; more are lost at a higher severity, and those of a lower one among
    them.

    Severity: how many columns are empty; all where there are fewer.

    Settings:
        columns: names or positions of the columns to draw from; all when empty.

    References:
        Schelter et al., JENGA (EDBT 2021): missing values; schema errors of whole columns.
    """
    table = value.only(columns)
    order = np.where(table.open, draw.row(0).uniform((len(table.open),), stream="columns"), 2.0)
    gone = (order < 2) & (np.argsort(np.argsort(order, kind="stable")) < count)
    table = replace(table, open=gone)
    noisy = _emptied(
        table, Cells(*(np.broadcast_to(free, (len(table), len(free))) for free in table.allowed))
    )
    return _told(value, noisy, count)


@perturbation(coupling="mask", measure="changed")
def disguised_missing(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.35, 0.5, unit="share of cells", high=1.0),
    number: float = -999.0,
    label: str = "unknown",
    date: str = "1970-01-01",
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """Missing values wear a mask: -999 for a number, "unknown" for a category, 1 January 1970 for a date.

    Cells are lost completely at random, and what stands there looks like a value. Truth values have no such mark and stay.
    Integer columns saturate: -999 is 0 in an unsigned one. Categories that are numbers by their dtype have the mark of a
    number; those that can hold neither mark (complex numbers, periods) stay.

    Severity: the probability that a cell is lost.

    Settings:
        number: what stands for a missing number.
        label: what stands for a missing category or text; a dtype that lists its labels lists it from then on.
        date: what stands for a missing date, as year-month-day.
        columns: names or positions of the columns that lose cells; all when empty.

    Raises:
        BadSetting: the number is not finite, or the date is none.

    References:
        Pearson, The problem of disguised missing data, SIGKDD Explorations 8 (2006).
    """
    moment = _moment(date)
    if not np.isfinite(number):
        raise BadSetting(explain("a finite number", "number", number))
    table = value.only(columns, ("numeric", "date", "categorical", "text"))
    marks = [
        label if wordy else _mark(number, held)
        for wordy, held in zip(table.wordy, table.holds, strict=True)
    ]
    table = table.holding(marks)
    hit, there = table.hit(draw, share), table.present
    numbers, moments = table.numbers.copy(order="K"), table.moments.copy(order="K")
    np.copyto(numbers, number, where=hit.numbers & there.numbers)
    np.copyto(moments, moment, where=hit.moments & there.moments)
    noisy = replace(table, numbers=numbers, moments=moments)
    for j in np.flatnonzero(table.allowed.labels):
        rows = hit.labels[:, j] & there.labels[:, j]
        if rows.any():
            noisy = noisy.relabelled(int(j), rows, [marks[j]] * int(rows.sum()))
    return done(value, noisy, requested=share)


def _mark(number: float, holds: str) -> float:
    """Return the number that marks a missing category in a column of numbers: the nearest that its dtype has."""
    ends = ends_of(holds)
    return number if ends is None else min(max(round(number), ends[0]), ends[1] - 1)


def _lose(
    value: Table, table: Table, draw: Draw, chance: float | Floats, requested: float
) -> Noisy:
    """Lose cells of open columns, each with the one chance or with that of its row."""
    from perturbations.tabular._kernels import below, lose

    keys, rows, columns = draw.key("where"), *table.edges(chance)
    at = table.at
    numbers = lose(table.numbers, keys, at.numbers, rows, columns[at.numbers])
    noisy = replace(table, numbers=numbers)
    if at.labels.size:
        lost = below(keys, at.labels, rows, columns[at.labels])
        noisy = replace(noisy, labels=np.where(lost, -1, table.labels))
    if at.moments.size:
        lost = below(keys, at.moments, rows, columns[at.moments])
        noisy = replace(noisy, moments=np.where(lost, NAT, table.moments))
    return _told(value, noisy, requested)


def _emptied(table: Table, lost: Cells) -> Table:
    return replace(
        table,
        numbers=np.where(lost.numbers, np.nan, table.numbers),
        labels=np.where(lost.labels, -1, table.labels),
        moments=np.where(lost.moments, NAT, table.moments),
    )


def _emptied_in(table: Table, rows: Ints, lost: Cells) -> Table:
    """Empty cells in some rows only; the mask has only these."""
    made: dict[str, Any] = {}
    for name, mask, empty in zip(Cells._fields, lost, (np.nan, -1, NAT), strict=True):
        cells = getattr(table, name).copy(order="K")
        for k in range(mask.shape[1]):
            cells[rows[mask[:, k]], k] = empty
        made[name] = cells
    return replace(table, **made)


def _told(
    value: Table,
    noisy: Table,
    requested: float,
    eligible: Callable[[], Mask] | None = None,
    edits: Mask | None = None,
) -> Noisy:
    """Return the noisy table, with the share of each row's cells that are newly missing."""
    width = max(len(value.kinds), 1)
    return done(
        value,
        noisy,
        requested=requested,
        eligible=eligible,
        edits=edits,
        missing=lambda: newly_missing(value, noisy) / width,
    )


def _check_rows(mechanism: str, cells: int) -> None:
    if mechanism not in MECHANISMS:
        hint = did_you_mean(mechanism, MECHANISMS)
        raise BadSetting(explain(f"one of {', '.join(MECHANISMS)}", "mechanism", mechanism, hint))
    if cells < 1:
        raise BadSetting(explain("at least one cell", "cells", cells))


def _moment(date: str) -> int:
    try:
        return read_object(dt.date.fromisoformat(date))
    except ValueError as error:
        hint = "such as 1970-01-01 or 1900-01-01"
        raise BadSetting(explain("a date as year-month-day", "date", date, hint)) from error
