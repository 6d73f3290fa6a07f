"""Rain: bright streaks of near drops, and a slight veil of far ones."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations.image.weather._overlay import one_by_one, overlay

Image = NDArray[Any]
Plane = NDArray[np.float32]

_SKY = 0.85
"""Brightness that a drop shows: it gathers light from a large part of the sky."""
_VEIL = 0.6
"""Brightness of the veil."""
_OPACITY = 0.6
"""Opacity of the brightest streak."""
_STEEPEST = math.radians(20)
_ABOVE = 64
"""Pixels above the frame in which streaks may begin."""


@perturbation(native=True, batched=True, coupling="transform", frames="moving")
def rain(
    images: Image,
    draw: Draw,
    *,
    drops: Dose = Ladder(15, 30, 50, 80, 120, unit="drops per 100 x 100 px", high=5000.0),
    length: Dose = Ladder(10, 13, 17, 22, 28, unit="px", none=8.0, low=1.0, high=1024.0),
    veil: Dose = Ladder(0.05, 0.1, 0.15, 0.21, 0.28, unit="opacity of the veil", high=1.0),
    speed: float = 24.0,
    time: float = 0.0,
) -> Image:
    """Falling rain: thin bright streaks at one slant, and a slight grey veil behind them.

    The veil turns x into x (1 - v) + 0.6 v; then a streak of opacity o turns it into x (1 - o) + 0.85 o, so that streaks are
    plain before a dark scene and vanish before the sky. Places are even, lengths 0.5 to 1.5 times the mean, opacities 0.24 to
    0.6; the slant is drawn within 20 degrees of straight down. The streaks of a mild severity are there at a harsher one,
    longer and joined by more. In a sequence of frames all drops fall `speed` pixels a frame along the slant and come in again
    above. 8-bit images are rounded to nearest.

    Severity: 15, 30, 50, 80, 120 drops per 100 x 100 px, 10, 13, 17, 22, 28 px long, veil 5, 10, 15, 21, 28 % (severity 0.2
    to 1): our choice.

    References:
        Garg and Nayar 2007, "Vision and rain": drops are brighter than what is behind them, streaks come of the exposure.
        Numbers are our choice.
    """
    return one_by_one(
        images, draw, lambda image, one: _rain(image, one, (drops, length, veil), speed * time)
    )


def _rain(image: Image, draw: Draw, dose: tuple[float, float, float], fallen: float) -> Image:
    drops, length, veil = dose
    opacity = _streaks(draw, image.shape[:2], drops, length, fallen)
    clear = 1 - opacity
    return overlay(
        image,
        clear * np.float32(1 - veil),
        opacity * np.float32(_SKY) + clear * np.float32(_VEIL * veil),
    )


def _streaks(
    draw: Draw, shape: tuple[int, ...], drops: float, length: float, fallen: float
) -> Plane:
    """Return the opacity of streaks at each pixel."""
    from perturbations.image.weather._kernels.patterns import streaks

    slant = math.tan(_STEEPEST * (2 * float(draw.uniform(stream="slant")) - 1))
    out = np.zeros(shape, dtype=np.float32)
    count = round(drops * (shape[0] + _ABOVE) * shape[1] / 10_000)
    streaks(draw.key("drops")[()], count, length, slant, _ABOVE, fallen, out)
    out *= np.float32(_OPACITY)
    return out
