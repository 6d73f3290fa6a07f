"""From values to light and back: the tone curve of sRGB.

Why: electrons count light, but images hold values bent by a tone curve, so noise of the exposure is made in linear light.
The standard curve stands in for the unknown one of the camera; both ways are exact inverses on [0, 1].
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def to_light(value: Floats) -> Floats:
    """Return the light, in shares of full scale, of sRGB values; values above 1 go on along the curve (IEC 61966-2-1)."""
    steep = ((np.maximum(value, 0.04045) + 0.055) / 1.055) ** 2.4
    return np.where(value <= 0.04045, value / 12.92, steep)


def to_value(light: Floats) -> Floats:
    """Return the sRGB values of light; below 0 it is 0, above 1 it is 1."""
    light = np.clip(light, 0.0, 1.0)
    steep = 1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, 12.92 * light, steep)
