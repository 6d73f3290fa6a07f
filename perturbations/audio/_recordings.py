"""Sound files of the user's as noise or as impulse responses: found, read once, resampled, kept.

Why kept: a sweep asks for the same files at every severity. Reading goes through soundfile where it is installed; PCM wav
files are read without it, to the same numbers.
"""

import math
import wave
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw
from perturbations._extras import require
from perturbations.errors import BadSetting, MissingExtra, explain

Sound = NDArray[np.float32]

SUFFIXES = (
    ".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".snd", ".caf", ".w64", ".rf64",
)  # fmt: skip
"""What a file in a folder is called to count as a recording."""

LONGEST = 600
"""Seconds that are read of a recording."""
_KEPT = 64
"""Recordings kept in memory."""
_TRIES = 16
"""Moments that are drawn before recordings count as silent."""


class _Read(NamedTuple):
    sound: Sound
    """(C, T), full scale 1."""
    rate: int


@dataclass(frozen=True, slots=True)
class Recordings:
    """The recordings in a file or folder."""

    where: str
    """Path of the file or folder."""

    def stretch(self, draw: Draw, shape: tuple[int, ...], rate: float) -> Sound:
        """Return a drawn stretch (C, T) of a drawn recording at a sampling rate; the first one tried that is not silent.

        Raises:
            BadSetting: there are none, one cannot be read, or they are silent.
            MissingExtra: soundfile is needed and is not installed.
        """
        files = found(self.where)
        choices = draw.uniform((_TRIES, 2), stream="stretch")
        for which, moment in choices.tolist():
            sound = recording(files[int(which * len(files))], rate)
            piece = _piece(sound, moment, shape[-1])
            if piece.any():
                return _spread(piece, shape[0])
        hint = "are the files empty, or is their sound in another channel?"
        raise BadSetting(explain("recordings that are not silent", "file", self.where, hint))


def found(where: str) -> tuple[Path, ...]:
    """Return the sound files at a path: itself, or those in the folder, by name.

    Raises:
        BadSetting: there is no such path, or no sound file in the folder.
    """
    path = Path(where).expanduser()
    if path.is_file():
        return (path,)
    if not path.is_dir():
        hint = f"relative paths start at {Path.cwd()}"
        raise BadSetting(explain("a sound file or a folder of them", "file", where, hint))
    files = _listed(path, path.stat().st_mtime_ns)
    if not files:
        hint = f"files named {', '.join(SUFFIXES[:6])}, ... are looked for, to any depth"
        raise BadSetting(explain("a folder with sound files", "file", where, hint))
    return files


@lru_cache(maxsize=16)
def _listed(folder: Path, changed: int) -> tuple[Path, ...]:
    return tuple(
        sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    )


def recording(path: Path, rate: float) -> Sound:
    """Return a recording (C, T) at a sampling rate.

    Raises:
        BadSetting: the file cannot be read, or its rate has no simple ratio to the clip's.
        MissingExtra: soundfile is needed and is not installed.
    """
    return _recording(path, path.stat().st_mtime_ns, rate)


@lru_cache(maxsize=_KEPT)
def _recording(path: Path, changed: int, rate: float) -> Sound:
    read = _read(path)
    if not read.sound.size:
        hint = "the file holds no samples"
        raise BadSetting(explain("a recording", "file", str(path), hint))
    if not np.isfinite(read.sound).all():
        hint = "it holds NaN or infinite samples"
        raise BadSetting(explain("a recording of finite samples", "file", str(path), hint))
    sound = _resampled(read, rate, path)
    sound.flags.writeable = False
    return sound


def _read(path: Path) -> _Read:
    try:
        soundfile = require("soundfile", extra="audio")
    except MissingExtra:
        if path.suffix.lower() != ".wav":
            raise
        return _read_wav(path)
    try:
        with soundfile.SoundFile(path) as source:
            frames = source.read(LONGEST * source.samplerate, dtype="float32", always_2d=True)
            return _Read(np.ascontiguousarray(frames.T), source.samplerate)
    except (soundfile.SoundFileError, OSError) as error:
        raise BadSetting(explain("a sound file", "file", str(path), str(error))) from error


def _read_wav(path: Path) -> _Read:
    """Read PCM without soundfile."""
    try:
        with wave.open(str(path)) as source:
            form = source.getparams()
            raw = source.readframes(min(form.nframes, LONGEST * form.framerate))
    except wave.Error as error:
        message = f'{path}: {error}\n  install it with: pip install "noisebench[audio]"'
        raise MissingExtra(f"soundfile is needed to read {message}") from error
    except (EOFError, OSError) as error:
        raise BadSetting(explain("a sound file", "file", str(path), str(error))) from error
    samples = _from_pcm(raw, form.sampwidth).reshape(-1, form.nchannels)
    return _Read(np.ascontiguousarray(samples.T), form.framerate)


def _from_pcm(raw: bytes, width: int) -> Sound:
    """Return samples of full scale 1; those of 8 bits are unsigned, wider ones little-endian."""
    if width == 1:
        return (np.frombuffer(raw, np.uint8).astype(np.float32) - 128) / np.float32(128)
    if width == 3:
        wide = np.zeros((len(raw) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        return (wide.reshape(-1).view("<i4") / 2.0**31).astype(np.float32)
    return (np.frombuffer(raw, f"<i{width}") / 2.0 ** (8 * width - 1)).astype(np.float32)


def _resampled(read: _Read, rate: float, path: Path) -> Sound:
    """Return the sound at another rate, through a linear-phase filter: nothing is delayed."""
    if rate == read.rate:
        return read.sound
    ratio = Fraction(rate).limit_denominator(1000) / read.rate
    if max(ratio.numerator, ratio.denominator) > 10_000:
        hint = f"resample it to {rate:g} Hz"
        raise BadSetting(explain("a rate in a simple ratio to the clip's", "rate", read.rate, hint))
    from scipy.signal import resample_poly

    made = resample_poly(read.sound, ratio.numerator, ratio.denominator, axis=-1)
    return np.ascontiguousarray(made, dtype=np.float32)


def _piece(sound: Sound, moment: float, samples: int) -> Sound:
    """Return so many samples from a moment in [0, 1) of where they can begin; a shorter sound goes round."""
    length = sound.shape[-1]
    if length >= samples:
        start = int(moment * (length - samples + 1))
        return sound[:, start : start + samples]
    start = int(moment * length)
    turned = np.concatenate([sound[:, start:], sound[:, :start]], axis=-1)
    return np.tile(turned, math.ceil(samples / length))[:, :samples]


def _spread(sound: Sound, channels: int) -> Sound:
    """Return a sound on so many channels: as they are where they are as many, else its mean on all."""
    if len(sound) != channels:
        sound = np.broadcast_to(sound.mean(axis=0), (channels, sound.shape[-1]))
    return np.ascontiguousarray(sound, dtype=np.float32)
