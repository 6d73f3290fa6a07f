"""Streams that drift apart: buffers, networks and clocks that delay one of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._containers import to_numpy
from perturbations.crossmodal._inputs import check_word, fact, last, put
from perturbations.errors import BadValue, MissingFact, NotApplicable, explain

FILLS = ("hold", "zeros")
TIME_AXIS = {"audio": -1, "timeseries": 0}


@perturbation(
    coupling="transform",
    measure="changed",
    exempt={
        "different-samples": "the lag is a property of the transport: the same for every sample"
    },
)
def time_offset(
    value: Mapping[str, Any],
    draw: Draw,
    *,
    lag: Dose = Ladder(40, 80, 125, 185, 400, unit="ms"),
    fill: str = "hold",
    facts: Mapping[str, Any],
) -> Noisy | Mapping[str, Any]:
    """The last input lags behind the others by a constant time; its end is lost, and its length stays.

    The lag is rounded to the nearest sample of the input's rate; the report's `offset_ms` is what came of it. Before
    the first sample arrives, `fill` is its value (hold) or zero (zeros). Late sound is noticed from 125 ms and no
    longer accepted from 185 ms: the third and fourth rung.

    Severity: the lag in milliseconds.

    Raises:
        MissingFact: the last input's `modality` or `rate` is not known.
        NotApplicable: the last input is not sampled in time.
        BadSetting: `fill` is another word.

    References:
        ITU-R BT.1359-1 (1998): relative timing of sound and vision.
    """
    check_word(fill, FILLS, "fill")
    name = last(value)
    axis = _time_axis(facts, name)
    rate = _rate(facts, name)
    if value[name] is None:
        return value
    array, back = to_numpy(value[name])
    if not isinstance(array, np.ndarray) or array.ndim == 0:
        raise BadValue(explain(f"an array for the input {name!r}", name, array))
    # Half samples go up, so that the realised lag never falls when the dose rises.
    steps = min(int(np.floor(lag * rate / 1000 + 0.5)), array.shape[axis])
    if steps == 0:
        return value
    late = delayed(array, steps, axis, hold=fill == "hold")
    return Noisy(put(value, name, back(late)), report={"offset_ms": steps * 1000 / rate})


def delayed(array: NDArray[Any], steps: int, axis: int, *, hold: bool) -> NDArray[Any]:
    """Return the array later by `steps` along an axis, in the same length; 0 < steps <= that length."""
    moved = np.moveaxis(array, axis, 0)
    head = np.repeat(moved[:1], steps, axis=0) if hold else np.zeros_like(moved[:steps])
    late = np.concatenate([head, moved[: len(moved) - steps]])
    return np.ascontiguousarray(np.moveaxis(late, 0, axis))


def _time_axis(facts: Mapping[str, Any], name: str) -> int:
    modality = fact(facts, name, "modality", "audio")
    if modality not in TIME_AXIS:
        expected = f"{' or '.join(TIME_AXIS)} for the input {name!r}"
        hint = "name the sampled input last: only its time can move"
        raise NotApplicable(explain(expected, "modality", modality, hint))
    return TIME_AXIS[modality]


def _rate(facts: Mapping[str, Any], name: str) -> float:
    rate = fact(facts, name, "rate", 16000)
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate < float("inf"):
        raise MissingFact(explain(f"the rate of the input {name!r} in Hz", "rate", rate))
    return float(rate)
