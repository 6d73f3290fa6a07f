"""Puts every noise into clean samples at many severities, and asks which of these sets data from the field is nearest to.

Why two halves of the clean data: noise is put into the one, and the other takes the place of the field. It says how near a noise
seems by chance (the best of many is always a little nearer), and how near the nearest noise would be to itself.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_by

import numpy as np
from numpy.typing import NDArray

from noisebench._grammar import Sweep
from noisebench._noise import NoiseContext, Source, make_noise
from noisebench.calibration._encoder import Encoder
from noisebench.calibration._rungs import short
from noisebench.calibration._transport import Directions, beside, ranked, squared
from noisebench.data import Batch

Floats = NDArray[np.float64]

FEWEST = 20
"""Samples of a set from which its distance says anything."""

RIVALS = 6
"""Noises that are tried at more severities and resampled: the nearest."""

AROUND = 3
"""Severities on each side of a noise's nearest one that may win in a resample."""

AT_ONCE = 32
"""Sets that are compared at once."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Set:
    """Clean samples with one noise at one severity."""

    sweep: str
    """Empty for the clean samples themselves."""
    severity: float
    rows: Floats
    """Projections (directions, n), sample by sample."""
    ordered: Floats


@dataclass(frozen=True, slots=True)
class Shares:
    """How the noises do in resamples of all samples."""

    wins: Mapping[str, float]
    """Share of resamples in which a noise is nearest, the largest first."""
    severities: Mapping[str, Floats]
    """Its nearest severity in every resample."""


@dataclass
class Search:
    """Everything that noises are compared with."""

    name: str
    encoder: Encoder
    context: NoiseContext
    along: Directions
    inside: Batch
    """Clean samples that noise is put into."""
    outside: Batch
    """Clean samples that stand in for the field."""
    field: Floats
    """Projections (directions, n) of the field."""
    rng: np.random.Generator
    protect: bool = False
    sets: list[Set] = made_by(default_factory=list)

    def project(self, batch: Batch) -> Floats:
        """Return the projections of clean samples."""
        return self.along(self.encoder.features(self.name, batch.inputs, len(batch)))

    def noised(self, sweep: Sweep, severity: float, batch: Batch) -> Floats | None:
        """Return projections of samples with noise; None where hardly any can take it."""
        source = Source.of(batch, protect=self.protect)
        made = make_noise(sweep, severity, 0, batch.inputs, source, self.context)
        n = len(batch) if made.rows is None else len(made.rows)
        if n < FEWEST:
            return None
        return self.along(self.encoder.features(self.name, made.inputs, n))

    def add(self, sweep: str, severity: float, rows: Floats | None) -> None:
        """Keep a set to compare with."""
        if rows is not None:
            self.sets.append(Set(sweep, severity, rows, ranked(rows)))

    def try_all(
        self, sweeps: Sequence[Sweep], grid: Sequence[float], progress: Progress | None
    ) -> None:
        """Try every noise at every severity of a grid, then the nearest ones between its steps."""
        self.add("", 0.0, self.project(self.inside))
        for number, sweep in enumerate(sweeps):
            if progress is not None:
                progress(number, len(sweeps), str(sweep))
            for severity in grid:
                self.add(str(sweep), severity, self.noised(sweep, severity, self.inside))
        by_text = {str(sweep): sweep for sweep in sweeps}
        step = grid[0]
        for part in (step / 2, step / 4):
            for text, place in [*self.nearest().items()][:RIVALS]:
                tried = {each.severity for each in self.sets if each.sweep == text}
                best = self.sets[place].severity
                for severity in (short(best - part), short(best + part)):
                    if 0 < severity <= 1 and severity not in tried:
                        found = self.noised(by_text[text], severity, self.inside)
                        self.add(text, severity, found)
        if progress is not None:
            progress(len(sweeps), len(sweeps), "compared")

    def gaps(self, targets: Floats) -> Floats:
        """Return the squared distances (sets, t) to ordered targets (t, directions, m)."""
        found = np.empty((len(self.sets), len(targets)))
        sizes: dict[int, list[int]] = {}
        for i, each in enumerate(self.sets):
            sizes.setdefault(each.rows.shape[1], []).append(i)
        for places in sizes.values():
            for start in range(0, len(places), AT_ONCE):
                some = places[start : start + AT_ONCE]
                found[some] = squared(np.stack([self.sets[i].ordered for i in some]), targets)
        return found

    def to_field(self) -> Floats:
        """Return the squared distance of every set to the field."""
        return self.gaps(ranked(self.field)[None])[:, 0]

    def nearest(self) -> dict[str, int]:
        """Return for every noise the place of its nearest set, the nearest noise first."""
        gaps = self.to_field()
        best: dict[str, int] = {}
        for i, each in enumerate(self.sets):
            if each.sweep and (each.sweep not in best or gaps[i] < gaps[best[each.sweep]]):
                best[each.sweep] = i
        return dict(sorted(best.items(), key=lambda item: gaps[item[1]]))

    def by_chance(self, resamples: int) -> tuple[Floats, Floats]:
        """Return what clean samples in the field's place give: squared distances to clean data, and how much nearer a noise is."""
        gaps = self.gaps(self._drawn(self.project(self.outside), resamples))
        return gaps[0], gaps[0] - gaps[1:].min(axis=0)

    def alone(self, sweep: Sweep, best: Set, resamples: int) -> Floats | None:
        """Return squared distances of a noise to itself; None where the other samples cannot take it."""
        rows = self.noised(sweep, best.severity, self.outside)
        if rows is None:
            return None
        found: Floats = squared(best.ordered[None], self._drawn(rows, resamples))[0]
        return found

    def resampled(self, nearest: Mapping[str, int], resamples: int) -> Shares:
        """Draw all samples again, and say which of the nearest noises then is nearest, and where."""
        rivals = [*nearest][:RIVALS]
        chosen = [each for each in self.sets if each.sweep in rivals and self._near(each, nearest)]
        targets = self._drawn(self.field, resamples, again=True)
        share = self.rng.random((resamples, len(self.inside)))
        gaps = np.stack([self._again(each, share, targets) for each in chosen])
        names = np.array([each.sweep for each in chosen])
        severities = np.array([each.severity for each in chosen])
        first = names[gaps.argmin(axis=0)]
        wins = {text: float((first == text).mean()) for text in rivals}
        found = {
            text: severities[names == text][gaps[names == text].argmin(axis=0)] for text in rivals
        }
        return Shares(dict(sorted(wins.items(), key=lambda item: -item[1])), found)

    def _again(self, each: Set, share: Floats, targets: Floats) -> Floats:
        """Return the squared distances of resamples of one set, each to its own target."""
        n = each.rows.shape[1]
        found = np.empty(len(targets))
        for start in range(0, len(targets), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            drawn = (share[some, :n] * n).astype(np.intp)
            sets = ranked(np.moveaxis(each.rows[:, drawn], 1, 0))
            found[some] = beside(sets, targets[some])
        return found

    def _near(self, each: Set, nearest: Mapping[str, int]) -> bool:
        """Tell whether a severity is near enough to its noise's nearest to win in a resample."""
        mine = sorted(s.severity for s in self.sets if s.sweep == each.sweep)
        place = mine.index(self.sets[nearest[each.sweep]].severity)
        return each.severity in mine[max(place - AROUND, 0) : place + AROUND + 1]

    def _drawn(self, rows: Floats, times: int, *, again: bool = False) -> Floats:
        """Return ordered draws (times, directions, m) of as many samples as the field has.

        Samples are drawn without putting them back where twice as many are there: then none counts twice, as in
        the field.
        """
        m, n = self.field.shape[1], rows.shape[1]
        drawn = np.stack([
            self.rng.integers(0, n, m) if again or n < 2 * m else self.rng.permutation(n)[:m]
            for _ in range(times)
        ])  # fmt: skip
        return ranked(np.moveaxis(rows[:, drawn], 1, 0))


def grid_of(levels: int) -> list[float]:
    """Return severities in equal steps up to 1."""
    return [short(float(s)) for s in np.linspace(0, 1, levels)[1:]]


def quantiles(numbers: Floats, confidence: float) -> tuple[float, float]:
    """Return the ends of the middle share of numbers."""
    tail = (1 - confidence) / 2
    low, high = np.quantile(numbers, [tail, 1 - tail])
    return float(low), float(high)


def root(numbers: Floats | float) -> float:
    """Return the square root of the mean."""
    return math.sqrt(float(np.mean(numbers)))


def above(null: Iterable[float], seen: float) -> float:
    """Return the p-value of something seen, from draws where there is nothing to see."""
    drawn = np.asarray([*null])
    return float((1 + (drawn >= seen).sum()) / (1 + len(drawn)))
