"""MultiBench's noise in tables: numbers that are lost, and numbers that stand in each other's columns."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from perturbations import Dose, Draw, Noisy, perturbation
from perturbations._multibench import LEVEL, Parts, chosen, within
from perturbations.tabular._columns import Floats, Mask
from perturbations.tabular._report import done
from perturbations.tabular._table import Columns, Table
from perturbations.tabular.measurement import on_numbers

PARTS = ("drop", "swap")


@perturbation(
    "multibench/tabular",
    family="multibench",
    modality="tabular",
    coupling="transform",
    measure="changed",
)
def tabular(
    value: Table,
    draw: Draw,
    *,
    level: Dose = LEVEL,
    parts: Parts = PARTS,
    columns: Columns = (),
    divided_by: float = 1.0,
) -> Noisy:
    """A form that was filled in carelessly: some numbers are not there, others went into the field beside their own.

    In this order: drop, each number becomes 0 with probability `level`; swap, from left to right each number trades
    places with its left neighbour with probability `level`, so that a row keeps its numbers, and at 1 the first one
    wanders to the end. Neighbours are numeric columns, as they stand in the table. A lost number is 0, which is the
    mean of standardised columns only. Missing cells stay missing and trade with nobody; other kinds of column stay;
    whole numbers are rounded.

    Departures from the program: what is swapped is swapped (there, the left neighbour is written over its right one,
    and a row of level 1 is one number throughout).

    Severity: the protocol's noise level, 0 to 1: the probability of each cell to be lost, and to be swapped.

    Settings:
        parts: one of the two, or both.
        columns: names or positions of the columns to change; all numeric ones when empty.
        divided_by: what the level is divided by first; see multibench/text.

    Raises:
        BadSetting: there is no such part, or the divisor is below 1.
        NotApplicable: there is no numeric column.

    References: Liang et al. 2021, MultiBench: Multiscale Benchmarks for Multimodal Representation Learning (tabular imperfections).
    """
    amount, made = within(level, divided_by), chosen(parts, PARTS)
    table = on_numbers(value, columns)
    numbers = table.numbers
    if "drop" in made:
        lost = table.hit(draw, amount, stream="drop").numbers & table.present.numbers
        numbers = np.where(lost, 0.0, numbers)
    if "swap" in made:
        numbers = _swapped(numbers, table.hit(draw, amount, stream="swap").numbers, table.allowed.numbers)  # fmt: skip
    return done(value, replace(table, numbers=numbers), requested=amount)


def _swapped(numbers: Floats, hit: Mask, allowed: Mask) -> Floats:
    """Exchange hit numbers with their left neighbours, one column after the other."""
    out, places = numbers.copy(), np.flatnonzero(allowed)
    for left, right in pairwise(places):
        rows = hit[:, right] & ~np.isnan(out[:, left]) & ~np.isnan(out[:, right])
        out[rows, left], out[rows, right] = out[rows, right], out[rows, left]
    return out
