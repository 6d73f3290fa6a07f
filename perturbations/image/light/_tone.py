"""From encoded values to light and back: the tone curve of sRGB."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]


def to_light(values: Values) -> Values:
    """Return the linear light of encoded values in [0, 1]."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def to_values(light: Values) -> Values:
    """Return the encoded values of linear light; beyond full scale it is cut off."""
    clipped = np.clip(light, 0, 1)
    return np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * clipped ** (1 / 2.4) - 0.055)


def lit(values: Values, gain: Any) -> Values:
    """Return encoded values under `gain` times the light."""
    return to_values(to_light(values) * gain)
