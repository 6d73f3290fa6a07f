"""Diffusion: the picture fades into pure noise, by a dose that means the same in every modality."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations.image.sensor import _tables

Images = NDArray[Any]


@perturbation(batched=True, native=True, coupling="count")
def diffusion(
    image: Images,
    draw: Draw,
    *,
    log_snr: Dose = Ladder(15, 10, 5, 0, -5, unit="dB log-SNR", none=math.inf, scale="dB"),
) -> Images:
    """The picture fades towards grey while noise takes its place, as in the forward process of a diffusion model.

    On values mapped to x0 in [-1, 1], x = sqrt(abar) x0 + sqrt(1 - abar) N(0, 1): the variance-preserving process, whose
    signal-to-noise ratio abar / (1 - abar) is the dose, in decibels (10 log10). The result is mapped back and clipped to
    [0, 1]; the models themselves do not clip, so below about 5 dB black and white hold more than their share. On 8-bit
    images the normal number has a resolution of 16 bits.

    Severity: 15, 10, 5, 0, -5 dB (severity 0.2 to 1), our choice: with the linear schedule of 1000 steps, steps 51 to 372.

    References:
        Ho et al. 2020, "Denoising diffusion probabilistic models" (abar, and the schedule 0.0001 to 0.02);
        Kingma et al. 2021, "Variational diffusion models" (log-SNR as the dose).
    """
    keep, spread = amplitudes(log_snr)
    if image.dtype == np.uint8:
        grey = 127.5 * (1 - keep)
        return _tables.scaled_normal(image, draw, mean=grey, gain=keep, spread=127.5 * spread)
    noisy = keep * (image - 0.5) + 0.5 * spread * _tables.normal(draw, image.shape)
    return _tables.clip(noisy + 0.5, image.dtype)


def amplitudes(log_snr: float) -> tuple[float, float]:
    """Return sqrt(abar) and sqrt(1 - abar) at a signal-to-noise ratio in dB."""
    ratio = 10 ** (-abs(log_snr) / 10)
    large, small = 1 / math.sqrt(1 + ratio), math.sqrt(ratio / (1 + ratio))
    return (large, small) if log_snr >= 0 else (small, large)
