"""Readings that come at the wrong time, or say so."""

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._action import Action
from perturbations._time_map import TimeMap
from perturbations.timeseries._gaps import filled
from perturbations.timeseries._moves import closed_up, read_at, row_map
from perturbations.timeseries._series import Moments, Series, Values
from perturbations.timeseries._settings import one_of, within

_EDGES = ("hold", "wrap")
_MOVES = ("values", "stamps")
_BACKS = ("interpolate", "hold", "rows")
_READS = ("point", "mean")
_MOST = 3.0
"""Standard deviations that jitter is bounded by."""


@perturbation(
    batched=True,
    coupling="transform",
    exempt={"monotone": "a periodic series comes back into phase when it is shifted further"},
    action=Action("shifts in time", "sum", lossless={"edge": "wrap"}),
)
def time_shift(
    series: Series,
    draw: Draw,
    *,
    shift: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of the length", high=1.0),
    over: float = 0.0,
    edge: str = "hold",
    moves: str = "values",
    rate: float | None = None,
) -> Noisy:
    """A clock that is off: the whole series comes early or late by the same time.

    Early or late is drawn, the same at every severity. At even stamps, or none, it is a number of steps, rounded; at uneven
    ones the readings are those that the series shows at the shifted moments. Missing values move along.

    Severity: shift as a share of the series' length.

    Settings:
        over: seconds (steps where no time is known) of which the shift is a share, whatever the length: 1 for a shift in
            seconds; 0 for the length of the series.
        edge: what enters at the end: "hold" repeats the outermost step, "wrap" continues at the other end.
        moves: "values" under stamps as they were, or the "stamps" of an index that is wrong.

    Raises:
        BadSetting: there is no such edge, or nothing of that name moves, or `over` is no time.
        NotApplicable: uneven stamps do not ascend, or there are none to be wrong.

    References: Um et al. 2017, Data Augmentation of Wearable Sensor Data.
    """
    one_of("edge", edge, _EDGES)
    one_of("moves", moves, _MOVES)
    within("over", over, "a time in seconds (in steps where no time is known), or 0", low=0)
    count, steps = series.shape[:2]
    time = series.moments(rate)
    whole = over / time.interval[:, 0] if over else np.array([float(steps)])
    moved = np.trunc(shift * whole + np.copysign(0.5, shift)).astype(np.int64)
    late = np.where(draw.uniform((count,), stream="direction") < 0.5, moved, -moved)
    delay = late[:, np.newaxis] * time.interval
    report = {"steps_late": late.tolist(), f"late_{time.unit}": delay[:, 0].tolist()}
    if moves == "stamps":
        shifted = series.stamped(np.broadcast_to(delay, (count, steps)))
        return Noisy(shifted, mapping=_delayed(time, delay), report=report)
    rows = np.arange(steps) - late[:, np.newaxis]
    rows = rows % max(steps, 1) if edge == "wrap" else np.clip(rows, 0, max(steps - 1, 0))
    if time.even:
        values = np.take_along_axis(series.values, rows[:, :, np.newaxis], axis=1)
    else:
        asked = time.ascending().at - delay
        whole = time.at[:, -1:] + time.interval
        values = read_at(series, time, asked % whole if edge == "wrap" else asked)
    mapping = row_map(time, rows) if edge == "wrap" else _delayed(time, delay)
    return Noisy(series.moved(values, rows=None), mapping=mapping, report=report)


def _delayed(time: Moments, delay: Values) -> TimeMap | None:
    """Return the map of one series that is late; None for several."""
    return None if len(delay) > 1 else TimeMap.linear(time.duration(0), delay=float(delay[0, 0]))


@perturbation(batched=True, coupling="transform")
def clock_skew(
    series: Series,
    draw: Draw,
    *,
    ppm: Dose = Ladder(100, 1000, 10_000, 30_000, 100_000, unit="ppm", scale="log", high=500_000),
    moves: str = "values",
    rate: float | None = None,
) -> Noisy:
    """A clock that runs fast or slow: readings are taken ever earlier, or later, than they say.

    Fast or slow is drawn. What a clock that is fast by a part e says is t was at t / (1 + e): the reading that stands there
    is the one that the series shows at that moment, between its readings by a cubic that is exact for parabolas. What a slow
    clock would see after the end holds the last reading. With moves=stamps the readings stay and their stamps t become
    t (1 + e). Time counts from the first reading. Missing values move along; between a missing reading and another there
    is none.

    Severity: parts per million: 100 for a poor crystal, 1 % for a trimmed oscillator of resistor and capacitor, 10 % for one
        that is not; our choice of steps.

    Settings:
        moves: "values" under stamps as they were, or the "stamps" of an index that is wrong.

    Raises:
        BadSetting: nothing of that name moves.
        NotApplicable: stamps do not ascend, or there are none to be wrong.

    References: Mills 1991, Internet time synchronization: the Network Time Protocol (frequency offset).
    """
    one_of("moves", moves, _MOVES)
    time, count = series.moments(rate).ascending(), len(series)
    fast = np.where(draw.uniform((count, 1), stream="direction") < 0.5, ppm, -ppm) * 1e-6
    report = {"ppm": (fast[:, 0] * 1e6).tolist()}
    pace = 1.0 + float(fast[0, 0])
    mapping = None if count > 1 else TimeMap.linear(time.duration(0), pace=pace)
    if moves == "stamps":
        return Noisy(series.stamped(time.at * fast), mapping=mapping, report=report)
    values = read_at(series, time, time.at / (1.0 + fast))
    return Noisy(series.moved(values, rows=None), mapping=mapping, report=report)


@perturbation(batched=True, coupling="transform")
def timestamp_jitter(
    series: Series,
    draw: Draw,
    *,
    jitter: Dose = Ladder(
        0.1, 0.25, 0.5, 1.0, 2.0, unit="sampling intervals (standard deviation)", high=100.0
    ),
    interval: float = 0.0,
    moves: str = "values",
    rate: float | None = None,
) -> Noisy:
    """A busy processor: each reading is taken a little earlier or later than its stamp says.

    The delay of each reading, of all its channels at once, is normal, bounded by 3 standard deviations. The reading is the one that the series shows at the delayed moment, between
    its readings by a cubic that is exact for parabolas; beyond the ends the outermost are held. With moves=stamps the readings
    stay and their stamps get the delay, so that they may be out of order. Missing values move along; between a missing
    reading and another there is none. Delays are 0 in the mean, so that targets stay where they are.

    Severity: standard deviation of the delay, in sampling intervals; our choice.

    Settings:
        interval: seconds (steps where no time is known) that the dose counts in: 0.001 for a jitter in ms; 0 for the median time
            from one reading to the next.
        moves: "values" under stamps as they were, or the "stamps" of an index that is wrong.

    Raises:
        BadSetting: nothing of that name moves, or the interval is no time.
        NotApplicable: stamps do not ascend, or there are none to be wrong.

    References: Brannon and Barlow 2006, Aperture Uncertainty and ADC System Performance (Analog Devices AN-501).
    """
    one_of("moves", moves, _MOVES)
    within("interval", interval, "a time in seconds (in steps where no time is known), or 0", low=0)
    time = series.moments(rate).ascending()
    delays = np.clip(draw.normal(series.shape[:2], stream="delay"), -_MOST, _MOST)
    spread = jitter * time.per(interval)
    delays = spread * delays
    report = {f"jitter_{time.unit}": float(spread.mean())}
    if moves == "stamps":
        return Noisy(series.stamped(delays), report=report)
    values = read_at(series, time, time.at + delays)
    return Noisy(series.moved(values, rows=None), report=report)


@perturbation(batched=True, coupling="codec", keeps=("dtype",))
def downsampling(
    series: Series,
    draw: Draw,
    *,
    factor: Dose = Ladder(1.5, 2, 4, 8, 16, unit="times slower", none=1.0, low=1.0),
    back: str = "interpolate",
    reads: str = "point",
    rate: float | None = None,
) -> Noisy:
    """A slower sensor in place of the one that the model knows: only some of the readings are taken.

    Every `factor`-th reading is left, from the first on: the rows floor(j factor). The length is kept: what is between them is a
    straight line in time, or holds the last one taken. What was missing stays missing.

    Severity: how many times slower; our choice.

    Settings:
        back: "interpolate", "hold", or "rows" for the readings that are left alone: a shorter series, with their stamps.
        reads: "point" for the reading of the moment, in which fast changes show as slow ones (aliasing), or "mean" for that of
            all since the one before, as integrating converters do.

    Raises:
        BadSetting: there is no such way back, or way of reading.

    References: Oppenheim and Schafer 2010, Discrete-Time Signal Processing, 4.6 (compressor).
    """
    one_of("back", back, _BACKS)
    one_of("reads", reads, _READS)
    time, (count, steps, _) = series.moments(rate), series.shape
    left = np.floor(np.arange(np.ceil(steps / factor)) * factor).astype(np.int64)
    lost = np.ones((count, steps), dtype=np.bool_)
    lost[:, left] = False
    held = _averaged(series, int(factor + 0.5)) if reads == "mean" else series
    if back == "rows":
        return closed_up(held, lost, "shorten", time)
    values = filled(held, lost, back, time)
    return Noisy(values, report={"left": [len(left)] * count})


def _averaged(series: Series, width: int) -> Series:
    """Return each reading as the mean of the last ones that are there."""
    from perturbations.timeseries._kernels import average

    out = np.empty(series.shape)
    average(series.values, width, out)
    return Series(out, series.seconds, series.clock)
