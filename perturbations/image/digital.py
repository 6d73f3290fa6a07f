"""Noise of storage and transmission."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations._extras import require
from perturbations.errors import NotApplicable, explain

Image = NDArray[Any]
Bytes = NDArray[np.uint8]

_LARGEST_SIDE = 65500
"""The longest side that libjpeg encodes, in pixels."""


@perturbation(native=True, coupling="codec", requires=("image",))
def jpeg_compression(
    image: Image,
    draw: Draw,
    *,
    quality: Dose = Ladder(
        25, 18, 15, 10, 7, unit="JPEG quality", none=100, scale="integer", low=1, high=100
    ),
) -> Image:
    """Lossy storage: 8 x 8 blocks, ringing at edges, coarse colour.

    The image is encoded and decoded by albumentations' codec (libjpeg's quality scale, colour at half resolution). Three
    channels are red, green, blue; with any other number each channel is a grey image of its own. Floating-point images
    pass through 8 bits. Quality 100 is the mildest; severity 0 does not encode at all.

    Severity: quality 25, 18, 15, 10, 7 (severity 0.2 to 1).

    Raises:
        NotApplicable: a side is longer than 65500 pixels, which JPEG cannot store.

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `jpeg_compression`.
    """
    if max(image.shape[:2]) > _LARGEST_SIDE:
        raise NotApplicable(
            explain(
                f"an image of at most {_LARGEST_SIDE} px a side", "image", image, "crop or tile it"
            )
        )
    if image.dtype == np.uint8:
        return _compress(image, int(quality))
    levels = np.rint(image * 255).astype(np.uint8)
    return np.divide(_compress(levels, int(quality)), 255, dtype=image.dtype)


def _compress(image: Bytes, quality: int) -> Bytes:
    codec = require(
        "albumentations.augmentations.pixel.functional", extra="image"
    ).image_compression
    if image.shape[2] == 3:
        # The codec reads its channels as blue, green, red.
        cv2 = require("cv2", extra="image")
        blue_first = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2BGR)
        return np.asarray(cv2.cvtColor(codec(blue_first, quality, ".jpg"), cv2.COLOR_BGR2RGB))
    planes = [np.ascontiguousarray(image[..., i : i + 1]) for i in range(image.shape[2])]
    decoded = [codec(plane, quality, ".jpg").reshape(plane.shape) for plane in planes]
    return np.concatenate(decoded, axis=2)
