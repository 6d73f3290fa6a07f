"""Whether a synthetic noise predicts a natural one: over models, and over samples.

References: Belinkov and Bisk 2018 (no synthetic noise alone fixes natural noise in translation); Taori et al. 2020.
"""

import math

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._bands import resample
from noisebench.curve._records import Estimate, number, percent, span
from noisebench.curve._sample import Sample
from noisebench.topology._pull import Units

Floats = NDArray[np.float64]

FEWEST = 4
"""Models from which their order says something."""

FEW = 20
"""Samples that must be in both sets."""


def over_models(
    noise: Sample, natural: Sample, *, confidence: float, bootstrap: int, seed: int
) -> Estimate | None:
    """Return the rank correlation of models under both noises; samples are drawn again, the models stay.

    None where all models are alike under one of them, so that they have no order.

    Args:
        noise: with a level for every model.
        natural: the same models under the natural noise.
        confidence: of the interval.
        bootstrap: number of resamples.
        seed: of the resampling.
    """
    if noise.ids == natural.ids:
        both = resample((noise, natural), bootstrap=bootstrap, seed=seed)
        count = len(noise.severities)
        values, draws = (both.estimate[:count], both.estimate[count:]), both.draws
        first, second = draws[:, :count], draws[:, count:]
    else:
        one, other = (
            resample((each,), bootstrap=bootstrap, seed=seed + k)
            for k, each in enumerate((noise, natural))
        )
        values, first, second = (one.estimate, other.estimate), one.draws, other.draws
    value = float(_spearman(values[0][None], values[1][None])[0])
    if math.isnan(value):
        return None
    drawn = _spearman(first, second)
    low, high = _ends(drawn[~np.isnan(drawn)], value, confidence)
    models = len(noise.severities)
    said = f"{models} models, {percent(confidence)} interval over samples, n = {natural.n}"
    return Estimate(
        value, low, high, natural.n, f"rank correlation {number(value)} {span(low, high)} ({said})"
    )


def over_samples(
    noise: Sample, natural: Sample, *, confidence: float, bootstrap: int, seed: int
) -> Estimate | None:
    """Return the correlation over samples of one model's scores under both noises; None where there is none to have.

    It is of the first level: the model that was trained on clean data.
    """
    place = {name: i for i, name in enumerate(noise.ids)}
    mine = [i for i, name in enumerate(natural.ids) if name in place]
    if len(mine) < FEW:
        return None
    y = natural.per_sample()[0][mine]
    x = noise.per_sample()[0][[place[natural.ids[i]] for i in mine]]
    if x.std() == 0 or y.std() == 0:
        return None
    groups = None if natural.groups is None else natural.groups[mine]
    codes = None if groups is None else np.unique(groups, return_inverse=True)[1].astype(np.int64)
    drawn_units = Units.make(codes, len(x), seed=seed)
    counts = drawn_units.weights(bootstrap) + 1.0
    sums = [drawn_units.sums(each) for each in (np.ones_like(x), x, y, x * y, x * x, y * y)]
    total, sx, sy, sxy, sxx, syy = (counts @ each for each in sums)
    below = np.sqrt(np.maximum((sxx / total - (sx / total) ** 2), 0)) * np.sqrt(
        np.maximum(syy / total - (sy / total) ** 2, 0)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = (sxy / total - sx * sy / total**2) / below
    value = float(np.corrcoef(x, y)[0, 1])
    low, high = _ends(drawn[np.isfinite(drawn)], value, confidence)
    said = f"{percent(confidence)} interval, n = {len(x)}"
    return Estimate(
        value, low, high, len(x), f"correlation {number(value)} {span(low, high)} ({said})"
    )


def _spearman(first: Floats, second: Floats) -> Floats:
    """Return the rank correlation of rows; NaN where one has no order."""
    x, y = (_ranks(each) for each in (first, second))
    x, y = (each - each.mean(axis=1, keepdims=True) for each in (x, y))
    below = np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(below > 0, (x * y).sum(axis=1) / below, np.nan))


def _ranks(rows: Floats) -> Floats:
    """Return the ranks within rows; ties share their mean."""
    below = rows[:, :, None] > rows[:, None, :]
    same = rows[:, :, None] == rows[:, None, :]
    return np.asarray(below.sum(axis=2) + same.sum(axis=2) / 2, dtype=np.float64)


def _ends(drawn: Floats, value: float, confidence: float) -> tuple[float, float]:
    """Return percentile bounds, which never leave the value out."""
    if not len(drawn):
        return -1.0, 1.0
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return min(float(low), value), max(float(high), value)
