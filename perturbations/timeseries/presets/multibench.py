"""MultiBench's noise in time series: readings with noise, single readings lost, whole steps lost."""

import numpy as np

from perturbations import Dose, Draw, Noisy, perturbation
from perturbations._multibench import LEVEL, Parts, chosen, within
from perturbations.timeseries._reference import Reference, flat, spread
from perturbations.timeseries._series import Series

PARTS = ("gaussian", "random-drop", "structured-drop")


@perturbation(
    "multibench/timeseries",
    family="multibench",
    modality="timeseries",
    batched=True,
    coupling="transform",
)
def timeseries(
    series: Series,
    draw: Draw,
    *,
    level: Dose = LEVEL,
    parts: Parts = PARTS,
    divided_by: float = 1.0,
    reference: Reference,
) -> Noisy:
    """Sensors that err and fall out: every step of every series has noise, and readings are lost on their own and by whole steps.

    In this order: gaussian, x + level * std * z, with std the channel's standard deviation over all clean series
    and one normal number z for each step, which all channels share; random-drop, each reading becomes 0 with
    probability `level`; structured-drop, all readings of a step do. With both, a share 1 - (1 - level)^2 is lost:
    0.19, 0.51, 0.75, 0.99 at 0.1, 0.3, 0.5, 0.9. A lost reading is 0, which is the mean of standardised data only.
    Missing values stay missing.

    Departures from the program: noise is in units of the data, not raw ones; it is on every step of every series,
    and steps are lost one by one, on all data sets (in its affect and MIMIC loaders a whole sample gets one offset,
    or is lost); and the clean series is not written to.

    Severity: the protocol's noise level, 0 to 1: spread of the noise and probability of each loss.

    Settings:
        parts: some of the three: gaussian and structured-drop on the affect data sets, gaussian and random-drop on Gentle Push.
        divided_by: what the level is divided by first; see multibench/text.

    Raises:
        BadSetting: there is no such part, or the divisor is below 1.

    References: Liang et al. 2021, MultiBench: Multiscale Benchmarks for Multimodal Representation Learning (time-series imperfections).
    """
    amount, made = within(level, divided_by), chosen(parts, PARTS)
    count, steps, channels = series.shape
    std, values = spread(reference, channels), series.values
    if "gaussian" in made:
        values = values + amount * std * draw.normal((count, steps, 1), stream="gaussian")
    lost = np.zeros(series.shape, dtype=np.bool_)
    if "random-drop" in made:
        lost |= draw.uniform(series.shape, stream="random-drop") < amount
    if "structured-drop" in made:
        lost |= draw.uniform((count, steps, 1), stream="structured-drop") < amount
    noisy = np.where(lost & ~series.missing, 0.0, values)
    shares = lost.reshape(count, -1).mean(axis=1) if lost.size else np.zeros(count)
    return Noisy(noisy, report=flat(std) | {"lost": shares.tolist()})
