"""Noise added to clips at a signal-to-noise ratio, and what is said of it.

Why: the ratio is of powers over all channels and the whole clip, and the noise is rescaled after it is drawn, so that each
clip has the ratio asked for and not the one that chance gives. Silence has no power to relate noise to. It stays silent and
counts as a clip in which there was nothing to change, unless `floor` says which level it counts as.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw, Ladder, Noisy
from perturbations.audio._modality import LARGEST, Waveform, check_peak
from perturbations.audio._said import single
from perturbations.errors import BadSetting, explain

SNR = Ladder(40.0, 30.0, 20.0, 10.0, 0.0, unit="dB SNR", none=math.inf, scale="dB", low=-60.0)
"""The ladder of Speech Robust Bench."""
SILENCE = -math.inf
"""The floor at which silence stays silent."""

Noise = NDArray[np.float32]


def mixed(clips: Waveform, noise: Callable[[int], Noise], snr: float, floor: float) -> Noisy:
    """Return clips (n, C, T) with noise, made one clip at a time by its row.

    Raises:
        BadSetting: the floor is not a number.
        BadValue: a clip is not finite.
    """
    from perturbations.audio._kernels.mix import add

    return _checked(add(clips, noise, 10.0 ** (-snr / 20.0), amplitude(floor)), clips)


def white(clips: Waveform, draw: Draw, snr: float, floor: float) -> Noisy:
    """Return clips (n, C, T) with white noise, which needs no array of its own.

    Raises:
        BadSetting: the floor is not a number.
        BadValue: a clip is not finite.
    """
    from perturbations.audio._kernels.mix import add_white

    ratio, least = 10.0 ** (-snr / 20.0), amplitude(floor)
    return _checked(add_white(clips, draw.key("noise"), ratio, least), clips)


def _checked(found: Any, clips: Waveform) -> Noisy:
    """Return what was mixed, once no clip can have been anything but sound: a mean square shows NaN and infinity."""
    samples = max(clips[0].size, 1) if len(clips) else 1
    if not (found.rms * math.sqrt(samples) <= LARGEST).all():
        from perturbations._kernels import peak

        check_peak(peak(np.ascontiguousarray(clips)), clips)
    return Noisy(found.clips, report=report(found.noise))


def amplitude(floor: float) -> float:
    """Return the amplitude of a level in dB of full scale; 0 for -inf.

    Raises:
        BadSetting: it is not a number, or above full scale.
    """
    if not floor <= 0.0:
        hint = "-60 lets a silent clip count as one with an RMS of -60 dB; -inf leaves it silent"
        raise BadSetting(explain("a level of at most 0 dB of full scale", "floor", floor, hint))
    return math.pow(10.0, floor / 20.0)


def report(levels: NDArray[np.float64]) -> dict[str, Any]:
    """Return what was added to a single clip, and whether it had a level to relate it to."""
    sounding = levels > 0.0
    return single(len(levels), noise_rms=levels, silent=~sounding, eligible=sounding.astype(int))
