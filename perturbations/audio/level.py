"""How loud a clip is, and how its loudness changes."""

import math

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._action import Action
from perturbations.audio._mixing import amplitude
from perturbations.audio._modality import Waveform, check_peak
from perturbations.audio._rate import hertz
from perturbations.audio._said import single
from perturbations.audio._signs import signs
from perturbations.errors import BadSetting, explain

_DIRECTIONS = ("either", "up", "down")
_MOST_GAIN = 100.0
_MEAN = 10.0
"""Milliseconds over which power is averaged, so that the gain follows no single wave."""
_STEP = 0.01
"""Seconds between the points of a gain that changes; lines between them."""


@perturbation(
    batched=True, coupling="transform", measure="level", scans=True,
    action=Action("levels of the clip", "sum"),
)  # fmt: skip
def gain(
    clips: Waveform,
    draw: Draw,
    *,
    change: Dose = Ladder(3.0, 6.0, 12.0, 20.0, 30.0, unit="dB", high=200.0),
    direction: str = "either",
) -> Noisy:
    """Another microphone, another setting of its knob: the whole clip is louder or quieter, by a draw.

    Floating-point clips are not cut at full scale; PCM is, and the report says how many samples were.

    Severity: change of level in dB; our choice, from what is just heard to a knob at the wrong end.

    Settings:
        direction: "up" or "down"; "either" draws it for each clip.

    Raises:
        BadSetting: the direction is none of these.

    References: Shah et al. 2024, Speech Robust Bench (gain). audiomentations 0.43.1, Gain.
    """
    from perturbations.audio._kernels.levels import lines

    decibel = signs(draw, len(clips), direction, _DIRECTIONS) * change
    passed = lines(clips, 10.0 ** (decibel / 20.0), np.zeros(len(clips)))
    check_peak(passed.peak, clips)
    return Noisy(passed.clips, report=single(len(clips), change=decibel))


@perturbation(batched=True, coupling="transform", measure="lsd")
def level_drift(
    clips: Waveform,
    draw: Draw,
    *,
    swing: Dose = Ladder(3.0, 6.0, 12.0, 18.0, 24.0, unit="dB", high=100.0),
    every: float = 0.5,
    rate: float,
) -> Noisy:
    """A talker who turns away and back, a hand on the knob: the level wanders up and down.

    The gain in dB is drawn evenly within plus and minus `swing` every `every` seconds, with a smooth way between (half a
    cosine). It is the same on all channels.

    Severity: largest change of level in dB, up and down; our choice.

    Settings:
        every: seconds between two drawn gains.

    Raises:
        BadSetting: `every` is not positive.

    References: audiomentations 0.43.1, GainTransition.
    """
    if not 0 < every < np.inf:
        raise BadSetting(explain("a time above 0 s", "every", every))
    block = max(1, round(_STEP * hertz(rate)))
    time = np.arange(clips.shape[-1] // block + 2) * block / hertz(rate)
    knots = 2.0 * draw.uniform((len(clips), int(time[-1] / every) + 2), stream="knots") - 1.0
    whole = (time / every).astype(int)
    part = 0.5 - 0.5 * np.cos(np.pi * (time / every - whole))
    curves = swing * (knots[:, whole] * (1.0 - part) + knots[:, whole + 1] * part)
    from perturbations.audio._kernels.levels import along

    noisy = along(clips, 10.0 ** (curves / 20.0), block)
    return Noisy(noisy, report=single(len(clips), first_db=curves[:, 0]))


@perturbation(
    batched=True,
    coupling="transform",
    measure="lsd",
    exempt={"different-samples": "the gain follows from the clip; nothing is drawn"},
)
def automatic_gain(
    clips: Waveform,
    draw: Draw,
    *,
    strength: Dose = Ladder(
        0.2, 0.4, 0.6, 0.8, 1.0, unit="of level differences evened out", high=1.0
    ),
    target: float = -20.0,
    most: float = 30.0,
    attack: float = 5.0,
    release: float = 100.0,
    rate: float,
) -> Waveform:
    """Automatic gain control that pumps: pauses and soft sounds are turned up, and what follows is turned down too late.

    A follower tracks the power of the clip (a mean over 10 ms and all channels), within `attack` ms when it rises and
    `release` ms when it falls. The gain in dB is the share `strength` of what that power lacks to the target, and at most `most` up or down (a
    compressor of ratio 1 / (1 - strength)). It begins at 0 dB and is set anew every millisecond. Silence stays silent.

    Severity: share of the differences in level that is evened out, in dB; our choice.

    Settings:
        target: level (RMS) in dB of full scale that the control aims at.
        most: largest gain in dB.
        attack: time constant in ms when the level rises.
        release: time constant in ms when the level falls.

    Raises:
        BadSetting: a time constant is not positive, the largest gain is not from 0 to 100 dB, or the target is above 0 dB or
            -inf.

    References: Giannoulis et al. 2012, Digital Dynamic Range Compressor Design.
    """
    for name, constant in (("attack", attack), ("release", release)):
        if not 0 < constant < np.inf:
            raise BadSetting(explain("a time constant above 0 ms", name, constant))
    if not 0 <= most <= _MOST_GAIN:
        raise BadSetting(explain(f"a gain from 0 to {_MOST_GAIN:g} dB", "most", most))
    aim = amplitude(target)
    if aim == 0.0:
        raise BadSetting(explain("a level that can be reached", "target", target, "such as -20"))
    from perturbations.audio._kernels.control import Control, automatic

    hz = hertz(rate)
    constants = (_MEAN, attack, release)
    mean, rise, fall = (-math.expm1(-1000.0 / (hz * constant)) for constant in constants)
    block = max(1, round(hz / 1000.0))
    return automatic(clips, Control(aim, strength, most, mean, rise, fall, block))
