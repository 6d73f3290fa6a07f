"""Noise of the light in the scene."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations._extras import require

Image = NDArray[Any]


@perturbation(native=True, coupling="transform", requires=("image",))
def contrast(
    image: Image,
    draw: Draw,
    *,
    factor: Dose = Ladder(0.4, 0.3, 0.2, 0.1, 0.05, unit="contrast left (1 = all)", none=1.0, high=1.0),
) -> Image:
    """Haze, glare or flat light: every channel shrinks towards its own mean.

    A value x becomes (x - m) c + m, where m is the mean of its channel over the frame. The arithmetic is that of
    albumentations, which cuts off instead of rounding: half a level is added, so 8-bit images are rounded to nearest.

    Severity: c = 0.4, 0.3, 0.2, 0.1, 0.05 (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `contrast`.
    """
    multiply_add = require("albumentations.augmentations.pixel.functional", extra="image").multiply_add
    half = 0.5 if image.dtype == np.uint8 else 0.0
    out = np.empty(image.shape, dtype=image.dtype)
    for channel in range(image.shape[2]):
        plane = np.ascontiguousarray(image[..., channel])
        mean = float(plane.mean(dtype=np.float64))
        out[..., channel] = multiply_add(plane, factor, mean * (1 - factor) + half)
    return out
