"""Blurs: the picture of a point is a disk, a streak, a bell or a ray instead of a point.

Why: disk and streak are exact averages over an ideal shape with fractional edges, so that distortion grows smoothly
with the dose; border pixels are mirrored (edge pixel included), which is defined for any image down to one pixel.
Constants follow ImageNet-C at 224 x 224 pixels.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations.image.optics._plane import (
    Between,
    Image,
    between,
    floats,
    gaussian,
    half_diagonal,
    restore,
    stretched,
)
from perturbations.image.optics._shapes import (
    Spans,
    convolve_line,
    convolve_spans,
    disk,
    line,
    spans_of,
)

_LENS = {"different-samples": "the lens is the same for every sample; nothing is drawn"}


@perturbation(batched=True, native=True, coupling="transform")
def motion_blur(
    images: Image,
    draw: Draw,
    *,
    length: Dose = Ladder(6.5, 10.7, 17.0, 23.8, 30.2, unit="px", high=4096.0),
) -> Image:
    """Camera or scene moving at a steady speed during the exposure: a straight streak in a random direction.

    Every point becomes a uniform line of `length` pixels, centred on it and one pixel wide; the direction is the
    draw's and the same at every severity. The lengths have the spread (rms) of ImageNet-C's streaks, which fade out
    on one side (radius, sigma = 10, 3; 15, 5; 15, 8; 15, 12; 20, 15) and therefore also shift the picture; these do
    not.

    Severity: 6.5, 10.7, 17.0, 23.8, 30.2 px (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `motion_blur`.
    """
    angles = math.pi * draw.uniform((len(images),), stream="direction")
    pairs = zip(images, angles, strict=True)
    return np.stack([convolve_line(image, line(length, float(angle))) for image, angle in pairs])


@perturbation(native=True, coupling="transform", exempt=_LENS)
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
    return convolve_spans(image, _disk_spans(radius))


@lru_cache(maxsize=32)
def _disk_spans(radius: float) -> Spans:
    return spans_of(disk(radius))


@perturbation(native=True, coupling="transform", exempt=_LENS)
def gaussian_blur(
    image: Image,
    draw: Draw,
    *,
    sigma: Dose = Ladder(1, 2, 3, 4, 6, unit="px", high=256.0),
) -> Image:
    """A soft lens or a diffusing filter: every point becomes a round bell.

    Convolution by a gaussian that is cut at 4 sigma; the edge pixel is repeated beyond the border. Below sigma = 1/8
    pixel nothing changes.

    Severity: sigma = 1, 2, 3, 4, 6 px (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `gaussian_blur`.
    """
    return gaussian(image, sigma)


@perturbation(native=True, coupling="transform", exempt=_LENS)
def zoom_blur(
    image: Image,
    draw: Draw,
    *,
    zoom: Dose = Ladder(
        1.11, 1.16, 1.21, 1.26, 1.31, unit="largest magnification", none=1.0, low=1.0, high=8.0
    ),
) -> Image:
    """Zooming or driving forward during the exposure: every point becomes a streak away from the centre.

    The mean of magnifications 1 to `zoom` about the centre, evenly spaced on a log scale (a steady zoom), so many
    that neighbours are at most 3 pixels apart in the corner. Made by halves: the mean of 2n magnifications is the
    mean of the first n and of their magnification by the step to the power of n. ImageNet-C spaces 11 to 16
    magnifications evenly and counts the original twice, which leaves separate ghosts near the corner.

    Severity: up to 1.11, 1.16, 1.21, 1.26, 1.31 times (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `zoom_blur` (the ranges).
    """
    shift = (zoom - 1) * half_diagonal(*image.shape[:2])
    halvings = max(math.ceil(math.log2(shift / _SPACING + 1)), 1)
    mean, step = floats(image), math.log(zoom) / (2**halvings - 1)
    for i in range(halvings):
        mean = _average_with_magnified(mean, math.exp(step * 2**i))
    return restore(mean, image.dtype)


_SPACING = 3.0


def _average_with_magnified(image: Image, factor: float) -> Image:
    height, width, channels = image.shape
    total = image.copy()
    columns = _magnified(width, factor, image.dtype, channels)
    stretched(image, _magnified(height, factor, image.dtype), columns, total)
    total *= 0.5
    return total


@lru_cache(maxsize=128)
def _magnified(size: int, factor: float, dtype: np.dtype[Any], channels: int = 1) -> Between:
    middle = (size - 1) / 2
    return between(middle + (np.arange(size) - middle) / factor, size, dtype, channels)
