"""3D Common Corruptions, those of its noises that need neither depth nor a video codec.

Why: only equations and constants are taken over; the authors' program and images are licensed for non-commercial use.
"""

import numpy as np

from perturbations import Dose, Draw, perturbation, preset
from perturbations._presets import LEVELS, at
from perturbations.image.presets._published import Image

PRESET = preset(
    "3dcc-2d",
    modality="image",
    title="The noises of 3D Common Corruptions that need no depth: ISO noise, low light, colour quantisation",
    note="The published parameters on your own images, not the stored data set; rounded, not truncated. Left out: fog, focus, "
    "flash, motion blur, shadow and light (they need depth or a mesh), and H.264, H.265 and bit errors (they need a video "
    "encoder, and the frames around the image).",
)

ISO_PHOTONS = 25.0
ISO_SIGMA = tuple(0.7 * sigma for sigma in (0.08, 0.12, 0.18, 0.26, 0.38))
LOW_LIGHT = (0.6, 0.5, 0.4, 0.3, 0.2)
LOW_LIGHT_PHOTONS = 120.0
LOW_LIGHT_SIGMA = 0.018
KEPT_BITS = (5, 4, 3, 2, 1)


@perturbation("3dcc-2d/iso-noise", family="3dcc-2d", batched=True, coupling="transform")
def iso_noise(image: Image, draw: Draw, *, level: Dose = LEVELS) -> Image:
    """A camera at a high ISO setting: the photons stay as they are, the electronic noise grows.

    Photon noise of 25 photons at full scale, the same at every level and clipped; then normal noise of 0.7 times ImageNet-C's
    sigma, independent for every value.

    Severity: sigma = 0.056, 0.084, 0.126, 0.182, 0.266 of full scale at levels 1 to 5 (severity 0.2 to 1).

    References:
        Kar, Yeo, Atanov and Zamir 2022, "3D common corruptions and data augmentation", `iso_noise`.
    """
    return _sensor(image, draw, ISO_PHOTONS, at(ISO_SIGMA, level))


@perturbation(
    "3dcc-2d/low-light",
    family="3dcc-2d",
    coupling="count",
    exempt={
        "monotone": "as published: stretching brightens a dim picture, so a darker level may be closer"
    },
)
def low_light(image: Image, draw: Draw, *, level: Dose = LEVELS) -> Image:
    """The scene at dusk, or a camera that does not open far enough: a dark picture, and noise that does not get less.

    The range of the whole image is stretched to [0, 1], squared and dimmed to a share of full scale; then photon noise of
    120 photons at full scale and normal noise of sigma 0.018. An image of one level only is dimmed without stretching.

    Severity: dimmed to 0.6, 0.5, 0.4, 0.3, 0.2 of full scale at levels 1 to 5 (severity 0.2 to 1).

    References:
        Kar, Yeo, Atanov and Zamir 2022, "3D common corruptions and data augmentation", `low_light`.
    """
    low, high = float(image.min()), float(image.max())
    stretched = (image - low) / (high - low) if high > low else image
    return _sensor(stretched**2 * at(LOW_LIGHT, level), draw, LOW_LIGHT_PHOTONS, LOW_LIGHT_SIGMA)


@perturbation("3dcc-2d/color-quant", family="3dcc-2d", coupling="codec")
def color_quant(image: Image, draw: Draw, *, level: Dose = LEVELS) -> Image:
    """Few colours, as a small palette or a cheap display shows: only the highest bits of each value stay.

    The lower of the eight bits become 0, so that the picture also gets darker. Floating-point images are read as 8-bit ones.

    Severity: 5, 4, 3, 2, 1 bits of 8 are kept at levels 1 to 5 (severity 0.2 to 1).

    References:
        Kar, Yeo, Atanov and Zamir 2022, "3D common corruptions and data augmentation", `color_quant`.
    """
    step = 2 ** (8 - at(KEPT_BITS, level))
    levels = np.floor(np.rint(image * 255) / step) * step
    return np.asarray(levels / 255, dtype=image.dtype)


def _sensor(image: Image, draw: Draw, photons: float, sigma: float) -> Image:
    """Count photons, then read them out; noise of both kinds, clipped to full scale after each."""
    counts = draw.poisson(image.astype(np.float64) * photons, stream="photons")
    seen = np.minimum(counts / photons, 1)
    read = seen + sigma * draw.normal(image.shape, stream="readout")
    return np.asarray(np.clip(read, 0, 1), dtype=image.dtype)
