"""Compiled loops over the rows of a sensor and over its mosaic.

Why: a row is displaced by its own fraction of a pixel, which no library resamples without rounding the fraction; and a frame
of 8 bits is too coarse for the raw path, while a library demosaics nothing finer than integers.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit

Values = NDArray[Any]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

MANY = 4.0
"""From this rate on Poisson quantiles come from Giles's asymptotic series, below it by adding probabilities."""
_BLOCK = 1024
_BLACK, _WHITE = np.float32(0), np.float32(1)
_HALF, _QUARTER = np.float32(0.5), np.float32(0.25)
_C2, _C3, _C4, _C5, _C6 = (np.float32(c) for c in (-0.01985, 0.52603, 3.63525, -2.77078, -0.37063))
"""The rendered value by powers of light to the power 1 / 4, fitted to 3 g**2 - 2 g**3 with g = light ** (1 / 2.2): the
largest error is 2.8e-5 of full scale. Roots and products are the same on any machine; powers are not, and are slow."""
_LOW_63 = np.uint64(0x7FFFFFFFFFFFFFFF)


@jit
def displace(rows: Values, shifts: Doubles, channels: int, rounding: float, out: Values) -> None:
    """Move each row to the right by its shift, linearly between pixels; the edge pixel is repeated.

    `rounding` is a half where `out` holds levels: what is stored is cut off after it has been added.
    """
    width = rows.shape[1] // channels
    for i in range(rows.shape[0]):
        whole = math.floor(shifts[i])
        part = shifts[i] - whole
        rest = 1.0 - part
        row, moved = rows[i], out[i]
        for x in range(width):
            near = min(max(x - whole, 0), width - 1) * channels
            far = min(max(x - whole - 1, 0), width - 1) * channels
            for c in range(channels):
                moved[x * channels + c] = rest * row[near + c] + part * row[far + c] + rounding


@jit
def _few(rate: float, word: np.uint64) -> float:
    """Return the Poisson quantile of the probability that `normal_quantile` reads from a word."""
    tail = np.float64(np.int64((word & _LOW_63) >> np.uint64(10) | np.uint64(1))) * 2.0**-54
    u = tail if word >> np.uint64(63) else 1.0 - tail
    probability = math.exp(-rate)
    total, count = probability, 0.0
    while u >= total and count < 100.0:
        count += 1.0
        probability *= rate / count
        total += probability
    return count


@jit
def _many(rate: float, z: float) -> float:
    """Return the Poisson quantile of the probability of a standard normal number."""
    root, square = math.sqrt(max(rate, 1.0)), z * z
    per = 1.0 / root
    first = rate + root * z + (2.0 + square) * (1.0 / 6.0)
    second = z * (2.0 + square) * (-1.0 / 72.0)
    third = -8.0 / 405.0 + square * (7.0 / 810.0) + square * square * (1.0 / 270.0)
    return max(math.floor(first + per * (second + per * third)), 0.0)


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
def _line(raw: Floats, y: int, here: Floats, along: Floats, out: Floats) -> None:
    """Demosaic row y of an RGGB mosaic bilinearly into (3, columns).

    Beyond the border the frame is mirrored about its last photosite, which keeps the order of the colours.
    """
    rows, columns = raw.shape
    above, row, below = raw[y - 1 if y else 1], raw[y], raw[y + 1 if y < rows - 1 else rows - 2]
    for x in range(columns):
        here[x + 1] = row[x]
        along[x + 1] = above[x] + below[x]
    for line in (here, along):
        line[0], line[columns + 1] = line[2], line[columns - 1]
    # A row has green and one other colour, here its own; the third is in the rows above and below.
    parity = y % 2
    own, green, other = (out[2], out[1], out[0]) if parity else (out[0], out[1], out[2])
    for x in range(columns):
        sides = here[x] + here[x + 2]
        at_own = (x + parity) % 2 == 0
        own[x] = here[x + 1] if at_own else _HALF * sides
        green[x] = _QUARTER * (sides + along[x + 1]) if at_own else here[x + 1]
        other[x] = _QUARTER * (along[x] + along[x + 2]) if at_own else _HALF * along[x + 1]


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
    here, along = np.empty(columns + 2, np.float32), np.empty(columns + 2, np.float32)
    before, after = np.empty((3, columns), np.float32), np.empty((3, columns), np.float32)
    for i in range(out.shape[0]):
        for y in range(out.shape[1]):
            _line(clean[i], y, here, along, before)
            _line(noisy[i], y, here, along, after)
            noise = out[i, y]
            for c in range(3):
                first, second = before[c], after[c]
                render(first, gains[i, c])
                render(second, gains[i, c])
                for x in range(out.shape[2]):
                    noise[x, c] = second[x] - first[x]
