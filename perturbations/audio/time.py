"""Time that is lost, moved, stretched or counted by a wrong clock.

What moves time says where every moment went: declared event times, segments and labels of frames move along.
"""

import math

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._action import Action
from perturbations._time_map import TimeMap
from perturbations.audio._modality import Waveform, check_peak
from perturbations.audio._rate import hertz
from perturbations.audio._resample import resampled
from perturbations.audio._said import single
from perturbations.audio._signs import signs
from perturbations.audio._stretch import pitched, stretched
from perturbations.errors import BadSetting, explain

_FAR = {"coupled": "a voice at another pitch is no nearer, sample by sample, to one still further"}
_TIMES = ("either", "late", "early")
_PACES = ("either", "faster", "slower")
_PITCHES = ("either", "up", "down")
_PPM = 1e-6


@perturbation(batched=True, coupling="mask", measure="changed", scans=True)
def dropout(
    clips: Waveform,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="share of time", high=1.0),
    gap: float = 20.0,
    rate: float,
) -> Noisy:
    """A loose contact: slots of `gap` milliseconds fall silent on all channels.

    Each slot is lost with probability `share`, independently, so runs of lost slots are geometric and the share of
    time lost is right in expectation. The first slot begins at a drawn phase. A slot lost at one severity is lost
    at every higher one. Losses in bursts, and their concealment, are packet-loss.

    Severity: share of time lost.

    Settings:
        gap: length of a slot in ms.

    Raises:
        BadSetting: `gap` is not positive.

    References: ITU-T G.191, random frame erasure.
    """
    if not gap > 0:
        raise BadSetting(explain("a gap of more than 0 ms", "gap", gap))
    from perturbations.audio._kernels.gaps import silenced

    count, samples = len(clips), clips.shape[-1]
    slot = max(1, round(min(gap, 1e9) * hertz(rate) / 1000.0))
    phases = (draw.uniform((count,), stream="phase") * slot).astype(np.int64)
    lost = draw.uniform((count, samples // slot + 2), stream="slots") < share
    passed, silent = silenced(clips, lost, slot, phases)
    check_peak(passed.peak, clips)
    return Noisy(passed.clips, report=single(count, share=silent / max(samples, 1)))


@perturbation(
    batched=True, coupling="transform", measure="lag", scans=True,
    action=Action("shifts in time", "sum"),
)  # fmt: skip
def shift(
    clips: Waveform,
    draw: Draw,
    *,
    by: Dose = Ladder(10.0, 25.0, 50.0, 100.0, 200.0, unit="ms", high=1e6),
    direction: str = "either",
    rate: float,
) -> Noisy:
    """A recorder that starts early or late: the whole clip is moved, and what it moves away from is silent.

    Rounded to whole samples, which are copied. The length stays: what is moved out of the clip is lost. Moments, segments
    and frames move along.

    Severity: time in ms; our choice.

    Settings:
        direction: "late" or "early"; "either" draws it for each clip.

    Raises:
        BadSetting: the direction is none of these.

    References: audiomentations 0.43.1, Shift.
    """
    hz, samples = hertz(rate), clips.shape[-1]
    steps = min(int(abs(by) * hz / 1000.0 + 0.5), samples)
    late = (math.copysign(steps, by) * signs(draw, len(clips), direction, _TIMES)).astype(int)
    from perturbations.audio._kernels.levels import moved_by

    noisy, peak = moved_by(clips, late)
    check_peak(peak, clips)
    if len(clips) != 1:
        return Noisy(noisy)
    moved = TimeMap.linear(samples / hz, delay=float(late[0]) / hz)
    return Noisy(noisy, mapping=moved, report={"late_ms": float(late[0]) / hz * 1000.0})


@perturbation(batched=True, coupling="transform")
def clock_drift(
    clips: Waveform,
    draw: Draw,
    *,
    skew: Dose = Ladder(50.0, 100.0, 200.0, 500.0, 1000.0, unit="ppm", high=1e5),
    after: float = 0.0,
    direction: str = "either",
    rate: float,
) -> Noisy:
    """Two recorders that run apart: the clock of this one is too fast or too slow, by a draw.

    Sample i holds the moment i (1 + skew) + after x skew, read between samples by a windowed sinc. The length in samples
    stays. What is read from before or beyond the clip is silent. Moments, segments and frames move along.

    Severity: skew in parts per million: crystals are good for 20 to 100, worn or cheap ones for some hundreds; our choice.

    Settings:
        after: seconds that the clocks had run apart when the clip begins: an hour at 100 ppm is 0.36 s.
        direction: "faster" (events come early) or "slower"; "either" draws it for each clip.

    Raises:
        BadSetting: `after` is negative, or the direction is none of these.

    References: Pawig et al. 2010, Adaptive Sampling Rate Correction for Acoustic Echo Control in VoIP.
    """
    if not 0 <= after < math.inf:
        raise BadSetting(explain("a time of at least 0 s", "after", after))
    hz, samples = hertz(rate), clips.shape[-1]
    skews = skew * _PPM * signs(draw, len(clips), direction, _PACES)
    places = np.arange(samples) * (1.0 + skews[:, np.newaxis]) + (after * hz * skews)[:, np.newaxis]
    from perturbations.audio._kernels.warp import read_at

    noisy = read_at(clips, places)
    if len(clips) != 1:
        return Noisy(noisy)
    pace = 1.0 / (1.0 + float(skews[0]))
    moved = TimeMap.linear(samples / hz, delay=-after * float(skews[0]) * pace, pace=pace)
    return Noisy(noisy, mapping=moved, report={"skew_ppm": float(skews[0]) / _PPM})


@perturbation(batched=True, coupling="transform")
def jitter(
    clips: Waveform,
    draw: Draw,
    *,
    spread: Dose = Ladder(2.0, 5.0, 10.0, 20.0, 50.0, unit="µs RMS", high=1e4),
    rate: float,
) -> Noisy:
    """A converter with an unsteady clock: each sample is taken a little early or late, independently.

    The deviations are normal with a standard deviation of `spread`; the clip is read at those moments, between its samples
    by a windowed sinc. The error grows with frequency: for a sine of frequency f the signal-to-noise ratio is
    -20 log10(2 pi f spread) as long as that is small. Nothing is moved in the mean.

    Severity: RMS deviation in microseconds; our choice, from a bad converter to one sample at 20 kHz.

    References: Analog Devices MT-007, Aperture Time, Aperture Jitter, Aperture Delay Time.
    """
    from perturbations.audio._kernels.normal import normals
    from perturbations.audio._kernels.warp import read_at

    samples, keys = clips.shape[-1], draw.key("moments")
    places = np.empty((len(clips), samples))
    for row in range(len(clips)):
        places[row] = normals(keys[row], samples)
    places *= spread * 1e-6 * hertz(rate)
    places += np.arange(samples)
    # What would be read before or beyond the clip is read at its ends.
    np.clip(places, 0.0, max(samples - 1, 0), out=places)
    return Noisy(read_at(clips, places))


@perturbation(coupling="transform", measure="lsd", keeps=("dtype",), requires=("audio",))
def speed(
    clip: Waveform,
    draw: Draw,
    *,
    change: Dose = Ladder(5.0, 10.0, 20.0, 35.0, 50.0, unit="%", high=900.0),
    direction: str = "either",
    rate: float,
) -> Noisy:
    """A tape at the wrong speed, a wrong sampling rate in the header: pace and pitch change together, and the length.

    Resampled by soxr to 1 / (1 + change) of the length, or by as much longer, by a draw. Moments, segments and frames
    move along.

    Severity: change of speed in per cent: faster by that, or slower by the same factor.

    Settings:
        direction: "faster" or "slower"; "either" draws it for each clip.

    Raises:
        BadSetting: the direction is none of these.
        MissingExtra: soxr is not installed.

    References: Ko et al. 2015, Audio augmentation for speech recognition. Shah et al. 2024, Speech Robust Bench (speed).
    """
    sign = float(signs(draw, 1, direction, _PACES)[0])
    pace = (1.0 + change / 100.0) ** sign
    return _paced(resampled(clip, 1.0 / pace), clip, pace, hertz(rate))


@perturbation(coupling="transform", measure="lsd", keeps=("dtype",), requires=("audio",))
def time_stretch(
    clip: Waveform,
    draw: Draw,
    *,
    change: Dose = Ladder(5.0, 10.0, 20.0, 35.0, 50.0, unit="%", high=100.0),
    direction: str = "either",
    rate: float,
) -> Noisy:
    """A talker in a hurry, or one who drawls: pace and length change, the pitch does not.

    Stretched by Signalsmith Stretch through audiomentations, to 1 / (1 + change) of the length or by as much longer, by a
    draw. Moments, segments and frames move along.

    Severity: change of pace in per cent: faster by that, or slower by the same factor.

    Settings:
        direction: "faster" or "slower"; "either" draws it for each clip.

    Raises:
        BadSetting: the direction is none of these.
        MissingExtra: audiomentations is not installed.

    References: Shah et al. 2024, Speech Robust Bench (tempo). audiomentations 0.43.1, TimeStretch.
    """
    sign = float(signs(draw, 1, direction, _PACES)[0])
    pace = (1.0 + change / 100.0) ** sign
    return _paced(stretched(clip, pace, hertz(rate)), clip, pace, hertz(rate))


@perturbation(coupling="transform", measure="lsd", exempt=_FAR, requires=("audio",))
def pitch_shift(
    clip: Waveform,
    draw: Draw,
    *,
    by: Dose = Ladder(0.5, 1.0, 2.0, 4.0, 8.0, unit="semitones", high=24.0),
    direction: str = "either",
    rate: float,
) -> Noisy:
    """A higher or a deeper voice: the pitch and all formants move, the pace does not.

    Shifted by Signalsmith Stretch through audiomentations; length and timing are the clip's.

    Severity: semitones; our choice. Speech Robust Bench goes on to 12.

    Settings:
        direction: "up" or "down"; "either" draws it for each clip.

    Raises:
        BadSetting: the direction is none of these.
        MissingExtra: audiomentations is not installed.

    References: Shah et al. 2024, Speech Robust Bench (pitch). audiomentations 0.43.1, PitchShift.
    """
    sign = float(signs(draw, 1, direction, _PITCHES)[0])
    noisy = pitched(clip, sign * by, hertz(rate))
    return Noisy(noisy, report={"semitones": sign * by})


def _paced(noisy: Waveform, clip: Waveform, pace: float, rate: float) -> Noisy:
    before, after = clip.shape[-1] / rate, noisy.shape[-1] / rate
    moved = TimeMap.linear(before, pace=1.0 / pace, after=after)
    return Noisy(noisy, mapping=moved, report={"pace": pace})
