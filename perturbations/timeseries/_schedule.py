"""When a fault acts, and how strongly: a number in [0, 1] for every moment of a series.

Why: in the world a fault comes and goes: with the sun, after each calibration, in bursts, for whole shifts. A model that
watches a stream sees it in windows, and the windows must tell one story. So what happens at a moment stamped with a date
is a function of that date alone, as the clock of the stamps shows it: it is hashed from the absolute period that the date
falls into, and shared by all series of the input. Series without dates have each their own story, which begins at a drawn place.
"""

import numpy as np
from numpy.typing import NDArray

from perturbations._draw import Draw, Keys, combine
from perturbations.errors import BadSetting, explain
from perturbations.timeseries._series import Moments, Series, Values
from perturbations.timeseries._settings import one_of, within

SCHEDULES = ("constant", "ramp", "diurnal", "burst", "regime")
DAY = 86_400.0
"""Seconds of a day."""
BURST = 0.2
"""Length of a burst, as a share of the period; our choice."""


def check_schedule(schedule: str, period: float) -> None:
    """Raise BadSetting unless there is such a schedule, and the period is one."""
    one_of("schedule", schedule, SCHEDULES)
    within("period", period, "a period in seconds (in steps where no time is known), or 0", low=0)


def acting(
    series: Series, draw: Draw, moments: Moments, schedule: str, period: float
) -> Values | None:
    """Return how strongly the fault acts on each step, (n, T) in [0, 1]; None where it always does.

    "ramp" grows from nothing to the whole over each period, and then begins again; "diurnal" is nothing at midnight and the
    whole at noon; "burst" is the whole for a fifth of each period, at a drawn place in it; "regime" is the whole or nothing
    for whole periods, with even odds. A period of 0 is a day for "diurnal", and for "ramp" the length of a series that has
    no dates.

    Raises:
        BadSetting: the schedule has no period of its own.
    """
    if schedule == "constant":
        return None
    dated = series.clock is not None
    time = moments.at if series.clock is None else series.clock
    length = _period(schedule, period, moments, dated=dated)
    time = np.broadcast_to(time, series.shape[:2])
    if schedule == "ramp":
        # A ramp over the whole of a series ends at the whole.
        return time / length % 1.0 if dated or period else np.minimum(time / length, 1.0)
    keys = story(series, draw).key("schedule")
    if not dated:
        time = time + length * (1.0 - 2.0**-53 * (keys[:, np.newaxis] >> np.uint64(11)))
    cell = np.floor(time / length)
    place = time / length - cell
    if schedule == "diurnal":
        return np.asarray((1.0 - np.cos(2 * np.pi * place)) / 2.0)
    number = _uniform(keys, cell)
    if schedule == "regime":
        return np.asarray(number < 0.5, dtype=np.float64)
    start = number * (1.0 - BURST)
    return np.asarray((place >= start) & (place < start + BURST), dtype=np.float64)


def story(series: Series, draw: Draw) -> Draw:
    """Return the draw of what all dated series have in common; of each series its own where they have no dates."""
    if series.clock is None:
        return draw
    return Draw(np.broadcast_to(draw.shared("story").keys, (len(series),)), draw.run)


def strength(dose: float, acts: Values | None) -> Values:
    """Return the dose of each step, (n, T), or (1, 1) where it is always the same."""
    return np.full((1, 1), dose) if acts is None else dose * acts


def said(acts: Values | None) -> dict[str, list[float]]:
    """Report how strongly the fault acted in the mean over each series."""
    if acts is None:
        return {}
    return {"acting": (acts.mean(axis=1) if acts.shape[1] else np.zeros(len(acts))).tolist()}


def _period(schedule: str, period: float, moments: Moments, *, dated: bool) -> float | Values:
    if period:
        return period
    if schedule == "diurnal" and moments.known:
        return DAY
    if schedule == "ramp" and not dated:
        ends = moments.at[:, -1:] if moments.at.shape[1] else np.ones((1, 1))
        return np.where(ends > 0, ends, 1.0)
    hint = f'set it in seconds, or in steps where no time is known: "...(schedule={schedule},period=60)"'
    raise BadSetting(explain(f"a period for the schedule {schedule}", "period", period, hint))


def _uniform(keys: Keys, cell: Values) -> NDArray[np.float64]:
    """Return a number in [0, 1) for each cell of time, hashed from the key and the cell alone."""
    words = combine(keys[:, np.newaxis], cell.astype(np.int64).view(np.uint64))
    return np.asarray((words >> np.uint64(11)) * 2.0**-53)
