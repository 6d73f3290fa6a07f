"""What sounds besides the clip: hiss, hum, other voices, and recordings of the user's.

The ladder is that of Speech Robust Bench. Ratios are of powers over all channels and the whole clip, exact for each clip;
nothing is clipped, so that the result may exceed full scale.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from perturbations import Dose, Draw, Noisy, Peers, perturbation
from perturbations.audio._mixing import SILENCE, SNR, mixed, white
from perturbations.audio._modality import Waveform
from perturbations.audio._rate import hertz
from perturbations.audio._recordings import Recordings
from perturbations.audio._spectra import hum, power_law, speech_shaped
from perturbations.audio._talkers import babble_of, voices
from perturbations.errors import BadSetting, explain

_MOST_HARMONICS = 200
_MOST_TALKERS = 64


@perturbation(batched=True, scans=True)
def white_noise(clips: Waveform, draw: Draw, *, snr: Dose = SNR, floor: float = SILENCE) -> Noisy:
    """Hiss of a microphone and its amplifier: independent normal samples, equal power at all frequencies.

    The noise is rescaled after it is drawn, so that the clip's power over the noise's power, over all channels and
    the whole clip, is the SNR exactly. Nothing is clipped: the result may exceed full scale. A silent clip has no
    power to relate to; it stays silent, and the report says so.

    Severity: signal-to-noise ratio in dB; lower is worse.

    Settings:
        floor: level in dB of full scale (RMS) that quieter clips count as; -inf leaves silence silent.

    Raises:
        BadSetting: the floor is above 0 dB.

    References: Shah et al. 2024, Speech Robust Bench (ladder).
    """
    return white(clips, draw, snr, floor)


@perturbation(batched=True, scans=True)
def pink_noise(
    clips: Waveform, draw: Draw, *, snr: Dose = SNR, floor: float = SILENCE, rate: float
) -> Noisy:
    """Wind, traffic far away, many electronics: equal power in every octave, 3 dB less per Hz with each.

    Gaussian, with power proportional to 1 / f from 20 Hz to half the sampling rate, and none below. The ratio is exact
    for each clip, as in white noise; silence stays silent.

    Severity: signal-to-noise ratio in dB; lower is worse.

    Settings:
        floor: level in dB of full scale (RMS) that quieter clips count as; -inf leaves silence silent.

    Raises:
        BadSetting: the floor is above 0 dB.

    References:
        Voss and Clarke 1975, "1/f noise" in music and speech.
        Shah et al. 2024, Speech Robust Bench (ladder). The lower edge is our choice.
    """
    return _coloured(clips, draw, -1.0, snr, floor, rate)


@perturbation(batched=True, scans=True)
def brown_noise(
    clips: Waveform, draw: Draw, *, snr: Dose = SNR, floor: float = SILENCE, rate: float
) -> Noisy:
    """Rumble of wind, engines and handling: power falls by 6 dB with every octave.

    Gaussian, with power proportional to 1 / f^2 (a random walk) from 20 Hz on, and none below, where it would hide most
    of its power from the ear. The ratio is exact for each clip; silence stays silent.

    Severity: signal-to-noise ratio in dB; lower is worse.

    Settings:
        floor: level in dB of full scale (RMS) that quieter clips count as; -inf leaves silence silent.

    Raises:
        BadSetting: the floor is above 0 dB.

    References: Shah et al. 2024, Speech Robust Bench (ladder). The lower edge is our choice.
    """
    return _coloured(clips, draw, -2.0, snr, floor, rate)


@perturbation(batched=True, scans=True)
def blue_noise(
    clips: Waveform, draw: Draw, *, snr: Dose = SNR, floor: float = SILENCE, rate: float
) -> Noisy:
    """Hiss that grows with frequency, as of dithered converters: power rises by 3 dB with every octave.

    Gaussian, with power proportional to f from 20 Hz to half the sampling rate. The ratio is exact for each clip; silence
    stays silent.

    Severity: signal-to-noise ratio in dB; lower is worse.

    Settings:
        floor: level in dB of full scale (RMS) that quieter clips count as; -inf leaves silence silent.

    Raises:
        BadSetting: the floor is above 0 dB.

    References: Shah et al. 2024, Speech Robust Bench (ladder).
    """
    return _coloured(clips, draw, 1.0, snr, floor, rate)


@perturbation(batched=True, scans=True)
def violet_noise(
    clips: Waveform, draw: Draw, *, snr: Dose = SNR, floor: float = SILENCE, rate: float
) -> Noisy:
    """Sharp hiss, as of noise-shaped or differentiated signals: power rises by 6 dB with every octave.

    Gaussian, with power proportional to f^2 from 20 Hz to half the sampling rate. The ratio is exact for each clip;
    silence stays silent.

    Severity: signal-to-noise ratio in dB; lower is worse.

    Settings:
        floor: level in dB of full scale (RMS) that quieter clips count as; -inf leaves silence silent.

    Raises:
        BadSetting: the floor is above 0 dB.

    References: Shah et al. 2024, Speech Robust Bench (ladder).
    """
    return _coloured(clips, draw, 2.0, snr, floor, rate)


@perturbation(batched=True, scans=True)
def mains_hum(
    clips: Waveform,
    draw: Draw,
    *,
    snr: Dose = SNR,
    mains: float = 50.0,
    harmonics: int = 10,
    floor: float = SILENCE,
    rate: float,
) -> Noisy:
    """A ground loop or a bad power supply: the mains hum along with its harmonics, the same on all channels.

    Harmonic k has amplitude 1 / k and a drawn phase; those above half the sampling rate are left out. The ratio is exact
    for each clip; silence stays silent.

    Severity: signal-to-noise ratio in dB; lower is worse.

    Settings:
        mains: frequency of the mains in Hz, 50 or 60.
        harmonics: how many multiples of it hum, itself included.
        floor: level in dB of full scale (RMS) that quieter clips count as; -inf leaves silence silent.

    Raises:
        BadSetting: the mains or the harmonics are not positive, or the floor is above 0 dB.
        NotApplicable: the mains are faster than half the sampling rate.

    References: Shah et al. 2024, Speech Robust Bench (ladder). The amplitudes are our choice.
    """
    if not 0 < mains < np.inf:
        raise BadSetting(explain("a frequency above 0 Hz", "mains", mains, "50 or 60"))
    if not 1 <= harmonics <= _MOST_HARMONICS:
        expected = f"a number of harmonics from 1 to {_MOST_HARMONICS}"
        raise BadSetting(explain(expected, "harmonics", harmonics))
    phases = 2.0 * np.pi * draw.uniform((len(clips), harmonics), stream="phases")
    hz, shape = hertz(rate), clips.shape[1:]

    def noise(row: int) -> Any:
        wave = hum(phases[row], mains, hz, shape[1])
        return np.ascontiguousarray(np.broadcast_to(wave, shape))

    return mixed(clips, noise, snr, floor)


@perturbation(batched=True, scans=True)
def babble(
    clips: Waveform,
    draw: Draw,
    *,
    snr: Dose = SNR,
    talkers: int = 6,
    floor: float = SILENCE,
    peers: Peers,
    facts: Mapping[str, Any],
) -> Noisy:
    """Other people talk: clips of the same data set, each from a drawn moment on, at equal levels.

    As many other clips as there are talkers are drawn without repetition, brought to the same power, begun at a drawn
    moment, repeated as long as the clip lasts, and added; the same on all channels. Silent clips and the clip itself are
    passed over. One talker is a competing speaker; from some eight on words merge into a murmur. The ratio is exact for
    each clip; a silent clip stays silent.

    Severity: signal-to-noise ratio in dB; lower is worse.

    Settings:
        talkers: how many other clips are heard; fewer, where the data set has no more.
        floor: level in dB of full scale (RMS) that quieter clips count as; -inf leaves silence silent.

    Raises:
        MissingPeers: the data is a stream, which has no other clips to take from.
        NotApplicable: no other clip sounds.
        BadSetting: the number of talkers is not from 1 to 64, or the floor is above 0 dB.

    References:
        Shah et al. 2024, Speech Robust Bench (ladder).
        Simpson and Cooke 2005, Consonant identification in N-talker babble.
    """
    if not 1 <= talkers <= _MOST_TALKERS:
        raise BadSetting(explain(f"from 1 to {_MOST_TALKERS} talkers", "talkers", talkers))

    def noise(row: int) -> Any:
        found = voices(peers, clips[row], draw.row(row), talkers, facts)
        return babble_of(found, draw.row(row), clips.shape[1:])

    return mixed(clips, noise, snr, floor)


@perturbation(
    batched=True,
    scans=True,
    stand_ins={"file": "stationary noise with the spectrum of speech, no recording"},
)
def background_noise(
    clips: Waveform,
    draw: Draw,
    *,
    snr: Dose = SNR,
    file: str = "",
    floor: float = SILENCE,
    rate: float,
) -> Noisy:
    """What else sounds where the clip is recorded: your own recordings of a street, an office, a machine.

    A file and a moment of it are drawn for each clip; a recording that is too short is repeated, one at another sampling
    rate is resampled once and kept. A silent stretch is passed over. Mono recordings sound on all channels. Without a
    file it is stationary Gaussian noise with the long-term spectrum of speech, the masker of audiology. The ratio is
    exact for each clip; a silent clip stays silent.

    Severity: signal-to-noise ratio in dB; lower is worse.

    Settings:
        file: a sound file, or a folder of them, which is looked through to any depth.
        floor: level in dB of full scale (RMS) that quieter clips count as; -inf leaves silence silent.

    Raises:
        BadSetting: there is no such file, no sound in it, it cannot be read, or the floor is above 0 dB.
        MissingExtra: it is no PCM wav file and soundfile is not installed.

    References:
        Byrne et al. 1994, An international comparison of long-term average speech spectra.
        Shah et al. 2024, Speech Robust Bench (ladder).
    """
    hz, shape, keys = hertz(rate), clips.shape[1:], draw.key("noise")
    if not file:
        return mixed(clips, lambda row: speech_shaped(keys[row], shape, hz), snr, floor)
    recordings = Recordings(file)
    return mixed(clips, lambda row: recordings.stretch(draw.row(row), shape, hz), snr, floor)


def _coloured(
    clips: Waveform, draw: Draw, slope: float, snr: float, floor: float, rate: float
) -> Noisy:
    keys, make = draw.key("noise"), partial(power_law, slope=slope, rate=hertz(rate))
    return mixed(clips, lambda row: make(keys[row], clips.shape[1:]), snr, floor)
