"""Series in working form: n series of one length with their readings, and the moments of these where they are known.

Why: a fault may change readings, lose or repeat rows, or put wrong stamps on them. A noise that changes readings returns
them as an array; one that moves rows or stamps returns a `Series` that says how, so that a data frame comes back with
the index that the fault leaves it with.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import MissingFact, NotApplicable, explain

Values = NDArray[np.float64]
Steps = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Readings of n series, and when they were taken."""

    values: Values
    """(n, T, C): NaN is missing."""
    seconds: Values | None = None
    """(n, T): the stamps, since the first one; None where readings have no stamps."""
    clock: Values | None = None
    """(n, T): the stamps as seconds since 1970 by their own clock, so that all series share it; None where they are no dates."""
    rows: Steps | None = None
    """(n, T): from which clean row each stamp came along; None where the stamps stay where they are."""
    late: Values | None = None
    """(n, T): seconds that a fault adds to each stamp."""
    lengths: Steps | None = None
    """(n,): how many steps are left of each series; None where all are."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Series, steps and channels."""
        count, steps, channels = self.values.shape
        return count, steps, channels

    def __len__(self) -> int:
        return len(self.values)

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Which readings are missing, (n, T, C)."""
        return np.isnan(self.values)

    def moments(self, rate: float | None) -> "Moments":
        """Return when the readings were taken: by the stamps, else by a declared rate in Hz, else in steps."""
        if self.seconds is not None:
            return Moments(self.seconds, "s")
        steps = np.arange(self.values.shape[1], dtype=np.float64)[np.newaxis]
        return Moments(steps, "steps") if rate is None else Moments(steps / rate, "s")

    def moved(
        self, values: Values, *, rows: Steps | None, lengths: Steps | None = None
    ) -> "Series":
        """Return other rows: with the stamps of the clean `rows`, or under the stamps as they stand (None)."""
        seconds, clock = self.seconds, self.clock
        if rows is not None and seconds is not None:
            seconds = np.take_along_axis(seconds, rows, axis=1)
            clock = None if clock is None else np.take_along_axis(clock, rows, axis=1)
        return Series(values, seconds, clock, rows=rows, lengths=lengths)

    def stamped(self, late: Values) -> "Series":
        """Return the same readings with stamps that are late by so many seconds (n, T).

        Raises:
            NotApplicable: the series has no stamps.
        """
        if self.seconds is None:
            hint = "give it an index of times, or let the readings move: moves=values"
            expected = "a series with stamps, which may be wrong"
            raise NotApplicable(explain(expected, "series", self.values, hint))
        clock = None if self.clock is None else self.clock + late
        return replace(self, seconds=self.seconds + late, clock=clock, late=late)


def plus(series: Series, along: Values, across: Values) -> Values:
    """Return the readings plus along[., t] across[., c]: (n or 1, T or 1) and (n or 1, C)."""
    from perturbations.timeseries._kernels import add_outer

    out = np.empty(series.shape)
    add_outer(series.values, np.ascontiguousarray(along), np.ascontiguousarray(across), out)
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """When the readings of n series were taken."""

    at: Values
    """(n, T), or (1, T) where all series have the same: since the first reading."""
    unit: Literal["s", "steps"]

    @property
    def known(self) -> bool:
        """Whether they are seconds."""
        return self.unit == "s"

    @property
    def interval(self) -> Values:
        """(n, 1) or (1, 1): the median time from one reading to the next; 1 where there are fewer than two."""
        if self.at.shape[1] < 2:
            return np.ones((len(self.at), 1))
        usual: Values = np.median(np.abs(np.diff(self.at, axis=1)), axis=1, keepdims=True)
        return np.where(usual > 0, usual, 1.0)

    def per(self, interval: float) -> Values:
        """Return the time that a dose counts in, (n, 1) or (1, 1): as given, or the median interval where that is 0."""
        return np.full((1, 1), interval) if interval else self.interval

    @property
    def elapsed(self) -> Values:
        """(n, T) or (1, T): since the earliest reading."""
        since: Values = self.at - self.at.min(axis=1, keepdims=True, initial=0.0)
        return since

    @property
    def even(self) -> bool:
        """Whether readings come at equal intervals, to a thousandth of one: those of a stack all do, or none does."""
        apart = np.abs(np.diff(self.at[:1], axis=1) - self.interval[:1])
        return bool((apart <= 1e-3 * self.interval[:1]).all())

    def ascending(self) -> "Moments":
        """Return these moments.

        Raises:
            NotApplicable: some reading is not later than the one before it.
        """
        if (np.diff(self.at, axis=1) <= 0).any():
            hint = (
                "sort the index and drop duplicates: frame[~frame.index.duplicated()].sort_index()"
            )
            expected = "stamps that ascend, to read between them"
            raise NotApplicable(explain(expected, "index", self.at[0, :8].tolist(), hint))
        return self

    def demand_seconds(self, what: str) -> "Moments":
        """Return these moments.

        Raises:
            MissingFact: they are steps.
        """
        if not self.known:
            hint = 'declare it in Hz, facts={"rate": 100.0}, or give series with an index of times'
            raise MissingFact(explain(f"the rate, for {what}", "rate", None, hint))
        return self

    def middles(self, row: int) -> Values:
        """Return the middle of the time that belongs to each reading of one series, (T,): that from it to the next one.

        The last one has an interval; so has every one where moments do not ascend.
        """
        at, interval = self.at[row], self.interval[row, 0]
        until = np.append(at[1:], at[-1:] + interval)
        return np.asarray((at + until) / 2 if (until > at).all() else at + interval / 2)

    def duration(self, row: int, steps: int | None = None) -> float:
        """Return how long one series lasts, or its first steps; those beyond its end have an interval each."""
        at, interval = self.at[row], float(self.interval[row, 0])
        count = len(at) if steps is None else steps
        if count >= len(at):
            return float(np.ptp(at) if len(at) else 0.0) + interval * (
                count - len(at) + bool(len(at))
            )
        return float(at[count] - at[0])
