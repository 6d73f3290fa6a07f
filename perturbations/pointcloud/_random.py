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


def in_ball(draw: Draw, shape: tuple[int, int]) -> Floats:
    """Return points uniform in the unit ball (n, k, 3); the first of them do not depend on k."""
    from perturbations.pointcloud._kernels.chance import balls

    return balls(draw.key("ball"), shape[1])


def many_of(draw: Draw, stream: str, low: int, high: int) -> NDArray[Any]:
    """Return a whole number from low to high, both included, for each cloud."""
    return low + (draw.uniform((len(draw),), stream=stream) * (high - low + 1)).astype(np.int64)
