"""Faults of a lens that depend on the place in the frame: geometry, brightness, colour."""

from functools import lru_cache

import numpy as np

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations.errors import BadSetting, NotApplicable, explain
from perturbations.image.optics._plane import (
    Image,
    Map,
    Places,
    floats,
    half_diagonal,
    offsets,
    resample,
    restore,
    scale,
)

_LENS = {"different-samples": "the lens is the same for every sample; nothing is drawn"}
_KEPT = 2**20
"""Maps of larger images are not kept."""


@perturbation(native=True, coupling="transform", frames="fixed", exempt=_LENS, requires=("image",))
def radial_distortion(
    image: Image,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.03, 0.06, 0.1, 0.15, 0.22, unit="displacement in the corner (half diagonal = 1)", high=0.3
    ),
    kind: str = "barrel",
) -> Image:
    """A wide-angle lens bends straight lines outwards (barrel), a long one inwards (pincushion).

    A pixel at distance r from the centre, in half diagonals, shows the scene at r (1 + k r^2), with k = `share` for
    barrel and -`share` for pincushion (Brown's first term, from the picture to the scene): the centre keeps its size
    and the corner shows what lies 1 + k times as far out. Linear between pixels; beyond the border the scene is
    mirrored.

    Severity: k = 0.03, 0.06, 0.1, 0.15, 0.22 (severity 0.2 to 1).

    Raises:
        BadSetting: `kind` is neither barrel nor pincushion.

    References:
        Brown 1966, "Decentering distortion of lenses" (the model); the coefficients are our choice, from a good
        wide-angle lens to an action camera.
    """
    if kind not in {"barrel", "pincushion"}:
        raise BadSetting(explain("barrel or pincushion", "kind", kind))
    height, width, _ = image.shape
    maker = _bent if height * width <= _KEPT else _bent.__wrapped__
    return resample(image, maker(height, width, share if kind == "barrel" else -share))


@lru_cache(maxsize=4)
def _bent(height: int, width: int, k: float) -> Places:
    y, x = offsets(height, width)
    grow = _relative_square(height, width)
    grow *= np.float32(k)
    grow += 1
    return Places(x * grow + np.float32((width - 1) / 2), y * grow + np.float32((height - 1) / 2))


def _relative_square(height: int, width: int) -> Map:
    """Return the squared distance from the centre, 1 in the middle of a corner pixel."""
    y, x = offsets(height, width)
    per_square = np.float32(half_diagonal(height, width) ** -2)
    return y * y * per_square + x * x * per_square


@perturbation(native=True, coupling="transform", frames="fixed", exempt=_LENS)
def vignetting(
    image: Image,
    draw: Draw,
    *,
    loss: Dose = Ladder(0.2, 0.4, 0.6, 0.75, 0.9, unit="share of light lost in the corner", high=1),
    gamma: float = 2.2,
) -> Image:
    """Less light reaches the corners than the centre: the natural fall-off of a wide-angle lens.

    Light is multiplied by cos^4 of the angle from the axis: (1 + t^2 r^2)^-2 at r half diagonals from the centre,
    with t such that the corner loses `loss`. Levels are taken as light to the power 1 / `gamma` (1 for linear data),
    so they are multiplied by that power of the factor.

    Severity: 20, 40, 60, 75, 90 % lost in the corner (severity 0.2 to 1).

    Raises:
        BadSetting: `gamma` is not positive.

    References:
        Goldman 2010, "Vignette and exposure calibration and compensation" (the cos^4 law); the amounts are our choice.
    """
    if not gamma > 0:
        raise BadSetting(explain("a positive power", "gamma", gamma))
    kept = max(1 - loss, 1e-12)
    factor = 1 + (kept**-0.5 - 1) * _relative_square(*image.shape[:2])
    factor **= np.float32(-2 / gamma)
    return restore(floats(image) * factor[..., None], image.dtype)


@perturbation(native=True, coupling="transform", frames="fixed", exempt=_LENS, requires=("image",))
def chromatic_aberration(
    image: Image,
    draw: Draw,
    *,
    shift: Dose = Ladder(0.5, 1, 2, 3, 5, unit="px of red and of blue in the corner", high=64.0),
) -> Image:
    """A lens that magnifies red more than blue: coloured fringes on edges, growing outwards.

    Red is magnified about the centre by 1 + s / R and blue by 1 - s / R, with the half diagonal R in pixels: in the
    corner red lies `shift` pixels further out than green, and blue as much further in. Linear between pixels.

    Severity: 0.5, 1, 2, 3, 5 px (severity 0.2 to 1).

    Raises:
        NotApplicable: the image does not have the three channels red, green, blue.

    References:
        Kang 2007, "Automatic removal of chromatic aberration from a single image" (lateral aberration as a
        magnification per channel); the amounts are our choice, from a good lens to a poor one.
    """
    if image.shape[2] != 3:
        raise NotApplicable(explain("red, green and blue", "image", image, "grey has no fringes"))
    part = shift / half_diagonal(*image.shape[:2])
    out = np.array(image, order="C")
    for channel, factor in ((0, 1 + part), (2, max(1 - part, 0.5))):
        out[..., channel] = scale(image[..., channel, None], factor)[..., 0]
    return out
