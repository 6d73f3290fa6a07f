"""Settings that are one of a few words, or a number within bounds."""

import math
from collections.abc import Sequence

from perturbations.errors import BadSetting, did_you_mean, explain


def one_of(name: str, value: str, known: Sequence[str]) -> None:
    """Raise BadSetting unless a setting is one of the known words."""
    if value not in known:
        hint = did_you_mean(value, known)
        raise BadSetting(explain(f"one of {', '.join(known)}", name, value, hint))


def within(name: str, value: float, what: str, *, low: float, high: float = math.inf) -> None:
    """Raise BadSetting unless a setting is a finite number within bounds, `what` in words."""
    if not (math.isfinite(value) and low <= value <= high):
        raise BadSetting(explain(what, name, value))
