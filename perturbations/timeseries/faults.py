"""A sensor that is broken for a moment or for good."""

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.timeseries._reference import Reference, flat, spread
from perturbations.timeseries._schedule import acting, check_schedule, said, strength
from perturbations.timeseries._series import Series


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
    Missing values stay missing. Many short runs are burst dropout with fill=hold.

    Severity: share of time steps held.
    References: Ni et al. 2009, Sensor Network Data Fault Types (stuck-at).
    """
    from perturbations.timeseries._kernels import stick

    steps = series.shape[1]
    length = int(share * steps + 0.5)
    onset = (draw.uniform((len(series),), stream="onset") * steps).astype(np.int64)
    start = np.minimum(onset, steps - length)
    out = np.empty(series.shape)
    if steps:
        stick(series.values, onset, start, length, out)
    return Noisy(out, report={"steps": length, "start": start.tolist()})


@perturbation(batched=True, coupling="mask")
def spikes(
    series: Series,
    draw: Draw,
    *,
    share: Dose = Ladder(0.002, 0.005, 0.01, 0.03, 0.1, unit="share of values", high=1.0),
    magnitude: float = 5.0,
    schedule: str = "constant",
    period: float = 0.0,
    rate: float | None = None,
    reference: Reference,
) -> Noisy:
    """Bit flips and loose contacts: single values jump far up or down.

    Each value of each channel is hit independently; it moves by `magnitude` standard deviations of its channel, up or down by a draw.
    A value hit at one severity is hit alike at every higher one. A channel without spread has no spikes, and the report
    counts it. Missing values stay missing.

    Severity: share of values hit.

    Settings:
        magnitude: of a spike, in standard deviations of the channel.
        schedule, period: when it acts: constant, or a ramp, diurnal, burst or regime of so many seconds (steps where no
            time is known), by which the share is multiplied; series with dates share it.

    Raises:
        BadSetting: there is no such schedule, or it needs a period.

    References: Ni et al. 2009, Sensor Network Data Fault Types (outlier, spike).
    """
    from perturbations.timeseries._kernels import spike

    check_schedule(schedule, period)
    std = spread(reference, series.shape[-1])
    acts = acting(series, draw, series.moments(rate), schedule, period)
    out = np.empty(series.shape)
    likely = np.ascontiguousarray(strength(share, acts))
    hits = spike(
        series.values, draw.key("hit"), draw.key("direction"), likely, magnitude * std, out
    )
    return Noisy(out, report=flat(std) | said(acts) | {"hits": hits})
