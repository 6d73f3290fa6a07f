"""Random directions, places and numbers of clouds, one or several for each of a batch."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw

Floats = NDArray[np.float64]


def on_sphere(draw: Draw, stream: str) -> Floats:
    """Return one direction for each cloud, uniform on the sphere (n, 3)."""
    from perturbations.pointcloud._kernels.chance import directions

    return directions(draw.key(stream))


def many_of(draw: Draw, stream: str, low: int, high: int) -> NDArray[Any]:
    """Return a whole number from low to high, both included, for each cloud."""
    return low + (draw.uniform((len(draw),), stream=stream) * (high - low + 1)).astype(np.int64)
