"""Over which of the equal doses noises are compared, and where each noise has them."""

from collections.abc import Iterable

import numpy as np

from noisebench.calibration._table import MET, Calibration, Doses
from noisebench.curve._level import Level


def levels_of(found: Calibration, sweeps: Iterable[str]) -> dict[str, Level]:
    """Return where each noise that has a dose stands, over the doses that at least half of them reach.

    A noise that reaches none of these is taken over those that it does reach.
    """
    known = [found.noises[each] for each in sweeps if each in found.noises]
    known = [each for each in known if each.reached]
    counts = {dose: sum(_reaches(each, dose) for each in known) for dose in found.doses}
    most = [dose for dose in found.doses if 2 * counts[dose] >= len(known)]
    rising = found.axis != "distortion"
    return {each.sweep: _level(each, most, rising=rising) for each in known}


def _reaches(known: Doses, dose: float) -> bool:
    return any(each.dose == dose for each in known.reached)


def _level(known: Doses, doses: list[float], *, rising: bool) -> Level:
    every = tuple((each.dose, each.point.severity) for each in known.reached)
    places = tuple(pair for pair in every if pair[0] in doses)
    missing = tuple(dose for dose in doses if not _reaches(known, dose))
    return Level(places or every, missing, _line(known) if rising else ())


def _line(known: Doses) -> tuple[tuple[float, float], ...]:
    """Return the measured doses along severity, the largest so far; doses that were met are what was asked for."""
    measured = {each.severity: each.dose for each in known.grid} | {
        each.point.severity: each.dose if each.state == MET else each.point.dose
        for each in known.reached
    }
    at = sorted(measured)
    doses = np.maximum.accumulate([max(measured[severity], 0.0) for severity in at])
    return tuple(zip(at, map(float, doses), strict=True))
