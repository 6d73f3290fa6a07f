"""Lossy compression."""

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._extras import require
from perturbations.audio._modality import Waveform
from perturbations.audio._rate import hertz
from perturbations.errors import NotApplicable, explain

_BITRATES = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 192, 224, 256, 320)
"""Bit rates of MPEG layer 3 that the encoder takes, kbit/s."""

_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
"""Sampling rates of MPEG layer 3, Hz."""

_SHORTEST = 0.1
"""Seconds that the encoder needs; a shorter clip is padded with silence and cut again."""


@perturbation(coupling="codec", requires=("audio",))
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
    are the clip's. One or two channels are encoded together, more of them one by one.

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
    parts = [clip] if len(clip) <= 2 else [clip[i : i + 1] for i in range(len(clip))]
    decoded = np.concatenate([_round_trip(part, int(rate), kilobits) for part in parts])
    return Noisy(decoded, report={"bitrate": kilobits})


def _round_trip(clip: Waveform, rate: int, kilobits: int) -> Waveform:
    """Encode and decode (C, T), C of 1 or 2."""
    codec = require("audiomentations", extra="audio").Mp3Compression(kilobits, kilobits, p=1.0)
    # Frozen, it draws nothing from the global generators.
    codec.parameters = {"should_apply": True, "bitrate": kilobits}
    codec.freeze_parameters()
    samples = clip.shape[-1]
    padding = max(0, int(np.ceil(_SHORTEST * rate)) - samples)
    padded = np.pad(clip.astype(np.float32), ((0, 0), (0, padding)))
    decoded: Waveform = codec(padded, rate)[:, :samples]
    return decoded
