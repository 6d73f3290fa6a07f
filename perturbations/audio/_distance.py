"""How far a noisy clip is from the clean one, in measures of which each noise declares the one that fits it.

Why several: an error relative to the signal says nothing of a clip that is late, louder or merely upside down. The spectral
distance ignores phase, the level ignores the spectrum, and the lag sees nothing but time, so that a codec's delay cannot
enter unseen.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._modality import Measure

Clip = NDArray[np.floating[Any]]

MEASURES: Mapping[str, Measure] = {
    "snr": Measure("dB", -1),
    "changed": Measure("share of samples", +1),
    "level": Measure("dB", +1),
    "lsd": Measure("dB", +1),
    "lag": Measure("ms", +1),
    "clipped": Measure("share of samples", +1),
}
"""Signal-to-noise ratio, samples that differ, change of level, log-spectral distance, time by which all is late or early;
and of PCM alone, samples that came to full scale."""

_FRAME = 0.032
"""Seconds of a frame of the spectral distance, rounded to a power of two samples; they overlap by half."""
_SAMPLES = 512
"""Samples of a frame where no rate is known."""
_FLOOR = 1e-7
"""Share of the clean clip's mean power that is added to every bin: what is 70 dB below it does not count."""
_LAG_RATE = 4000
"""Samples a second, at least, at which the lag is looked for."""
_ALIKE = 0.1
"""Least coefficient of correlation at which two clips have a lag."""


def measure(clean: Clip, noisy: Clip, rate: object) -> dict[str, float]:
    """Return the measures of a pair (C, T) of full scale 1; the shorter one is followed by silence.

    Args:
        clean: the clip.
        noisy: what the noise made of it.
        rate: samples per second, if it is known; without it there is no lag (NaN).
    """
    length = max(clean.shape[-1], noisy.shape[-1])
    before, after = _padded(clean, length), _padded(noisy, length)
    known = float(rate) if isinstance(rate, int | float | np.number) and rate > 0 else None
    changed = float(np.mean(before != after)) if before.size else 0.0
    if changed == 0.0:
        lag = 0.0 if known else math.nan
        return {"snr": math.inf, "changed": 0.0, "level": 0.0, "lsd": 0.0, "lag": lag}
    powers = [float(np.sum(np.square(clip, dtype=np.float64))) for clip in (before, after)]
    error = float(np.sum(np.square(np.subtract(after, before, dtype=np.float64))))
    return {
        "snr": ratio(powers[0], error),
        "changed": changed,
        "level": 0.0 if powers[0] == powers[1] else abs(ratio(*powers)),
        "lsd": spectral(before, after, known),
        "lag": math.nan if known is None else lag_of(before, after, known),
    }


def ratio(signal: float, noise: float) -> float:
    """Return the ratio of two powers in dB: inf without noise, -inf for noise on silence."""
    if noise == 0.0:
        return math.inf
    return 10.0 * math.log10(signal / noise) if signal > 0.0 else -math.inf


def spectral(clean: Clip, noisy: Clip, rate: float | None) -> float:
    """Return the log-spectral distance in dB: the root mean square over frequency, averaged over frames.

    References: Gray and Markel 1976, "Distance measures for speech processing".
    """
    size = 2 ** max(5, round(math.log2(_FRAME * rate))) if rate else _SAMPLES
    before, after = (_frame_powers(clip, size) for clip in (clean, noisy))
    floor = _FLOOR * float(before.mean() or after.mean())
    if floor == 0.0:
        return 0.0
    gap = 10.0 * np.log10((after + floor) / (before + floor))
    return float(np.mean(np.sqrt(np.mean(gap * gap, axis=-1))))


def _frame_powers(clip: Clip, size: int) -> Clip:
    from scipy.fft import rfft

    padded = _padded(clip, max(size, -(-2 * clip.shape[-1] // size) * size // 2))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size, axis=-1)[:, :: size // 2]
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    spectra = rfft((frames * window).astype(np.float32), axis=-1)
    return np.asarray(spectra.real**2 + spectra.imag**2)


def lag_of(clean: Clip, noisy: Clip, rate: float) -> float:
    """Return by how many ms the noisy clip is late or early: the highest peak of the cross-correlation, between samples.

    NaN where the clips are not alike at any lag.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    step = max(1, int(rate // _LAG_RATE))
    before, after = (_averaged(clip, step) for clip in (clean, noisy))
    size = next_fast_len(2 * before.shape[-1], real=True)
    cross = np.conj(rfft(before, size)) * rfft(after, size)
    found = np.abs(irfft(cross.sum(axis=0), size))
    norm = math.sqrt(float(np.sum(before**2)) * float(np.sum(after**2)))
    top = int(found.argmax())
    if not found[top] > _ALIKE * norm:
        return math.nan
    left, middle, right = found[top - 1], found[top], found[(top + 1) % size]
    bend = left - 2.0 * middle + right
    between = 0.5 * (left - right) / bend if bend < 0.0 else 0.0
    late = top + between if top <= size // 2 else top + between - size
    return float(abs(late) * step / rate * 1000.0)


def _averaged(clip: Clip, step: int) -> NDArray[np.float64]:
    """Return the means of every `step` samples."""
    whole = _padded(clip, -(-clip.shape[-1] // step) * step).astype(np.float64)
    return np.asarray(whole.reshape(len(clip), -1, step).mean(axis=-1))


def _padded(clip: Clip, length: int) -> Clip:
    missing = length - clip.shape[-1]
    return np.pad(clip, ((0, 0), (0, missing))) if missing > 0 else clip
