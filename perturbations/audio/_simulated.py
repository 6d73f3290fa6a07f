"""Rooms modelled by pyroomacoustics, through audiomentations: one response a room, kept.

Why the response and not the transform itself: its room would be modelled anew for every clip and severity, its output is
late by the way of the sound and ever longer. A click through it is a response that can be put right once.
"""

from functools import lru_cache

import numpy as np

from perturbations._extras import require
from perturbations._global_random import seeded
from perturbations.audio._recordings import Sound
from perturbations.errors import NotApplicable, explain

_ORDER = 10
"""Reflections that are followed; more take minutes."""
_FINER = 8
"""Points between samples at which the direct sound is looked for."""
_DIRECT = 64
"""Samples on either side of the peak that are looked at."""


@lru_cache(maxsize=256)
def simulated(key: int, absorption: float, metres: float, rate: int) -> Sound:
    """Return the response of a drawn room, (1, L): the direct sound has an amplitude of 1 at the middle sample.

    Raises:
        MissingExtra: audiomentations or pyroomacoustics is not installed.
        NotApplicable: the room cannot be modelled.
    """
    require("pyroomacoustics", extra="room")
    simulator = require("audiomentations", extra="room").RoomSimulator(
        min_absorption_value=absorption,
        max_absorption_value=absorption,
        min_mic_distance=metres,
        max_mic_distance=metres,
        max_order=_ORDER,
        use_ray_tracing=False,  # it has a generator of its own
        p=1.0,
    )
    click = np.zeros(rate // 10 + 1, dtype=np.float32)
    click[0] = 1.0
    with seeded(key) as seed:
        seed()
        try:
            sound = np.asarray(simulator(click, rate), dtype=np.float64)
        except ValueError as error:
            hint = f"audiomentations' RoomSimulator says: {error}"
            expected = "a room that can be modelled"
            raise NotApplicable(explain(expected, "absorption", absorption, hint)) from error
    return _centred(sound / _direct(sound))


def _direct(sound: np.ndarray) -> float:
    """Return the amplitude of the direct sound, between samples where it is."""
    from scipy.signal import resample

    peak = int(np.abs(sound).argmax())
    near = sound[max(peak - _DIRECT, 0) : peak + _DIRECT]
    return float(np.abs(resample(near, _FINER * near.size)).max())


def _centred(sound: np.ndarray) -> Sound:
    """Return a sound with its peak at the middle sample."""
    peak = int(np.abs(sound).argmax())
    reach = max(peak, sound.size - 1 - peak)
    out = np.zeros((1, 2 * reach + 1), dtype=np.float32)
    out[0, reach - peak : reach - peak + sound.size] = sound
    out.flags.writeable = False
    return out
