"""Whether features are still the same: their lengths for a few clean samples.

Why: a model's hash changes with every counter and cache that it keeps. Where it does, and the samples are at hand, what
counts is what it makes of them.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from noisebench._values import select
from noisebench.calibration._encoder import Encoder
from noisebench.data import Batch
from noisebench.errors import CalibrationError, ModelError

PROBED = 8
"""Samples."""

CLOSE = 1e-3
"""Relative difference up to which two lengths are the same."""


def probe(features: NDArray[np.float64]) -> list[float]:
    """Return the lengths of the first samples' features."""
    return [float(each) for each in np.linalg.norm(features[:PROBED], axis=1)]


def alike(encoder: Encoder, known: Mapping[str, list[float]], batch: Batch) -> bool:
    """Tell whether the first samples of a batch have the features that they had.

    Args:
        encoder: that is there now.
        known: input to the lengths that were frozen.
        batch: the calibration samples, in their order.
    """
    for name, lengths in known.items():
        n = len(lengths)
        if len(batch) < n or name not in batch.inputs:
            return False
        try:
            found = encoder.features(name, select(batch.inputs, np.arange(n)), n)
        except (CalibrationError, ModelError):
            return False
        if not np.allclose(np.linalg.norm(found, axis=1), lengths, rtol=CLOSE, atol=1e-9):
            return False
    return bool(known)
