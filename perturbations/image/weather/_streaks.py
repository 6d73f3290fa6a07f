"""How a flake is drawn out while the shutter is open."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]


class Taps(NamedTuple):
    """Shifts in pixels, with weights that sum to 1."""

    down: NDArray[np.int64]
    right: NDArray[np.int64]
    weight: Plane


def half_gaussian(radius: float, sigma: float, angle: float) -> Taps:
    """Return the streak of a moving point: one side of a Gaussian, 2 radius + 1 pixels along `angle` (radians).

    The shape is that of ImageMagick's motion blur, which ImageNet-C used: whole pixels, fading out at one end.
    """
    along = np.arange(2 * round(radius) + 1)
    weight = np.exp(-(along**2) / (2 * sigma**2))
    down = np.ceil(along * math.sin(angle) - 0.5).astype(np.int64)
    right = np.ceil(along * math.cos(angle) - 0.5).astype(np.int64)
    return Taps(down, right, (weight / weight.sum()).astype(np.float32))


def smeared(layer: Plane, taps: Taps) -> Any:
    """Draw every point of a layer out into the streak."""
    from perturbations.image.weather._kernels.patterns import smear

    return smear(np.ascontiguousarray(layer), *taps)
