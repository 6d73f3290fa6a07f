"""Pictures as files in memory: encoded and decoded by OpenCV, the channels in the right order.

Why: OpenCV holds colours as blue, green, red; a codec that is given red first stores the wrong luma and halves the
resolution of the wrong planes. Images of another number of channels are stored channel by channel, as grey ones.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._extras import require
from perturbations.errors import NotApplicable, explain

Images = NDArray[Any]
Bytes = NDArray[np.uint8]


def on_levels(images: Images, change: Callable[[Bytes], Bytes]) -> Images:
    """Apply `change` to images of 8-bit levels; floating-point images are rounded to them and scaled back."""
    if images.dtype == np.uint8:
        return change(images)
    levels = np.rint(images * 255).astype(np.uint8)
    return np.divide(change(levels), 255, dtype=images.dtype)


def through_file(images: Bytes, extension: str, options: Sequence[int]) -> Bytes:
    """Encode and decode images (n, H, W, C), each as a file of its own."""
    out = np.empty(images.shape, dtype=np.uint8)
    if images.shape[3] in (1, 3):
        scratch = np.empty(images.shape[1:], dtype=np.uint8)
        for image, noisy in zip(images, out, strict=True):
            noisy[...] = decode(encode(image, extension, options, scratch), image.shape)
        return out
    for i in range(images.shape[3]):
        out[..., i : i + 1] = through_file(images[..., i : i + 1], extension, options)
    return out


def encode(
    image: Bytes, extension: str, options: Sequence[int], scratch: Bytes | None = None
) -> Bytes:
    """Return the file of a grey (H, W, 1) or colour (H, W, 3) image; `scratch` saves the allocation of a copy."""
    cv2 = require("cv2", extra="image")
    image = np.ascontiguousarray(image)
    if image.shape[2] == 3:
        image = cv2.cvtColor(image, cv2.COLOR_RGB2BGR, dst=scratch)
    return np.asarray(cv2.imencode(extension, image, options)[1])


def decode(file: Bytes, shape: tuple[int, ...]) -> Bytes:
    """Return the image of a file, in the given shape (H, W, 1) or (H, W, 3)."""
    cv2 = require("cv2", extra="image")
    if shape[2] == 1:
        return np.asarray(cv2.imdecode(file, cv2.IMREAD_GRAYSCALE)).reshape(shape)
    if hasattr(cv2, "IMREAD_COLOR_RGB"):  # OpenCV 4.11
        return np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR_RGB))
    return np.asarray(cv2.cvtColor(cv2.imdecode(file, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB))


def check_side(images: Images, longest: int, codec: str) -> None:
    """Check that a codec can store the images (n, H, W, C).

    Raises:
        NotApplicable: a side is longer than `longest` pixels.
    """
    if max(images.shape[1:3]) > longest:
        expected = f"an image of at most {longest} px a side for {codec}"
        raise NotApplicable(explain(expected, "image", images[0], "crop or tile it"))
