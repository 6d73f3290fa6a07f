"""What stands in the place of lost values."""

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import BadSetting, did_you_mean, explain
from perturbations.timeseries._modality import Series

FILLS = ("nan", "zero", "hold", "interpolate")


def fill_lost(series: Series, lost: NDArray[np.bool_], fill: str) -> Series:
    """Return series (n, T, C) with the steps `lost` (n, T) filled.

    What was missing stays missing, except that "nan" makes more of it. A channel that lost all it had is filled with zeros.

    Raises:
        BadSetting: there is no such fill.
    """
    if fill not in FILLS:
        hint = did_you_mean(fill, FILLS)
        raise BadSetting(explain(f"one of {', '.join(FILLS)}", "fill", fill, hint))
    gone = np.isnan(series)
    holes = lost[:, :, np.newaxis] & ~gone
    if fill == "nan":
        return np.where(holes, np.nan, series)
    if fill == "zero":
        return np.where(holes, 0.0, series)
    return np.where(holes, _from_neighbours(series, ~(gone | holes), fill), series)


def _from_neighbours(series: Series, kept: NDArray[np.bool_], fill: str) -> Series:
    """Return for each value the last kept one (the next where there is none), or the chord between the two."""
    steps = series.shape[1]
    time = np.arange(steps)[np.newaxis, :, np.newaxis]
    before = np.maximum.accumulate(np.where(kept, time, -1), axis=1)
    after = np.minimum.accumulate(np.where(kept, time, steps)[:, ::-1], axis=1)[:, ::-1]
    left = np.where(before >= 0, before, after)
    right = np.where(after < steps, after, before)
    known = (left < steps) & (right >= 0)
    start = np.take_along_axis(series, np.where(known, left, 0), axis=1)
    if fill == "hold":
        return np.where(known, start, 0.0)
    end = np.take_along_axis(series, np.where(known, right, 0), axis=1)
    part = (time - left) / np.maximum(right - left, 1)
    return np.where(known, start + np.where(right > left, part, 0.0) * (end - start), 0.0)
