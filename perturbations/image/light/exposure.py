"""More or less light, and another answer to it: every level is mapped to one other level."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations.image._tone import lit
from perturbations.image.light._hexcone import brightened
from perturbations.image.light._tables import mapped

Images = NDArray[Any]

_NOTHING_DRAWN = {"different-samples": "the light is the same for every sample; nothing is drawn"}


@perturbation(
    native=True,
    batched=True,
    coupling="transform",
    frames="fixed",
    requires=("image",),
    exempt=_NOTHING_DRAWN,
)
def brightness(
    images: Images,
    draw: Draw,
    *,
    added: Dose = Ladder(0.1, 0.2, 0.3, 0.4, 0.5, unit="value added (full scale = 1)", high=1.0),
) -> Images:
    """Brighter light: every pixel gains the same value and keeps its hue and saturation.

    In colour the value v = max(R, G, B) becomes v' = min(v + added, 1) and all three channels are scaled by v' / v; black
    becomes grey. In grey and multispectral images `added` is added to every value and cut off at 1. 8-bit images are
    rounded to nearest (the published code cuts off).

    Severity: 0.1, 0.2, 0.3, 0.4, 0.5 added (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `brightness`.
    """
    if images.shape[-1] == 3:
        return brightened(images, added)
    return mapped(images, np.add, added)


@perturbation(
    native=True,
    batched=True,
    coupling="transform",
    frames="fixed",
    exempt=_NOTHING_DRAWN,
)
def contrast(
    images: Images,
    draw: Draw,
    *,
    factor: Dose = Ladder(
        0.4, 0.3, 0.2, 0.1, 0.05, unit="contrast left (1 = all)", none=1.0, high=1.0
    ),
) -> Images:
    """Haze, glare or flat light: every channel shrinks towards its own mean.

    A value x becomes (x - m) c + m, where m is the mean of its channel over the frame. 8-bit images are rounded to nearest
    (the published code cuts off).

    Severity: c = 0.4, 0.3, 0.2, 0.1, 0.05 (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `contrast`.
    """
    if images.dtype == np.uint8:
        return _shrunk(images, factor)
    # C order first, so that a batch sums in the same order as one by one.
    rows = np.ascontiguousarray(images).reshape(len(images), -1, images.shape[-1])
    means = np.stack([row.mean(axis=0, dtype=np.float64) for row in rows])[:, None, None]
    return np.asarray((images - means) * factor + means, dtype=images.dtype)


@perturbation(
    native=True,
    batched=True,
    coupling="transform",
    frames="fixed",
    requires=("image",),
    exempt=_NOTHING_DRAWN,
)
def gamma(
    images: Images,
    draw: Draw,
    *,
    exponent: Dose = Ladder(
        1.25, 1.6, 2.0, 2.5, 3.2, unit="exponent", none=1.0, scale="log", low=0.05
    ),
) -> Images:
    """A wrong tone curve, as of a display or a decoder: mid-tones darken, black and white stay.

    A value x becomes x ** exponent; 8-bit images are rounded to nearest. A dose below 1 brightens instead.

    Severity: exponent 1.25, 1.6, 2.0, 2.5, 3.2 (severity 0.2 to 1): our choice. 2.2 is the error of decoding twice or
    never encoding, and lies between the third and the fourth rung.

    References:
        IEC 61966-2-1 (sRGB), whose tone curve is close to the exponent 2.2.
    """
    return mapped(images, np.power, exponent)


@perturbation(
    native=True,
    batched=True,
    coupling="transform",
    frames="fixed",
    requires=("image",),
    exempt=_NOTHING_DRAWN,
)
def overexposure(
    images: Images,
    draw: Draw,
    *,
    stops: Dose = Ladder(0.5, 1.0, 1.6, 2.3, 3.0, unit="stops too much light"),
) -> Images:
    """Too long an exposure or too open an aperture: everything brightens and the lights burn out.

    The light of a value (sRGB tone curve undone) is doubled for each stop, cut off at full scale and encoded again.

    Severity: 0.5, 1, 1.6, 2.3, 3 stops (severity 0.2 to 1): our choice, up to the range that a camera's own compensation
    dial spans.

    References:
        IEC 61966-2-1 (sRGB): the tone curve.
    """
    return mapped(images, lit, 2.0**stops)


@perturbation(
    native=True,
    batched=True,
    coupling="transform",
    frames="fixed",
    requires=("image",),
    exempt=_NOTHING_DRAWN,
)
def underexposure(
    images: Images,
    draw: Draw,
    *,
    stops: Dose = Ladder(1.0, 2.0, 3.0, 4.0, 5.0, unit="stops too little light"),
) -> Images:
    """Too short an exposure: everything darkens, and on 8 bits the shadows lose their levels.

    The light of a value (sRGB tone curve undone) is halved for each stop and encoded again. No sensor noise is added: put a
    noise of the sensor after it in a chain.

    Severity: 1, 2, 3, 4, 5 stops (severity 0.2 to 1): our choice, from a common metering error to night.

    References:
        IEC 61966-2-1 (sRGB): the tone curve.
    """
    return mapped(images, lit, 2.0**-stops)


def _shrunk(images: Images, factor: float) -> Images:
    from perturbations.image.light._kernels import shrink

    out = np.empty(images.shape, dtype=np.uint8)
    rows = np.ascontiguousarray(images).reshape(len(images), -1)
    shrink(rows, np.float32(factor), images.shape[-1], out.reshape(rows.shape))
    return out
