"""Numbers as they are written: digits, steps and columns of a numeric table."""

import numpy as np
from numpy.typing import NDArray

from perturbations.tabular._columns import Floats, Ints, Mask
from perturbations.tabular._reference import TableReference
from perturbations.tabular._table import Table

TOP = float(np.finfo(np.float64).max)
MOST_DIGITS = 15
"""Digits of a number that a float64 holds exactly."""
POWERS = np.array([float(f"1e{k}") for k in range(-323, 309)])
_FIRST = -323


def able(table: Table) -> Mask:
    """Return which numbers of open columns are finite."""
    return np.asarray(np.isfinite(table.numbers) & table.allowed.numbers)


def decade(numbers: Floats) -> Ints:
    """Return the power of ten of the leading digit; of zero, the smallest that there is."""
    return np.searchsorted(POWERS, np.abs(numbers), side="right") - 1 + _FIRST


def steps(reference: TableReference) -> Floats:
    """Return the step of every numeric column, the place of its last digit; 1 where there is none."""
    found = np.array([column.step for column in reference.numeric], dtype=np.float64)
    return np.where(found > 0, found, 1.0)


def digits(numbers: Floats, step: Floats) -> tuple[Ints, Mask]:
    """Return the digits of numbers down to the place of a step, without sign; and whether they can be told exactly."""
    with np.errstate(over="ignore", invalid="ignore"):
        whole = np.rint(np.abs(numbers) * _per(step) / _times(step))
    exact = np.isfinite(whole) & (whole < 10.0**MOST_DIGITS)
    return np.where(exact, whole, 0.0).astype(np.int64), np.asarray(exact)


def of_digits(new: Ints, old: Ints, numbers: Floats, step: Floats) -> Floats:
    """Return numbers with other digits; their sign, and what they have beyond the last digit, stay."""
    size = np.abs(numbers)
    beyond = size - scaled(old.astype(np.float64), step)
    beyond = np.where(np.abs(beyond) <= 1e-9 * size, 0.0, beyond)
    return np.copysign(scaled(new.astype(np.float64), step) + beyond, numbers)


def scaled(whole: Floats, step: Floats) -> Floats:
    """Return whole numbers times a power of ten, rounded once: 1799 hundredths are 17.99; at most the largest float."""
    with np.errstate(over="ignore"):
        return np.asarray(np.clip(whole / _per(step) * _times(step), -TOP, TOP))


def nearest(numbers: Floats, step: Floats, base: float) -> Floats:
    """Return the nearest multiples of `base` steps."""
    return scaled(np.rint(numbers * _per(step) / _times(step) / base) * base, step)


def significant(numbers: Floats, count: int) -> Floats:
    """Return numbers rounded to so many significant digits."""
    place = POWERS[np.clip(decade(numbers) - count + 1, _FIRST, 308) - _FIRST]
    # The step of a number below the smallest that has one would vanish.
    fine = np.asarray(place >= 1e-300)
    rounded = nearest(numbers, np.where(fine, place, 1.0), 1.0)
    return np.where(fine & np.isfinite(rounded), rounded, numbers)


def times(numbers: Floats, factor: float | NDArray[np.float64]) -> Floats:
    """Return products; beyond the largest float they saturate, as an overflow would be another fault."""
    top = TOP / np.maximum(np.abs(factor), 1.0)
    return np.asarray(np.clip(numbers, -top, top) * factor)


def _per(step: Floats) -> Floats:
    """Return how many steps make one, where a step is below one; a whole number, unlike the step itself."""
    return np.where(step < 1, POWERS[np.clip(-decade(step), _FIRST, 308) - _FIRST], 1.0)


def _times(step: Floats) -> Floats:
    return np.where(step < 1, 1.0, step)
