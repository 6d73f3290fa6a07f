"""Tables of errors by corruption and level, read and held to what a summary needs."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from noisebench.errors import MetricError
from perturbations.errors import explain

T = TypeVar("T")
U = TypeVar("U")

LEVELS = 5
"""Levels of the published benchmarks."""


def canonical(table: Mapping[str, T]) -> dict[str, T]:
    """Return a table by names as they are written here: gaussian-noise and drop-local, however they were written."""
    return {_written(name): value for name, value in table.items()}


def _written(name: object) -> str:
    spelt = str(name).strip().lower().replace("_", "-").replace(" ", "-")
    return spelt.replace("dropout-", "drop-")


def checked(table: object, what: str) -> dict[str, Any]:
    """Return a table by canonical names.

    Raises:
        MetricError: it is no mapping.
    """
    if not isinstance(table, Mapping):
        hint = "a list has no names: give {'fog': [level 1, ...], ...}"
        raise MetricError(explain("a mapping by corruption name", what, table, hint))
    return canonical(table)


def pairs(own: Mapping[str, T], base: Mapping[str, U], names: Sequence[str]) -> list[tuple[T, U]]:
    """Return the values of both tables for every name; none may be missing, others are not looked at."""
    tables = [checked(own, "of the model"), checked(base, "of the normaliser")]
    for what, table in zip(("of the model", "of the normaliser"), tables, strict=True):
        missing = [name for name in names if name not in table]
        if missing:
            expected = f"all {len(names)} of {', '.join(names)}"
            raise MetricError(explain(expected, f"missing {what}", ", ".join(missing)))
    return [(tables[0][name], tables[1][name]) for name in names]


def levels(values: Sequence[float], what: str) -> list[float]:
    """Return one error in [0, 1] for each level."""
    found = [share(each, what) for each in np.asarray(values, dtype=np.float64).ravel().tolist()]
    if len(found) != LEVELS:
        raise MetricError(explain(f"one error for each of {LEVELS} levels", what, found))
    return found


def share(value: float, what: str) -> float:
    """Return a number in [0, 1]."""
    if not 0 <= float(value) <= 1:
        hint = "24.2 % is 0.242"
        raise MetricError(explain("shares in [0, 1]", what, value, hint))
    return float(value)


def ratio(own: Sequence[float], base: Sequence[float], clean: float, base_clean: float) -> float:
    """Return in percent what is over clean errors, summed over the levels, against the same of a normaliser."""
    over, under = (math.fsum(own) - LEVELS * clean), (math.fsum(base) - LEVELS * base_clean)
    if not under > 0:
        hint = "the normaliser has to be made worse by this corruption"
        raise MetricError(explain("a normaliser with errors", "normaliser", list(base), hint))
    return 100 * (over / under)


def mean(values: Iterable[float]) -> float:
    """Return the mean of correctly rounded sums."""
    found = list(values)
    return math.fsum(found) / len(found)
