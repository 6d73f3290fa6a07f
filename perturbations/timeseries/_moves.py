"""Rows that move: read at other moments, closed up over losses, and where all of it went."""

import numpy as np
from numpy.typing import NDArray

from perturbations import Noisy
from perturbations._time_map import TimeMap
from perturbations.timeseries._series import Moments, Series, Steps, Values

ENDS = ("hold", "nan", "shorten")
"""What becomes of the length when rows are lost."""


def read_at(series: Series, time: Moments, asked: Values) -> Values:
    """Return what the series show at other moments (n or 1, T); before the first and after the last reading, those."""
    from perturbations.timeseries._kernels import read_at as read

    out = np.empty((len(series), asked.shape[1], series.shape[2]))
    if series.shape[1]:
        read(series.values, time.at, asked, out)
    return out


def closed_up(series: Series, lost: NDArray[np.bool_], end: str, time: Moments) -> Noisy:
    """Return what is left of each series, (n, T) lost, closed up.

    Its end holds the last row that is left, or is missing, and the stamps stay; or the series gets shorter, and each row that
    is left keeps its stamp. One that has lost all is zeros, missing, or empty.
    """
    from perturbations.timeseries._kernels import compact

    count, steps, _ = series.shape
    out, rows = np.empty(series.shape), np.zeros((count, steps), dtype=np.int64)
    left = np.zeros(count, dtype=np.int64)
    compact(series.values, lost, out, rows, left)
    beyond = np.arange(steps) >= left[:, np.newaxis]
    report = {"left": left.tolist()}
    if end == "shorten":
        along = series.seconds is not None
        moved = series.moved(out, rows=rows, lengths=left)
        mapping = row_map(time, rows[:, : int(left.max(initial=0))], along=along)
        return Noisy(moved, mapping=mapping, report=report)
    if end == "nan":
        out[beyond] = np.nan
    mapping = row_map(time, np.where(beyond, -1, rows))
    return Noisy(series.moved(out, rows=None), mapping=mapping, report=report)


def row_map(time: Moments, rows: Steps, *, along: bool = False) -> TimeMap | None:
    """Return where moments of one series go when step j holds the clean row rows[0, j]; below 0 it holds none.

    With stamps that come along, a moment that is not lost stays where it is. None for several series.
    """
    if len(rows) > 1:
        return None
    clean, duration = time.middles(0), time.duration(0)
    period = float(time.interval[0, 0])
    more = max(rows.shape[1] - len(clean), 0)
    stand = np.concatenate([clean, duration + period * (np.arange(more) + 0.5)])
    noisy = np.full(len(clean), np.nan)
    known = np.flatnonzero(rows[0] >= 0)[::-1]  # backwards, so that the first of several stays
    noisy[rows[0, known]] = clean[rows[0, known]] if along else stand[known]
    order = np.argsort(clean, kind="stable")
    # What comes after the last row that stands is not there any more.
    after = duration if along else time.duration(0, rows.shape[1])
    return TimeMap(clean[order], noisy[order], duration, after)
