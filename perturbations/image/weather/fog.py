"""Droplets in the air: far light is lost on the way, and light from all around is scattered in."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations._extras import require
from perturbations.errors import BadSetting, explain
from perturbations.image.light._tables import mapped
from perturbations.image.weather._overlay import one_by_one, overlay

Image = NDArray[Any]
Plane = NDArray[np.float32]

_LEAST_LEVELS, _MOST_LEVELS = 5, 10
"""Clouds are 32 to 1024 pixels a side; a cloud for a larger frame is magnified."""


@perturbation(native=True, batched=True, coupling="transform", frames="moving", requires=("image",))
def fog(
    images: Image,
    draw: Draw,
    *,
    amplitude: Dose = Ladder(1.5, 2.0, 2.5, 2.75, 3.0, unit="density (brightest value = 1)"),
    decay: Dose = Ladder(
        2.0, 1.85, 1.7, 1.5, 1.4, unit="wibble decay", none=2.2, low=1.0, high=8.0
    ),
    drift: float = 3.0,
    time: float = 0.0,
) -> Image:
    """Drifting banks of fog: the scene fades under a cloudy grey veil, and what was bright turns darker.

    A value x becomes (x + a P) m / (m + a), where m is the brightest value of the image and P a plasma cloud in [0, 1]:
    midpoint displacement on a periodic square of a power of two pixels, whose amplitude is divided by decay**2 at each
    finer level (a smaller decay is a rougher cloud). The same random numbers serve every severity. In a sequence of frames
    the cloud drifts `drift` pixels a frame in a drawn direction. 8-bit images are rounded to nearest.

    Severity: a = 1.5, 2, 2.5, 2.75, 3 with decay 2, 1.85, 1.7, 1.5, 1.4 (severity 0.2 to 1). The published pairs are
    (1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4), in which both repeat; the second decay and the fourth amplitude
    are ours, halfway.

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `fog`.
        Fournier, Fussell and Carpenter 1982, "Computer rendering of stochastic models": midpoint displacement.
    """
    return one_by_one(
        images, draw, lambda image, one: _fog(image, one, amplitude, decay, drift * time)
    )


@perturbation(
    native=True,
    batched=True,
    coupling="additive",
    frames="fixed",
    requires=("image",),
    exempt={"different-samples": "the air is the same for every sample; nothing is drawn"},
)
def haze(
    images: Image,
    draw: Draw,
    *,
    depth: Dose = Ladder(0.2, 0.5, 0.9, 1.4, 2.0, unit="optical depth"),
    airlight: float = 0.85,
) -> Image:
    """Even haze, as of dust or moisture over one distance: contrast fades towards the colour of the sky.

    Koschmieder's law: a value x becomes x t + A (1 - t) with transmission t = exp(-depth) and airlight A, the same grey in
    every channel. Twice the depth is the same haze twice. 8-bit images are rounded to nearest.

    Severity: depth 0.2, 0.5, 0.9, 1.4, 2.0, that is 82, 61, 41, 25, 14 % transmitted (severity 0.2 to 1): our choice. The
    meteorological visibility lies at depth 3.0 (5 % transmitted).

    Raises:
        BadSetting: the airlight is not in [0, 1].

    References:
        Koschmieder 1924, "Theorie der horizontalen Sichtweite"; Narasimhan and Nayar 2002, "Vision and the atmosphere".
    """
    if not 0 <= airlight <= 1:
        raise BadSetting(explain("a brightness in [0, 1]", "airlight", airlight))
    return mapped(images, _hazy, math.exp(-depth), airlight)


def _hazy(values: Image, transmitted: float, airlight: float) -> Image:
    return values * transmitted + airlight * (1 - transmitted)


def _fog(image: Image, draw: Draw, amplitude: float, decay: float, drift: float = 0.0) -> Image:
    """Lay one cloud over one image (H, W, C)."""
    brightest = float(image.max()) / (255 if image.dtype == np.uint8 else 1)
    scale = brightest / (brightest + amplitude)
    height, width = image.shape[:2]
    cloud = _cloud(draw, height, width, decay, drift)
    kept = np.full(cloud.shape, scale, dtype=np.float32)
    return overlay(image, kept, cloud * np.float32(amplitude * scale))


def _cloud(draw: Draw, height: int, width: int, decay: float, drift: float) -> Plane:
    """Return a plasma cloud in [0, 1], moved by `drift` pixels."""
    from perturbations.image.weather._kernels.patterns import plasma

    levels = max(_LEAST_LEVELS, math.ceil(math.log2(max(height, width))))
    cloud: Plane = plasma(draw.key("cloud")[()], min(levels, _MOST_LEVELS), decay)
    magnified = 2 ** max(0, levels - _MOST_LEVELS)
    if drift:
        angle = 2 * math.pi * float(draw.uniform(stream="direction"))
        cloud = _moved(
            cloud, drift * math.sin(angle) / magnified, drift * math.cos(angle) / magnified
        )
    part = cloud[: -(-height // magnified), : -(-width // magnified)]
    if magnified == 1:
        return part
    resize = require("cv2", extra="image").resize
    return np.asarray(resize(part, (width, height), interpolation=1), dtype=np.float32)


def _moved(cloud: Plane, down: float, right: float) -> Plane:
    """Move a periodic cloud by a fraction of pixels, bilinearly."""
    for axis, way in enumerate((down, right)):
        whole = math.floor(way)
        part = np.float32(way - whole)
        near, far = (np.roll(cloud, whole + k, axis=axis) for k in (0, 1))
        cloud = near * (1 - part) + far * part
    return cloud


def _published_fog(image: Image, draw: Draw, amplitude: float, decay: float) -> Image:
    """Return one image (H, W, C) at one published level of ImageNet-C's fog.

    uint8 or floating point in [0, 1]; rounded to nearest, where the published code cuts off.
    """
    return _fog(image, draw, amplitude, decay)
