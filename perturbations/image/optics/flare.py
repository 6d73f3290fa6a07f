"""Light that goes astray in the lens: ghosts and bloom of a lamp, and a veil over the frame."""

from typing import NamedTuple

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.image.optics._plane import (
    Floats,
    Image,
    Map,
    floats,
    full_scale,
    gaussian,
    restore,
)

_LENS = {"different-samples": "the lens is the same for every sample; nothing is drawn"}


@perturbation(native=True, coupling="additive", frames="fixed")
def lens_flare(
    image: Image,
    draw: Draw,
    *,
    strength: Dose = Ladder(0.2, 0.35, 0.5, 0.75, 1.0, unit="of full scale at the lamp", high=16.0),
    ghosts: int = 6,
) -> Noisy:
    """A lamp or the sun in the frame: a bloom around it, a faint streak, and ghosts of the aperture across the centre.

    Light is added and clipped. The lamp's place, and size, place (on the line from the lamp through the centre),
    brightness and tint of each ghost are the draw's, the same at every severity; sizes are shares of the longer side.
    The report states the lamp's place.

    Severity: 20, 35, 50, 75, 100 % of full scale at the lamp (severity 0.2 to 1); a ghost has 5 to 25 % of that.

    Raises:
        BadSetting: `ghosts` is not 0 to 32.

    References:
        Hullin et al. 2011, "Physically-based real-time lens flare rendering" (ghosts lie on the line through the
        centre); sizes and strengths are our choice.
    """
    if not 0 <= ghosts <= _MOST_GHOSTS:
        raise BadSetting(explain(f"0 to {_MOST_GHOSTS} ghosts", "ghosts", ghosts))
    lamp = _lamp(draw)
    out = floats(image)
    peak = np.float32(strength * full_scale(image))
    out += (peak * _bloom(image.shape[0], image.shape[1], lamp))[..., None]
    for i in range(ghosts):
        _add_ghost(out, lamp, draw.uniform((7,), stream=f"ghost {i}"), float(peak))
    return Noisy(restore(out, image.dtype), report={"lamp": lamp})


_MOST_GHOSTS = 32
_CORE, _HALO, _STREAK = 0.02, 0.14, (0.006, 0.35)
"""Sigma of the parts of the bloom, as shares of the longer side."""


class Lamp(NamedTuple):
    """The place of a light source, as shares of height and width."""

    y: float
    x: float


def _lamp(draw: Draw) -> Lamp:
    """Draw a place in the middle 80 % of the frame."""
    y, x = 0.1 + 0.8 * draw.uniform((2,), stream="lamp")
    return Lamp(float(y), float(x))


def _bloom(height: int, width: int, lamp: Lamp) -> Map:
    """Return the lamp's own light, 1 at the lamp."""
    side = max(height, width)
    y = (np.arange(height) + 0.5 - lamp.y * height)[:, None] / side
    x = (np.arange(width) + 0.5 - lamp.x * width)[None, :] / side
    narrow, wide = _STREAK
    total = 0.6 * _bell(y, _CORE) * _bell(x, _CORE) + 0.3 * _bell(y, _HALO) * _bell(x, _HALO)
    return np.asarray(total + 0.1 * _bell(y, narrow) * _bell(x, wide), dtype=np.float32)


def _bell(distance: Floats, sigma: float) -> Floats:
    return np.asarray(np.exp(-0.5 * (distance / sigma) ** 2))


def _add_ghost(out: Image, lamp: Lamp, random: Floats, peak: float) -> None:
    """Add a disk with a brighter, soft rim, where the line from the lamp through the centre takes it."""
    height, width, channels = out.shape
    along, size, bright = 0.3 + 1.7 * random[0], 0.015 + 0.06 * random[1], 0.05 + 0.2 * random[2]
    centre = [
        (place + along * (0.5 - place)) * side - 0.5
        for place, side in ((lamp.y, height), (lamp.x, width))
    ]
    radius = max(size * max(height, width), 0.5)
    tint = 0.4 + 0.6 * random[3:6] if channels == 3 else np.ones(channels)
    box = tuple(
        slice(max(int(c - radius - 1), 0), max(min(int(c + radius + 3), side), 0))
        for c, side in zip(centre, (height, width), strict=True)
    )
    y, x = np.ogrid[box]
    distance = np.hypot(y - centre[0], x - centre[1])
    disk = np.clip(radius + 0.5 - distance, 0, 1) * (0.5 + 0.5 * (distance / radius) ** 2)
    out[box] += (peak * bright * disk[..., None] * tint).astype(out.dtype)


@perturbation(native=True, coupling="transform", exempt=_LENS, requires=("image",))
def glare(
    image: Image,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.35, 0.5, unit="share of the light scattered", high=1.0),
    gamma: float = 2.2,
) -> Image:
    """Veiling glare: a dirty or uncoated lens scatters some of the light over the whole frame, which lifts the blacks.

    With share g, light x becomes (1 - g) x + g (halo + mean) / 2: half of what is scattered stays around its origin
    (a gaussian of 8 % of the longer side), half spreads evenly over the frame; none is lost but by the halo's border.
    Levels are taken as light to the power 1 / `gamma` (1 for linear data).

    Severity: 5, 10, 20, 35, 50 % of the light scattered (severity 0.2 to 1).

    Raises:
        BadSetting: `gamma` is not positive.

    References:
        ISO 9358:1994, veiling glare of image-forming systems (the index is the share of light that falls on black).
        McCann and Rizzi 2007, "Camera and visual veiling glare in HDR images". The amounts are our choice.
    """
    if not gamma > 0:
        raise BadSetting(explain("a positive power", "gamma", gamma))
    values = floats(image)
    light = (values / full_scale(image)) ** values.dtype.type(gamma)
    veil = 0.5 * _halo(light) + 0.5 * light.mean(axis=(0, 1), dtype=np.float64)
    light = light * (1 - share) + share * veil.astype(light.dtype)
    return restore(
        light ** light.dtype.type(1 / gamma) * light.dtype.type(full_scale(image)), image.dtype
    )


def _halo(light: Image) -> Image:
    """Blur by 8 % of the longer side, on a grid as coarse as that allows."""
    from perturbations._extras import require

    cv2 = require("cv2", extra="image")
    height, width, channels = light.shape
    sigma = 0.08 * max(height, width)
    step = max(int(sigma / 4), 1)
    small = -(-height // step), -(-width // step)
    parts = []
    for i in range(channels):
        plane = cv2.resize(
            np.ascontiguousarray(light[..., i]), small[::-1], interpolation=cv2.INTER_AREA
        )
        plane = gaussian(plane[..., None], sigma / step)[..., 0]
        parts.append(cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR))
    return np.stack(parts, axis=-1)
