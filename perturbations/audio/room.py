"""What a room adds to a sound on its way to the microphone.

The direct sound stays where it is and keeps its level, so that nothing is delayed; what the walls send back is added
behind it. What rings on beyond the end of the clip is cut.
"""

import math

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.audio._modality import Waveform
from perturbations.audio._rate import hertz
from perturbations.audio._responses import convolved, response
from perturbations.audio._reverberation import Room, add_tails, keys_of_rooms, reverberant_power
from perturbations.audio._said import single
from perturbations.audio._simulated import simulated
from perturbations.errors import BadSetting, explain


@perturbation(batched=True, coupling="transform")
def reverberation(
    clips: Waveform,
    draw: Draw,
    *,
    t60: Dose = Ladder(0.25, 0.5, 0.7, 1.2, 2.5, unit="s T60", high=30.0),
    metres: float = 0.5,
    volume: float = 100.0,
    rooms: int = 0,
    rate: float,
) -> Noisy:
    """An empty hall: sound dies away slowly, and every syllable runs into the next.

    The tail is normal noise under an exponential that falls by 60 dB in T60 seconds, independent on each channel. Its power
    follows from the room: a diffuse field is 16 pi metres^2 T60 / (0.161 volume) times as strong as the direct sound of a
    source that radiates evenly (Sabine), exactly for each clip. There are no single echoes: for those, impulse-response
    and room-simulator.

    Severity: reverberation time T60 in seconds; 0.25, 0.5 and 0.7 are the rooms of the REVERB challenge, 1.2 a lecture hall,
    2.5 a church.

    Settings:
        metres: distance of the source from the microphone.
        volume: of the room in cubic metres.
        rooms: how many different rooms there are in the whole run; 0 gives every clip its own.

    Raises:
        BadSetting: the distance or the volume is not positive, or the number of rooms is negative.

    References:
        Polack 1988; Kuttruff 2009, Room Acoustics. Kinoshita et al. 2016, The REVERB challenge.
    """
    _check_room(metres, volume)
    power = reverberant_power(metres, volume, t60)
    room = Room(t60, power, hertz(rate))
    noisy = add_tails(clips, keys_of_rooms(draw, len(clips), rooms), room, keep=rooms > 0)
    ratio = [-10.0 * math.log10(power)] if len(clips) else []
    return Noisy(noisy, report=single(len(clips), direct_to_reverberant_db=ratio))


@perturbation(batched=True, coupling="transform")
def distance(
    clips: Waveform,
    draw: Draw,
    *,
    metres: Dose = Ladder(0.25, 0.5, 1.0, 2.0, 4.0, unit="m", high=1000.0),
    near: float = 0.25,
    t60: float = 0.5,
    volume: float = 200.0,
    rooms: int = 0,
    rate: float,
) -> Noisy:
    """A talker who steps back from the microphone: the direct sound falls off, the room does not.

    The direct sound loses 6 dB with every doubling of the distance beyond `near`; the reverberant field, as in
    reverberation, keeps its level, so that their ratio falls. The level is not made up for: chain gain for a device that
    does.

    Severity: distance in metres; our choice, from a telephone to the far end of a meeting table.

    Settings:
        near: distance in metres at which the level is the clip's; nearer, only the room is less.
        t60: reverberation time of the room in seconds.
        volume: of the room in cubic metres.
        rooms: how many different rooms there are in the whole run; 0 gives every clip its own.

    Raises:
        BadSetting: a distance, the time or the volume is not positive, or the number of rooms is negative.

    References: Kuttruff 2009, Room Acoustics (critical distance).
    """
    _check_room(near, volume)
    if not 0 < t60 < math.inf:
        raise BadSetting(explain("a reverberation time above 0 s", "t60", t60))
    power = reverberant_power(metres, volume, t60)
    room = Room(t60, power, hertz(rate))
    loud = add_tails(clips, keys_of_rooms(draw, len(clips), rooms), room, keep=rooms > 0)
    level = min(1.0, near / metres)
    report = {"direct_db": [20.0 * math.log10(level)], "ratio_db": [-10.0 * math.log10(power)]}
    return Noisy(loud * loud.dtype.type(level), report=single(len(clips), **report))


@perturbation(
    batched=True,
    exempt={"different-samples": "the line is the same for every clip; nothing is drawn"},
)
def echo(
    clips: Waveform,
    draw: Draw,
    *,
    loss: Dose = Ladder(30.0, 24.0, 18.0, 12.0, 6.0, unit="dB loss", none=math.inf, scale="dB"),
    delay: float = 150.0,
    rate: float,
) -> Noisy:
    """A hybrid that is not matched, a far wall, a loudspeaker that feeds the microphone: the clip comes once more, late.

    The echo is the clip itself, `delay` ms later (rounded to samples) and weaker by the loss.

    Severity: loss of the echo in dB; less is worse. Our choice, about what calls tolerate.

    Settings:
        delay: of the echo in ms.

    Raises:
        BadSetting: the delay is not positive.

    References: ITU-T G.131 (talker echo). Shah et al. 2024, Speech Robust Bench (echo).
    """
    if not 0 < delay < math.inf:
        raise BadSetting(explain("a delay above 0 ms", "delay", delay))
    samples = clips.shape[-1]
    late = min(max(1, round(delay * hertz(rate) / 1000.0)), samples)
    noisy = np.array(clips, order="C")
    noisy[..., late:] += clips.dtype.type(10.0 ** (-loss / 20.0)) * clips[..., : samples - late]
    return Noisy(noisy, report=single(len(clips), eligible=[int(late < samples)] * len(clips)))


@perturbation(
    batched=True, stand_ins={"file": "a simulated office of 6 x 4 x 2.7 m, no measured room"}
)
def impulse_response(
    clips: Waveform,
    draw: Draw,
    *,
    wet: Dose = Ladder(0.2, 0.4, 0.6, 0.8, 1.0, unit="of the room's reflections", high=10.0),
    file: str = "",
    rate: float,
) -> Noisy:
    """Your own rooms, as you measured them: the clip as it would sound there.

    An impulse response is drawn for each clip, brought to the clip's rate, and scaled and moved so that its highest peak,
    the direct sound, has an amplitude of 1 and no delay. All the rest of it is multiplied by the dose: at 1 this is the room
    as measured, in between a drier one. A mono response serves all channels; one of as many channels as the clip serves each
    its own. Without a file it is an office of 6 x 4 x 2.7 m by the method of image sources, with a T60 of 0.4 s and drawn
    places of talker and microphone.

    Severity: amplitude of the reflections, as a share of those of the room.

    Settings:
        file: a sound file of an impulse response, or a folder of them, which is looked through to any depth.

    Raises:
        BadSetting: there is no such file, no sound in it, or it cannot be read.
        MissingExtra: it is no PCM wav file and soundfile is not installed.

    References: Allen and Berkley 1979, Image method for efficiently simulating small-room acoustics.
    """
    hz, noisy = hertz(rate), np.empty_like(clips, order="C")
    for row, clip in enumerate(clips):
        reflections = response(file, draw.row(row), len(clip), hz)
        noisy[row] = clip + clip.dtype.type(wet) * convolved(clip, reflections)
    return Noisy(noisy)


@perturbation(batched=True, coupling="transform", requires=("room",))
def room_simulator(
    clips: Waveform,
    draw: Draw,
    *,
    absorption: Dose = Ladder(
        0.7, 0.5, 0.35, 0.2, 0.1, unit="absorbed by the walls", none=1.0, low=0.02, high=1.0
    ),
    metres: float = 1.0,
    rooms: int = 8,
    rate: float,
) -> Noisy:
    """A small office modelled wall by wall: single reflections first, then ever more of them.

    pyroomacoustics follows up to ten reflections (image sources) in boxes of drawn size with drawn places of talker and
    microphone, through audiomentations. Each room is modelled once; its direct sound is brought to an amplitude of 1 and to
    no delay, to within half a sample. It sounds alike on all channels.

    Severity: share of the sound's energy that the walls, the floor and the ceiling absorb; less is worse. 0.4 is a
    studio, 0.15 an office.

    Settings:
        metres: distance of the microphone from the talker, as far as the room allows.
        rooms: how many different rooms there are in the whole run; 0 gives every clip its own, which takes long.

    Raises:
        BadSetting: the distance is not positive, or the number of rooms is negative.
        NotApplicable: the room cannot be modelled.
        MissingExtra: audiomentations or pyroomacoustics is not installed.

    References: Scheibler et al. 2018, Pyroomacoustics. audiomentations 0.43.1, RoomSimulator.
    """
    _check_room(metres, 1.0)
    hz, noisy = round(hertz(rate)), np.empty_like(clips, order="C")
    keys = keys_of_rooms(draw, len(clips), rooms)
    for row, clip in enumerate(clips):
        noisy[row] = convolved(clip, simulated(int(keys[row]), absorption, metres, hz))
    return Noisy(noisy)


def _check_room(metres: float, volume: float) -> None:
    for name, value, unit in (("metres", metres, "m"), ("volume", volume, "m³")):
        if not 0 < value < math.inf:
            raise BadSetting(explain(f"more than 0 {unit}", name, value))
