"""Noise of a given spectrum at any moments: random waves of every frequency that the readings can show.

Why: the waves are added up by a Fourier transform on even moments. Where readings come at uneven ones, the same waves are
made on a grid eight times as fine and read between its points, which dampens the fastest wave by less than 2 %.
"""

from collections.abc import Callable

import numpy as np

from perturbations._draw import Draw
from perturbations.errors import NotApplicable, explain
from perturbations.timeseries._series import Moments, Values

COLOURS = {"white": 0.0, "pink": 1.0, "brown": 2.0, "blue": -1.0, "violet": -2.0}
"""Names of noise to the exponent b of their power, 1 / f^b."""
_FINER = 8


def coloured(draw: Draw, shape: tuple[int, int, int], time: Moments, colour: str) -> Values:
    """Return noise (n, T, C) of a colour; its root mean square over each series is 1 in every channel."""
    if colour == "white":
        return _unit(draw.normal(shape, stream="noise"))
    exponent = COLOURS[colour]
    return synthetic(draw, shape, time, lambda frequency: frequency ** (-exponent / 2.0))


def band(draw: Draw, shape: tuple[int, int, int], time: Moments, low: float, high: float) -> Values:
    """Return noise (n, T, C) with even power between two frequencies in Hz, as far as the readings can show them.

    Raises:
        NotApplicable: they can show none of them.
    """

    def amplitude(frequency: Values) -> Values:
        inside = (frequency >= low) & (frequency <= high)
        if not inside.any(axis=1).all():
            fastest = round(float(frequency[:, -1].min()), 6)
            hint = "the series is too slow or too short for them: choose another band, or leave the noise out"
            expected = f"series that show frequencies of {low:g} to {high:g} Hz"
            raise NotApplicable(explain(expected, "fastest", fastest, hint))
        return inside.astype(np.float64)

    return synthetic(draw, shape, time, amplitude)


def synthetic(
    draw: Draw, shape: tuple[int, int, int], time: Moments, amplitude: Callable[[Values], Values]
) -> Values:
    """Return noise (n, T, C) of mean 0 whose waves have amplitudes by frequency, (n or 1, F); its root mean square is 1."""
    count, steps, channels = shape
    if steps < 2:
        return np.where(draw.uniform(shape, stream="noise") < 0.5, -1.0, 1.0)
    waves = steps // 2
    duration = time.elapsed.max(axis=1, keepdims=True) + time.interval
    heights = amplitude(np.arange(1, waves + 1) / duration)[:, :, np.newaxis]
    real, imaginary = (
        heights * draw.normal((count, waves, channels), stream=part)
        for part in ("real", "imaginary")
    )
    spectrum = np.zeros((count, waves + 1, channels), dtype=np.complex128)
    spectrum[:, 1:].real, spectrum[:, 1:].imag = real, imaginary
    if time.even:
        return _unit(np.fft.irfft(spectrum, n=steps, axis=1))
    fine = np.fft.irfft(spectrum, n=_FINER * steps, axis=1)
    return _unit(_read(fine, time.elapsed / duration * (_FINER * steps)))


def _read(fine: Values, place: Values) -> Values:
    """Read a periodic grid between its points."""
    left = np.floor(place).astype(np.int64)
    part = (place - left)[:, :, np.newaxis]
    before, after = (
        np.take_along_axis(fine, (each % fine.shape[1])[:, :, np.newaxis], axis=1)
        for each in (left, left + 1)
    )
    return before + part * (after - before)


def _unit(noise: Values) -> Values:
    """Return the noise with a root mean square of 1 over each series."""
    power = np.sqrt(np.mean(noise**2, axis=1, keepdims=True)) if noise.shape[1] else 1.0
    return np.divide(noise, power, out=np.zeros_like(noise), where=power > 0)
