"""Light that something keeps from part of the scene."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation

Images = NDArray[Any]
Floats = NDArray[np.float64]

_TONE = 2.2
"""Exponent of the tone curve, so that less light is a gain on the encoded value."""
_NEAREST, _FARTHEST = 0.12, 0.45
"""Distance of the shadow's edges from its centre, in diagonals of the frame."""
_SOFTNESS = 0.03
"""Width of the half-shadow at the edge, in diagonals of the frame."""


@perturbation(native=True, batched=True, coupling="transform", frames="fixed")
def shadow(
    images: Images,
    draw: Draw,
    *,
    lost: Dose = Ladder(0.25, 0.45, 0.6, 0.75, 0.9, unit="share of the light lost", high=1.0),
) -> Images:
    """The shadow of something out of sight falls across the scene: a dark shape with soft edges.

    The shape is a triangle of drawn place, direction and size, often cut by the frame. Inside, the share `lost` of the light
    is missing: with a tone curve of exponent 2.2 a value x becomes x (1 - lost) ** (1 / 2.2); over the half-shadow, 3 % of the
    frame's diagonal wide, the factor rises smoothly to 1. The shape is the same at every severity. 8-bit images are rounded.

    Severity: 25, 45, 60, 75, 90 % of the light lost (severity 0.2 to 1): our choice; outdoors the sky still gives a shadow
    10 to 50 % of the full light, indoors less.

    References:
        None published: the geometry is our choice. The exponent is that of common displays (IEC 61966-2-1).
    """
    lines, softness = _triangle(draw, *images.shape[1:3])
    kept = (1 - lost) ** (1 / _TONE)
    if images.dtype != np.uint8:
        gain = 1 - (1 - kept) * _inside(lines, softness, images)
        return np.asarray(images * gain, dtype=images.dtype)
    from perturbations.image.light._kernels import shade

    rows = np.ascontiguousarray(images).reshape(*images.shape[:2], -1)
    out = np.empty(rows.shape, dtype=np.uint8)
    shade(rows, lines, softness, kept, images.shape[3], out)
    return out.reshape(images.shape)


def _triangle(draw: Draw, height: int, width: int) -> tuple[Floats, float]:
    """Return three lines (a, b, c) a sample, a x + b y + c > 0 inside, and the half-shadow's width, in pixels."""
    diagonal = math.hypot(height, width)
    place = draw.uniform((len(draw), 2), stream="place") * 0.6 + 0.2
    centre = place * np.array([width - 1, height - 1])
    turn = draw.uniform((len(draw), 4), stream="turn")
    angle = 2 * math.pi * (turn[:, :1] + (np.arange(3) + 0.4 * (turn[:, 1:] - 0.5)) / 3)
    size = draw.uniform((len(draw), 3), stream="size")
    reach = diagonal * (_NEAREST + (_FARTHEST - _NEAREST) * size)
    a, b = -np.cos(angle), -np.sin(angle)
    c = reach - a * centre[:, :1] - b * centre[:, 1:]
    return np.stack([a, b, c], axis=-1), max(1.0, _SOFTNESS * diagonal)


def _inside(lines: Floats, softness: float, images: Images) -> Floats:
    """Return the share of the shadow at each pixel, (n, H, W, 1)."""
    y, x = np.mgrid[: images.shape[1], : images.shape[2]]
    a, b, c = (lines[:, :, k, None, None] for k in range(3))
    depth = (a * x + b * y + c).min(axis=1)
    t = np.clip(depth / softness + 0.5, 0, 1)
    return np.asarray((t * t * (3 - 2 * t))[..., None])
