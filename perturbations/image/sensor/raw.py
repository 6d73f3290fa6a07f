"""Noise made where it arises, in the raw frame, and seen through the camera's processing."""

import math

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations.errors import NotApplicable, explain
from perturbations.image.sensor._device import Image, full_scale, mapped
from perturbations.image.sensor._raw import camera_gains, raw_of


@perturbation(batched=True, native=True, coupling="transform")
def raw_noise(
    image: Image,
    draw: Draw,
    *,
    shot: Dose = Ladder(
        0.001,
        0.003,
        0.006,
        0.012,
        0.022,
        unit="a: variance per signal, raw full scale = 1",
        scale="log",
        high=1.0,
    ),
    read: Dose = Ladder(
        9.58e-7,
        1.05e-5,
        4.76e-5,
        2.16e-4,
        8.08e-4,
        unit="b: variance in the dark, raw full scale = 1",
        scale="log",
        high=1.0,
    ),
) -> Image:
    """Photon and read noise under a colour mosaic: soft coloured blotches, strongest in the middle tones.

    The picture is taken back to a raw frame: tone curve 3 g^2 - 2 g^3 and gamma 2.2 undone, divided by exposure and white
    balance gains (1 / N(0.8, 0.1) within two standard deviations; red U(1.9, 2.4), blue U(1.5, 1.9); drawn for each sample),
    one colour kept at each photosite (RGGB). There the signal x becomes a Poisson(x / a) + N(0, b), of variance a x + b, at
    most full well; nothing is cut off below black. The frames with and without noise are demosaiced and rendered, and their
    difference is added to the picture: the path itself changes nothing, and the noise is correlated from pixel to pixel and
    from channel to channel.

    On purpose different from the publication: photons are counted (there, a normal number of the same variance), which shows
    in the dark; what is interpolated bilinearly is green, and the differences of red and blue to green (there each colour
    by itself, which leaves the channels uncorrelated); the colour matrix is left out, and so is the protection of highlights,
    which are not touched here anyway. Poisson quantiles of a mean of 4 and more come from an asymptotic series, one count off
    for less than two in a thousand.

    Severity: a = 0.001, 0.003, 0.006, 0.012, 0.022 (severity 0.2 to 1): up to the largest of the Darmstadt set (0.012),
    then of the Smartphone set (0.022). b follows from a by ln b = 2.18 ln a + 1.20, without the published scatter of 0.26.

    Raises:
        NotApplicable: the image has no three channels, so that there is no colour mosaic.

    References:
        Brooks et al. 2019, "Unprocessing images for learned raw denoising".
        Ramanath et al. 2002, "Demosaicking methods for Bayer color arrays" (bilinear, and smooth hue transition).
        Giles 2016, "Algorithm 955: approximation of the inverse Poisson cumulative distribution function".
    """
    if image.shape[-1] != 3:
        hint = "image/gaussian-noise and image/shot-noise are for any number of channels"
        raise NotApplicable(explain("red, green and blue", "image", image, hint))
    gains = camera_gains(draw, len(image))

    def add(values: Image, part: slice) -> None:
        clean = raw_of(image[part], gains[part])
        noisy = exposed(clean, Draw(draw.keys[part], draw.run), shot, read)
        noise = _developed(clean, noisy, gains[part], values.shape)
        noise *= np.float32(full_scale(image.dtype))
        values += noise

    return mapped(image, add)


def exposed(
    clean: NDArray[np.float32], draw: Draw, shot: float, read: float
) -> NDArray[np.float32]:
    """Return raw frames (n, H, W) with noise of variance shot * signal + read."""
    from perturbations._kernels import normal_quantile
    from perturbations.image.sensor._device._kernels import expose

    words = draw.bits(clean.shape, stream="photons").reshape(-1)
    electrons = draw.normal(clean.shape, stream="read").reshape(-1)
    noisy = np.empty_like(clean)
    expose(
        clean.reshape(-1),
        words,
        normal_quantile(words),
        electrons,
        shot,
        math.sqrt(read),
        noisy.reshape(-1),
    )
    return noisy


def _developed(
    clean: NDArray[np.float32],
    noisy: NDArray[np.float32],
    gains: NDArray[np.float32],
    shape: tuple[int, ...],
) -> NDArray[np.float32]:
    """Return what the noise is after demosaicing and rendering, in full scales of the picture."""
    from perturbations.image.sensor._device._kernels import develop

    out = np.empty(shape, dtype=np.float32)
    develop(clean, noisy, gains, out)
    return out
