"""Streams that drift apart: buffers, networks and clocks that delay one of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._time_map import TimeMap
from perturbations.crossmodal._inputs import check_word, put
from perturbations.crossmodal._stream import demand_between, overlapping, stream

DIRECTIONS = {"late": 1, "early": -1}


@perturbation(
    coupling="transform",
    measure="misalignment",
    exempt={
        "different-samples": "the lag is a property of the transport: the same for every sample"
    },
)
def time_offset(
    value: Mapping[str, Any],
    draw: Draw,
    *,
    lag: Dose = Ladder(40, 80, 125, 185, 400, unit="ms", low=-np.inf),
    direction: str = "late",
    reads: str = "nearest",
    fill: str = "hold",
    facts: Mapping[str, Any],
) -> Noisy | Mapping[str, Any]:
    """The last input lags behind the others by a constant time, or leads; what it moves out is lost, its length stays.

    The lag is rounded to the nearest step of the input, a sample of sound, a reading, a frame; or it is exact, and sounds and
    series are read between their steps. The report's `offset_ms` is what came of it, above zero for a late input. What moves in holds the outermost step (hold) or is zero (zeros). Late sound
    is noticed from 125 ms and no longer accepted from 185 ms: the third and fourth rung; early sound already from 45 and
    90 ms. One signed axis: doses may be negative, `time-offset@lag=-90` is early by 90 ms.

    Severity: the lag in milliseconds.

    Settings:
        direction: late or early; it turns the sign of the dose.
        reads: nearest, or between: what a sound's band-limited signal, or a cubic through readings, is between its steps.
        fill: hold or zeros.

    Raises:
        MissingFact: the last input's `modality` or `rate` is not known, and it has no stamps.
        NotApplicable: the last input is not sampled in time, or nothing of it would be left; or a clip is read between frames.
        BadSetting: `direction`, `reads` or `fill` is another word.

    References:
        ITU-R BT.1359-1 (1998): relative timing of sound and vision.
    """
    check_word(direction, tuple(DIRECTIONS), "direction")
    check_word(reads, ("nearest", "between"), "reads")
    found = stream(value, facts, fill)
    if found is None:
        return value
    steps = found.steps(DIRECTIONS[direction] * lag)
    overlapping(found, steps)
    exact = reads == "between"
    delay = DIRECTIONS[direction] * lag / 1000 if exact else steps / found.rate
    report = {"offset_ms": 1000 * delay, "misalignment": 1000 * abs(delay)}
    mapping = TimeMap.linear(found.duration, delay=delay)
    if exact:
        asked = demand_between(found).moments - delay
        return Noisy(put(value, found.name, found.at(asked, fill)), mapping, report)
    if steps == 0:
        return Noisy(value, mapping, report)
    rows = np.arange(len(found)) - steps
    if not found.even:
        rows = found.rows_at(found.moments - delay)
    return Noisy(put(value, found.name, found.take(rows, fill)), mapping, report)
