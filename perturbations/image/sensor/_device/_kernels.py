"""Compiled loops over the rows of a sensor and over its mosaic.

Why: a row is displaced by its own fraction of a pixel, which no library resamples without rounding the fraction; and a frame
of 8 bits is too coarse for the raw path, while a library demosaics nothing finer than integers.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit
from perturbations._kernels import MANY, poisson_few, poisson_series

Values = NDArray[Any]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_BLOCK = 1024
_BLACK, _WHITE = np.float32(0), np.float32(1)
_SIXTEENTH, _EIGHTH, _QUARTER = np.float32(0.0625), np.float32(0.125), np.float32(0.25)
_HALF, _SIX_EIGHTHS = np.float32(0.5), np.float32(0.75)
_C2, _C3, _C4, _C5, _C6 = (np.float32(c) for c in (-0.01985, 0.52603, 3.63525, -2.77078, -0.37063))
"""The rendered value by powers of light to the power 1 / 4, fitted to 3 g**2 - 2 g**3 with g = light ** (1 / 2.2): the
largest error is 2.8e-5 of full scale. Roots and products are the same on any machine; powers are not, and are slow."""
_LOW_63 = np.uint64(0x7FFFFFFFFFFFFFFF)


@jit
def displace(rows: Values, shifts: Doubles, channels: int, rounding: float, out: Values) -> None:
    """Move each row to the right by its shift, linearly between pixels; the edge pixel is repeated.

    `rounding` is a half where `out` holds levels: what is stored is cut off after it has been added.
    """
    width = rows.shape[1]
    for i in range(rows.shape[0]):
        whole = math.floor(shifts[i])
        part = shifts[i] - whole
        rest = 1.0 - part
        row, moved = rows[i], out[i]
        near, far = whole * channels, (whole + 1) * channels
        first = min(max(far, 0), width)
        last = max(min(width + near, width), first)
        for j in range(first):
            moved[j] = row[j % channels]
        # Slices, so that no index is checked for being negative.
        inner, a, b = moved[first:last], row[first - near : last - near], row[first - far :]
        for j in range(inner.size):
            inner[j] = rest * a[j] + part * b[j] + rounding
        for j in range(last, width):
            moved[j] = row[width - channels + j % channels]


@jit
def _few(rate: float, word: np.uint64) -> float:
    """Return the Poisson quantile of the probability that `normal_quantile` reads from a word."""
    tail = np.float64(np.int64((word & _LOW_63) >> np.uint64(10) | np.uint64(1))) * 2.0**-54
    return poisson_few(rate, tail if word >> np.uint64(63) else 1.0 - tail)


@jit
def _many(rate: float, z: float) -> float:
    """Return the Poisson quantile of the probability of a standard normal number, where one count off is no matter."""
    return max(math.floor(poisson_series(rate, math.sqrt(max(rate, 1.0)), z)), 0.0)


@jit
def expose(
    clean: Floats,
    words: NDArray[np.uint64],
    photons: Doubles,
    electrons: Doubles,
    gain: float,
    spread: float,
    out: Floats,
) -> None:
    """Count photons of `gain` each and add read noise; `photons` are the words as normal numbers."""
    rates, counts = np.empty(_BLOCK), np.empty(_BLOCK)
    per_gain = 1.0 / gain if gain > 0.0 else 0.0
    for start in range(0, clean.size, _BLOCK):
        size = min(_BLOCK, clean.size - start)
        for j in range(size):
            rates[j] = clean[start + j] * per_gain
            counts[j] = _many(rates[j], photons[start + j])
        for j in range(size):
            if rates[j] < MANY:
                counts[j] = _few(rates[j], words[start + j])
        for j in range(size):
            signal = gain * counts[j] if gain > 0.0 else np.float64(clean[start + j])
            out[start + j] = min(signal + spread * electrons[start + j], 1.0)


@jit
def _mirror(position: int, size: int) -> int:
    """Return the row seen beyond the border: mirrored about the last one, which keeps the order of the colours."""
    position = abs(position) % (2 * size - 2)
    return min(position, 2 * size - 2 - position)


@jit
def _padded(first: Floats, second: Floats, share: np.float32, out: Floats) -> None:
    """Add `share` of a second row to a row, with two mirrored photosites at each end."""
    columns = first.size
    for x in range(columns):
        out[x + 2] = first[x] + share * second[x]
    out[0], out[1] = out[2 + _mirror(-2, columns)], out[3]
    out[columns + 2], out[columns + 3] = out[columns], out[2 + _mirror(columns + 1, columns)]


@jit
def _mix(
    here: Floats, near: Floats, far: Floats, parity: int, own: Floats, green: Floats, other: Floats
) -> None:
    """Interpolate a row that has green and its own colour; the other colour is in the rows next to it."""
    for x in range(own.size):
        site, across, along = here[x + 2], here[x + 1] + here[x + 3], near[x + 2]
        corners, greens = near[x + 1] + near[x + 3], across + along
        knights = far[x + 1] + far[x + 3] + near[x] + near[x + 4]
        at_green = _SIX_EIGHTHS * site - _EIGHTH * corners
        at_own = (x + parity) & 1 == 0
        green[x] = _QUARTER * greens if at_own else site
        own[x] = site if at_own else at_green + _HALF * across - _EIGHTH * (here[x] + here[x + 4])
        other[x] = (
            _QUARTER * corners + _EIGHTH * greens - _SIXTEENTH * knights
            if at_own
            else at_green + _HALF * along - _EIGHTH * far[x + 2]
        )


@jit
def demosaic(raw: Floats, y: int, here: Floats, near: Floats, far: Floats, out: Floats) -> None:
    """Interpolate row y of an RGGB mosaic into (3, columns): green, and what red and blue are more than green.

    Both bilinearly; written out, each colour is a sum over 5 x 5 photosites. The buffers take the row, the sum of the rows
    next to it and of the rows next but one.
    """
    rows = raw.shape[0]
    _padded(raw[y], raw[y], _BLACK, here)
    _padded(raw[_mirror(y - 1, rows)], raw[_mirror(y + 1, rows)], _WHITE, near)
    _padded(raw[_mirror(y - 2, rows)], raw[_mirror(y + 2, rows)], _WHITE, far)
    if y % 2:
        _mix(here, near, far, 1, out[2], out[1], out[0])
    else:
        _mix(here, near, far, 0, out[0], out[1], out[2])


@jit
def render(light: Floats, gain: np.float32) -> None:
    """Apply a gain, gamma and tone curve, in place."""
    for x in range(light.size):
        q = math.sqrt(math.sqrt(min(max(gain * light[x], _BLACK), _WHITE)))
        light[x] = q * q * (_C2 + q * (_C3 + q * (_C4 + q * (_C5 + q * _C6))))


@jit
def develop(clean: Floats, noisy: Floats, gains: Floats, out: Floats) -> None:
    """Demosaic and render two raw frames; return the second picture minus the first, cropped to `out`."""
    columns = clean.shape[2]
    here = np.empty(columns + 4, np.float32)
    near, far = np.empty_like(here), np.empty_like(here)
    before, after = np.empty((3, columns), np.float32), np.empty((3, columns), np.float32)
    for i in range(out.shape[0]):
        for y in range(out.shape[1]):
            demosaic(clean[i], y, here, near, far, before)
            demosaic(noisy[i], y, here, near, far, after)
            noise = out[i, y]
            for c in range(3):
                first, second = before[c], after[c]
                render(first, gains[i, c])
                render(second, gains[i, c])
                for x in range(out.shape[2]):
                    noise[x, c] = second[x] - first[x]
