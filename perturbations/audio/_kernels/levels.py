"""What happens to each sample by itself: scaled, moved, rounded, cut; in one pass that also finds the peak.

Why: these cost what reading and writing a clip costs, so that another pass to look for NaN would double it.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit
from perturbations._kernels import magnitude, peak, top_word, words_of

Clips = NDArray[np.floating[Any]]
Floats = NDArray[np.float64]


class Passed(NamedTuple):
    """What a pass gave."""

    clips: Clips
    peak: float
    """Largest magnitude before it; NaN where a sample is none."""


@jit
def _lines(
    x: NDArray[np.float32],
    words: NDArray[np.uint32],
    factors: NDArray[np.float32],
    offsets: NDArray[np.float32],
    out: NDArray[np.float32],
) -> np.uint32:
    top = np.uint32(0)
    for row in range(len(x)):
        clip, own, made = x[row], words[row], out[row]
        factor, offset = factors[row], offsets[row]
        for i in range(clip.size):
            top = max(top, np.uint32(own[i] << np.uint32(1)))
            made[i] = clip[i] * factor + offset
    return top


@jit
def _round(
    x: NDArray[np.float32],
    words: NDArray[np.uint32],
    steps: np.float32,
    out: NDArray[np.float32],
) -> np.uint32:
    top, step = np.uint32(0), np.float32(1.0) / steps
    highest = steps - np.float32(1.0)
    for i in range(x.size):
        top = max(top, np.uint32(words[i] << np.uint32(1)))
        level = np.rint(x[i] * steps)
        level = level if level > -steps else -steps
        level = level if level < highest else highest
        out[i] = level * step
    return top


def lines(clips: Clips, factors: Floats, offsets: Floats) -> Passed:
    """Return clips (n, C, T), each times its factor plus its offset, both (n,)."""
    source = np.ascontiguousarray(clips)
    if source.dtype != np.float32:
        made = source * factors[:, np.newaxis, np.newaxis] + offsets[:, np.newaxis, np.newaxis]
        return Passed(made, peak(source))
    flat = source.reshape(len(source), -1)
    out = np.empty_like(flat)
    single = factors.astype(np.float32), offsets.astype(np.float32)
    top = _lines(flat, flat.view(np.uint32), *single, out)
    return Passed(out.reshape(clips.shape), magnitude(top, clips))


@jit
def copy_row(
    x: NDArray[np.float64], words: NDArray[np.uint64], out: NDArray[np.float64]
) -> np.uint64:
    """Copy a flat clip and return the top word, in one pass."""
    if words.itemsize == 4:
        short = np.uint32(0)
        for i in range(x.size):
            short = max(short, np.uint32(words[i] << np.uint32(1)))
            out[i] = x[i]
        return np.uint64(short)
    top = np.uint64(0)
    for i in range(x.size):
        top = max(top, np.uint64(words[i] << np.uint64(1)))
        out[i] = x[i]
    return top


def copied(clips: Clips) -> Passed:
    """Return a copy of clips in C order."""
    source = np.ascontiguousarray(clips)
    out = np.empty_like(source)
    top = copy_row(source.reshape(-1), words_of(source), out.reshape(-1))
    return Passed(out, magnitude(top, source))


@jit
def _moved(
    x: NDArray[np.float64],
    words: NDArray[np.uint64],
    late: NDArray[np.int64],
    out: NDArray[np.float64],
) -> np.uint64:
    samples, top = x.shape[2], np.uint64(0)
    for row in range(len(x)):
        first, last = max(late[row], 0), min(samples + late[row], samples)
        for c in range(x.shape[1]):
            clip, made = x[row, c], out[row, c]
            made[:first] = 0.0
            made[first:last] = clip[first - late[row] : last - late[row]]
            made[last:] = 0.0
        top = max(top, top_word(words[row]))
    return top


def moved_by(clips: Clips, late: NDArray[np.int64]) -> Passed:
    """Return clips (n, C, T) so many samples later (n,), at most their length, with silence where nothing comes."""
    source = np.ascontiguousarray(clips)
    out, words = np.empty_like(source), words_of(source).reshape(len(source), -1)
    return Passed(out, magnitude(_moved(source, words, late, out), clips))


def rounded(clips: Clips, steps: float) -> Passed:
    """Return the clips rounded to multiples of 1 / steps, `steps` a power of two, and cut to [-1, 1 - 1 / steps]."""
    if clips.dtype != np.float32:
        source = np.ascontiguousarray(clips)
        levels = np.clip(np.rint(source * steps), -steps, steps - 1.0)
        return Passed(levels / steps, peak(source))
    flat = np.ascontiguousarray(clips).reshape(-1)
    out = np.empty_like(flat)
    top = _round(flat, flat.view(np.uint32), np.float32(steps), out)
    return Passed(out.reshape(clips.shape), magnitude(top, clips))


_BINS = 4096
"""Magnitudes are sorted into so many bins, by the top bits of their words, before any are compared."""


@jit
def _kth_largest(x: NDArray[np.float64], k: int) -> float:
    """Return the k-th largest magnitude, k from 1 on, by sorting only the bin that it is in."""
    counts = np.zeros(_BINS, dtype=np.int64)
    for i in range(x.size):
        counts[_bin(x[i])] += 1
    above, place = 0, _BINS - 1
    while above + counts[place] < k:
        above += counts[place]
        place -= 1
    inside, found = np.empty(counts[place], dtype=x.dtype), 0
    for i in range(x.size):
        if _bin(x[i]) == place:
            inside[found] = abs(x[i])
            found += 1
    rank = found - (k - above)
    return np.partition(inside, rank)[rank]


@jit
def _bin(value: np.float64) -> np.int64:
    """Return the exponent and four bits of the magnitude, as a number that orders as magnitudes do."""
    word = np.float32(abs(value)).view(np.int32)
    return np.int64(word) >> 19


@jit
def _clip_share(x: NDArray[np.float64], share: float, out: NDArray[np.float64]) -> float:
    """Cut the k largest magnitudes to the k-th and return it; 0 where k is none."""
    sounding = 0
    for i in range(x.size):
        sounding += x[i] != 0.0
    saturated = np.int64(share * sounding + 0.5)
    if saturated == 0:
        out[:] = x
        return 0.0
    threshold = _kth_largest(x, saturated)
    for i in range(x.size):
        value = x[i]
        value = value if value < threshold else threshold
        out[i] = value if value > -threshold else -threshold
    return threshold


def clip_share(clips: Clips, share: float) -> tuple[Clips, NDArray[np.float64]]:
    """Return clips (n, C, T) of which exactly a share of the samples that sound are at the threshold, and that, (n,)."""
    source = np.ascontiguousarray(clips)
    flat = source.reshape(len(source), -1)
    out, thresholds = np.empty_like(flat), np.zeros(len(flat))
    for i in range(len(flat)):
        thresholds[i] = _clip_share(flat[i], share, out[i])
    return out.reshape(clips.shape), thresholds


@jit
def _companded(
    x: NDArray[np.float64],
    scale: np.float32,
    bias: np.float32,
    linear: np.float32,
    bits: np.int32,
    out: NDArray[np.float64],
) -> None:
    """Keep so many bits of the mantissa of each magnitude and set the next one: the middle of its interval.

    Magnitudes below `linear` are lifted by it meanwhile, which makes steps of equal size of them.
    """
    rest = np.int32(23) - bits
    keep, half = np.int32(-1) << rest, np.int32(1) << (rest - np.int32(1))
    top = scale - bias - np.float32(1e-3)
    for i in range(x.size):
        value = np.float32(x[i])
        magnitude = min(abs(value) * scale, top) + bias
        lift = linear if magnitude < linear else np.float32(0.0)
        word = np.float32(magnitude + lift).view(np.int32)
        level = np.int32((word & keep) | half).view(np.float32) - lift - bias
        if level < 0.0 or (bias > 0.0 and value == 0.0):
            level = np.float32(0.0)
        out[i] = (level if value >= 0.0 else -level) / scale


def companded(clips: Clips, scale: float, bias: float, linear: float, bits: int) -> Clips:
    """Return clips coded by the exponent and so many bits of the mantissa of each sample, and decoded."""
    flat = np.ascontiguousarray(clips).reshape(-1)
    out = np.empty_like(flat)
    numbers = (np.float32(scale), np.float32(bias), np.float32(linear), np.int32(bits))
    _companded(flat, *numbers, out)
    return out.reshape(clips.shape)


@jit
def _along(
    clip: NDArray[np.float64], gains: NDArray[np.float64], block: int, out: NDArray[np.float64]
) -> None:
    """Multiply (C, T) by a gain that goes on lines between its points, which are `block` samples apart."""
    for c in range(clip.shape[0]):
        for start in range(0, clip.shape[1], block):
            part, made = clip[c, start : start + block], out[c, start : start + block]
            first = gains[start // block]
            step = (gains[start // block + 1] - first) / block
            for i in range(part.size):
                made[i] = part[i] * (first + step * i)


def along(clips: Clips, gains: Floats, block: int) -> Clips:
    """Return clips (n, C, T) times gains (n, points), with lines between points `block` samples apart."""
    source = np.ascontiguousarray(clips)
    out = np.empty_like(source)
    for i in range(len(source)):
        _along(source[i], gains[i], block, out[i])
    return out
