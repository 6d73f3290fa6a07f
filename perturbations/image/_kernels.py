"""A curve of one variable, read from cubics: no power is taken pixel by pixel."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit

Floats = NDArray[np.float64]

_STEPS = 128
_SHIFT = 52 - 7
"""Exponent and step are the top bits of a number, above this one."""


def octave_cubics(curve: Callable[[Floats], Floats], octaves: int) -> Floats:
    """Fit cubics to a curve on [2**-octaves, 1), 128 an octave, through their ends and two points between."""
    nodes = np.array([0.0, 0.25, 0.75, 1.0])
    inverse = np.linalg.inv(np.vander(nodes, 4, increasing=True))
    scale = 2.0 ** -np.arange(octaves, 0, -1.0)
    points = scale[:, None, None] * (1 + (np.arange(_STEPS)[:, None] + nodes) / _STEPS)
    return np.ascontiguousarray(curve(points).reshape(-1, 4) @ inverse.T)


@jit
def bend(values: Floats, edge: float, slope: float, cubics: Floats, out: Floats) -> None:
    """Apply a line up to `edge`, then the cubics; what is beyond [0, 1] is cut off."""
    first = (np.int64(1023) << np.int64(52 - _SHIFT)) - len(cubics)
    for i in range(values.size):
        x = values[i]
        if x <= edge:
            out[i] = max(x * slope, 0.0)
        elif x < 1.0:
            image = np.float64(x).view(np.int64)
            c = cubics[(image >> np.int64(_SHIFT)) - first]
            t = np.float64(image & np.int64(2**_SHIFT - 1)) * 2.0**-_SHIFT
            out[i] = c[0] + t * (c[1] + t * (c[2] + t * c[3]))
        else:
            out[i] = 1.0 if x >= 1.0 else x  # not a number stays what it is
