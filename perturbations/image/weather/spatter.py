"""Drops on the lens or the window: clear water that refracts, or mud that covers."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations._extras import require
from perturbations.errors import BadSetting, explain
from perturbations.image.weather._overlay import full_scale, one_by_one

Image = NDArray[Any]
Plane = NDArray[np.float32]

_LIQUIDS = ("water", "mud")
_WATER = (175 / 255, 238 / 255, 238 / 255)
_MUD = (63 / 255, 42 / 255, 20 / 255)
_BLUR = 3.0
"""Radius (sigma) of the drops, in pixels: the published level 2."""
_WATER_STRENGTH = 0.6
_MUD_EDGE = 2.0
"""Opacity gained by one standard deviation of the field: an edge about two pixels wide."""
_SHALLOW, _SLOPE = 0.7, 0.1
"""Depth of water at the edge of a drop, and how it grows with the field, whose spread is 1."""
_GAIN = 1.3
"""Light of a drop, so that its bright side is white and its dark side is not."""
_REPEATED = 1
"""Beyond the frame of a published field its edge is repeated (cv2.BORDER_REPLICATE)."""
_FARTHEST = 20.0
"""Pixels from an outline beyond which a drop is flat."""
_MUD_CORE = 0.8
_EMBOSS = np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], dtype=np.float32)
"""Light from the upper left, as on a drop."""


@perturbation(native=True, batched=True, coupling="transform", frames="fixed", requires=("image",))
def spatter(
    images: Image,
    draw: Draw,
    *,
    covered: Dose = Ladder(
        0.03, 0.09, 0.18, 0.3, 0.45, unit="share of the lens under liquid", high=0.999
    ),
    liquid: str = "water",
) -> Image:
    """Drops of water or mud on the lens or the window, in the same places for as long as nobody wipes.

    A field of normal numbers, blurred (sigma 3 px) and of unit spread again, is wet where it is above the level that leaves
    the share `covered` wet, so drops of a mild severity grow into those of a harsher one. Water adds a pale blue, in
    proportion to its depth and to the light on a drop (an embossed map of the distance from the outlines), at most 0.6 of full scale; mud covers with dark brown, its edge about 2 px soft. In images that are not red, green, blue the colour is its mean. 8-bit images are rounded to nearest.

    Severity: 3, 9, 18, 30, 45 % covered (severity 0.2 to 1): ours. The published levels are water three times and then mud
    twice and change blur, threshold and strength at once; their liquid is over
    about 3, 14, 24, 50 and 57 % of the lens, of which mud leaves the edges clear.

    Raises:
        BadSetting: the liquid is neither water nor mud.

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `spatter`.
    """
    if liquid not in _LIQUIDS:
        raise BadSetting(explain(f"one of {', '.join(_LIQUIDS)}", "liquid", liquid))
    return one_by_one(images, draw, lambda image, one: _spatter(image, one, covered, liquid))


def _spatter(image: Image, draw: Draw, covered: float, liquid: str) -> Image:
    from scipy.special import ndtri

    field = _blurred(_normal(draw, image.shape[:2]), _BLUR)
    # The spread of a blurred field of unit spread; exact away from the border.
    field *= np.float32(2 * np.sqrt(np.pi) * _BLUR)
    level = -float(ndtri(covered))
    if liquid == "mud":
        return _covered_in_mud(image, np.clip((field - level) * _MUD_EDGE + 0.5, 0, 1))
    depth = np.where(field > level, np.minimum(_SHALLOW + _SLOPE * (field - level), 1), 0)
    wet = depth.astype(np.float32)
    light = np.minimum(_relief(wet, _by_distance) * np.float32(_GAIN / 255), 1)
    return _tinted(image, None, wet * light * np.float32(_WATER_STRENGTH), _WATER)


def _normal(draw: Draw, shape: tuple[int, ...]) -> Plane:
    return draw.normal(shape, stream="liquid").astype(np.float32)


def _blurred(plane: Plane, sigma: float, *, border: int = 4) -> Plane:
    """Blur by a Gaussian that ends at four standard deviations; a border of 4 is mirrored, of 1 repeated (as OpenCV counts)."""
    blur = require("cv2", extra="image").GaussianBlur
    soft = blur(plane, (0, 0), sigma, borderType=border)
    return np.asarray(soft, dtype=np.float32).reshape(plane.shape)


def _relief(depth: Plane, spread: Callable[[Plane], Image]) -> Plane:
    """Return the light on drops, in levels: the distance from their outlines, spread over 8 bits and embossed."""
    cv2 = require("cv2", extra="image")
    levels = np.ascontiguousarray((depth * 255).astype(np.uint8))
    away = cv2.distanceTransform(255 - cv2.Canny(levels, 50, 150), cv2.DIST_L2, 5)
    away = cv2.blur(cv2.threshold(away, _FARTHEST, _FARTHEST, cv2.THRESH_TRUNC)[1], (3, 3))
    embossed = cv2.filter2D(spread(away), cv2.CV_8U, _EMBOSS)
    return np.asarray(cv2.blur(embossed, (3, 3)), dtype=np.float32).reshape(depth.shape)


def _by_distance(away: Plane) -> Image:
    """Spread by the root of the distance, which does not depend on how many drops there are."""
    return np.asarray(np.sqrt(away * np.float32(255**2 / _FARTHEST)), dtype=np.uint8)


def _by_rank(away: Plane) -> Image:
    """Spread by the rank among all pixels of the frame, as published."""
    return np.asarray(require("cv2", extra="image").equalizeHist(away.astype(np.uint8)))


def _muddy(image: Image, under: NDArray[np.bool_], softness: float) -> Image:
    """Cover with mud where `under`, softened, is nearly whole."""
    share = _blurred(under.astype(np.float32), softness, border=_REPEATED)
    return _covered_in_mud(image, np.where(share < _MUD_CORE, 0, share))


def _covered_in_mud(image: Image, opacity: Plane) -> Image:
    share = opacity.astype(np.float32)
    return _tinted(image, 1 - share, share, _MUD)


def _tinted(
    image: Image, kept: Plane | None, amount: Plane, colour: tuple[float, float, float]
) -> Image:
    """Return image x kept + amount x colour; in images without colours the colour is its mean."""
    tint = np.array(colour if image.shape[2] == 3 else [np.mean(colour)], dtype=np.float32)
    if image.dtype != np.uint8:
        base = image if kept is None else image * kept[..., None]
        return full_scale(base + amount[..., None] * tint, image.dtype)
    from perturbations.image.weather._kernels.overlays import tinted

    clear = np.ones_like(amount) if kept is None else kept
    rows = np.ascontiguousarray(image).reshape(image.shape[0], -1)
    out = np.empty_like(rows)
    each = np.resize(tint * np.float32(255), image.shape[2])
    tinted(rows, clear, amount, each, out)
    return out.reshape(image.shape)


def _published_spatter(
    image: Image,
    draw: Draw,
    loc: float,
    scale: float,
    sigma: float,
    threshold: float,
    strength: float,
    mud: float,
) -> Image:
    """Return one image (H, W, C) at one published level of ImageNet-C's spatter.

    `strength` is the brightness of water, or the softening of mud in pixels; `mud` is 0 for water, 1 for mud. uint8 or floating point in [0, 1]; rounded to
    nearest, where the published code cuts off.
    """
    noise = _normal(draw, image.shape[:2]) * np.float32(scale) + np.float32(loc)
    field = _blurred(noise, sigma, border=_REPEATED)
    if mud:
        return _muddy(image, field > threshold, strength)
    depth = np.clip(np.where(field < threshold, 0, field), 0, 1)
    amount = depth * _relief(depth, _by_rank)
    highest = max(float(amount.max()), 1e-12)
    return _tinted(image, None, amount * np.float32(strength / highest), _WATER)
