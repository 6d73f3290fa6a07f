"""The one place where pixels are moved: OpenCV, bilinear, results rounded to nearest."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._extras import require
from perturbations.errors import BadSetting, did_you_mean, explain
from perturbations.image.geometry._steps import BORDERS

Image = NDArray[Any]
Plane = NDArray[np.float32]

_MODES = {
    "constant": "BORDER_CONSTANT",
    "reflect": "BORDER_REFLECT",
    "replicate": "BORDER_REPLICATE",
}
_EXACT = 1e-9
"""A shift this near to whole pixels is one: its pixels are copied, not interpolated."""


def check_border(border: str) -> None:
    """Refuse a border that there is not.

    Raises:
        BadSetting: the border is not constant, reflect or replicate.
    """
    if border not in BORDERS:
        hint = did_you_mean(str(border), BORDERS)
        raise BadSetting(explain(f"one of {', '.join(BORDERS)}", "border", border, hint))


def warped(image: Image, matrix: NDArray[np.float64], border: str) -> Image:
    """Move an image (H, W) or (H, W, C) by a 3x3 matrix from clean to noisy points."""
    out = np.empty(image.shape, dtype=image.dtype)
    warp_into(out, image, matrix, border)
    return out


def warp_into(out: Image, image: Image, matrix: NDArray[np.float64], border: str) -> None:
    """Do what `warped` does, into contiguous memory that is there already."""
    shift = _whole_shift(matrix)
    if shift is not None:
        shift_into(out, image, *shift, border)
        return
    cv2 = require("cv2", extra="image")
    height, width = image.shape[:2]
    back = np.linalg.inv(matrix)
    mode, flags = getattr(cv2, _MODES[border]), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    source = np.ascontiguousarray(image)
    plane = out[..., 0] if out.ndim == 3 and out.shape[2] == 1 else out
    size, how = (width, height), {"dst": plane, "flags": flags, "borderMode": mode}
    if matrix[2, 0] == 0 == matrix[2, 1] and matrix[2, 2] == 1:
        moved = cv2.warpAffine(source, back[:2], size, **how)
    else:
        moved = cv2.warpPerspective(source, back, size, **how)
    if not np.may_share_memory(moved, out):  # OpenCV took other memory than it was given
        out[...] = moved.reshape(out.shape)
    _within(out)


def remapped(image: Image, x: Plane, y: Plane, border: str) -> Image:
    """Fill every pixel from the point that the planes `x` and `y` (H, W) name."""
    cv2 = require("cv2", extra="image")
    mode, source = getattr(cv2, _MODES[border]), np.ascontiguousarray(image)
    if image.dtype == np.uint8:
        # Fixed point (1/32 px) is twice as fast, and finer than 8 bits can show.
        whole, part = cv2.convertMaps(x, y, cv2.CV_16SC2)
        moved = cv2.remap(source, whole, part, cv2.INTER_LINEAR, borderMode=mode)
    else:
        moved = cv2.remap(source, x, y, cv2.INTER_LINEAR, borderMode=mode)
    return _within(moved.reshape(image.shape))


def shift_into(out: Image, image: Image, right: int, down: int, border: str) -> None:
    """Move an image by whole pixels: every pixel that stays in the frame is copied as it is."""
    height, width = image.shape[:2]
    if border != "constant":
        rows, columns = _seen(height, down, border), _seen(width, right, border)
        out[...] = image[rows][:, columns]
        return
    out[...] = 0
    if abs(right) < width and abs(down) < height:
        above, below = max(down, 0), min(height + down, height)
        left, end = max(right, 0), min(width + right, width)
        out[above:below, left:end] = image[above - down : below - down, left - right : end - right]


def _seen(size: int, shift: int, border: str) -> NDArray[np.intp]:
    place = np.arange(size) - shift
    if border == "replicate":
        return np.clip(place, 0, size - 1)
    around = place % (2 * size)
    return np.minimum(around, 2 * size - 1 - around)


def _whole_shift(matrix: NDArray[np.float64]) -> tuple[int, int] | None:
    (a, b, x), (c, d, y), (e, f, g) = matrix.tolist()
    if (a, b, c, d, e, f, g) != (1, 0, 0, 1, 0, 0, 1):
        return None
    right, down = round(x), round(y)
    near = max(abs(x - right), abs(y - down)) < _EXACT
    return (right, down) if near else None


def _within(moved: Image) -> Image:
    """Keep interpolated values in [0, 1], which rounding may leave by the last bit."""
    return moved if moved.dtype == np.uint8 else np.clip(moved, 0, 1, out=moved)
