"""Numbers in the wrong unit: grams for kilograms, cents for euros, milliseconds for seconds."""

import math
from dataclasses import replace

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.tabular._columns import Mask
from perturbations.tabular._numbers import able, times
from perturbations.tabular._reference import TableReference
from perturbations.tabular._report import done
from perturbations.tabular._table import Columns, Table, uniform_at
from perturbations.tabular.measurement import on_numbers


@perturbation(coupling="mask", measure="changed")
def unit_error(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.25, 0.5, 1.0, unit="share of rows", high=1.0),
    factor: float = 1000.0,
    columns: Columns = (),
    reference: TableReference,
) -> Noisy:
    """One number of a row is in another unit: it is multiplied by a constant factor.

    The column is drawn per row among the numbers that are present and not zero, and is the same at every severity. The
    reference says which columns are numeric. Integer columns are rounded to nearest, and saturate.

    Severity: the probability that a row has such a cell; 1 is a source that changed its unit.

    Settings:
        factor: what the number is multiplied by: 1000 (kilo for unit), 0.001, 100, 2.20462 (pounds for kilograms).
        columns: names or positions of the columns to draw from; all numeric ones when empty.

    Raises:
        BadSetting: the factor is not a positive finite number other than 1.
        NotApplicable: there is no numeric column.

    References:
        Schelter et al., JENGA (EDBT 2021): scaling by 10, 100 or 1000.
    """
    check_factor(factor)
    table = on_numbers(value, columns)
    hit = np.flatnonzero(table.hit_rows(draw, share))
    noisy, edits = table.numbers.copy(order="K"), np.zeros(len(value), dtype=bool)
    if table.numbers.shape[1]:
        there, own = _open_to(table.some(hit)), Draw(draw.keys[hit], draw.run)
        order = np.where(there, uniform_at(own, "column", table.at.numbers), 2.0)
        column = order.argmin(axis=1)
        edits[hit] = there[np.arange(len(hit)), column]
        at = hit[edits[hit]], column[edits[hit]]
        noisy[at] = times(noisy[at], factor)
    return done(
        value,
        replace(table, numbers=noisy),
        requested=share,
        eligible=lambda: _open_to(table).any(axis=1),
        edits=edits,
    )


@perturbation(
    coupling="mask",
    measure="changed",
    scope="device",
    exempt={"different-samples": "one source for the whole run: its unit is the same in every row"},
)
def changed_unit(
    value: Table,
    draw: Draw,
    *,
    count: Dose = Ladder(1, 2, 3, 5, 8, unit="columns", scale="integer"),
    factor: float = 1000.0,
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """A source changes its unit: whole columns are multiplied by a constant factor, in every row.

    Columns are drawn once for the run, each as likely; more are hit at a higher severity, and those of a lower one among
    them. Zeros, missing cells and other kinds of column stay. Integer columns are rounded to nearest, and saturate.

    Severity: how many columns are in another unit; all numeric ones where there are fewer.

    Settings:
        factor: what the numbers are multiplied by.
        columns: names or positions of the columns to draw from; all numeric ones when empty.

    Raises:
        BadSetting: the factor is not a positive finite number other than 1.
        NotApplicable: there is no numeric column.

    References:
        Schelter et al., JENGA (EDBT 2021): scaling by 10, 100 or 1000.
    """
    check_factor(factor)
    table = on_numbers(value, columns)
    places = draw.row(0).uniform((len(table.kinds),), stream="columns")[table.at.numbers]
    order = np.where(table.allowed.numbers, places, 2.0)
    first = np.argsort(np.argsort(order, kind="stable"), kind="stable") < count
    eligible = able(table) & (table.numbers != 0)
    noisy = np.where(eligible & first, times(table.numbers, factor), table.numbers)
    hit = table.mark(numbers=eligible & first)
    return done(value, replace(table, numbers=noisy), requested=count, eligible=hit)


def _open_to(table: Table) -> Mask:
    return np.asarray(able(table) & (table.numbers != 0))


def check_factor(factor: float) -> None:
    """Check the factor between two units.

    Raises:
        BadSetting: it is not a positive finite number other than 1.
    """
    if not (math.isfinite(factor) and factor > 0 and factor != 1):
        hint = "such as 1000.0 (kilo for unit), 0.001, 10.0 or 100.0"
        raise BadSetting(explain("a positive finite number other than 1", "factor", factor, hint))
