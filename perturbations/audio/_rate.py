"""The sampling rate of an input, checked."""

import math

from perturbations.errors import MissingFact, explain


def hertz(rate: object) -> float:
    """Return the fact `rate` as a number of samples per second.

    Raises:
        MissingFact: it is not a positive number.
    """
    if not isinstance(rate, int | float) or isinstance(rate, bool) or not 0 < rate < math.inf:
        hint = 'pass facts={"rate": 16000}, samples per second'
        raise MissingFact(explain("a positive sampling rate in Hz", "rate", rate, hint))
    return float(rate)
