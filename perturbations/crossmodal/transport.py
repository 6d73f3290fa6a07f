"""Streams that lose their place on the way: frames that never come, a picture that stands still, packets out of order."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.crossmodal._chain import in_runs
from perturbations.crossmodal._inputs import check_burst, check_word, put
from perturbations.crossmodal._stream import Rows, Stream, stream
from perturbations.errors import BadSetting, NotApplicable, explain

Value = Mapping[str, Any]

_PACKET = 20.0
"""ms of sound in a packet: that of most speech coders."""
_LONGEST = 0.5
"""The last rung of `input_freeze`, for which the start leaves room."""


@perturbation(family="time", coupling="transform", measure="frames")
def frame_drop(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="share of frames", high=1.0),
    burst: float = 1.0,
    then: str = "hold",
    packet: float = _PACKET,
    facts: Mapping[str, Any],
) -> Noisy | Value:
    """Frames of the last input never arrive, while the others run on: frames of a clip, readings, packets of sound.

    Each but the first is lost with the probability of the dose, on its own or in runs of geometric length. In their place stands
    the last one that came, or nothing; or the rest closes up, as at a receiver that counts, so that the stream is ever earlier
    than the others and its end holds the last frame. What is lost at one severity is lost at every higher one.

    Severity: the expected share of frames lost: 2, 5, 10, 20, 40 % (severity 0.2 to 1). Our choice.

    Settings:
        burst: mean length of a run of lost frames; 1 / (1 - share) where that is longer.
        then: hold, zeros or close.
        packet: ms of sound in a packet.

    Raises:
        MissingFact: the last input's `modality` or `rate` is not known, and it has no stamps.
        NotApplicable: the last input is not sampled in time, or has one frame only.
        BadSetting: `then` is another word, `burst` is below 1 frame, or `packet` is not above 0.

    References:
        ITU-T P.930 (1996), Principles of a reference impairment system for video: frames that are dropped.
        Gilbert, Capacity of a Burst-Noise Channel, Bell System Technical Journal 39 (1960).
    """
    check_word(then, ("hold", "zeros", "close"), "then")
    check_burst(burst)
    found = stream(value, facts)
    if found is None:
        return value
    size, count = _frames(found, packet)
    here = np.arange(count)
    numbers = draw.uniform(count, stream="lost")[1:].tolist()
    lost = np.append(False, in_runs(numbers, (here[1:] - 2).tolist(), share, burst))
    if then == "close":
        left = here[~lost]
        order = left[np.minimum(here, len(left) - 1)]
        gone = np.where(here < len(left), order, -1)
    else:
        order = np.maximum.accumulate(np.where(lost, 0, here))
        gone = np.where(lost, -1, here)
    rows, origin = _steps(order, size, len(found)), _steps(gone, size, len(found))
    shown = origin if then == "zeros" else rows
    content = found.take(shown, "zeros" if then == "zeros" else "hold")
    return _moved(value, found, content, origin, frames=float(lost.mean()))


@perturbation(family="time", coupling="transform", measure="frames")
def input_freeze(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.2, 0.3, 0.4, _LONGEST, unit="share of the duration", high=1.0),
    after: str = "skip",
    facts: Mapping[str, Any],
) -> Noisy | Value:
    """The last input stands still for a while, while the others run on.

    It stops once, at a drawn step, and holds it for `share` of its duration. Then it goes on where the others are by now, so
    that what happened meanwhile is lost (skip), or where it stopped, so that from there on it is late by as much (late), as
    a player that has to wait for data. The start leaves room for the worst rung, so that a harsher freeze begins at the same
    step and lasts longer.

    Severity: 10, 20, 30, 40, 50 % of the duration (severity 0.2 to 1). Our choice.

    Settings:
        after: skip or late.

    Raises:
        MissingFact: the last input's `modality` or `rate` is not known, and it has no stamps.
        NotApplicable: the last input is not sampled in time, or has one step only.
        BadSetting: `after` is another word.

    References:
        VQEG Multimedia Group Test Plan 1.21 (2008): pausing with and without skipping.
    """
    check_word(after, ("skip", "late"), "after")
    found = stream(value, facts)
    if found is None:
        return value
    count = _several(found, len(found))
    length, room = (min(int(part * count + 0.5), count - 1) for part in (share, _LONGEST))
    last = count - max(length, room)
    start = min(1 + int(draw.uniform(stream="start") * last), last)
    rows = np.arange(count)
    rows[start : start + length] = start - 1
    origin = rows.copy()
    origin[start : start + length] = -1
    if after == "late":
        rows[start + length :] -= length
        origin[start + length :] -= length
    told = {"frames": length / count, "seconds": length / found.rate}
    return _moved(value, found, found.take(rows), origin, **told)


@perturbation(family="time", coupling="transform", measure="frames")
def reordered_frames(
    value: Value,
    draw: Draw,
    *,
    window: Dose = Ladder(1.5, 2, 3, 4, 5, unit="frames of delay", none=1.0, low=1.0),
    packet: float = _PACKET,
    facts: Mapping[str, Any],
) -> Noisy | Value:
    """Frames of the last input arrive out of order and stand as they arrive: no buffer sorts them.

    Frame k arrives at k + delay, with a delay even over `window` frames, whose drawn part is the same at every severity. Up to
    one frame nothing can overtake. Frames are those of a clip, readings, or packets of sound; none is lost.

    Severity: delays of up to 1.5, 2, 3, 4, 5 frames (severity 0.2 to 1). Our choice.

    Settings:
        packet: ms of sound in a packet.

    Raises:
        MissingFact: the last input's `modality` or `rate` is not known, and it has no stamps.
        NotApplicable: the last input is not sampled in time, or has one frame only.
        BadSetting: `packet` is not above 0.

    References:
        Morton et al., RFC 4737 (2006): packet reordering metrics.
    """
    found = stream(value, facts)
    if found is None:
        return value
    size, count = _frames(found, packet)
    whole = len(found) // size  # what is less than a packet at the end stays there
    arrival = np.arange(whole) + window * draw.uniform(count, stream="delay")[:whole]
    order = np.append(np.argsort(arrival, kind="stable"), np.arange(whole, count))
    rows = _steps(order, size, len(found))
    displaced = float((order != np.arange(count)).mean())
    return _moved(value, found, found.take(rows), rows, frames=displaced)


def _moved(value: Value, found: Stream, content: Any, origin: Rows, **told: float) -> Noisy:
    """Return the value with the stream's new content; `origin` says which clean step stands where, below 0 none."""
    here = np.arange(len(found))
    late = found.moments[here[origin >= 0]] - found.moments[origin[origin >= 0]]
    report = {**told, "misalignment": 1000 * float(np.abs(late).mean()) if late.size else 0.0}
    return Noisy(put(value, found.name, content), found.mapping(origin), report)


def _frames(found: Stream, packet: float) -> tuple[int, int]:
    """Return how many steps a frame has, and how many frames there are.

    Raises:
        BadSetting: a packet has no length.
        NotApplicable: there is only one frame.
    """
    if not 0 < packet < float("inf"):
        raise BadSetting(explain("a packet of more than 0 ms", "packet", packet))
    size = max(1, round(packet * found.rate / 1000)) if found.kind == "audio" else 1
    return size, _several(found, -(-len(found) // size))


def _several(found: Stream, count: int) -> int:
    if count < 2:
        hint = "give longer values, or use crossmodal/missing-input"
        expected = f"an input {found.name!r} of several frames"
        raise NotApplicable(explain(expected, "frames", count, hint))
    return count


def _steps(frames: Rows, size: int, length: int) -> Rows:
    """Return which step stands at each step when these frames stand one after the other; below 0 none."""
    within = np.arange(length) % size
    first = np.repeat(frames, size)[:length]
    return np.where(first < 0, -1, np.minimum(first * size + within, length - 1))
