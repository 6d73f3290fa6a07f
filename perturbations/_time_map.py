"""Where every moment of a clip or a series went: event times, segments and labels per frame moved as the noise moved time.

Why: a recording that comes 200 ms late has its words 200 ms later. Scored against the old marks, a detector that follows
the shift perfectly would look broken. One piecewise linear map serves shifts, drifting clocks, stretches and lost samples.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from perturbations._moved import Moved, rows_left
from perturbations.errors import BadValue, explain

Floats = NDArray[np.float64]

NO_LABEL = -1
"""What a frame is labelled where nothing of the clean value stands."""


class MovedSegments(NamedTuple):
    """Segments after the noise, one row for each before it."""

    times: Floats
    """(n, 2): start and stop, within the noisy value."""
    lost: NDArray[np.bool_]
    """(n,): whether nothing of it is left."""
    clipped: NDArray[np.bool_]
    """(n,): whether a part of it is gone, but not all."""


@dataclass(frozen=True, slots=True, eq=False)
class TimeMap:
    """A piecewise linear map from clean time to noisy time; in seconds, or in steps where no rate is known.

    Between two knots time runs evenly; a knot without a place (NaN) is lost, and so is what touches it.
    """

    clean: Floats
    """(k,): ascending moments of the clean value."""
    noisy: Floats
    """(k,): where each of them stands in the noisy value; NaN where it is lost."""
    before: float
    """Duration of the clean value."""
    after: float
    """Duration of the noisy value."""

    @classmethod
    def linear(
        cls, before: float, *, delay: float = 0.0, pace: float = 1.0, after: float | None = None
    ) -> Self:
        """Return the map t -> delay + pace * t of a shift or a clock at another pace."""
        ends = np.array([0.0, before])
        return cls(ends, delay + pace * ends, before, before if after is None else after)

    @classmethod
    def of_source(cls, source: ArrayLike, steps: int, *, period: float = 1.0) -> Self:
        """Return the map of a value whose step j holds the clean step source[j]; below 0 it holds none.

        A clean step that stands nowhere is lost; one that stands in several places is where it stands first.
        """
        came = np.asarray(source, dtype=np.int64)
        place = np.full(steps, np.nan)
        known = np.flatnonzero((came >= 0) & (came < steps))[::-1]
        place[came[known]] = known  # backwards, so that the first of several stays
        middles: Floats = (np.arange(steps, dtype=np.float64) + 0.5) * period
        return cls(middles, (place + 0.5) * period, steps * period, len(came) * period)

    def times(self, moments: ArrayLike) -> Floats:
        """Return where moments of the clean value are after the noise; NaN where they are lost or outside."""
        asked = np.asarray(moments, dtype=np.float64)
        found = np.asarray(self._place(asked))
        return np.where((found >= 0) & (found <= self.after), found, np.nan)

    def segments(self, times: ArrayLike) -> MovedSegments:
        """Return where segments (n, 2) are after the noise: the hull of what is left of each, cut at the ends.

        Raises:
            BadValue: a segment is not finite, or stops before it starts.
        """
        given = np.array(times, dtype=np.float64).reshape(-1, 2)
        if not np.isfinite(given).all() or (given[:, 1] < given[:, 0]).any():
            hint = "segments are start and stop; leave out those that are unknown"
            raise BadValue(explain("segments with start <= stop", "segments", times, hint))
        rows = np.zeros_like(given)
        lost, clipped = np.zeros(len(given), dtype=bool), np.zeros(len(given), dtype=bool)
        for row, (start, stop) in enumerate(given.tolist()):
            inner = self.clean[(self.clean > start) & (self.clean < stop)]
            place = self._place(np.concatenate([[start], inner, [stop]]))
            kept = place[np.isfinite(place)]
            low, high = (kept.min(), kept.max()) if kept.size else (np.inf, -np.inf)
            lost[row] = not (low <= self.after and high >= 0) or (
                stop > start and not min(high, self.after) > max(low, 0)
            )
            clipped[row] = not lost[row] and (
                kept.size < place.size or low < 0 or high > self.after
            )
            rows[row] = np.clip([low, high], 0, self.after)
        return MovedSegments(rows, lost, clipped)

    def frames(self, labels: ArrayLike) -> NDArray[Any]:
        """Return labels (F, ...) of equal parts of the value after the noise, each that of the moment at its middle.

        Frames keep their duration, so a longer value has more of them; one that shows nothing of the clean value is `NO_LABEL`.
        """
        held = np.asarray(labels)
        if not len(held) or self.before <= 0:
            return held.copy()
        duration = self.before / len(held)
        count = max(round(self.after / duration), 0)
        middles: Floats = (np.arange(count, dtype=np.float64) + 0.5) * duration
        moments = self._origin(middles)
        known = np.isfinite(moments) & (moments >= 0) & (moments <= self.before)
        row = np.clip(np.where(known, moments, 0.0) / duration, 0, len(held) - 1).astype(np.int64)
        shape = (count,) + (1,) * (held.ndim - 1)
        none = np.array(NO_LABEL).astype(held.dtype if held.dtype.kind in "if" else np.int64)
        return np.asarray(np.where(known.reshape(shape), held[row], none))

    def then(self, after: "TimeMap") -> "TimeMap":
        """Return this map followed by another."""
        back = self._origin(after.clean)
        knots = np.union1d(self.clean, back[np.isfinite(back)])
        here = np.asarray(self._place(knots))
        inside = (here >= 0) & (here <= self.after)
        there = after._place(np.where(inside, here, 0.0))  # noqa: SLF001 - own class
        return TimeMap(knots, np.where(inside, there, np.nan), self.before, after.after)

    def move(self, kind: str, target: Any) -> Moved:
        """Move one sample's target: "times" (n,), "segments" (n, 2 or more) or "frames" (F, ...).

        Segments and times may also be a mapping that holds them by that name; the rows of those that are lost go from
        all other fields of equal length. Lost frames are labelled `NO_LABEL`.

        Raises:
            BadValue: the target is not of that kind.
        """
        movers = {
            "times": self._move_times,
            "segments": self._move_segments,
            "frames": self._move_frames,
        }
        if kind not in movers:
            hint = f"what moves in time is {', '.join(movers)}"
            raise BadValue(explain("a kind of target of a sound or a series", "kind", kind, hint))
        if not isinstance(target, Mapping):
            return movers[kind](target, {})
        if kind not in target:
            raise BadValue(explain(f"a target with the field {kind!r}", "fields", list(target)))
        return movers[kind](target[kind], target)

    def _move_times(self, given: Any, target: Mapping[str, Any]) -> Moved:
        held = _numbers(given, "times", 1)
        place = self.times(held)
        lost = np.isnan(place)
        return Moved(_kept("times", place, ~lost, given, target), len(held), int(lost.sum()), 0)

    def _move_segments(self, given: Any, target: Mapping[str, Any]) -> Moved:
        held = _numbers(given, "segments", 2)
        found = self.segments(held[:, :2])
        rows = np.concatenate([found.times, held[:, 2:]], axis=1)
        kept = _kept("segments", rows, ~found.lost, given, target)
        return Moved(kept, len(held), int(found.lost.sum()), int(found.clipped.sum()))

    def _move_frames(self, given: Any, target: Mapping[str, Any]) -> Moved:
        moved = self.frames(given)
        count, left = (
            len(np.asarray(given)),
            int((moved != NO_LABEL).reshape(len(moved), -1).all(axis=1).sum()),
        )
        whole = {**target, "frames": moved} if target else moved
        return Moved(whole, count, max(count - left, 0), 0)

    def _place(self, moments: Floats) -> Floats:
        """Return the noisy moment of each clean one, also outside the noisy value; NaN where it is lost."""
        if not self.clean.size:
            return np.full_like(moments, np.nan)
        found = _chords(self.clean, self.noisy, moments)
        at = np.searchsorted(self.clean, moments).clip(0, len(self.clean) - 1)
        exact = self.clean[at] == moments
        return np.where(exact, self.noisy[at], found)

    def _origin(self, moments: Floats) -> Floats:
        """Return the clean moment that stands at each noisy one; NaN outside of all that is left."""
        left = np.isfinite(self.noisy)
        order = np.argsort(self.noisy[left], kind="stable")
        noisy, clean = self.noisy[left][order], self.clean[left][order]
        return _chords(noisy, clean, moments) if noisy.size else np.full_like(moments, np.nan)


def _chords(x: Floats, y: Floats, at: Floats) -> Floats:
    """Interpolate; beside a lost knot, and where time runs backwards, the nearest knot is shifted instead.

    Half a chord beyond the outermost knots the last one goes on; further out it is NaN.
    """
    nearest = (
        np.clip(np.searchsorted(x, at), 1, len(x) - 1) if len(x) > 1 else np.zeros(at.shape, int)
    )
    nearest = nearest - (len(x) > 1) * (at - x[nearest - 1] < x[nearest] - at)
    shifted = y[nearest] + (at - x[nearest])
    if len(x) == 1:
        return np.asarray(shifted)
    right = np.clip(np.searchsorted(x, at, side="right"), 1, len(x) - 1)
    left = right - 1
    width, rise = x[right] - x[left], y[right] - y[left]
    part = np.divide(at - x[left], width, out=np.zeros_like(at), where=width > 0)
    found = np.where(rise >= 0, y[left] + part * rise, shifted)
    return np.where((part >= -0.5) & (part <= 1.5), found, np.nan)


def _numbers(given: Any, name: str, axes: int) -> Floats:
    try:
        held = np.array(given, dtype=np.float64)
    except (TypeError, ValueError) as cause:
        raise BadValue(explain("numbers", name, given)) from cause
    if held.size == 0:
        return held.reshape((0,) if axes == 1 else (0, 2))
    if held.ndim != axes or (axes == 2 and held.shape[1] < 2):
        expected = "(n,) of moments" if axes == 1 else "(n, 2) of start and stop"
        raise BadValue(explain(f"{name} {expected}", name, held))
    return held


def _kept(kind: str, rows: Floats, keep: NDArray[np.bool_], given: Any, target: Any) -> Any:
    """Return the rows that are left like those given; in their mapping, if they came in one, with its other fields."""
    left = np.flatnonzero(keep).tolist()
    moved = rows[left].tolist() if isinstance(given, list) else rows[left]
    if not target:
        return moved
    return {n: rows_left(each, left, len(keep)) for n, each in target.items()} | {kind: moved}
