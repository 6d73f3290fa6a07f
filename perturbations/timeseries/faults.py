"""A sensor that is broken for a moment or for good."""

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.timeseries._modality import Reference, Series, flat, spread


@perturbation(batched=True, coupling="mask")
def stuck_at(
    series: Series,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.25, 0.5, 0.9, unit="share of time steps", high=1.0),
) -> Noisy:
    """A frozen sensor: from a drawn moment on it repeats one reading, on all channels.

    One run of steps holds the reading at the drawn step. The run grows to the right, and to the left once it has reached the end;
    its value is the same at every severity. Where the reading is missing the last one before it stands in, or the next.
    Missing values stay missing.

    Severity: share of time steps held.
    References: Ni et al. 2009, Sensor Network Data Fault Types (stuck-at).
    """
    steps = series.shape[1]
    length = int(share * steps + 0.5)
    onset = (draw.uniform((len(series),), stream="onset") * steps).astype(np.int64)
    start = np.minimum(onset, steps - length)[:, np.newaxis]
    time = np.arange(steps)
    held = ((time >= start) & (time < start + length))[:, :, np.newaxis] & ~np.isnan(series)
    readings = [_reading(each, moment) for each, moment in zip(series, onset, strict=True)]
    value = np.stack(readings)[:, np.newaxis] if steps else series
    report = {"steps": length, "start": start[:, 0].tolist()}
    return Noisy(np.where(held, value, series), report=report)


def _reading(series: Series, moment: int) -> NDArray[np.float64]:
    """Return the values at a step (C,), each from the nearest earlier step that has one, or the nearest later."""
    if not len(series):
        return np.zeros(series.shape[1])
    values: NDArray[np.float64] = series[moment].copy()
    for channel in np.flatnonzero(np.isnan(values)):
        known = np.flatnonzero(~np.isnan(series[:, channel]))
        if known.size:
            place = max(int(np.searchsorted(known, moment)) - 1, 0)
            values[channel] = series[known[place], channel]
    return values


@perturbation(batched=True, coupling="mask")
def spikes(
    series: Series,
    draw: Draw,
    *,
    share: Dose = Ladder(0.002, 0.005, 0.01, 0.03, 0.1, unit="share of values", high=1.0),
    magnitude: float = 5.0,
    reference: Reference,
) -> Noisy:
    """Bit flips and loose contacts: single values jump far up or down.

    Each value of each channel is hit independently; it moves by `magnitude` standard deviations of its channel, up or down by a draw.
    A value hit at one severity is hit alike at every higher one. A channel without spread has no spikes, and the report
    counts it. Missing values stay missing.

    Severity: share of values hit.
    References: Ni et al. 2009, Sensor Network Data Fault Types (outlier, spike).
    """
    std = spread(reference, series.shape[-1])
    hit = draw.uniform(series.shape, stream="hit") < share
    up = draw.uniform(series.shape, stream="direction") < 0.5
    jump = np.where(up, magnitude, -magnitude) * std
    return Noisy(np.where(hit, series + jump, series), report=flat(std) | {"hits": int(hit.sum())})
