"""Rooms modelled by pyroomacoustics, through audiomentations: one response a room, kept.

Why the response and not the transform itself: its room would be modelled anew for every clip and severity, its output is
late by the way of the sound and ever longer. A click through it is a response that can be put right once.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from perturbations._extras import require
from perturbations._global_random import seeded
from perturbations.audio._responses import Response
from perturbations.errors import NotApplicable, explain

_ORDER = 10
"""Reflections that are followed; more take minutes."""
_FINER = 8
"""Points between samples at which the direct sound is looked for."""
_DIRECT = 64
"""Samples on either side of the peak that are looked at."""


@lru_cache(maxsize=256)
def simulated(key: int, absorption: float, metres: float, rate: int) -> Response:
    """Return the response of a drawn room: the direct sound has an amplitude of 1 at the origin.

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
    made = (sound / _direct(sound)).astype(np.float32)[np.newaxis]
    made.flags.writeable = False
    return Response(made, int(np.abs(sound).argmax()))


def _direct(sound: NDArray[np.float64]) -> float:
    """Return the amplitude of the direct sound, between samples where it is."""
    from scipy.signal import resample

    peak = int(np.abs(sound).argmax())
    near = sound[max(peak - _DIRECT, 0) : peak + _DIRECT]
    return float(np.abs(resample(near, _FINER * near.size)).max())
