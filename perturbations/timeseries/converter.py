"""From a voltage to a number: ranges that end too soon, and steps that are too coarse."""

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.timeseries._reference import Reference, quantile
from perturbations.timeseries._series import Series
from perturbations.timeseries._settings import one_of

_SIDES = ("both", "high", "low")


@perturbation(batched=True, coupling="codec")
def saturation(
    series: Series,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.05, 0.1, 0.2, 0.4, unit="share of values", high=1.0),
    side: str = "both",
    reference: Reference,
) -> Noisy:
    """A range that is too small: what is beyond it reads as its end.

    The range of each channel is set once, on the clean data: it leaves out the share of the dose, half of it at either end, by
    quantiles over all clean series. So a calm series may never reach it, and one in uproar does all the time. Missing values
    stay missing.

    Severity: share of all clean values that are beyond the range.

    Settings:
        side: the end that is too near: "both", "high" or "low".

    Raises:
        BadSetting: there is no such side.

    References: Ni et al. 2009, Sensor Network Data Fault Types (clipping).
    """
    one_of("side", side, _SIDES)
    part = share / 2 if side == "both" else share
    channels = series.shape[-1]
    low, high = (
        quantile(reference, p, channels, "side")
        if side in {end, "both"}
        else np.full(channels, none)
        for end, p, none in (("low", part, -np.inf), ("high", 1.0 - part, np.inf))
    )
    # The two halves meet in the median; an all-missing channel has no range.
    low, high = np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)
    noisy = np.minimum(np.maximum(series.values, low), np.maximum(low, high))
    hits = np.count_nonzero((noisy != series.values) & ~series.missing, axis=(1, 2))
    return Noisy(noisy, report={"saturated": hits.tolist()})


@perturbation(batched=True, coupling="codec")
def quantisation(
    series: Series,
    draw: Draw,
    *,
    bits: Dose = Ladder(8, 6, 4, 3, 2, unit="bits", none=np.inf, low=1.0),
    reference: Reference,
) -> Noisy:
    """A converter of too few bits: readings fall into steps.

    The range of each channel over all clean series is cut into 2^bits steps of equal width, and each reading becomes the middle of
    its step: 6.02 dB of noise less for each bit. What is beyond the range reads as the outermost step. A channel without
    spread stays. Missing values stay missing.

    Severity: bits; between whole numbers of bits, 2^bits is rounded.

    References: Bennett 1948, Spectra of Quantized Signals.
    """
    from perturbations.timeseries._kernels import quantise

    channels = series.shape[-1]
    low, high = (quantile(reference, p, channels, "bits") for p in (0.0, 1.0))
    levels = float(np.rint(2.0**bits))
    step = np.where(high > low, (high - low) / levels, 0.0)
    out = np.empty(series.shape)
    quantise(series.values, low, step, levels, out)
    return Noisy(out, report={"levels": int(levels)})
