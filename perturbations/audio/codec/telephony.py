"""What a telephone call goes through: companding, GSM, and packets that never come."""

import math

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.audio._modality import Waveform, check_peak
from perturbations.audio._rate import hertz
from perturbations.audio._resample import fitted, resampled
from perturbations.audio._said import single
from perturbations.audio._scale import check_full_scale
from perturbations.audio._soundfile import Form, round_trip
from perturbations.errors import BadSetting, did_you_mean, explain

_CODE = Ladder(8.0, 7.0, 6.0, 5.0, 4.0, unit="bits", none=math.inf, scale="integer", low=4.0)
_SIGN_AND_SEGMENT = 4
"""Bits of a code word that are no mantissa."""
_FINEST = 20
"""Bits of a mantissa, at most, that are kept: more is finer than single precision."""
_GSM_RATE = 8000
_GSM_BLOCK = 320
"""Samples that a wav file of GSM holds in a block: two frames of 20 ms."""
_CONCEALMENTS = ("zero", "repeat", "interpolate")


@perturbation(batched=True, coupling="codec")
def mu_law(clips: Waveform, draw: Draw, *, bits: Dose = _CODE) -> Noisy:
    """The code of telephone lines in America and Japan: 8 bits, fine steps for soft sounds and coarse ones for loud.

    At 8 bits this is G.711: sign, three bits for one of eight segments that double in size, four bits within it, decoded to
    the middle. Fewer bits are taken from within the segment, as lines that rob bits for signalling do; what is below the
    first step is silent. Full scale is 8192 of the standard's 14 bits, and what is louder than 8158 of them is cut. The
    sampling rate stays: chain it behind telephone-band or downsampling for a whole line.

    Severity: bits a sample; fewer is worse. 8 is the standard, the rest our choice.

    Raises:
        NotApplicable: the clip is so loud (above 32) that its full scale is not 1.

    References: ITU-T G.711.
    """
    return _companded(clips, bits, scale=8192.0, bias=33.0, linear=0.0)


@perturbation(batched=True, coupling="codec")
def a_law(clips: Waveform, draw: Draw, *, bits: Dose = _CODE) -> Noisy:
    """The code of telephone lines in Europe and most of the world: 8 bits, coarser than mu-law for the softest sounds.

    At 8 bits this is G.711: sign, eight segments of which the first two have equal steps, four bits within each. No level
    is zero: silence becomes a constant of half a step, -72 dB, as on a real line. Fewer bits are taken from within the
    segment. Full scale is 4096 of the standard's 13 bits. The sampling rate stays: chain it behind telephone-band or
    downsampling for a whole line.

    Severity: bits a sample; fewer is worse. 8 is the standard, the rest our choice.

    Raises:
        NotApplicable: the clip is so loud (above 32) that its full scale is not 1.

    References: ITU-T G.711.
    """
    return _companded(clips, bits, scale=4096.0, bias=0.0, linear=32.0)


@perturbation(coupling="codec", requires=("audio",))
def gsm(
    clip: Waveform,
    draw: Draw,
    *,
    codings: Dose = Ladder(1.0, 2.0, 3.0, 4.0, 6.0, unit="codings in a row", scale="integer"),
    rate: float,
) -> Waveform:
    """A call between mobile telephones: GSM full rate at 13 kbit/s, once for each network on the way.

    The clip is brought to 8 kHz, coded and decoded by libsndfile so many times, and brought back to its rate: nothing
    above 4 kHz is left. Channels are coded one by one. What is beyond full scale is cut. Length and timing are the
    clip's.

    Severity: how often it is coded; two is a call from mobile to mobile, more is our choice.

    Raises:
        NotApplicable: the clip is so loud (above 32) that its full scale is not 1.
        MissingExtra: soundfile or soxr is not installed.

    References: ETSI EN 300 961 (GSM 06.10).
    """
    hz, samples = hertz(rate), clip.shape[-1]
    if clip.size == 0:
        return clip.copy()
    check_full_scale(float(np.abs(clip).max()), clip)
    line = clip.astype(np.float32)
    line = line if hz == _GSM_RATE else resampled(line, _GSM_RATE / hz)
    coded = np.stack([_gsm(channel, int(codings)) for channel in line])
    return fitted(coded if hz == _GSM_RATE else resampled(coded, hz / _GSM_RATE), samples)


@perturbation(batched=True, coupling="mask", measure="changed", scans=True)
def packet_loss(
    clips: Waveform,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.03, 0.05, 0.1, 0.2, unit="share of packets", high=1.0),
    packet: float = 20.0,
    burst: float = 2.0,
    within: float = 1.0,
    conceal: str = "zero",
    rate: float,
) -> Noisy:
    """A call over a network that loses packets, in bursts, and a receiver that hides the gaps well or badly.

    The network is in a good or a bad state (Gilbert and Elliott): bad states last `burst` packets in the mean, their
    lengths geometric, and while one lasts a packet is lost with probability `within`; in the good state none is. The chain
    starts in equilibrium, so that each packet is lost with probability `share`. Bursts shorter than those of independent
    losses cannot be, and become those. What is lost at one severity is lost at every higher one.

    Severity: share of packets lost; 1, 3, 5, 10, 20 %.

    Settings:
        packet: length of a packet in ms; the first begins with the clip.
        burst: mean length of a bad state in packets.
        within: probability that a packet is lost in the bad state.
        conceal: "zero" leaves gaps silent; "repeat" puts the last packet that came there, at half the level each further
            time; "interpolate" fades from that one to the next that comes.

    Raises:
        BadSetting: a length is not positive, `within` is below the share or above 1, or there is no such concealment.

    References:
        Gilbert 1960, Capacity of a burst-noise channel. Elliott 1963, Estimates of error rates for codes on burst-noise
        channels. ITU-T G.711 Appendix I (packet loss concealment).
    """
    _check_packets(share, packet, burst, within, conceal)
    from perturbations.audio._kernels.gaps import chain, concealed, silenced

    slot = max(1, round(packet * hertz(rate) / 1000.0))
    shape = (len(clips), -(-clips.shape[-1] // slot))
    bad = chain(draw.uniform(shape, stream="states"), *_transitions(share / within, burst))
    lost = bad & (draw.uniform(shape, stream="losses") < within)
    if conceal == "zero":
        passed, _ = silenced(clips, lost, slot, np.zeros(len(clips), dtype=np.int64))
    else:
        passed = concealed(clips, lost, slot, cross=conceal == "interpolate")
    check_peak(passed.peak, clips)
    shares = lost.mean(axis=1) if shape[1] else np.zeros(shape[0])
    return Noisy(passed.clips, report=single(len(clips), share=shares, mean_run=_mean_runs(lost)))


def _companded(clips: Waveform, bits: float, *, scale: float, bias: float, linear: float) -> Noisy:
    from perturbations._kernels import peak
    from perturbations.audio._kernels.levels import companded

    largest = peak(np.ascontiguousarray(clips))
    check_full_scale(largest, clips)
    mantissa = min(int(bits) - _SIGN_AND_SEGMENT, _FINEST)
    noisy = companded(clips, scale, bias, linear, mantissa)
    return Noisy(noisy, report=single(len(clips), peak=[largest]))


def _gsm(channel: NDArray[np.float32], codings: int) -> NDArray[np.float32]:
    """Code and decode one channel (T,) at 8 kHz so many times."""
    padding = -channel.size % _GSM_BLOCK
    line = np.pad(channel, (0, padding))[np.newaxis]
    for _ in range(codings):
        line = round_trip(np.clip(line, -1.0, 1.0), float(_GSM_RATE), Form("WAV", "GSM610")).clip
    return line[0, : channel.size]


def _check_packets(share: float, packet: float, burst: float, within: float, conceal: str) -> None:
    if not 0 < packet < math.inf:
        raise BadSetting(explain("packets of more than 0 ms", "packet", packet))
    if not 1 <= burst < math.inf:
        raise BadSetting(explain("bursts of at least one packet", "burst", burst))
    if not 0 < within <= 1 or within < share:
        hint = f"a share of {share:g} is lost in all, and only bad states lose any"
        raise BadSetting(explain("a probability of at least the share", "within", within, hint))
    if conceal not in _CONCEALMENTS:
        hint = did_you_mean(conceal, _CONCEALMENTS)
        raise BadSetting(explain(f"one of {', '.join(_CONCEALMENTS)}", "conceal", conceal, hint))


def _transitions(bad: float, burst: float) -> tuple[float, float, float]:
    """Return the share of bad states, and the probabilities to enter one and to stay in it."""
    leave = 1.0 / burst
    enter = leave * bad / (1.0 - bad) if bad < 1.0 else 1.0
    if enter + leave >= 1.0:
        return bad, bad, bad
    return bad, enter, 1.0 - leave


def _mean_runs(lost: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the mean length of runs of lost packets, 0 where none is lost."""
    starts = lost.copy()
    starts[:, 1:] &= ~lost[:, :-1]
    return np.asarray(lost.sum(axis=1) / np.maximum(starts.sum(axis=1), 1))
