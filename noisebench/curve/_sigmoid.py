"""Falling sigmoids of log severity, fitted to the values of a curve, with a test of whether they fit.

    A(s) = floor + (top - floor) K((log s - a) / b)

Why log severity and not the dose: a severity rises with the dose of every noise, and a ladder's rungs are about
geometric, so it is one axis for dB, photons and shares alike. Only a and b make the fit hard: top and floor follow from
them in closed form, so a grid over a and b that is narrowed a few times finds the least misfit wherever it starts.

References: Wichmann and Hill 2001 (psychometric functions with lapses); White 1982 (errors under correlated residuals);
Box 1954 (sums of squares that are not independent).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._bounds import TINY
from noisebench.curve._moments import Moments

Floats = NDArray[np.float64]

LOG_2 = math.log(2)

ROUNDS = 5
"""Times that the grid is narrowed; the last is finer than any error of a fit."""

NEAR = np.linspace(-2, 2, 17)
"""Places of the next grid, in steps of the last."""

WIDTHS = (0.03, 2.0)
"""Least and largest b. Half of what a sigmoid loses is lost within a factor of severity of about exp(2 b)."""

STEP = 0.005
"""Relative step of differences that stand for derivatives."""


def _logistic(z: Floats) -> Floats:
    from scipy.special import expit

    return np.asarray(expit(-z))


def _normal(z: Floats) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr(-z))


def _weibull(z: Floats) -> Floats:
    return np.asarray(np.exp2(-np.exp(np.minimum(z, 50.0))))


@dataclass(frozen=True, slots=True)
class Shape:
    """A sigmoid that is 1 at minus infinity, one half at 0, and 0 at infinity."""

    name: str
    kept: Callable[[Floats], Floats]
    slope: float
    """How steeply it falls at 0."""


SHAPES = (
    Shape("logistic", _logistic, 0.25),
    Shape("normal", _normal, 1 / math.sqrt(2 * math.pi)),
    Shape("Weibull", _weibull, LOG_2 / 2),
)
"""The logistic and normal ones are symmetric in log severity; Weibull's falls late and then fast."""


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What is fitted: values at severities, turned so that higher is better."""

    at: Floats
    """Log severities, minus infinity for the clean value."""
    value: Floats
    cov: Floats
    worst: float
    """Ends of the range of the values; infinite where there are none."""
    best: float
    floor: float | None
    """What noise takes the value down to; None has it fitted too."""
    degrees: int

    def kept(self, shape: Shape, a: Floats, b: Floats) -> Floats:
        """Return (..., levels): the share of the fall that is left."""
        with np.errstate(over="ignore"):
            return shape.kept((self.at - a[..., None]) / b[..., None])


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """The sigmoid with the least misfit."""

    shape: Shape
    a: float
    b: float
    top: float
    floor: float
    misfit: float
    a_error: float = math.nan
    b_error: float = math.nan
    """Of log b."""
    p: float = math.nan
    """How often a curve that is of this shape misfits as much."""

    @property
    def slope(self) -> float:
        """Share of the fall per e-fold of severity, where half is lost."""
        return self.shape.slope / self.b

    def at(self, severities: Floats) -> Floats:
        """Return its values."""
        with np.errstate(divide="ignore"):
            z = (np.log(severities) - self.a) / self.b
        return np.asarray(self.floor + (self.top - self.floor) * self.shape.kept(z))


def fit(problem: Problem, variance: Callable[[Floats], Floats]) -> list[Sigmoid]:
    """Return a sigmoid of every shape with the parameters of least misfit, and how sure they are; the best shape first.

    Args:
        problem: what is fitted.
        variance: of the values where the true ones are these. Those of the values themselves would let a value that came
            out high by chance count most.
    """
    spread = variance(problem.value)
    found = min((_least(problem, shape, spread) for shape in SHAPES), key=_misfit)
    spread = variance(_values(problem, found))
    every = sorted((_least(problem, shape, spread) for shape in SHAPES), key=_misfit)
    return [_judged(problem, each, spread) for each in every]


def _misfit(found: Sigmoid) -> float:
    return found.misfit


def _values(problem: Problem, found: Sigmoid) -> Floats:
    return found.floor + (found.top - found.floor) * problem.kept(
        found.shape, np.array(found.a), np.array(found.b)
    )


def _least(problem: Problem, shape: Shape, spread: Floats) -> Sigmoid:
    first, last = float(problem.at[1]), float(problem.at[-1])
    step, ratio = 0.1, 1.3
    a = np.arange(first - 1, last + 1, step)
    b = WIDTHS[0] * ratio ** np.arange(math.log(WIDTHS[1] / WIDTHS[0]) / math.log(ratio))
    for _ in range(ROUNDS):
        grid = np.meshgrid(a, b, indexing="ij")
        top, floor, misfit = _closed(problem, problem.kept(shape, *grid), 1 / spread)
        place = np.unravel_index(int(np.argmin(misfit)), misfit.shape)
        best = Sigmoid(shape, *(float(each[place]) for each in (*grid, top, floor, misfit)))
        a = best.a + step * NEAR
        b = np.clip(best.b * ratio**NEAR, *WIDTHS)
        step, ratio = step / 4, ratio**0.25
    return best


def _closed(problem: Problem, kept: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Return top, floor and misfit for given shares kept, in closed form, within the range."""
    y = problem.value
    if problem.floor is None:
        floor = np.clip(_line(kept, y, weight), problem.worst, problem.best)
    else:
        floor = np.full(kept.shape[:-1], problem.floor)
    away = y - floor[..., None]
    rise = (kept * weight * away).sum(-1) / np.maximum((kept**2 * weight).sum(-1), TINY)
    rise = np.clip(rise, 0.0, problem.best - floor)
    misfit = ((away - rise[..., None] * kept) ** 2 * weight).sum(-1)
    return floor + rise, floor, misfit


def _line(kept: Floats, y: Floats, weight: Floats) -> Floats:
    """Return where a weighted straight line through (kept, y) is at 0."""
    total = weight.sum()
    x_mean, y_mean = (kept @ weight) / total, float(y @ weight) / total
    x = kept - x_mean[..., None]
    slope = (x * (y - y_mean)) @ weight / np.maximum((x**2) @ weight, TINY)
    return np.asarray(y_mean - np.maximum(slope, 0.0) * x_mean)


def _judged(problem: Problem, found: Sigmoid, spread: Floats) -> Sigmoid:
    """Return a fit with its errors and its test, both for values that vary together as the samples have them."""
    jacobian = _jacobian(problem, found)
    scale = np.sqrt(spread)
    joint = _correlation(problem.cov)
    lines = jacobian / scale[:, None]
    back = np.linalg.pinv(lines)
    errors = np.sqrt(np.maximum(np.diag(back @ joint @ back.T), 0.0))
    left = np.eye(len(scale)) - lines @ back
    p = _chance(found.misfit, left @ joint @ left.T, problem.degrees)
    return Sigmoid(
        found.shape, found.a, found.b, found.top, found.floor, found.misfit,
        float(errors[0]), float(errors[1]), p,
    )  # fmt: skip


def _jacobian(problem: Problem, found: Sigmoid) -> Floats:
    """Return how the values change with a, log b, and those of top and floor that are free and inside the range."""
    rise = found.top - found.floor
    a, b = np.array(found.a), np.array(found.b)
    d, e = STEP * found.b, math.exp(STEP)
    kept = problem.kept(found.shape, a, b)
    by_a = problem.kept(found.shape, a + d, b) - problem.kept(found.shape, a - d, b)
    by_b = problem.kept(found.shape, a, b * e) - problem.kept(found.shape, a, b / e)
    columns = [rise * by_a / (2 * d), rise * by_b / (2 * STEP)]
    if found.top < problem.best - TINY:
        columns.append(kept)
    if problem.floor is None and problem.worst + TINY < found.floor:
        columns.append(1 - kept)
    return np.stack(columns, axis=1)


def _correlation(cov: Floats) -> Floats:
    scale = np.sqrt(np.maximum(np.diag(cov), 0.0))
    safe = np.where(scale > TINY, scale, np.inf)
    joint = cov / np.outer(safe, safe)
    joint[np.diag_indices(len(joint))] = 1.0
    return np.asarray(joint)


def _chance(misfit: float, residual: Floats, degrees: int) -> float:
    """Return how often the sum of squares of correlated residuals is as large: scaled F with Box's degrees of freedom."""
    from scipy.special import fdtrc

    mean, square = float(np.trace(residual)), float((residual**2).sum())
    if mean <= TINY:
        return math.nan
    return float(fdtrc(mean**2 / square, max(degrees, 1), misfit / mean))


def variance_of(moments: Moments, sign: int) -> Callable[[Floats], Floats]:
    """Return what values would vary by if they were the true ones, with room for what n samples cannot have shown.

    Args:
        moments: of the curve.
        sign: by which values are turned, so that higher is better.
    """
    if not moments.bounded:
        seen = np.maximum(np.diag(moments.cov), moments.unseen) + TINY**2
        return lambda _: seen
    n, width = moments.n_effective, moments.width

    def variance(value: Floats) -> Floats:
        share = np.clip((sign * value - moments.low) / width, 0.0, 1.0)
        return np.asarray(width**2 * (share * (1 - share) / n + moments.pseudo / (n + 4) ** 2))

    return variance
