"""Values that never arrive."""

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.timeseries._gaps import check_burst, check_fill, filled, in_bursts
from perturbations.timeseries._schedule import acting, check_schedule, said, strength
from perturbations.timeseries._series import Series


@perturbation(batched=True, coupling="mask", missing=True, measure="changed")
def burst_dropout(
    series: Series,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.35, 0.5, unit="share of time steps", high=1.0),
    burst: float = 8.0,
    seconds: float = 0.0,
    fill: str = "nan",
    schedule: str = "constant",
    period: float = 0.0,
    rate: float | None = None,
) -> Noisy:
    """A link that fails in bursts: all channels are lost for a while, then come back.

    A two-state chain in its stationary distribution: the expected share of steps lost is the dose, and bursts are geometric with a
    mean of `burst` steps (1 / (1 - share) where that is longer). A step lost at one severity is lost at every higher one.

    Severity: share of time steps lost.

    Settings:
        burst: mean length of a burst in steps, at least 1.
        seconds: mean length of a burst in seconds instead, by the stamps or the rate: the chain runs in time, so that a long
            gap between two stamps is forgotten. 0 for steps.
        fill: "nan" (missing), "zero", "hold" (the last value received), "interpolate" (a straight line over the gap, in
            time).
        schedule, period: when it acts: constant, or a ramp, diurnal, burst or regime of so many seconds (steps where no
            time is known), by which the share is multiplied; series with dates share it.

    Raises:
        BadSetting: `burst` is below 1, `seconds` below 0, or there is no such fill or schedule.
        MissingFact: bursts are in seconds, and neither stamps nor a rate are known.

    References: Gilbert 1960, Capacity of a Burst-Noise Channel.
    """
    check_burst(burst, seconds)
    check_fill(fill)
    check_schedule(schedule, period)
    time = series.moments(rate)
    acts = acting(series, draw, time, schedule, period)
    shape = (*series.shape[:2], 1)
    lost = in_bursts(draw.key("steps"), shape, strength(share, acts), burst, seconds, time)
    values = filled(series, lost.steps[:, :, 0], fill, time)
    return Noisy(values, report={"lost": lost.shares} | said(acts))
