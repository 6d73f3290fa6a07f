"""The last input as a stream of steps in time: samples of a sound, readings of a series, frames of a clip.

Why: whatever comes late, is lost or is repeated, what the model gets is a value of the same length in which step j shows
what the clean one had at another moment. So every noise of time only says which.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._containers import is_pandas, to_numpy
from perturbations._modality import Context, modality
from perturbations._time_map import TimeMap
from perturbations.crossmodal._inputs import check_content, check_word, fact, last
from perturbations.errors import BadValue, MissingFact, NotApplicable, explain

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]

FILLS = ("hold", "zeros")
TIME_AXIS = {"audio": -1, "timeseries": 0, "video": 0}
"""Axis of time by modality; channels come before it in a sound, and after it in all others."""

_USUAL = {"audio": 16000, "timeseries": 100, "video": 25}
"""A rate in Hz that an example may show, by modality."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One input, sampled in time."""

    name: str
    kind: str
    """Its modality."""
    known: Mapping[str, Any]
    """The facts of the input."""
    content: Any
    """An array, or a data frame of pandas."""
    axis: int
    """Of time, in an array."""
    moments: Floats
    """(T,): when each step was taken, in seconds since the first."""
    rate: float
    """Steps a second; of uneven stamps, in the median."""
    even: bool
    """Whether steps come at equal intervals."""
    back: Callable[[Any], Any]
    """Makes a tensor of an array again, where it was one."""

    def __len__(self) -> int:
        return len(self.moments)

    @property
    def duration(self) -> float:
        """Seconds from the first step to the end of the last."""
        return float(self.moments[-1]) + 1 / self.rate if len(self) else 0.0

    def steps(self, milliseconds: float) -> int:
        """Return the nearest number of steps; halves go away from zero, so that it never falls when the time grows."""
        count = int(abs(milliseconds) * self.rate / 1000 + 0.5)
        return -count if milliseconds < 0 else count

    def take(self, rows: Rows, fill: str = "hold") -> Any:
        """Return the input whose step j shows the clean step rows[j]; beyond its ends are its outermost steps, or zeros.

        Stamps of a data frame stay as they are: the readings under them are others.
        """
        outside = (rows < 0) | (rows >= len(self))
        inside = np.clip(rows, 0, len(self) - 1)
        if is_pandas(self.content):
            moved = self.content.iloc[inside].set_axis(self.content.index)
            if fill == "zeros" and outside.any():
                moved.iloc[outside] = 0
            return moved
        taken = np.take(self.content, inside, axis=self.axis)
        if fill == "zeros":
            np.moveaxis(taken, self.axis, 0)[outside] = 0
        return self.back(taken)

    def at(self, asked: Floats, fill: str = "hold") -> Any:
        """Return the input whose step j shows what was at the moment asked[j], in seconds.

        Between samples of a sound is the band-limited signal, between readings a cubic, between frames the nearest. Beyond
        the ends are the outermost steps, or zeros.
        """
        if self.kind == "video":
            return self.take(self.rows_at(asked), fill)
        half = 0.5 / self.rate
        outside = (asked < -half) | (asked > self.duration - half)
        inside = np.clip(asked, 0.0, self.duration - 1 / self.rate)
        check_content(self.name, self.kind, self.content, self.known)
        contract, context = modality(self.kind), Context(self.known)
        working, token = contract.encode(self.content, context, False)
        if self.kind == "audio":
            from perturbations.audio._kernels.warp import read_at

            sound = read_at(working[np.newaxis], inside[np.newaxis] * self.rate)[0]
            if fill == "zeros":
                sound[:, outside] = 0
            return self.back(contract.decode(sound, token, context, False))
        from perturbations.timeseries._moves import read_at as read_series
        from perturbations.timeseries._series import Moments

        readings = read_series(working, Moments(self.moments[np.newaxis], "s"), inside[np.newaxis])
        if fill == "zeros":
            readings[:, outside] = 0
        moved = working.moved(readings, rows=None)
        return self.back(contract.decode(moved, token, context, False))

    def mapping_at(self, asked: Floats) -> TimeMap:
        """Return where moments went when step j shows what was at asked[j]; time never runs backwards in it."""
        knots = np.maximum.accumulate(asked)
        return TimeMap(knots, self.moments, self.duration, self.duration)

    def rows_at(self, asked: Floats) -> Rows:
        """Return which step is nearest to each moment; beyond the ends, steps that there are not."""
        if self.even:
            return np.floor(asked * self.rate + 0.5).astype(np.int64)
        after = np.searchsorted(self.moments, asked).clip(1, max(len(self) - 1, 1))
        middle = (self.moments[after - 1] + self.moments[np.minimum(after, len(self) - 1)]) / 2
        rows: Rows = np.where(asked < middle, after - 1, after)
        early, late = asked < self.moments[0] - 0.5 / self.rate, asked >= self.duration
        return np.where(early, -1, np.where(late, len(self), rows))

    def mapping(self, rows: Rows) -> TimeMap:
        """Return where moments went when step j shows the clean step rows[j]."""
        if self.even:
            return TimeMap.of_source(rows, len(self), period=1 / self.rate)
        place = np.full(len(self), np.nan)
        known = np.flatnonzero((rows >= 0) & (rows < len(self)))[::-1]
        place[rows[known]] = self.moments[known]  # backwards, so that the first of several stays
        return TimeMap(self.moments, place, self.duration, self.duration)


def stream(
    value: Mapping[str, Any], facts: Mapping[str, Any], fill: str = "hold", name: str = ""
) -> Stream | None:
    """Return an input, by default the last, as a stream; None where it is missing.

    Raises:
        BadSetting: there is no such fill.
        MissingFact: its modality is not known, or its rate, and it has no stamps.
        NotApplicable: it is not sampled in time, or its stamps do not ascend.
        BadValue: it is no array and no data frame.
    """
    check_word(fill, FILLS, "fill")
    name = name or last(value)
    kind = fact(facts, name, "modality", "audio")
    if kind not in TIME_AXIS:
        expected = f"{', '.join(TIME_AXIS)} for the input {name!r}"
        hint = "name the sampled input last: only its time can move"
        raise NotApplicable(explain(expected, "modality", kind, hint))
    if is_pandas(value[name]):
        _check_overlap(value, name)
        return _of_frame(name, value[name], facts[name])
    if value[name] is None:
        return None
    rate = _rate(facts, name)
    array, back = to_numpy(value[name])
    if not isinstance(array, np.ndarray) or array.ndim == 0:
        raise BadValue(explain(f"an array for the input {name!r}", name, array))
    flipped = kind == "audio" and array.ndim == 2 and facts[name].get("layout") == "TC"
    axis = 0 if flipped else TIME_AXIS[kind]
    moments = np.arange(array.shape[axis]) / rate
    return Stream(name, kind, facts[name], array, axis, moments, rate, even=True, back=back)


def overlapping(found: Stream, steps: int) -> None:
    """Refuse an offset that leaves nothing of the stream.

    Raises:
        NotApplicable: it is as long as the stream, or longer.
    """
    if abs(steps) >= len(found):
        hint = "set a smaller offset, give longer values, or use crossmodal/missing-input"
        known = f"{1000 * found.duration:.4g} ms of the input {found.name!r}"
        expected = f"an offset that leaves some of the {known}"
        raise NotApplicable(explain(expected, "offset_ms", 1000 * steps / found.rate, hint))


def demand_between(found: Stream) -> Stream:
    """Return the stream.

    Raises:
        NotApplicable: it is a clip, which has nothing between its frames.
    """
    if found.kind == "video":
        hint = "use reads=nearest, or name the sound last"
        raise NotApplicable(
            explain("a sound or a series to read between", found.name, found.kind, hint)
        )
    return found


def _of_frame(name: str, frame: Any, known: Mapping[str, Any]) -> Stream:
    from perturbations.timeseries import _frames
    from perturbations.timeseries._series import Series

    _frames.check_frame(frame)
    values, seconds, _clock = _frames.read(frame, known.get("rate"))
    stamps = None if seconds is None else seconds[np.newaxis]
    time = Series(values[np.newaxis], stamps).moments(known.get("rate"))
    time = time.demand_seconds(f"the input {name!r}").ascending()
    at, pace = time.at[0], 1 / float(time.interval[0, 0])
    return Stream(name, "timeseries", known, frame, 0, at, pace, even=time.even, back=_same)


def _check_overlap(value: Mapping[str, Any], name: str) -> None:
    """Refuse a data frame with dates beside another that has none of them.

    Raises:
        NotApplicable: the spans of two frames have nothing in common.
    """
    own = _span(value[name])
    for other, content in value.items():
        span = _span(content)
        apart = own and span and (own[0] > span[1] or own[1] < span[0])
        if other != name and own and span and apart:
            said = f"{name} from {own[0]} to {own[1]}, {other} from {span[0]} to {span[1]}"
            hint = "they were not recorded together, or one clock is wrong: cut both to the span that they share"
            raise NotApplicable(explain("inputs that overlap in time", "spans", said, hint))


def _span(content: Any) -> tuple[Any, Any] | None:
    """Return the first and the last date of a data frame; None where it has none."""
    index = getattr(content, "index", None) if is_pandas(content) else None
    if index is None or not len(index) or getattr(index.dtype, "kind", "") != "M":
        return None
    naive = index.tz_convert("UTC").tz_localize(None) if index.tz is not None else index
    return naive.min(), naive.max()


def _rate(facts: Mapping[str, Any], name: str) -> float:
    kind = str((facts.get(name) or {}).get("modality", ""))
    rate = fact(facts, name, "rate", _USUAL.get(kind, _USUAL["audio"]))
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate < float("inf"):
        raise MissingFact(explain(f"the rate of the input {name!r} in Hz", "rate", rate))
    return float(rate)


def _same(value: Any) -> Any:
    return value
