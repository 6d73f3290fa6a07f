"""Which steps are lost in bursts, and what stands in their place."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations._draw import Keys
from perturbations.errors import BadSetting, explain
from perturbations.timeseries._series import Moments, Series, Values
from perturbations.timeseries._settings import one_of, within

FILLS = ("nan", "zero", "hold", "interpolate")
"""In the order of the kernels' codes."""


class Lost(NamedTuple):
    """Steps that are lost."""

    steps: NDArray[np.bool_]
    """(n, T, links)."""
    shares: list[float]
    """Which share of each series they are."""


def check_burst(burst: float, seconds: float) -> None:
    """Raise BadSetting unless a burst is at least one step long, and not shorter than nothing in seconds."""
    if not burst >= 1:
        raise BadSetting(explain("a mean burst of at least 1 step", "burst", burst))
    within("seconds", seconds, "a mean burst in seconds, or 0", low=0)


def in_bursts(
    keys: Keys,
    shape: tuple[int, int, int],
    share: Values,
    burst: float,
    seconds: float,
    time: Moments,
) -> Lost:
    """Return which steps of each link are lost, `shape` (n, T, links): a two-state chain, nested in the share (n or 1, T or 1).

    Bursts are geometric with a mean of `burst` steps (1 / (1 - share) where that is longer), or exponential in time with a
    mean of so many seconds, seen at the moments of the steps. Either way the share is lost in expectation.

    Raises:
        MissingFact: bursts are in seconds, and no time is known.
    """
    from perturbations.timeseries._kernels import chain

    lost, count = np.empty(shape, dtype=np.bool_), np.zeros(shape[0], dtype=np.int64)
    if seconds:
        enter, stay = _by_time(share, seconds, time.demand_seconds("bursts in seconds"))
    else:
        stay = np.maximum(1.0 - 1.0 / burst, share)
        enter = _share_of(share * (1.0 - stay), share)
    stay = np.where(share > 0, stay, 0.0)  # where nothing is lost, a burst does not go on either
    chain(keys, np.ascontiguousarray(share[:, :1]), enter, stay, lost, count)
    return Lost(lost, (count / max(shape[1] * shape[2], 1)).tolist())


def filled(series: Series, lost: NDArray[np.bool_], fill: str, time: Moments) -> Values:
    """Return the readings with the lost steps, (n, T), filled.

    What was missing stays missing. A channel that has lost all it had is filled with zeros.
    """
    from perturbations.timeseries._kernels import fill as fill_in

    out = np.empty(series.shape)
    fill_in(series.values, lost, time.at, FILLS.index(fill), out)
    return out


def check_fill(fill: str) -> None:
    """Raise BadSetting unless there is such a fill."""
    one_of("fill", fill, FILLS)


def _by_time(share: Values, seconds: float, time: Moments) -> tuple[Values, Values]:
    """Return when the chain of a process in time enters and stays, by the time since the step before."""
    steps = np.abs(np.diff(time.at, axis=1, prepend=time.at[:, :1]))
    kept = 1.0 - share
    rate = np.divide(1.0, seconds * kept, out=np.full(share.shape, np.inf), where=kept > 0)
    with np.errstate(invalid="ignore"):
        decay = np.where(np.isinf(rate), 0.0, np.exp(-steps * rate))
    return share * (1.0 - decay), share + kept * decay


def _share_of(part: Values, share: Values) -> Values:
    """Return part / (1 - share), 1 where nothing is kept."""
    return np.divide(part, 1.0 - share, out=np.ones(share.shape), where=share < 1.0)
