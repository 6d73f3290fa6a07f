"""Noise of single pixels: independent from pixel to pixel and from channel to channel.

Why: on 8-bit images these noises are tables; on floating-point images they are quantiles of the same uniform numbers, so
that the two agree (see `_tables`). Constants named ImageNet-C's are meant for 224 x 224 pixels.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations.image._tone import light_of, value_of
from perturbations.image.sensor import _tables
from perturbations.image.sensor._compound import compound, light_table, photons_and_read
from perturbations.image.sensor._tables import Floats, Table

Images = NDArray[Any]


@perturbation(batched=True, native=True, coupling="additive")
def gaussian_noise(
    image: Images,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.08, 0.12, 0.18, 0.26, 0.38, unit="standard deviation (full scale = 1)"),
) -> Images:
    """Thermal and readout noise: the same spread everywhere in the frame.

    Adds an independent normal number to every value of every channel, then clips to full scale. On 8-bit images its
    distribution has a resolution of 16 bits: beyond 3.5 sigma (1 value in 2000) noise comes in steps, none is beyond 4.2
    sigma, and a value in 200 is one level from what the floating-point image gets.

    Severity: sigma = 0.08, 0.12, 0.18, 0.26, 0.38 of full scale (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `gaussian_noise`.
    """
    if image.dtype == np.uint8:
        return _tables.add_normal(image, draw, 255 * sigma)
    return _tables.clip(image + sigma * _tables.normal(draw, image.shape), image.dtype)


@perturbation(batched=True, native=True, coupling="additive")
def speckle_noise(
    image: Images,
    draw: Draw,
    *,
    spread: Dose = Ladder(0.15, 0.2, 0.35, 0.45, 0.6, unit="standard deviation / value"),
) -> Images:
    """Coherent light (radar, ultrasound, laser) adds up with random phase: noise grows with brightness, black stays.

    A value x becomes x + x N(0, c), clipped to full scale. On 8-bit images the normal number has a resolution of 16 bits,
    as in gaussian noise.

    Severity: c = 0.15, 0.2, 0.35, 0.45, 0.6 of the value (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C extra `speckle_noise`.
    """
    if image.dtype == np.uint8:
        return _tables.add_proportional(image, draw, spread)
    noise = image * (spread * _tables.normal(draw, image.shape))
    return _tables.clip(image + noise, image.dtype)


@perturbation(batched=True, native=True, coupling="count")
def shot_noise(
    image: Images,
    draw: Draw,
    *,
    photons: Dose = Ladder(
        60, 25, 12, 5, 3, unit="photons at full scale", none=math.inf, scale="reciprocal", low=1e-3
    ),
) -> Images:
    """Photon noise of a dim scene or a short exposure: bright areas vary more than dark ones.

    A value x becomes Poisson(c x) / c with c photons at full scale, so its variance is x / c; clipped to full scale.
    Fewer photons are more noise.

    Severity: c = 60, 25, 12, 5, 3 photons at full scale (severity 0.2 to 1); 1 / c is interpolated.

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `shot_noise`.
    """
    if image.dtype == np.uint8:
        return _tables.resample(image, draw, _poisson_table(photons))
    counts = _tables.poisson(draw, image.astype(np.float64) * photons)
    return _tables.clip(counts / photons, image.dtype)


@perturbation(batched=True, native=True, coupling="mask")
def impulse_noise(
    image: Images,
    draw: Draw,
    *,
    share: Dose = Ladder(0.03, 0.06, 0.09, 0.17, 0.27, unit="share of values", high=1.0),
) -> Images:
    """Bit errors and sparks: some values turn black or white, elsewhere in every image (salt and pepper).

    Each value of each channel is hit independently with probability `share`, and half of the hits are white. One uniform
    number per value decides where and which, so the hits of a mild severity stay at a harsher one.

    Severity: 3, 6, 9, 17, 27 % of the values (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `impulse_noise`.
    """
    edge = np.uint64(round(share / 2 * 2.0**64))
    if image.dtype != np.uint8:
        uniform = _tables.words(draw, image.shape)
        noisy = np.where(~uniform < edge, image.dtype.type(1), image)
        return np.where(uniform < edge, image.dtype.type(0), noisy)
    from perturbations.image.sensor._kernels import salt_and_pepper

    out = np.empty(image.shape, dtype=np.uint8)
    keys, low_keys = draw.key(), draw.key(_tables.LOW)
    salt_and_pepper(_tables.rows(image), keys, low_keys, edge, _tables.rows(out))
    return out


@perturbation(batched=True, native=True, coupling="count")
def poisson_gaussian_noise(
    image: Images,
    draw: Draw,
    *,
    gain: Dose = Ladder(
        0.0005, 0.0011, 0.0025, 0.0055, 0.012, unit="variance / value (full scale = 1)", scale="log"
    ),
    read: Dose = Ladder(
        2.11e-7, 1.18e-6, 7.05e-6, 3.94e-5, 2.155e-4, unit="variance (full scale = 1)", scale="log"
    ),
) -> Images:
    """A sensor counts photons and then reads them with an error: variance rises along a line with the signal.

    A value x becomes a Poisson(x / a) + N(0, b), clipped to full scale: mean x, variance a x + b, the photon-transfer
    line, with gain a and read variance b. It acts on values as they are, as if they were raw and linear. 8-bit images
    draw from the exact distribution of the sum (below a = 1/4096 from its normal approximation with skewness);
    floating-point images draw the two parts each from numbers of its own, so they get the same distribution, not the
    same noise.

    Severity: a = 0.0005, 0.0011, 0.0025, 0.0055, 0.012 (severity 0.2 to 1), our choice of even steps up to the top of the
    published range 0.0001 to 0.012; b follows from ln b = 2.18 ln a + 1.20, the published line without its scatter
    (standard deviation 0.26).

    References:
        Brooks et al. 2019, "Unprocessing images for learned raw denoising" (fit to the Darmstadt noise data set).
    """
    if image.dtype == np.uint8:
        return _tables.resample(image, draw, _compound_table(gain, read))
    return _tables.clip(photons_and_read(image, draw, gain, read), image.dtype)


@perturbation(batched=True, native=True, coupling="count")
def iso_noise(
    image: Images,
    draw: Draw,
    *,
    iso: Dose = Ladder(6400, 12800, 25600, 51200, 102400, unit="ISO", scale="log", high=3276800.0),
) -> Images:
    """Turning the sensitivity of a camera up: fewer photons for the same picture, and the reading error grows with them.

    Values are taken to linear light by the sRGB curve; there a signal y becomes a Poisson(y / a) + N(0, b), and the curve
    takes it back, clipped to full scale. Hence shadows are noisier than highlights, and the tone curve lifts the mean of
    the darkest. No camera's noise reduction is applied.

    Published (fits to the green pixels of two cameras): a = 3.2e-6, b = 5.8e-9 at ISO 100 (Canon EOS 90D) and a = 5.4e-4,
    b = 3.8e-5 at ISO 25600 (Canon EOS 80D). Ours: the power laws through these two points, a ~ ISO^0.925 and
    b ~ ISO^1.585, interpolated between them and extrapolated to ISO 51200 and 102400; all channels get the green figures.
    8-bit images draw from the exact distribution; floating-point images draw photons and reading each from numbers of
    its own: the same distribution, not the same noise.

    Severity: ISO 6400, 12800, 25600, 51200, 102400 (severity 0.2 to 1), our choice: lower ISO is hard to see.

    References:
        darktable, noise profiles (figures of the Canon EOS 90D and 80D).
    """
    gain, read = _iso_parameters(iso)
    if image.dtype == np.uint8:
        return _tables.resample(image, draw, light_table(gain, read))
    light = photons_and_read(light_of(image), draw, gain, read)
    return value_of(light).astype(image.dtype)


_ISO = (100.0, 25600.0)
_ISO_GAIN = (3.2e-6, 5.4e-4)
_ISO_READ = (5.8e-9, 3.8e-5)


def _iso_parameters(iso: float) -> tuple[float, float]:
    """Return gain and read variance at an ISO: the power laws through the two published points."""
    part = math.log(iso / _ISO[0]) / math.log(_ISO[1] / _ISO[0])
    gain, read = (low * (high / low) ** part for low, high in (_ISO_GAIN, _ISO_READ))
    return gain, read


@lru_cache(maxsize=16)
def _poisson_table(photons: float) -> Table:
    from scipy.special import pdtr

    def below(clean: Floats, edge: Floats) -> Floats:
        count = edge * photons / 255
        # A count that falls on the edge itself is rounded to the even level, as np.rint does.
        count -= (count == np.floor(count)) & (edge % 2 == 1.5)
        return np.asarray(pdtr(np.floor(count), clean * photons / 255))

    return _tables.make_table(below)


@lru_cache(maxsize=16)
def _compound_table(gain: float, read: float) -> Table:
    return _tables.make_table(
        lambda clean, edge: compound(clean[:, 0] / 255, edge[0] / 255, gain, read)
    )
