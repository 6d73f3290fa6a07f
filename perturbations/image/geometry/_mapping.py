"""Where every place of an image went: points, boxes, masks and whole images moved as the noise moved the picture.

Why: one convention for all. Points are pixel centres, (x, y) = (column, row), so a shift by 3 px moves a point by 3. Boxes
are edges, as detectors give them: pixel j covers [j, j + 1] and the frame is [0, width] x [0, height]; a box is half a
pixel from the points of its corners. Steps are kept apart, since what one step cuts off the next cannot bring back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from perturbations._moved import Moved
from perturbations.errors import BadValue, explain
from perturbations.image.geometry._polygon import area, clip, outlines
from perturbations.image.geometry._steps import (
    Elastic,
    Frame,
    Points,
    Projective,
    Step,
    fold,
    inside,
)
from perturbations.image.geometry._warp import remapped, warped

LOST_BELOW = 0.1
"""A box with less than this share of its area in the frame is lost: a detector cannot be asked for it (our choice)."""

Flags = NDArray[np.bool_]


class MovedBoxes(NamedTuple):
    """Boxes after the noise, one row for each box before it."""

    xyxy: NDArray[np.float64]
    """(n, 4): the upright hull of each moved box, clipped to the frame."""
    kept: NDArray[np.float64]
    """(n,): share of the moved box's own area (not its hull's) that lies in the frame."""
    lost: Flags
    """(n,): whether less than `LOST_BELOW` of it is left."""


@dataclass(frozen=True, slots=True, eq=False)
class Geometry:
    """How a noise moved the places of an image, step by step."""

    frame: Frame
    """Height and width of the image."""
    steps: tuple[Step, ...] = ()

    @classmethod
    def projective(cls, matrix: ArrayLike, frame: Frame, *, border: str = "constant") -> Self:
        """Make the geometry of one 3x3 matrix that takes clean points to noisy ones."""
        return cls(frame, (Projective(np.asarray(matrix, dtype=np.float64), border),))

    @property
    def matrix(self) -> NDArray[np.float64] | None:
        """The 3x3 matrix of all steps together; None when one of them bends the plane."""
        whole = np.eye(3)
        for step in self.steps:
            if isinstance(step, Elastic):
                return None
            whole = step.matrix @ whole
        return whole

    def points(self, xy: ArrayLike) -> Points:
        """Return where points (n, 2) of the clean image lie in the noisy one, be it outside the frame.

        Points are x, y in pixel centres: the middle of the first pixel is (0, 0), so the frame is
        [-0.5, width - 0.5] x [-0.5, height - 0.5]. Take half a pixel from the edges of a box to have its corners.
        """
        found = np.array(xy, dtype=np.float64).reshape(-1, 2)
        for step in self.steps:
            found = step.forward(found)
        return found

    def seen(self, xy: ArrayLike) -> Flags:
        """Tell which points (n, 2) are in the frame after every step."""
        found = np.array(xy, dtype=np.float64).reshape(-1, 2)
        visible = inside(found, self.frame)
        for step in self.steps:
            found = step.forward(found)
            visible &= inside(found, self.frame)
        return visible

    def boxes(self, xyxy: ArrayLike) -> MovedBoxes:
        """Return the upright hulls of moved boxes (n, 4), with the share of each that is left in the frame.

        Boxes are edges (left, top, right, bottom): the frame is [0, width] x [0, height].

        Raises:
            BadValue: a box is not finite, or its right or bottom edge comes before the left or top one.
        """
        given = np.array(xyxy, dtype=np.float64).reshape(-1, 4)
        _check_boxes(given, xyxy)
        sides = np.array([self.frame[1], self.frame[0]] * 2, dtype=np.float64)
        moved = outlines(given, bent=any(isinstance(step, Elastic) for step in self.steps)) - 0.5
        shape = moved.shape
        crossing = np.zeros(len(given), dtype=bool)
        for step in self.steps:
            moved = step.forward(moved.reshape(-1, 2)).reshape(shape)
            crossing |= ~inside(moved, self.frame).all(axis=1)
        hulls = np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=1) + 0.5
        kept = np.ones(len(given))
        for row in np.flatnonzero(crossing):
            kept[row] = self._kept(given[row], moved[row])
        return MovedBoxes(np.clip(hulls, 0, sides), kept, kept < LOST_BELOW)

    def mask(self, labels: NDArray[Any], *, fill: Any = 0) -> NDArray[Any]:
        """Move a mask (H, W) by the nearest label; where nothing of the scene is seen, it is `fill`.

        With a reflected or replicated border the labels are reflected or replicated as the image is.

        Raises:
            BadValue: the mask is not as high and wide as the frame.
        """
        if np.shape(labels)[:2] != self.frame:
            expected = f"a mask of the image's height and width {self.frame}"
            raise BadValue(explain(expected, "mask", labels))
        found, known = self._origin()
        column, row = np.rint(found).astype(np.intp).T
        height, width = self.frame
        picked = labels[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
        moved = np.where(known.reshape(known.shape + (1,) * (labels.ndim - 2)), picked, fill)
        return np.asarray(moved.reshape(labels.shape), dtype=labels.dtype)

    def image(self, image: NDArray[Any]) -> NDArray[Any]:
        """Move an image (H, W) or (H, W, C) bilinearly; one projective step gives exactly the noise's own pixels."""
        if not self.steps:
            return image.copy()
        first = self.steps[0]
        if len(self.steps) == 1 and isinstance(first, Projective):
            return warped(image, first.matrix, first.border)
        found, known = self._origin()
        found[~known] = -1e6
        border = "constant" if not known.all() else "reflect"
        x, y = found.T.reshape(2, *self.frame).astype(np.float32)
        return remapped(image, x, y, border)

    def inverse(self) -> Self:
        """Return the geometry that undoes this one; what left the frame does not come back."""
        return type(self)(self.frame, tuple(step.inverse() for step in self.steps[::-1]))

    def then(self, after: "Geometry") -> "Geometry":
        """Return this geometry followed by another.

        Raises:
            BadValue: the other is of another frame.
        """
        if after.frame != self.frame:
            raise BadValue(explain(f"a geometry of the frame {self.frame}", "frame", after.frame))
        return Geometry(self.frame, self.steps + after.steps)

    def move(self, kind: str, target: Any) -> Moved:
        """Move one sample's target: "boxes", "keypoints" or "mask"; see `_targets` for the forms they may have."""
        from perturbations.image.geometry._targets import move

        return move(self, kind, target)

    def _origin(self) -> tuple[Points, Flags]:
        """Return for every pixel which point of the clean image it shows, and whether it shows any."""
        height, width = self.frame
        rows, columns = np.divmod(np.arange(height * width, dtype=np.float64), width)
        found = np.stack([columns, rows], axis=1)
        known = np.ones(len(found), dtype=bool)
        for step in self.steps[::-1]:
            found, shown = fold(step.backward(found), self.frame, step.border)
            known &= shown
        return found, known

    def _kept(self, box: NDArray[np.float64], moved: Points) -> float:
        """Return the share of a box that stays in the frame through every step."""
        whole = area(moved)
        if whole <= 0:
            corners: Sequence[Sequence[float]] = [
                [(box[0] + box[2] - 1) / 2, (box[1] + box[3] - 1) / 2]
            ]
            return float(self.seen(corners)[0])
        bent = any(isinstance(step, Elastic) for step in self.steps)
        left: Points = outlines(box[None], bent=bent)[0] - 0.5
        for step in self.steps:
            left = clip(step.forward(left), self.frame)
            if len(left) < 3:
                return 0.0
        return min(1.0, area(left) / whole)


def _check_boxes(boxes: NDArray[np.float64], given: Any) -> None:
    if not np.isfinite(boxes).all():
        hint = "leave out boxes that are unknown; there is no empty row"
        raise BadValue(explain("boxes of finite numbers", "boxes", given, hint))
    if (boxes[:, 2:] < boxes[:, :2]).any():
        hint = "boxes are left, top, right, bottom; convert x, y, width, height first"
        raise BadValue(explain("boxes with left <= right and top <= bottom", "boxes", given, hint))
