"""From values to light and back: the tone curve of sRGB.

Why: photons and electrons count light, but images hold values bent by a tone curve, so noise of the exposure is made in
linear light. The standard curve stands in for the unknown one of the camera; both ways are exact inverses on [0, 1].
Powers are slow and depend on the machine's math library: where a noise needs them pixel by pixel, cubics stand in for them.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]
Floats = NDArray[np.float64]

_DARK_VALUE, _DARK_LIGHT, _SLOPE = 0.04045, 0.0031308, 12.92
"""Up to here the curve is a line (IEC 61966-2-1)."""


def to_light(values: Values) -> Values:
    """Return the light, in shares of full scale, of sRGB values; values above 1 go on along the curve."""
    return np.where(values <= _DARK_VALUE, values / _SLOPE, _steep_light(values))


def to_value(light: Values) -> Values:
    """Return the sRGB values of light; below 0 it is 0, above 1 it is 1."""
    light = np.clip(light, 0.0, 1.0)
    return np.where(light <= _DARK_LIGHT, _SLOPE * light, _steep_value(light))


def lit(values: Values, gain: Any) -> Values:
    """Return sRGB values under `gain` times the light."""
    return to_value(to_light(values) * gain)


def light_of(image: Values) -> Floats:
    """Return what `to_light` does of values in [0, 1], fast; the relative error is below 1e-11."""
    return _bent(image, _DARK_VALUE, 1 / _SLOPE, _light_cubics())


def value_of(light: Floats) -> Floats:
    """Return what `to_value` does, fast; the relative error is below 1e-11."""
    return _bent(light, _DARK_LIGHT, _SLOPE, _value_cubics())


def _steep_light(values: Values) -> Values:
    return np.asarray(((np.maximum(values, _DARK_VALUE) + 0.055) / 1.055) ** 2.4)


def _steep_value(light: Values) -> Values:
    return np.asarray(1.055 * np.maximum(light, _DARK_LIGHT) ** (1 / 2.4) - 0.055)


def _bent(values: Values, edge: float, slope: float, cubics: Floats) -> Floats:
    from perturbations.image._kernels import bend

    out = np.empty(values.shape)
    flat = np.ascontiguousarray(values, dtype=np.float64).reshape(-1)
    bend(flat, edge, slope, cubics, out.reshape(-1))
    return out


@cache
def _light_cubics() -> Floats:
    from perturbations.image._kernels import octave_cubics

    return octave_cubics(lambda x: ((x + 0.055) / 1.055) ** 2.4, 5)


@cache
def _value_cubics() -> Floats:
    from perturbations.image._kernels import octave_cubics

    return octave_cubics(lambda x: 1.055 * x ** (1 / 2.4) - 0.055, 9)
