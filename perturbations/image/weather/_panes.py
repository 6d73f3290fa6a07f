"""Panes of ice in place of photographs: what the photographs of ImageNet-C's frost measure, made anew.

Why: a preset owes its users the brightness, the colour and the grain of the published ice, and may not ship the photographs.
Four panes stand for them. Their needles and rime are grown here; what was measured is the size, the mean and the spread of
each colour, and the amplitude at eight spatial frequencies (our measurements; nothing of a picture is in them).
The two outermost frequencies are set so that pieces of 224 pixels differ in brightness, and neighbouring pixels from each
other, about as much as in the photographs.
"""

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw
from perturbations._extras import require

Bytes = NDArray[np.uint8]
Field = NDArray[np.float32]

_FREQUENCIES = (0.0015, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.3, 0.48, 0.7)
"""In cycles a pixel; the amplitude is measured there and runs straight between them on double logarithms."""
_NEEDLES, _STEM, _RIME = 0.0006, 140.0, 0.5
"""Crystals a pixel, the length of the longest in pixels, and how much rime there is to them: our choice."""
_GREY = np.array([0.299, 0.587, 0.114], dtype=np.float32)


class _Pane(NamedTuple):
    """A photograph's measures, in 8-bit levels and pixels."""

    rows: int
    columns: int
    mean: tuple[float, float, float]
    spread: tuple[float, float, float]
    amplitude: tuple[float, ...]
    dark: bool = False
    """Whether the needles are the darker part, as where light falls through cracks."""


_BLUE = _Pane(
    *(600, 900, (78, 149, 166), (26.9, 16.5, 15.3)),
    (186, 26.6, 10.6, 4.57, 1.74, 1, 0.76, 0.52, 0.31, 0.09),
)
_WHITE = _Pane(
    *(315, 560, (201, 205, 214), (21.4, 22.1, 22.6)),
    (90, 7.82, 4.06, 2.64, 1.72, 1, 0.52, 0.28, 0.15, 0.06),
    dark=True,
)
_PALE = _Pane(
    *(350, 527, (138, 153, 165), (28.5, 28.5, 29.9)),
    (65, 5.77, 2.37, 2.19, 1.59, 1, 0.68, 0.38, 0.22, 0.1),
)
_DIM = _Pane(
    *(495, 660, (112, 123, 135), (44.4, 43.3, 41.7)),
    (83, 6.94, 4.96, 3.57, 1.89, 1, 0.52, 0.29, 0.22, 0.07),
)
_CHOICE = (_BLUE, _WHITE, _WHITE, _PALE, _DIM)
"""The published code picks one of five; the second and the third are the same photograph."""


def piece(draw: Draw, height: int, width: int, channels: int, scale: float) -> Bytes:
    """Cut a piece at random from one of the panes, shrunk to `scale`; a frame larger than the pane magnifies it."""
    pane = _CHOICE[int(len(_CHOICE) * draw.uniform(stream="pane"))]
    ice = _levels(pane, scale, 3 if channels == 3 else 1)
    shrink = max(1.0, height / ice.shape[0], width / ice.shape[1])
    tall, wide = max(1, round(height / shrink)), max(1, round(width / shrink))
    down, right = draw.uniform(2, stream="place")
    top, left = int(down * (ice.shape[0] - tall + 1)), int(right * (ice.shape[1] - wide + 1))
    cut = ice[top : top + tall, left : left + wide]
    if (tall, wide) != (height, width):
        cut = require("cv2", extra="image").resize(cut, (width, height)).reshape(height, width, -1)
    return np.ascontiguousarray(cut if channels == 3 else np.repeat(cut, channels, axis=2))


@lru_cache(maxsize=32)
def _levels(pane: _Pane, scale: float, channels: int) -> Bytes:
    """Return a whole pane in 8-bit levels, (rows, columns, 3), or its grey, (rows, columns, 1)."""
    grain = -_grain(pane) if pane.dark else _grain(pane)
    mean, spread = (np.array(each, dtype=np.float32) for each in (pane.mean, pane.spread))
    levels = np.rint(np.clip(mean + spread * grain[..., None], 0, 255)).astype(np.uint8)
    if scale != 1:
        levels = require("cv2", extra="image").resize(levels, (0, 0), fx=scale, fy=scale)
    grey = np.rint(levels @ _GREY).astype(np.uint8)[..., None]
    return np.asarray(levels if channels == 3 else grey)


def _grain(pane: _Pane) -> Field:
    """Grow needles and rime, and give every spatial frequency the amplitude that was measured; mean 0, spread 1."""
    from scipy.fft import irfft2, rfft2

    shape = pane.rows, pane.columns
    waves: Any = rfft2(_grown(*shape))
    down, right = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])
    frequency = np.hypot(down, right)
    ring = np.rint(frequency * min(shape)).astype(np.int64)
    power = np.bincount(ring.ravel(), (abs(waves) ** 2).ravel()) / np.bincount(ring.ravel())
    knots, wanted = np.log(_FREQUENCIES), np.log(pane.amplitude)
    gain = np.exp(np.interp(np.log(np.maximum(frequency, 1e-4)), knots, wanted))
    gain[0, 0] = 0
    grain = irfft2(waves * gain / np.sqrt(np.maximum(power, 1e-12))[ring], s=shape)
    return np.asarray(grain / grain.std(), dtype=np.float32)


def _grown(rows: int, columns: int) -> Field:
    """Return needles over rime, the same at every call for a size."""
    from perturbations.image.weather._kernels.patterns import crystals, plasma

    ferns = np.zeros((2, rows, columns), dtype=np.float32)
    for seed, plane in enumerate(ferns):
        crystals(np.uint64(2 * rows + seed), int(_NEEDLES * rows * columns), _STEM, plane)
    rime = plasma(np.uint64(columns), math.ceil(math.log2(columns)), 0.8)[:rows, :columns]
    # Needles throw light and shadow: the photographs' histograms are hardly skewed.
    return np.asarray((ferns[0] - 0.7 * ferns[1]) / ferns[0].std() + _RIME * (rime / rime.std()))
