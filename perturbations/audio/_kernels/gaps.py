"""Stretches of a clip that are lost, and what is put in their place."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit
from perturbations._kernels import magnitude, words_of
from perturbations.audio._kernels.levels import Passed, copied, copy_row

Clips = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]


@jit
def _silence(clip: NDArray[np.float64], lost: Flags, slot: int, phase: int) -> int:
    """Silence the lost slots of (C, T) in place, the first of which began `phase` samples before the clip."""
    samples, silent = clip.shape[1], 0
    for k in range(lost.size):
        start, stop = max(k * slot - phase, 0), min((k + 1) * slot - phase, samples)
        if lost[k] and stop > start:
            clip[:, start:stop] = 0.0
            silent += stop - start
    return silent


@jit
def _silenced(
    clips: NDArray[np.float64],
    words: NDArray[np.uint64],
    lost: Flags,
    slot: int,
    phases: NDArray[np.int64],
    out: NDArray[np.float64],
    counts: NDArray[np.int64],
) -> np.uint64:
    top = np.uint64(0)
    for row in range(len(clips)):
        top = max(top, copy_row(clips[row].reshape(-1), words[row], out[row].reshape(-1)))
        counts[row] = _silence(out[row], lost[row], slot, phases[row])
    return top


def silenced(
    clips: Clips, lost: Flags, slot: int, phases: NDArray[np.int64]
) -> tuple[Passed, NDArray[np.int64]]:
    """Return clips (n, C, T) without the slots lost (n, slots), and how many samples of each that is."""
    source = np.ascontiguousarray(clips)
    out, counts = np.empty_like(source), np.zeros(len(source), dtype=np.int64)
    words = words_of(source).reshape(len(source), -1)
    top = _silenced(source, words, lost, slot, phases, out, counts)
    return Passed(out, magnitude(top, clips)), counts


@jit
def _chain(
    numbers: NDArray[np.float64], share: float, enter: float, stay: float, bad: Flags
) -> None:
    """Walk between a good and a bad state; the first is bad with probability `share`."""
    for i in range(len(numbers)):
        state = numbers[i, 0] < share
        bad[i, 0] = state
        for k in range(1, numbers.shape[1]):
            state = numbers[i, k] < (stay if state else enter)
            bad[i, k] = state


def chain(numbers: NDArray[np.float64], share: float, enter: float, stay: float) -> Flags:
    """Return which steps of two-state chains (n, steps) are bad: entered with one probability, kept with another.

    Where `enter` is at most `stay`, what is bad at a smaller share is bad at a larger one.
    """
    bad = np.zeros(numbers.shape, dtype=np.bool_)
    if numbers.shape[1]:
        _chain(numbers, share, enter, stay, bad)
    return bad


@jit
def _conceal(
    clip: NDArray[np.float64], lost: Flags, slot: int, fade: float, cross: bool, out: Any
) -> None:
    samples, before, first = clip.shape[1], -1, 0
    count = lost.size
    for k in range(count):
        if not lost[k]:
            before = k
            continue
        if before == k - 1 or k == 0:
            first = k  # of this run
        after = k + 1
        while after < count and lost[after]:
            after += 1
        run, here = after - first, k - first
        level = fade**here if before >= 0 else 0.0
        for i in range(k * slot, min((k + 1) * slot, samples)):
            part = (here * slot + (i - k * slot) + 0.5) / (run * slot) if cross else 0.0
            follows = (after * slot + i - k * slot) if after < count else samples
            for c in range(clip.shape[0]):
                old = clip[c, before * slot + i - k * slot] if before >= 0 else 0.0
                new = clip[c, follows] if cross and follows < samples else 0.0
                out[c, i] = old * level * (1.0 - part) + new * part


def concealed(clips: Clips, lost: Flags, slot: int, *, cross: bool) -> Passed:
    """Return clips (n, C, T) with something in the place of each lost packet (n, packets).

    The last that came, at half the level each further time; or with `cross`, a fade from that one to the next that
    comes.
    """
    source = np.ascontiguousarray(clips)
    passed = copied(source)
    for i in range(len(source) if source.shape[-1] else 0):
        _conceal(source[i], lost[i], slot, 1.0 if cross else 0.5, cross, passed.clips[i])
    return passed
