"""Readings that wander away from the truth."""

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, did_you_mean, explain
from perturbations.timeseries._modality import Reference, Series, flat, spread

_KINDS = ("linear", "walk")


@perturbation(batched=True)
def drift(
    series: Series,
    draw: Draw,
    *,
    end: Dose = Ladder(0.2, 0.5, 1.0, 2.0, 3.0, unit="channel standard deviations at the end"),
    kind: str = "linear",
    reference: Reference,
) -> Noisy:
    """A sensor that warms up or ages: an error that starts at 0 and grows along the series.

    "linear": a straight line to `end` standard deviations, up or down by a draw for each channel. "walk": a random walk whose last
    value has a standard deviation of `end`. A series of one step carries the drift of its end.

    Severity: drift at the last step, in standard deviations of the channel.

    Raises:
        BadSetting: there is no such kind.

    References: Ni et al. 2009, Sensor Network Data Fault Types (calibration drift).
    """
    if kind not in _KINDS:
        hint = did_you_mean(kind, _KINDS)
        raise BadSetting(explain(f"one of {', '.join(_KINDS)}", "kind", kind, hint))
    std = spread(reference, series.shape[-1])
    path = _line(series.shape, draw) if kind == "linear" else _walk(series.shape, draw)
    return Noisy(series + (end * std) * path, report=flat(std))


def _line(shape: tuple[int, ...], draw: Draw) -> NDArray[np.float64]:
    count, steps, channels = shape
    signs = np.where(draw.uniform((count, channels), stream="direction") < 0.5, -1.0, 1.0)
    ramp = np.arange(steps) / (steps - 1) if steps > 1 else np.ones(steps)
    return signs[:, np.newaxis, :] * ramp[np.newaxis, :, np.newaxis]


def _walk(shape: tuple[int, ...], draw: Draw) -> NDArray[np.float64]:
    moves = draw.normal(shape, stream="walk")
    if shape[1] > 1:
        moves[:, 0] = 0.0
    return np.asarray(np.cumsum(moves, axis=1) / max(shape[1] - 1, 1) ** 0.5)
