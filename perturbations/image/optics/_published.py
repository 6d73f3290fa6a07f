"""The blurs of ImageNet-C and CIFAR-C at the constants of one published level, for presets.

Why: a preset promises the published parameters, also where the catalogue's ladder is another (a monotone one, or one
with a physical shape). Results are rounded to nearest where the published code truncates.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from perturbations import Draw
from perturbations._extras import require
from perturbations.image.optics._plane import (
    Between,
    Floats,
    Image,
    between,
    floats,
    gaussian,
    restore,
    stretched,
)
from perturbations.image.optics._shapes import (
    Shifts,
    Spans,
    Taps,
    convolve,
    convolve_spans,
    spans_of,
)
from perturbations.image.optics.glass import Reach, swap_near


def _published_defocus(image: Image, radius: float, alias_sigma: float) -> Image:
    """Blur by the pixels of a grid that lie in a disk, itself smoothed: 3x3 up to radius 8, 5x5 above.

    The grid of radius 8 and above is too small for the smoothed disk, so that these add about 1 % of light, as
    published.
    """
    return convolve_spans(image, _aliased_spans(radius, alias_sigma), _reflect_inside)


@lru_cache(maxsize=16)
def _aliased_spans(radius: float, alias_sigma: float) -> Spans:
    return spans_of(_aliased_disk(radius, alias_sigma))


def _aliased_disk(radius: float, alias_sigma: float) -> Floats:
    cv2 = require("cv2", extra="image")
    reach, size = (8, 3) if radius <= 8 else (int(radius), 5)
    grid = np.arange(-reach, reach + 1)
    disk = (grid[:, None] ** 2 + grid[None, :] ** 2 <= radius**2).astype(np.float64)
    smooth = cv2.GaussianBlur(disk / disk.sum(), (size, size), sigmaX=alias_sigma)
    used = 2 * reach + 1 - 2 * _blank(smooth)
    edge = (2 * reach + 1 - used) // 2
    return np.asarray(smooth[edge : edge + used, edge : edge + used])


def _blank(kernel: Floats) -> int:
    """Return how many rows from the edge are empty."""
    return int(np.argmax(kernel.max(axis=1) > 0))


def _reflect_inside(size: int, reach: int) -> Shifts:
    """Return the pixel seen from -reach to size + reach, mirrored without the edge pixel, as OpenCV does by default."""
    if size == 1:
        return np.zeros(2 * reach + 1, dtype=np.int64)
    position = np.arange(-reach, size + reach) % (2 * size - 2)
    return np.minimum(position, 2 * size - 2 - position)


def _published_motion(image: Image, draw: Draw, radius: int, sigma: float) -> Image:
    """Blur by a half gaussian of 2 `radius` + 1 taps that starts at the pixel, at an angle within 45 degrees of the rows.

    This is ImageMagick's motion blur, which the published code calls: taps on whole pixels, edge pixels repeated. The angle
    is uniform and the draw's. imagecorruptions leaves out the taps that reach beyond the whole image, so that tiny
    images get darker there.
    """
    angle = math.radians(90 * float(draw.uniform(stream="direction")) - 45)
    step = np.arange(2 * radius + 1)
    weight = np.exp(-(step**2) / (2 * sigma**2))
    weight /= weight.sum()
    down, right = (
        -np.ceil(step * part - 0.5).astype(np.int64) for part in (math.sin(angle), math.cos(angle))
    )
    return convolve(image, Taps(down, right, weight), _repeat)


def _repeat(size: int, reach: int) -> Shifts:
    return np.clip(np.arange(-reach, size + reach), 0, size - 1)


def _published_zoom(image: Image, factors: Sequence[float]) -> Image:
    """Average the image and its central parts magnified by `factors`, each part's corner pixels on the corners."""
    clean = floats(image)
    total = clean.copy()
    for factor in factors:
        if factor == 1:
            total += clean
            continue
        height, width, channels = clean.shape
        rows = _magnified(height, factor, clean.dtype)
        stretched(clean, rows, _magnified(width, factor, clean.dtype, channels), total)
    total /= len(factors) + 1
    return restore(total, image.dtype)


@lru_cache(maxsize=128)
def _magnified(size: int, factor: float, dtype: np.dtype[Any], channels: int = 1) -> Between:
    """Return the places along an axis that are seen: the part's first pixel on the first, its last on the last."""
    part = math.ceil(size / factor)
    grown = max(round(part * factor), size)
    first, trim = (size - part) // 2, (grown - size) // 2
    step = (part - 1) / max(grown - 1, 1)
    return between(first + (np.arange(size) + trim) * step, size, dtype, channels)


def _published_glass(
    image: Image, draw: Draw, sigma: float, max_delta: int, iterations: int
) -> Image:
    """Blur, let pixels change places by -`max_delta` to `max_delta` - 1, blur again.

    In the published code both sides of the exchange are views of one image, so that a pixel is copied over another.

    The scan is the published one: it starts `max_delta` pixels from the size and ends before pixel number `max_delta`,
    counted from 0, so that the first row and column never move.
    """
    soft, reach = gaussian(image, sigma), Reach(2 * max_delta, -max_delta)
    swap_near(soft, draw, reach, iterations, before=max_delta + 1, after=max_delta - 1)
    return gaussian(soft, sigma)
