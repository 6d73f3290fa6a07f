"""Diffuse reverberation: noise that dies away, behind the direct sound.

Why noise: beyond its first reflections a room's response is Gaussian noise under an exponential (Polack), and how strong it
is follows from distance, volume and T60 alone. A tail is drawn and transformed in less time than one echo path of a
modelled room takes.
"""

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw
from perturbations._draw import Keys
from perturbations.errors import BadSetting, explain

Clips = NDArray[np.floating[Any]]
Tails = NDArray[np.float32]

_SABINE = 0.161
"""Seconds per metre: T60 = 0.161 volume / absorbing area."""
_DECAY = 3.0 * math.log(10.0)
"""Nepers in 60 dB."""
_KEPT = 32
"""Rooms kept in memory."""


class Room(NamedTuple):
    """What a tail is made of."""

    t60: float
    power: float
    """Of the tail, relative to the direct sound."""
    rate: float


def reverberant_power(metres: float, volume: float, t60: float) -> float:
    """Return the power of the diffuse field over that of the direct sound of a source that radiates evenly."""
    return 16.0 * math.pi * metres**2 * t60 / (_SABINE * volume)


def keys_of_rooms(draw: Draw, count: int, rooms: int) -> Keys:
    """Return a key for the room of each clip: its own, or that of one of so many rooms of the run.

    Raises:
        BadSetting: the number is negative.
    """
    if rooms < 0:
        hint = "0 gives every clip its own"
        raise BadSetting(explain("a number of rooms of at least 0", "rooms", rooms, hint))
    if rooms == 0:
        return draw.key("room")
    which = draw.integers(0, rooms, (count,), stream="which room")
    return np.array([draw.shared(f"room {k}").key("room") for k in which], dtype=np.uint64)


def add_tails(clips: Clips, keys: Keys, room: Room, *, keep: bool) -> Clips:
    """Return clips (n, C, T) with a tail behind everything; kept in memory where several clips share a room."""
    from scipy.fft import irfft, next_fast_len, rfft

    count, channels, samples = clips.shape
    length = min(samples, math.ceil(room.t60 * room.rate))
    out = np.array(clips, order="C")
    if samples < 2 or length < 2:
        return out
    size = next_fast_len(samples + length - 1, real=True)
    make = _kept_spectra if keep else _spectra
    for row in range(count):
        spectra = make(int(keys[row]), channels, length, size, room)
        wet = irfft(rfft(clips[row], size, axis=-1) * spectra, size, axis=-1, overwrite_x=True)
        out[row] += wet[:, :samples]
    return out


def tails(key: int, channels: int, length: int, room: Room) -> Tails:
    """Return what the walls send back to an impulse, (C, length): the first sample, the direct sound, is zero."""
    from perturbations.audio._kernels.normal import normals

    noise = normals(np.uint64(key), channels * length).reshape(channels, length)
    noise *= _envelope(length, room.t60 * room.rate)
    noise[:, 0] = 0.0
    # The whole tail has the power of the room; a short clip hears the beginning of it.
    whole = -math.expm1(-2.0 * _DECAY * length / (room.t60 * room.rate))
    energy = np.sum(np.square(noise, dtype=np.float64), axis=-1, keepdims=True)
    noise *= np.sqrt(room.power * whole / energy)
    return noise


def _spectra(key: int, channels: int, length: int, size: int, room: Room) -> NDArray[Any]:
    from scipy.fft import rfft

    return np.asarray(rfft(tails(key, channels, length, room), size, axis=-1))


@lru_cache(maxsize=_KEPT)
def _kept_spectra(key: int, channels: int, length: int, size: int, room: Room) -> NDArray[Any]:
    made = _spectra(key, channels, length, size, room)
    made.flags.writeable = False
    return made


@lru_cache(maxsize=16)
def _envelope(length: int, fall: float) -> NDArray[np.float32]:
    """Return an exponential that falls by 60 dB in `fall` samples."""
    made: NDArray[np.float32] = np.exp(-_DECAY / fall * np.arange(length)).astype(np.float32)
    made.flags.writeable = False
    return made
