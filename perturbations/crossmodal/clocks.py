"""Clocks that differ: one stream that runs slow against the others, that wavers, or that was never set."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.crossmodal._inputs import check_word
from perturbations.crossmodal._stream import TIME_AXIS, Stream, stream
from perturbations.crossmodal.time import DIRECTIONS
from perturbations.errors import BadSetting, NotApplicable, explain

Value = Mapping[str, Any]
Floats = NDArray[np.float64]

_MOST = 3.0
"""Standard deviations that jitter is bounded by."""
_KNOTS = 4
"""Moments in each correlation time at which a wavering offset is drawn; it runs evenly between them."""


@perturbation(
    family="time",
    coupling="transform",
    measure="misalignment",
    exempt={
        "different-samples": "the lag is a property of the transport: the same for every sample",
    },
)
def clock_drift(
    value: Value,
    draw: Draw,
    *,
    drift: Dose = Ladder(
        0.1, 0.5, 2, 10, 50, unit="ms per second", scale="log", low=-500, high=500
    ),
    since: float = 0.0,
    direction: str = "late",
    fill: str = "hold",
    facts: Mapping[str, Any],
) -> Noisy | Value:
    """The last input runs on a slow clock against the others: it comes ever later, by so many milliseconds each second.

    What happens at t shows at t (1 + e) + e * since, with e a thousandth of the dose: 1 ms per second is 1000 ppm. Its length
    stays, and what it runs beyond the end is lost. Sounds are read between their samples by a windowed sinc, series by cubics;
    of a clip the nearest frame stands there.

    Severity: 0.1, 0.5, 2, 10, 50 ms each second (severity 0.2 to 1): 100 ppm for a poor crystal, 5 % for a stream that is
        played at the wrong rate. Our choice.

    Settings:
        since: seconds that the clocks had run apart when the sample begins: an hour at 0.1 ms per second is 360 ms.
        direction: late or early; it turns the sign of the dose.
        fill: what stands where nothing was: hold (the outermost step) or zeros.

    Raises:
        MissingFact: the last input's `modality` or `rate` is not known, and it has no stamps.
        NotApplicable: the last input is not sampled in time, or nothing of it would be left.
        BadSetting: `direction` or `fill` is another word, or `since` is below 0.

    References:
        Mills, Internet time synchronization: the Network Time Protocol, 1991 (frequency offset).
    """
    check_word(direction, tuple(DIRECTIONS), "direction")
    if not 0 <= since < math.inf:
        raise BadSetting(explain("a time of at least 0 s", "since", since))
    found = stream(value, facts, fill)
    if found is None:
        return value
    part = DIRECTIONS[direction] * drift / 1000
    return _late(
        value, found, (found.moments - part * since) / (1 + part), fill, drift_ppm=1e6 * part
    )


@perturbation(family="time", coupling="transform", measure="misalignment")
def offset_jitter(
    value: Value,
    draw: Draw,
    *,
    spread: Dose = Ladder(10, 20, 40, 80, 160, unit="ms (standard deviation)", high=1e5),
    seconds: float = 0.0,
    fill: str = "hold",
    facts: Mapping[str, Any],
) -> Noisy | Value:
    """The time between the streams wavers: the last input is sometimes early and sometimes late.

    The offset is normal, bounded by 3 standard deviations: one for each sample, or with `seconds` one that wavers within it, a
    first-order process with this correlation time, drawn four times in it and even in between. Between samples of a sound is
    the band-limited signal, between readings a cubic, of a clip the nearest frame.

    Severity: 10, 20, 40, 80, 160 ms (severity 0.2 to 1). Our choice: from a good network to one that no buffer can smooth.

    Settings:
        seconds: correlation time of an offset that wavers within a sample; 0 for one that is constant in each.
        fill: what stands where nothing was: hold (the outermost step) or zeros.

    Raises:
        MissingFact: the last input's `modality` or `rate` is not known, and it has no stamps.
        NotApplicable: the last input is not sampled in time, or nothing of it would be left.
        BadSetting: `seconds` is below 0, or `fill` is another word.

    References:
        Demichelis and Chimento, RFC 3393 (2002): delay variation of packets.
        Uhlenbeck and Ornstein, Physical Review 36 (1930).
    """
    if not 0 <= seconds < math.inf:
        raise BadSetting(explain("a correlation time of at least 0 s", "seconds", seconds))
    found = stream(value, facts, fill)
    if found is None:
        return value
    return _late(
        value, found, found.moments - spread / 1000 * _wavering(found, draw, seconds), fill
    )


@perturbation(
    family="time",
    coupling="transform",
    measure="misalignment",
    exempt={
        "different-samples": "the clocks of the run are the same for every sample",
    },
)
def different_clocks(
    value: Value,
    draw: Draw,
    *,
    offset: Dose = Ladder(10, 20, 50, 100, 200, unit="ms (standard deviation)", high=1e5),
    skew: Dose = Ladder(20, 50, 100, 500, 2000, unit="ppm (standard deviation)", high=1e5),
    fill: str = "hold",
    facts: Mapping[str, Any],
) -> Noisy | Value:
    """Every device has a clock of its own: all inputs but the first are off by their own time, and run at their own pace.

    Offset and skew of each input are normal, drawn once for the run, as devices keep their clocks from sample to sample: what
    happens at t shows at t (1 + skew) + offset. Inputs that are not sampled in time stay.

    Severity: standard deviations of offset and skew: from 10 ms and 20 ppm for devices that were synchronised over a network
        to 200 ms and 2000 ppm for those that were set by hand. Our choice.

    Settings:
        fill: what stands where nothing was: hold (the outermost step) or zeros.

    Raises:
        MissingFact: the last input's `modality` is not known, or the `rate` of one that is sampled in time.
        NotApplicable: the last input is not sampled in time, or nothing of one would be left.
        BadSetting: `fill` is another word.

    References:
        Mills, Internet time synchronization: the Network Time Protocol, 1991 (offset and skew).
    """
    stream(value, facts, fill)  # says what is wrong with the last input
    device, changed, mappings, late = draw.shared("device"), dict(value), {}, []
    for name in list(value)[1:]:
        if (facts.get(name) or {}).get("modality") not in TIME_AXIS:
            continue
        found = stream(value, facts, fill, name)
        if found is None:
            continue
        normal = np.clip(device.normal(2, stream=f"clock of {name}"), -_MOST, _MOST)
        delay, pace = offset / 1000 * float(normal[0]), 1 + skew * 1e-6 * float(normal[1])
        done = _late(value, found, (found.moments - delay) / pace, fill)
        changed[name], mappings[name] = done.value[name], done.mapping
        late.append(done.report["misalignment"])
    return Noisy(changed, mappings or None, {"misalignment": float(np.mean(late)) if late else 0.0})


def _wavering(found: Stream, draw: Draw, seconds: float) -> Floats:
    """Return how late each step is, in standard deviations."""
    if not seconds:
        return np.full(len(found), float(np.clip(draw.normal(stream="offset"), -_MOST, _MOST)))
    step = seconds / _KNOTS
    count = int(found.duration / step) + 2
    fresh = draw.normal(count, stream="offset").tolist()
    kept = math.exp(-1 / _KNOTS)
    walk = [fresh[0]]
    for each in fresh[1:]:
        walk.append(kept * walk[-1] + math.sqrt(1 - kept**2) * each)
    knots = np.clip(walk, -_MOST, _MOST)
    return np.asarray(np.interp(found.moments, step * np.arange(count), knots))


def _late(value: Value, found: Stream, asked: Floats, fill: str, **told: float) -> Noisy:
    """Return the value whose stream shows what was at the moments asked.

    Raises:
        NotApplicable: none of them is within it.
    """
    away = found.moments - asked
    if not ((asked >= 0) & (asked < found.duration)).any():
        hint = "set a smaller dose, give longer values, or use crossmodal/missing-input"
        expected = f"clocks that leave some of the {1000 * found.duration:.4g} ms of {found.name!r}"
        raise NotApplicable(
            explain(expected, "offset_ms", 1000 * float(away.mean()) if len(away) else 0.0, hint)
        )
    report = {
        "offset_ms": 1000 * float(away.mean()),
        "misalignment": 1000 * float(np.abs(away).mean()),
        **told,
    }
    changed = {**value, found.name: found.at(asked, fill)}
    return Noisy(changed, found.mapping_at(asked), report)
