"""Values that never arrive."""

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.timeseries._fill import fill_lost
from perturbations.timeseries._modality import Series


@perturbation(batched=True, coupling="mask", missing=True, measure="changed")
def burst_dropout(
    series: Series,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.35, 0.5, unit="share of time steps", high=1.0),
    burst: float = 8.0,
    fill: str = "nan",
) -> Noisy:
    """A link that fails in bursts: all channels are lost for a while, then come back.

    A two-state chain in its stationary distribution: the expected share of steps lost is the dose, and bursts are geometric with a
    mean of `burst` steps (1 / (1 - share) where that is longer). A step lost at one severity is lost at every higher one.

    Severity: share of time steps lost.

    Settings:
        burst: mean length of a burst in steps, at least 1.
        fill: "nan" (missing), "zero", "hold" (the last value received), "interpolate" (a straight line over the gap).

    Raises:
        BadSetting: `burst` is below 1, or there is no such fill.

    References: Gilbert 1960, Capacity of a Burst-Noise Channel.
    """
    if not burst >= 1:
        raise BadSetting(explain("a mean burst of at least 1 step", "burst", burst))
    lost = _chain(draw.uniform(series.shape[:2], stream="steps"), share, burst)
    shares = lost.mean(axis=1) if lost.size else np.zeros(len(lost))
    return Noisy(fill_lost(series, lost, fill), report={"lost": shares.tolist()})


def _chain(uniform: NDArray[np.float64], share: float, burst: float) -> NDArray[np.bool_]:
    """Run the chain along axis 1: True where lost.

    A number below `enter` loses the step whatever came before, one at or above `stay` keeps it, one between repeats
    the step before. All three thresholds rise with the share, hence the nesting.
    """
    stay = max(1.0 - 1.0 / burst, share)
    enter = share * (1.0 - stay) / (1.0 - share) if share < 1.0 else 1.0
    lost = uniform < enter
    decided = lost | (uniform >= stay)
    lost[:, :1] = uniform[:, :1] < share
    decided[:, :1] = True
    latest = np.maximum.accumulate(np.where(decided, np.arange(uniform.shape[1]), 0), axis=1)
    return np.take_along_axis(lost, latest, axis=1)
