"""Many claims at once: evidence adjusted so that each can be decided on its own.

Why adjusted evidence and not decisions: the level stays the caller's, and what is shown beside a claim is the number
that decided it. A claim is made where its adjusted p-value is at most alpha, or its adjusted e-value at least 1 / alpha.

References: Holm 1979; Benjamini and Hochberg 1995; Vovk and Wang 2021 (closed testing by averages of e-values); Wang and
Ramdas 2022 (e-BH).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from noisebench.errors import DataError
from perturbations.errors import explain

Floats = NDArray[np.float64]


def holm(p: Iterable[float]) -> Floats:
    """Return p-values adjusted so that the chance of any false claim is at most alpha, under any dependence.

    The smallest is multiplied by the number of claims, the next by one less, and so on. A claim that could not be tested
    (NaN) counts as one that has no evidence.

    Raises:
        DataError: a p-value is outside [0, 1].
    """
    values = _checked(p, "p", highest=1.0, missing=1.0)
    order = np.argsort(values, kind="stable")
    left = len(values) - np.arange(len(values))
    adjusted = np.maximum.accumulate(values[order] * left)
    return _placed(np.minimum(adjusted, 1.0), order)


def benjamini_hochberg(p: Iterable[float]) -> Floats:
    """Return p-values adjusted so that, of the claims made, a share of at most alpha is false in the mean.

    It holds for independent tests and for those that tend to err together, as noises on the same samples do.

    Raises:
        DataError: a p-value is outside [0, 1].
    """
    values = _checked(p, "p", highest=1.0, missing=1.0)
    order = np.argsort(values, kind="stable")
    scaled = values[order] * len(values) / (1 + np.arange(len(values)))
    adjusted = np.minimum.accumulate(scaled[::-1])[::-1]
    return _placed(np.minimum(adjusted, 1.0), order)


def holm_e(e: Iterable[float]) -> Floats:
    """Return e-values adjusted so that the chance of any false claim is at most alpha, under any dependence.

    An average of e-values is an e-value. So the adjusted one is the smallest average over any set of claims that the
    claim is in: itself and the weakest others.

    Raises:
        DataError: an e-value is negative.
    """
    values = _checked(e, "e", highest=np.inf, missing=0.0)
    order = np.argsort(values, kind="stable")
    sums = np.concatenate([[0.0], np.cumsum(values[order])])
    # Only weaker ones are taken along: a stronger one would raise the average.
    adjusted = [
        np.min((sums[: place + 1] + own) / (1 + np.arange(place + 1)))
        for place, own in enumerate(values[order])
    ]
    return _placed(np.array(adjusted), order)


def benjamini_hochberg_e(e: Iterable[float]) -> Floats:
    """Return e-values adjusted so that, of the claims made, a share of at most alpha is false in the mean, under any dependence.

    Raises:
        DataError: an e-value is negative.
    """
    values = _checked(e, "e", highest=np.inf, missing=0.0)
    order = np.argsort(-values, kind="stable")
    scaled = values[order] * (1 + np.arange(len(values))) / max(len(values), 1)
    return _placed(np.maximum.accumulate(scaled[::-1])[::-1], order)


def _checked(given: Iterable[float], name: str, *, highest: float, missing: float) -> Floats:
    values = np.asarray(list(given), dtype=np.float64)
    known = values[~np.isnan(values)]
    if ((known < 0) | (known > highest)).any():
        wanted = "p-values between 0 and 1" if highest == 1 else "e-values of at least 0"
        raise DataError(explain(wanted, name, values.tolist()))
    return np.where(np.isnan(values), missing, values)


def _placed(values: Floats, order: NDArray[np.intp]) -> Floats:
    found = np.empty_like(values)
    found[order] = values
    return found
