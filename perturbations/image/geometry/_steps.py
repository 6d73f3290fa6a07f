"""Maps of the plane: projective ones as a 3x3 matrix, elastic ones as a field of displacements.

Why: a map is read in both directions. Points and boxes go forward, from the clean image to the noisy one; an image or
a mask is filled backward, by asking for each new pixel where it came from. The centre of the pixel in row i and
column j is the point (x, y) = (j, i), so the frame spans [-0.5, width - 0.5] x [-0.5, height - 0.5].
"""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""(n, 2): x to the right, y down, in pixels."""
Frame = tuple[int, int]
"""Height and width of the image."""

BORDERS = ("constant", "reflect", "replicate")
_DAMPING, _ROUNDS = 0.6, 48


@dataclass(frozen=True, slots=True, eq=False)
class Projective:
    """A map that keeps straight lines straight; affine when the last row is 0, 0, 1."""

    matrix: NDArray[np.float64]
    """Clean to noisy, in homogeneous coordinates."""
    border: str = "constant"

    def forward(self, points: Points) -> Points:
        """Return where points of the clean image lie in the noisy one."""
        return _project(self.matrix, points)

    def backward(self, points: Points) -> Points:
        """Return which points of the clean image are seen at points of the noisy one."""
        return _project(_inverse(self.matrix), points)

    def inverse(self) -> Self:
        """Return the map that undoes this one."""
        return replace(self, matrix=_inverse(self.matrix))


@dataclass(frozen=True, slots=True, eq=False)
class Elastic:
    """A map that bends the plane: the noisy image shows at p what the clean one has at p + d(p).

    Backward it is exact. Forward, p + d(p) = q is solved for p by damped fixed-point rounds: to 0.01 px where the field
    does not fold (where neighbouring pixels keep their order), and to some point near q where it does.
    """

    field: NDArray[np.float32]
    """(2, rows, columns): displacement x and y in px at the cells of a grid over the frame, bilinear between."""
    frame: Frame
    border: str = "reflect"
    inverted: bool = False

    def forward(self, points: Points) -> Points:
        """Return where points of the clean image lie in the noisy one."""
        return self._push(points) if self.inverted else self._solve(points)

    def backward(self, points: Points) -> Points:
        """Return which points of the clean image are seen at points of the noisy one."""
        return self._solve(points) if self.inverted else self._push(points)

    def inverse(self) -> Self:
        """Return the map that undoes this one."""
        return replace(self, inverted=not self.inverted)

    def _push(self, points: Points) -> Points:
        return points + displacement(self.field, self.frame, points)

    def _solve(self, points: Points) -> Points:
        found = points.copy()
        for _ in range(_ROUNDS):
            found += _DAMPING * (points - self._push(found))
        return found


Step = Projective | Elastic


def displacement(field: NDArray[Any], frame: Frame, points: Points) -> Points:
    """Read a field at points, bilinearly; beyond the outermost cells it is constant."""
    rows, columns = field.shape[1:]
    place = (points + 0.5) * (columns / frame[1], rows / frame[0]) - 0.5
    place = np.clip(place, 0, (columns - 1, rows - 1))
    first = np.floor(place).astype(np.intp)
    part = place - first
    last = np.minimum(first + 1, (columns - 1, rows - 1))
    (left, top), (right, bottom) = first.T, last.T
    across, down = part.T
    above = (1 - across) * field[:, top, left] + across * field[:, top, right]
    below = (1 - across) * field[:, bottom, left] + across * field[:, bottom, right]
    return np.asarray((1 - down) * above + down * below, dtype=np.float64).T


def inside(points: Points, frame: Frame) -> NDArray[np.bool_]:
    """Tell which points lie within the frame, its edge included."""
    limit = np.array([frame[1], frame[0]]) - 0.5
    # A rounding in the last place must not lose a point on the edge.
    return np.asarray(((points >= -0.5 - 1e-9) & (points <= limit + 1e-9)).all(axis=-1))


def fold(points: Points, frame: Frame, border: str) -> tuple[Points, NDArray[np.bool_]]:
    """Bring points outside the frame to those that the border shows there; and tell which show the scene."""
    known = inside(points, frame)
    sides = np.array([frame[1], frame[0]], dtype=np.float64)
    if border == "constant":
        return points, known
    if border == "replicate":
        return np.clip(points, 0, sides - 1), np.ones_like(known)
    around = (points + 0.5) % (2 * sides)
    return np.minimum(around, 2 * sides - around) - 0.5, np.ones_like(known)


def _inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _project(matrix: NDArray[np.float64], points: Points) -> Points:
    lifted = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(lifted[:, :2] / lifted[:, 2:])
