"""What a clip of audio is: (T,) mono or (C, T) channels first, float32 or float64, finite.

Why: the value is never clipped to full scale, so that a signal-to-noise ratio stays exact; a device that clips is a noise
of its own (audio/clipping). Integers are refused because their full scale is a convention that only the caller knows.
"""

import math
from collections.abc import Hashable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations._draw import Draw, sample_keys
from perturbations._modality import Context, Measure, Modality
from perturbations.errors import BadValue, explain

Waveform = NDArray[np.floating[Any]]
"""Clips in working form: (C, T), or (n, C, T) for a batch."""

RATE = 16000
"""Samples per second of the corpus and of the edge values."""

LARGEST = 1e12
"""Largest amplitude taken; float samples of any integer format are far below."""

_TOO_MANY_CHANNELS = 8
"""A clip with this many times more channels than samples was given the wrong way round."""


class _Given(NamedTuple):
    """How the clip came, to give it back alike."""

    mono: bool
    dtype: np.dtype[Any]


def check(value: Any, context: Context, batched: bool) -> None:
    """Raise BadValue unless `value` is a clip (or a stack of n clips)."""
    if not isinstance(value, np.ndarray):
        raise BadValue(explain("a clip as a numpy array", "value", value, "np.asarray(clip)"))
    _check_dtype(value)
    _check_shape(value.shape[1:] if batched else value.shape, value)
    if value.size:
        _check_finite(value)


def _check_dtype(value: NDArray[Any]) -> None:
    if value.dtype.kind in "iu":
        full_scale = 2 ** (8 * value.dtype.itemsize - 1)
        hint = (
            f"integer samples: divide by {full_scale} (clip / {full_scale}.0) to get full scale 1"
        )
        raise BadValue(explain("a clip of float32 or float64", "value", value, hint))
    if value.dtype.kind != "f" or value.dtype.itemsize not in (4, 8):
        hint = "convert it: clip.astype(np.float32)"
        raise BadValue(explain("a clip of float32 or float64", "value", value, hint))


def _check_shape(shape: tuple[int, ...], value: NDArray[Any]) -> None:
    if len(shape) not in (1, 2) or (len(shape) == 2 and shape[0] == 0):
        expected = "a clip of shape (samples,) or (channels, samples)"
        raise BadValue(explain(expected, "value", value))
    if len(shape) == 2 and shape[1] and shape[0] > _TOO_MANY_CHANNELS * shape[1]:
        hint = "it looks like (samples, channels): pass clip.T"
        raise BadValue(explain("a clip of shape (channels, samples)", "value", value, hint))


def _check_finite(value: NDArray[Any]) -> None:
    peak = max(abs(float(value.max())), abs(float(value.min())))
    if peak <= LARGEST:
        return
    if math.isfinite(peak):
        raise BadValue(explain(f"amplitudes of at most {LARGEST:g}", "peak", peak))
    broken = int(value.size - np.isfinite(value).sum())
    hint = (
        f"{broken} of {value.size} samples are NaN or infinite; np.nan_to_num(clip) silences them"
    )
    raise BadValue(explain("a finite clip", "value", value, hint))


def encode(value: NDArray[Any], context: Context, batched: bool) -> tuple[Waveform, _Given]:
    """Return the clip as (C, T), and how it came."""
    mono = value.ndim == 1 + batched
    working = value[..., np.newaxis, :] if mono else value
    native = working.dtype.newbyteorder("=")
    return working.astype(native, copy=False), _Given(mono, value.dtype)


def decode(working: Waveform, given: _Given, context: Context, batched: bool) -> NDArray[Any]:
    """Return the clip as it came; not clipped."""
    value = working[..., 0, :] if given.mono else working
    return value.astype(given.dtype, copy=False)


def signature(value: Any) -> Hashable:
    """Return shape and dtype; clips that share them can be stacked."""
    return getattr(value, "shape", None), str(getattr(value, "dtype", type(value)))


def distance(clean: Any, noisy: Any, context: Context) -> dict[str, float]:
    """Return the signal-to-noise ratio in dB (identical: inf) and the share of samples that differ.

    Raises:
        BadValue: the clips have different shapes.
    """
    if clean.shape != noisy.shape:
        raise BadValue(explain(f"a noisy clip of shape {clean.shape}", "noisy", noisy))
    error = noisy.astype(np.float64) - clean
    return {
        "snr": snr(float(np.sum(np.square(clean, dtype=np.float64))), float(np.sum(error**2))),
        "changed": float(np.mean(noisy != clean)) if clean.size else 0.0,
    }


def snr(signal: float, noise: float) -> float:
    """Return the ratio of two powers in dB: inf without noise, -inf for noise on silence."""
    if noise == 0.0:
        return math.inf
    return 10.0 * math.log10(signal / noise) if signal > 0.0 else -math.inf


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
    }


def bad() -> dict[str, Any]:
    """Return values that are no clips."""
    tone = np.sin(np.arange(400) * 0.3)
    broken = tone.copy()
    broken[7] = np.nan
    endless = tone.copy()
    endless[7] = np.inf
    return {
        "int16": (tone * 32767).astype(np.int16),
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


MODALITY = Modality(
    name="audio",
    check=check,
    encode=encode,
    decode=decode,
    measures={"snr": Measure("dB", -1), "changed": Measure("share of samples", +1)},
    distance=distance,
    edges=edges,
    bad=bad,
    corpus=corpus,
    facts={"rate": RATE},
    signature=signature,
    stack=np.stack,
)
