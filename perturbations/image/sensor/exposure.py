"""Noise of the exposure: too little light, too much of it, heat, and too few bits to write it down."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.image._tone import light_of, to_light, to_value, value_of
from perturbations.image.sensor import _tables
from perturbations.image.sensor._compound import light_table, photons_and_read
from perturbations.image.sensor._tables import Floats, Table

Images = NDArray[Any]


@perturbation(batched=True, native=True, coupling="count")
def low_light(
    image: Images,
    draw: Draw,
    *,
    stops: Dose = Ladder(3, 4, 5, 6, 7, unit="stops of underexposure", high=30.0),
    electrons: float = 10000.0,
    read: float = 3.0,
    gain: bool = True,
) -> Images:
    """Too little light, brightened again by gain: few photons reach the pixel, and the reading error stays what it was.

    Values are taken to linear light by the sRGB curve; white makes `electrons` electrons at normal exposure and
    `electrons` / 2^stops here. A pixel counts Poisson electrons, its reading adds N(0, read^2) electrons, and with `gain`
    the picture is made as bright as before (without, it stays dark); then the tone curve takes it back, clipped to full
    scale. 8-bit images draw from the exact distribution of the sum; floating-point images draw the two parts each from
    numbers of its own: the same distribution, not the same noise.

    Severity: 3, 4, 5, 6, 7 stops (severity 0.2 to 1), that is 1250 to 78 electrons in white. Doses, 10,000 electrons and
    a reading error of 3 electrons are our choice, typical of a consumer sensor.

    Raises:
        BadSetting: `electrons` is not positive, or `read` is negative.

    References:
        Wei et al. 2020, "A physics-based noise formation model for extreme low-light raw denoising" (the model's parts).
    """
    if electrons <= 0 or read < 0:
        given = {"electrons": electrons, "read": read}
        raise BadSetting(explain("electrons > 0 and read >= 0", "settings", given))
    dimmed = 2.0**-stops
    part = 1 / (electrons * dimmed)
    exposure = 1.0 if gain else dimmed
    if image.dtype == np.uint8:
        table = light_table(part, (read * part) ** 2, exposure)
        return _tables.resample(image, draw, table)
    noisy = photons_and_read(light_of(image), draw, part, (read * part) ** 2)
    return value_of(noisy * exposure).astype(image.dtype)


@perturbation(batched=True, native=True, coupling="count")
def dark_current(
    image: Images,
    draw: Draw,
    *,
    dark: Dose = Ladder(10, 25, 50, 100, 200, unit="dark electrons a pixel"),
    electrons: float = 1000.0,
    subtract: bool = False,
) -> Images:
    """A warm sensor and a long exposure: heat frees electrons that no light has freed, and black turns grey and grainy.

    Values are taken to linear light by the sRGB curve; each gains Poisson(dark) / electrons, with `electrons` electrons at
    full scale, is clipped to full scale and taken back by the curve. The offset stays in the picture; with `subtract` the
    known mean, dark / electrons, is taken off after the clipping, as dark-frame subtraction does, so that the grain and a
    lower white remain.

    Severity: 10, 25, 50, 100, 200 electrons (severity 0.2 to 1) of 1000 at full scale (a small pixel at high gain), our
    choice: dark current doubles every 6 to 8 degrees, so the rungs are about as many steps of warmth.

    Raises:
        BadSetting: `electrons` is not positive.

    References:
        EMVA Standard 1288, release 4.0, section on dark current (Poisson statistics, mean proportional to time).
    """
    if electrons <= 0:
        raise BadSetting(explain("a positive number", "electrons", electrons))
    offset = dark / electrons if subtract else 0.0
    if image.dtype == np.uint8:
        return _tables.resample(image, draw, _dark_table(dark, electrons, offset))
    count = _tables.poisson(draw, np.full(image.shape, dark))
    light = np.minimum(light_of(image) + count / electrons, 1.0)
    return value_of(light - offset).astype(image.dtype)


@perturbation(batched=True, native=True, coupling="codec", frames="fixed")
def full_well(
    image: Images,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.7, 0.5, 0.35, 0.25, 0.15, unit="share of full scale", none=1.0, low=1e-3, high=1.0
    ),
    gain: bool = True,
) -> Images:
    """Pixels that are full: light beyond what a pixel can hold is not counted, and highlights lose their shape.

    Values are taken to linear light by the sRGB curve and clipped at `share` of full scale; with `gain` a full pixel is
    written as white, so the picture grows brighter by 1 / share (without, highlights stay flat and grey). Nothing is drawn.

    Severity: 0.7, 0.5, 0.35, 0.25, 0.15 of full scale (severity 0.2 to 1), our choice: half a stop to 2.7 stops of
    highlights.

    References:
        EMVA Standard 1288, release 4.0, saturation capacity.
    """
    factor = 1 / share if gain else 1.0
    if image.dtype == np.uint8:
        return _tables.map_levels(image, _well_levels(share, factor))
    return value_of(np.minimum(light_of(image), share) * factor).astype(image.dtype)


@perturbation(batched=True, native=True, coupling="codec", frames="fixed")
def quantisation(
    image: Images,
    draw: Draw,
    *,
    bits: Dose = Ladder(6, 5, 4, 3, 2, unit="bits", none=8, scale="integer", low=1, high=8),
) -> Images:
    """Too few bits a value: smooth shades turn into bands.

    Each value becomes the nearest of 2^bits even levels from black to white; halves go up. The error is at most half a
    step, (2^bits - 1)^-1 / 2. Nothing is drawn. 8 bits are no noise: floating-point images keep what they have.

    Severity: 6, 5, 4, 3, 2 bits (severity 0.2 to 1), our choice: every bit that leaves something to see.

    References:
        Kar et al. 2022, "3D common corruptions and data augmentation", `color_quant` (5 to 1 bits, by truncation;
        here to the nearest level).
    """
    if image.dtype == np.uint8:
        return _tables.quantise(image, int(bits))
    steps = 2.0**bits - 1
    quantised: Images = np.floor(image * steps + 0.5) / steps
    return quantised.astype(image.dtype, copy=False)


_RAMP = np.arange(256) / 255


@lru_cache(maxsize=16)
def _well_levels(share: float, factor: float) -> NDArray[np.uint8]:
    return np.rint(_fill_well(_RAMP, share, factor) * 255).astype(np.uint8)


def _fill_well(value: Floats, share: float, factor: float) -> Floats:
    return to_value(np.minimum(to_light(value), share) * factor)


@lru_cache(maxsize=16)
def _dark_table(dark: float, electrons: float, offset: float) -> Table:
    from scipy.special import pdtr

    def below(clean: Floats, edge: Floats) -> Floats:
        light, limit = to_light(clean / 255), to_light(edge / 255) + offset
        counted = pdtr(np.floor(np.maximum((limit - light) * electrons, 0.0)), dark)
        return np.where(limit >= 1, 1.0, np.where(limit < light, 0.0, counted))

    return _tables.make_table(below)
