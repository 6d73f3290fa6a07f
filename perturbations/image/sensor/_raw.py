"""The way from a raw frame to a picture, and back: white balance, gamma, tone curve, mosaic.

Why: all of it is fixed functions of one value, so that a table serves; the demosaicing in between is compiled.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw

Floats = NDArray[np.float32]

GAMMA = 2.2
_SITES = ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2))
"""Row and column in the cell of the mosaic, and channel: RGGB."""


def to_light(rendered: NDArray[Any]) -> NDArray[Any]:
    """Undo the tone curve 3 g**2 - 2 g**3, then the gamma."""
    encoded = 0.5 - np.sin(np.arcsin(np.clip(1 - 2 * rendered, -1, 1)) / 3)
    return np.asarray(np.maximum(encoded, 0) ** GAMMA)


@lru_cache(maxsize=1)
def _light_of_levels() -> Floats:
    return to_light(np.arange(256) / 255).astype(np.float32)


def camera_gains(draw: Draw, count: int) -> Floats:
    """Draw what each raw channel was multiplied by: exposure and white balance, shape (count, 3)."""
    exposure = 1 / (0.8 + 0.1 * np.clip(draw.normal((count,), stream="exposure"), -2, 2))
    red = 1.9 + 0.5 * draw.uniform((count,), stream="red")
    blue = 1.5 + 0.4 * draw.uniform((count,), stream="blue")
    gains = np.stack([exposure * red, exposure, exposure * blue], axis=-1)
    return gains.astype(np.float32)


def raw_of(pictures: NDArray[Any], gains: Floats) -> Floats:
    """Return the raw frames (n, H, W) that would give these pictures (n, H, W, 3), full well = 1.

    A side of one pixel is doubled first, so that every colour is there.
    """
    height, width = pictures.shape[1:3]
    if min(height, width) == 1:
        pictures = np.repeat(pictures, 2 if height == 1 else 1, axis=1)
        pictures = np.repeat(pictures, 2 if width == 1 else 1, axis=2)
    raw = np.empty(pictures.shape[:3], dtype=np.float32)
    for row, column, channel in _SITES:
        site = pictures[:, row::2, column::2, channel]
        light = np.take(_light_of_levels(), site) if site.dtype == np.uint8 else to_light(site)
        raw[:, row::2, column::2] = light / gains[:, channel, None, None]
    return raw
