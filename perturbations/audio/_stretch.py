"""Pace and pitch changed one without the other, by Signalsmith Stretch, which audiomentations brings along.

Why this one: it is fast, keeps attacks within a few ms of where they belong, and draws no random numbers up to twice the
length.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._extras import require

Clip = NDArray[np.floating[Any]]


def stretched(clip: Clip, pace: float, rate: float) -> Clip:
    """Return a clip (C, T) at another pace: `pace` times as fast."""
    return _processed(clip, rate, pace=pace)


def pitched(clip: Clip, semitones: float, rate: float) -> Clip:
    """Return a clip (C, T) with its pitch moved by semitones."""
    return _processed(clip, rate, semitones=semitones)


def _processed(clip: Clip, rate: float, *, pace: float = 1.0, semitones: float = 0.0) -> Clip:
    """Run one or two channels together, more of them one by one."""
    if clip.size == 0:
        return clip.copy()
    parts = [clip] if len(clip) <= 2 else [clip[i : i + 1] for i in range(len(clip))]
    done = []
    for part in parts:
        stretch = require("python_stretch", extra="audio").Signalsmith.Stretch()
        stretch.preset(len(part), round(rate))
        if pace != 1.0:
            stretch.setTimeFactor(pace)
        if semitones:
            stretch.setTransposeSemitones(semitones)
        made = stretch.process(np.array(part, dtype=np.float32, order="C"))
        done.append(np.atleast_2d(np.asarray(made)))
    return np.concatenate(done)
