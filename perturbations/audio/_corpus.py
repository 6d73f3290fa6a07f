"""The clips that noise is examined on: sounding ones, those at the edge of the contract, and what is no clip."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._draw import Draw, sample_keys

RATE = 16000
"""Samples per second of the corpus and of the edge values."""


def edges() -> dict[str, Any]:
    """Return clips at the edge of the contract."""
    tone = np.sin(np.arange(400) * 0.3).astype(np.float32)
    read_only = tone.copy()
    read_only.flags.writeable = False
    click = np.zeros(400, dtype=np.float32)
    click[200] = 1.0
    return {
        "empty": np.zeros(0, dtype=np.float32),
        "empty stereo": np.zeros((2, 0)),
        "one sample": np.full(1, 0.5, dtype=np.float32),
        "one stereo sample": np.full((2, 1), 0.5),
        "two samples": np.array([0.5, -0.25]),
        "silence": np.zeros(400, dtype=np.float32),
        "constant": np.full(400, 0.25),
        "click": click,
        "square wave": np.sign(np.sin(np.arange(400) * 0.3) + 0.01),
        "beyond full scale": 4.0 * tone,
        "stereo": np.stack([tone, tone[::-1]]),
        "16 channels": np.tile(tone[:40], (16, 1)),
        "float64": tone.astype(np.float64),
        "read-only": read_only,
        "every other sample": np.repeat(tone, 2)[::2],
        "Fortran order": np.asfortranarray(np.stack([tone, tone])),
        "int16": np.rint(20000 * tone).astype(np.int16),
        "int16 at full scale": np.where(tone > 0, 32767, -32768).astype(np.int16),
        "int16 of one step": (tone > 0).astype(np.int16),
        "int16 silence": np.zeros((2, 400), dtype=np.int16),
        "int32": np.rint(tone * 2.0**30).astype(np.int32),
    }


def refused() -> dict[str, Any]:
    """Return values that are no clips."""
    tone = np.sin(np.arange(400) * 0.3)
    broken = tone.copy()
    broken[7] = np.nan
    endless = tone.copy()
    endless[7] = np.inf
    return {
        "int8": (tone * 127).astype(np.int8),
        "uint8": (tone * 127 + 128).astype(np.uint8),
        "int64": (tone * 32767).astype(np.int64),
        "float16": tone.astype(np.float16),
        "complex": tone.astype(np.complex128),
        "NaN": broken,
        "Inf": endless,
        "channels last": np.zeros((400, 2)),
        "no channel": np.zeros((0, 400)),
        "three axes": np.zeros((2, 2, 400)),
        "a list": tone.tolist(),
        "None": None,
    }


def corpus(n: int) -> list[Any]:
    """Return up to 96 synthetic speech-like clips of half a second at 16 kHz.

    They are made, not recorded: a glide of harmonics under three formants, syllables with pauses, a noise floor at -55 dB.
    """
    names = [f"clip-{i}" for i in range(min(n, 96))]
    draw = Draw.of(
        sample_keys(names), seed=0, perturbation="corpus", input="audio", position=0, replicate=0
    )
    return [_speech_like(draw.row(i)) for i in range(len(names))]


def _speech_like(draw: Draw) -> NDArray[np.float32]:
    time = np.arange(RATE // 2) / RATE
    pitch, glide, rate, phase, *formants = draw.uniform(7, stream="voice")
    cycles = (90 + 160 * pitch) * (time + 0.2 * (glide - 0.5) * time**2)
    centres = np.array([300, 900, 2300]) + np.array([500, 1300, 900]) * np.array(formants)
    voice = np.zeros_like(time)
    for harmonic in range(1, 25):
        frequency = harmonic * (90 + 160 * pitch)
        level = np.sum(1 / (1 + ((frequency - centres) / 120) ** 2)) / harmonic**0.5
        voice += level * np.sin(2 * np.pi * harmonic * cycles)
    syllables = np.clip(np.sin(2 * np.pi * ((3 + 3 * rate) * time + phase)), 0.0, None) ** 0.5
    clip = 0.3 * syllables * voice / np.abs(voice).max()
    clip += 0.0005 * draw.normal(time.size, stream="floor")
    return np.asarray(clip, dtype=np.float32)
