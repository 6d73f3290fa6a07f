"""The sampling rate of an input, checked."""

import math

import numpy as np

from perturbations.errors import MissingFact, explain


def hertz(rate: object) -> float:
    """Return the fact `rate` as a number of samples per second.

    Raises:
        MissingFact: it is not a positive number.
    """
    number = isinstance(rate, int | float | np.number) and not isinstance(rate, bool)
    if not number or not 0 < float(rate) < math.inf:  # type: ignore[arg-type]
        hint = 'pass facts={"rate": 16000}, samples per second'
        raise MissingFact(explain("a positive sampling rate in Hz", "rate", rate, hint))
    return float(rate)  # type: ignore[arg-type]
