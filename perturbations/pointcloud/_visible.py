"""Which points of a cloud a viewpoint sees, without a surface between them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_FLIP = 10.0
"""Radius of the sphere that points are mirrored in, in largest distances from the viewpoint: larger ones see through clouds of
few points (on a sphere of 200, 7 % of the far side are taken for seen; of 4000, 2 %)."""


def hidden_from(view: NDArray[np.float64], points: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark the points that others hide from a viewpoint; none in a cloud without volume.

    References: Katz, Tal and Basri 2007, "Direct visibility of point sets".
    """
    from scipy.spatial import ConvexHull, QhullError

    apart = points - view
    far = np.sqrt((apart * apart).sum(axis=1))
    hidden = np.zeros(len(points), dtype=bool)
    if len(points) < 4 or not far.min() > 0:
        return hidden
    flipped = apart * (2 * _FLIP * far.max() / far - 1)[:, None]
    try:
        hull = ConvexHull(np.concatenate([flipped, np.zeros((1, 3))]))
    except QhullError:
        return hidden
    hidden[:] = True
    seen = hull.vertices
    hidden[seen[seen < len(points)]] = False
    return hidden
