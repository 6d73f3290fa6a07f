"""Damage that depends on the amplitude of the signal."""

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.audio._modality import Waveform


@perturbation(
    coupling="transform",
    exempt={"different-samples": "the threshold follows from the clip; nothing is drawn"},
)
def clipping(
    clip: Waveform,
    draw: Draw,
    *,
    share: Dose = Ladder(0.005, 0.02, 0.05, 0.1, 0.25, unit="share of samples saturated", high=1.0),
) -> Noisy:
    """An input stage driven too hard: every sample beyond a threshold is cut to it.

    The threshold is the k-th largest amplitude over all channels, so that exactly k samples stand at it (more where
    amplitudes are equal). k is the share of the samples that are not zero, rounded: digital silence cannot saturate.

    Severity: share of samples saturated.
    References: audiomentations 0.43.1, ClippingDistortion (which halves and truncates its percentile).
    """
    levels = np.abs(clip).ravel()
    saturated = int(share * np.count_nonzero(levels) + 0.5)
    if saturated == 0:
        return Noisy(clip.copy(), report={"saturated": 0, "threshold": None})
    rank = levels.size - saturated
    threshold = np.partition(levels, rank)[rank]
    reached = int(np.count_nonzero(levels >= threshold))
    report = {"saturated": reached, "threshold": float(threshold)}
    return Noisy(np.clip(clip, -threshold, threshold), report=report)
