"""Recordings kept in few bits: encoded, decoded, and put back where they were.

Why: an encoder looks ahead and a decoder begins late, MP3 by some 100 ms. Length and timing are the clip's here: every
codec's delay is taken off, which the tests verify by cross-correlation.
"""

from functools import cache
from typing import Any

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._extras import require
from perturbations.audio._modality import Waveform
from perturbations.audio._rate import hertz
from perturbations.audio._resample import fitted, resampled
from perturbations.audio._soundfile import Form, round_trip
from perturbations.errors import NotApplicable, explain

_BITRATES = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 192, 224, 256, 320)
"""Bit rates of MPEG layer 3 that the encoder takes, kbit/s."""

_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
"""Sampling rates of MPEG layer 3, Hz."""

_MP3_TAIL = 1152
"""Samples of silence that are coded behind a clip: the decoder is late by 529, and what is still in it would be lost."""

_VORBIS_MOST = 200_000
"""Highest sampling rate of Vorbis, Hz; libsndfile crashes above it."""

_OPUS_RATES = (8000, 12000, 16000, 24000, 48000)
"""Sampling rates of Opus, Hz."""

_OPUS_LEAST, _OPUS_MOST = 6.0, 256.0
"""Bit rates that libsndfile asks of Opus, kbit/s a channel."""

_SHORTEST = 0.1
"""Seconds that the encoder needs; a shorter clip is padded with silence and cut again."""


@perturbation(coupling="codec", measure="lsd", requires=("audio",))
def mp3_compression(
    clip: Waveform,
    draw: Draw,
    *,
    bitrate: Dose = Ladder(
        64.0, 48.0, 32.0, 16.0, 8.0, unit="kbit/s", none=320.0, scale="log", low=8.0, high=320.0
    ),
    rate: float,
) -> Noisy:
    """A recording kept as MP3: the encoder drops what it takes to be inaudible, then ever more.

    Encoded by LAME at the next bit rate of the standard (at least the dose), decoded, and aligned: length and timing
    are the clip's, to its last sample. LAME itself turns the level down to 0.95 (-0.4 dB), which bounds the signal-to-noise
    ratio at 26 dB but not the spectral distance. One or two channels are encoded together, more of them one by one.

    Severity: bit rate in kbit/s; lower is worse.

    Raises:
        NotApplicable: MP3 has no such sampling rate.
        MissingExtra: audiomentations is not installed.

    References: audiomentations 0.43.1, Mp3Compression; ISO/IEC 11172-3.
    """
    if hertz(rate) not in _RATES:
        rates = ", ".join(map(str, _RATES))
        hint = "resample the clip to one of them"
        raise NotApplicable(explain(f"a sampling rate of MP3 ({rates})", "rate", rate, hint))
    kilobits = next(each for each in _BITRATES if each >= bitrate)
    if clip.size == 0:
        return Noisy(clip.copy(), report={"bitrate": kilobits})
    decoded = np.concatenate([_mp3(part, int(rate), kilobits) for part in _together(clip)])
    return Noisy(decoded, report={"bitrate": kilobits})


@perturbation(coupling="codec", requires=("audio",))
def vorbis_compression(
    clip: Waveform,
    draw: Draw,
    *,
    quality: Dose = Ladder(8.0, 6.0, 4.0, 2.0, 0.0, unit="q of 10", none=10.0, low=0.0, high=10.0),
    rate: float,
) -> Noisy:
    """A recording kept as Ogg Vorbis, as in games and archives: pre-echo and a duller treble.

    Encoded and decoded by libsndfile at a variable bit rate, which depends on the rate, the channels and the clip; the
    report gives it. Length and timing are the clip's. Files of quality 5 and more are rarely told from the original.

    Severity: quality as Vorbis counts it; lower is worse. The steps are our choice.

    Raises:
        NotApplicable: Vorbis does not take this sampling rate.
        MissingExtra: soundfile is not installed.

    References: Xiph.Org Foundation, Vorbis I specification.
    """
    if hertz(rate) > _VORBIS_MOST:
        hint = "resample the clip"
        raise NotApplicable(explain(f"a rate of at most {_VORBIS_MOST} Hz", "rate", rate, hint))
    return _coded(clip, hertz(rate), Form("OGG", "VORBIS", 1.0 - quality / 10.0))


@perturbation(coupling="codec", requires=("audio",))
def opus_compression(
    clip: Waveform,
    draw: Draw,
    *,
    bitrate: Dose = Ladder(
        32.0,
        24.0,
        16.0,
        10.0,
        6.0,
        unit="kbit/s a channel",
        none=_OPUS_MOST,
        scale="log",
        low=_OPUS_LEAST,
        high=_OPUS_MOST,
    ),
    rate: float,
) -> Noisy:
    """A call over the internet, a voice message: Opus at few bits, which narrows the band and codes speech by a model.

    Encoded and decoded by libsndfile at a variable bit rate around the dose; the report gives the one that came about.
    A clip at another rate than 8, 12, 16, 24 or 48 kHz is resampled to the next of them and back, as encoders do. Length
    and timing are the clip's.

    Severity: bit rate in kbit/s a channel; lower is worse. 24 is full quality for speech, 6 the least that there is.

    Raises:
        MissingExtra: soundfile or soxr is not installed.

    References: IETF RFC 6716, Definition of the Opus Audio Codec.
    """
    hz = hertz(rate)
    taken = next((each for each in _OPUS_RATES if each >= hz), _OPUS_RATES[-1])
    form = Form("OGG", "OPUS", 1.0 - (bitrate - _OPUS_LEAST) / (_OPUS_MOST - _OPUS_LEAST))
    if taken == hz or clip.size == 0:
        return _coded(clip, hz, form)
    there = resampled(clip.astype(np.float32), taken / hz)
    coded = _coded(there, float(taken), form)
    back = fitted(resampled(coded.value, hz / taken), clip.shape[-1])
    return Noisy(back, report=coded.report)


def _coded(clip: Waveform, rate: float, form: Form) -> Noisy:
    """Encode and decode a clip; one or two channels together, more of them one by one."""
    if clip.size == 0:
        return Noisy(clip.copy(), report={"kbit/s": 0.0})
    done = [round_trip(_lengthened(part, rate), rate, form) for part in _together(clip)]
    decoded = np.concatenate([each.clip for each in done])[:, : clip.shape[-1]]
    return Noisy(decoded, report={"kbit/s": sum(each.kilobits for each in done)})


def _together(clip: Waveform) -> list[Waveform]:
    return [clip] if len(clip) <= 2 else [clip[i : i + 1] for i in range(len(clip))]


def _lengthened(clip: Waveform, rate: float, *, tail: int = 0) -> Waveform:
    padding = tail + max(0, int(np.ceil(_SHORTEST * rate)) - clip.shape[-1])
    return np.pad(clip.astype(np.float32), ((0, 0), (0, padding)))


def _mp3(clip: Waveform, rate: int, kilobits: int) -> Waveform:
    """Encode and decode (C, T), C of 1 or 2."""
    coder = _mp3_coder(kilobits)
    decoded: Waveform = coder(_lengthened(clip, rate, tail=_MP3_TAIL), rate)[:, : clip.shape[-1]]
    return decoded


@cache
def _mp3_coder(kilobits: int) -> Any:
    coder = require("audiomentations", extra="audio").Mp3Compression(kilobits, kilobits, p=1.0)
    # Frozen, it draws nothing from the global generators.
    coder.parameters = {"should_apply": True, "bitrate": kilobits}
    coder.freeze_parameters()
    return coder
