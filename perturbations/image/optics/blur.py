"""Noise of the optics and of the exposure: the picture of a point is no longer a point.

Why: both blurs are the exact area (or length) average of an ideal shape, sampled on the pixel grid with fractional
edges, so that distortion grows smoothly with the dose; border pixels are mirrored (edge pixel included), which is
defined for any image down to one pixel. Constants follow ImageNet-C at 224 x 224 pixels.
"""

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation

Image = NDArray[Any]
Floats = NDArray[np.float64]


class Taps(NamedTuple):
    """A point-spread function as a list of shifts with weights that sum to 1."""

    down: NDArray[np.int64]
    right: NDArray[np.int64]
    weight: Floats


@perturbation(native=True, coupling="transform")
def motion_blur(
    image: Image,
    draw: Draw,
    *,
    length: Dose = Ladder(6.5, 10.7, 17.0, 23.8, 30.2, unit="px", high=4096.0),
) -> Image:
    """Camera or scene moving at a steady speed during the exposure: a straight streak in a random direction.

    Every point becomes a uniform line of `length` pixels, centred on it; the direction is the draw's and the same at
    every severity. The lengths have the spread (rms) of ImageNet-C's streaks, which fade out on one side
    (radius, sigma = 10, 3; 15, 5; 15, 8; 15, 12; 20, 15) and therefore also shift the picture; these do not.

    Severity: 6.5, 10.7, 17.0, 23.8, 30.2 px (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `motion_blur`.
    """
    angle = math.pi * float(draw.uniform(stream="direction"))
    return _blur(image, _streak(length, angle))


@perturbation(
    native=True,
    coupling="transform",
    exempt={"different-samples": "the lens is the same for every sample; nothing is drawn"},
)
def defocus_blur(
    image: Image,
    draw: Draw,
    *,
    radius: Dose = Ladder(3, 4, 6, 8, 10, unit="px", high=512.0),
) -> Image:
    """A lens focused at the wrong distance: every point becomes an even disk.

    The weight of a pixel is the area of it that the disk covers; below half a pixel nothing is seen to change.

    Severity: radius 3, 4, 6, 8, 10 px (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `defocus_blur` (which also smooths the edge of the disk).
    """
    return _blur(image, _disk(radius))


def _streak(length: float, angle: float) -> Taps:
    """Spread a line through the origin bilinearly over the pixels that it passes."""
    count = max(8, math.ceil(16 * length))
    along = ((np.arange(count) + 0.5) / count - 0.5) * length
    y, x = along * math.sin(angle), along * math.cos(angle)
    top, left = np.floor(y).astype(np.int64), np.floor(x).astype(np.int64)
    down, right = y - top, x - left
    reach = math.ceil(length / 2) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    for dy, dx, weight in (
        (0, 0, (1 - down) * (1 - right)),
        (0, 1, (1 - down) * right),
        (1, 0, down * (1 - right)),
        (1, 1, down * right),
    ):
        np.add.at(kernel, (top + dy + reach, left + dx + reach), weight)
    return _taps(kernel)


@lru_cache(maxsize=32)
def _disk(radius: float) -> Taps:
    """Cover each pixel by a disk at the origin; exact area."""
    reach = math.ceil(radius + 0.5)
    edge = np.arange(-reach, reach + 2, dtype=np.float64) - 0.5
    corner = _quadrant(edge[:, None], edge[None, :], radius)
    return _taps(corner[1:, 1:] - corner[:-1, 1:] - corner[1:, :-1] + corner[:-1, :-1])


def _quadrant(y: Floats, x: Floats, radius: float) -> Floats:
    """Return the signed area of the disk over the rectangle from the origin to (x, y)."""
    a, b = np.minimum(np.abs(x), radius), np.minimum(np.abs(y), radius)
    # Right of the crossing the circle, not the line y = b, bounds the area.
    crossing = np.minimum(np.sqrt(np.maximum(radius**2 - b**2, 0.0)), a)
    area = crossing * b + _under_circle(a, radius) - _under_circle(crossing, radius)
    return np.asarray(np.sign(x) * np.sign(y) * area)


def _under_circle(x: Floats, radius: float) -> Floats:
    height = np.sqrt(np.maximum(radius**2 - x**2, 0.0))
    return np.asarray((x * height + radius**2 * np.arcsin(np.clip(x / radius, -1, 1))) / 2)


def _taps(kernel: Floats) -> Taps:
    reach = len(kernel) // 2
    kernel = np.where(kernel > 1e-12 * kernel.max(), kernel, 0.0)
    row, column = np.nonzero(kernel)
    weight = kernel[row, column]
    return Taps(row - reach, column - reach, weight / weight.sum())


def _blur(image: Image, taps: Taps) -> Image:
    """Convolve an image (H, W, C); 8-bit images are rounded once, at the end."""
    from perturbations.image.optics._kernels import spread

    kind = np.float64 if image.dtype == np.float64 else np.float32
    height, width, channels = image.shape
    reach = int(max(np.abs(taps.down).max(), np.abs(taps.right).max()))
    rows, columns = _mirror(height, reach), _mirror(width, reach)
    padded = image[rows][:, columns].astype(kind).reshape(len(rows), -1)
    blank = -len(taps.weight) % 4
    down = np.pad(reach - taps.down, (0, blank))
    right = np.pad((reach - taps.right) * channels, (0, blank))
    out = np.empty((height, width * channels), dtype=kind)
    spread(padded, down, right, np.pad(taps.weight, (0, blank)).astype(kind), out)
    return _restore(out.reshape(image.shape), image.dtype)


def _mirror(size: int, reach: int) -> NDArray[np.int64]:
    """Return the pixel seen at each position from -reach to size + reach, the edge pixel repeated."""
    position = np.arange(-reach, size + reach) % (2 * size)
    return np.minimum(position, 2 * size - 1 - position)


def _restore(blurred: Image, dtype: np.dtype[Any]) -> Image:
    if dtype == np.uint8:
        return np.rint(np.clip(blurred, 0, 255, out=blurred), out=blurred).astype(np.uint8)
    return np.clip(blurred, 0, 1, out=blurred).astype(dtype, copy=False)
