"""The smallest suite of noises that predicts the others: at which severity every sample breaks under every noise left out.

Greedy forward: the noise that leaves the least error of all others is taken, where each noise weighs the same, as errors are
shares of its own variance. A suite is enough where it predicts 0.8 of the variance of the noises left out, in the mean over
them; what is taken in predicts itself, so it never counts. Where no suite short of all does, half of the noises are
kept to show what they leave unpredicted. Predictions are least squares on the suite's breaking severities, cross-validated on
folds of whole resampling units.

Why: a suite that knows the rest makes the rest of the runs needless; one that does not says that they are not. By the sum of
variances few noises with many breaks would stand for all, though they say nothing of the others.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._records import Estimate, number, percent, span
from noisebench.topology._profile import Profile
from noisebench.topology._pull import Floats, Ints, Pulled

EXPLAINED = 0.8
"""Share of the variance of the noises left out that is enough, in the mean over them (our choice)."""

FOLDS = 5

RIDGE = 1e-9
"""Share of the samples that is added to the diagonal, so that noises that are the same can be in one suite."""

SMALL = 0.5
"""Share of the noises above which a suite is no longer called small."""


@dataclass(frozen=True, slots=True)
class Step:
    """A noise that the suite takes in."""

    name: str
    explained: float
    """Share of the variance of the noises still left out that the suite predicts with it, the mean over them; 1 where none is."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """A noise that is not in the suite."""

    name: str
    explained: Estimate
    """Share of the variance of its breaking severities that the suite explains, cross-validated; below 0: worse than its mean."""
    by: tuple[tuple[str, float], ...]
    """Noises of the suite with their weights, the largest first: by how much later it breaks for one that breaks later by 1."""

    def __repr__(self) -> str:
        return self.explained.text


@dataclass(frozen=True, slots=True)
class Suite:
    """Few noises that stand for all."""

    names: tuple[str, ...]
    """In the order in which they were taken."""
    explained: Estimate
    """Share of the variance of the noises left out that it predicts, the mean over them; cross-validated."""
    predicted: tuple[Predicted, ...]
    """The worst predicted first."""
    path: tuple[Step, ...]
    """What every further noise would add, to the last."""
    target: float = EXPLAINED

    @property
    def enough(self) -> bool:
        """Whether it predicts as much of the noises left out as is asked for."""
        return self.explained.value >= self.target

    @property
    def small(self) -> bool:
        """Whether it is enough with at most half of the noises."""
        return self.enough and len(self.names) <= SMALL * len(self.path)

    def __repr__(self) -> str:
        return self.explained.text

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for every noise, those of the suite first."""
        chosen = [
            {"noise": step.name, "in_suite": True, "explained_with_it": step.explained}
            for step in self.path[: len(self.names)]
        ]
        left = [
            {
                "noise": each.name,
                "in_suite": False,
                "explained": each.explained.value,
                "low": each.explained.low,
                "high": each.explained.high,
                "by": dict(each.by),
                "n": each.explained.n,
            }
            for each in self.predicted
        ]
        return [*chosen, *left]


def suite_of(profile: Profile, *, target: float = EXPLAINED) -> Suite:
    """Return the smallest suite found for at least two noises; half of them where none short of all is enough."""
    values = profile.severities
    folds = _folds(profile)
    path = _path(_Grams(values, folds), profile.names)
    half = max(int(SMALL * len(path)), 1)
    size = next((i for i, step in enumerate(path[:-1], 1) if step.explained >= target), half)
    names = tuple(step.name for step in path[:size])
    return _suite(profile, values, folds, names, path, target)


class _Grams:
    """Products of all columns in each fold, with and without the fold: all that least squares need."""

    def __init__(self, values: Floats, folds: Ints) -> None:
        rows = np.concatenate([np.ones((len(values), 1)), values], axis=1)
        count = int(folds.max()) + 1
        self.test = np.stack([rows[folds == f].T @ rows[folds == f] for f in range(count)])
        self.train = self.test.sum(axis=0) - self.test
        self.ridge = RIDGE * len(values)

    def errors(self, chosen: Ints) -> Floats:
        """Return the cross-validated squared error of every column, of suites (k, size) at once: (k, columns)."""
        columns = np.concatenate([np.zeros((len(chosen), 1), dtype=np.int64), chosen + 1], axis=1)
        inside = self.train[:, columns[:, :, None], columns[:, None, :]]
        size = columns.shape[1]
        inside[..., np.arange(size), np.arange(size)] += self.ridge
        weights = np.linalg.solve(inside, self.train[:, columns])
        crossed = self.test[:, columns]
        within = self.test[:, columns[:, :, None], columns[:, None, :]]
        own = np.diagonal(self.test, axis1=1, axis2=2)[:, None]
        made = (
            own - 2 * (weights * crossed).sum(axis=2) + (weights * (within @ weights)).sum(axis=2)
        )
        return np.asarray(made.sum(axis=0)[:, 1:])


def _folds(profile: Profile) -> Ints:
    """Return the fold of each sample; the samples of a group are in one."""
    units = profile.units
    order = np.random.default_rng(units.seed).permutation(units.count)
    return np.asarray((order % min(FOLDS, units.count))[units.of])


def _path(grams: _Grams, names: tuple[str, ...]) -> tuple[Step, ...]:
    m = len(names)
    whole = grams.errors(np.zeros((1, 0), dtype=np.int64))
    chosen: list[int] = []
    path = []
    for _ in range(m):
        left = [i for i in range(m) if i not in chosen]
        tried = np.array([[*chosen, i] for i in left])
        errors = grams.errors(tried) / whole
        np.put_along_axis(errors, tried, 0.0, axis=1)
        sums = errors.sum(axis=1)
        best = int(np.argmin(sums))
        chosen.append(left[best])
        path.append(Step(names[left[best]], 1 - float(sums[best]) / max(len(left) - 1, 1)))
    return tuple(path)


def _suite(
    profile: Profile,
    values: Floats,
    folds: Ints,
    names: tuple[str, ...],
    path: tuple[Step, ...],
    target: float,
) -> Suite:
    places = [profile.names.index(name) for name in names]
    others = [i for i in range(len(profile.names)) if i not in places]
    squares, nulls = _squares(values, folds, places)
    share = percent(target)
    what = f"{len(names)} of {len(path)} noises ({', '.join(names)}) predict"
    known = _explained(profile, squares[:, others], nulls[:, others])
    explained = _estimate(
        profile,
        known,
        f"{what} {{}} of the variance of when samples break under the others, the mean over noises; {share} is asked for",
    )
    weights = _weights(values, places)
    predicted = [
        Predicted(
            profile.names[i],
            _estimate(
                profile,
                _explained(profile, squares[:, [i]], nulls[:, [i]]),
                f"{profile.names[i]}: the suite predicts {{}} of the variance of its breaking severities",
            ),
            _ordered(names, weights[:, i]),
        )
        for i in others
    ]
    predicted.sort(key=lambda each: each.explained.value)
    return Suite(names, explained, tuple(predicted), path, target)


def _squares(values: Floats, folds: Ints, places: list[int]) -> tuple[Floats, Floats]:
    """Return squared errors (n, m) of predictions by a suite, and by the mean; each made without the sample's fold."""
    found, null = np.empty_like(values), np.empty_like(values)
    for fold in range(int(folds.max()) + 1):
        test = folds == fold
        null[test] = (values[test] - values[~test].mean(axis=0)) ** 2
        weights = _weights(values[~test], places, intercept=True)
        rows = np.concatenate([np.ones((int(test.sum()), 1)), values[test][:, places]], axis=1)
        found[test] = (values[test] - rows @ weights) ** 2
    return found, null


def _weights(values: Floats, places: list[int], *, intercept: bool = False) -> Floats:
    rows = np.concatenate([np.ones((len(values), 1)), values[:, places]], axis=1)
    inside = rows.T @ rows + RIDGE * len(values) * np.eye(rows.shape[1])
    found = np.linalg.solve(inside, rows.T @ values)
    return np.asarray(found if intercept else found[1:])


def _explained(profile: Profile, error: Floats, null: Floats) -> Pulled:
    """Return 1 - mean(error) / mean(null) of noises (n, k), the mean over them, with the pull of every sample on it."""
    whole = null.mean(axis=0)
    shares = 1 - error.mean(axis=0) / whole
    influence = (-(error - (1 - shares) * null) / whole).mean(axis=1)
    return Pulled.of(np.array([shares.mean()]), [influence], profile.units)


def _estimate(profile: Profile, known: Pulled, text: str) -> Estimate:
    value, half = float(known.value[0]), known.critical(profile.confidence) * float(known.error[0])
    low, high = value - half, min(value + half, 1.0)
    said = text.format(f"{number(value)} {span(low, high)}")
    return Estimate(
        value,
        low,
        high,
        profile.n,
        f"{said} ({percent(profile.confidence)} interval, n = {profile.n})",
    )


def _ordered(names: tuple[str, ...], weights: NDArray[np.float64]) -> tuple[tuple[str, float], ...]:
    pairs = zip(names, weights.tolist(), strict=True)
    return tuple(sorted(pairs, key=lambda pair: -abs(pair[1])))
