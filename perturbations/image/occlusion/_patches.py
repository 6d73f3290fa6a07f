"""Rectangles: grown around a place, cut out of a frame, filled."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import BadSetting, explain

Images = NDArray[Any]


class Patch(NamedTuple):
    """Edges of a rectangle, in pixels."""

    top: Any
    bottom: Any
    left: Any
    right: Any

    @property
    def area(self) -> Any:
        """Pixels inside."""
        return (self.bottom - self.top) * (self.right - self.left)

    def rounded(self) -> "Patch":
        """Return the pixels whose centres lie inside."""
        return Patch(*(int(edge + 0.5) for edge in self))


def patch(share: float, y: float, x: float, frame: Patch) -> Patch:
    """Return the patch that covers `share` of the frame, grown around the centre (x, y) of [0, 1)."""
    half = _half_side(share, y, x)
    height, width = frame.bottom - frame.top, frame.right - frame.left
    return Patch(
        frame.top + max(y - half, 0.0) * height,
        frame.top + min(y + half, 1.0) * height,
        frame.left + max(x - half, 0.0) * width,
        frame.left + min(x + half, 1.0) * width,
    )


def _half_side(share: float, y: float, x: float) -> float:
    """Return the half side of the square around (x, y) that covers `share` of the unit square; rises with share.

    A side of half h is min(h, c) + min(h, 1 - c) long, so the area is a quadratic in h between the four distances.
    """
    tall, wide = (y, 1 - y), (x, 1 - x)
    for h in sorted((*tall, *wide)):
        if (min(h, y) + min(h, 1 - y)) * (min(h, x) + min(h, 1 - x)) >= share:
            break
    else:
        return 1.0
    (up, across), (high, broad) = (
        [sum(d >= h for d in sides) for sides in (tall, wide)],
        [sum(d for d in sides if d < h) for sides in (tall, wide)],
    )
    a, b, c = up * across, high * across + broad * up, share - high * broad
    return 2 * c / (b + math.sqrt(b * b + 4 * a * c))


def cut(frame: Patch, places: list[float]) -> list[Patch]:
    """Cut a frame into one piece more than there are places: the largest piece first, across its longer side."""
    pieces = [frame]
    for place in places:
        largest = max(range(len(pieces)), key=lambda i: pieces[i].area)
        top, bottom, left, right = pieces.pop(largest)
        part = 0.3 + 0.4 * place
        if bottom - top > right - left:
            y = top + part * (bottom - top)
            pieces += [Patch(top, y, left, right), Patch(y, bottom, left, right)]
        else:
            x = left + part * (right - left)
            pieces += [Patch(top, bottom, left, x), Patch(top, bottom, x, right)]
    return pieces


def level_of(fill: float, dtype: np.dtype[Any]) -> Any:
    if not 0 <= fill <= 1:
        raise BadSetting(explain("a level in [0, 1]", "fill", fill))
    return dtype.type(np.rint(255 * fill)) if dtype == np.uint8 else dtype.type(fill)
