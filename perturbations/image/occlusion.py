"""Noise of things in the way: part of the scene is not seen."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain

Image = NDArray[Any]


class Patch(NamedTuple):
    """Pixel edges of a rectangle."""

    top: int
    bottom: int
    left: int
    right: int


@perturbation(native=True, coupling="mask")
def occlusion(
    image: Image,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.3, 0.4, unit="share of the area", high=1.0),
    fill: float = 0.5,
) -> Noisy:
    """Something in front of the lens: an even patch of the frame's proportions hides part of the picture.

    The centre is the draw's; the patch grows around it, and where it meets the border it grows on the other sides, so
    the hidden share is the declared one up to whole pixels. The report states the share that was hidden.

    Severity: 5, 10, 20, 30, 40 % of the area (severity 0.2 to 1).

    Raises:
        BadSetting: `fill`, the level of the patch in [0, 1], is outside.

    References:
        Zhong et al. 2020, "Random erasing data augmentation" (patches of 2 to 40 % of the area).
    """
    if not 0 <= fill <= 1:
        raise BadSetting(explain("a level in [0, 1]", "fill", fill))
    height, width, _ = image.shape
    patch = _patch(share, draw.uniform((2,), stream="centre"), height, width)
    out = np.array(image, order="C")
    level = np.rint(255 * fill) if image.dtype == np.uint8 else fill
    out[patch.top : patch.bottom, patch.left : patch.right] = level
    hidden = (patch.bottom - patch.top) * (patch.right - patch.left) / (height * width)
    return Noisy(out, report={"share": hidden, **patch._asdict()})


def _patch(share: float, centre: NDArray[np.float64], height: int, width: int) -> Patch:
    y, x = float(centre[0]), float(centre[1])
    half = _half_side(share, y, x)
    top, bottom = max(y - half, 0.0) * height, min(y + half, 1.0) * height
    left, right = max(x - half, 0.0) * width, min(x + half, 1.0) * width
    return Patch(*(int(edge + 0.5) for edge in (top, bottom, left, right)))


def _half_side(share: float, y: float, x: float) -> float:
    """Return the half side of the square around (x, y) that covers `share` of the unit square; rises with share."""
    low, high = 0.0, 1.0
    for _ in range(52):
        middle = (low + high) / 2
        sides = [min(c + middle, 1.0) - max(c - middle, 0.0) for c in (y, x)]
        low, high = (middle, high) if sides[0] * sides[1] < share else (low, middle)
    return high
