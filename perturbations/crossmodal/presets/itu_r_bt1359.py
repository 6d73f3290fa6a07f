"""How far sound may be from its picture: the thresholds of viewers, as one asymmetric axis of offsets.

Why: in the world sound always comes a little after what it belongs to, so that early sound is noticed at a third of the time
at which late sound is. Each rung is therefore an equal nuisance in either direction, and a longer time when it is late.
"""

from collections.abc import Mapping
from typing import Any

from perturbations import Dose, Draw, Ladder, Noisy, perturbation, preset
from perturbations.crossmodal._inputs import fact, last
from perturbations.crossmodal.time import time_offset
from perturbations.errors import NotApplicable, explain

PRESET = preset(
    "itu-r-bt1359",
    modality="crossmodal",
    title="Sound against vision at the thresholds of ITU-R BT.1359-1",
    note=(
        "The recommendation gives two thresholds, in ms of sound ahead of vision: +45 and -125 are detected, +90 and -185 are "
        "no longer accepted. They are severity 0.4 and 0.8. The rungs beside them are ours: half of the first, midway, and "
        "twice the second. They were found with viewers of television, not with models."
    ),
)

_EXEMPT = {"different-samples": "the lag is a property of the transport: the same for every sample"}
Value = Mapping[str, Any]


@perturbation("itu-r-bt1359/sound-early", family="time", coupling="transform",
              measure="misalignment", exempt=_EXEMPT)  # fmt: skip
def sound_early(
    value: Value,
    draw: Draw,
    *,
    advance: Dose = Ladder(22.5, 45, 67.5, 90, 180, unit="ms of sound ahead of vision"),
    fill: str = "hold",
    facts: Mapping[str, Any],
) -> Noisy | Value:
    """The sound comes before its picture: the picture went through more processing.

    As crossmodal/time-offset of the last input, which is the sound; with the sign of the recommendation, +45 ms is early by 45.

    Severity: +22.5, +45 (detected), +67.5, +90 (no longer accepted), +180 ms.

    Settings:
        fill: what stands at the end: hold (the last sample) or zeros.

    Raises:
        NotApplicable: the last input is no sound (or a series of its features), or nothing of it would be left.
        MissingFact: its `modality` or `rate` is not known.
        BadSetting: `fill` is another word.

    References:
        ITU-R BT.1359-1 (1998): relative timing of sound and vision for broadcasting.
    """
    return _offset(value, draw, -advance, fill, facts)


@perturbation("itu-r-bt1359/sound-late", family="time", coupling="transform",
              measure="misalignment", exempt=_EXEMPT)  # fmt: skip
def sound_late(
    value: Value,
    draw: Draw,
    *,
    advance: Dose = Ladder(
        -62.5, -125, -155, -185, -370, unit="ms of sound ahead of vision", low=-1e9, high=0.0
    ),
    fill: str = "hold",
    facts: Mapping[str, Any],
) -> Noisy | Value:
    """The sound comes after its picture, as from far away or through a slow coder.

    As crossmodal/time-offset of the last input, which is the sound; with the sign of the recommendation, -125 ms is late by 125.

    Severity: -62.5, -125 (detected), -155, -185 (no longer accepted), -370 ms.

    Settings:
        fill: what stands at the beginning: hold (the first sample) or zeros.

    Raises:
        NotApplicable: the last input is no sound (or a series of its features), or nothing of it would be left.
        MissingFact: its `modality` or `rate` is not known.
        BadSetting: `fill` is another word.

    References:
        ITU-R BT.1359-1 (1998): relative timing of sound and vision for broadcasting.
    """
    return _offset(value, draw, -advance, fill, facts)


def _offset(
    value: Value, draw: Draw, lag: float, fill: str, facts: Mapping[str, Any]
) -> Noisy | Value:
    name = last(value)
    kind = fact(facts, name, "modality", "audio")
    if kind == "video":
        hint = "name the sound last, such as video,sound:itu-r-bt1359/sound-late"
        expected = f"sound, or a series of its features, for the input {name!r}"
        raise NotApplicable(explain(expected, "modality", kind, hint))
    done: Noisy | Value = time_offset.function(value, draw, lag=lag, fill=fill, facts=facts)
    return done
