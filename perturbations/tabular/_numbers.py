"""Numbers as they are written: digits, steps and columns of a numeric table."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations.tabular._columns import Floats, Ints, Mask
from perturbations.tabular._reference import TableReference
from perturbations.tabular._table import Table

Pick = Callable[[NDArray[Any]], NDArray[Any]]
Change = Callable[[Floats, Pick], Floats]

TOP = float(np.finfo(np.float64).max)
MOST_DIGITS = 15
"""Digits of a number that a float64 holds exactly."""
POWERS = np.array([float(f"1e{k}") for k in range(-323, 309)])
FIRST = -323
"""The first of the powers of ten."""


def able(table: Table) -> Mask:
    """Return which numbers of open columns are finite."""
    return np.asarray(np.isfinite(table.numbers) & table.allowed.numbers)


def decade(numbers: Floats) -> Ints:
    """Return the power of ten of the leading digit; of zero, the smallest that there is."""
    return np.searchsorted(POWERS, np.abs(numbers), side="right") - 1 + FIRST


def steps(reference: TableReference) -> Floats:
    """Return the step of every numeric column, the place of its last digit; 1 where there is none."""
    found = np.array([column.step for column in reference.numeric], dtype=np.float64)
    return np.where(found > 0, found, 1.0)


def digits(numbers: Floats, step: Floats) -> tuple[Ints, Mask]:
    """Return the digits of numbers down to the place of a step, without sign; and whether they can be told exactly."""
    with np.errstate(over="ignore", invalid="ignore"):
        per, many = scale(step)
        whole = np.rint(np.abs(numbers) * per / many)
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
    per, many = scale(step)
    with np.errstate(over="ignore"):
        return np.asarray(np.clip(whole / per * many, -TOP, TOP))


def altered(numbers: Floats, hit: Mask, change: Change) -> Floats:
    """Return numbers of which those that are hit are others.

    Args:
        numbers: shape (n, columns).
        hit: which of them are hit.
        change: change(numbers that are hit, pick) -> others; pick(cells) are what cells like the numbers hold there.
    """
    out = numbers.copy(order="K")
    # Along memory: pandas lays tables column by column.
    turned = numbers.flags.f_contiguous and not numbers.flags.c_contiguous
    mask = hit.T if turned else hit

    def pick(cells: NDArray[Any]) -> NDArray[Any]:
        full = np.broadcast_to(cells, numbers.shape)
        return np.asarray((full.T if turned else full)[mask])

    (out.T if turned else out)[mask] = change(pick(numbers), pick)
    return out


def times(numbers: Floats, factor: float | NDArray[np.float64]) -> Floats:
    """Return products; beyond the largest float they saturate, as an overflow would be another fault."""
    top = TOP / np.maximum(np.abs(factor), 1.0)
    return np.asarray(np.clip(numbers, -top, top) * factor)


def scale(step: Floats) -> tuple[Floats, Floats]:
    """Return how many steps make one where a step is below one, and how much a step is where it is not.

    Both are whole numbers, unlike the step itself: dividing by 100 is exact where a product with 0.01 is not.
    """
    fine = step < 1
    per = np.where(fine, POWERS[np.clip(-decade(step), FIRST, 308) - FIRST], 1.0)
    return per, np.where(fine, 1.0, step)
