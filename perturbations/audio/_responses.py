"""Impulse responses: the user's, or that of a small office by image sources."""

import math
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw, sample_keys
from perturbations.audio._recordings import Sound, found, recording
from perturbations.errors import BadSetting, explain

Clip = NDArray[np.floating[Any]]
Floats = NDArray[np.float64]

_OFFICE = np.array([6.0, 4.0, 2.7])
"""Metres."""
_OFFICE_T60 = 0.4
_MARGIN = 0.5
"""Metres between the walls and what stands in the office."""
_SOUND = 343.0
"""Metres a second."""
_PLACES = 16
"""Pairs of places in the office among which is drawn."""


class Response(NamedTuple):
    """What comes of an impulse at the talker's."""

    sound: Sound
    """(C, L)."""
    origin: int
    """The sample that is no delay."""


def response(file: str, draw: Draw, channels: int, rate: float) -> Response:
    """Return the reflections of a drawn room for so many channels: its response without the direct sound.

    The direct sound would have an amplitude of 1 at the origin.

    Raises:
        BadSetting: a file cannot be read, or is silent.
    """
    if file:
        files = found(file)
        path = files[int(draw.uniform(stream="room") * len(files))]
        whole = _aligned(str(path), path.stat().st_mtime_ns, rate)
    else:
        whole = _office(int(draw.integers(0, _PLACES, stream="room")), rate)
    sound = whole.sound if len(whole.sound) in (1, channels) else whole.sound[:1]
    return Response(sound, whole.origin)


def convolved(clip: Clip, through: Response) -> Clip:
    """Return a clip (C, T) through a response, at its length; what is longer than the clip is not heard."""
    from scipy.fft import irfft, next_fast_len, rfft

    samples = clip.shape[-1]
    if samples == 0:
        return clip.copy()
    first = max(through.origin - samples + 1, 0)
    heard = through.sound[:, first : through.origin + samples]
    size = next_fast_len(samples + heard.shape[-1] - 1, real=True)
    product = rfft(clip, size, axis=-1) * rfft(heard, size, axis=-1)
    start = through.origin - first
    made: Clip = irfft(product, size, axis=-1)[:, start : start + samples]
    return made


@lru_cache(maxsize=64)
def _aligned(path: str, changed: int, rate: float) -> Response:
    """Return a recorded response with the highest peak of each channel at the same sample, scaled to 1 and taken out."""
    sound = recording(Path(path), rate).astype(np.float64)
    peaks = np.abs(sound).argmax(axis=-1)
    heights = np.take_along_axis(sound, peaks[:, np.newaxis], axis=-1)
    if not heights.all():
        hint = "a channel of it has no samples but zeros"
        raise BadSetting(explain("an impulse response", "file", path, hint))
    origin, length = int(peaks.max()), sound.shape[-1]
    out = np.zeros((len(sound), length + origin - int(peaks.min())), dtype=np.float32)
    for channel, peak in enumerate(peaks):
        start = origin - peak
        out[channel, start : start + length] = sound[channel] / heights[channel]
    return _without_direct(out, origin)


@lru_cache(maxsize=2 * _PLACES)
def _office(place: int, rate: float) -> Response:
    """Return the reflections of the office for one of the pairs of places."""
    key = sample_keys([f"place-{place}"])[0]
    draw = Draw.of(key, seed=0, perturbation="office", input="", position=0, replicate=0)
    talker, microphone = _MARGIN + draw.uniform((2, 3)) * (_OFFICE - 2 * _MARGIN)
    impulses = image_sources(_OFFICE, talker, microphone, _OFFICE_T60, rate)
    direct = int(np.flatnonzero(impulses)[0])
    rest = impulses[np.newaxis, direct:] / impulses[direct]
    return _without_direct(rest.astype(np.float32), 0)


def _without_direct(sound: Sound, origin: int) -> Response:
    sound[:, origin] = 0.0
    sound.flags.writeable = False
    return Response(sound, origin)


def image_sources(
    size: Floats, talker: Floats, microphone: Floats, t60: float, rate: float
) -> Floats:
    """Return the impulse response of a box of equal walls, each image at its nearest sample.

    The walls absorb as much as Sabine's formula asks for the T60. They turn the sign of what they send back, so that
    reflections do not pile up to a constant (Lehmann and Johansson 2008).
    """
    volume, surface = float(np.prod(size)), 2.0 * float(np.sum(np.prod(size) / size))
    absorbed = 24.0 * math.log(10.0) * volume / (_SOUND * surface * t60)
    kept = math.sqrt(max(0.0, 1.0 - min(absorbed, 1.0)))
    reach = _SOUND * t60
    axes = [_images(length, source, reach) for length, source in zip(size, talker, strict=True)]
    squares = [(place - ear) ** 2 for (place, _), ear in zip(axes, microphone, strict=True)]
    far = np.sqrt(squares[0][:, None, None] + squares[1][None, :, None] + squares[2][None, None, :])
    bounces = axes[0][1][:, None, None] + axes[1][1][None, :, None] + axes[2][1][None, None, :]
    inside = far < reach
    samples = np.rint(far[inside] / _SOUND * rate).astype(int)
    levels = (-kept) ** bounces[inside] / far[inside]
    return np.asarray(np.bincount(samples, weights=levels), dtype=np.float64)


def _images(length: float, source: float, reach: float) -> tuple[Floats, NDArray[np.int64]]:
    """Return where the images of a source stand along one axis, and how often each was reflected."""
    n = np.arange(-math.ceil(reach / (2 * length)) - 1, math.ceil(reach / (2 * length)) + 2)
    places = np.concatenate([2 * n * length + source, 2 * n * length - source])
    bounces = np.concatenate([np.abs(2 * n), np.abs(2 * n - 1)])
    return places, bounces
