"""Noise added to every value of a series."""

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.timeseries._modality import Reference, Series, flat, spread


@perturbation(batched=True)
def additive_noise(
    series: Series,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.1, 0.2, 0.4, 0.7, 1.0, unit="channel standard deviations"),
    reference: Reference,
) -> Noisy:
    """Noise of a sensor: independent normal numbers on every value of every channel.

    x + sigma * std * z, with std the channel's standard deviation over all clean series. A channel without spread gets no
    noise, and the report counts it. Missing values stay missing.

    Severity: sigma, in standard deviations of the channel.
    References: Wen et al. 2021, Time Series Data Augmentation for Deep Learning (jittering).
    """
    std = spread(reference, series.shape[-1])
    noisy = series + (sigma * std) * draw.normal(series.shape, stream="noise")
    return Noisy(noisy, report=flat(std))
