"""ImageNet-C-bar: ten corruptions chosen to be unlike ImageNet-C's, at their published levels.

Why: a model that was tuned on ImageNet-C is judged by noise that it was not tuned on. Every constant was checked against the
authors' published program; lengths are shares of the frame's shorter side, so other sizes than 224 pixels are served.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, perturbation, preset
from perturbations._presets import LEVELS, at
from perturbations.image.presets import _light_play, _waves
from perturbations.image.presets._published import Image

PRESET = preset(
    "imagenet-c-bar",
    modality="image",
    title="The ten corruptions of ImageNet-C-bar, dissimilar to ImageNet-C's, at the published levels",
    note="The published parameters, verified against the authors' program, on your own images: not the stored data set, and "
    "not its random numbers. On purpose otherwise: results are rounded, not truncated; the phases of blue and brownish noise "
    "are independent (theirs repeat, so that the noise is nearly a mirror image of itself); cells of the checkerboard left "
    "of and above the corner are whole; images need not be square.",
)

CAUSTIC_REFRACTION = (2.35, 3.2, 4.9, 6.6, 9.15)
INVERSE_SPARKLES = (1.0, 2.0, 4.0, 9.0, 10.0)
SPARKLES = (1.0, 2.0, 3.0, 5.0, 6.0)
PERLIN_NOISE = (4.6, 5.2, 5.8, 7.6, 8.8)
BLUE_NOISE_SAMPLE = (0.8, 1.6, 2.4, 4.0, 5.6)
PLASMA_NOISE = (4.75, 7.0, 8.5, 9.25, 10.0)
CHECKERBOARD_CUTOUT = (2.0, 3.0, 4.0, 5.0, 6.0)
COCENTRIC_SINE_WAVES = (3.0, 5.0, 8.0, 9.0, 10.0)
SINGLE_FREQUENCY_GREYSCALE = (1.0, 1.5, 2.0, 4.5, 5.0)
BROWNISH_NOISE = (1.0, 2.0, 3.0, 4.0, 5.0)


def _intensity(table: Sequence[float], level: float, most: float) -> float:
    """Return what a level means: the published severity in tenths of the most."""
    return at(table, level) * most / 10


@perturbation("imagenet-c-bar/caustic-refraction", family="imagenet-c-bar", coupling="transform")
def caustic_refraction(image: Image, draw: Draw, *, level: Dose = LEVELS) -> Image:
    """The scene lies under moving water: waves bend the view and throw a net of light on it.

    The net is a sum of five bent waves, blurred by 1 pixel; its slopes bend a straight ray (refractive index 4) by up to the
    lens scale, s / 20 of the frame, and lighten or darken by s / 5 times the slope, where s is the published severity.
    What lies outside the frame is black.

    Severity: s = 2.35, 3.2, 4.9, 6.6, 9.15 at levels 1 to 5 (severity 0.2 to 1).

    References:
        Mintun, Kirillov and Xie 2021, "On interaction between augmentations and corruptions in natural corruption
        robustness".
    """
    from scipy.ndimage import map_coordinates

    side = min(image.shape[:2])
    down, right = _light_play.slopes(_light_play.caustics(image.shape, draw))
    shift = _light_play.refraction(down, right, 4) * _intensity(CAUSTIC_REFRACTION, level, side / 2)
    y, x = _waves.grid(image.shape)
    seen = [
        map_coordinates(
            channel, (y + shift * down, x + shift * right), order=1, mode="grid-constant"
        )
        for channel in np.moveaxis(image, -1, 0)
    ]
    light = (down - right) * _intensity(CAUSTIC_REFRACTION, level, 2)
    return np.asarray(np.stack(seen, axis=-1) + _as(light[..., None], image))


@perturbation("imagenet-c-bar/inverse-sparkles", family="imagenet-c-bar", coupling="transform")
def inverse_sparkles(image: Image, draw: Draw, *, level: Dose = LEVELS) -> Image:
    """The view is a hole in a white sheet: beyond a star in the middle everything fades to white.

    A star of 50 to 199 rays of a quarter of the frame (spread a quarter) keeps, at distance d and ray length r, the share
    (r / d)**(0.26 s) of the pixel, times 3/4 to 1 across a ray; the rest is white.

    Severity: s = 1, 2, 4, 9, 10 at levels 1 to 5 (severity 0.2 to 1).

    References:
        Mintun, Kirillov and Xie 2021, "On interaction between augmentations and corruptions in natural corruption
        robustness".
    """
    hole = _light_play.star(image.shape, draw, stream="hole", low=0.25, high=0.75)
    reach = (0.25 * min(image.shape[:2]) * hole.reach) ** 2 / (hole.distance**2 + 1e-4)
    kept = np.clip(hole.strength * reach ** _intensity(INVERSE_SPARKLES, level, 1.3), 0, 1)
    return _blend(image, 1 - kept, 1.0)


@perturbation("imagenet-c-bar/sparkles", family="imagenet-c-bar", coupling="transform")
def sparkles(image: Image, draw: Draw, *, level: Dose = LEVELS) -> Image:
    """Five bright points shine in the frame, each with 50 to 199 rays.

    At distance d a ray of length r covers the share (r / d)**2 of the pixel with white, times 3/4 to 1 across a ray; the mean
    length is s / 100 of the frame, its spread a quarter, at least 1 pixel.

    Severity: s = 1, 2, 3, 5, 6 at levels 1 to 5 (severity 0.2 to 1).

    References:
        Mintun, Kirillov and Xie 2021, "On interaction between augmentations and corruptions in natural corruption
        robustness".
    """
    radius = _intensity(SPARKLES, level, 0.1 * min(image.shape[:2]))
    out = image
    for number in range(5):
        point = _light_play.star(
            image.shape, draw, stream=f"point {number}", low=0, high=1, shortest=1 / radius
        )
        reach = (radius * point.reach) ** 2 / (point.distance**2 + 1e-4)
        out = _blend(out, np.clip(point.strength * reach, 0, 1), 1.0)
    return out


@perturbation("imagenet-c-bar/perlin-noise", family="imagenet-c-bar", coupling="additive")
def perlin_noise(image: Image, draw: Draw, *, level: Dose = LEVELS) -> Image:
    """Smoke or marbled dirt between camera and scene: soft grey clouds of every size from 1/7 of the frame down.

    Blends with 1/2 + 1/2 of a sum of five octaves of the size of gradient noise; weight s / 20.

    Severity: s = 4.6, 5.2, 5.8, 7.6, 8.8 at levels 1 to 5 (severity 0.2 to 1).

    References:
        Mintun, Kirillov and Xie 2021, "On interaction between augmentations and corruptions in natural corruption
        robustness". Perlin 1985, "An image synthesizer".
    """
    clouds = 0.5 + 0.5 * _waves.turbulence(image.shape, draw, cells=7, octaves=5)
    return _blend(image, _intensity(PERLIN_NOISE, level, 0.5), np.clip(clouds, 0, 1)[..., None])


@perturbation("imagenet-c-bar/blue-noise-sample", family="imagenet-c-bar", coupling="mask")
def blue_noise_sample(image: Image, draw: Draw, *, level: Dose = LEVELS) -> Image:
    """Pixels are lost, evenly spread over the frame, and black: blue noise decides which.

    A pixel is lost where noise of unit spread, whose amplitude grows with frequency, is below 0.3 s - 2.5.

    Severity: s = 0.8, 1.6, 2.4, 4, 5.6 at levels 1 to 5 (severity 0.2 to 1): 1.2, 2.2, 3.8, 9.7, 20.6 % of the pixels.

    References:
        Mintun, Kirillov and Xie 2021, "On interaction between augmentations and corruptions in natural corruption
        robustness".
    """
    noise = _waves.spectral(image.shape, draw, lambda frequency: frequency, stream="noise")
    return image * (noise > _intensity(BLUE_NOISE_SAMPLE, level, 3) - 2.5)[..., None]


@perturbation("imagenet-c-bar/plasma-noise", family="imagenet-c-bar", coupling="additive")
def plasma_noise(image: Image, draw: Draw, *, level: Dose = LEVELS) -> Image:
    """Colourful swirls overlay the picture, as on oil or a broken screen.

    Adds sines of a plane that was bent four to six times, of another phase in each colour, at amplitude 6.4 s levels, to the
    picture darkened by the same share. On images of other than three channels the three patterns take turns.

    Severity: s = 4.75, 7, 8.5, 9.25, 10 at levels 1 to 5 (severity 0.2 to 1).

    References:
        Mintun, Kirillov and Xie 2021, "On interaction between augmentations and corruptions in natural corruption
        robustness".
    """
    swirls = _waves.plasma(image.shape, draw)[..., np.arange(image.shape[-1]) % 3]
    return _blend(image, _intensity(PLASMA_NOISE, level, 64 / 255), swirls)


@perturbation("imagenet-c-bar/checkerboard-cutout", family="imagenet-c-bar", coupling="mask")
def checkerboard_cutout(image: Image, draw: Draw, *, level: Dose = LEVELS) -> Image:
    """Squares of a turned checkerboard hide parts of the picture behind grey.

    Squares of 10 to 25 % of the frame, at any angle; each square of one colour is cut out with probability s / 10, so half
    that share of the picture is lost.

    Severity: s = 2, 3, 4, 5, 6 at levels 1 to 5 (severity 0.2 to 1).

    References:
        Mintun, Kirillov and Xie 2021, "On interaction between augmentations and corruptions in natural corruption
        robustness".
    """
    y, x = _waves.grid(image.shape)
    angle = 2 * math.pi * float(draw.uniform(stream="angle"))
    size = max(min(image.shape[:2]) * (0.1 + 0.15 * float(draw.uniform(stream="size"))), 1)
    down = np.floor((math.cos(angle) * y + math.sin(angle) * x) / size).astype(np.int64)
    right = np.floor((math.cos(angle) * x - math.sin(angle) * y) / size).astype(np.int64)
    reach = math.ceil(math.hypot(*image.shape[:2]) / size) + 1
    chance = draw.uniform((2 * reach, 2 * reach), stream="squares")[down + reach, right + reach]
    hidden = ((down + right) % 2 == 0) & (chance < _intensity(CHECKERBOARD_CUTOUT, level, 1))
    return np.where(hidden[..., None], image.dtype.type(128 / 255), image)


@perturbation("imagenet-c-bar/cocentric-sine-waves", family="imagenet-c-bar", coupling="additive")
def cocentric_sine_waves(image: Image, draw: Draw, *, level: Dose = LEVELS) -> Image:
    """Rings around a point overlay the picture, as interference and moire do.

    Adds a sawtooth of the distance to the point, up to a tenth of the frame long and bulging up to ten times around the
    circle; 12.8 s levels from trough to crest.

    Severity: s = 3, 5, 8, 9, 10 at levels 1 to 5 (severity 0.2 to 1).

    References:
        Mintun, Kirillov and Xie 2021, "On interaction between augmentations and corruptions in natural corruption
        robustness".
    """
    strength = _intensity(COCENTRIC_SINE_WAVES, level, 128 / 255)
    return image + _as(strength * _waves.rings(image.shape, draw)[..., None], image)


@perturbation(
    "imagenet-c-bar/single-frequency-greyscale", family="imagenet-c-bar", coupling="additive"
)
def single_frequency_greyscale(image: Image, draw: Draw, *, level: Dose = LEVELS) -> Image:
    """Stripes of one frequency and direction overlay the picture, as from an interfering signal.

    Adds a sine of 19.6 s levels, the same in every channel.

    Severity: s = 1, 1.5, 2, 4.5, 5 at levels 1 to 5 (severity 0.2 to 1).

    References:
        Mintun, Kirillov and Xie 2021, "On interaction between augmentations and corruptions in natural corruption
        robustness".
    """
    strength = _intensity(SINGLE_FREQUENCY_GREYSCALE, level, 196 / 255)
    return image + _as(strength * _waves.plane_wave(image.shape, draw)[..., None], image)


@perturbation("imagenet-c-bar/brownish-noise", family="imagenet-c-bar", coupling="additive")
def brownish_noise(image: Image, draw: Draw, *, level: Dose = LEVELS) -> Image:
    """Large soft coloured spots overlay the picture: noise that is strongest at the lowest frequencies.

    Each channel gets its own noise with random phases and amplitude 1 / (1 + f**2) at f cycles a frame; its spread is
    6.4 s levels.

    Severity: s = 1, 2, 3, 4, 5 at levels 1 to 5 (severity 0.2 to 1).

    References:
        Mintun, Kirillov and Xie 2021, "On interaction between augmentations and corruptions in natural corruption
        robustness".
    """
    spots = [
        _waves.spectral(image.shape, draw, lambda f: 1 / (1 + f * f), stream=f"channel {number}")
        for number in range(image.shape[-1])
    ]
    strength = _intensity(BROWNISH_NOISE, level, 64 / 255)
    return image + _as(strength * np.stack(spots, axis=-1), image)


def _as(noise: NDArray[np.float64], image: Image) -> Image:
    return noise.astype(image.dtype)


def _blend(image: Image, weight: Any, other: Any) -> Image:
    """Replace a share of every pixel; a weight of a frame serves all channels."""
    share = np.asarray(weight, dtype=image.dtype)
    share = share[..., None] if share.ndim == 2 else share
    return np.asarray(image + share * (np.asarray(other, dtype=image.dtype) - image))
