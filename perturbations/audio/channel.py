"""What a line, a loudspeaker or a transport does to the frequencies of a clip.

Filters run forward and backward (`_filters`): nothing is delayed, and the gain at an edge is a half.
"""

import math

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.audio._filters import low_high
from perturbations.audio._modality import Waveform
from perturbations.audio._rate import hertz
from perturbations.audio._resample import there_and_back
from perturbations.audio._said import single
from perturbations.audio._warp import time_map
from perturbations.errors import BadSetting, explain

_SAME = {"different-samples": "the filter is the same for every clip; nothing is drawn"}
_NOTCHES = (200.0, 4000.0)
"""Hz between which the centre of a lost band is drawn."""
_WOW, _FLUTTER = (0.5, 4.0), (8.0, 30.0)
"""Hz between which the slow and the fast part of a change of speed are drawn."""
_SLOW_PART = 0.7


@perturbation(batched=True, coupling="transform", exempt=_SAME)
def low_pass(
    clips: Waveform,
    draw: Draw,
    *,
    cutoff: Dose = Ladder(
        6000.0,
        3400.0,
        2000.0,
        1000.0,
        500.0,
        unit="Hz cutoff",
        none="nyquist",
        scale="log",
        low=1.0,
    ),
    order: int = 4,
    rate: float,
) -> Waveform:
    """A narrow line or a muffled microphone: frequencies above the cutoff are lost.

    A Butterworth filter runs forward and backward, so nothing is delayed and the gain at frequency f is
    1 / (1 + (tan(pi f / rate) / tan(pi cutoff / rate)) ** (2 order)): a half (-6 dB) at the cutoff. A cutoff at or above
    half the sampling rate leaves the clip as it is. 3400 Hz is the telephone band.

    Severity: cutoff frequency in Hz; lower is worse.

    Settings:
        order: of the Butterworth filter.

    Raises:
        BadSetting: `order` is not between 1 and 12.

    References: Butterworth 1930; ITU-T G.712 (telephone band).
    """
    return low_high(clips, 0.0, cutoff, order, hertz(rate))


@perturbation(batched=True, coupling="transform", exempt=_SAME)
def high_pass(
    clips: Waveform,
    draw: Draw,
    *,
    cutoff: Dose = Ladder(
        150.0, 300.0, 600.0, 1200.0, 2400.0, unit="Hz cutoff", scale="log", high=1e6
    ),
    order: int = 4,
    rate: float,
) -> Waveform:
    """A small loudspeaker or a rumble filter: frequencies below the cutoff are lost.

    A Butterworth filter without delay, as in low-pass; the gain is a half at the cutoff. The ladder is of octaves about
    the lower edge of the telephone band, 300 Hz; our choice.

    Severity: cutoff frequency in Hz; higher is worse.

    Settings:
        order: of the Butterworth filter.

    Raises:
        BadSetting: `order` is not between 1 and 12.
        NotApplicable: the cutoff is not below half the sampling rate.

    References: Butterworth 1930; ITU-T G.712 (telephone band).
    """
    return low_high(clips, cutoff, math.inf, order, hertz(rate))


@perturbation(batched=True, coupling="transform", exempt=_SAME)
def band_pass(
    clips: Waveform,
    draw: Draw,
    *,
    width: Dose = Ladder(
        5.0, 4.0, 3.0, 2.0, 1.0, unit="octaves", none=math.inf, scale="reciprocal", low=0.1
    ),
    centre: float = 1000.0,
    order: int = 4,
    rate: float,
) -> Waveform:
    """A megaphone, an intercom, a very small loudspeaker: only a band about `centre` comes through.

    A Butterworth filter without delay, as in low-pass; the edges are centre x 2^(-width / 2) and centre x 2^(width / 2),
    where the gain is a half. An edge that is not below half the sampling rate is none. The ladder is our choice.

    Severity: width of the band in octaves; fewer is worse.

    Settings:
        centre: middle of the band in Hz, on a scale of octaves.
        order: of the Butterworth filter.

    Raises:
        BadSetting: `order` is not between 1 and 12, or the centre is not positive.
        NotApplicable: the band is not below half the sampling rate.

    References: Butterworth 1930.
    """
    _check_centre(centre)
    half = 2.0 ** (width / 2)
    return low_high(clips, centre / half, centre * half, order, hertz(rate))


@perturbation(batched=True, coupling="transform")
def band_stop(
    clips: Waveform,
    draw: Draw,
    *,
    width: Dose = Ladder(0.25, 0.5, 1.0, 2.0, 3.0, unit="octaves"),
    centre: float = 0.0,
    order: int = 2,
    rate: float,
) -> Noisy:
    """A notch against howling, a dip of the room, a blocked port: one band of frequencies is missing.

    A Butterworth filter without delay, as in low-pass; the gain is a half at the edges of the band. Its centre is drawn
    for each clip, among the semitones from 200 Hz to 4 kHz (0.4 of the sampling rate, if that is lower). The ladder is our
    choice.

    Severity: width of the missing band in octaves; more is worse.

    Settings:
        centre: middle of the band in Hz; 0 draws it.
        order: of the Butterworth filter.

    Raises:
        BadSetting: `order` is not between 1 and 12, or the centre is negative.

    References: Butterworth 1930. audiomentations 0.43.1, BandStopFilter.
    """
    hz = hertz(rate)
    if centre:
        _check_centre(centre)
    centres = np.full(len(clips), centre) if centre else _semitones(draw, len(clips), hz)
    half, noisy = 2.0 ** (width / 2), np.empty_like(clips, order="C")
    for row, middle in enumerate(centres.tolist()):
        each = slice(row, row + 1)
        noisy[each] = low_high(clips[each], middle / half, middle * half, order, hz, stop=True)
    return Noisy(noisy, report=single(len(clips), centre=centres))


@perturbation(batched=True, coupling="transform", exempt=_SAME)
def telephone_band(
    clips: Waveform,
    draw: Draw,
    *,
    high: Dose = Ladder(
        7000.0,
        5000.0,
        3400.0,
        2700.0,
        2000.0,
        unit="Hz upper edge",
        none="nyquist",
        scale="log",
        low=1.0,
    ),
    low: Dose = Ladder(50.0, 200.0, 300.0, 400.0, 500.0, unit="Hz lower edge"),
    rate: float,
) -> Waveform:
    """A call: what is left between the edges of a telephone line, from wideband to a bad old one.

    A Butterworth band-pass of order 4 without delay, both edges moving together. Severity 0.2 is wideband telephony (50
    to 7000 Hz), 0.6 the telephone band (300 to 3400 Hz); what lies between and beyond is our choice. An upper edge that is
    not below half the sampling rate is none. The codes of telephony are noises of their own (mu-law, gsm): chain them.

    Severity: upper edge of the band in Hz; lower is worse.

    References: ITU-T G.722 (wideband); ITU-T G.712 (telephone band).
    """
    return low_high(clips, low, high, 4, hertz(rate))


@perturbation(batched=True, coupling="transform", exempt=_SAME, requires=("audio",))
def downsampling(
    clips: Waveform,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.75, 0.5, 0.33, 0.25, 0.125, unit="of the sampling rate", none=1.0, low=0.01, high=1.0
    ),
) -> Waveform:
    """A recording kept at a lower sampling rate, and brought back to its own: what is above half of that is gone.

    Resampled there and back by soxr at high quality, through linear-phase filters: length and timing are the clip's.
    0.5 of 16 kHz is the 8 kHz of telephony.

    Severity: share of the sampling rate that is kept; less is worse.

    Raises:
        MissingExtra: soxr, which comes with audiomentations, is not installed.

    References: Shah et al. 2024, Speech Robust Bench (0.75, 0.5, 0.25 and 0.125; the one between is ours).
    """
    return there_and_back(clips, share)


@perturbation(
    batched=True,
    coupling="transform",
    exempt={"different-samples": "every clip is sampled alike; nothing is drawn"},
)
def aliasing(
    clips: Waveform,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.75, 0.5, 0.33, 0.25, 0.125, unit="of the sampling rate", none=1.0, low=0.01, high=1.0
    ),
) -> Waveform:
    """A converter without a filter in front: what is above half of its lower rate folds back as false tones.

    The clip is read at moments 1 / share samples apart, between its samples by a line, and lines are drawn between what
    was read. Nothing is filtered, which is the fault; length and timing are the clip's.

    Severity: share of the sampling rate that is kept; less is worse.

    References: Shannon 1949. audiomentations 0.43.1, Aliasing. The ladder is that of downsampling.
    """
    from perturbations.audio._kernels.coarse import coarse

    return coarse(clips, share)


@perturbation(batched=True, coupling="transform")
def wow_and_flutter(
    clips: Waveform,
    draw: Draw,
    *,
    deviation: Dose = Ladder(0.1, 0.3, 1.0, 2.0, 4.0, unit="% of the speed", high=30.0),
    rate: float,
) -> Noisy:
    """A worn tape or a record off centre: the speed wavers, and with it pitch and timing.

    The speed deviates by a slow sine (wow, 0.5 to 4 Hz, seven tenths of the peak) and a fast one (flutter, 8 to 30 Hz),
    whose frequencies and phases are drawn. The clip is read at the moments that this gives, between its samples by a
    windowed sinc; it starts in time, keeps its length, and moments, segments and frames move along. What is read from
    beyond the end is silent.

    Severity: peak deviation in per cent: 0.1 is a good cassette deck, 0.3 a portable one; beyond that, our choice.

    References: IEC 60386 (measurement of speed fluctuations).
    """
    hz, samples = hertz(rate), clips.shape[-1]
    u = draw.uniform((len(clips), 4), stream="motion")
    time = np.arange(samples) / hz
    late = np.zeros((len(clips), samples))
    parts = ((_WOW, _SLOW_PART), (_FLUTTER, 1.0 - _SLOW_PART))
    for k, ((slowest, fastest), part) in enumerate(parts):
        turns = 2.0 * np.pi * slowest * (fastest / slowest) ** u[:, 2 * k, np.newaxis]
        phase = 2.0 * np.pi * u[:, 2 * k + 1, np.newaxis]
        late += part / turns * (np.cos(turns * time + phase) - np.cos(phase))
    places = np.arange(samples) - deviation / 100.0 * hz * late
    from perturbations.audio._kernels.warp import read_at

    moved = float(np.abs(places[0] - np.arange(samples)).max(initial=0.0)) / hz * 1000.0
    report = single(len(clips), most_ms=[moved]) if len(clips) else {}
    return Noisy(read_at(clips, places), mapping=time_map(places, hz), report=report)


def _check_centre(centre: float) -> None:
    if not 0 < centre < math.inf:
        raise BadSetting(explain("a frequency above 0 Hz", "centre", centre))


def _semitones(draw: Draw, count: int, rate: float) -> NDArray[np.float64]:
    """Return a drawn frequency for each clip: one of few, so that few filters are designed."""
    lowest, highest = _NOTCHES[0], max(min(_NOTCHES[1], 0.4 * rate), _NOTCHES[0])
    steps = int(12 * math.log2(highest / lowest)) + 1
    drawn = draw.integers(0, steps, (count,), stream="centre")
    return lowest * 2.0 ** (drawn / 12.0)
