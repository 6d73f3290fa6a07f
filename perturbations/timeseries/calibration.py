"""Readings that are off by what a calibration would take out: an offset, a factor, and how they wander."""

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.timeseries._reference import Reference, flat, means, spread
from perturbations.timeseries._schedule import acting, check_schedule, said, story, strength
from perturbations.timeseries._series import Moments, Series, Values, plus
from perturbations.timeseries._settings import one_of, within

_KINDS = ("linear", "walk")
_ABOUT = ("zero", "mean")


@perturbation(batched=True)
def bias(
    series: Series,
    draw: Draw,
    *,
    offset: Dose = Ladder(0.1, 0.25, 0.5, 1.0, 2.0, unit="channel standard deviations"),
    schedule: str = "constant",
    period: float = 0.0,
    rate: float | None = None,
    reference: Reference,
) -> Noisy:
    """A sensor that was mounted or zeroed wrongly: every reading of a channel is off by the same amount.

    x + offset * std, up or down by a draw for each channel, with std the channel's standard deviation over all clean series;
    never in units of its mean, of which a channel about zero has none. With schedule=ramp it grows between calibrations.
    A channel without spread stays, and the report counts it.

    Severity: offset, in standard deviations of the channel.

    Settings:
        schedule, period: when it acts: constant, or a ramp, diurnal, burst or regime of so many seconds (steps where no
            time is known); series with dates share it and its directions, so that windows of a stream continue it.

    Raises:
        BadSetting: there is no such schedule, or it needs a period.

    References: Ni et al. 2009, Sensor Network Data Fault Types (calibration offset).
    """
    check_schedule(schedule, period)
    std = spread(reference, series.shape[-1])
    acts = acting(series, draw, series.moments(rate), schedule, period)
    off = plus(series, strength(offset, acts), _signs(series, draw, acts) * std)
    return Noisy(off, report=flat(std) | said(acts))


@perturbation(batched=True)
def gain_error(
    series: Series,
    draw: Draw,
    *,
    percent: Dose = Ladder(2, 5, 10, 20, 50, unit="%"),
    about: str = "zero",
    schedule: str = "constant",
    period: float = 0.0,
    rate: float | None = None,
    reference: Reference | None = None,
) -> Noisy:
    """An amplifier or a scale that is off: every reading of a channel is too large, or too small, by the same factor.

    x (1 + p), or x (1 - p) by a draw for each channel. About the mean of the clean data instead of zero, x + p (x - mean), as
    behind a filter that takes the offset out.

    Severity: gain error in percent.

    Settings:
        about: what stays in its place: "zero", or the "mean" of the channel over all clean series.
        schedule, period: when it acts: constant, or a ramp, diurnal, burst or regime of so many seconds (steps where no
            time is known); series with dates share it and its directions, so that windows of a stream continue it.

    Raises:
        BadSetting: there is no such schedule, or it needs a period, or no such place.
        MissingReference: the mean is asked for, and not known.

    References: Ni et al. 2009, Sensor Network Data Fault Types (calibration gain).
    """
    check_schedule(schedule, period)
    one_of("about", about, _ABOUT)
    centre = means(reference, series.shape[-1], "about") if about == "mean" else 0.0
    acts = acting(series, draw, series.moments(rate), schedule, period)
    gain = (
        strength(percent / 100.0, acts)[:, :, np.newaxis]
        * _signs(series, draw, acts)[:, np.newaxis]
    )
    return Noisy(series.values + gain * (series.values - centre), report=said(acts))


def _signs(series: Series, draw: Draw, acts: Values | None) -> Values:
    """Return 1 or -1 for each channel, (n, C): under a schedule, that of the story that all dated series share."""
    common = draw if acts is None else story(series, draw)
    up = common.uniform((len(series), series.shape[-1]), stream="direction") >= 0.5
    return np.where(up, 1.0, -1.0)


@perturbation(batched=True)
def drift(
    series: Series,
    draw: Draw,
    *,
    end: Dose = Ladder(0.2, 0.5, 1.0, 2.0, 3.0, unit="channel standard deviations at the end"),
    kind: str = "linear",
    over: float = 0.0,
    rate: float | None = None,
    reference: Reference,
) -> Noisy:
    """A sensor that warms up or ages: an error that starts at 0 and grows along the series.

    "linear": a straight line in time to `end` standard deviations, up or down by a draw for each channel. "walk": a random walk
    whose last value has a standard deviation of `end`, which grows with the root of time. A series of one step carries
    the drift of its end. A drift that goes on over windows of a stream is a bias with schedule=ramp.

    Severity: drift at the last step, or after `over` seconds, in standard deviations of the channel.

    Settings:
        kind: "linear" or "walk".
        over: after how many seconds (steps where no time is known) the drift is `end`; 0 for the length of the series, 1 for
            a drift per second.

    Raises:
        BadSetting: there is no such kind, or `over` is no time.

    References: Ni et al. 2009, Sensor Network Data Fault Types (calibration drift).
    """
    one_of("kind", kind, _KINDS)
    within("over", over, "a time in seconds (in steps where no time is known), or 0", low=0)
    std, time = spread(reference, series.shape[-1]), series.moments(rate)
    if kind == "walk":
        return Noisy(_walked(series, draw, time, end * std, over), report=flat(std))
    signs = draw.uniform((len(series), series.shape[-1]), stream="direction") < 0.5
    rise = np.where(signs, -end, end) * std
    return Noisy(plus(series, _path(time, over), rise), report=flat(std))


def _path(time: Moments, over: float) -> Values:
    """Return how far each moment is on the way to the end, (n or 1, T)."""
    gone = time.elapsed
    if over:
        return gone / over
    ends = gone.max(axis=1, keepdims=True, initial=0.0)
    return np.asarray(np.divide(gone, ends, out=np.ones_like(gone), where=ends > 0))


def _walked(series: Series, draw: Draw, time: Moments, scale: Values, over: float) -> Values:
    """Return the readings with a walk whose steps have the root of their time as spread."""
    from perturbations._kernels import CUBICS
    from perturbations.timeseries._kernels import add_walk

    times = np.abs(np.diff(time.at, axis=1, prepend=time.at[:, :1]))
    whole = np.full((len(times), 1), over) if over else times.sum(axis=1, keepdims=True)
    one_step = np.full_like(times, float(times.shape[1] == 1))
    roots = np.sqrt(np.divide(times, whole, out=one_step, where=whole > 0))
    out = np.empty(series.shape)
    add_walk(series.values, draw.key("walk"), scale, roots, CUBICS, out)
    return out
