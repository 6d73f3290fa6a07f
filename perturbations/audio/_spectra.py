"""Stationary noise of a given spectrum, and the hum of the mains.

Why: a spectrum of independent normal numbers, weighed and transformed back once, is Gaussian noise with exactly that power
at every frequency. It costs one transform; filtering white noise would cost two, or a recursion of many poles.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import NotApplicable, explain

Noise = NDArray[np.float32]
Weights = NDArray[np.float32]

LOWEST = 20.0
"""Hz; coloured noise has no power below the range of hearing, so that its ratio to the clip is one that is heard."""
_SLOWEST = 4
"""Periods of the lowest frequency that are made at least, however short the clip."""

_SPEECH_HZ = (
    63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000, 6300, 8000,
    10000, 12500, 16000,
)  # fmt: skip
_SPEECH_DB = (
    38.6, 43.5, 54.4, 57.7, 56.8, 60.2, 60.3, 59.0, 62.1, 62.1, 60.5, 56.8, 53.7, 53.0, 52.0, 48.7, 48.1, 46.8, 45.6, 44.5,
    44.3, 43.7, 43.4, 41.3, 40.7,
)  # fmt: skip
"""Levels of third-octave bands of speech of all languages and both sexes, dB SPL (Byrne et al. 1994)."""


def power_law(key: np.uint64, shape: tuple[int, int], slope: float, rate: float) -> Noise:
    """Return noise (C, T) whose power goes with frequency to the power `slope`, from 20 Hz on."""
    size = _size(shape[1], rate)
    return _drawn(key, shape, size, _power_law(size, rate, slope))


def speech_shaped(key: np.uint64, shape: tuple[int, int], rate: float) -> Noise:
    """Return noise (C, T) with the long-term spectrum of speech."""
    size = _size(shape[1], rate)
    return _drawn(key, shape, size, _speech(size, rate))


def _size(samples: int, rate: float) -> int:
    from scipy.fft import next_fast_len

    return int(next_fast_len(max(samples, math.ceil(_SLOWEST * rate / LOWEST)), real=True))


def _drawn(key: np.uint64, shape: tuple[int, int], size: int, weights: Weights) -> Noise:
    from scipy.fft import irfft

    from perturbations.audio._kernels.normal import normals

    channels, samples = shape
    spectra = normals(key, 2 * channels * weights.size).view(np.complex64)
    spectra = spectra.reshape(channels, weights.size)
    spectra *= weights
    wave = irfft(spectra, size, axis=-1, overwrite_x=True)
    return np.ascontiguousarray(wave[:, :samples], dtype=np.float32)


@lru_cache(maxsize=16)
def _power_law(size: int, rate: float, slope: float) -> Weights:
    frequency = np.fft.rfftfreq(size, 1.0 / rate)
    heard = frequency >= LOWEST
    weights = np.zeros_like(frequency)
    weights[heard] = (frequency[heard] / LOWEST) ** (slope / 2.0)
    return weights.astype(np.float32)


@lru_cache(maxsize=4)
def _speech(size: int, rate: float) -> Weights:
    """Weigh so that third-octave bands have their levels; what is below or above the table has the outermost density."""
    frequency = np.fft.rfftfreq(size, 1.0 / rate)
    heard = frequency >= LOWEST
    density = np.array(_SPEECH_DB) - 10.0 * np.log10(_SPEECH_HZ)
    between = np.interp(np.log(frequency[heard]), np.log(_SPEECH_HZ), density)
    weights = np.zeros_like(frequency)
    weights[heard] = 10.0 ** ((between - between.max()) / 20.0)
    return weights.astype(np.float32)


def hum(
    phases: NDArray[np.float64], mains: float, rate: float, samples: int
) -> NDArray[np.float32]:
    """Return a mains hum (T,) and its harmonics of amplitude 1 / k, with these phases, as far as they are below Nyquist.

    Raises:
        NotApplicable: not even the first is.
    """
    orders = np.arange(1, len(phases) + 1)
    orders = orders[orders * mains < rate / 2]
    if not orders.size:
        hint = "the mains hum faster than half the sampling rate"
        raise NotApplicable(explain(f"a rate above {2 * mains:g} Hz", "rate", rate, hint))
    made = min(samples, _period(mains, rate) or samples)
    turns = np.outer(orders * (mains / rate), np.arange(made)) % 1.0
    angles = 2.0 * np.pi * turns + phases[: len(orders), np.newaxis]
    wave = (np.sin(angles) / orders[:, np.newaxis]).sum(axis=0)
    return np.resize(wave.astype(np.float32), samples)


def _period(mains: float, rate: float) -> int | None:
    """Return after how many samples a hum repeats exactly; None where the frequencies are not whole."""
    if mains != round(mains) or rate != round(rate):
        return None
    return round(rate) // math.gcd(round(mains), round(rate))
