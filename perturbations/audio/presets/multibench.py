"""MultiBench's noise in audio: some clips have noise, or lose samples on their own or in runs."""

import math

import numpy as np

from perturbations import Dose, Draw, Noisy, perturbation
from perturbations._multibench import LEVEL, Parts, chosen, within
from perturbations.audio._modality import Waveform
from perturbations.audio.noise import white_noise
from perturbations.errors import BadSetting, explain

PARTS = ("gaussian", "random-drop", "structured-drop")
RUN = 10
"""Samples of a run that are lost together."""


@perturbation(
    "multibench/audio",
    family="multibench",
    modality="audio",
    batched=True,
    coupling="transform",
)
def audio(
    clips: Waveform,
    draw: Draw,
    *,
    level: Dose = LEVEL,
    parts: Parts = PARTS,
    run: int = RUN,
    divided_by: float = 1.0,
) -> Noisy:
    """A recording that hisses or stutters: some clips have noise, or lose samples one by one or in short runs.

    A clip is chosen with probability `level`, and one of the parts is made of it, each as likely: gaussian, white
    noise of `level` times the clip's own RMS, a signal-to-noise ratio of -20 log10(level) dB; random-drop, each
    moment becomes 0 with probability `level`, in all channels; structured-drop, each run of 10 does, so that the
    share lost is the level too. A clip that is not chosen stays as it is. The report names the part.

    Departures from the program: a clip that is not chosen is left alone (there, it comes back silent, so that level
    0 is silence throughout); noise is in units of the clip and not of full scale; single moments can be lost
    (there, the call has its arguments the wrong way round and fails); runs do not overlap (there, 81 % is gone at
    level 0.3). No loader of the published data sets calls it: their "audio" is a series of features, for which
    there is multibench/timeseries.

    Severity: the protocol's noise level, 0 to 1: the probability of a clip to be chosen, and how much is made of it.

    Settings:
        parts: some of the three.
        run: length of a run in samples.
        divided_by: what the level is divided by first; see multibench/text.

    Raises:
        BadSetting: there is no such part, a run is shorter than a sample, or the divisor is below 1.

    References: Liang et al. 2021, MultiBench: Multiscale Benchmarks for Multimodal Representation Learning (audio imperfections).
    """
    if run < 1:
        raise BadSetting(explain("a run of at least one sample", "run", run, "10 as published"))
    amount, known = within(level, divided_by), chosen(parts, PARTS)
    hit = draw.uniform((len(clips),), stream="chosen") < amount
    which = (draw.uniform((len(clips),), stream="part") * len(known)).astype(np.intp)
    made = [known[part] if here else "" for here, part in zip(hit, which, strict=True)]
    noisy = np.array(clips)
    for name in set(made) - {""}:
        rows = np.array([i for i, part in enumerate(made) if part == name])
        own = Draw(draw.keys[rows], draw.run)
        noisy[rows] = _part(name, np.ascontiguousarray(clips[rows]), own, amount, run)
    return Noisy(noisy, report={"parts": made})


def _part(name: str, clips: Waveform, draw: Draw, amount: float, run: int) -> Waveform:
    if name == "gaussian":
        noised: Noisy = white_noise.function(clips, draw, snr=-20 * math.log10(amount))
        return np.asarray(noised.value)
    length = 1 if name == "random-drop" else run
    count, _, steps = clips.shape
    # The first run may have begun before the clip.
    start = (draw.uniform((count,), stream="start") * length).astype(np.intp)
    places = (np.arange(steps) + start[:, None]) // length
    lost = draw.uniform((count, steps // length + 2), stream=name) < amount
    return np.where(np.take_along_axis(lost, places, axis=1)[:, None], 0, clips)
