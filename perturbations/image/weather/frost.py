"""Ice on the window or the lens: crystals that grow in from the frame."""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations._extras import require
from perturbations.image.weather._overlay import full_scale, one_by_one
from perturbations.image.weather._panes import piece

Image = NDArray[Any]
Bytes = NDArray[np.uint8]
Plane = NDArray[np.float32]

_CANVAS = 256
"""Longest side, in pixels, on which the ice is grown; larger frames magnify it."""
_CRYSTALS = 60
_TINT = (0.86, 0.94, 1.0)
"""Ice is a little blue."""


@perturbation(native=True, batched=True, coupling="transform", frames="fixed", requires=("image",))
def frost(
    images: Image,
    draw: Draw,
    *,
    kept: Dose = Ladder(
        1.0, 0.8, 0.7, 0.65, 0.6, unit="share of the picture kept", none=1.0, high=1.0
    ),
    ice: Dose = Ladder(0.4, 0.6, 0.7, 0.78, 0.86, unit="opacity of the ice", high=4.0),
) -> Image:
    """A window or a lens freezes over: fern-like crystals of ice before the scene, dense at the frame, thin in the middle.

    A value x becomes k x + w f, clipped, where f is a picture of ice: crystals with stems, branches and barbs at 60 degrees,
    most of them growing inwards from the frame, over cloudy rime. The ice is grown for each sample from its draw and is the
    same at every severity; it is grown on at most 256 pixels a side and magnified for larger frames. 8-bit images are
    rounded to nearest.

    Severity: (k, w) = (1, 0.4), (0.8, 0.6), (0.7, 0.7), (0.65, 0.78), (0.6, 0.86) (severity 0.2 to 1). The published weights
    of the last two levels, 0.7 and 0.75, distort less than the third: these are ours.

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `frost`, which cuts its ice from six photographs; this one is synthesised.
    """
    return one_by_one(images, draw, lambda image, one: _frost(image, one, kept, ice))


def _frost(image: Image, draw: Draw, kept: float, weight: float) -> Image:
    ice = _ice(draw, *image.shape[:2])
    return _iced(image, _coloured(ice, image.shape[2]), kept, weight)


def _iced(image: Image, colours: Bytes, kept: float, weight: float) -> Image:
    """Return image x kept + weight x colours, clipped and rounded."""
    if image.dtype != np.uint8:
        return full_scale(kept * image + weight / 255 * colours, image.dtype)
    mixed = require("cv2", extra="image").addWeighted(image, kept, colours, weight, 0.0)
    return np.asarray(mixed).reshape(image.shape)


def _coloured(ice: Plane, channels: int) -> Bytes:
    """Return the ice as 8-bit levels in that many channels; blueish in colour, grey otherwise."""
    if channels != 3:
        return np.repeat(np.rint(ice * 255).astype(np.uint8)[..., None], channels, axis=2)
    cv2 = require("cv2", extra="image")
    planes = [cv2.convertScaleAbs(ice, alpha=255 * share) for share in _TINT]
    return np.asarray(cv2.merge(planes))


def _ice(draw: Draw, height: int, width: int) -> Plane:
    """Return a picture of ice in [0, 1]."""
    from perturbations.image.weather._kernels.patterns import crystals, plasma

    cv2 = require("cv2", extra="image")
    shrink = max(1.0, max(height, width) / _CANVAS)
    rows, columns = max(1, round(height / shrink)), max(1, round(width / shrink))
    ferns = np.zeros((rows, columns), dtype=np.float32)
    crystals(draw.key("crystals")[()], _CRYSTALS, 0.6 * max(rows, columns), ferns)
    soft = cv2.GaussianBlur(ferns, (0, 0), 1.0).reshape(rows, columns)
    levels = max(3, math.ceil(math.log2(max(rows, columns))))
    rime = plasma(draw.key("rime")[()], levels, 1.4)[:rows, :columns]
    ice = np.add(np.multiply(ferns, 0.45, out=ferns), np.multiply(soft, 0.4, out=soft), out=ferns)
    ice += np.multiply(rime, _density(rows, columns), out=rime)
    ice = np.minimum(ice, 1, out=ice)
    if shrink > 1:
        ice = cv2.resize(ice, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(ice, dtype=np.float32).reshape(height, width)


@lru_cache(maxsize=16)
def _density(rows: int, columns: int) -> Plane:
    """Return how much rime there is: most at the frame, least in the middle."""
    y, x = (np.abs(2 * (np.arange(side) + 0.5) / side - 1) ** 3 for side in (rows, columns))
    off = np.maximum(y.astype(np.float32)[:, None], x.astype(np.float32))
    return np.asarray(np.float32(0.25) + np.float32(0.4) * off)


def _published_frost(
    image: Image, draw: Draw, image_weight: float, frost_weight: float, scale: float
) -> Image:
    """Return one image (H, W, C) at one published level of ImageNet-C's frost, with synthesised ice.

    `scale` is how far the ice is shrunk before a piece is cut out. uint8 or floating point in [0, 1]; rounded to nearest,
    where the published code cuts off.
    """
    height, width, channels = image.shape
    return _iced(image, piece(draw, height, width, channels, scale), image_weight, frost_weight)
