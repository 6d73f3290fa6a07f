"""Noise of the sensor itself, on every reading of a series."""

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.timeseries._reference import Reference, flat, spread
from perturbations.timeseries._schedule import acting, check_schedule, said
from perturbations.timeseries._series import Series
from perturbations.timeseries._settings import one_of
from perturbations.timeseries._spectrum import COLOURS, coloured


@perturbation(batched=True)
def additive_noise(
    series: Series,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="channel standard deviations"),
    schedule: str = "constant",
    period: float = 0.0,
    rate: float | None = None,
    reference: Reference,
) -> Noisy:
    """Noise of a sensor: independent normal numbers on every value of every channel.

    x + sigma * std * z, with std the channel's standard deviation over all clean series. A channel without spread gets no
    noise, and the report counts it. Missing values stay missing.

    Severity: sigma, in standard deviations of the channel.

    Settings:
        schedule, period: when it acts: constant, or a ramp, diurnal, burst or regime of so many seconds (steps where no
            time is known); series with dates share it, so that windows of a stream continue it.

    Raises:
        BadSetting: there is no such schedule, or it needs a period.

    References: Wen et al. 2021, Time Series Data Augmentation for Deep Learning (jittering).
    """
    check_schedule(schedule, period)
    std = spread(reference, series.shape[-1])
    acts = acting(series, draw, series.moments(rate), schedule, period)
    if acts is not None:
        noise = (sigma * std) * draw.normal(series.shape, stream="noise")
        return Noisy(series.values + acts[:, :, np.newaxis] * noise, report=flat(std) | said(acts))
    from perturbations._kernels import CUBICS
    from perturbations.timeseries._kernels import add_normals

    out = np.empty(series.shape)
    add_normals(series.values, draw.key("noise"), sigma * std, CUBICS, out)
    return Noisy(out, report=flat(std))


@perturbation(batched=True)
def coloured_noise(
    series: Series,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="channel standard deviations"),
    colour: str = "pink",
    schedule: str = "constant",
    period: float = 0.0,
    rate: float | None = None,
    reference: Reference,
) -> Noisy:
    """Flicker and thermal drift of electronics: noise that is stronger at slow than at fast frequencies, or the reverse.

    Its power goes as 1 / f^b, with b = 1 for pink, 2 brown, 0 white, -1 blue and -2 violet: 3.01 b dB less an octave. Random
    waves of every frequency that fits into the series are added up, in each channel on its own, and scaled so that the root
    mean square over the series is exactly sigma * std, with std the channel's standard deviation over all clean series. At
    uneven stamps, waves up to half the mean rate. A channel without spread gets none, and the report counts it.

    Severity: sigma, in standard deviations of the channel.

    Settings:
        colour: pink, brown, white, blue or violet.
        schedule, period: when it acts: constant, or a ramp, diurnal, burst or regime of so many seconds (steps where no
            time is known); series with dates share it, so that windows of a stream continue it.

    Raises:
        BadSetting: there is no such colour or schedule, or it needs a period.

    References: Timmer and Koenig 1995, On generating power law noise.
    """
    one_of("colour", colour, tuple(COLOURS))
    check_schedule(schedule, period)
    std, time = spread(reference, series.shape[-1]), series.moments(rate)
    acts = acting(series, draw, time, schedule, period)
    noise = (sigma * std) * coloured(draw, series.shape, time, colour)
    noise = noise if acts is None else acts[:, :, np.newaxis] * noise
    return Noisy(series.values + noise, report=flat(std) | said(acts))


@perturbation(batched=True)
def snr_noise(
    series: Series,
    draw: Draw,
    *,
    snr: Dose = Ladder(30, 20, 10, 5, 0, unit="dB SNR", none=np.inf, scale="dB"),
    colour: str = "white",
    rate: float | None = None,
) -> Noisy:
    """Noise at an exact distance to the signal: so many decibels below what each channel of this series shows.

    The noise is scaled in every channel of every series so that 10 log10(var(x) / mean(noise^2)) is the dose, over the readings
    that are there. The signal's power is its variance, not its mean square: an offset is no signal. A channel that is
    constant in this series gets no noise, and the report counts it. Missing values stay missing.

    Severity: signal-to-noise ratio in dB.

    Settings:
        colour: white, pink, brown, blue or violet, as in coloured noise.

    Raises:
        BadSetting: there is no such colour.

    References: Timmer and Koenig 1995, On generating power law noise (other colours than white).
    """
    from perturbations.timeseries._kernels import powers

    one_of("colour", colour, tuple(COLOURS))
    noise = coloured(draw, series.shape, series.moments(rate), colour)
    signal, power = (np.zeros((len(series), series.shape[-1])) for _ in range(2))
    powers(series.values, noise, signal, power)
    wanted = signal * 10.0 ** (-snr / 10.0)
    scale = np.sqrt(np.divide(wanted, power, out=np.zeros_like(power), where=power > 0))
    report = {"flat_channels": np.count_nonzero(signal == 0, axis=1).tolist()}
    return Noisy(series.values + scale[:, np.newaxis] * noise, report=report)
