"""Readings that a network loses, sends twice, or hands over in another order."""

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.timeseries._gaps import check_burst, in_bursts
from perturbations.timeseries._moves import ENDS, closed_up, row_map
from perturbations.timeseries._schedule import acting, check_schedule, said, strength
from perturbations.timeseries._series import Series, Values
from perturbations.timeseries._settings import one_of, within

_LENGTHS = ("cut", "lengthen")
_STAMPS = ("kept", "along")


@perturbation(batched=True, coupling="transform", missing=True, keeps=("dtype",))
def lost_samples(
    series: Series,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.03, 0.1, 0.2, 0.4, unit="share of time steps", high=1.0),
    burst: float = 1.0,
    seconds: float = 0.0,
    end: str = "hold",
    schedule: str = "constant",
    period: float = 0.0,
    rate: float | None = None,
) -> Noisy:
    """A receiver that counts packets: those that are lost leave no gap, and all later ones come too early.

    Each step is lost with the probability of the dose, or steps are lost in bursts as in burst dropout; the rows that are left
    close up. By default the length and the stamps stay, and the end repeats the last row. A step lost at one severity is
    lost at every higher one.

    Severity: share of time steps lost; our choice.

    Settings:
        burst: mean length of a burst in steps, at least 1.
        seconds: mean length of a burst in seconds instead; 0 for steps.
        end: what the end becomes: "hold" repeats the last row, "nan" is missing, "shorten" leaves it away: the series gets
            shorter, and rows keep their stamps.
        schedule, period: when it acts: constant, or a ramp, diurnal, burst or regime of so many seconds (steps where no
            time is known), by which the share is multiplied; series with dates share it.

    Raises:
        BadSetting: `burst` is below 1, `seconds` below 0, or there is no such end or schedule.
        MissingFact: bursts are in seconds, and neither stamps nor a rate are known.

    References: Gilbert 1960, Capacity of a Burst-Noise Channel.
    """
    check_burst(burst, seconds)
    one_of("end", end, ENDS)
    check_schedule(schedule, period)
    time = series.moments(rate)
    acts = acting(series, draw, time, schedule, period)
    shape = (*series.shape[:2], 1)
    lost = in_bursts(draw.key("steps"), shape, strength(share, acts), burst, seconds, time)
    noisy = closed_up(series, lost.steps[:, :, 0], end, time)
    return Noisy(noisy.value, noisy.mapping, {**noisy.report, **said(acts)})


@perturbation(batched=True, coupling="transform", keeps=("dtype",))
def duplicated_samples(
    series: Series,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.03, 0.1, 0.2, 0.4, unit="share of time steps", high=1.0),
    length: str = "cut",
    schedule: str = "constant",
    period: float = 0.0,
    rate: float | None = None,
) -> Noisy:
    """A sender that hears no answer: some packets come twice, and all later ones come too late.

    Each step comes twice with the probability of the dose. By default the length and the stamps stay, and what is pushed
    beyond the end is lost. A step that comes twice at one severity does so at every higher one.

    Severity: share of time steps that come twice; our choice.

    Settings:
        length: "cut" at the end, or "lengthen": the series gets longer, and rows keep their stamps, so that some stand twice.
        schedule, period: when it acts: constant, or a ramp, diurnal, burst or regime of so many seconds (steps where no
            time is known), by which the share is multiplied; series with dates share it.

    Raises:
        BadSetting: there is no such length or schedule.

    References: Paxson 1999, End-to-End Internet Packet Dynamics (packet replication).
    """
    from perturbations.timeseries._kernels import repeat

    one_of("length", length, _LENGTHS)
    check_schedule(schedule, period)
    time, (count, steps, _) = series.moments(rate), series.shape
    acts = acting(series, draw, time, schedule, period)
    twice = _hit(draw, series, strength(share, acts))
    longest = steps + int(twice.sum(axis=1).max(initial=0)) if length == "lengthen" else steps
    rows, left = np.zeros((count, longest), dtype=np.int64), np.zeros(count, dtype=np.int64)
    repeat(twice, rows, left)
    values = np.take_along_axis(series.values, rows[:, :, np.newaxis], axis=1)
    report = {"twice": twice.sum(axis=1).tolist()} | said(acts)
    if length == "cut":
        return Noisy(series.moved(values, rows=None), row_map(time, rows), report)
    mapping = row_map(time, rows, along=series.seconds is not None)
    return Noisy(series.moved(values, rows=rows, lengths=left), mapping, report)


@perturbation(batched=True, coupling="transform")
def reordered_samples(
    series: Series,
    draw: Draw,
    *,
    delay: Dose = Ladder(2, 4, 8, 16, 32, unit="sampling intervals", scale="log"),
    interval: float = 0.0,
    stamps: str = "kept",
    rate: float | None = None,
) -> Noisy:
    """Packets that take different ways: some are overtaken by those sent after them.

    Each row is delayed by a drawn time, even between 0 and the dose, and rows are handed over in the order in which they
    arrive. Below one interval nothing is overtaken. No row is lost, and none comes twice.

    Severity: the longest delay, in sampling intervals; our choice.

    Settings:
        interval: seconds (steps where no time is known) that the dose counts in: 0.001 for a delay in ms; 0 for the median time
            from one reading to the next.
        stamps: "kept" as the receiver writes them down, or "along" as the sender did: then the index is out of order.

    Raises:
        BadSetting: nothing of that name becomes of stamps, or the interval is no time.

    References: Bellardo and Savage 2002, Measuring Packet Reordering.
    """
    one_of("stamps", stamps, _STAMPS)
    within("interval", interval, "a time in seconds (in steps where no time is known), or 0", low=0)
    time, shape = series.moments(rate), series.shape[:2]
    arrival = time.at + delay * time.per(interval) * draw.uniform(shape, stream="delay")
    rows = np.argsort(arrival, axis=1, kind="stable")
    values = np.take_along_axis(series.values, rows[:, :, np.newaxis], axis=1)
    along = stamps == "along"
    mapping = row_map(time, rows, along=along and series.seconds is not None)
    displaced = np.count_nonzero(rows != np.arange(shape[1]), axis=1)
    moved = series.moved(values, rows=rows if along else None)
    return Noisy(moved, mapping, {"displaced": displaced.tolist()})


def _hit(draw: Draw, series: Series, share: Values) -> NDArray[np.bool_]:
    """Return which steps are hit, (n, T), each on its own."""
    return np.asarray(draw.uniform(series.shape[:2], stream="steps") < share)
