"""Frosted glass: pixels change places with their neighbours."""

from typing import NamedTuple

import numpy as np

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.image.optics._plane import Image, gaussian

_MOST = 16


@perturbation(native=True, coupling="transform")
def glass_blur(
    image: Image,
    draw: Draw,
    *,
    displacement: Dose = Ladder(
        1, 1.5, 2, 3, 4, unit="px", none=1e-4, scale="log", low=0.0, high=1024.0
    ),
    sigma: Dose = Ladder(0.7, 0.9, 1.0, 1.1, 1.5, unit="px", high=256.0),
    iterations: int = 2,
) -> Image:
    """Looking through frosted glass: light from one point arrives somewhere near it, and the rest is soft.

    A gaussian blur, then every pixel, from the last to the first, changes places with one at most `displacement`
    pixels away in each direction, `iterations` times, then the blur again. The swaps only move pixels, none is lost
    or doubled (the published code copies instead on colour images). Swaps at another severity use the same random
    numbers.

    Severity: displacement 1, 1.5, 2, 3, 4 px with sigma 0.7, 0.9, 1.0, 1.1, 1.5 px (severity 0.2 to 1), two rounds.
    The published displacements and rounds (1, 2; 2, 1; 2, 3; 3, 2; 4, 2) have no monotone distortion; these do. Below
    the first rung the displacement falls on a log scale, to 1/10,000 px: a swap is carried along by the next, so that
    few of them already outweigh the blur. A displacement of 0 is the blur alone.

    Raises:
        BadSetting: `iterations` is not 1 to 16.

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `glass_blur` (sigma, and displacements 1 to 4).
    """
    _check(iterations)
    soft = gaussian(image, sigma)
    swap_near(soft, draw, Reach(2 * displacement + 1, -displacement), iterations)
    return gaussian(soft, sigma)


class Reach(NamedTuple):
    """How far a coordinate moves: floor(u span + lowest) pixels, with u uniform in [0, 1)."""

    span: float
    lowest: float


def swap_near(
    image: Image, draw: Draw, reach: Reach, times: int, *, before: int = 0, after: int = 0
) -> None:
    """Let every pixel, but the first `before` rows and columns and the last `after`, change places with one nearby; in place."""
    from perturbations.image.optics._kernels.places import swap

    step, start = round(reach.span * 2**16), round(reach.lowest * 2**32)
    swap(image, np.uint64(draw.key("swaps")), step, start, before, after, times)


def _check(iterations: int) -> None:
    if not 1 <= iterations <= _MOST:
        raise BadSetting(explain(f"1 to {_MOST} rounds", "iterations", iterations))
