"""Readings that come at the wrong time."""

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, did_you_mean, explain
from perturbations.timeseries._modality import Series

_EDGES = ("hold", "wrap")


@perturbation(
    batched=True,
    coupling="transform",
    missing=True,
    exempt={"monotone": "a periodic series comes back into phase when it is shifted further"},
)
def time_shift(
    series: Series,
    draw: Draw,
    *,
    shift: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of the length", high=1.0),
    edge: str = "hold",
) -> Noisy:
    """A clock that is off: the whole series comes early or late by the same number of steps.

    Early or late is drawn, the same at every severity; the number of steps is rounded. Missing values move along. The
    mapping gives, for each step, the clean step that stands there.

    Severity: shift as a share of the series' length.

    Settings:
        edge: what enters at the end: "hold" repeats the outermost step, "wrap" continues at the other end.

    Raises:
        BadSetting: there is no such edge.

    References: Um et al. 2017, Data Augmentation of Wearable Sensor Data.
    """
    if edge not in _EDGES:
        hint = did_you_mean(edge, _EDGES)
        raise BadSetting(explain(f"one of {', '.join(_EDGES)}", "edge", edge, hint))
    count, steps = series.shape[:2]
    moved = int(shift * steps + 0.5)
    late = np.where(draw.uniform((count,), stream="direction") < 0.5, moved, -moved)
    source = np.arange(steps) - late[:, np.newaxis]
    source = source % max(steps, 1) if edge == "wrap" else np.clip(source, 0, max(steps - 1, 0))
    shifted = np.take_along_axis(series, source[:, :, np.newaxis], axis=1)
    mapping = source[0] if count == 1 else source
    return Noisy(shifted, mapping=mapping, report={"steps_late": late.tolist()})
