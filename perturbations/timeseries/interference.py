"""Noise from around the sensor: the mains, muscles, breath."""

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import NotApplicable, explain
from perturbations.timeseries._reference import Reference, flat, spread
from perturbations.timeseries._schedule import acting, check_schedule, said, story
from perturbations.timeseries._series import Moments, Series, Values, plus
from perturbations.timeseries._settings import within
from perturbations.timeseries._spectrum import band

_WAVES = 4
"""Waves of a baseline that wanders; our choice."""


@perturbation(batched=True)
def mains_hum(
    series: Series,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.05, 0.1, 0.25, 0.5, 1.0, unit="channel standard deviations"),
    frequency: float = 50.0,
    harmonics: int = 5,
    schedule: str = "constant",
    period: float = 0.0,
    rate: float | None = None,
    reference: Reference,
) -> Noisy:
    """Power lines couple into cables: a hum at the frequency of the mains and its multiples, in all channels at once.

    Wave h of the hum has the frequency h times the mains', an amplitude of 1 / h and a drawn phase; those beyond half the
    sampling rate are left out, as by a filter before the converter. The root mean square of the hum is sigma * std, with std
    the channel's standard deviation over all clean series. It is taken at the stamps of the readings; series with dates hear
    one hum, whose phase goes on from window to window. A channel without spread hears none, and the report counts it.

    Severity: root mean square, in standard deviations of the channel.

    Settings:
        frequency: of the mains in Hz: 50, or 60 in the Americas.
        harmonics: waves, the one of the mains itself included.
        schedule, period: when it acts: constant, or a ramp, diurnal, burst or regime of so many seconds; series with dates
            share it.

    Raises:
        BadSetting: there is no such schedule, or it needs a period, or a frequency or number of waves is none.
        MissingFact: neither stamps nor a rate are known.
        NotApplicable: readings are too slow to show the mains.

    References: Huhta and Webster 1973, 60-Hz interference in electrocardiography.
    """
    check_schedule(schedule, period)
    within("frequency", frequency, "a frequency in Hz", low=1e-9)
    within("harmonics", harmonics, "at least one wave", low=1)
    std = spread(reference, series.shape[-1])
    time = series.moments(rate).demand_seconds("a frequency in Hz")
    acts = acting(series, draw, time, schedule, period)
    hum = _hum(series, story(series, draw), time, frequency, harmonics)
    hum = hum if acts is None else acts * hum
    noisy = plus(series, hum, (sigma * std)[np.newaxis])
    return Noisy(noisy, report=flat(std) | said(acts))


def _hum(series: Series, draw: Draw, time: Moments, frequency: float, harmonics: int) -> Values:
    """Return the hum of root mean square 1, (n, T)."""
    limit = 0.5 / time.interval
    if series.shape[1] > 1 and not (frequency < limit).all():
        hint = "leave it out, or set the frequency at which it would show"
        expected = f"a rate of more than {2 * frequency:g} Hz"
        raise NotApplicable(explain(expected, "rate", round(float(2 * limit.min()), 6), hint))
    multiples = np.arange(1, harmonics + 1)
    heights = np.where((multiples == 1) | (multiples * frequency < limit), 1.0 / multiples, 0.0)
    heights = heights / np.sqrt((heights**2).sum(axis=1, keepdims=True) / 2.0)
    phase = draw.uniform((len(series), harmonics), stream="phase")
    at = _clock(series, time)
    hum = np.zeros(series.shape[:2])
    for h in multiples.tolist():
        turns = (h * frequency * at + phase[:, h - 1 : h]) % 1.0
        hum += heights[:, h - 1 : h] * np.sin(2 * np.pi * turns)
    return hum


def _clock(series: Series, time: Moments) -> Values:
    """Return the moments by which waves go on from series to series, where there are dates."""
    return time.at if series.clock is None else series.clock


@perturbation(batched=True)
def muscle_noise(
    series: Series,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.05, 0.1, 0.25, 0.5, 1.0, unit="channel standard deviations"),
    low: float = 20.0,
    high: float = 150.0,
    schedule: str = "constant",
    period: float = 0.0,
    rate: float | None = None,
    reference: Reference,
) -> Noisy:
    """Muscles under an electrode: noise in the band of their own currents, on every channel.

    Random waves of even power between `low` and `high` Hz, as far as the readings can show them, in each channel on its own;
    the root mean square over the series is exactly sigma * std, with std the channel's standard deviation over all clean
    series. With schedule=burst, somebody who clenches the jaw now and then. A channel without spread gets none, and the
    report counts it.

    Severity: root mean square, in standard deviations of the channel.

    Settings:
        low, high: the band in Hz; by default that of muscles of the scalp and face where it is strongest.
        schedule, period: when it acts: constant, or a ramp, diurnal, burst or regime of so many seconds; series with dates
            share it.

    Raises:
        BadSetting: there is no such schedule, or it needs a period, or the band is empty.
        MissingFact: neither stamps nor a rate are known.
        NotApplicable: readings are too slow, or the series too short, to show the band.

    References: Goncharova et al. 2003, EMG contamination of EEG: spectral and topographical characteristics.
    """
    check_schedule(schedule, period)
    _check_band(low, high)
    std = spread(reference, series.shape[-1])
    time = series.moments(rate).demand_seconds("a band in Hz")
    acts = acting(series, draw, time, schedule, period)
    noise = (sigma * std) * band(draw, series.shape, time, low, high)
    noise = noise if acts is None else acts[:, :, np.newaxis] * noise
    return Noisy(series.values + noise, report=flat(std) | said(acts))


@perturbation(batched=True)
def baseline_wander(
    series: Series,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.2, 0.5, 1.0, 2.0, 3.0, unit="channel standard deviations"),
    low: float = 0.05,
    high: float = 0.5,
    schedule: str = "constant",
    period: float = 0.0,
    rate: float | None = None,
    reference: Reference,
) -> Noisy:
    """Breath and slow movement under an electrode: the baseline goes up and down.

    Four waves of frequencies drawn between `low` and `high` Hz, evenly in their logarithm, the same for all channels, and of a
    phase drawn for each; their root mean square over a long time is sigma * std, with std the channel's standard deviation
    over all clean series. Series with dates see one baseline, which goes on from window to window. A channel without
    spread stays, and the report counts it.

    Severity: root mean square, in standard deviations of the channel.

    Settings:
        low, high: the band in Hz; by default that of breath and of what moves with it.
        schedule, period: when it acts: constant, or a ramp, diurnal, burst or regime of so many seconds; series with dates
            share it.

    Raises:
        BadSetting: there is no such schedule, or it needs a period, or the band is empty.
        MissingFact: neither stamps nor a rate are known.

    References: Sornmo and Laguna 2005, Bioelectrical Signal Processing in Cardiac and Neurological Applications, 7.1.
    """
    check_schedule(schedule, period)
    _check_band(low, high)
    std, common = spread(reference, series.shape[-1]), story(series, draw)
    time = series.moments(rate).demand_seconds("a band in Hz")
    acts = acting(series, draw, time, schedule, period)
    wander = (sigma * std) * _waves(series, common, time, low, high)
    wander = wander if acts is None else acts[:, :, np.newaxis] * wander
    return Noisy(series.values + wander, report=flat(std) | said(acts))


def _waves(series: Series, draw: Draw, time: Moments, low: float, high: float) -> Values:
    """Return waves of root mean square 1, (n, T, C)."""
    count, _, channels = series.shape
    pace = low * (high / low) ** draw.uniform((count, _WAVES), stream="frequency")
    phase = draw.uniform((count, _WAVES, channels), stream="phase")
    at = _clock(series, time)
    waves: NDArray[np.float64] = np.zeros(series.shape)
    for k in range(_WAVES):
        turns = (pace[:, k : k + 1] * at % 1.0)[:, :, np.newaxis] + phase[:, k : k + 1]
        waves += np.sqrt(2.0 / _WAVES) * np.sin(2 * np.pi * turns)
    return waves


def _check_band(low: float, high: float) -> None:
    within("low", low, "a frequency in Hz", low=1e-9)
    within("high", high, f"a frequency of at least low={low:g} Hz", low=low)
