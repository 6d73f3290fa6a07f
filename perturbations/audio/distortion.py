"""What a converter, a plug or an amplifier does to every sample by itself."""

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._action import Action
from perturbations.audio._modality import Waveform, check_peak
from perturbations.audio._said import single
from perturbations.audio._scale import check_full_scale
from perturbations.errors import BadSetting, did_you_mean, explain

_CHANNELS = ("all", "one")
_FINEST = 24
_MOST_BITS = 53


@perturbation(
    batched=True,
    coupling="transform",
    exempt={"different-samples": "the threshold follows from the clip; nothing is drawn"},
)
def clipping(
    clips: Waveform,
    draw: Draw,
    *,
    share: Dose = Ladder(0.005, 0.02, 0.05, 0.1, 0.25, unit="share of samples saturated", high=1.0),
) -> Noisy:
    """An input stage driven too hard: every sample beyond a threshold is cut to it.

    The threshold is the k-th largest amplitude over all channels, so that exactly k samples stand at it (more where
    amplitudes are equal). k is the share of the samples that are not zero, rounded: digital silence cannot saturate.

    Severity: share of samples saturated.
    References: audiomentations 0.43.1, ClippingDistortion (which halves and truncates its percentile).
    """
    from perturbations.audio._kernels.levels import clip_share

    noisy, thresholds = clip_share(clips, share)
    if len(clips) != 1:
        return Noisy(noisy)
    threshold = float(thresholds[0])
    reached = int(np.count_nonzero(np.abs(clips) >= threshold)) if threshold else 0
    sounding = int(np.count_nonzero(clips))
    report = {"saturated": reached, "threshold": threshold or None, "eligible": sounding}
    return Noisy(noisy, report=report)


@perturbation(batched=True, coupling="codec", scans=True)
def bit_depth(
    clips: Waveform,
    draw: Draw,
    *,
    bits: Dose = Ladder(
        12.0, 10.0, 8.0, 6.0, 4.0, unit="bits", none=np.inf, scale="integer", low=1.0
    ),
) -> Noisy:
    """A coarse converter: samples are rounded to the nearest of 2^bits levels, without dither.

    The levels are the multiples of 2^(1 - bits) from -1 to just below 1; zero is one of them, and what is louder is cut
    to the outermost. A full-scale sine keeps 6.02 bits + 1.76 dB above the error. A quiet clip keeps fewer levels: silence
    stays silent, and what is quieter than half a step falls silent.

    Severity: bits a sample; fewer is worse.

    Raises:
        NotApplicable: the clip is so loud (above 32) that its full scale is not 1.

    References: Widrow and Kollar 2008, Quantization Noise. audiomentations 0.43.1, BitCrush.
    """
    from perturbations.audio._kernels.levels import rounded

    # Single precision has no finer levels than these.
    source = clips if bits <= _FINEST else clips.astype(np.float64)
    passed = rounded(source, 2.0 ** (min(bits, _MOST_BITS) - 1))
    check_full_scale(passed.peak, clips)
    noisy = passed.clips.astype(clips.dtype, copy=False)
    return Noisy(noisy, report=single(len(clips), cut=_beyond(clips)))


@perturbation(batched=True, scans=True)
def dc_offset(
    clips: Waveform,
    draw: Draw,
    *,
    offset: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="of full scale"),
) -> Noisy:
    """A leaking capacitor or a cheap sound card: the whole clip is off zero, up or down by a draw.

    The same on all channels. Floating-point clips are not cut at full scale.

    Severity: offset as a share of full scale; our choice, from 1 % (the worst of good sound cards) to where headroom is lost.

    Raises:
        NotApplicable: the clip is so loud (above 32) that its full scale is not 1.

    References: audacityteam.org, DC offset.
    """
    from perturbations.audio._kernels.levels import lines

    signed = np.where(draw.uniform((len(clips),), stream="sign") < 0.5, -offset, offset)
    passed = lines(clips, np.ones(len(clips)), signed)
    check_full_scale(passed.peak, clips)
    return Noisy(passed.clips, report=single(len(clips), offset=signed))


@perturbation(
    batched=True, coupling="mask", measure="changed", scans=True,
    action=Action("sign of the clip", "twice", lossless=True),
)  # fmt: skip
def polarity(
    clips: Waveform,
    draw: Draw,
    *,
    share: Dose = Ladder(0.2, 0.4, 0.6, 0.8, 1.0, unit="share of clips", high=1.0),
    channels: str = "all",
) -> Noisy:
    """A cable soldered the wrong way round: the clip is upside down, which no ear hears and a model may.

    A clip is inverted or not, so the dose is the share of clips that are; one that is inverted at one severity is so at
    every higher one.

    Severity: share of clips that are inverted.

    Settings:
        channels: "all" inverts every channel alike; "one" a drawn one, so that a stereo pair cancels when it is mixed down.

    Raises:
        BadSetting: the channels are neither "all" nor "one".

    References: audiomentations 0.43.1, PolarityInversion.
    """
    from perturbations.audio._kernels.levels import lines

    if channels not in _CHANNELS:
        hint = did_you_mean(channels, _CHANNELS)
        raise BadSetting(explain(f"one of {', '.join(_CHANNELS)}", "channels", channels, hint))
    hit = draw.uniform((len(clips),), stream="where") < share
    count = clips.shape[1]
    signs = np.where(hit, -1.0, 1.0)[:, np.newaxis].repeat(count, axis=1)
    if channels == "one":
        chosen = draw.integers(0, count, (len(clips),), stream="channel")
        signs = np.where(np.arange(count) == chosen[:, np.newaxis], signs, 1.0)
    flat = clips.reshape(signs.size, 1, clips.shape[-1])
    passed = lines(flat, signs.reshape(-1), np.zeros(signs.size))
    check_peak(passed.peak, clips)
    return Noisy(passed.clips.reshape(clips.shape), report=single(len(clips), inverted=hit))


def _beyond(clips: Waveform) -> list[int]:
    """Return how many samples of each clip are beyond full scale; asked for one clip only."""
    return [int(np.count_nonzero(np.abs(clips) > 1.0))] if len(clips) == 1 else []
