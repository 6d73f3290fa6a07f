"""MultiBench's summary numbers of a curve over its noise levels, as its evaluation script defines them, and what stands beside them.

Why: the script's numbers are raw. Its relative robustness is an area that is divided neither by the range nor by the clean
performance, so that it mostly tells how good a model is without noise; its effective robustness compares losses in
the metric's own unit, so that a strong model is blamed for having further to fall before it guesses. Over 25 tasks of its
own stored curves, the rank correlation of clean accuracy and effective robustness has the median -0.6. Both are
therefore given under their full citation only, and with the chance-normalised form beside them.

A curve is a list of performances at the noise levels 0, 0.1, 0.2, ...; nothing here knows of noise.

References:
    Liang et al. 2021, "MultiBench: multiscale benchmarks for multimodal representation learning", and its
    `eval_scripts/robustness.py`.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from noisebench.errors import MetricError
from perturbations.errors import explain

__all__ = [
    "CITATION",
    "LEVELS",
    "STEP",
    "effective_robustness",
    "effective_robustness_on_retention",
    "min_max",
    "relative_robustness",
    "retained_area",
]

Floats = NDArray[np.float64]
Performances = Sequence[float]
"""Performance at the noise levels 0, 0.1, 0.2, ..."""

CITATION = "Liang et al. 2021"

STEP = 0.1
"""The distance of two levels, which the script has as a constant."""

LEVELS = tuple(k / 10 for k in range(1, 10))
"""The noise levels of most of the published curves, besides 0; some end at 0.8, others at 1.0."""


def relative_robustness(performance: Performances) -> float:
    """Return MultiBench's relative robustness: the raw area under the curve, by trapezoids of width 0.1.

    Its largest value for an accuracy is the last level, so curves that end at other levels are not comparable. For a loss the same area
    counts, and lower is better.

    Raises:
        MetricError: there are fewer than two levels, or one is not a finite number.
    """
    return float(area(_curve(performance, "performance")))


def effective_robustness(performance: Performances, reference: Performances) -> float:
    """Return MultiBench's effective robustness: the sum over levels of f - (g + f(0) - g(0)), g being a late-fusion model.

    The reference's curve is moved up or down until both are equally good without noise; the sum says how much less than
    it the model loses. 0 is the reference; higher is better, for a loss lower is.

    Raises:
        MetricError: as for relative robustness, or the curves have other numbers of levels.
    """
    found, base = _curve(performance, "performance"), _curve(reference, "reference")
    if len(found) != len(base):
        hint = "cut the longer one; its levels are 0, 0.1, 0.2, ..."
        raise MetricError(explain(f"{len(found)} levels", "reference", list(reference), hint))
    return float(gap(found, base))


def min_max(values: Mapping[str, float], *, higher_is_better: bool = True) -> dict[str, float]:
    """Return MultiBench's final form of either number: 1 for the best of the methods, 0 for the worst.

    Use it to redraw published tables only. It says nothing of distance: the best of equally good methods gets 1 and the
    worst 0, and with each method that is added or left out the others change. Every loss has its sign turned here; the script
    turns it on its finance tasks only, so that elsewhere a smaller loss scores lower.

    Raises:
        MetricError: there are fewer than two methods, or all have the same value, where the form is 0 / 0.
    """
    found = np.array(list(values.values()), dtype=np.float64)
    if len(found) < 2 or not np.isfinite(found).all() or found.min() == found.max():
        hint = "with one value for all there is nothing between worst and best"
        raise MetricError(explain("methods with different values", "values", dict(values), hint))
    return dict(zip(values, scaled(found, higher=higher_is_better).tolist(), strict=True))


def retained_area(performance: Performances, chance: float) -> float:
    """Return the mean over noise levels, by trapezoids, of what is left of the clean performance above chance.

    It is relative robustness made comparable: between models of other strength, and between curves that end at other levels.
    1 is nothing lost, 0 is chance throughout; losses and performances alike.

    Raises:
        MetricError: as for relative robustness, or the clean performance is chance.
    """
    return float(kept_area(retention(_curve(performance, "performance"), chance)))


def effective_robustness_on_retention(
    performance: Performances, reference: Performances, chance: float
) -> float:
    """Return the mean over noise levels of what a model retains beyond what the reference retains, above chance.

    It is effective robustness made fair to strong models: the share of the way down to chance is compared, and not the way.
    0 is the reference, and higher is better, for losses too.

    Raises:
        MetricError: as for effective robustness, or one of the clean performances is chance.
    """
    effective_robustness(performance, reference)  # for its checks
    found, base = _curve(performance, "performance"), _curve(reference, "reference")
    return float(kept_gap(retention(found, chance), retention(base, chance)))


def area(performance: Floats) -> Floats:
    """Return the raw area along the last axis."""
    return np.asarray(STEP * (performance[..., 1:] + performance[..., :-1]).sum(axis=-1) / 2)


def gap(performance: Floats, reference: Floats) -> Floats:
    """Return the sum of differences along the last axis, both from their own clean value."""
    lost, base = (each - each[..., :1] for each in (performance, reference))
    return np.asarray((lost - base).sum(axis=-1))


def kept_area(retained: Floats) -> Floats:
    """Return the mean of what is retained along the last axis, by trapezoids."""
    return np.asarray(((retained[..., 1:] + retained[..., :-1]) / 2).mean(axis=-1))


def kept_gap(retained: Floats, reference: Floats) -> Floats:
    """Return the mean difference of what is retained over the noisy levels."""
    return np.asarray((retained - reference)[..., 1:].mean(axis=-1))


def retention(performance: Floats, chance: float) -> Floats:
    """Return (f - chance) / (f(0) - chance) along the last axis.

    Raises:
        MetricError: a clean performance is chance.
    """
    clean = performance[..., :1] - chance
    if not np.all(clean):
        hint = "a model that guesses without noise has nothing to retain"
        expected = f"another clean performance than chance, {chance:g}"
        raise MetricError(explain(expected, "performance", performance.tolist(), hint))
    return np.asarray((performance - chance) / clean)


def scaled(values: Floats, *, higher: bool) -> Floats:
    """Return values along the last axis as shares of the way from worst to best."""
    turned = values if higher else -values
    low, high = turned.min(axis=-1, keepdims=True), turned.max(axis=-1, keepdims=True)
    return np.asarray((turned - low) / (high - low))


def _curve(values: Performances, what: str) -> Floats:
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1 or len(found) < 2 or not np.isfinite(found).all():
        expected = "finite performances at the levels 0, 0.1, ..., at least two"
        raise MetricError(explain(expected, what, values))
    return found
