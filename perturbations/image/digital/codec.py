"""Noise of lossy storage: what a codec throws away."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations._extras import require
from perturbations.errors import BadSetting, NotApplicable, explain
from perturbations.image.digital._files import check_side, on_levels, through_file

Images = NDArray[Any]
Bytes = NDArray[np.uint8]

LONGEST_JPEG = 65500
"""The longest side that libjpeg encodes, in pixels."""
_LONGEST_WEBP = 16383


@perturbation(batched=True, native=True, coupling="codec", frames="fixed", requires=("image",))
def jpeg_compression(
    image: Images,
    draw: Draw,
    *,
    quality: Dose = Ladder(
        25, 18, 15, 10, 7, unit="JPEG quality", none=100, scale="integer", low=1, high=100
    ),
) -> Images:
    """Lossy storage: 8 x 8 blocks, ringing at edges, coarse colour.

    The image is encoded and decoded by OpenCV's codec (libjpeg's quality scale, colour at half resolution). Three
    channels are red, green, blue; with any other number each channel is a grey image of its own. Floating-point images
    pass through 8 bits. Nothing is drawn. Quality 100 is the mildest; severity 0 does not encode at all.

    Severity: quality 25, 18, 15, 10, 7 (severity 0.2 to 1).

    Raises:
        NotApplicable: a side is longer than 65500 pixels, which JPEG cannot store.

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `jpeg_compression`.
    """
    check_side(image, LONGEST_JPEG, "JPEG")
    cv2 = require("cv2", extra="image")
    options = (cv2.IMWRITE_JPEG_QUALITY, int(quality))
    return on_levels(image, partial(through_file, extension=".jpg", options=options))


@perturbation(batched=True, native=True, coupling="codec", frames="fixed", requires=("image",))
def webp_compression(
    image: Images,
    draw: Draw,
    *,
    quality: Dose = Ladder(
        30, 20, 12, 6, 1, unit="WebP quality", none=100, scale="integer", low=1, high=100
    ),
) -> Images:
    """Lossy storage as the web has it: smeared texture, smooth blocks, colour at half resolution.

    The image is encoded and decoded by OpenCV's codec (libwebp's quality scale, its default effort). Three channels are
    red, green, blue; with any other number each channel is a grey image of its own. Floating-point images pass through
    8 bits. Nothing is drawn. Quality 100 is the mildest; severity 0 does not encode at all.

    Severity: quality 30, 20, 12, 6, 1 (severity 0.2 to 1).

    Raises:
        NotApplicable: a side is longer than 16383 pixels, which WebP cannot store.

    References:
        RFC 9649, "WebP image format". The qualities are our choice: the lower third of the scale, down to its end.
    """
    check_side(image, _LONGEST_WEBP, "WebP")
    cv2 = require("cv2", extra="image")
    options = (cv2.IMWRITE_WEBP_QUALITY, int(quality))
    return on_levels(image, partial(through_file, extension=".webp", options=options))


@perturbation(batched=True, native=True, coupling="codec", frames="fixed", requires=("image",))
def jpeg_chroma(
    image: Images,
    draw: Draw,
    *,
    side: Dose = Ladder(
        2, 4, 6, 8, 12, unit="px a side per chroma sample", none=1, scale="integer", low=1, high=64
    ),
    quality: int = 95,
) -> Images:
    """Colour stored at a lower resolution than brightness: edges keep their place, their colour bleeds.

    The two colour-difference planes (full-range BT.601) are averaged over squares of `side` pixels and brought back by
    linear interpolation between the centres of the squares; then the picture is stored as JPEG of a high quality
    without any further subsampling. Side 2 is what JPEG calls 4:2:0; JPEG itself ends at 4. The last squares of a row
    or column that do not fit repeat the border. Floating-point images pass through 8 bits. Nothing is drawn.

    Severity: 2, 4, 6, 8, 12 px a side (severity 0.2 to 1); whole numbers.

    Raises:
        NotApplicable: the image is not red, green, blue, or a side is longer than 65500 pixels.
        BadSetting: `quality` is not in 1 to 100.

    References:
        ITU-T T.81 (1992), annex A.1.1 (sampling factors); ITU-T T.871 (2011) (colour-difference planes). Sides beyond 2
        are our choice.
    """
    if image.shape[3] != 3:
        hint = "a grey image has no colour to subsample"
        raise NotApplicable(explain("an image of red, green and blue", "image", image, hint))
    if not 1 <= quality <= 100:
        raise BadSetting(explain("a JPEG quality in 1 to 100", "quality", quality))
    check_side(image, LONGEST_JPEG, "JPEG")
    return on_levels(image, partial(_subsampled, side=int(side), quality=quality))


def _subsampled(images: Bytes, side: int, quality: int) -> Bytes:
    cv2 = require("cv2", extra="image")
    options = (
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    )
    coarse = np.stack([_coarse_colour(image, side) for image in images])
    return through_file(coarse, ".jpg", options)


def _coarse_colour(image: Bytes, side: int) -> Bytes:
    cv2 = require("cv2", extra="image")
    planes = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2YCrCb)
    luma, red, blue = cv2.split(planes)
    planes = cv2.merge((luma, _coarse(red, side), _coarse(blue, side)))
    return np.asarray(cv2.cvtColor(planes, cv2.COLOR_YCrCb2RGB))


def _coarse(plane: Bytes, side: int) -> Bytes:
    """Average a plane over squares and interpolate between their centres."""
    if side == 1:
        return plane
    cv2 = require("cv2", extra="image")
    height, width = plane.shape
    rows, columns = -(-height // side), -(-width // side)
    below, right = rows * side - height, columns * side - width
    padded = cv2.copyMakeBorder(plane, 0, below, 0, right, cv2.BORDER_REPLICATE)
    small = cv2.resize(padded, (columns, rows), interpolation=cv2.INTER_AREA)
    size = (columns * side, rows * side)
    grown = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown[:height, :width])
