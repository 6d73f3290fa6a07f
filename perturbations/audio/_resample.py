"""Another sampling rate, through linear-phase filters: nothing is delayed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._extras import require

Clips = NDArray[np.floating[Any]]


def resampled(clip: Clips, factor: float) -> Clips:
    """Return one clip (C, T) with `factor` times as many samples.

    Raises:
        MissingExtra: soxr is not installed.
    """
    soxr = require("soxr", extra="audio")
    if clip.shape[-1] == 0:
        return clip
    made = soxr.resample(np.array(clip.T, order="C"), 1.0, factor, quality="HQ")
    return np.ascontiguousarray(np.asarray(made).T)


def there_and_back(clips: Clips, factor: float) -> Clips:
    """Return clips (n, C, T) brought to `factor` times their sampling rate and back, at their length."""
    out = np.zeros_like(clips, order="C")
    for row, clip in enumerate(clips):
        out[row] = fitted(resampled(resampled(clip, factor), 1.0 / factor), clips.shape[-1])
    return out


def fitted(clip: Clips, samples: int) -> Clips:
    """Return a clip (C, T) at a length: cut, or followed by silence."""
    short = samples - clip.shape[-1]
    return np.pad(clip, ((0, 0), (0, short))) if short > 0 else clip[:, :samples]
