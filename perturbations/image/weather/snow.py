"""Snow: bright flakes drawn out by their fall, and a scene bleached by those too far to be seen."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations.image.weather._overlay import as_given, one_by_one
from perturbations.image.weather._streaks import half_gaussian, smeared

Image = NDArray[Any]
Plane = NDArray[np.float32]
Floats = NDArray[np.float64]

_SCALE, _THRESHOLD = 0.3, 0.5
"""Spread of the flakes' brightness, and the brightness below which there is none."""
_GREY = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_NEAR, _FAR = 3.0, 1.5
"""Magnification of the two layers of flakes."""


@perturbation(native=True, batched=True, coupling="transform", frames="moving", requires=("image",))
def snow(
    images: Image,
    draw: Draw,
    *,
    flakes: Dose = Ladder(
        0.03, 0.06, 0.1, 0.15, 0.22, unit="share of flake cells that are flakes", high=0.999
    ),
    kept: Dose = Ladder(
        0.9, 0.82, 0.75, 0.7, 0.65, unit="share of the picture not bleached", none=1.0, high=1.0
    ),
    streak: float = 4.0,
    speed: float = 6.0,
    time: float = 0.0,
) -> Image:
    """Falling snow: flakes drawn out along a slanting fall, before a bleached scene.

    Two layers of flakes, one near and one far (cells of 3 and 1.5 pixels), are fields of normal numbers with mean l and
    standard deviation 0.3, magnified bilinearly; what lies below 0.5 is no flake. l is set so that the share `flakes` of the
    cells is above it. Both layers are drawn out by a half-Gaussian streak (sigma `streak` pixels) at a drawn angle within 45
    degrees of straight down and added to k x + (1 - k) max(x, 1.5 grey + 0.5) with k = `kept`. The same flakes appear at
    every severity, grown and joined by more. In a sequence of frames near flakes fall `speed` pixels a frame and far ones
    half as fast. 8-bit images are rounded to nearest.

    Severity: 3, 6, 10, 15, 22 % of the cells, 0.9, 0.82, 0.75, 0.7, 0.65 of the picture kept (severity 0.2 to 1): our choice,
    since the published table is not monotone; spread and threshold are those of its first two levels, the part kept spans
    about the same range.

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `snow`, which has one layer and its half turn in place of two.
    """
    return one_by_one(
        images, draw, lambda image, one: _snow(image, one, flakes, kept, streak, speed * time)
    )


def _snow(
    image: Image, draw: Draw, flakes: float, kept: float, streak: float, fallen: float
) -> Image:
    from scipy.special import ndtri

    height, width = image.shape[:2]
    angle, streak = _fall(draw), max(streak, 0.1)
    way = np.array([fallen * math.sin(angle), fallen * math.cos(angle)])
    mean = max(float(_THRESHOLD + _SCALE * ndtri(flakes)), -9.0)
    both = np.zeros((height, width), dtype=np.float32)
    for stream, zoom, part in (("near", _NEAR, 1.0), ("far", _FAR, 0.5)):
        rows, columns = (math.ceil(side / zoom) + 2 for side in (height, width))
        y, x = (
            np.arange(side) - gone for side, gone in zip((height, width), way * part, strict=True)
        )
        _add_flakes(
            draw, stream, (rows, columns), y / zoom, x / zoom, (mean, _SCALE, _THRESHOLD), both
        )
    # A streak trails above its flake.
    return _covered(image, smeared(both, half_gaussian(2 * streak, streak, angle + math.pi)), kept)


def _fall(draw: Draw) -> float:
    """Return the direction of the fall: from 45 degrees left of straight down to 45 degrees right, y pointing down."""
    return math.pi / 4 + math.pi / 2 * float(draw.uniform(stream="angle"))


def _add_flakes(
    draw: Draw,
    stream: str,
    cells: tuple[int, int],
    down: Floats,
    right: Floats,
    brightness: tuple[float, float, float],
    out: Plane,
) -> None:
    """Add the flakes of a periodic field of normal numbers, read at fractional rows and columns of it.

    `brightness` is the mean and the standard deviation of the field, and the threshold below which there is no flake.
    """
    from perturbations.image.weather._kernels.patterns import add_flakes

    field = draw.normal(cells, stream=stream).astype(np.float32)
    add_flakes(field, down, right, *(np.float32(each) for each in brightness), out)


def _covered(image: Image, flakes: Plane, kept: float) -> Image:
    """Bleach an image (H, W, C) and add flakes (H, W)."""
    if image.dtype == np.uint8:
        from perturbations.image.weather._kernels.overlays import snowfall

        rows = np.ascontiguousarray(image).reshape(image.shape[0], -1)
        out = np.empty_like(rows)
        snowfall(rows, np.ascontiguousarray(flakes) * np.float32(255), kept, out)
        return out.reshape(image.shape)
    grey = image @ _GREY if image.shape[2] == 3 else image.mean(axis=2, dtype=image.dtype)
    white = np.maximum(image, (grey * 1.5 + 0.5)[..., None])
    return as_given(kept * image + (1 - kept) * white + flakes[..., None], image.dtype)


def _published_snow(
    image: Image,
    draw: Draw,
    loc: float,
    scale: float,
    zoom: float,
    threshold: float,
    radius: float,
    sigma: float,
    mix: float,
) -> Image:
    """Return one image (H, W, C) at one published level of ImageNet-C's snow.

    Only the cells that the magnification shows are drawn: magnified, the first and the last of a row are its ends, and the
    middle is cut out. The streak is ImageMagick's, on whole pixels, and repeats the edge. uint8 or floating point in
    [0, 1]; rounded to nearest, where the published code cuts off before and after the streak.
    """
    height, width = image.shape[:2]
    (rows, down), (columns, right) = (_magnified(side, zoom) for side in (height, width))
    layer = np.zeros((height, width), dtype=np.float32)
    _add_flakes(draw, "near", (rows, columns), down, right, (loc, scale, threshold), layer)
    angle = -_fall(draw)
    layer = smeared(layer, half_gaussian(radius, sigma, angle))
    return _covered(image, layer + layer[::-1, ::-1], mix)


def _magnified(side: int, zoom: float) -> tuple[int, Floats]:
    """Return how many cells are magnified, and where between them the pixels of an axis lie."""
    cells = math.ceil(side / zoom)
    grown = max(round(cells * zoom), side)
    trim = (grown - side) // 2
    where = (np.arange(side) + trim) * ((cells - 1) / max(1, grown - 1))
    return cells, np.asarray(where, dtype=np.float64)
