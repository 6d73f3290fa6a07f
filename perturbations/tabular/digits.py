"""Numbers typed wrongly: a point in the wrong place, two digits in the wrong order, one wrong digit.

Why: digits are those that the column is written with, down to the last digit of its clean values, so that 72.5 becomes 27.5 and
not 72.5 with its binary digits stirred.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.tabular._columns import Floats, Ints, Mask
from perturbations.tabular._numbers import (
    MOST_DIGITS,
    Pick,
    able,
    altered,
    digits,
    of_digits,
    scaled,
    steps,
    times,
)
from perturbations.tabular._reference import TableReference
from perturbations.tabular._report import done
from perturbations.tabular._table import Cells, Columns, Table, uniform_at
from perturbations.tabular.measurement import on_numbers

_TEN = 10 ** np.arange(MOST_DIGITS + 1, dtype=np.int64)


@perturbation(coupling="mask", measure="changed")
def decimal_slip(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of numbers", high=1.0),
    places: int = 1,
    columns: Columns = (),
    reference: TableReference,
) -> Noisy:
    """The decimal point slips: 7.25 becomes 72.5 or 0.725, 70 becomes 700 or 7.

    x * 10 or x / 10, each as likely. Columns of whole numbers stay whole: a zero too many, or the last digit lost; a number
    of one digit only gets the zero. Zeros, missing cells and other kinds of column stay. Integer columns saturate.

    Severity: the probability that a number is hit; the ladder is our choice.

    Settings:
        places: by how many places the point slips.
        columns: names or positions of the columns to change; all numeric ones when empty.

    Raises:
        BadSetting: there is no place to slip by.
        NotApplicable: there is no numeric column.

    References:
        Lesar, Tenfold medication dose prescribing errors, Annals of Pharmacotherapy 36 (2002).
    """
    if not 1 <= places <= MOST_DIGITS:
        raise BadSetting(explain(f"a number of places from 1 to {MOST_DIGITS}", "places", places))
    table = on_numbers(value, columns)
    way = uniform_at(draw, "way", table.at.numbers)

    def slip(cells: _Typed) -> Floats:
        cut = scaled((cells.whole // _TEN[places]).astype(np.float64), cells.step)
        cut = np.copysign(cut, cells.numbers)
        lesser = np.where((cells.step >= 1) & cells.exact, cut, cells.numbers / 10.0**places)
        up = (cells.pick(way) < 0.5) | (lesser == 0)
        return np.where(up, times(cells.numbers, 10.0**places), lesser)

    return _typed(value, table, draw, share, reference, slip)


@perturbation(coupling="mask", measure="changed")
def digit_transposition(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of numbers", high=1.0),
    columns: Columns = (),
    reference: TableReference,
) -> Noisy:
    """Two neighbouring digits trade places: 1963 becomes 1693, 72.5 becomes 27.5.

    The pair is drawn among the neighbours that differ, each as likely. Digits are those of the column's clean values, down to
    a thousandth of their spread; what a number has beyond them stays. Numbers without such a pair, missing cells and other
    kinds of column stay.

    Severity: the probability that a number is hit; the ladder is our choice.

    Settings:
        columns: names or positions of the columns to change; all numeric ones when empty.

    Raises:
        NotApplicable: there is no numeric column.

    References:
        Verhoeff, Error Detecting Decimal Codes (1969): one in ten errors in numbers swaps neighbouring digits.
    """
    table = on_numbers(value, columns)
    pair = uniform_at(draw, "pair", table.at.numbers)

    def transpose(cells: _Typed) -> Floats:
        old = cells.whole
        places = np.arange(MOST_DIGITS - 1)
        lower = old[None] // _TEN[places][:, None]
        differ = (lower % 10 != lower // 10 % 10) & (lower >= 10)
        place = _pick(differ, cells.pick(pair))
        low, high = old // _TEN[place] % 10, old // _TEN[place + 1] % 10
        new = old + (low - high) * (_TEN[place + 1] - _TEN[place])
        return cells.written(np.where(differ.any(axis=0), new, old))

    return _typed(value, table, draw, share, reference, transpose)


@perturbation(coupling="mask", measure="changed")
def wrong_digit(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of numbers", high=1.0),
    columns: Columns = (),
    reference: TableReference,
) -> Noisy:
    """One digit is another: mistyped, misread from paper or misheard.

    The place is drawn among the digits of the number, the new digit among the nine others, each as likely. Digits are those
    of the column's clean values, down to a thousandth of their spread; what a number has beyond them stays. Zeros, missing
    cells and other kinds of column stay.

    Severity: the probability that a number is hit; the ladder is our choice.

    Settings:
        columns: names or positions of the columns to change; all numeric ones when empty.

    Raises:
        NotApplicable: there is no numeric column.

    References:
        Verhoeff, Error Detecting Decimal Codes (1969): four in five errors in numbers are a single wrong digit.
    """
    table = on_numbers(value, columns)
    where, which = (
        uniform_at(draw, "place", table.at.numbers),
        uniform_at(draw, "digit", table.at.numbers),
    )

    def mistype(cells: _Typed) -> Floats:
        old = cells.whole
        count = np.searchsorted(_TEN, old, side="right")
        place = (cells.pick(where) * np.maximum(count, 1)).astype(np.int64)
        digit = old // _TEN[place] % 10
        other = (cells.pick(which) * 9).astype(np.int64)
        new = old + (other + (other >= digit) - digit) * _TEN[place]
        return cells.written(np.where(old > 0, new, old))

    return _typed(value, table, draw, share, reference, mistype)


@dataclass(frozen=True, slots=True)
class _Typed:
    """Some numbers of a table as they are typed."""

    pick: Pick
    """What cells like the table's hold for each."""
    numbers: Floats
    step: Floats
    """The place of the last digit, of each."""
    whole: Ints
    """The digits."""
    exact: Mask
    """Whether the digits can be told."""

    def written(self, new: Ints) -> Floats:
        """Return the numbers with other digits; those whose digits cannot be told as they are."""
        written = of_digits(new, self.whole, self.numbers, self.step)
        return np.where(self.exact & (new != self.whole), written, self.numbers)


def _typed(
    value: Table,
    table: Table,
    draw: Draw,
    share: float,
    reference: TableReference,
    change: Callable[[_Typed], Floats],
) -> Noisy:
    """Type some numbers again."""
    there, step = able(table) & (table.numbers != 0), steps(reference)

    def typed(numbers: Floats, pick: Pick) -> Floats:
        own = pick(step)
        return change(_Typed(pick, numbers, own, *digits(numbers, own)))

    def eligible() -> Cells:
        return table.mark(numbers=altered(table.numbers, there, typed) != table.numbers)

    noisy = altered(table.numbers, there & table.hit(draw, share).numbers, typed)
    return done(value, replace(table, numbers=noisy), requested=share, eligible=eligible)


def _pick(options: NDArray[np.bool_], uniform: Floats) -> Ints:
    """Return the place of one option of each number, each as likely; 0 where there is none."""
    rank = np.cumsum(options, axis=0)
    wanted = (uniform * np.maximum(rank[-1], 1)).astype(np.int64) + 1
    return np.asarray(np.argmax(options & (rank == wanted), axis=0), dtype=np.int64)
