"""Noise of the light in the scene."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations._extras import require

Image = NDArray[Any]


@perturbation(
    native=True,
    coupling="transform",
    requires=("image",),
    exempt={"different-samples": "the light is the same for every sample; nothing is drawn"},
)
def contrast(
    image: Image,
    draw: Draw,
    *,
    factor: Dose = Ladder(
        0.4, 0.3, 0.2, 0.1, 0.05, unit="contrast left (1 = all)", none=1.0, high=1.0
    ),
) -> Image:
    """Haze, glare or flat light: every channel shrinks towards its own mean.

    A value x becomes (x - m) c + m, where m is the mean of its channel over the frame. The arithmetic is that of
    albumentations, which cuts off instead of rounding: half a level is added, so 8-bit images are rounded to nearest.

    Severity: c = 0.4, 0.3, 0.2, 0.1, 0.05 (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `contrast`.
    """
    engine = require("albumentations.augmentations.pixel.functional", extra="image")
    half = 0.5 if image.dtype == np.uint8 else 0.0
    planes = []
    for plane in _planes(image):
        mean = float(plane.mean(dtype=np.float64))
        planes.append(engine.multiply_add(plane, factor, mean * (1 - factor) + half))
    return np.stack(planes, axis=-1)


def _planes(image: Image) -> Sequence[Image]:
    """Take the channels apart; OpenCV is the fastest, but knows colour images only."""
    if image.shape[2] <= 4:
        planes: Sequence[Image] = require("cv2", extra="image").split(np.ascontiguousarray(image))
        return planes
    return [np.ascontiguousarray(image[..., i]) for i in range(image.shape[2])]
