"""Quantile functions over arrays, shared by every modality.

Why: a normal number is the inverse distribution of one 64-bit word, read from a table of cubics (one per octave
of the tail probability and 64 steps within it; relative error below 1e-8). Only additions and products are
needed at run time, so the same noise can be made on any machine, and bits never depend on a math library's log.
"""

import math

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import bits64, jit, uniform64

Floats = NDArray[np.float64]

_LOW_BITS = 2.0**26
"""Shifts the upper half of a 53-bit number out, so that its lower half is left."""
_OCTAVES = 44
_STEPS = 64
_SQRT_2 = math.sqrt(2.0)
_TO_NORMAL = math.sqrt(2.0 * math.pi)
_SMALL_RATE = 64.0
"""Up to this rate a Poisson quantile is found by adding probabilities; above it by the incomplete gamma."""


@jit
def _fill_bits(keys: NDArray[np.uint64], out: NDArray[np.uint64]) -> None:
    for i in range(keys.size):
        for k in range(out.shape[1]):
            out[i, k] = bits64(keys[i], k)


def bits(keys: NDArray[np.uint64], count: int) -> NDArray[np.uint64]:
    """Return the first `count` words of each stream, shape (n, count)."""
    out = np.empty((keys.size, count), dtype=np.uint64)
    _fill_bits(keys, out)
    return out


@jit
def _fill_uniforms(
    keys: NDArray[np.uint64], starts: NDArray[np.int64], out: NDArray[np.float64]
) -> None:
    for i in range(keys.size):
        for k in range(starts[i + 1] - starts[i]):
            out[starts[i] + k] = uniform64(keys[i], k)


def uniforms(keys: NDArray[np.uint64], starts: NDArray[np.int64]) -> Floats:
    """Return the first numbers in [0, 1) of each stream, one after the other; `starts` says where each begins."""
    out = np.empty(int(starts[-1]))
    _fill_uniforms(keys, starts, out)
    return out


@jit
def _fill_below(
    keys: NDArray[np.uint64],
    starts: NDArray[np.int64],
    share: float,
    ends: NDArray[np.int64],
    units: NDArray[np.int64],
    how: NDArray[np.float64],
) -> None:
    found = 0
    for i in range(keys.size):
        ends[i] = found
        for k in range(starts[i + 1] - starts[i]):
            number = uniform64(keys[i], k)
            if number < share:
                units[found] = k
                low = number * _LOW_BITS
                how[found] = low - math.floor(low)
                found += 1
    ends[keys.size] = found


def below(
    keys: NDArray[np.uint64], starts: NDArray[np.int64], share: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Return which of the first numbers of each stream are below a share: starts, places, lower bits."""
    ends = np.empty(keys.size + 1, dtype=np.int64)
    units, how = np.empty(int(starts[-1]), dtype=np.int64), np.empty(int(starts[-1]))
    _fill_below(keys, starts, share, ends, units, how)
    return ends, units[: ends[-1]], how[: ends[-1]]


def _upper_quantile(tail: float) -> float:
    """Solve P(Z > x) = tail for x >= 0, by Newton steps on log P from the Mills-ratio start."""
    x = math.sqrt(max(0.0, -2.0 * math.log(2.0 * tail)))
    for _ in range(60):
        survival = 0.5 * math.erfc(x / _SQRT_2)
        density = math.exp(-0.5 * x * x) / _TO_NORMAL
        step = (math.log(survival) - math.log(tail)) * survival / density
        x += step
        if abs(step) < 1e-15 * max(1.0, x):
            break
    return x


def _cubics() -> Floats:
    """Fit one cubic a segment, through its ends and two inner Chebyshev points: shape (octaves * steps, 4)."""
    nodes = np.array([0.0, 0.25, 0.75, 1.0])
    inverse = np.linalg.inv(np.vander(nodes, 4, increasing=True))
    table = np.empty((_OCTAVES * _STEPS, 4))
    for octave in range(_OCTAVES):
        for step in range(_STEPS):
            tails = (1.0 + (step + nodes) / _STEPS) * 2.0 ** -(octave + 2)
            table[octave * _STEPS + step] = inverse @ [_upper_quantile(tail) for tail in tails]
    return table


_CUBICS = _cubics()


@jit
def _normals(words: NDArray[np.uint64], cubics: Floats, out: Floats) -> None:
    for i in range(words.size):
        word = words[i]
        # 52 bits below the sign bit, odd, so never zero; the exponent is the octave.
        tail = (word & np.uint64(0x7FFFFFFFFFFFFFFF)) >> np.uint64(10) | np.uint64(1)
        image = np.float64(np.int64(tail)).view(np.int64)
        octave = min(np.int64(1023 + 52) - (image >> 52), np.int64(_OCTAVES - 1))
        fraction = image & np.int64(0xFFFFFFFFFFFFF)
        step = fraction >> 46
        t = np.float64(fraction & np.int64(0x3FFFFFFFFFFF)) * 2.0**-46
        c = cubics[octave * _STEPS + step]
        x = c[0] + t * (c[1] + t * (c[2] + t * c[3]))
        out[i] = -x if word >> np.uint64(63) else x


def normal_quantile(words: NDArray[np.uint64]) -> Floats:
    """Turn 64-bit words into standard normal numbers; the top bit is the sign."""
    out = np.empty(words.size)
    _normals(words, _CUBICS, out)
    return out


@jit
def _small_poisson(rates: Floats, uniforms: Floats, out: Floats) -> None:
    for i in range(rates.size):
        rate, u = rates[i], uniforms[i]
        if rate > _SMALL_RATE:
            continue
        probability = math.exp(-rate)
        total, k = probability, 0.0
        while u >= total and probability > 1e-300 and k < 1000.0:
            k += 1.0
            probability *= rate / k
            if total + probability == total and k > rate:
                break
            total += probability
        out[i] = k


def poisson_quantile(rates: Floats, uniforms: Floats) -> Floats:
    """Return the smallest count whose Poisson distribution function exceeds u, for each rate."""
    out = np.zeros(rates.size)
    _small_poisson(rates, uniforms, out)
    large = rates > _SMALL_RATE
    if large.any():
        from scipy.special import pdtr, pdtrik

        rate, u = rates[large], np.clip(uniforms[large], 2.0**-60, 1 - 2.0**-53)
        k = np.maximum(np.floor(pdtrik(u, rate)), 0.0)
        k += pdtr(k, rate) <= u
        out[large] = k
    return out
