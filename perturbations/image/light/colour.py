"""Other colours than the scene's: for red, green, blue images only."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations.errors import BadSetting, NotApplicable, explain
from perturbations.image._tone import lit
from perturbations.image.light._hexcone import resaturated
from perturbations.image.light._tables import look_up_by_channel, table

Images = NDArray[Any]
Floats = NDArray[np.float64]

_NOTHING_DRAWN = {
    "different-samples": "the colours change alike for every sample; nothing is drawn"
}
_SECOND_RADIATION = 1.4388e-2
"""Planck's second radiation constant h c / k, in m K."""
_PEAKS = np.array([610e-9, 545e-9, 465e-9])
"""Wavelengths that red, green and blue pixels see best, in m: typical of colour filters."""
_DIRECTIONS = ("drawn", "warm", "cold")


@perturbation(
    native=True,
    batched=True,
    coupling="transform",
    frames="fixed",
    requires=("image",),
    exempt=_NOTHING_DRAWN,
)
def saturate(
    images: Images,
    draw: Draw,
    *,
    factor: Dose = Ladder(
        1.5, 2.0, 3.0, 6.0, 20.0, unit="times the saturation", none=1.0, scale="log", low=1.0
    ),
) -> Images:
    """A camera that renders colours too vivid: hue and value stay, saturation grows up to pure colour.

    Saturation s = (max - min) / max becomes min(factor s, 1). Grey stays grey. 8-bit images are rounded to nearest.
    `desaturate` is the other direction.

    Severity: 1.5, 2, 3, 6, 20 times (severity 0.2 to 1): ours. The published levels (0.3, 0.1, then 2, 5 and 20 times, the
    last two with 0.1 and 0.2 added) go down and then up, so their distortion is not monotone.

    Raises:
        NotApplicable: the image is not red, green, blue.

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `saturate`.
    """
    _demand_colour(images, "saturation")
    return resaturated(images, factor, 0.0)


@perturbation(
    native=True,
    batched=True,
    coupling="transform",
    frames="fixed",
    requires=("image",),
    exempt=_NOTHING_DRAWN,
)
def desaturate(
    images: Images,
    draw: Draw,
    *,
    factor: Dose = Ladder(
        0.7, 0.5, 0.3, 0.1, 0.0, unit="share of the saturation left", none=1.0, high=1.0
    ),
) -> Images:
    """Faded colours, down to a grey picture: hue and value stay, saturation shrinks.

    Saturation s = (max - min) / max becomes factor x s; at 0 every pixel is the grey of its largest channel. 8-bit images
    are rounded to nearest.

    Severity: 0.7, 0.5, 0.3, 0.1, 0 of the saturation left (severity 0.2 to 1); 0.3 and 0.1 are the published levels 1 and 2
    of `saturate`, the others our choice.

    Raises:
        NotApplicable: the image is not red, green, blue.

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `saturate`.
    """
    _demand_colour(images, "saturation")
    return resaturated(images, factor, 0.0)


@perturbation(native=True, batched=True, coupling="transform", frames="fixed", requires=("image",))
def white_balance(
    images: Images,
    draw: Draw,
    *,
    shift: Dose = Ladder(20, 45, 80, 120, 170, unit="mired", high=1000.0),
    direction: str = "drawn",
) -> Images:
    """A camera balanced for another light: everything turns orange (warm) or blue (cold).

    The ratio of two wavelengths in the light of a glowing body at temperature T goes as exp(-c (1 / l1 - 1 / l2) / T) (Wien's
    law), so a shift of 1 / T by `shift` mired (1e-6 / K) is a fixed gain on the linear light (sRGB tone curve undone) of red
    and of blue; green keeps its own. Light beyond full scale is cut off. Half of the samples turn warm and half cold;
    `direction` can be "warm" or "cold" for all.

    Severity: 20, 45, 80, 120, 170 mired (severity 0.2 to 1): our choice; 170 is a daylight balance (5500 K) under a
    light bulb (2850 K), 20 is hardly seen.

    Raises:
        NotApplicable: the image is not red, green, blue.
        BadSetting: the direction is another word.

    References:
        Wyszecki and Stiles 1982, "Color Science": colour temperature in mired, Wien's law. Peak wavelengths of the filters
        (610, 545, 465 nm) are typical ones, our choice.
    """
    _demand_colour(images, "white balance")
    shifts = _signs(draw, direction) * shift
    if images.dtype == np.uint8:
        return look_up_by_channel(images, np.stack([_tables(float(each)) for each in shifts]))
    gains = np.stack([_gains(each) for each in shifts])[:, None, None]
    return np.asarray(lit(images, gains), dtype=images.dtype)


def _tables(mired: float) -> NDArray[np.uint8]:
    return np.stack([table(lit, float(gain)) for gain in _gains(mired)])


def _signs(draw: Draw, direction: str) -> Floats:
    if direction not in _DIRECTIONS:
        raise BadSetting(explain(f"one of {', '.join(_DIRECTIONS)}", "direction", direction))
    warm = draw.uniform((len(draw),), stream="direction") < 0.5
    if direction != "drawn":
        warm[:] = direction == "warm"
    return np.where(warm, 1.0, -1.0)


def _gains(mired: float) -> Floats:
    """Return the gains of red, green and blue for a shift towards warmer light."""
    slope = _SECOND_RADIATION * (1 / _PEAKS[1] - 1 / _PEAKS) * 1e-6
    return np.asarray(np.exp(mired * slope))


def _demand_colour(images: Images, what: str) -> None:
    if images.shape[-1] != 3:
        expected = f"red, green and blue ({what} has no meaning without)"
        raise NotApplicable(explain(expected, "image", images, "leave this noise out"))


def _published_saturate(images: Images, factor: float, offset: float) -> Images:
    """Return images (..., 3) at one published level of ImageNet-C's saturate: s becomes factor s + offset, clipped.

    uint8 or floating point in [0, 1]; rounded to nearest, where the published code cuts off.
    """
    return resaturated(images, factor, offset)
