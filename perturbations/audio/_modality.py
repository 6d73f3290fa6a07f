"""What a clip of audio is: (T,) mono or (C, T) channels first, or (T, C) where the fact `layout` is "TC".

Samples are float32 or float64 of full scale 1, finite, or PCM of 16 or 32 bits (int16, int32). Floating-point samples are
never clipped to full scale, so that a signal-to-noise ratio stays exact; a device that clips is a noise of its own
(audio/clipping). PCM is worked on in floating point, then rounded and cut to its full scale: it cannot hold more, so that the
ratio is exact only as far as nothing is cut and no noise is below its steps. The report says how many samples were cut and
how many changed, and the measure `clipped` tells their share. Other integers are refused: their full scale is a convention that only the caller knows.
"""

import math
from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations._modality import Context, Modality
from perturbations.audio._corpus import RATE, corpus, edges, refused
from perturbations.audio._distance import MEASURES, measure
from perturbations.errors import BadValue, explain

Waveform = NDArray[np.floating[Any]]
"""Clips in working form: (C, T), or (n, C, T) for a batch."""

LARGEST = 1e12
"""Largest amplitude taken; float samples of any integer format are far below."""

FAMILIES = ("noise", "room", "level", "distortion", "channel", "codec", "time")
"""The way of the sound: what else sounds, the room, the level, the converter, the line, the coder, the clock."""

_TOO_MANY_CHANNELS = 8
"""A clip with this many times more channels than samples was given the wrong way round."""
_ARRAY = 256
"""Channels of the largest array of microphones: a layout that was declared is believed up to so many."""
_LAYOUTS = ("CT", "TC")
_SMALL = 8192
"""Fewer samples than this are looked through by numpy, so that small clips alone never load the kernels."""
_PCM = {np.dtype(np.int16): np.float32, np.dtype(np.int32): np.float64}
"""What PCM is worked on as: exactly the same numbers, divided by full scale."""


class _Given(NamedTuple):
    """How the clip came, to give it back alike."""

    mono: bool
    dtype: np.dtype[Any]
    time_first: bool = False


def check(value: Any, context: Context, batched: bool) -> None:
    """Raise BadValue unless `value` is a clip (or a stack of n clips)."""
    if not isinstance(value, np.ndarray):
        raise BadValue(explain("a clip as a numpy array", "value", value, "np.asarray(clip)"))
    _check_dtype(value)
    _check_shape(value.shape[1:] if batched else value.shape, value, _layout(context))
    if value.size and value.dtype.kind == "f" and not context.scans:
        check_peak(_peak(value), value)


def _layout(context: Context) -> str | None:
    layout = context.facts.get("layout")
    if layout is not None and layout not in _LAYOUTS:
        expected = "the fact layout to be CT (channels, samples) or TC (samples, channels)"
        raise BadValue(explain(expected, "layout", layout))
    return layout


def _check_dtype(value: NDArray[Any]) -> None:
    if value.dtype.newbyteorder("=") in _PCM:
        return
    if value.dtype.kind != "f" or value.dtype.itemsize not in (4, 8):
        expected = "a clip of float32, float64, int16 or int32"
        raise BadValue(explain(expected, "value", value, _dtype_hint(value.dtype)))


def _dtype_hint(dtype: np.dtype[Any]) -> str:
    if dtype.kind == "u":
        half = 2 ** (8 * dtype.itemsize - 1)
        return f"unsigned samples: (clip.astype(np.float32) - {half}) / {half} has full scale 1"
    if dtype.kind == "i":
        return "divide by its full scale: clip / 128.0 for 8 bits, clip / 8388608.0 for 24 bits"
    return "convert it: clip.astype(np.float32)"


def _check_shape(shape: tuple[int, ...], value: NDArray[Any], layout: str | None) -> None:
    if len(shape) not in (1, 2):
        expected = "a clip of shape (samples,) or (channels, samples)"
        raise BadValue(explain(expected, "value", value))
    if len(shape) == 1:
        return
    channels, samples = shape[::-1] if layout == "TC" else shape
    if channels == 0:
        raise BadValue(explain("a clip of at least one channel", "value", value))
    most = max(_TOO_MANY_CHANNELS * samples, _ARRAY if layout else 0)
    if samples and channels > most:
        other = "CT" if layout == "TC" else "TC"
        hint = f'say facts={{"layout": "{other}"}} if it is {_axes(other)}, or pass clip.T'
        raise BadValue(explain(f"a clip of shape {_axes(layout or 'CT')}", "value", value, hint))


def _axes(layout: str) -> str:
    return "(samples, channels)" if layout == "TC" else "(channels, samples)"


def check_peak(largest: float, value: NDArray[Any]) -> None:
    """Raise BadValue unless the largest magnitude of a clip, which may be NaN, is one of sound."""
    if largest <= LARGEST:
        return
    if math.isfinite(largest):
        raise BadValue(explain(f"amplitudes of at most {LARGEST:g}", "peak", largest))
    broken = int(value.size - np.isfinite(value).sum())
    hint = (
        f"{broken} of {value.size} samples are NaN or infinite; np.nan_to_num(clip) silences them"
    )
    raise BadValue(explain("a finite clip", "value", value, hint))


def _peak(value: NDArray[Any]) -> float:
    if value.size < _SMALL or not value.flags.c_contiguous or not value.dtype.isnative:
        return max(abs(float(value.max())), abs(float(value.min())))
    from perturbations._kernels import peak

    return peak(value)


def full_scale(dtype: np.dtype[Any]) -> float:
    """Return the amplitude of full scale: 1, or that of the PCM format."""
    return 1.0 if dtype.kind == "f" else 2.0 ** (8 * dtype.itemsize - 1)


def encode(value: NDArray[Any], context: Context, batched: bool) -> tuple[Waveform, _Given]:
    """Return the clip as (C, T) of full scale 1, and how it came."""
    mono = value.ndim == 1 + batched
    time_first = not mono and _layout(context) == "TC"
    working = value[..., np.newaxis, :] if mono else value
    if time_first:
        working = np.ascontiguousarray(np.swapaxes(working, -1, -2))
    given = _Given(mono, value.dtype, time_first)
    native = working.dtype.newbyteorder("=")
    if native.kind == "f":
        return working.astype(native, copy=False), given
    return np.multiply(working, 1.0 / full_scale(native), dtype=_PCM[native]), given


def decode(working: Waveform, given: _Given, context: Context, batched: bool) -> NDArray[Any]:
    """Return the clip as it came; PCM is rounded, and cut to its full scale."""
    value = working[..., 0, :] if given.mono else working
    if given.time_first:
        value = np.ascontiguousarray(np.swapaxes(value, -1, -2))
    if given.dtype.kind == "f":
        return value.astype(given.dtype, copy=False)
    scale = full_scale(given.dtype)
    levels = _levels(value, given.dtype)
    return np.clip(levels, -scale, scale - 1, out=levels).astype(given.dtype)


def _levels(value: Waveform, dtype: np.dtype[Any]) -> Waveform:
    """Return samples of full scale 1 as levels of a PCM format, rounded, not cut."""
    native = dtype.newbyteorder("=")
    levels = np.multiply(value, full_scale(native), dtype=_PCM[native])
    return np.rint(levels, out=levels)


def told(clean: Waveform, noisy: Waveform, given: _Given) -> Mapping[str, int]:
    """Return how many samples PCM is too small for, and, of a clip as long as before, how many are others once rounded."""
    if given.dtype.kind == "f":
        return {}
    levels = _levels(noisy, given.dtype)
    found = {"beyond_full_scale": int(np.count_nonzero(levels != _cut(levels, given.dtype)))}
    if clean.shape == noisy.shape:
        before = _levels(clean, given.dtype)
        found["samples_changed"] = int(np.count_nonzero(_cut(levels, given.dtype) != before))
    return found


def _cut(levels: Waveform, dtype: np.dtype[Any]) -> Waveform:
    scale = full_scale(dtype)
    return np.clip(levels, -scale, scale - 1)


def signature(value: Any) -> Hashable:
    """Return shape and dtype; clips that share them can be stacked."""
    return getattr(value, "shape", None), str(getattr(value, "dtype", type(value)))


def distance(clean: Any, noisy: Any, context: Context) -> dict[str, float]:
    """Return every measure of one pair of clips; the shorter one is followed by silence. Only PCM can be clipped.

    Raises:
        BadValue: the clips have different numbers of channels.
    """
    before, after = (encode(value, context, False)[0] for value in (clean, noisy))
    if len(before) != len(after):
        raise BadValue(explain(f"a noisy clip of {len(before)} channel(s)", "noisy", noisy))
    found = measure(before, after, context.facts.get("rate"))
    return found if noisy.dtype.kind == "f" else found | {"clipped": _clipped(clean, noisy)}


def _clipped(clean: NDArray[Any], noisy: NDArray[Any]) -> float:
    """Return the share of the samples that are at full scale and were not."""
    ends = np.iinfo(noisy.dtype)
    at_end = (noisy == ends.min) | (noisy == ends.max)
    if clean.shape == noisy.shape:
        at_end &= noisy != clean
    return float(np.mean(at_end)) if noisy.size else 0.0


MODALITY = Modality(
    name="audio",
    check=check,
    encode=encode,
    decode=decode,
    told=told,
    measures=MEASURES,
    distance=distance,
    edges=edges,
    bad=refused,
    corpus=corpus,
    facts={"rate": RATE},
    signature=signature,
    stack=np.stack,
    families=FAMILIES,
)
