"""Fixed-pattern noise: photosites that differ from each other, in the same way in every image of one camera.

Why: a pattern that stays can be learned, subtracted, or taken for structure of the scene; noise that is drawn anew cannot.
The pattern therefore belongs to the device: one for a run (its seed, input and replicate), whatever the sample. Every value
of every channel is a photosite of its own, as in a camera with a sensor for each colour; what a colour filter mosaic does to
noise is the matter of `raw-noise`.
"""

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.image.sensor._device import (
    Defects,
    Image,
    clipped,
    defects,
    device_key,
    full_scale,
    mapped,
    replace_defects,
    unit_normals,
)

_ONE_DEVICE = {"different-samples": "one device for the whole run"}
_HOT_CHARGE = 0.5
"""Mean dark charge of a hot photosite, of full scale."""


@perturbation(
    batched=True,
    native=True,
    coupling="additive",
    scope="device",
    frames="fixed",
    exempt=_ONE_DEVICE,
)
def prnu(
    image: Image,
    draw: Draw,
    *,
    spread: Dose = Ladder(
        0.01, 0.02, 0.04, 0.08, 0.16, unit="standard deviation of the gain (nominal gain = 1)"
    ),
) -> Image:
    """Photosites of unequal sensitivity: a grain that sticks to the camera and grows with the light.

    Photo-response non-uniformity: x becomes x (1 + P), with P normal, mean 0, for each photosite of the device; clipped
    to full scale. Black stays black. The values are taken for the light itself: no tone curve is undone.

    Severity: the standard deviation of P is 1, 2, 4, 8, 16 % (severity 0.2 to 1). Our choice: 1 % is common in sensors,
    and it doubles from there.

    References:
        EMVA Standard 1288, release 4.0, 2021, section on spatial non-uniformity (PRNU).
    """
    gain = 1 + np.float32(spread) * unit_normals(device_key(draw, "gain"), image.shape[1:])
    return mapped(image, lambda values, _: np.multiply(values, gain, out=values))


@perturbation(
    batched=True,
    native=True,
    coupling="additive",
    scope="device",
    frames="fixed",
    exempt=_ONE_DEVICE,
)
def dsnu(
    image: Image,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.005, 0.01, 0.02, 0.04, 0.08, unit="standard deviation (full scale = 1)"),
) -> Image:
    """Photosites of unequal darkness: a grain that sticks to the camera and is there without any light.

    Dark-signal non-uniformity: x becomes x + D, with D normal, mean 0 (the mean dark level is subtracted in the camera), for
    each photosite of the device; clipped to full scale, so that black becomes brighter in the mean.

    Severity: the standard deviation of D is 0.5, 1, 2, 4, 8 % of full scale (severity 0.2 to 1). Our choice: from about one
    8-bit level, doubling, as a warm sensor and a long exposure raise it.

    References:
        EMVA Standard 1288, release 4.0, 2021, section on spatial non-uniformity (DSNU).
    """
    pattern = unit_normals(device_key(draw, "offset"), image.shape[1:])
    offset = np.float32(sigma * full_scale(image.dtype)) * pattern
    return mapped(image, lambda values, _: np.add(values, offset, out=values))


@perturbation(
    batched=True,
    native=True,
    coupling="mask",
    scope="device",
    frames="fixed",
    exempt=_ONE_DEVICE,
)
def hot_pixels(
    image: Image,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.001, 0.003, 0.01, 0.03, 0.1, unit="share of photosites", scale="log", high=1.0
    ),
) -> Noisy:
    """Photosites that leak charge glow red, green or blue, always at the same places of the camera.

    A hot photosite adds its own dark charge to the light and stops at full scale. The charge is exponential with mean half
    of full scale: most hot photosites glow faintly, about one in seven is white even in the dark. A photosite sees one
    colour, so a defect is in one channel of a pixel; and the mask of a mild severity is part of that of a harsher one. The
    report tells how many photosites of the frame are hot.

    Severity: 0.1, 0.3, 1, 3, 10 % of the photosites (severity 0.2 to 1), interpolated by ratio. Our choice: from a sensor
    that is sold to one that radiation or heat has aged; so is the distribution of the charge.

    References:
        EMVA Standard 1288, release 4.0, 2021, section on defect pixels; which number is a defect is left to the user there.
    """
    found = _defects(image, draw, share)
    white = full_scale(image.dtype)
    charge = -_HOT_CHARGE * white * np.log1p(-found.level)
    lit = image.reshape(len(image), -1)[:, found.site] + charge
    return _with_defects(image, found, clipped(lit, image.dtype))


@perturbation(
    batched=True,
    native=True,
    coupling="mask",
    scope="device",
    frames="fixed",
    exempt=_ONE_DEVICE,
)
def dead_pixels(
    image: Image,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.001, 0.003, 0.01, 0.03, 0.1, unit="share of photosites", scale="log", high=1.0
    ),
) -> Noisy:
    """Photosites that see nothing stay black, always at the same places of the camera.

    A photosite sees one colour, so a defect is in one channel of a pixel: a dead green photosite leaves a magenta dot. The
    mask of a mild severity is part of that of a harsher one. The report tells how many photosites of the frame are dead.

    Severity: 0.1, 0.3, 1, 3, 10 % of the photosites (severity 0.2 to 1), interpolated by ratio. Our choice: from a sensor
    that is sold to one that is about to fail.

    References:
        EMVA Standard 1288, release 4.0, 2021, section on defect pixels; which number is a defect is left to the user there.
    """
    found = _defects(image, draw, share)
    return _with_defects(image, found, np.zeros(found.site.size, dtype=image.dtype))


@perturbation(
    batched=True,
    native=True,
    coupling="mask",
    scope="device",
    frames="fixed",
    exempt=_ONE_DEVICE,
)
def stuck_pixels(
    image: Image,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.001, 0.003, 0.01, 0.03, 0.1, unit="share of photosites", scale="log", high=1.0
    ),
) -> Noisy:
    """Photosites that always report the same level, whatever the light, at the same places of the camera.

    Each stuck photosite has a level of its own, uniform from black to full scale, and keeps it for every image and severity.
    A photosite sees one colour, so a defect is in one channel of a pixel. The mask of a mild severity is part of that of a
    harsher one. The report tells how many photosites of the frame are stuck.

    Severity: 0.1, 0.3, 1, 3, 10 % of the photosites (severity 0.2 to 1), interpolated by ratio. Our choice: from a sensor
    that is sold to one that is about to fail.

    References:
        EMVA Standard 1288, release 4.0, 2021, section on defect pixels; which number is a defect is left to the user there.
    """
    found = _defects(image, draw, share)
    return _with_defects(image, found, clipped(full_scale(image.dtype) * found.level, image.dtype))


def _defects(image: Image, draw: Draw, share: float) -> Defects:
    return defects(device_key(draw, "defects"), image.shape[1:], share)


def _with_defects(image: Image, found: Defects, values: Image) -> Noisy:
    return Noisy(replace_defects(image, found, values), report={"photosites": int(found.site.size)})
