"""Quantile functions over arrays, shared by every modality.

Why: a normal number is the inverse distribution of one 64-bit word, read from a table of cubics (one per octave
of the tail probability and 64 steps within it; relative error below 1e-8). Only additions and products are
needed at run time, so the same noise can be made on any machine, and bits never depend on a math library's log.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import GOLDEN, bits64, jit, mix64, uniform64

Floats = NDArray[np.float64]

_LOW_BITS = 2.0**26
"""Shifts the upper half of a 53-bit number out, so that its lower half is left."""
_OCTAVES = 44
_STEPS = 64
_SQRT_2 = math.sqrt(2.0)
_TO_NORMAL = math.sqrt(2.0 * math.pi)
_WORST_CUBIC = 2e-8
"""More than the table of cubics is ever off."""
_SIGN = np.uint64(63)
MANY = 4.0
"""From this rate on Poisson quantiles start from Giles's asymptotic series, below it probabilities are added."""
_FAR = 4.0
"""Beyond so many standard deviations, and below the rate `_SURE`, the error of the series is not known."""
_SURE = 1000.0
_HUGE = 2.0**40
"""From this rate on a count is below the resolution of the uniform number, and the series is the answer."""


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
def _fill_keys(
    run: np.uint64,
    samples: NDArray[np.uint64],
    stream: np.uint64,
    made: NDArray[np.uint64],
    keys: NDArray[np.uint64],
) -> None:
    base = mix64(run + GOLDEN)
    for i in range(samples.size):
        made[i] = mix64(base + samples[i])
        keys[i] = mix64(mix64(made[i] + GOLDEN) + stream)


def keyed(
    run: int, samples: NDArray[np.uint64], stream: int
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the keys of samples in a run, and those of a stream of theirs: `_draw.combine` twice, in one pass."""
    made, keys = np.empty(samples.size, dtype=np.uint64), np.empty(samples.size, dtype=np.uint64)
    _fill_keys(np.uint64(run), samples, np.uint64(stream), made, keys)
    return made, keys


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


CUBICS = _cubics()
"""The table of `normal_of`: kernels take it as an argument."""


@jit
def _tail_normal(tail: np.int64, cubics: Floats) -> float:
    """Return the normal number that is exceeded with a probability of tail / 2**54, 0 < tail < 2**53."""
    image = np.float64(tail).view(np.int64)  # the exponent is the octave
    octave = min(np.int64(1023 + 52) - (image >> 52), np.int64(_OCTAVES - 1))
    fraction = image & np.int64(0xFFFFFFFFFFFFF)
    step = fraction >> 46
    t = np.float64(fraction & np.int64(0x3FFFFFFFFFFF)) * 2.0**-46
    c = cubics[octave * _STEPS + step]
    return c[0] + t * (c[1] + t * (c[2] + t * c[3]))


@jit
def normal_of(word: np.uint64, cubics: Floats) -> float:
    """Return the standard normal number of a 64-bit word, from the table `CUBICS`; the top bit is the sign."""
    # 52 bits below the sign bit, odd, so never zero.
    tail = (word & np.uint64(0x7FFFFFFFFFFFFFFF)) >> np.uint64(10) | np.uint64(1)
    # A product, since a branch on the sign would be guessed wrong half the time.
    return _tail_normal(np.int64(tail), cubics) * (1.0 - 2.0 * np.float64(np.int64(word >> _SIGN)))


@jit
def _normals(words: NDArray[np.uint64], cubics: Floats, out: Floats) -> None:
    for i in range(words.size):
        out[i] = normal_of(words[i], cubics)


def normal_quantile(words: NDArray[np.uint64]) -> Floats:
    """Turn 64-bit words into standard normal numbers; the top bit is the sign."""
    out = np.empty(words.size)
    _normals(words, CUBICS, out)
    return out


_exact_tail_normal = jit(_upper_quantile)


@jit
def poisson_few(rate: float, u: float) -> float:
    """Return the Poisson quantile of u by adding probabilities from zero."""
    probability = math.exp(-rate)
    total, count = probability, 0.0
    while u >= total and probability > 1e-18:
        count += 1.0
        probability *= rate / count
        total += probability
    return count


@jit
def poisson_series(rate: float, root: float, z: float) -> float:
    """Return the number whose integer part is the Poisson quantile of a standard normal number, but for `_slack`.

    Giles 2016, "Algorithm 955: approximation of the inverse Poisson cumulative distribution function"; `root` is
    the square root of the rate.
    """
    per, square = 1.0 / root, z * z
    first = rate + root * z + (2.0 + square) * (1.0 / 6.0)
    second = z * (2.0 + square) * (-1.0 / 72.0)
    third = -8.0 / 405.0 + square * (7.0 / 810.0) + square * square * (1.0 / 270.0)
    return first + per * (second + per * third)


@jit
def _slack(rate: float, root: float, z: float) -> float:
    """Return more than the series is off: by our comparison with the incomplete gamma, for rates from `MANY` on.

    Beyond 4 standard deviations it holds for rates from 1000 on. The last part is rounding.
    """
    square = z * z
    series = 0.025 + square * square * square * (1.0 / 600.0)
    return series / (rate * root) + 1e-15 * rate


@jit
def _mass(count: float, rate: float) -> float:
    """Return a Poisson probability, from the deviance of the count: large terms that cancel are never made."""
    if count < 16.0:
        return math.exp(count * math.log(rate) - rate - math.lgamma(count + 1.0))
    apart = (rate - count) / count
    deviance = count * (apart - math.log1p(apart))
    per = 1.0 / count
    stirling = per * (1.0 / 12.0 - per * per * (1.0 / 360.0 - per * per * (1.0 / 1260.0)))
    return math.exp(-deviance - stirling) / math.sqrt(2.0 * math.pi * count)


@jit
def _reaches(count: float, rate: float, tail: float, upper: bool) -> bool:
    """Tell whether the quantile is at least `count`, by adding the probabilities of the tail in question."""
    j = count if upper else count - 1.0
    term = _mass(j, rate) if j >= 0.0 else 0.0
    total = term
    while j >= 0.0 and (term > 1e-17 * total or (j < rate) == upper):
        if upper:
            j += 1.0
            term *= rate / j
        else:
            term *= j / rate
            j -= 1.0
        total += term
    return total >= tail if upper else total <= tail


@jit
def _poisson_near(rate: float, tail: float, upper: bool, z: float) -> float:
    """Return the quantile where the table and the series cannot tell: rarely, so that it may take its time."""
    root = math.sqrt(rate)
    if rate >= _SURE:
        z = _exact_tail_normal(tail) if upper else -_exact_tail_normal(tail)
    guess = poisson_series(rate, root, z)
    count = max(np.floor(guess + 0.5), 0.0)
    sure = rate >= _SURE and abs(guess - count) > _slack(rate, root, z)
    if sure or not rate < _HUGE:  # so that no number that is infinite or none at all is counted to
        return max(np.floor(guess), 0.0)
    # Only in the tails may the series be off by more than one.
    if _reaches(count, rate, tail, upper):
        while abs(z) >= _FAR and _reaches(count + 1.0, rate, tail, upper):
            count += 1.0
        return count
    count -= 1.0
    while abs(z) >= _FAR and count > 0.0 and not _reaches(count, rate, tail, upper):
        count -= 1.0
    return count


@jit
def _poissons(rates: Floats, words: NDArray[np.uint64], cubics: Floats, out: Floats) -> None:
    for i in range(rates.size):
        rate, whole = rates[i], np.int64(words[i] >> np.uint64(11))
        if rate < MANY:
            out[i] = poisson_few(rate, np.float64(whole) * 2.0**-53)
            continue
        upper = whole >= np.int64(2**52)
        tail = max(np.int64(2**54) - 2 * whole if upper else 2 * whole, np.int64(1))
        z = _tail_normal(min(tail, np.int64(2**53 - 1)), cubics)
        z = z if upper else -z
        root = math.sqrt(rate)
        guess = poisson_series(rate, root, z)
        slack = _slack(rate, root, z) + _WORST_CUBIC * root
        certain = abs(guess - math.floor(guess + 0.5)) > slack and abs(z) < _FAR
        if certain and rate < _HUGE:
            out[i] = math.floor(guess)
        else:
            out[i] = _poisson_near(rate, np.float64(tail) * 2.0**-54, upper, z)


def poisson_quantile(rates: Floats, words: NDArray[np.uint64]) -> Floats:
    """Return the smallest count whose Poisson distribution function exceeds u, the top 53 bits of a word."""
    out = np.empty(rates.size)
    _poissons(rates, words, CUBICS, out)
    return out


@jit
def top_word(words: NDArray[np.uint64]) -> np.uint64:
    """Return the largest of 32-bit or 64-bit words without their top bits: the sign of floating-point numbers."""
    if words.itemsize == 4:
        short = np.uint32(0)
        for i in range(words.size):
            short = max(short, np.uint32(words[i] << np.uint32(1)))
        return np.uint64(short)
    top = np.uint64(0)
    for i in range(words.size):
        top = max(top, np.uint64(words[i] << np.uint64(1)))
    return top


def words_of(values: NDArray[Any]) -> NDArray[Any]:
    """Return C-ordered float32 or float64 numbers as their words, flat."""
    return values.reshape(-1).view(np.uint32 if values.itemsize == 4 else np.uint64)


def magnitude(top: int, values: NDArray[Any]) -> float:
    """Return the number whose word, without its sign, is the top one of these values."""
    word = np.array(int(top) >> 1, dtype=np.uint32 if values.itemsize == 4 else np.uint64)
    return float(word.view(values.dtype))


def peak(values: NDArray[Any]) -> float:
    """Return the largest magnitude of C-ordered float32 or float64 numbers; NaN where one is not a number.

    The words of floating-point numbers order as their magnitudes do, and compare faster than they add up.
    """
    return magnitude(top_word(words_of(values)), values)
